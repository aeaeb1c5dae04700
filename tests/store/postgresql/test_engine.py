"""A database on a server: SQL, migrations, concurrent writers, notifications and errors."""

import contextlib
import datetime as dt
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import cardcrm
from cardcrm.cli.run import main
from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, NoDatabaseError, StorageError, UsageError
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import integrity, migrations, open_store, schema_version, server_address
from cardcrm.store.search_sql import words_sql
from tests.support.postgresql import create_replica, create_server

psycopg = pytest.importorskip("psycopg")

from cardcrm.store.postgresql import errors, schema  # noqa: E402 - needs psycopg
from cardcrm.store.postgresql.adapters import to_psycopg_sql  # noqa: E402
from cardcrm.store.postgresql.search import WORD_EXISTS  # noqa: E402


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("a = :a AND b = :b_2", "a = %(a)s AND b = %(b_2)s"),
        ("x LIKE '%a%' AND y = :y", "x LIKE '%%a%%' AND y = %(y)s"),
        ("':no' || \":no\" || 'it''s :no'", "':no' || \":no\" || 'it''s :no'"),
        ("n::text = :t::text", "n::text = %(t)s::text"),
        ("ESCAPE '\\' AND a = :a", "ESCAPE '\\' AND a = %(a)s"),
        ("7 % :a", "7 %% %(a)s"),
    ],
)
def test_named_parameters_are_converted_for_psycopg(sql, told):
    assert to_psycopg_sql(sql) == told


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://ann:s3cret@db:5432/cards", "postgresql://ann@db:5432/cards"),
        ("postgres://ann:s3:cr@et@db/cards", "postgres://ann@db/cards"),
        ("postgresql://ann@db/cards", "postgresql://ann@db/cards"),
        ("postgresql:///c?user=a&password=s3cret&host=h", "postgresql:///c?user=a&password=***&host=h"),
        ("pg:host=db password=s3cret", "pg:host=db password=***"),
        ("pg:password='s3 cret' sslpassword=s3cret", "pg:password=*** sslpassword=***"),
        ("service=cards", "service=cards"),
    ],
)  # fmt: skip
def test_an_address_is_shown_without_its_password(given, shown):
    assert server_address.is_server(given)
    assert server_address.hide_password(given) == shown
    assert "cret" not in server_address.hide_password(given)


@pytest.fixture
def store(server_location):
    box = open_store(server_location, user="ann", create=True, wait=0.3)
    contacts.add(box, ContactDraft(name="Jane", every="30d"))
    yield box
    box.close()


def test_rows_have_names_and_indexes(store):
    row = store.row(
        "SELECT id, name, id AS again, 3 > 2 AS is_so, sum(id) AS s FROM contact GROUP BY id"
    )
    assert (row["name"], row[1], tuple(row), row.keys()) == (
        "Jane", "Jane", (1, "Jane", 1, 1, 1), ["id", "name", "again", "is_so", "s"],
    )  # fmt: skip
    assert type(row["s"]) is int
    with pytest.raises(KeyError):
        row["none"]


@pytest.mark.no_database
def test_a_missing_database_is_created_only_on_request(server_location):
    for _ in range(2):
        with pytest.raises(StorageError, match="no database"):
            open_store(server_location)


def test_a_newer_database_is_refused(store, server_location):
    store.engine.execute("INSERT INTO cardcrm_meta VALUES (:n)", {"n": schema_version.VERSION + 1})
    with pytest.raises(StorageError, match="newer cardcrm"):
        open_store(server_location)


def test_an_older_server_is_refused(server_location, monkeypatch):
    monkeypatch.setattr("cardcrm.store.postgresql.engine.OLDEST_VERSION", 99)
    with pytest.raises(StorageError, match="too old"):
        open_store(server_location, create=True)


@pytest.fixture
def next_version(monkeypatch):
    """Let the program have one more schema version."""
    more = (schema_version.VERSION + 1, ("CREATE TABLE later (id {identity}, word {key});\n",))
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, more))
    monkeypatch.setattr(schema_version, "VERSION", schema_version.VERSION + 1)


