"""Long work: it shows how far it is, can be stopped, leaves all or nothing, and holds up nobody."""

import asyncio
import threading

import pytest
from tests.tui.conftest import Hands, app_of

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


async def begin(hands, gate, *keys, text):
    """Mark all cards, give an order for them, and wait until it is half done."""
    await hands.press("2", "asterisk")
    assert f"{ALL} marked" in hands.text()
    await hands.press(*keys)
    await hands.write(text)
    hands.awaits_jobs = False
    await hands.press("enter", "y")
    assert await asyncio.to_thread(gate.reached.wait, 20)
    await hands.pilot.pause(jobs.SOON + 0.2)
    await hands.settle()


async def finish(hands, gate):
    gate.opened.set()
    hands.awaits_jobs = True
    await hands.settle()


def tagged(store) -> int:
    return store.value("SELECT count(*) FROM tag WHERE name = 'spring'")


def test_a_change_to_many_shows_how_far_it_is_and_the_screen_reads_on_meanwhile(drive, store, gate):
    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        assert "tagging 42 cards" in hands.text()
        assert "17%" in hands.text()  # 10 of 42, and the search follows
        await hands.press("home", "down", "down")
        chosen = hands.app.page.drawer.chosen
        assert hands.app.page.card.card.details.contact.id == chosen.id
        await hands.press("1")
        assert "tagging 42 cards" in hands.text()  # on every page
        await finish(hands, gate)
        assert any("changed 42 of 42 cards" in note for note in hands.notices)
        assert not hands.app.page.query(Strip)

    drive(script)
    assert tagged(store) == ALL
    assert journal.steps(store, 1)[0].command == "tui: tag 42 cards spring"


@pytest.mark.parametrize(
    ("keys", "text"), [("t", "spring"), ("w", "ann"), ("n", "call")], ids=["tag", "owner", "remind"]
)
def test_stopping_it_leaves_everything_as_it_was_and_says_so(drive, store, gate, keys, text):
    before = journal.steps(store, 1)[0].id

    async def script(hands):
        if keys == "n":
            await hands.press("2", "asterisk", "n")
            await hands.write("call")
            await hands.press("tab")
            await hands.write("fri")
            hands.awaits_jobs = False
            await hands.press("enter", "y")
            assert await asyncio.to_thread(gate.reached.wait, 20)
        else:
            await begin(hands, gate, keys, text=text)
        await hands.press("ctrl+g")
        await finish(hands, gate)
        assert any("nothing was changed" in note for note in hands.notices)

    drive(script)
    assert journal.steps(store, 1)[0].id == before
    assert tagged(store) == 0
    assert store.value("SELECT count(*) FROM contact WHERE owner = 'ann'") == 0
    assert store.value("SELECT count(*) FROM reminder WHERE text = 'call'") == 0


def test_removing_all_can_be_stopped_and_when_it_is_not_the_marks_go_too(drive, store, gate):
    async def script(hands):
        await hands.press("2", "asterisk", "delete")
        hands.awaits_jobs = False
        await hands.press("y")
        assert await asyncio.to_thread(gate.reached.wait, 20)
        await hands.press("ctrl+g")
        await finish(hands, gate)
        assert len(hands.app.page.drawer.marked) == ALL
        await hands.press("delete", "y")
        assert not hands.app.page.drawer.marked
        assert "no cards yet" in hands.text()
        await hands.press("u")
        assert hands.app.page.drawer.count == ALL

    drive(script)
    assert store.value("SELECT count(*) FROM contact") == ALL


def test_a_click_stops_it_as_well(drive, store, gate):
    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        strip = hands.app.page.query_one(Strip)
        await hands.pilot.click(strip, offset=(strip.size.width - 4, 0))
        await finish(hands, gate)
        assert any("stopped" in note for note in hands.notices)

    drive(script)
    assert tagged(store) == 0


def test_a_folder_that_is_not_there_is_told_in_the_form_and_what_was_typed_stays(drive, tmp_path):
    async def script(hands):
        await hands.press("2", "x")
        await hands.write(str(tmp_path / "none" / "cards.csv"))
        await hands.press("enter")
        assert "there is no folder" in hands.text()
        assert hands.app.screen.value("path").endswith("none/cards.csv")

    drive(script, size=(200, 40))


def test_an_export_is_there_whole_or_not_at_all(drive, gate, tmp_path):
    target = tmp_path / "out" / "all.csv"
    target.parent.mkdir()

    async def script(hands):
        await begin(hands, gate, "x", text=str(target))
        assert "writing 42 cards to all.csv" in hands.text()
        assert not target.exists()
        await hands.press("ctrl+g")
        await finish(hands, gate)
        assert any("no file" in note for note in hands.notices)
        assert list(target.parent.iterdir()) == []
        await hands.press("x")
        await hands.write(str(target))
        await hands.press("enter", "y")

    drive(script)
    assert list(target.parent.iterdir()) == [target]
    assert target.read_text(encoding="utf-8").count("\n") >= ALL + 1
    assert target.stat().st_mode & 0o077 == 0


