"""Backups of a database, restoring one, and checking a database."""

import contextlib
import datetime as dt
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys

import pytest

from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, NotFoundError, StorageError
from cardcrm.money import Money
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import AnniversaryDraft, ContactDraft
from cardcrm.records.sales import sales
from cardcrm.store import backup, integrity, open_store, private_files
from cardcrm.store.sqlite.maintenance import SqliteMaintenance

DAY = dt.date(2026, 11, 21)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cards.db"


@pytest.fixture
def store(path):
    database = new_database(path)
    yield database
    database.close()


@pytest.fixture
def either(location):
    """A database on each engine."""
    database = new_database(location)
    yield database
    database.close()


def new_database(place):
    database = open_store(place, create=True)
    for name in ("Jane", "John"):
        contacts.add(database, ContactDraft(name=name, note="tea", every="30d"))
    interactions.log(database, [1], "asked for a quote", when=DayTime(DAY))
    sales.sell(database, 1, Money(1000, "GBP"), when=DayTime(DAY))
    return database


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")


def names(path):
    database = open_store(path)
    found = [row[0] for row in database.rows("SELECT name FROM contact ORDER BY id")]
    database.close()
    return found


def test_a_backup_is_complete_and_private(store, tmp_path):
    made = backup.create_backup(store, tmp_path / "copy.db")
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert names(made.path) == ["Jane", "John"]
    assert made.size == made.path.stat().st_size
    assert not list(tmp_path.glob("copy.db-*"))


def test_a_backup_is_consistent_while_others_write(store, path, tmp_path, monkeypatch):
    other = open_store(path)
    copy = SqliteMaintenance.copy_into

    def slowly(engine, target):
        contacts.add(other, ContactDraft(name="Late"))
        copy(engine, target)

    monkeypatch.setattr(SqliteMaintenance, "copy_into", slowly)
    made = backup.create_backup(store, tmp_path / "copy.db")
    assert names(made.path) == ["Jane", "John"]
    assert names(path) == ["Jane", "John", "Late"]
    other.close()


