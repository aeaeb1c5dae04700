"""Bad days: the box locked, gone, replaced, read-only, or the server away while the screen is open.

It is told once, nothing that was typed is lost, and when the box is back the screen is, too.
"""

import asyncio
import shutil
import sqlite3
import sys
import time

import pytest
from tests.tui.conftest import LOCALE, Hands, _fill, app_of

from cardcrm.records import sample
from cardcrm.records.activity import reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import open_store
from cardcrm.tui import recovery
from cardcrm.tui.app import CardApp
from cardcrm.tui.forms import bulk_actions
from cardcrm.tui.screens.page import Page
from cardcrm.tui.worker import Desk

on_a_file = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
on_a_server = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
AWAY = "! petal cannot be read now"


def errors(hands):
    return [each for each in hands.app._notifications if each.severity == "error"]


def name(hands):
    return hands.app.page.list.chosen.contact.name


@on_a_file
def test_a_file_that_is_locked_can_be_read_and_what_was_typed_waits_in_its_form(drive, box):
    async def script(hands):
        await hands.press("down", "down")
        chosen = name(hands)
        other = sqlite3.connect(box, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        await hands.press("l")
        await hands.write("a long talk")
        await hands.press("ctrl+o")
        assert "is locked by another program" in hands.text()
        assert hands.app.screen.value("text") == "a long talk"
        await hands.press("escape", "y", "down")
        assert name(hands) != chosen
        assert hands.app.page.card.card.details.contact.name == name(hands)
        await hands.press("u")
        assert any("is locked by another program" in note for note in hands.notices)
        other.execute("ROLLBACK")
        other.close()
        await hands.press("u")
        assert any("took back" in note for note in hands.notices)

    drive(script, wait=0.05)


@on_a_file
def test_a_file_that_is_gone_is_told_once_and_no_new_one_is_begun(drive, box, tmp_path):
    away = tmp_path / "elsewhere.db"

    async def script(hands):
        await hands.press("down", "down")
        chosen = name(hands)
        box.rename(away)
        for _ in range(3):
            await hands.look()
        assert len(errors(hands)) == 1
        assert "petal.db is gone" in errors(hands)[0].message
        assert AWAY in hands.text()
        await hands.press("l")
        await hands.write("a long talk")
        await hands.press("ctrl+o")
        assert "no longer exists" in hands.text()
        assert hands.app.screen.value("text") == "a long talk"
        await hands.press("escape", "y", "u")
        assert not box.exists()
        away.rename(box)
        await hands.look()
        assert AWAY not in hands.text()
        assert "petal can be read again" in hands.notices
        assert name(hands) == chosen
        await hands.press("d", "enter")

    drive(script)
    with open_store(box).engine.snapshot():
        pass


@on_a_file
def test_long_work_on_a_file_that_is_gone_begins_no_new_one(drive, box, tmp_path, monkeypatch):
    monkeypatch.setattr(bulk_actions, "FEW", 2)

    async def script(hands):
        await hands.press("2", "asterisk")
        box.rename(tmp_path / "elsewhere.db")
        await hands.press("t")
        await hands.write("spring")
        await hands.press("enter", "y")
        assert any("petal.db is gone" in note for note in hands.notices)
        assert not box.exists()

    drive(script)


@on_a_file
def test_another_file_in_its_place_is_opened_and_changes_go_there(drive, box, tmp_path):
    other = tmp_path / "other.db"
    shutil.copy(box, other)
    theirs = open_store(other, locale=LOCALE)
    contacts.add(theirs, ContactDraft(name="Only Here"))
    theirs.close()

    async def script(hands):
        await hands.press("2", "down", "down")
        chosen = hands.app.page.drawer.chosen.name
        other.rename(box)
        await hands.look()
        assert hands.app.page.drawer.count == 43
        assert hands.app.page.drawer.chosen.name == chosen
        await hands.press("t")
        await hands.write("spring")
        await hands.press("enter")

    drive(script)
    store = open_store(box)
    assert store.value("SELECT count(*) FROM tag WHERE name = 'spring'") == 1
    store.close()


@on_a_file
def test_a_file_in_its_place_that_is_no_box_is_told_until_a_box_is_there(drive, box, tmp_path):
    keep = tmp_path / "keep.db"
    shutil.copy(box, keep)

    async def script(hands):
        junk = tmp_path / "junk"
        junk.write_text("this is no box at all, only words" * 100)
        junk.rename(box)
        for _ in range(3):
            await hands.look()
        assert len(errors(hands)) == 1
        assert "is not a cardcrm database" in errors(hands)[0].message
        box.unlink()
        await hands.look()
        assert not box.exists()
        keep.rename(box)
        await hands.look()
        assert "petal can be read again" in hands.notices
        assert "Priya Raman" in hands.text()

    drive(script)


def test_a_box_that_can_only_be_read_from_now_on_says_so_and_loses_no_word(box, engine, server_or):
    """A file by how it is opened again; a server by its own setting."""
    readonly = []

    def open_it():
        return open_store(box, user=sample.KEEPER, locale=LOCALE, readonly=bool(readonly))

    async def session():
        app = CardApp(Desk(open_it), box="petal")
        async with app.run_test(size=(100, 30)) as pilot:
            hands = Hands(pilot)
            await hands.settle()
            readonly.append(True)
            if engine == "sqlite":
                shutil.copy(box, box.with_name("copy"))
                box.with_name("copy").rename(box)
            else:
                server_or.cut(box, "default_transaction_read_only = on")
            await hands.look()
            await hands.press("l")
            await hands.write("a long talk")
            await hands.press("ctrl+o")
            assert "is read-only" in hands.text()
            assert hands.app.screen.value("text") == "a long talk"
            await hands.press("escape", "y", "2", "end")
            assert hands.app.page.drawer.cursor == 41
            await hands.press("u")
            assert any("is read-only" in note for note in hands.notices)
        app.desk.close()

    asyncio.run(session())


class Server:
    """What is done to a server behind the screen's back."""

    def cut(self, place: str, setting: str = "") -> None:
        """End all connections to a database, which then has a setting."""
        import psycopg

        with psycopg.connect(place, autocommit=True) as db:
            name = db.info.dbname
            if setting:
                db.execute(f"ALTER DATABASE {name} SET {setting}")
            db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = %s AND pid <> pg_backend_pid()",
                (name,),
            )