def test_a_file_that_another_put_there_meanwhile_is_not_overwritten(drive, gate, tmp_path):
    target = tmp_path / "all.vcf"

    async def script(hands):
        await begin(hands, gate, "x", text=str(target))
        target.write_text("mine")
        await finish(hands, gate)
        assert any("cannot be written" in note for note in hands.notices)

    drive(script)
    assert target.read_text() == "mine"
    assert not list(tmp_path.glob(".cardcrm-*"))


def talks(store, text) -> int:
    return store.value("SELECT count(*) FROM interaction WHERE text = :text", text=text)


def test_while_many_are_changed_one_logs_and_plans_on_and_it_is_written_afterwards(
    drive, store, gate
):
    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        await hands.press("1", "l")
        await hands.write("a long talk")
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Page)
        assert any("as soon as this is through: tagging 42 cards" in n for n in hands.notices)
        await hands.press("n")
        await hands.write("call again")
        await hands.press("tab")
        await hands.write("fri")
        await hands.press("enter")
        assert isinstance(hands.app.screen, Page)
        await hands.pilot.pause(0.2)
        assert "2 wait" in hands.text()
        assert talks(store, "a long talk") == 0
        await finish(hands, gate)
        assert "logged call with Priya Raman" in hands.notices
        assert hands.app.writing == 0

    drive(script)
    assert tagged(store) == ALL
    assert talks(store, "a long talk") == 1
    commands = [step.command for step in journal.steps(store, 3)]
    assert commands[2] == "tui: tag 42 cards spring"  # one step still
    assert commands[1].endswith("log 12 a long talk")


def test_notices_stand_above_the_line_that_says_how_far_long_work_is(box, gate):
    async def session():
        app = app_of(box)
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            hands = Hands(pilot)
            await hands.settle()
            await begin(hands, gate, "t", text="spring")
            await hands.press("y")
            await pilot.pause(0.3)
            above, line, _last = hands.text().split("\n")[-3:]
            assert "copied" in above
            assert line.rstrip().endswith("stops it")
            await finish(hands, gate)
        app.desk.close()

    asyncio.run(session())


def test_what_waits_is_written_too_when_the_long_work_is_stopped(drive, store, gate):
    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        await hands.press("l")
        await hands.write("a long talk")
        await hands.press("ctrl+o", "ctrl+g")
        await finish(hands, gate)

    drive(script)
    assert (tagged(store), talks(store, "a long talk")) == (0, 1)


def test_a_form_that_could_not_be_written_comes_back_with_every_word(drive, store, gate):
    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        await hands.press("1", "l")
        await hands.write("a long talk")
        await hands.press("ctrl+o", "l")
        await hands.write("another")  # it does not come back over what one is writing
        whose = hands.app.page.card.contact_id
        gate.opened.set()
        hands.app.desk.change = failing_once(hands.app.desk.change)
        await hands.pilot.pause(0.6)
        assert hands.app.screen.value("text") == "another"
        hands.awaits_jobs = True
        await hands.press("ctrl+o")
        await hands.pilot.pause(0.3)
        assert isinstance(hands.app.screen, Form)
        assert hands.app.screen.value("text") == "a long talk"
        assert "the disk is full" in hands.text()
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Page)
        assert interactions.count(store, whose) >= 2

    drive(script)
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


def test_a_card_removed_meanwhile_is_asked_about_over_its_form(drive, store, gate):
    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        await hands.press("1", "l")
        await hands.write("a long talk")
        whose = hands.app.page.card.contact_id
        hands.app.desk.change = removing_first(hands.app.desk.change, whose)
        await hands.press("ctrl+o")
        await finish(hands, gate)
        assert "was removed meanwhile" in " ".join(hands.text().split())
        await hands.press("b")
        assert hands.app.screen.value("text") == "a long talk"

    drive(script)


def removing_first(change, contact_id):
    """Somebody removes the card before the change is made."""

    async def removing(command, act):
        await change("somebody", lambda box: contacts.remove(box, [contact_id]))
        return await change(command, act)

    return removing


def test_leaving_waits_for_what_is_to_be_written(drive, store, gate):
    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        await hands.press("l")
        await hands.write("a long talk")
        await hands.press("ctrl+o", "q")
        await hands.pilot.press("y")
        gate.opened.set()
        await hands.settle()

    drive(script)
    assert (tagged(store), talks(store, "a long talk")) == (0, 1)


