"""A database that is locked, missing, replaced, read-only or unreachable while the screen is open.

One message reports it, no typed text is lost, and the screen recovers with the database.
"""

import asyncio
import re
import shutil
import sqlite3
import time
from pathlib import Path

import pytest

from cardcrm import tui
from cardcrm.errors import UsageError
from cardcrm.records import sample
from cardcrm.records.activity import reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import open_store
from cardcrm.tui import recovery
from cardcrm.tui.app import CardApp
from cardcrm.tui.forms import bulk_actions
from cardcrm.tui.screens.page import Page
from cardcrm.tui.worker import DatabaseWorker
from tests.support.postgresql import create_replica, create_server
from tests.support.screen import LOCALE, create_app, running
from tests.tui.conftest import fill_shop

on_a_server = pytest.mark.engines("postgresql")
AWAY = "! can't read petal"


def errors(pilot):
    return [each for each in pilot.app._notifications if each.severity == "error"]


def name(pilot):
    return pilot.app.page.list.selected.contact.name


def form_text(pilot):
    """Return the text of the form on the left, with its lines joined."""
    return " ".join(" ".join(line[:55] for line in pilot.text().split("\n")).split())


async def test_locked_file_is_readable_and_keeps_the_form(open_app, shop):
    async with open_app(wait=0.05) as pilot:
        await pilot.press("down", "down")
        chosen = name(pilot)
        other = sqlite3.connect(shop, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        await pilot.press("l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o")
        assert "is locked by another program" in form_text(pilot)
        assert pilot.app.screen.value("text") == "a long talk"
        await pilot.press("escape", "y", "down")
        assert name(pilot) != chosen
        assert pilot.app.page.card.card.details.contact.name == name(pilot)
        await pilot.press("u")
        assert any("is locked by another program" in note for note in pilot.notices)
        other.execute("ROLLBACK")
        other.close()
        await pilot.press("u")
        assert any("Undone" in note for note in pilot.notices)


async def test_missing_file_is_reported_once_and_not_created(open_app, shop, tmp_path):
    away = tmp_path / "elsewhere.db"

    async with open_app() as pilot:
        await pilot.press("down", "down")
        chosen = name(pilot)
        shop.rename(away)
        for _ in range(3):
            await pilot.look_for_changes()
        assert len(errors(pilot)) == 1
        assert "petal.db is gone" in errors(pilot)[0].message
        assert AWAY in pilot.text()
        await pilot.press("l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o")
        assert "no longer exists" in form_text(pilot)
        assert pilot.app.screen.value("text") == "a long talk"
        await pilot.press("escape", "y", "u")
        assert not shop.exists()
        away.rename(shop)
        await pilot.look_for_changes()
        assert AWAY not in pilot.text()
        assert "petal can be read again" in pilot.notices
        assert name(pilot) == chosen
        await pilot.press("d", "enter")
    with open_store(shop).engine.snapshot():
        pass


@pytest.mark.parametrize("damage", ["truncated", "halved", "overwritten"])
async def test_damaged_file_is_read_again_once_it_is_restored(open_app, shop, damage):
    sound = shop.read_bytes()
    async with open_app() as pilot:
        await pilot.press("2")
        damaged = {"truncated": b"", "halved": sound[: len(sound) // 2]}
        shop.write_bytes(damaged.get(damage, b"x" * len(sound)))
        await pilot.look_for_changes()
        await pilot.press("M", "slash", *"ken", "enter")
        await pilot.look_for_changes()  # an empty file is not filled with a new database
        assert AWAY in pilot.text()
        assert len(errors(pilot)) == 1
        shop.write_bytes(sound)
        await pilot.look_for_changes()
        assert AWAY not in pilot.text()
        await pilot.press("slash", "escape", "M", "l", *"hello", "ctrl+o")
        contact = pilot.app.page.contacts.selected.name
        assert pilot.app.page.card.card.details.contact.name == contact
        assert pilot.notices[-1] == f"Logged call with {contact}"


async def test_job_on_a_missing_file_creates_none(open_app, shop, tmp_path, monkeypatch):
    monkeypatch.setattr(bulk_actions, "JOB_THRESHOLD", 2)

    async with open_app() as pilot:
        await pilot.press("2", "asterisk")
        shop.rename(tmp_path / "elsewhere.db")
        await pilot.press("t")
        await pilot.paste("spring")
        await pilot.press("enter", "y")
        assert any("petal.db is gone" in note for note in pilot.notices)
        assert not shop.exists()


async def test_replaced_file_is_opened_and_changed(open_app, shop, tmp_path):
    other = tmp_path / "other.db"
    shutil.copy(shop, other)
    theirs = open_store(other, locale=LOCALE)
    contacts.add(theirs, ContactDraft(name="Only Here"))
    theirs.close()

    async with open_app() as pilot:
        await pilot.press("2", "down", "down")
        chosen = pilot.app.page.contacts.selected.name
        other.rename(shop)
        await pilot.look_for_changes()
        assert pilot.app.page.contacts.count == 89
        assert pilot.app.page.contacts.selected.name == chosen
        await pilot.press("t")
        await pilot.paste("spring")
        await pilot.press("enter")
    store = open_store(shop)
    assert store.value("SELECT count(*) FROM tag WHERE name = 'spring'") == 1
    store.close()


async def test_other_file_is_reported_until_a_database_is_back(open_app, shop, tmp_path):
    keep = tmp_path / "keep.db"
    shutil.copy(shop, keep)

    async with open_app() as pilot:
        junk = tmp_path / "junk"
        junk.write_text("this is not a database, only words" * 100)
        junk.rename(shop)
        for _ in range(3):
            await pilot.look_for_changes()
        assert len(errors(pilot)) == 1
        assert "is not a cardcrm database" in errors(pilot)[0].message
        shop.unlink()
        await pilot.look_for_changes()
        assert not shop.exists()
        keep.rename(shop)
        await pilot.look_for_changes()
        assert "petal can be read again" in pilot.notices
        assert "Priya Raman" in pilot.text()


@pytest.mark.engines("sqlite", "postgresql")
async def test_read_only_database_is_reported_and_keeps_the_form(shop, engine, server_or):
    """Open a file read-only; set a server read-only."""
    readonly = []

    def open_it():
        return open_store(shop, user=sample.USER, locale=LOCALE, readonly=bool(readonly))

    async with running(CardApp(DatabaseWorker(open_it), database_name="petal")) as pilot:
        readonly.append(True)
        if engine == "sqlite":
            shutil.copy(shop, shop.with_name("copy"))
            shop.with_name("copy").rename(shop)
        else:
            server_or.cut(shop, "default_transaction_read_only = on")
        await pilot.look_for_changes()
        await pilot.press("l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o")
        assert "is read-only" in form_text(pilot)
        assert pilot.app.screen.value("text") == "a long talk"
        await pilot.press("escape", "y", "2", "end")
        assert pilot.app.page.contacts.cursor == 87
        await pilot.press("u")
        assert any("read-only" in note for note in pilot.notices)


class Server:
    """Changes to a server that the screen does not know of."""

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
async def test_lost_connection_is_restored_silently(open_app, shop, store, server_or):
    async with open_app() as pilot:
        await pilot.press("down", "down")
        chosen = name(pilot)
        server_or.cut(shop)
        await pilot.look_for_changes()
        await pilot.press("down", "up")
        assert not errors(pilot)
        assert name(pilot) == chosen
        reminders.done(store, 1)
        await pilot.pause(0.2)
        await pilot.look_for_changes()
        assert "price for a bigger" not in pilot.text()  # it listens again


@on_a_server
async def test_change_elsewhere_is_noticed_without_a_query(open_app, store):
    async with open_app() as pilot:
        engine = pilot.app.database._store.engine
        await pilot.look_for_changes()
        pilot.app.watcher._is_polling = True  # only this test looks from now on
        asked = []
        engine.rows = lambda *words: asked.append(words)
        reminders.done(store, 1)
        await pilot.pause(0.2)
        assert await pilot.app.database.has_changed()
        assert not await pilot.app.database.has_changed()
        assert not asked
        del engine.rows


async def test_change_noticed_while_the_app_closes_is_ignored(open_app):
    async with open_app() as pilot:
        app = pilot.app
    app.refresh_data()
    assert not app.screen_stack


@pytest.fixture(scope="module")
def own_server(server):
    """A server that may be stopped, with the shop on it."""
    made = create_server()
    fill_shop(made.url)
    yield made
    made.remove()


async def until(pilot, is_so, seconds=30):
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        await pilot.look_for_changes()
        await asyncio.sleep(0.1)
    assert is_so()


@pytest.mark.slow
async def test_server_restart_is_one_notice_and_keeps_the_cursor(
    own_server,
):
    async with running(create_app(own_server.url, wait=0.3)) as pilot:
        await pilot.press("down", "down")
        chosen = name(pilot)
        await asyncio.to_thread(own_server.stop)
        await pilot.look_for_changes()
        for key in ("down", "up", "2", "1", "down", "up"):
            await pilot.press(key)
        await pilot.look_for_changes()
        assert len(errors(pilot)) == 1
        assert AWAY in pilot.text()
        await pilot.press("l")
        assert len(errors(pilot)) == 2  # a key press is answered
        await asyncio.to_thread(own_server.start)
        await until(pilot, lambda: not pilot.app.connection_error)
        await pilot.settle()
        assert "petal can be read again" in pilot.notices
        assert name(pilot) == chosen
        assert pilot.app.page.card.card.details.contact.name == chosen
        await pilot.press("l")
        await pilot.paste("they are back")
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
        assert "they are back" in pilot.text()


@pytest.mark.slow
async def test_server_crash_keeps_an_open_form(own_server):
    async with running(create_app(own_server.url, wait=0.3)) as pilot:
        await pilot.press("l")
        await pilot.paste("a very long talk")
        await asyncio.to_thread(own_server.stop)
        await pilot.press("ctrl+o")
        assert pilot.app.screen.value("text") == "a very long talk"
        await asyncio.to_thread(own_server.start)
        await until(pilot, lambda: not pilot.app.connection_error)
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
    store = open_store(own_server.url)
    assert store.value("SELECT count(*) FROM interaction WHERE text = 'a very long talk'") == 1
    store.close()


@pytest.mark.slow
async def test_replica_follows_the_primary_and_refuses_changes(own_server):
    replica = create_replica(own_server)
    primary = open_store(own_server.url, user="colleague", locale=LOCALE)

    async with running(create_app(replica.url)) as pilot:
        await pilot.press("2")
        before = pilot.app.page.contacts.count
        contacts.add(primary, ContactDraft(name="Aaron Aardvark"))
        await until(pilot, lambda: pilot.app.page.contacts.count == before + 1)
        await pilot.press("l")
        await pilot.paste("a long talk")
        await pilot.press("ctrl+o")
        assert "is read-only" in form_text(pilot)
    primary.close()
    replica.remove()


@pytest.mark.engines("sqlite", "postgresql")
async def test_crash_keeps_typed_text(open_app):
    async with open_app() as pilot:
        await pilot.press("l")
        await pilot.paste("a long talk")
        pilot.app.save_open_forms()
        assert str(recovery.recovery_file()) in pilot.app.unsaved
        await pilot.press("ctrl+o")
        pilot.app.unsaved = ""
        pilot.app.save_open_forms()
        assert pilot.app.unsaved == ""  # saved text is not kept
    assert recovery.recovery_file().read_text().count("a long talk") == 1


async def test_unwritable_recovery_file_prints_the_text(open_app, tmp_path):
    (tmp_path / "data").write_text("in the way")

    async with open_app() as pilot:
        await pilot.press("l")
        await pilot.paste("a long talk")
        pilot.app.save_open_forms()
        assert "a long talk" in pilot.app.unsaved


def test_no_widget_is_looked_up_that_may_be_gone():
    """Expect widgets as attributes: `query_one` raises NoMatches after a screen is closed."""
    modules = Path(tui.__file__).parent.rglob("*.py")
    lines = [(each.name, line) for each in modules for line in each.read_text().splitlines()]
    assert [
        each for each in lines if re.search(r"\.(query_one|query_exactly_one|get_child)", each[1])
    ] == []


@pytest.mark.parametrize("keys", ["l", "e", "m", "a"])
async def test_form_closed_while_it_checks_what_is_typed_does_no_harm(open_app, keys):
    async with open_app() as pilot:
        for _ in range(3):
            await pilot.press(keys)
            form = pilot.app.screen
            await pilot.press_only(*"ab", "escape")
            await pilot.settle()
            await pilot.press("y")
            form.show_error(UsageError("late"))
            await form._update_warning() if form._warn else None
            await pilot.settle()
        assert isinstance(pilot.app.screen, Page)
