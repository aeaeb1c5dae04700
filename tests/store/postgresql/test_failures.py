"""Failures of real servers: killed, full, read-only, protected, with a wrong clock."""

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cardcrm
from cardcrm.cli.run import main
from cardcrm.errors import ConnectionLostError, StorageError
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import database_copy, integrity, journal, open_store
from tests.support.postgresql import create_replica, create_server

psycopg = pytest.importorskip("psycopg")

from cardcrm.store.postgresql import maintenance  # noqa: E402 - only where there is a driver

pytestmark = pytest.mark.slow

PROGRAM = [sys.executable, "-m", "cardcrm"]


def environment(place, **more):
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "PYTHONPATH": str(Path(cardcrm.__file__).parent.parent),
        "CARDCRM_DB": place,
        "CARDCRM_CONFIG": "/dev/null",
        "CARDCRM_USER": "ann",
        **more,
    }


def run(place, *words, **more):
    return subprocess.run(
        [*PROGRAM, *words], env=environment(place, **more), text=True, capture_output=True,
        stdin=subprocess.DEVNULL, check=False, timeout=120,
    )  # fmt: skip


def assert_clear_error(done, *told):
    """Check that a command failed with one error line, a hint, and exit code 5."""
    assert done.returncode == 5, done.stderr
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["error", "hint"]
    for word in told:
        assert word in done.stderr
    return True


@pytest.fixture
def own_server(server):
    """A server for one test."""
    made = create_server()
    yield made
    made.remove()


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition was not met in time"
        time.sleep(0.02)


# killed


def test_an_import_that_loses_its_server_can_be_repeated_without_duplicates(own_server, tmp_path):
    rows = 30_000  # six batches
    file = tmp_path / "many.csv"
    file.write_text("name,email\n" + "".join(f"Person {n},p{n}@example.com\n" for n in range(rows)))
    place = own_server.url
    assert run(place, "add", "Jane").returncode == 0
    with subprocess.Popen(
        [*PROGRAM, "import", str(file)], stderr=subprocess.PIPE, text=True,
        env=environment(place, CARDCRM_LOCK_WAIT="0.2"),
    ) as importing:  # fmt: skip
        with psycopg.connect(place, autocommit=True) as db:
            until(lambda: db.execute("SELECT count(*) FROM contact").fetchone()[0] > 1)
        own_server.stop()
        _, told = importing.communicate(timeout=60)
    assert importing.returncode == 5, told
    assert "Traceback" not in told
    assert "contacts imported from many.csv" in told
    assert "Nothing was changed" not in told
    own_server.start()
    with contextlib.closing(open_store(place)) as store:
        kept = store.value("SELECT count(*) FROM contact") - 1
        assert 0 < kept < rows
        assert kept % 5000 == 0  # whole batches
        assert integrity.check_database(store, lambda _: None) == []
    assert run(place, "import", str(file)).returncode == 0
    with contextlib.closing(open_store(place)) as store:
        assert store.value("SELECT count(*) FROM contact") == rows + 1
        assert store.value("SELECT count(DISTINCT value_key) FROM point") == rows
        assert store.value("SELECT count(*) FROM point") == rows
        assert integrity.check_database(store, lambda _: None) == []


def test_a_command_continues_after_a_restart_of_its_server(own_server):
    """Kill the server between two statements; it is up again within the lock timeout."""
    place = own_server.url
    with contextlib.closing(open_store(place, user="ann", create=True, wait=20)) as store:
        contacts.add(store, ContactDraft(name="Jane"))
        insert, times = store.engine.insert, []

        def killing(table, values):
            times.append(table)
            if len(times) == 2:
                own_server.stop()
                own_server.start()
            return insert(table, values)

        store.engine.insert = killing
        interactions.log(store, [1], "hello")
        assert store.value("SELECT count(*) FROM interaction") == 1
        assert store.value("SELECT count(*) FROM step") == 2
        assert integrity.check_database(store, lambda _: None) == []