def test_of_several_programs_a_single_one_migrates(store, server_location, request):
    request.getfixturevalue("next_version")
    failures: list[Exception] = []

    def start() -> None:
        try:
            open_store(server_location).close()
        except Exception as error:  # noqa: BLE001 - the test reports any error
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.rows("SELECT * FROM later") == []
    assert store.value("SELECT count(*) FROM cardcrm_meta") == schema_version.VERSION


def test_a_failed_migration_changes_nothing(store, server_location, request, monkeypatch):
    request.getfixturevalue("next_version")
    broken = (
        schema_version.VERSION,
        ("CREATE TABLE later (id {identity});\nCREATE TABLE contact (a TEXT);\n",),
    )
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS[:-1], broken))
    with pytest.raises(StorageError, match="failed: "):
        open_store(server_location)
    assert "later" not in store.engine.maintenance.count_rows()
    assert schema.read_version(store.engine) == schema_version.VERSION - 1


def test_an_older_read_only_database_is_reported(store, server_location, request):
    """Open a replica with a newer cardcrm before the primary server is migrated."""
    request.getfixturevalue("next_version")
    place = f"{server_location}%20-cdefault_transaction_read_only%3Don"
    with pytest.raises(StorageError, match="older schema version") as told:
        open_store(place)
    assert "primary server" in told.value.hint


def test_texts_are_ordered_byte_by_byte_in_any_language(store):
    wrong = store.rows(
        "SELECT column_name FROM information_schema.columns c "
        "JOIN information_schema.tables t USING (table_schema, table_name) "
        "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' "
        "AND data_type = 'text' AND coalesce(collation_name, '') <> 'C'"
    )
    assert wrong == []


@pytest.mark.no_database
def test_search_without_trigrams_finds_the_same_contacts(server_location, monkeypatch):
    monkeypatch.setattr("cardcrm.store.postgresql.schema.create_trigrams", lambda _engine: "")
    box = open_store(server_location, create=True)
    contacts.add(box, ContactDraft(name="Jürgen Müller-Lüdenscheidt"))
    sql, params = words_sql(box.engine.search, ["udensch"], "w")
    assert [row[0] for row in box.rows(sql, **params)] == [1]
    box.close()


