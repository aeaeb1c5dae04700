"""The SQLite file: permissions, durability, foreign files, migrations and locks."""

import os
import sqlite3
import stat
import threading

import pytest

from cardcrm.errors import ConflictError, NoDatabaseError, StorageError, UsageError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.search.prefix import search
from cardcrm.store import integrity, migrations, open_store, schema_version, settings
from cardcrm.store.engine import transaction
from cardcrm.store.sqlite import schema
from cardcrm.store.sqlite.adhoc_query import run_query
from cardcrm.store.sqlite.connection import APPLICATION_ID
from cardcrm.store.sqlite.engine import SqliteEngine

# A contact as a row of version 1.
JANE = {
    "uid": "u1", "kind": "person", "name": "Jane", "name_key": "jane", "sort_key": "jane",
    "created_at": "2026-11-21T20:00:00Z", "updated_at": "2026-11-21T20:00:00Z",
}  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cards.db"


def new_database(path, *names):
    store = open_store(path, create=True)
    for name in names:
        contacts.add(store, ContactDraft(name=name))
    return store


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_may_read_the_file_and_its_companions(path):
    mask = os.umask(0)
    try:
        store = new_database(path, "Jane")
        files = sorted(path.parent.iterdir())
        assert [each.name for each in files] == ["cards.db", "cards.db-shm", "cards.db-wal"]
        assert [mode(each) for each in files] == [0o600] * 3
        store.close()
    finally:
        os.umask(mask)


def test_a_commit_survives_a_crash_of_the_machine(path):
    store = new_database(path)
    assert store.value("PRAGMA journal_mode") == "wal"
    assert store.value("PRAGMA synchronous") == 2
    assert store.value("PRAGMA foreign_keys") == 1
    store.close()


def test_a_missing_file_is_created_only_on_request(path):
    with pytest.raises(StorageError, match="no database"):
        open_store(path)
    assert not path.exists()


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StorageError, match=r"folder .*nowhere does not exist"):
        open_store(tmp_path / "nowhere" / "cards.db", create=True)


def test_an_empty_file_becomes_a_database_only_on_request(path):
    path.touch()
    with pytest.raises(NoDatabaseError, match="is an empty file"):
        open_store(path)
    assert path.stat().st_size == 0
    new_database(path, "Jane").close()


def test_a_folder_cannot_be_opened(tmp_path):
    with pytest.raises(StorageError, match="cannot be opened"):
        open_store(tmp_path)


def test_a_newer_database_is_refused_and_unchanged(path):
    new_database(path, "Jane").close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {schema_version.VERSION + 1}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StorageError, match="newer cardcrm"):
        open_store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("marks", [(0, 0), (0, 1), (77, 1), (APPLICATION_ID + 1, 0)])
def test_a_database_of_another_program_is_refused_and_unchanged(path, marks):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (a)")
        db.execute(f"PRAGMA application_id = {marks[0]}")
        db.execute(f"PRAGMA user_version = {marks[1]}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StorageError, match="another program"):
        open_store(path, create=True)
    assert path.read_bytes() == before


@pytest.fixture
def next_version(monkeypatch):
    """Let the program have one more schema version."""
    more = (schema_version.VERSION + 1, ("CREATE TABLE later (id {identity}, word {key});",))
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, more))
    monkeypatch.setattr(schema_version, "VERSION", schema_version.VERSION + 1)


def test_an_older_database_is_backed_up_and_migrated(path, request):
    old = schema_version.VERSION
    new_database(path, "Jane").close()
    request.getfixturevalue("next_version")
    store = open_store(path)
    assert store.value("SELECT name FROM contact") == "Jane"
    assert store.rows("SELECT * FROM later") == []
    store.close()
    (copy,) = path.parent.glob("*.bak")
    assert copy.name == f"cards.db.version-{old}.bak"
    assert mode(copy) == 0o600
    backup = SqliteEngine(copy, raw=True)
    assert schema.read_version(backup) == old
    assert backup.maintenance.find_problems() == []
    assert backup.rows("SELECT name FROM contact", {})[0][0] == "Jane"
    backup.close()