def test_a_command_that_loses_its_server_says_that_nothing_was_changed(own_server):
    place = own_server.url
    with contextlib.closing(open_store(place, create=True, wait=0.2)) as store:
        contacts.add(store, ContactDraft(name="Jane"))
        hold = store.engine.lock_contacts

        def killing(cards, people):
            own_server.stop()
            hold(cards, people)

        store.engine.lock_contacts = killing
        with pytest.raises(StorageError):
            interactions.log(store, [1], "hello")
    own_server.start()
    with contextlib.closing(open_store(place)) as store:
        assert store.value("SELECT count(*) FROM interaction") == 0


def test_a_copy_resumed_after_a_crash_of_the_server_is_complete(own_server, tmp_path, monkeypatch):
    """Lose the last commits before the crash, which need not have reached the disk."""
    monkeypatch.setattr(database_copy, "BATCH_SIZE", 2)
    with contextlib.ExitStack() as all_:
        source, target = (
            all_.enter_context(contextlib.closing(open_store(place, create=True)))
            for place in (tmp_path / "cards.db", own_server.url)
        )
        for number in range(9):
            contacts.add(source, ContactDraft(name=f"Person {number}"))
        falls = []

        def fall(done):
            if done == 4:
                falls.append(done)
                own_server.stop()
                own_server.start()

        with pytest.raises(ConnectionLostError) as told:
            database_copy.copy_database(source, target, fall)
        assert falls
        assert "--resume" in told.value.hint
        database_copy.copy_database(source, target, lambda _done: None, resume=True)
        assert target.value("SELECT count(*) FROM contact") == 9
        assert integrity.check_database(target, lambda _: None) == []


# full


@pytest.fixture
def small_server(own_server):
    """A server whose files cannot grow beyond some size, which it takes for a full disk.

    The size is not a multiple of the block size, so that the last write is cut short.
    """
    own_server.stop("fast")
    own_server.largest_file = 17 * 2**20 + 4096  # larger than a segment of its log
    own_server.start()
    return own_server


def test_a_full_disk_is_reported_and_nothing_is_written_in_part(small_server):
    place = small_server.url
    assert run(place, "add", "Jane").returncode == 0
    with contextlib.closing(open_store(place, user="ann")) as store:
        text = "".join(chr(97 + n % 26) + str(n) for n in range(20_000))
        with pytest.raises(StorageError, match="disk is full") as told:
            _fill(store, text)
        assert told.value.exit_code == 5
        assert "space" in told.value.hint
        cards = store.value("SELECT count(*) FROM contact")
        assert cards == store.value("SELECT count(*) FROM step")
        assert integrity.check_database(store, lambda _: None) == []
    assert len(run(place, "find", "--format", "ids", "--limit", "9999").stdout.split()) == cards


def _fill(store, text):
    for number in range(1000):
        contacts.add(store, ContactDraft(name=f"P {number}", note=f"{number} {text}"))


def test_an_import_that_fills_the_disk_says_what_was_imported(small_server, tmp_path):
    chance = random.Random(1)
    file = tmp_path / "many.csv"
    rows = (f"Person {n},{chance.randbytes(600).hex()}\n" for n in range(20_000))
    file.write_text("name,note\n" + "".join(rows))
    place = small_server.url
    assert run(place, "add", "Jane").returncode == 0
    done = run(place, "import", str(file))
    assert done.returncode == 5, done.stderr
    assert "contacts imported from many.csv" in done.stderr
    assert "disk is full" in done.stderr
    assert "Nothing was changed" not in done.stderr  # the line above counts the imported contacts
    cards = len(run(place, "find", "--format", "ids", "--limit", "99999").stdout.split())
    assert cards % 5000 == 1
    assert cards > 1


# replicas


@pytest.fixture
def replica(own_server):
    """A replica of a server that has the contact Jane."""
    assert run(own_server.url, "add", "Jane", "--every", "30d").returncode == 0
    made = create_replica(own_server)
    yield made
    made.remove()


def test_commands_that_read_work_on_a_replica(replica):
    for words in (
        ["find"], ["show", "jane"], ["brief", "jane"], ["due"], ["value"], ["journal"], ["export"],
        ["db", "info"], ["db", "check"], ["db", "sql", "select 1 as one"], ["segment", "list"],
    ):  # fmt: skip
        done = run(replica.url, *words)
        assert done.returncode == 0, (words, done.stderr)