@pytest.mark.no_database
def test_a_repair_adds_trigrams_that_were_installed_later(server_location, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("cardcrm.store.postgresql.schema.create_trigrams", lambda _engine: "")
        store = open_store(server_location, create=True)
    with contextlib.closing(store):
        contacts.add(store, ContactDraft(name="Jane"))
        schema.create_trigrams(store.engine)
        found = integrity.check_database(store, lambda _step: None)
        assert [each.message for each in found] == [
            "search is slow without the index card_fts_names",
            "search is slow without the index card_fts_rest",
        ]
        assert all(each.is_repairable for each in found)
        integrity.repair_database(store)
        assert integrity.check_database(store, lambda _step: None) == []
        sql, params = words_sql(store.engine.search, ["jan"], "w")
        assert [row[0] for row in store.rows(sql, **params)] == [1]


# concurrent writers


MANY_TEXTS = """
INSERT INTO text_fts (id, body, words)
SELECT n, 'a call about number ' || n, array_to_tsvector(ARRAY['a', 'call', 'about', 'x' || n])
FROM generate_series(1, 20000) AS n
"""


def test_a_missing_word_is_looked_up_in_the_index(store):
    db = store.engine.driver
    db.execute(MANY_TEXTS)
    db.execute("VACUUM ANALYZE text_fts")  # autovacuum does this after a while

    def plan(sql):
        rows = db.execute(f"EXPLAIN {to_psycopg_sql(sql)}", {"word": "'smith'"}).fetchall()
        return "\n".join(line for (line,) in rows)

    shortest = "SELECT 1 FROM text_fts WHERE words @@ CAST(:word AS tsquery) LIMIT 1"
    assert "Seq Scan" in plan(shortest)  # the planner's own choice
    assert "Index Scan on text_fts_words" in plan(WORD_EXISTS)
    assert store.engine.search.word_exists("call")
    assert not store.engine.search.word_exists("smith")


def test_two_concurrent_interactions_leave_the_later_date(store, server_location):
    """Compute derived data in the second transaction after the first has committed."""
    other = open_store(server_location, wait=5)
    inside, going = threading.Event(), threading.Event()

    def second() -> None:
        inside.wait(5)
        with other.transaction(concurrent=True):
            interactions.log(other, [1], "early", when=DayTime(dt.date(2026, 1, 2)))
            going.set()

    thread = threading.Thread(target=second)
    thread.start()
    with store.transaction(concurrent=True):
        interactions.log(store, [1], "late", when=DayTime(dt.date(2026, 2, 1)))
        inside.set()
        assert going.wait(5)  # both have written, and neither sees the other transaction
    thread.join()
    assert store.value("SELECT last_on FROM contact WHERE id = 1") == "2026-02-01"
    assert integrity.check_database(store, print) == []
    other.close()


def test_an_exclusive_writer_is_waited_for_and_then_reported(store, server_location):
    other = open_store(server_location, wait=0.1)
    with store.transaction(), pytest.raises(StorageError, match=r"locked .*waited 0.1 s"):
        interactions.log(other, [1], "x")
    interactions.log(other, [1], "x")
    with store.transaction(concurrent=True):
        interactions.log(other, [1], "y")
    other.close()


def test_an_update_sees_the_latest_commit(store, server_location):
    """Check that the journal has the old value read after waiting for the lock."""
    other = open_store(server_location, wait=5)
    written = threading.Event()

    def second() -> None:
        with other.transaction(concurrent=True):
            written.wait(5)
            other.update("contact", 1, title="second")

    thread = threading.Thread(target=second)
    with store.transaction(concurrent=True):
        store.update("contact", 1, title="first")
        thread.start()
        written.set()
        thread.join(0.3)
    thread.join()
    old = store.value("SELECT old FROM change ORDER BY id DESC LIMIT 1")
    assert old == '{"title":"first"}'
    other.close()


def test_changes_of_others_are_notified_but_not_own_ones(store, server_location, server_locations):
    unrelated = open_store(server_locations("other"), create=True)
    other = open_store(server_location)
    with contextlib.closing(unrelated), contextlib.closing(other):
        before = store.engine.data_version()
        contacts.add(store, ContactDraft(name="Mine"))
        contacts.add(unrelated, ContactDraft(name="In another database"))
        assert store.engine.data_version() == before
        contacts.add(other, ContactDraft(name="Theirs"))
        until = time.monotonic() + 30  # notifications may be late
        while store.engine.data_version() == before and time.monotonic() < until:
            time.sleep(0.02)
        assert store.engine.data_version() != before


def test_changes_are_polled_behind_a_pooler(store, server_location, monkeypatch):
    """Report another process than the one that serves the connection, as a pooler does."""
    monkeypatch.setattr(psycopg.ConnectionInfo, "backend_pid", property(lambda _info: 1))
    with contextlib.closing(open_store(server_location)) as other:
        before = store.engine.data_version()
        assert store.engine.data_version() == before
        contacts.add(other, ContactDraft(name="Theirs"))
        assert store.engine.data_version() != before
    assert store.value("SELECT count(*) FROM pg_listening_channels()") == 0


WRITER = """
import sys
from cardcrm.cli.run import main
for number in range(int(sys.argv[2])):
    for words in (["log", "jane", f"{sys.argv[1]} {number}", "--next", "call"],
                  ["sell", "jane", "10"], ["add", f"Row {sys.argv[1]} {number}"]):
        code = main(words)
        assert code == 0, (code, words)
"""


@pytest.mark.slow
def test_eight_processes_that_change_one_contact_lose_nothing(store, server_location):
    env = environment(server_location, CARDCRM_LOCK_WAIT="30")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(number), "5"], env=env, stderr=subprocess.PIPE
        )
        for number in range(8)
    ]
    for writer in writers:
        _, told = writer.communicate(timeout=60)
        assert writer.returncode == 0, told
    assert store.value("SELECT count(*) FROM interaction") == 40
    assert store.value("SELECT count(*) FROM reminder") == 40
    assert store.value("SELECT count(*) FROM contact") == 41
    assert store.value("SELECT revenue FROM contact_value WHERE contact_id = 1") == 40_000
    assert integrity.check_database(store, print) == []


