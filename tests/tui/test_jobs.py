"""Long work: it shows how far it is, can be stopped, leaves all or nothing, and holds up nobody."""

import asyncio
import threading

import pytest

from cardcrm.errors import StorageError
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.query_sql import value_completion
from cardcrm.store import journal
from cardcrm.tui import jobs, recovery
from cardcrm.tui.forms import bulk_actions
from cardcrm.tui.forms.form import Form
from cardcrm.tui.jobs import Job, Strip
from cardcrm.tui.screens.page import Page
from tests.support.screen import create_app, running

ALL = 42


class Gate:
    """Holds long work at its second look until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def pass_(self) -> None:
        self.reached.set()
        assert self.opened.wait(20)


@pytest.fixture
def gate(monkeypatch):
    """A few cards count as many, and the work on them waits half done."""
    gate, heed = Gate(), Job.heed

    def slowly(job: Job) -> None:
        if job.done >= 10:
            gate.pass_()
        heed(job)

    monkeypatch.setattr(bulk_actions, "FEW", 2)
    monkeypatch.setattr(jobs, "PART", 5)
    monkeypatch.setattr(Job, "heed", slowly)
    yield gate
    gate.opened.set()


async def begin(pilot, gate, *keys, text):
    """Mark all cards, give an order for them, and wait until it is half done."""
    await pilot.press("2", "asterisk")
    assert f"{ALL} marked" in pilot.text()
    await pilot.press(*keys)
    await pilot.paste(text)
    pilot.waits_for_jobs = False
    await pilot.press("enter", "y")
    assert await asyncio.to_thread(gate.reached.wait, 20)
    await pilot.pause(jobs.SOON + 0.2)
    await pilot.settle()


async def finish(pilot, gate):
    gate.opened.set()
    pilot.waits_for_jobs = True
    await pilot.settle()


def tagged(store) -> int:
    return store.value("SELECT count(*) FROM tag WHERE name = 'spring'")


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_change_to_many_shows_how_far_it_is_and_the_screen_reads_on_meanwhile(
    open_app, store, gate
):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        assert "tagging 42 cards" in pilot.text()
        assert "17%" in pilot.text()  # 10 of 42, and the search follows
        await pilot.press("home", "down", "down")
        chosen = pilot.app.page.drawer.chosen
        assert pilot.app.page.card.card.details.contact.id == chosen.id
        await pilot.press("1")
        assert "tagging 42 cards" in pilot.text()  # on every page
        await finish(pilot, gate)
        assert any("changed 42 of 42 cards" in note for note in pilot.notices)
        assert not pilot.app.page.query(Strip)
    assert tagged(store) == ALL
    assert journal.steps(store, 1)[0].command == "tui: tag 42 cards spring"


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize(
    ("keys", "text"), [("t", "spring"), ("w", "ann"), ("n", "call")], ids=["tag", "owner", "remind"]
)
async def test_stopping_it_leaves_everything_as_it_was_and_says_so(
    open_app, store, gate, keys, text
):
    before = journal.steps(store, 1)[0].id

    async with open_app() as pilot:
        if keys == "n":
            await pilot.press("2", "asterisk", "n")
            await pilot.paste("call")
            await pilot.press("tab")
            await pilot.paste("fri")
            pilot.waits_for_jobs = False
            await pilot.press("enter", "y")
            assert await asyncio.to_thread(gate.reached.wait, 20)
        else:
            await begin(pilot, gate, keys, text=text)
        await pilot.press("ctrl+g")
        await finish(pilot, gate)
        assert any("nothing was changed" in note for note in pilot.notices)
    assert journal.steps(store, 1)[0].id == before
    assert tagged(store) == 0
    assert store.value("SELECT count(*) FROM contact WHERE owner = 'ann'") == 0
    assert store.value("SELECT count(*) FROM reminder WHERE text = 'call'") == 0


@pytest.mark.engines("sqlite", "postgresql")
async def test_removing_all_can_be_stopped_and_when_it_is_not_the_marks_go_too(
    open_app, store, gate
):
    async with open_app() as pilot:
        await pilot.press("2", "asterisk", "delete")
        pilot.waits_for_jobs = False
        await pilot.press("y")
        assert await asyncio.to_thread(gate.reached.wait, 20)
        await pilot.press("ctrl+g")
        await finish(pilot, gate)
        assert len(pilot.app.page.drawer.marked) == ALL
        await pilot.press("delete", "y")
        assert not pilot.app.page.drawer.marked
        assert "no cards yet" in pilot.text()
        await pilot.press("u")
        assert pilot.app.page.drawer.count == ALL
    assert store.value("SELECT count(*) FROM contact") == ALL


async def test_a_click_stops_it_as_well(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        strip = pilot.app.page.query_one(Strip)
        await pilot.click(strip, offset=(strip.size.width - 4, 0))
        await finish(pilot, gate)
        assert any("stopped" in note for note in pilot.notices)
    assert tagged(store) == 0


async def test_a_folder_that_is_not_there_is_told_in_the_form_and_what_was_typed_stays(
    open_app, tmp_path
):
    async with open_app(size=(200, 40)) as pilot:
        await pilot.press("2", "x")
        await pilot.paste(str(tmp_path / "none" / "cards.csv"))
        await pilot.press("enter")
        assert "there is no folder" in pilot.text()
        assert pilot.app.screen.value("path").endswith("none/cards.csv")


@pytest.mark.engines("sqlite", "postgresql")
async def test_an_export_is_there_whole_or_not_at_all(open_app, gate, tmp_path):
    target = tmp_path / "out" / "all.csv"
    target.parent.mkdir()

    async with open_app() as pilot:
        await begin(pilot, gate, "x", text=str(target))
        assert "writing 42 cards to all.csv" in pilot.text()
        assert not target.exists()
        await pilot.press("ctrl+g")
        await finish(pilot, gate)
        assert any("no file" in note for note in pilot.notices)
        assert list(target.parent.iterdir()) == []
        await pilot.press("x")
        await pilot.paste(str(target))
        await pilot.press("enter", "y")
    assert list(target.parent.iterdir()) == [target]
    assert target.read_text(encoding="utf-8").count("\n") >= ALL + 1
    assert target.stat().st_mode & 0o077 == 0


async def test_a_file_that_another_put_there_meanwhile_is_not_overwritten(open_app, gate, tmp_path):
    target = tmp_path / "all.vcf"

    async with open_app() as pilot:
        await begin(pilot, gate, "x", text=str(target))
        target.write_text("mine")
        await finish(pilot, gate)
        assert any("cannot be written" in note for note in pilot.notices)
    assert target.read_text() == "mine"
    assert not list(tmp_path.glob(".cardcrm-*"))


def talks(store, text) -> int:
    return store.value("SELECT count(*) FROM interaction WHERE text = :text", text=text)


@pytest.mark.engines("sqlite", "postgresql")
async def test_while_many_are_changed_one_logs_and_plans_on_and_it_is_written_afterwards(
    open_app, store, gate
):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("1", "l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
        assert any("as soon as this is through: tagging 42 cards" in n for n in pilot.notices)
        await pilot.press("n")
        await pilot.paste("call again")
        await pilot.press("tab")
        await pilot.paste("fri")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, Page)
        await pilot.pause(0.2)
        assert "2 wait" in pilot.text()
        assert talks(store, "a long talk") == 0
        await finish(pilot, gate)
        assert "logged call with Priya Raman" in pilot.notices
        assert pilot.app.writing == 0
    assert tagged(store) == ALL
    assert talks(store, "a long talk") == 1
    commands = [step.command for step in journal.steps(store, 3)]
    assert commands[2] == "tui: tag 42 cards spring"  # one step still
    assert commands[1].endswith("log 12 a long talk")


async def test_notices_stand_above_the_line_that_says_how_far_long_work_is(shop, gate):
    async with running(create_app(shop), notifications=True) as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("y")
        await pilot.pause(0.3)
        above, line, _last = pilot.text().split("\n")[-3:]
        assert "copied" in above
        assert line.rstrip().endswith("stops it")
        await finish(pilot, gate)


async def test_what_waits_is_written_too_when_the_long_work_is_stopped(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o", "ctrl+g")
        await finish(pilot, gate)
    assert (tagged(store), talks(store, "a long talk")) == (0, 1)


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_form_that_could_not_be_written_comes_back_with_every_word(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("1", "l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o", "l")
        await pilot.paste("another")  # it does not come back over what one is writing
        whose = pilot.app.page.card.contact_id
        gate.opened.set()
        pilot.app.desk.change = failing_once(pilot.app.desk.change)
        await pilot.pause(0.6)
        assert pilot.app.screen.value("text") == "another"
        pilot.waits_for_jobs = True
        await pilot.press("ctrl+o")
        await pilot.pause(0.3)
        assert isinstance(pilot.app.screen, Form)
        assert pilot.app.screen.value("text") == "a long talk"
        assert "the disk is full" in pilot.text()
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
        assert interactions.count(store, whose) >= 2
    assert (talks(store, "a long talk"), talks(store, "another")) == (1, 1)


def failing_once(change):
    """The first change fails; the others are made."""
    failed = []

    async def fail(*args):
        if not failed:
            failed.append(True)
            raise StorageError("the disk is full")
        return await change(*args)

    return fail


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_card_removed_meanwhile_is_asked_about_over_its_form(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("1", "l")
        await pilot.paste("a long talk")
        whose = pilot.app.page.card.contact_id
        pilot.app.desk.change = removing_first(pilot.app.desk.change, whose)
        await pilot.press("ctrl+o")
        await finish(pilot, gate)
        assert "was removed meanwhile" in " ".join(pilot.text().split())
        await pilot.press("b")
        assert pilot.app.screen.value("text") == "a long talk"


def removing_first(change, contact_id):
    """Somebody removes the card before the change is made."""

    async def removing(command, act):
        await change("somebody", lambda box: contacts.remove(box, [contact_id]))
        return await change(command, act)

    return removing


async def test_leaving_waits_for_what_is_to_be_written(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o", "q")
        await pilot.press_only("y")
        gate.opened.set()
        await pilot.settle()
    assert (tagged(store), talks(store, "a long talk")) == (0, 1)


@pytest.mark.engines("sqlite", "postgresql")
async def test_told_to_end_it_writes_what_waits_and_stops_the_long_work(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o")
        assert pilot.app.writing == 1
        pilot.app.end(143)
        await pilot.pause(0.1)
        assert pilot.app.is_running  # what waits cannot be written yet
        gate.opened.set()
        await gone(pilot)
        assert pilot.app.return_code == 143
        assert pilot.app.unsaved == ""
    assert (tagged(store), talks(store, "a long talk")) == (0, 1)
    assert not recovery.place().exists()


async def test_told_to_end_it_keeps_what_cannot_be_written_and_says_where(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o", "l")
        await pilot.paste("half another")
        pilot.app.desk.change = failing_once(pilot.app.desk.change)
        pilot.app.end(143)
        gate.opened.set()
        await gone(pilot)
        assert str(recovery.place()) in pilot.app.unsaved
    assert (tagged(store), talks(store, "a long talk"), talks(store, "half another")) == (0, 0, 0)
    kept = recovery.place().read_text()
    assert kept.count("a long talk") == kept.count("half another") == 1
    assert recovery.place().stat().st_mode & 0o777 == 0o600

    async with open_app() as pilot:
        assert any(str(recovery.place()) in notice for notice in pilot.notices)


async def gone(pilot):
    """Wait until the screen was left."""
    end = asyncio.get_running_loop().time() + 10
    while not pilot.app._exit and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    assert pilot.app._exit


async def test_while_a_file_is_written_cards_can_be_changed(open_app, store, gate, tmp_path):
    async with open_app() as pilot:
        await begin(pilot, gate, "x", text=str(tmp_path / "all.csv"))
        await pilot.press("1", "d", "enter")
        assert reminders.get(store, 1).done_at is not None
        await finish(pilot, gate)
    assert (tmp_path / "all.csv").exists()


@pytest.mark.engines("sqlite", "postgresql")
async def test_leaving_meanwhile_asks_and_then_leaves_nothing_half_done(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("q")
        assert "Under way: tagging 42 cards" in pilot.text()
        await pilot.press("n")
        assert pilot.app.is_running
        await pilot.press("q")
        await pilot.press("y")
        gate.opened.set()
    assert tagged(store) == 0


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_large_step_is_taken_back_beside_the_screen_and_that_can_be_stopped(
    open_app, store, gate
):
    async with open_app() as pilot:
        gate.opened.set()
        await pilot.press("2", "asterisk", "t")
        await pilot.paste("spring")
        await pilot.press("enter", "y")
        assert tagged(store) == ALL
        gate.opened.clear()
        gate.reached.clear()
        pilot.waits_for_jobs = False
        await pilot.press("u")
        assert await asyncio.to_thread(gate.reached.wait, 20)
        await pilot.pause(jobs.SOON + 0.2)
        assert "taking back: tag 42 cards spring" in pilot.text()
        await pilot.press("ctrl+g")
        await finish(pilot, gate)
        assert tagged(store) == ALL
        await pilot.press("u")
        assert tagged(store) == 0


@pytest.mark.engines("sqlite", "postgresql")
async def test_what_goes_wrong_in_it_is_told_and_leaves_nothing(open_app, store, gate, monkeypatch):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        monkeypatch.setattr(
            Job, "heed", lambda _job: (_ for _ in ()).throw(StorageError("the disk is full"))
        )
        await finish(pilot, gate)
        assert "the disk is full" in pilot.notices
    assert tagged(store) == 0


async def test_with_nothing_under_way_there_is_nothing_to_stop(open_app):
    async with open_app() as pilot:
        await pilot.press("ctrl+g")
        assert "nothing is under way that could be stopped" in pilot.notices


async def test_all_that_a_search_finds_can_be_marked_and_a_mark_taken_off_again(open_app, store):
    async with open_app() as pilot:
        await pilot.press("slash")
        await pilot.paste("tag:vip")
        await pilot.press("enter", "asterisk")
        found = pilot.app.page.drawer.count
        assert f"{found} marked" in pilot.text()
        first = pilot.app.page.drawer.chosen.id
        await pilot.press("space")
        marked = set(pilot.app.page.drawer.marked)
        assert len(marked) == found - 1
        assert first not in marked
        assert all("vip" in contacts.tags_of(store, each) for each in marked)


def test_the_bar_knows_its_share_and_how_long_it_will_take(monkeypatch):
    job = Job("work", 200, changes=True)
    list(zip(job.parts(range(200)), range(2), strict=False))
    assert (job.done, job.share) == (100, 0.35)
    monkeypatch.setattr(jobs.time, "monotonic", lambda: job.begun + 35)
    assert job.left == "65 s left"
    job.done = 200
    job.close(3)
    assert job.share == 0.7
    assert job.left == "search follows, 15 s left"
    for share in (0.8, 0.9, 1.0, 1.0):
        job.heed()
        assert job.share == pytest.approx(share)
    job.close(0)
    assert job.left == "nearly done"


def test_the_bar_of_a_file_is_full_when_the_last_card_is_written():
    job = Job("writing", 100, changes=False)
    assert list(job.parts(range(100)))
    assert job.share == 1.0


@pytest.mark.engines("sqlite", "postgresql")
async def test_history_and_drawer_are_read_while_the_box_is_being_changed(open_app, store, gate):
    """The desk answers from what was committed, not from what is half done."""

    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        ask = pilot.app.desk.ask
        assert await ask(
            lambda box: value_completion.list_values(box, "tag")
        ) == value_completion.list_values(store, "tag")
        assert await ask(lambda box: interactions.count(box, 12)) == interactions.count(store, 12)
        assert await ask(tagged) == 0
        await finish(pilot, gate)
        assert await ask(tagged) == ALL
