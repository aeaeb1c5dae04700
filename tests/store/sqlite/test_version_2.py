"""A database of layout 2, as an early version wrote it, still opens, works and migrates."""

import datetime as dt
import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cardcrm.cli.run import main
from cardcrm.records import registry
from cardcrm.records.contacts.contacts import tags_of
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.contacts.update import Edit, edit
from cardcrm.records.fields import Text
from cardcrm.records.record_type import RecordType, create_table
from cardcrm.store import integrity, journal, migrations, open_store, schema_version

OLD = Path(__file__).parent / "files" / "version-2.db.gz"


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the old database."""
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    path.chmod(0o600)
    monkeypatch.setenv("CARDCRM_DB", str(path))
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    return path


def test_it_is_sound_and_complete(old: Path) -> None:
    store = open_store(old)
    assert integrity.check_database(store, lambda _step: None) == []
    assert [row["name"] for row in store.rows("SELECT name FROM contact ORDER BY id")] == [
        "Acme Ltd", "Jane Doe", "Bob Ray",
    ]  # fmt: skip
    store.close()


def test_its_reminders_keep_their_contacts(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = sqlite3.connect(old)
    before = raw.execute("SELECT id, contact_id, text, due_on FROM reminder ORDER BY id").fetchall()
    raw.close()
    assert before
    store = open_store(old)
    rows = store.rows("SELECT id, contact_id, text, due_on FROM reminder ORDER BY id")
    assert [tuple(row) for row in rows] == before
    store.close()
    assert main(["remind", "pay the rent", "--due", "fri"]) == 0
    assert "without a contact" in capsys.readouterr().err
    assert main(["db", "check"]) == 0


def test_every_step_of_its_journal_is_undone(old: Path) -> None:
    store = open_store(old, user="ann")
    while journal.undo(store) is not None:
        pass
    assert store.value("SELECT count(*) FROM contact") == 0
    assert integrity.check_database(store, lambda _step: None) == []
    store.close()


def test_commands_read_and_change_it(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find", "janey", "tag:vip", "--format", "ids"]) == 0
    assert capsys.readouterr().out == "2\n"
    assert main(["sale", "list", "product:boiler", "--format", "json"]) == 0
    [sale] = json.loads(capsys.readouterr().out)
    assert (sale["contact"], sale["amount"]["amount"]) == ("Bob Ray", "1800.00")
    assert main(["log", "jane", "called back"]) == 0


def test_a_migration_adds_a_noun_to_it(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    badge = RecordType("badge", "badges", (Text("name", required=True),), title="{name}")
    steps = (*migrations.MIGRATIONS, (schema_version.VERSION + 1, (create_table(badge),)))
    monkeypatch.setattr(migrations, "MIGRATIONS", steps)
    monkeypatch.setattr(schema_version, "VERSION", schema_version.VERSION + 1)
    registry.register(badge)
    try:
        store = open_store(old)
        assert store.value("SELECT count(*) FROM badge") == 0
        assert integrity.check_database(store, lambda _step: None) == []
        store.close()
    finally:
        registry.unregister("badge")
    assert [path.name for path in old.parent.glob("*.bak")] == ["old.db.version-2.bak"]


def test_tags_stay_as_they_are(old: Path) -> None:
    with sqlite3.connect(old) as db:
        before = db.execute("SELECT id, contact_id, name FROM tag ORDER BY id").fetchall()
    db.close()
    assert before
    store = open_store(old)
    rows = store.rows("SELECT id, contact_id, name FROM tag WHERE written = '' ORDER BY id")
    assert [tuple(row) for row in rows] == before
    contact_id, tag = before[0][1:]
    assert edit(store, [contact_id], Edit(tags=(tag.upper(),))) == 0
    assert tag in tags_of(store, contact_id)
    store.close()


def test_names_that_a_file_stated_stay_as_they_are(old: Path) -> None:
    with closing(sqlite3.connect(old)) as db, db:
        db.execute("UPDATE contact SET given = 'Jan', family = 'Do' WHERE name = 'Jane Doe'")
    db.close()
    store = open_store(old)
    found = {row["name"]: row["stated"] for row in store.rows("SELECT name, stated FROM contact")}
    assert found == {"Acme Ltd": "", "Jane Doe": "given family", "Bob Ray": ""}
    for name, text in (("jane", "Janet Roe"), ("bob", "Rob Roy")):
        edit(store, [resolve(store, name).id], Edit(values=(("name", text),)))
    parts = [tuple(row) for row in store.rows("SELECT given, family FROM contact ORDER BY id")]
    assert parts == [("", ""), ("Jan", "Do"), ("Rob", "Roy")]
    assert integrity.check_database(store, lambda _step: None) == []
    store.close()


def test_touches_are_told_from_notes_and_unanswered_calls(old: Path) -> None:
    """Add a note to one contact with a cadence, a call without an answer, and a call to others."""
    with sqlite3.connect(old) as db:
        db.execute("UPDATE contact SET cadence_days = 30, org_id = 1 WHERE id > 1")
        db.execute("DELETE FROM participant")
        db.execute("DELETE FROM interaction")
        for id_, (kind, day, outcome, contact) in enumerate(
            (
                ("call", "2026-10-01", "", 2),
                ("note", "2026-11-01", "", 2),
                ("call", "2026-11-02", "No answer", 2),
                ("note", "2026-11-03", "", 3),
            ),
            start=1,
        ):
            db.execute(
                "INSERT INTO interaction (id, uid, kind, on_date, outcome, text, created_at) "
                "VALUES (?, ?, ?, ?, ?, 'x', '2026-11-01T00:00:00Z')",
                (id_, str(id_), kind, day, outcome),
            )
            db.execute(
                "INSERT INTO participant (interaction_id, contact_id) VALUES (?, ?)", (id_, contact)
            )
        db.execute(
            "UPDATE contact SET last_on = '2026-11-03', touch_on = '2026-12-03' WHERE id <> 2"
        )
        db.execute(
            "UPDATE contact SET last_on = '2026-11-02', touch_on = '2026-12-02' WHERE id = 2"
        )
        db.execute("UPDATE contact SET touch_on = NULL WHERE id = 1")
    db.close()
    store = open_store(old)
    added = store.value("SELECT substr(created_at, 1, 10) FROM contact WHERE id = 3")
    rows = store.rows("SELECT touched_on, touch_by, status FROM contact ORDER BY id")
    later = str(dt.date.fromisoformat(added) + dt.timedelta(days=30))
    assert [tuple(row) for row in rows] == [
        ("2026-10-01", None, "active"), ("2026-10-01", "2026-10-31", "active"),
        (None, later, "active"),
    ]  # fmt: skip
    wrong = integrity.check_database(store, lambda _step: None)
    assert [each for each in wrong if "contact date" in str(each)] == []
    store.close()


def test_a_stated_name_that_is_not_shown_finds_its_contact(old: Path) -> None:
    with sqlite3.connect(old) as db:
        db.execute("UPDATE contact SET given = 'Liz', family = 'Doe' WHERE name = 'Jane Doe'")
    db.close()
    assert main(["find", "liz", "--format", "ids"]) == 0
    store = open_store(old)
    assert store.engine.search.search_ids(["liz"], 5) == [resolve(store, "jane").id]
    assert integrity.check_database(store, lambda _step: None) == []
    store.close()