# errors


def environment(place: str, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(cardcrm.__file__).parent.parent),
        "CARDCRM_DB": place,
        "CARDCRM_CONFIG": "/dev/null",
        "CARDCRM_USER": "ann",
        **more,
    }


def run(place: str, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "cardcrm", *words], env=environment(place, **more), text=True,
        capture_output=True, stdin=subprocess.DEVNULL, check=False, timeout=60,
    )  # fmt: skip


def is_clear_error(done: "subprocess.CompletedProcess[str]", *told: str) -> bool:
    lines = done.stderr.strip().splitlines()
    assert (done.returncode, done.stdout) == (5, ""), done.stderr
    assert [line.partition(":")[0] for line in lines] == ["error", "hint"]
    for word in told:
        assert word in done.stderr
    assert "s3cret" not in done.stderr
    return True


def test_wrong_addresses_get_one_clear_line(server):
    place = server.url_of("postgres")
    assert is_clear_error(run(server.url_of("nowhere"), "find"), "no such database", "createdb")
    nobody = place.replace("cardcrm@", "nobody_known@")
    assert is_clear_error(run(nobody, "find"), "no such user", "createuser")
    assert is_clear_error(
        run(re.sub(r"port=\d+", "port=1", place), "find"), "no server is listening"
    )
    assert is_clear_error(
        run("postgresql://ann:s3cret@127.0.0.1:1/cards", "find"), "no server is listening"
    )
    assert is_clear_error(
        run("postgresql://ann:s3cret@no.such.host.invalid/x", "find"), "unknown host"
    )
    assert is_clear_error(run("postgresql://ann:s3cret@h/x?nonsense=1", "find"), "invalid address")
    assert is_clear_error(run("service=none", "find"), "service")


@pytest.mark.no_database
def test_the_variables_of_libpq_take_effect(store, server, server_location):
    box = re.search(r"search_path%3D(\w+)", server_location)
    variables = {
        "PGHOST": str(server.folder),
        "PGPORT": str(server.port),
        "PGUSER": "cardcrm",
        "PGDATABASE": "postgres",
        "PGOPTIONS": f"-csearch_path={box[1]}",
    }
    assert run("pg:", "find", "--format", "ids", **variables).stdout == "1\n"
    told = json.loads(run("pg:", "db", "info", "--format", "json", **variables).stdout)
    assert told["server"] == (f"cardcrm@{server.folder}:{server.port}/postgres, schema {box[1]}")


def test_a_read_only_server_is_reported(store, server_location):
    place = f"{server_location}%20-cdefault_transaction_read_only%3Don"
    assert is_clear_error(run(place, "log", "jane", "x"), "is read-only")
    assert run(place, "find", "--format", "ids").stdout == "1\n"


def test_a_missing_schema_is_reported(server):
    place = server.url_of("postgres", options="-csearch_path=nowhere")
    assert is_clear_error(run(place, "add", "Jane"), "no schema")


def test_ad_hoc_sql_cannot_write(store, server_location, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("CARDCRM_DB", server_location)
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    assert main(["db", "sql", "select name, name from contact where id = :n", "-p", "n=1"]) == 0
    for query in ("delete from contact", "create table x (a int)"):
        assert main(["db", "sql", query]) == 2
        assert "read-only" in capsys.readouterr().err
    for query in (
        "selec",
        "select * from nowhere",
        "select :x",
        "select 1; select 2",
        "select 1; commit; delete from contact",
        "",
    ):
        assert main(["db", "sql", query]) == 2
    capsys.readouterr()
    for words in (["\udcff"], ["select :a", "-p", "a=\udcff"]):
        assert main(["db", "sql", *words]) == 2
        assert "bytes that are not UTF-8" in capsys.readouterr().err
    assert store.value("SELECT count(*) FROM contact") == 1


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        (psycopg.errors.DiskFull, StorageError, "disk is full"),
        (psycopg.errors.DeadlockDetected, ConflictError, "same moment"),
        (psycopg.errors.SerializationFailure, ConflictError, "same moment"),
        (psycopg.errors.InsufficientPrivilege, StorageError, "does not allow"),
        (psycopg.errors.NumericValueOutOfRange, UsageError, "too large"),
        (psycopg.errors.QueryCanceled, StorageError, "too long"),
    ],
)
def test_errors_of_the_server_are_reported_in_one_line(state, kind, words):
    error = errors.translate_error(state("x"), "service=cards", 5)
    assert isinstance(error, kind)
    assert words in error.message
    assert error.hint