def test_commands_that_write_are_refused_on_a_replica(replica, tmp_path):
    file = tmp_path / "few.csv"
    file.write_text("name\nJohn\n")
    for words in (
        ["add", "John"], ["log", "jane", "hi"], ["remind", "jane", "call", "--due", "3d"],
        ["sell", "jane", "10"], ["tag", "jane", "+vip"], ["undo"], ["import", str(file)],
        ["rm", "jane", "--yes"],
    ):  # fmt: skip
        assert assert_clear_error(run(replica.url, *words), "is read-only", "primary"), words
    assert run(replica.url, "find", "--format", "ids").stdout == "1\n"


def test_a_database_is_copied_from_a_replica(replica, tmp_path):
    target = tmp_path / "copy.db"
    done = run(str(tmp_path / "none.db"), "db", "copy", replica.url, str(target))
    assert done.returncode == 0, done.stderr
    assert run(str(target), "find", "--format", "ids").stdout == "1\n"


# TLS and permissions


def test_a_server_without_tls_is_reported_where_tls_is_required(own_server):
    place = f"postgresql://cardcrm@127.0.0.1:{own_server.port}/postgres?sslmode=require"
    assert_clear_error(run(place, "find"), "does not support TLS")


def test_a_user_who_may_not_create_tables_is_told_the_remedy(own_server):
    with psycopg.connect(own_server.url, autocommit=True) as db:
        db.execute("CREATE ROLE guest LOGIN")
        db.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # the default from PostgreSQL 15
    refused = run(own_server.url.replace("cardcrm@", "guest@"), "add", "Jane")
    assert_clear_error(refused, "does not allow this user to create tables")
    assert "GRANT CREATE ON SCHEMA" in refused.stderr


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A root certificate, a server certificate for 127.0.0.1, and another root certificate."""
    if shutil.which("openssl") is None:
        assert not os.environ.get("CI"), "the tests of TLS must run in CI: install openssl"
        pytest.skip("there is no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.crt")  # fmt: skip
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=db", "-keyout", "server.key",
            "-out", "server.csr")  # fmt: skip
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "server.crt")  # fmt: skip
    return folder


@pytest.fixture
def tls_server(own_server, certificates):
    """A server that accepts network connections only with TLS."""
    for name in ("server.key", "server.crt"):
        shutil.copy(certificates / name, own_server.data)
        (own_server.data / name).chmod(0o600)
        if own_server.user is not None:
            shutil.chown(own_server.data / name, own_server.user)
    rules = own_server.data / "pg_hba.conf"
    rules.write_text("local all all trust\nhostssl all all 127.0.0.1/32 trust\n")
    with (own_server.data / "postgresql.conf").open("a") as settings:
        settings.write("ssl = on\n")
    own_server.stop("fast")
    with contextlib.suppress(subprocess.CalledProcessError):
        own_server.start()
        return own_server
    if "not supported by this build" in (own_server.folder / "log").read_text():
        pytest.skip("this server was built without TLS")
    raise AssertionError("the server does not start with TLS")


def test_the_tls_settings_take_effect(tls_server, certificates):
    def at(host, **settings):
        tail = "&".join(f"{name}={value}" for name, value in settings.items())
        return f"postgresql://cardcrm@{host}:{tls_server.port}/postgres?{tail}"

    ours, others = certificates / "ca.crt", certificates / "other.crt"
    safe = at("127.0.0.1", sslmode="verify-full", sslrootcert=ours)
    assert run(safe, "add", "Jane").returncode == 0
    assert run(safe, "find", "--format", "ids").stdout == "1\n"
    query = "select ssl as safe from pg_stat_ssl where pid = pg_backend_pid()"
    assert run(safe, "db", "sql", query, "--format", "csv").stdout.split() == ["safe", "1"]
    assert_clear_error(
        run(at("127.0.0.1", sslmode="verify-full", sslrootcert=others), "find"), "TLS"
    )
    other_name = run(at("localhost", sslmode="verify-full", sslrootcert=ours), "find")
    assert_clear_error(other_name, "certificate for another host name (TLS)")
    for missing in ({}, {"sslrootcert": certificates / "none.crt"}):
        unknown = run(at("127.0.0.1", sslmode="verify-full", **missing), "find")
        assert_clear_error(unknown, "root certificate is not on this machine")
        assert "sslrootcert=FILE" in unknown.stderr
    assert_clear_error(run(at("127.0.0.1", sslmode="strict"), "find"), "unknown sslmode")
    assert_clear_error(
        run(at("127.0.0.1", sslmode="disable"), "find"), "does not allow this user to connect"
    )
    variables = {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(others)}
    assert_clear_error(run(at("127.0.0.1"), "find", **variables), "TLS")


# clocks


def test_a_clock_that_is_an_hour_off_changes_no_order(location, monkeypatch):
    """Journal, undo and change detection go by ids, not by clocks."""
    times = {"ann": "2026-11-21T21:00", "bob": "2026-11-21T20:00"}
    with contextlib.ExitStack() as all_:
        stores = {
            name: all_.enter_context(
                contextlib.closing(open_store(location, user=name, create=True))
            )
            for name in times
        }
        contacts.add(stores["ann"], ContactDraft(name="Jane"))
        done = []
        for name, text in (("ann", "a1"), ("bob", "b1"), ("ann", "a2"), ("bob", "b2")):
            monkeypatch.setenv("CARDCRM_NOW", times[name])
            seen = {each: box.engine.data_version() for each, box in stores.items()}
            with stores[name].transaction(text):
                interactions.log(stores[name], [1], text)
            done.insert(0, text)
            other = stores["bob" if name == "ann" else "ann"]
            until(lambda o=other, s=seen: o.engine.data_version() != s[o.author.name])
        assert [step.command for step in journal.steps(stores["ann"], 4)] == done
        monkeypatch.setenv("CARDCRM_NOW", times["bob"])
        assert journal.undo(stores["ann"]).command == "a2"
        assert journal.undo(stores["bob"]).command == "b2"
        assert journal.undo(stores["ann"]).command == "a1"
        assert journal.redo(stores["ann"]).command == "a1"
        assert [
            row[0] for row in stores["bob"].rows("SELECT text FROM interaction ORDER BY id")
        ] == ["a1", "b1"]


def test_a_machine_with_a_slow_clock_sees_what_is_due(location, monkeypatch, capsys):
    monkeypatch.setenv("CARDCRM_DB", str(location))
    monkeypatch.setenv("CARDCRM_CONFIG", "/dev/null")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-22T00:30")  # a day ahead of the other clock
    assert main(["add", "Jane"]) == 0
    assert main(["log", "jane", "from tomorrow", "--next", "call", "--due", "today"]) == 0
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T23:30")
    capsys.readouterr()
    assert main(["due"]) == 0
    assert "call" in capsys.readouterr().out
    assert main(["log", "jane", "from today"]) == 0
    capsys.readouterr()
    assert main(["show", "jane"]) == 0
    shown = capsys.readouterr().out
    assert "from tomorrow" in shown
    assert "from today" in shown
    with contextlib.closing(open_store(location)) as store:
        assert integrity.check_database(store, lambda _: None) == []
        assert store.value("SELECT last_on FROM contact") == "2026-11-22"


@pytest.mark.parametrize(
    ("behind", "told"),
    [
        (3, None),
        (-3, None),
        (3605, "the server's clock is 1 h 5 s ahead of this machine's"),
        (-75, "the server's clock is 1 min 15 s behind this machine's"),
    ],
)
def test_a_clock_that_differs_from_the_server_is_reported(
    server_location, monkeypatch, tmp_path, capsys, behind, told
):
    monkeypatch.setenv("CARDCRM_DB", server_location)
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    assert main(["add", "Jane"]) == 0
    real = maintenance._now
    monkeypatch.setattr(maintenance, "_now", lambda: real() - behind)
    capsys.readouterr()
    assert main(["db", "info"]) == 0
    shown = capsys.readouterr().out
    assert told in shown if told else "clock" not in shown
    assert main(["db", "info", "--format", "json"]) == 0
    assert abs(json.loads(capsys.readouterr().out)["clock"] - behind) < 2