_STAMP = "2026-01-01T00:00:00Z"
VERSION_1_ROWS = [
    *(
        "INSERT INTO contact (id, uid, kind, name, name_key, sort_key, org_id, created_at, "
        f"updated_at) VALUES ({number}, 'c{number}', '{kind}', '{name}', '{name.lower()}', "
        f"'{name.lower()}', {org}, '{_STAMP}', '{_STAMP}')"
        for number, kind, name, org in ((1, "org", "Acme", "NULL"), (2, "person", "Jane", "1"))
    ),
    *(
        "INSERT INTO sale (uid, contact_id, on_date, currency, amount, created_at) "
        f"VALUES ('s{number}', {who}, '2026-01-02', 'GBP', {amount}, '{_STAMP}')"
        for number, (who, amount) in enumerate(((1, 100), (2, 100), (2, 200)))
    ),
    "INSERT INTO product (name, name_key, sku) VALUES ('Rose', 'rose', 'R1')",
    "INSERT INTO product (name, name_key, sku) VALUES ('Tulip', 'tulip', 'r1')",
]


def test_a_database_of_version_1_is_migrated(path, monkeypatch):
    with monkeypatch.context() as first:
        first.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:1])
        first.setattr(schema_version, "VERSION", 1)
        store = new_database(path)
        with transaction(store.engine):
            for statement in VERSION_1_ROWS:
                store.engine.execute(statement, {})
        store.close()
    store = open_store(path)
    assert [row[0] for row in store.rows("SELECT name FROM contact")] == ["Acme", "Jane"]
    assert store.value("SELECT price_rest FROM product") == 0
    values = "SELECT contact_id, own, total, revenue, days, people FROM contact_value ORDER BY 1, 2"
    assert [tuple(row) for row in store.rows(values)] == [
        (1, 0, 1, 400, 1, 1), (1, 1, 0, 100, 1, 0), (2, 1, 1, 300, 1, 0),
    ]  # fmt: skip
    areas = [each.area for each in integrity.check_database(store, lambda _step: None)]
    assert areas == ["index"]  # which the rows above did not fill
    assert [row[2] for row in store.rows("PRAGMA index_info(contact_org)")] == ["org_id", "last_on"]
    assert store.value("PRAGMA user_version") == schema_version.VERSION
    store.close()


def test_a_failed_migration_changes_nothing(path, request, monkeypatch):
    new_database(path, "Jane").close()
    request.getfixturevalue("next_version")
    broken = (
        schema_version.VERSION,
        ("CREATE TABLE later (id {identity});\nCREATE TABLE contact (a);",),
    )
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS[:-1], broken))
    with pytest.raises(StorageError, match="failed: "):
        open_store(path)
    raw = SqliteEngine(path, raw=True)
    assert schema.read_version(raw) == schema_version.VERSION - 1
    assert "later" not in raw.maintenance.count_rows()
    raw.close()


def test_an_older_database_opened_read_only_is_not_migrated(path, request):
    new_database(path, "Jane").close()
    request.getfixturevalue("next_version")
    with pytest.raises(StorageError, match="older schema version"):
        open_store(path, readonly=True)


def test_several_programs_may_create_a_database_at_once(path):
    failures: list[Exception] = []

    def create(number: int) -> None:
        try:
            new_database(path, f"Card {number}").close()
        except Exception as error:  # noqa: BLE001 - the test reports any error
            failures.append(error)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    store = open_store(path)
    assert store.value("SELECT count(*) FROM contact") == 8
    assert integrity.check_database(store, print) == []
    store.close()


def test_creating_a_database_waits_for_another_program_that_does_so(path):
    path.touch(0o600)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    release = threading.Timer(0.3, other.close)
    release.start()
    new_database(path, "Jane").close()
    release.join()