@pytest.fixture(scope="module")
def own_server(server):
    """A server that may be stopped (shared by the module)."""
    made = create_server()
    yield made
    made.remove()


@pytest.mark.slow
def test_a_server_that_stops_during_a_transaction_and_returns(own_server):
    place = own_server.url
    store = open_store(place, create=True)
    contacts.add(store, ContactDraft(name="Jane"))
    with pytest.raises(StorageError, match="closed the connection"), store.transaction():  # noqa: PT012
        contacts.add(store, ContactDraft(name="Lost"))
        own_server.stop()
        contacts.add(store, ContactDraft(name="Lost too"))
    with pytest.raises(StorageError, match="no server is listening"):
        store.value("SELECT 1")
    assert is_clear_error(run(place, "log", "jane", "x"), "no server is listening")
    own_server.start()
    assert [row[0] for row in store.rows("SELECT name FROM contact")] == ["Jane"]
    contacts.add(store, ContactDraft(name="John"))
    assert integrity.check_database(store, print) == []
    store.close()


@pytest.fixture
def replica(own_server):
    """A read-only replica of the server."""
    made = create_replica(own_server)
    yield made
    made.remove()


def open_replica(place):
    """Open a replica, which receives its tables a moment after they are created."""
    end = time.monotonic() + 20
    while True:
        try:
            return open_store(place)
        except NoDatabaseError:
            assert time.monotonic() < end
            time.sleep(0.05)


@pytest.mark.slow
def test_changes_are_polled_on_a_replica(own_server, replica):
    primary = open_store(own_server.url, create=True)
    reader = open_replica(replica.url)
    before = reader.engine.data_version()
    assert reader.engine.data_version() == before
    contacts.add(primary, ContactDraft(name="Seen everywhere"))
    end = time.monotonic() + 20
    while reader.engine.data_version() == before and time.monotonic() < end:
        time.sleep(0.05)
    assert reader.value("SELECT 1 FROM contact WHERE name = 'Seen everywhere'")
    with pytest.raises(StorageError, match="is read-only"):
        contacts.add(reader, ContactDraft(name="Nowhere"))
    reader.close()
    primary.close()


@pytest.mark.slow
def test_a_connection_cut_while_idle_is_made_again(own_server):
    store = open_store(own_server.url, create=True)
    before = store.engine.data_version()
    with psycopg.connect(own_server.url, autocommit=True) as db:
        for statement in (store.rows, contacts.add):
            db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if statement is contacts.add:
                contacts.add(store, ContactDraft(name="After"))
            else:
                assert store.rows("SELECT 1")
    assert store.engine.data_version() != before  # changes may have been missed
    store.close()


@pytest.mark.slow
def test_a_wrong_password_is_reported_without_showing_it(own_server):
    with psycopg.connect(own_server.url, autocommit=True) as db:
        db.execute("CREATE ROLE walled LOGIN PASSWORD 'right'")
        rules = own_server.data / "pg_hba.conf"
        old = rules.read_text()
        rules.write_text(f"host all walled 127.0.0.1/32 scram-sha-256\n{old}")
        db.execute("SELECT pg_reload_conf()")
    place = f"@127.0.0.1:{own_server.port}/postgres"
    assert is_clear_error(run(f"postgresql://walled:s3cret{place}", "find"), "name and password")
    assert is_clear_error(
        run(f"postgresql://walled{place}", "find", PGPASSFILE="/nowhere"), "requires a password"
    )
    assert is_clear_error(run(f"postgresql://walled:s3cret{place}?sslmode=require", "find"), "TLS")
    rules.write_text(old)