def test_a_backup_overwrites_no_file(store, tmp_path):
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(ConflictError, match="already exists"):
        backup.create_backup(store, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_an_incomplete_copy_is_reported_and_removed(store, tmp_path, monkeypatch):
    copy = SqliteMaintenance.copy_into

    def badly(engine, target):
        copy(engine, target)
        content = bytearray(target.read_bytes())
        content[40_000:60_000] = b"\x7f" * 20_000
        target.write_bytes(content)

    monkeypatch.setattr(SqliteMaintenance, "copy_into", badly)
    with pytest.raises(StorageError, match=r"incomplete|damaged"):
        backup.create_backup(store, tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy*"))


def test_backups_are_named_by_day_and_number(store, path, tmp_path):
    for expected in ("cards-2026-11-21.db", "cards-2026-11-21-2.db", "cards-2026-11-21-3.db"):
        name = backup.next_backup_path(path, tmp_path, DAY)
        assert name.name == expected
        backup.create_backup(store, name)


def test_the_newest_backups_and_other_files_are_kept(path, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    own = ["cards-2026-11-19.db", "cards-2026-11-20.db", "cards-2026-11-20-2.db"]
    own += ["cards-2026-11-20-10.db", "cards-2026-11-21.db"]
    others = ["cards-holiday.db", "shop-2026-11-19.db", "cards-2026-11-19.db.txt", "notes.txt"]
    for name in own + others:
        (folder / name).touch()
    gone = backup.delete_old_backups(path, folder, 2)
    assert [each.name for each in gone] == own[:3]
    assert {each.name for each in folder.iterdir()} == {*own[3:], *others}


def test_restore_replaces_the_database_and_keeps_the_old_one(store, path, tmp_path):
    made = backup.create_backup(store, tmp_path / "copy.db")
    contacts.add(store, ContactDraft(name="Late"))
    store.close()
    old = backup.restore(path, made.path, DAY, 0.1)
    assert old is not None
    assert old.name == "cards.before-restore-2026-11-21.db"
    assert names(path) == ["Jane", "John"]
    assert names(old) == ["Jane", "John", "Late"]
    assert names(made.path) == ["Jane", "John"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    backup.restore(path, old, DAY, 0.1)
    assert names(path) == ["Jane", "John", "Late"]
    assert sorted(each.name for each in tmp_path.glob("*before*")) == [
        "cards.before-restore-2026-11-21-2.db",
        "cards.before-restore-2026-11-21.db",
    ]
    assert not list(tmp_path.glob("*restoring*"))


def journal_mode(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return database.execute("PRAGMA journal_mode").fetchone()[0]


def test_restore_replaces_the_file_behind_a_link(store, path, tmp_path):
    made = backup.create_backup(store, tmp_path / "copy.db")
    contacts.add(store, ContactDraft(name="Late"))
    store.close()
    link = tmp_path / "links" / "my.db"
    link.parent.mkdir()
    link.symlink_to("../cards.db")
    old = backup.restore(link, made.path, DAY, 0.1)
    assert old == tmp_path / "cards.before-restore-2026-11-21.db"
    assert link.is_symlink()
    assert names(link) == names(path) == ["Jane", "John"]
    assert names(old) == ["Jane", "John", "Late"]
    assert [each.name for each in link.parent.iterdir()] == ["my.db"]


def test_restore_creates_the_file_behind_a_dangling_link(store, tmp_path):
    made = backup.create_backup(store, tmp_path / "copy.db")
    link = tmp_path / "my.db"
    link.symlink_to(tmp_path / "disk" / "cards.db")
    assert backup.restore(link, made.path, DAY, 0.1) is None
    assert link.is_symlink()
    assert names(tmp_path / "disk" / "cards.db") == ["Jane", "John"]


def test_restored_and_copied_files_are_written_to_a_log(store, path, tmp_path):
    made = backup.create_backup(store, tmp_path / "copy.db")
    store.close()
    backup.restore(path, made.path, DAY, 0.1)
    assert journal_mode(path) == "wal"
    assert journal_mode(made.path) == "delete"
    copied = shutil.copy(made.path, tmp_path / "copied.db")
    assert names(copied) == ["Jane", "John"]
    assert journal_mode(copied) == "wal"


@pytest.mark.parametrize("target", ["folder", "pipe", "device", "circle"])
def test_restore_does_not_replace_what_is_no_file(store, tmp_path, target):
    made = backup.create_backup(store, tmp_path / "copy.db")
    place = tmp_path / "target"
    if target == "folder":
        place.mkdir()
    elif target == "pipe":
        os.mkfifo(place)
    elif target == "circle":
        place.symlink_to(place)
    else:
        place.symlink_to("/dev/null")
    with pytest.raises(StorageError, match="cannot be opened"):
        backup.restore(place, made.path, DAY, 0.1)
    with pytest.raises(StorageError, match="cannot be opened"):
        open_store(place, create=True)


# Dies as if by a power failure at the first call of a function.
DYING = """
import datetime, os, signal, sys
from pathlib import Path
from cardcrm.store import backup, private_files
from cardcrm.store.sqlite.maintenance import SqliteMaintenance

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

owner, name, database, copy = sys.argv[1:]
setattr(eval(owner), name, die)
backup.restore(Path(database), Path(copy), datetime.date(2026, 11, 21), 0.1)
"""


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("SqliteMaintenance", "copy_into"),
        ("private_files", "sync"),
        ("backup", "_swap"),
        ("SqliteMaintenance", "exclusive_access"),
        ("backup", "_replace"),
        ("os", "link"),
        ("Path", "replace"),
    ],
)
def test_killed_restore_leaves_the_old_database_and_nothing_else(
    store, path, tmp_path, owner, name
):
    folder = tmp_path / "backups"
    folder.mkdir()
    made = backup.create_backup(store, folder / "copy.db")
    contacts.add(store, ContactDraft(name="Late"))
    store.close()
    command = [sys.executable, "-c", DYING, owner, name, str(path), str(made.path)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert (tmp_path / "cards.db.restoring").exists()
    assert names(path) == ["Jane", "John", "Late"]
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["cards.db"]
    assert journal_mode(path) == "wal"
    assert backup.restore(path, made.path, DAY, 0.1) is not None
    assert names(path) == ["Jane", "John"]


def test_killed_restore_cleans_up_at_the_next_restore(store, path, tmp_path):
    made = backup.create_backup(store, tmp_path / "copy.db")
    store.close()
    path.write_bytes(b"a shopping list")  # so that no command can open it
    command = [sys.executable, "-c", DYING, "os", "link", str(path), str(made.path)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert backup.restore(path, made.path, DAY, 0.1) is not None
    assert names(path) == ["Jane", "John"]
    assert not list(tmp_path.glob("*restoring*"))


def test_running_restore_keeps_its_file(store, path, tmp_path):
    with private_files.unfinished_file(path, private_files.RESTORING) as new:
        open_store(path).close()
        assert new.exists()
        with pytest.raises(ConflictError):
            backup.restore(path, backup.create_backup(store, tmp_path / "c.db").path, DAY, 0.1)
    assert not new.exists()


def test_restore_is_refused_while_the_database_is_in_use(store, path, tmp_path):
    made = backup.create_backup(store, tmp_path / "copy.db")
    contacts.add(store, ContactDraft(name="Late"))
    with pytest.raises(StorageError, match="in use"):
        backup.restore(path, made.path, DAY, 0.1)
    contacts.add(store, ContactDraft(name="Later"))
    assert names(path) == ["Jane", "John", "Late", "Later"]
    assert not list(tmp_path.glob("*before*"))
    assert not list(tmp_path.glob("*restoring*"))


@pytest.mark.parametrize("damage", ["text", "cut", "middle", "empty"])
def test_a_damaged_database_is_replaced_and_kept(store, path, tmp_path, damage):
    made = backup.create_backup(store, tmp_path / "copy.db")
    store.close()
    whole = path.read_bytes()
    broken = {
        "text": b"this is a shopping list\n" * 400,
        "cut": whole[:5000],
        "middle": whole[:8192] + b"\x01" * 80_000 + whole[88_192:],
        "empty": b"",
    }[damage]
    path.write_bytes(broken)
    (tmp_path / "cards.db-wal").write_bytes(b"left over")
    old = backup.restore(path, made.path, DAY, 0.1)
    assert old is not None
    assert old.stat().st_size == len(broken)
    assert not (tmp_path / "cards.db-wal").exists()  # SQLite would read it into the new database
    assert names(path) == ["Jane", "John"]


def test_restore_creates_a_missing_database(store, tmp_path):
    made = backup.create_backup(store, tmp_path / "copy.db")
    assert backup.restore(tmp_path / "new" / "cards.db", made.path, DAY, 0.1) is None
    assert names(tmp_path / "new" / "cards.db") == ["Jane", "John"]


def test_a_damaged_backup_is_not_restored(store, path, tmp_path):
    text, damaged = tmp_path / "list.txt", tmp_path / "damaged.db"
    text.write_text("milk\n" * 500)
    whole = bytearray(backup.create_backup(store, tmp_path / "copy.db").path.read_bytes())
    whole[20_000:90_000] = b"\x01" * 70_000
    damaged.write_bytes(whole)
    for wrong in (text, damaged):
        with pytest.raises(StorageError):
            backup.restore(path, wrong, DAY, 0.1)
    with pytest.raises(NotFoundError):
        backup.restore(path, tmp_path / "none.db", DAY, 0.1)
    with pytest.raises(ConflictError):
        backup.restore(path, path, DAY, 0.1)
    assert names(path) == ["Jane", "John"]


def areas(store):
    return sorted({finding.area for finding in integrity.check_database(store, print)})


def test_a_sound_database_has_no_findings(either):
    assert areas(either) == []


@pytest.mark.parametrize(
    ("sql", "area"),
    [
        ("UPDATE card_fts SET names = 'wrong' WHERE {id} = 1", "index"),
        ("DELETE FROM card_fts WHERE {id} = 1", "index"),
        ("UPDATE text_fts SET body = 'coffee' WHERE {id} = -1", "index"),
        ("DELETE FROM text_fts WHERE {id} = 1", "index"),
        ("UPDATE contact SET last_on = '2020-01-01' WHERE id = 1", "derived"),
        ("UPDATE contact SET touch_by = NULL WHERE id = 2", "derived"),
        ("UPDATE contact SET bare = 1 - bare WHERE id = 1", "derived"),
        ("UPDATE contact_value SET revenue = 1", "derived"),
        ("DELETE FROM contact_value", "derived"),
        (
            "INSERT INTO contact_value VALUES "
            "(1, 'EUR', 1, 1, 1, 1, 1, 1, '2026-01-01', '2026-01-01', 0)",
            "derived",
        ),
    ],
)
def test_check_finds_wrong_derived_data_and_repair_fixes_it(either, sql, area):
    key = "rowid" if either.engine.name == "sqlite" else "id"
    either.engine.execute(sql.format(id=key), {})
    assert areas(either) == [area]
    integrity.repair_database(either)
    assert areas(either) == []
    assert either.value("SELECT revenue FROM contact_value") == 1000


def test_days_of_which_a_part_is_known_are_sound(either):
    days = ("1985-04-17", "--04-17", "1985-04", "1985", "--04", "2000-02-29", "--02-29")
    days_of = tuple(AnniversaryDraft(f"day {at}", day) for at, day in enumerate(days))
    contacts.add(either, ContactDraft(name="Ann Lee", days=days_of))
    assert areas(either) == []


def test_impossible_days_are_found(either):
    days = tuple(AnniversaryDraft(f"day {at}", "1985-04-17") for at in range(5))
    contacts.add(either, ContactDraft(name="Ann Lee", days=days))
    for at, day in enumerate(("1985-04-31", "1985-13", "0000-01-01", "--00", "1985-04-17 "), 1):
        either.engine.execute(
            "UPDATE yearly_day SET day = :day WHERE id = :at", {"day": day, "at": at}
        )
    found = [each.message for each in integrity.check_database(either, print)]
    assert "5 yearly_days with an impossible day: 1, 2, 3, 4, 5" in found


@pytest.mark.parametrize("kind", ["card", "text"])
def test_check_finds_index_entries_of_deleted_rows(either, kind):
    if kind == "card":
        either.engine.search.write_contacts([(99, "ghost", "")])
    else:
        either.engine.search.write_texts([(99, "ghost")])
    assert areas(either) == ["index"]
    integrity.repair_database(either)
    assert areas(either) == []


def test_check_finds_a_damaged_index(store):
    store.engine.execute("DELETE FROM card_fts_data WHERE id > 10", {})
    assert areas(store) == ["index"]
    integrity.repair_database(store)
    assert areas(store) == []


@pytest.mark.parametrize(
    "sql", ["DELETE FROM contact WHERE id = 1", "DELETE FROM participant"], ids=["card", "people"]
)
def test_check_finds_rows_without_their_parent(store, sql):
    store.engine.execute("PRAGMA foreign_keys = OFF", {})
    store.engine.execute(sql, {})
    assert "rows" in areas(store)
    integrity.repair_database(store)
    assert areas(store) == ["rows"]


def test_check_is_consistent_while_others_write(either, location):
    other = open_store(location)

    def write_during_check(step):
        if step == "the search index":
            contacts.add(other, ContactDraft(name="Late"))
            update.edit(other, [1], update.Edit(values=(("name", "Joan"),)))

    assert integrity.check_database(either, write_during_check) == []
    other.close()
    assert names(location) == ["Joan", "John", "Late"]