def test_region_and_currency_are_set_once(path):
    store = new_database(path)
    assert settings.initialize(store, "DE", "EUR") == {"region": "DE", "currency": "EUR"}
    assert settings.initialize(store, "GB", "GBP") == {"region": "DE", "currency": "EUR"}
    store.close()


def test_a_writer_whose_file_was_replaced_writes_to_neither_file(path, tmp_path):
    store = new_database(path, "Jane")
    new_database(tmp_path / "other.db", "John").close()
    (tmp_path / "other.db").replace(path)
    with pytest.raises(StorageError, match="was replaced"):
        contacts.add(store, ContactDraft(name="Lost"))
    assert store.value("SELECT count(*) FROM contact") == 1
    store.close()


def test_a_lock_is_waited_for_and_then_reported(path):
    store = new_database(path)
    other = open_store(path, wait=0.1)
    store.engine.begin()
    with pytest.raises(StorageError, match=r"locked by another program.*waited 0.1 s"):
        contacts.add(other, ContactDraft(name="Jane"))
    store.engine.rollback()
    assert contacts.add(other, ContactDraft(name="Jane")).id == 1
    store.close()
    other.close()


@pytest.mark.parametrize("value", [2**63, "\ud800"])
def test_a_value_that_cannot_be_stored_is_a_usage_error(path, value):
    store = new_database(path)
    with pytest.raises(UsageError):
        store.rows("SELECT :value", value=value)
    store.close()


def test_a_violated_constraint_is_a_conflict_and_changes_nothing(path):
    store = new_database(path)
    with store.transaction():
        store.insert("segment", name="vips", query="tag:vip")
    with pytest.raises(ConflictError), store.transaction():
        store.insert("segment", name="vips", query="tag:other")
    assert store.rows("SELECT query FROM segment")[0][0] == "tag:vip"
    store.close()


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("muller", ["Jürgen Müller-Lüdenscheidt"]),
        ("MÜLLER", ["Jürgen Müller-Lüdenscheidt"]),
        ("udensch", ["Jürgen Müller-Lüdenscheidt"]),
        ("01134960123", ["Jürgen Müller-Lüdenscheidt"]),
        ("+441134960123", ["Jürgen Müller-Lüdenscheidt"]),
        ("0113-496-0123", ["Jürgen Müller-Lüdenscheidt"]),
        ("4960123", ["Jürgen Müller-Lüdenscheidt"]),
        ("lodz", ["Anna"]),
        ("zzz", []),
    ],
)
def test_search_finds_any_notation_and_any_part(path, word, found):
    store = new_database(path)
    phone = ContactPointDraft("phone", "(0113) 496 0123")
    contacts.add(store, ContactDraft(name="Jürgen Müller-Lüdenscheidt", points=(phone,)))
    contacts.add(store, ContactDraft(name="Anna", org="Łódź Works"))
    names = [hit.name for hit in search(store, word) if hit.name != "Łódź Works"]
    assert names == found
    store.close()


def test_ad_hoc_sql_cannot_write_or_open_another_file(path, tmp_path):
    new_database(path, "Jane").close()
    assert run_query(path, "SELECT name, name FROM contact WHERE id = :id", {"id": "1"}, 1) == (
        ("name", "name_2"),
        [("Jane", "Jane")],
    )
    for query in (
        "DELETE FROM contact",
        f"ATTACH '{tmp_path / 'x.db'}' AS x",
        "PRAGMA user_version = 5",
        "CREATE TABLE x (a)",
    ):
        with pytest.raises(UsageError, match="read-only"):
            run_query(path, query, {}, 1)
    for query in ("selec", "SELECT * FROM nowhere", "SELECT :x", "SELECT 1; SELECT 2", ""):
        with pytest.raises(UsageError):
            run_query(path, query, {}, 1)
    assert not (tmp_path / "x.db").exists()
    store = open_store(path)
    assert store.value("SELECT count(*) FROM contact") == 1
    store.close()
