"""Long jobs: they show progress, can be stopped, are all or nothing, and block no one."""

import asyncio
import threading

import pytest

from cardcrm.errors import StorageError
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.query_sql import value_completion
from cardcrm.store import journal
from cardcrm.tui import bulk_jobs, recovery
from cardcrm.tui.bulk_jobs import Job
from cardcrm.tui.forms import bulk_actions
from cardcrm.tui.forms.form import Form
from cardcrm.tui.screens.page import Page
from cardcrm.tui.widgets.job_strip import JobStrip
from tests.support.screen import create_app, running

ALL = 88


class Gate:
    """Holds a job at its second check until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def pass_(self) -> None:
        self.reached.set()
        assert self.opened.wait(60)


@pytest.fixture
def gate(monkeypatch):
    """Make a few contacts count as many, and hold the job half done."""
    gate, check = Gate(), Job.check

    def slowly(job: Job) -> None:
        if job.done >= 10:
            gate.pass_()
        check(job)

    monkeypatch.setattr(bulk_actions, "JOB_THRESHOLD", 2)
    monkeypatch.setattr(bulk_jobs, "CHUNK", 5)
    monkeypatch.setattr(Job, "check", slowly)
    yield gate
    gate.opened.set()


async def begin(pilot, gate, *keys, text):
    """Mark all contacts, start a job for them, and wait until it is half done."""
    await pilot.press("2", "asterisk")
    assert f"{ALL} marked" in pilot.text()
    await pilot.press(*keys)
    await pilot.paste(text)
    pilot.waits_for_jobs = False
    await pilot.press("enter", "y")
    assert await asyncio.to_thread(gate.reached.wait, 60)
    await pilot.pause(bulk_jobs.PROGRESS_DELAY + 0.2)
    await pilot.settle()


async def finish(pilot, gate):
    gate.opened.set()
    pilot.waits_for_jobs = True
    await pilot.settle()


def tagged(store) -> int:
    return store.value("SELECT count(*) FROM tag WHERE name = 'spring'")


@pytest.mark.engines("sqlite", "postgresql")
async def test_job_shows_progress_while_the_screen_reads(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        assert "tagging 88 contacts" in pilot.text()
        assert "8%" in pilot.text()  # 10 of 88, and the search follows
        await pilot.press("home", "down", "down")
        chosen = pilot.app.page.contacts.selected
        assert pilot.app.page.card.card.details.contact.id == chosen.id
        await pilot.press("1")
        assert "tagging 88 contacts" in pilot.text()  # on every page
        await finish(pilot, gate)
        assert any("changed 88 of 88 contacts" in note for note in pilot.notices)
        assert not pilot.app.page.query(JobStrip)
    assert tagged(store) == ALL
    assert journal.steps(store, 1)[0].command == "tui: tag 88 contacts spring"


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize(
    ("keys", "text"), [("t", "spring"), ("w", "ann"), ("n", "call")], ids=["tag", "owner", "remind"]
)
async def test_stopped_job_changes_nothing(open_app, store, gate, keys, text):
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
async def test_deletion_can_be_stopped_or_removes_the_marks(open_app, store, gate):
    async with open_app() as pilot:
        await pilot.press("2", "asterisk", "delete")
        pilot.waits_for_jobs = False
        await pilot.press("y")
        assert await asyncio.to_thread(gate.reached.wait, 20)
        await pilot.press("ctrl+g")
        await finish(pilot, gate)
        assert len(pilot.app.page.contacts.marked) == ALL
        await pilot.press("delete", "y")
        await pilot.settle()  # a server takes longer than one wait lasts
        await pilot.settle()
        assert not pilot.app.page.contacts.marked
        assert "No contacts yet" in pilot.text()
        await pilot.press("u")
        assert pilot.app.page.contacts.count == ALL
    assert store.value("SELECT count(*) FROM contact") == ALL


async def test_click_stops_the_job(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        strip = pilot.app.page.query_one(JobStrip)
        await pilot.click(strip, offset=(strip.size.width - 4, 0))
        await finish(pilot, gate)
        assert any("Stopped" in note for note in pilot.notices)
    assert tagged(store) == 0


async def test_missing_folder_keeps_the_export_form(open_app):
    async with open_app(size=(200, 40)) as pilot:
        await pilot.press("2", "x")
        await pilot.paste("/missing/contacts.csv")
        await pilot.press("enter")
        assert "folder /missing does not exist" in pilot.text()
        assert pilot.app.screen.value("path") == "/missing/contacts.csv"


@pytest.mark.engines("sqlite", "postgresql")
async def test_export_is_complete_or_absent(open_app, gate, tmp_path):
    target = tmp_path / "out" / "all.csv"
    target.parent.mkdir()

    async with open_app() as pilot:
        await begin(pilot, gate, "x", text=str(target))
        assert "writing 88 contacts to all.csv" in pilot.text()
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


async def test_export_does_not_overwrite_a_new_file(open_app, gate, tmp_path):
    target = tmp_path / "all.vcf"

    async with open_app() as pilot:
        await begin(pilot, gate, "x", text=str(target))
        target.write_text("mine")
        await finish(pilot, gate)
        assert any("can't write" in note for note in pilot.notices)
    assert target.read_text() == "mine"
    assert not list(tmp_path.glob(".cardcrm-*"))


def talks(store, text) -> int:
    return store.value("SELECT count(*) FROM interaction WHERE text = :text", text=text)


@pytest.mark.engines("sqlite", "postgresql")
async def test_changes_during_a_job_are_saved_after_it(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("1", "l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
        assert any("Will be saved after: tagging 88 contacts" in n for n in pilot.notices)
        await pilot.press("n")
        await pilot.paste("call again")
        await pilot.press("tab")
        await pilot.paste("fri")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, Page)
        await pilot.pause(0.2)
        assert "2 waiting" in pilot.text()
        assert talks(store, "a long talk") == 0
        await finish(pilot, gate)
        assert "Logged call with Priya Raman" in pilot.notices
        assert pilot.app.pending_saves == 0
    assert tagged(store) == ALL
    assert talks(store, "a long talk") == 1
    commands = [step.command for step in journal.steps(store, 3)]
    assert commands[2] == "tui: tag 88 contacts spring"  # one step still
    assert commands[1].endswith("log 12 a long talk")


async def test_notices_appear_above_the_progress_line(shop, gate):
    async with running(create_app(shop), notifications=True) as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("escape", "y")
        await pilot.pause(0.3)
        above, line, _last = pilot.text().split("\n")[-3:]
        assert "Copied" in above
        assert line.rstrip().endswith("stop")
        await finish(pilot, gate)


async def test_waiting_changes_are_saved_after_a_stopped_job(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("escape", "l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o", "ctrl+g")
        await finish(pilot, gate)
    assert (tagged(store), talks(store, "a long talk")) == (0, 1)


@pytest.mark.engines("sqlite", "postgresql")
async def test_form_that_fails_to_save_comes_back(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("1", "l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o", "l")
        await pilot.paste("another")  # it does not come back over an open form
        whose = pilot.app.page.card.contact_id
        gate.opened.set()
        pilot.app.database.change = failing_once(pilot.app.database.change)
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
    """Return a change function that fails once."""
    failed = []

    async def fail(*args):
        if not failed:
            failed.append(True)
            raise StorageError("the disk is full")
        return await change(*args)

    return fail


@pytest.mark.engines("sqlite", "postgresql")
async def test_question_about_a_deleted_contact_shows_its_form(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("1", "l")
        await pilot.paste("a long talk")
        whose = pilot.app.page.card.contact_id
        pilot.app.database.change = removing_first(pilot.app.database.change, whose)
        await pilot.press("ctrl+o")
        await finish(pilot, gate)
        assert "was deleted meanwhile" in " ".join(pilot.text().split())
        await pilot.press("b")
        assert pilot.app.screen.value("text") == "a long talk"


def removing_first(change, contact_id):
    """Return a change function that deletes the contact first."""

    async def removing(command, act):
        await change("somebody", lambda box: contacts.remove(box, [contact_id]))
        return await change(command, act)

    return removing


async def test_quitting_waits_for_pending_saves(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("escape", "l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o", "q")
        await pilot.press_only("y")
        gate.opened.set()
        await pilot.settle()
    assert (tagged(store), talks(store, "a long talk")) == (0, 1)


@pytest.mark.engines("sqlite", "postgresql")
async def test_signal_saves_waiting_changes_and_stops_the_job(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("escape", "l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o")
        assert pilot.app.pending_saves == 1
        pilot.app.end(143)
        await pilot.pause(0.1)
        assert pilot.app.is_running  # the waiting change cannot be saved yet
        gate.opened.set()
        await gone(pilot)
        assert pilot.app.return_code == 143
        assert pilot.app.unsaved == ""
    assert (tagged(store), talks(store, "a long talk")) == (0, 1)
    assert not recovery.recovery_file().exists()


async def test_signal_keeps_unsaved_text_in_a_file(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("escape", "l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o", "l")
        await pilot.paste("half another")
        pilot.app.database.change = failing_once(pilot.app.database.change)
        pilot.app.end(143)
        gate.opened.set()
        await gone(pilot)
        assert str(recovery.recovery_file()) in pilot.app.unsaved
    assert (tagged(store), talks(store, "a long talk"), talks(store, "half another")) == (0, 0, 0)
    kept = recovery.recovery_file().read_text()
    assert kept.count("a long talk") == kept.count("half another") == 1
    assert recovery.recovery_file().stat().st_mode & 0o777 == 0o600

    async with open_app() as pilot:
        assert any(str(recovery.recovery_file()) in notice for notice in pilot.notices)


async def gone(pilot):
    """Wait until the screen was left."""
    end = asyncio.get_running_loop().time() + 10
    while not pilot.app._exit and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    assert pilot.app._exit


async def test_contacts_can_be_changed_during_an_export(open_app, store, gate, tmp_path):
    async with open_app() as pilot:
        await begin(pilot, gate, "x", text=str(tmp_path / "all.csv"))
        await pilot.press("1", "d", "enter")
        await pilot.wait_until(lambda: reminders.get(store, 1).done_at is not None)
        await finish(pilot, gate)
    assert (tmp_path / "all.csv").exists()


@pytest.mark.engines("sqlite", "postgresql")
async def test_end_of_the_app_stops_the_job(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        pilot.app.end(129)
        threading.Timer(0.2, gate.opened.set).start()  # the end waits for the job's next check
    assert tagged(store) == 0


@pytest.mark.engines("sqlite", "postgresql")
async def test_quitting_during_a_job_asks_and_rolls_back(open_app, store, gate):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        await pilot.press("q")
        assert "In progress: tagging 88 contacts" in pilot.text()
        await pilot.press("n")
        assert pilot.app.is_running
        await pilot.press("q")
        await pilot.press("y")
        gate.opened.set()
    assert tagged(store) == 0


@pytest.mark.engines("sqlite", "postgresql")
async def test_undo_of_a_large_step_can_be_stopped(open_app, store, gate):
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
        await pilot.pause(bulk_jobs.PROGRESS_DELAY + 0.2)
        assert "undoing 88 changes" in pilot.text()
        await pilot.press("ctrl+g")
        await finish(pilot, gate)
        assert tagged(store) == ALL
        await pilot.press("u")
        assert tagged(store) == 0


@pytest.mark.engines("sqlite", "postgresql")
async def test_failed_job_is_reported_and_rolled_back(open_app, store, gate, monkeypatch):
    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        monkeypatch.setattr(
            Job, "check", lambda _job: (_ for _ in ()).throw(StorageError("the disk is full"))
        )
        await finish(pilot, gate)
        assert "the disk is full" in pilot.notices
    assert tagged(store) == 0


async def test_stop_without_a_job_says_so(open_app):
    async with open_app() as pilot:
        await pilot.press("ctrl+g")
        assert "Nothing in progress to stop" in pilot.notices


async def test_all_matches_can_be_marked_and_unmarked(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("tag:vip")
        await pilot.press("enter", "asterisk")
        found = pilot.app.page.contacts.count
        assert f"{found} marked" in pilot.text()
        first = pilot.app.page.contacts.selected.id
        await pilot.press("space")
        marked = set(pilot.app.page.contacts.marked)
        assert len(marked) == found - 1
        assert first not in marked
        assert all("vip" in contacts.tags_of(store, each) for each in marked)


def test_job_estimates_share_and_time_left(monkeypatch):
    job = Job("work", 200, changes=True)
    list(zip(job.chunks(range(200)), range(2), strict=False))
    assert (job.done, job.share) == (100, 0.35)
    monkeypatch.setattr(bulk_jobs.time, "monotonic", lambda: job.started + 35)
    assert job.time_left == "65 s left"
    job.done = 200
    job.close(3)
    assert job.share == 0.7
    assert job.time_left == "updating search, 15 s left"
    for share in (0.8, 0.9, 1.0, 1.0):
        job.check()
        assert job.share == pytest.approx(share)
    job.close(0)
    assert job.time_left == "nearly done"


def test_export_share_ends_at_one():
    job = Job("writing", 100, changes=False)
    assert list(job.chunks(range(100)))
    assert job.share == 1.0


@pytest.mark.engines("sqlite", "postgresql")
async def test_reads_during_a_job_see_committed_data(open_app, store, gate):
    """Read committed data, not the job's own."""

    async with open_app() as pilot:
        await begin(pilot, gate, "t", text="spring")
        ask = pilot.app.database.read
        assert await ask(
            lambda box: value_completion.list_values(box, "tag")
        ) == value_completion.list_values(store, "tag")
        assert await ask(lambda box: interactions.count(box, 12)) == interactions.count(store, 12)
        assert await ask(tagged) == 0
        await finish(pilot, gate)
        assert await ask(tagged) == ALL
