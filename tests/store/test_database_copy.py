"""Copying a database between engines, with interruptions."""

import contextlib
import datetime as dt
import itertools
from pathlib import Path

import pytest

from cardcrm.cli.run import main
from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, StorageError
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.sales import sales
from cardcrm.records.search.prefix import search
from cardcrm.store import database_copy, integrity, journal, open_store

pytestmark = pytest.mark.no_database

ENGINE_PAIRS = list(itertools.product(("sqlite", "postgresql"), repeat=2))


@pytest.fixture(params=ENGINE_PAIRS, ids="-".join)
def locations(request, tmp_path):
    """The locations of source and target on two engines."""
    found = []
    for number, engine in enumerate(request.param):
        if engine == "sqlite":
            found.append(tmp_path / f"{number}.db")
        else:
            found.append(request.getfixturevalue("server_locations")(str(number)))
    return found


@pytest.fixture
def source(locations):
    database = open_store(locations[0], user="ann", create=True)
    phone = ContactPointDraft("phone", "0113 496 0123")
    contacts.add(
        database, ContactDraft(name="Jürgen Müller", points=(phone,), note="o'brien's tea")
    )
    contacts.add(database, ContactDraft(name="Łódź Works", kind="org", tags=("vip",)))
    # The organization has a higher id than the contact that refers to it.
    update.edit(database, [1], update.Edit(values=(("org", "Łódź Works"),)))
    interactions.log(
        database,
        [1],
        "asked for 50% off: “why \\ not”\nnew line\ttab",
        when=DayTime(dt.date(2026, 1, 2)),
    )
    reminders.add(database, 1, "call", DayTime(dt.date(2026, 12, 1)))
    sales.sell(database, 1, Money(1250, "GBP"), lines=[sales.LineDraft("Soap")])
    contacts.add(database, ContactDraft(name="Gone"))
    journal.undo(database)
    yield database
    database.close()


@pytest.fixture
def target(locations):
    database = open_store(locations[1], user="ann", create=True)
    yield database
    database.close()


def test_a_copy_is_complete_and_usable(source, target):
    compared = database_copy.copy_database(source, target, lambda _done: None)
    assert {each.table: each.rows for each in compared}["contact"] == 2
    assert integrity.check_database(target, print) == []
    assert contacts.get(target, 1) == contacts.get(source, 1)
    assert contacts.get(target, 1).org == "Łódź Works"
    assert [hit.id for hit in search(target, "4960123")] == [1]
    assert [hit.id for hit in search(target, "brien")] == [1]
    added = [contacts.add(database, ContactDraft(name="New")).id for database in (source, target)]
    assert added[0] == added[1] == 4  # ids are not reused
    journal.undo(target)
    journal.undo(target)
    assert target.value("SELECT count(*) FROM sale") == 0


def test_an_interrupted_copy_is_resumed(source, target, monkeypatch):
    monkeypatch.setattr(database_copy, "BATCH_SIZE", 2)

    class InterruptionError(Exception):
        """The copy was interrupted."""

    def progress(done):
        if done >= limit:
            raise InterruptionError

    for limit in (1, 3, 5, 8, 13, 21):
        with pytest.raises(InterruptionError):
            database_copy.copy_database(source, target, progress, resume=limit > 1)
    with pytest.raises(ConflictError, match="incomplete copy"):
        database_copy.copy_database(source, target, lambda _done: None)
    database_copy.copy_database(source, target, lambda _done: None, resume=True)
    assert integrity.check_database(target, print) == []
    assert (
        target.value("SELECT count(*) FROM setting WHERE name = :name", name=database_copy.MARKER)
        == 0
    )


def test_a_target_that_is_not_empty_is_left_alone(source, target):
    contacts.add(target, ContactDraft(name="Mine"))
    with pytest.raises(ConflictError, match="not empty"):
        database_copy.copy_database(source, target, lambda _done: None)
    with pytest.raises(ConflictError, match="no interrupted copy"):
        database_copy.copy_database(source, target, lambda _done: None, resume=True)
    assert [row[0] for row in target.rows("SELECT name FROM contact")] == ["Mine"]


def test_a_copy_that_differs_is_reported(source, target):
    def spoil(_done):
        target.engine.execute("UPDATE contact SET note = 'another' WHERE id = 1", {})

    with pytest.raises(StorageError, match="differs: rows of contact are not equal"):
        database_copy.copy_database(source, target, spoil)