@pytest.fixture
def server_or() -> Server:
    return Server()


@on_a_server
def test_a_connection_that_was_cut_is_made_again_without_a_word(drive, box, store, server_or):
    async def script(hands):
        await hands.press("down", "down")
        chosen = name(hands)
        server_or.cut(box)
        await hands.look()
        await hands.press("down", "up")
        assert not errors(hands)
        assert name(hands) == chosen
        reminders.done(store, 1)
        await hands.pilot.pause(0.2)
        await hands.look()
        assert "price for a bigger" not in hands.text()  # it listens again

    drive(script)


@on_a_server
def test_a_change_elsewhere_is_heard_without_a_query(drive, store):
    async def script(hands):
        engine = hands.app.desk._store.engine
        await hands.look()
        asked = []
        engine.rows = lambda *words: asked.append(words)
        reminders.done(store, 1)
        await hands.pilot.pause(0.2)
        assert await hands.app.desk.is_changed()
        assert not await hands.app.desk.is_changed()
        assert not asked
        del engine.rows

    drive(script)


@pytest.fixture(scope="module")
def own_server(server):
    """A server that may be stopped, with the shop on it."""
    module = sys.modules[type(server).__module__]
    made = module.make(module.programs())
    _fill(made.url)
    yield made
    module.remove(made)


async def until(hands, is_so, seconds=30):
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        await hands.look()
        await asyncio.sleep(0.1)
    assert is_so()


def test_a_server_that_dies_and_comes_back_is_told_in_one_notice_and_the_cursor_stays(own_server):
    async def session():
        app = app_of(own_server.url, wait=0.3)
        async with app.run_test(size=(100, 30)) as pilot:
            hands = Hands(pilot)
            await hands.settle()
            await hands.press("down", "down")
            chosen = name(hands)
            await asyncio.to_thread(own_server.stop)
            await hands.look()
            for key in ("down", "up", "2", "1", "down", "up"):
                await hands.press(key)
            await hands.look()
            assert len(errors(hands)) == 1
            assert AWAY in hands.text()
            await hands.press("l")
            assert len(errors(hands)) == 2  # one who presses a key is answered
            await asyncio.to_thread(own_server.start)
            await until(hands, lambda: not app.lookout.trouble)
            await hands.settle()
            assert "petal can be read again" in hands.notices
            assert name(hands) == chosen
            assert hands.app.page.card.card.details.contact.name == chosen
            await hands.press("l")
            await hands.write("they are back")
            await hands.press("ctrl+o")
            assert isinstance(app.screen, Page)
            assert "they are back" in hands.text()
        app.desk.close()

    asyncio.run(session())


def test_a_server_that_dies_under_a_form_takes_no_word_of_it(own_server):
    async def session():
        app = app_of(own_server.url, wait=0.3)
        async with app.run_test(size=(100, 30)) as pilot:
            hands = Hands(pilot)
            await hands.settle()
            await hands.press("l")
            await hands.write("a very long talk")
            await asyncio.to_thread(own_server.stop)
            await hands.press("ctrl+o")
            assert app.screen.value("text") == "a very long talk"
            await asyncio.to_thread(own_server.start)
            await until(hands, lambda: not app.lookout.trouble)
            await hands.press("ctrl+o")
            assert isinstance(app.screen, Page)
        app.desk.close()

    asyncio.run(session())
    store = open_store(own_server.url)
    assert store.value("SELECT count(*) FROM interaction WHERE text = 'a very long talk'") == 1
    store.close()


def test_on_a_replica_one_reads_and_sees_what_is_changed_on_the_primary(own_server):
    module = sys.modules[type(own_server).__module__]
    replica = module.make_replica(own_server)
    primary = open_store(own_server.url, user="colleague", locale=LOCALE)

    async def session():
        app = app_of(replica.url)
        async with app.run_test(size=(100, 30)) as pilot:
            hands = Hands(pilot)
            await hands.settle()
            await hands.press("2")
            before = app.page.drawer.count
            contacts.add(primary, ContactDraft(name="Aaron Aardvark"))
            await until(hands, lambda: app.page.drawer.count == before + 1)
            await hands.press("l")
            await hands.write("a long talk")
            await hands.press("ctrl+o")
            assert "is read-only" in hands.text()
        app.desk.close()

    try:
        asyncio.run(session())
    finally:
        primary.close()
        module.remove(replica)


def test_a_fault_of_the_screen_itself_keeps_what_was_typed(drive):
    async def script(hands):
        await hands.press("l")
        await hands.write("a long talk")
        recovery.keep(hands.app)
        assert str(recovery.place()) in hands.app.unsaved
        await hands.press("ctrl+o")
        hands.app.unsaved = ""
        recovery.keep(hands.app)
        assert hands.app.unsaved == ""  # what was saved is not kept

    drive(script)
    assert recovery.place().read_text().count("a long talk") == 1


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_where_no_file_can_be_written_the_words_themselves_are_said(drive, tmp_path):
    (tmp_path / "data").write_text("in the way")

    async def script(hands):
        await hands.press("l")
        await hands.write("a long talk")
        recovery.keep(hands.app)
        assert "a long talk" in hands.app.unsaved

    drive(script)