def test_told_to_end_it_writes_what_waits_and_stops_the_long_work(drive, store, gate):
    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        await hands.press("l")
        await hands.write("a long talk")
        await hands.press("ctrl+o")
        assert hands.app.writing == 1
        hands.app.end(143)
        await hands.pilot.pause(0.1)
        assert hands.app.is_running  # what waits cannot be written yet
        gate.opened.set()
        await gone(hands)
        assert hands.app.return_code == 143
        assert hands.app.unsaved == ""

    drive(script)
    assert (tagged(store), talks(store, "a long talk")) == (0, 1)
    assert not recovery.place().exists()


def test_told_to_end_it_keeps_what_cannot_be_written_and_says_where(drive, store, gate):
    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        await hands.press("l")
        await hands.write("a long talk")
        await hands.press("ctrl+o", "l")
        await hands.write("half another")
        hands.app.desk.change = failing_once(hands.app.desk.change)
        hands.app.end(143)
        gate.opened.set()
        await gone(hands)
        assert str(recovery.place()) in hands.app.unsaved

    drive(script)
    assert (tagged(store), talks(store, "a long talk"), talks(store, "half another")) == (0, 0, 0)
    kept = recovery.place().read_text()
    assert kept.count("a long talk") == kept.count("half another") == 1
    assert recovery.place().stat().st_mode & 0o777 == 0o600

    async def next_day(hands):
        assert any(str(recovery.place()) in notice for notice in hands.notices)

    drive(next_day)


async def gone(hands):
    """Wait until the screen was left."""
    end = asyncio.get_running_loop().time() + 10
    while not hands.app._exit and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    assert hands.app._exit


def test_while_a_file_is_written_cards_can_be_changed(drive, store, gate, tmp_path):
    async def script(hands):
        await begin(hands, gate, "x", text=str(tmp_path / "all.csv"))
        await hands.press("1", "d", "enter")
        assert reminders.get(store, 1).done_at is not None
        await finish(hands, gate)

    drive(script)
    assert (tmp_path / "all.csv").exists()


def test_leaving_meanwhile_asks_and_then_leaves_nothing_half_done(drive, store, gate):
    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        await hands.press("q")
        assert "Under way: tagging 42 cards" in hands.text()
        await hands.press("n")
        assert hands.app.is_running
        await hands.press("q")
        await hands.press("y")
        gate.opened.set()

    drive(script)
    assert tagged(store) == 0


def test_a_large_step_is_taken_back_beside_the_screen_and_that_can_be_stopped(drive, store, gate):
    async def script(hands):
        gate.opened.set()
        await hands.press("2", "asterisk", "t")
        await hands.write("spring")
        await hands.press("enter", "y")
        assert tagged(store) == ALL
        gate.opened.clear()
        gate.reached.clear()
        hands.awaits_jobs = False
        await hands.press("u")
        assert await asyncio.to_thread(gate.reached.wait, 20)
        await hands.pilot.pause(jobs.SOON + 0.2)
        assert "taking back: tag 42 cards spring" in hands.text()
        await hands.press("ctrl+g")
        await finish(hands, gate)
        assert tagged(store) == ALL
        await hands.press("u")
        assert tagged(store) == 0

    drive(script)


def test_what_goes_wrong_in_it_is_told_and_leaves_nothing(drive, store, gate, monkeypatch):
    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        monkeypatch.setattr(
            Job, "heed", lambda _job: (_ for _ in ()).throw(StorageError("the disk is full"))
        )
        await finish(hands, gate)
        assert "the disk is full" in hands.notices

    drive(script)
    assert tagged(store) == 0


def test_with_nothing_under_way_there_is_nothing_to_stop(drive):
    async def script(hands):
        await hands.press("ctrl+g")
        assert "nothing is under way that could be stopped" in hands.notices

    drive(script)


def test_all_that_a_search_finds_can_be_marked_and_a_mark_taken_off_again(drive, store):
    async def script(hands):
        await hands.press("slash")
        await hands.write("tag:vip")
        await hands.press("enter", "asterisk")
        found = hands.app.page.drawer.count
        assert f"{found} marked" in hands.text()
        first = hands.app.page.drawer.chosen.id
        await hands.press("space")
        marked = set(hands.app.page.drawer.marked)
        assert len(marked) == found - 1
        assert first not in marked
        assert all("vip" in contacts.tags_of(store, each) for each in marked)

    drive(script)


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


def test_history_and_drawer_are_read_while_the_box_is_being_changed(drive, store, gate):
    """The desk answers from what was committed, not from what is half done."""

    async def script(hands):
        await begin(hands, gate, "t", text="spring")
        ask = hands.app.desk.ask
        assert await ask(
            lambda box: value_completion.list_values(box, "tag")
        ) == value_completion.list_values(store, "tag")
        assert await ask(lambda box: interactions.count(box, 12)) == interactions.count(store, 12)
        assert await ask(tagged) == 0
        await finish(hands, gate)
        assert await ask(tagged) == ALL

    drive(script)