def test_the_command_copies_a_database(source, locations, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    source.close()
    assert main(["db", "copy", *map(str, locations)]) == 0
    assert "both databases are identical" in capsys.readouterr().err
    assert main(["--db", str(locations[1]), "find", "lodz", "--format", "ids"]) == 0
    assert capsys.readouterr().out.split() == ["2", "1"]
    assert main(["db", "copy", *map(str, locations)]) == 4


def test_the_how_to_moves_a_database_to_a_server(server_location, tmp_path, monkeypatch, capsys):
    """Run the lines of the page on another file and another server."""
    page = Path(__file__).parents[2] / "docs" / "how-to" / "move-to-a-server.md"
    places = {
        "~/.local/share/cardcrm/cards.db": str(tmp_path / "cards.db"),
        "postgresql://shop@db/cards": server_location,
    }
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").touch()
    monkeypatch.delenv("CARDCRM_DB", raising=False)
    assert main(["--db", places["~/.local/share/cardcrm/cards.db"], "add", "Jane Doe"]) == 0
    lines = page.read_text("utf-8").split("```text\n")[1].split("```")[0].splitlines()
    assert len(lines) == 5
    for line in lines:
        if line.startswith("cardcrm "):
            assert main([places.get(word, word) for word in line.split()[1:]]) == 0, line
    capsys.readouterr()
    assert main(["find", "jane", "--format", "ids"]) == 0
    assert capsys.readouterr().out == "1\n"
    assert main(["db", "info"]) == 0
    assert "postgresql 1" in capsys.readouterr().out


def test_commands_refuse_an_incomplete_copy(
    locations, source, target, monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()

    def progress(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database_copy.copy_database(source, target, progress)
    assert main(["--db", str(locations[1]), "find"]) == 5
    assert "--resume" in capsys.readouterr().err


def test_ctrl_c_says_how_to_resume(locations, source, target, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    with monkeypatch.context() as patched:
        patched.setattr(database_copy, "_fill_derived_tables", interrupted)
        assert main(["db", "copy", *map(str, locations)]) == 130
    told = capsys.readouterr().err
    assert "run the same command with --resume" in told
    assert "--resume" in told
    assert main(["db", "copy", *map(str, locations)]) == 4
    assert "--resume" in capsys.readouterr().err
    assert main(["db", "copy", *map(str, locations), "--resume"]) == 0


def test_an_incomplete_copy_is_not_copied(source, target, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(database_copy, "_fill_derived_tables", interrupted)
        with pytest.raises(KeyboardInterrupt):
            database_copy.copy_database(source, target, lambda _done: None)
    with contextlib.closing(open_store(tmp_path / "third.db", create=True)) as third:
        with pytest.raises(ConflictError, match="incomplete copy"):
            database_copy.copy_database(target, third, lambda _done: None)
        assert third.value("SELECT count(*) FROM contact") == 0


def interrupted(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("end", ["_fill_derived_tables", "_compare_index"])
def test_an_error_during_a_copy_says_how_to_resume(source, target, monkeypatch, end):
    def full(*_):
        raise StorageError("its disk is full", "Nothing was changed. Try again.")

    with monkeypatch.context() as patched:
        patched.setattr(database_copy, end, full)
        with pytest.raises(StorageError, match="disk is full") as told:
            database_copy.copy_database(source, target, lambda _done: None)
    assert "Nothing was changed" not in told.value.hint
    assert "--resume" in told.value.hint
    database_copy.copy_database(source, target, lambda _done: None, resume=True)


def test_the_second_of_two_copies_takes_over(locations, source, target, monkeypatch):
    """Resume while the first copy still runs: it takes over, and nothing is copied twice."""
    monkeypatch.setattr(database_copy, "BATCH_SIZE", 1)
    done = []

    def progress(count):
        if count and not done:
            with contextlib.ExitStack() as both:
                stores = [
                    both.enter_context(contextlib.closing(open_store(place))) for place in locations
                ]
                done.append(database_copy.copy_database(*stores, lambda _done: None, resume=True))

    with pytest.raises(ConflictError, match="another process took over"):
        database_copy.copy_database(source, target, progress)
    assert done
    assert integrity.check_database(target, print) == []
    assert target.value("SELECT count(*) FROM contact") == 2


def definitions(database):
    """Return the definitions of all indexes and constraints of a database on a server."""
    return database.rows(
        "SELECT pg_get_indexdef(indexrelid) AS definitions FROM pg_index WHERE indrelid IN "
        "(SELECT oid FROM pg_class WHERE relnamespace = CAST(current_schema() AS regnamespace)) "
        "UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = CAST(current_schema() AS regnamespace) ORDER BY definitions"
    )


@pytest.mark.parametrize("locations", [("sqlite", "postgresql")], indirect=True, ids="-".join)
def test_the_indexes_that_a_copy_drops_are_restored(source, target, monkeypatch):
    before = definitions(target)
    assert len(before) > 60

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(database_copy, "_fill_derived_tables", stop)
        for resume in (False, True):
            with pytest.raises(KeyboardInterrupt):
                database_copy.copy_database(source, target, lambda _done: None, resume=resume)
            assert len(definitions(target)) < len(before)
    database_copy.copy_database(source, target, lambda _done: None, resume=True)
    assert definitions(target) == before
    with pytest.raises(ConflictError, match="conflicts with existing data"), target.transaction():
        target.engine.insert("tag", {"contact_id": 999, "name": "wrong"})


def test_a_row_without_its_parent_is_not_copied(source, target):
    """Leave such a row in a file, as another program may do."""
    if source.engine.name == "postgresql":
        pytest.skip("a server enforces foreign keys")
    source.engine.execute("PRAGMA foreign_keys = OFF", {})
    source.engine.execute("INSERT INTO nickname VALUES (1, 999, 'x', 'x')", {})
    with pytest.raises((ConflictError, StorageError), match="nickname"):
        database_copy.copy_database(source, target, lambda _done: None)
