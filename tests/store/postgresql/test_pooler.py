"""Work behind pgBouncer: everything works, and shared connections are left clean."""

import contextlib
import uuid
from pathlib import Path

import pytest

from cardcrm.cli.run import main
from cardcrm.errors import StorageError
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import integrity, open_store
from tests.support.pgbouncer import create_pooler, find_pgbouncer

psycopg = pytest.importorskip("psycopg")

MODES = {"session": 4, "transaction": 2}  # shared connections


@pytest.fixture(scope="module", params=MODES)
def pooler(request, server):
    """A pgBouncer for all tests of a mode."""
    program = find_pgbouncer()
    if program is None:
        pytest.skip("there is no pgbouncer on this machine (Debian: apt-get install pgbouncer)")
    made = create_pooler(program, server, request.param, MODES[request.param])
    yield made
    made.remove()


@pytest.fixture
def location(pooler, server):
    """A database for one test; a pooler accepts no search path in an address."""
    name = f"p{uuid.uuid4().hex[:20]}"
    with psycopg.connect(server.url, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
        yield pooler.url_of(name)
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def shell(location, monkeypatch, tmp_path, capsys):
    """Return a function that runs a command and returns its output."""
    monkeypatch.setenv("CARDCRM_DB", location)
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")

    def run(*words: str, code: int = 0) -> str:
        assert main(list(words)) == code, capsys.readouterr().err
        return capsys.readouterr().out

    return run


def test_everyday_commands_work(shell, tmp_path):
    shell("add", "Jane Doe", "--phone", "0113 496 0123", "--tag", "vip")
    shell("log", "jane", "asked for a quote", "--next", "send it", "--due", "2026-11-20")
    shell("sell", "jane", "12.50", "Soap")
    assert "send it" in shell("due")
    shell("done", "1")
    assert shell("find", "4960123", "--format", "ids") == "1\n"
    assert shell("find", "quote", "tag:vip", "--format", "csv").count("\n") == 2
    assert "Soap" in shell("show", "jane")
    rows = "".join(f"Row {number},row{number}@example.com\n" for number in range(700))
    (tmp_path / "cards.csv").write_text(f"name,email\n{rows}")
    shell("import", str(tmp_path / "cards.csv"))
    assert shell("find", "row", "--format", "ids").count("\n") == 700
    shell("undo")
    assert shell("find", "row", "--format", "ids") == ""
    shell("db", "check")
    assert "postgresql" in shell("db", "info")


def test_a_copy_to_the_server_and_back_is_complete(shell, location, tmp_path):
    file, again = tmp_path / "cards.db", tmp_path / "again.db"
    with contextlib.closing(open_store(file, create=True)) as box:
        for name in ("Jane", "John"):
            contacts.add(box, ContactDraft(name=name))
    shell("db", "copy", str(file), location)
    shell("db", "copy", location, str(again))
    with contextlib.closing(open_store(Path(again))) as box:
        assert box.value("SELECT count(*) FROM contact") == 2
        assert integrity.check_database(box, print) == []


def test_ad_hoc_sql_leaves_nothing_on_the_connection(shell, location):
    shell("add", "Jane")
    for _ in range(3):
        assert "1" in shell("db", "sql", "select count(*) from contact where id = :n", "-p", "n=1")
        assert "1" in shell("db", "sql", "select count(*) from contact")
        shell("db", "sql", "select * from nowhere", code=2)
        shell("db", "sql", "select 1; commit; delete from contact", code=2)
        shell("db", "sql", "delete from contact", code=2)
    shell("log", "jane", "still here")
    with psycopg.connect(location, autocommit=True) as db:
        assert db.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)


def test_a_reader_does_not_block_writers(location):
    with contextlib.closing(open_store(location, create=True)) as writer:
        contacts.add(writer, ContactDraft(name="Jane"))
        with contextlib.closing(open_store(location, readonly=True)) as reader:
            assert reader.value("SELECT name FROM contact") == "Jane"
            contacts.add(writer, ContactDraft(name="John"))
            with pytest.raises(StorageError, match="may only be read"):
                contacts.add(reader, ContactDraft(name="Nobody"))
            assert reader.value("SELECT count(*) FROM contact") == 2


def test_changes_by_others_are_noticed_without_notifications(location):
    with (
        contextlib.closing(open_store(location, create=True)) as mine,
        contextlib.closing(open_store(location)) as other,
    ):
        contacts.add(mine, ContactDraft(name="Jane"))
        before = mine.engine.data_version()
        assert mine.engine.data_version() == before
        interactions.log(other, [1], "hello")
        assert mine.engine.data_version() != before
        assert mine.value("SELECT count(*) FROM pg_listening_channels()") == 0


def test_locks_and_streams_end_with_their_transaction(location):
    with contextlib.closing(open_store(location, create=True)) as box:
        for number in range(3):
            contacts.add(box, ContactDraft(name=f"Card {number}"))
        for row in box.stream("SELECT id FROM contact ORDER BY id", {}):
            assert row[0] == 1
            break
        for _row in box.stream("SELECT id FROM contact", {}):
            pass
        box.rows("SELECT 1")
    with contextlib.closing(open_store(location)) as box:
        contacts.add(box, ContactDraft(name="Last"))
        held = box.value(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
            "WHERE l.locktype = 'advisory' AND d.datname = current_database()"
        )
        assert held == 0
