"""Connecting: a server that is about to be up is waited for, a mistyped address fails soon."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import cardcrm
from cardcrm.errors import StorageError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import open_store
from tests.support.postgresql import create_server

psycopg = pytest.importorskip("psycopg")

from cardcrm.store.postgresql import connect as postgresql_connect  # noqa: E402 - only where there is a driver
from cardcrm.store.postgresql import errors  # noqa: E402 - only where there is a driver

pytestmark = pytest.mark.slow

FIND = [sys.executable, "-m", "cardcrm", "find", "--format", "ids"]


@pytest.fixture
def own_server(server):
    """A server for one test, with the contact Jane."""
    made = create_server()
    with contextlib.closing(open_store(made.url, create=True)) as store:
        contacts.add(store, ContactDraft(name="Jane"))
    yield made
    made.remove()


@pytest.fixture
def release(own_server):
    """Restart the server; it keeps starting until the returned file exists."""
    go = own_server.folder / "go"
    own_server.stop("fast")
    (own_server.data / "recovery.signal").touch()
    with (own_server.data / "postgresql.conf").open("a") as settings:
        settings.write(f"restore_command = 'until test -e {go}; do sleep 0.05; done; false'\n")
    starting = threading.Thread(target=own_server.start)  # returns once the server is up
    starting.start()
    until(lambda: "starting up" in connection_message(own_server.url))
    yield go
    go.touch()
    starting.join()


def connection_message(place):
    """Return the error message for a connection; "" if it succeeds."""
    try:
        psycopg.connect(place).close()
    except psycopg.OperationalError as error:
        return str(error)
    return ""


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition was not met in time"
        time.sleep(0.02)


def start_find(place, wait):
    """Start `cardcrm find` as a process."""
    return subprocess.Popen(
        FIND, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={
            **os.environ, "PYTHONPATH": str(Path(cardcrm.__file__).parent.parent),
            "CARDCRM_DB": place, "CARDCRM_CONFIG": "/dev/null", "CARDCRM_LOCK_WAIT": wait,
        },
    )  # fmt: skip


def test_a_command_waits_for_a_server_that_is_starting(own_server, release):
    log = own_server.folder / "log"
    refused = log.read_text().count("starting up")
    with start_find(own_server.url, "60") as program:
        until(lambda: log.read_text().count("starting up") > refused + 1)  # a second attempt
        release.touch()
        assert program.communicate(timeout=60) == ("1\n", "")
    assert program.returncode == 0


def test_a_server_that_keeps_starting_is_reported_in_the_end(own_server, release):
    with start_find(own_server.url, "0.3") as program:
        shown, message = program.communicate(timeout=60)
    assert (program.returncode, shown) == (5, "")
    assert "is starting" in message
    assert "Try again in a moment" in message


def test_a_starting_server_with_messages_in_another_language_is_waited_for(
    own_server, release, monkeypatch
):
    monkeypatch.setattr(postgresql_connect, "_TEMPORARY", ())
    monkeypatch.setattr(errors, "_REFUSALS", ())
    attempts = count_attempts(monkeypatch, then=lambda attempts: attempts == 3 and release.touch())
    with contextlib.closing(open_store(own_server.url, wait=60)) as store:
        assert store.value("SELECT count(*) FROM contact") == 1
    assert len(attempts) >= 3  # the third may see the server start


def test_an_unknown_refusal_is_reported_in_the_words_of_the_server():
    words = (
        'connection to server at "db", port 5432 failed: FATAL:  das Datenbanksystem startet\n'
        "DETAIL:  Konsistenter Wiederherstellungszustand wurde noch nicht erreicht.\n"
    )
    error = errors.connection_error(psycopg.OperationalError(words), "service=cards")
    assert error.message == "service=cards cannot be reached: das Datenbanksystem startet"
    assert error.hint == "Check address, user and password."


def count_attempts(monkeypatch, then=lambda _tries: None):
    """Return a list that grows with every attempt; ``then`` is called with its length."""
    real, attempts = postgresql_connect.connect, []

    def connect(location):
        attempts.append(location)
        then(len(attempts))
        return real(location)

    monkeypatch.setattr(postgresql_connect, "connect", connect)
    return attempts


def test_a_server_that_restarts_is_waited_for(own_server, monkeypatch):
    own_server.stop("fast")
    monkeypatch.setattr(postgresql_connect, "_RESTART_SECONDS", 60)
    attempts = count_attempts(
        monkeypatch, then=lambda attempts: attempts == 2 and own_server.start()
    )
    with contextlib.closing(open_store(own_server.url, wait=60)) as store:
        assert store.value("SELECT count(*) FROM contact") == 1
    assert len(attempts) == 2


@pytest.mark.parametrize(
    ("location", "message", "seconds"),
    [
        ("postgresql://ann@127.0.0.1:1/cards", "no server is listening", 1),
        ("postgresql://ann@/cards?host=/nowhere", "no server is listening", 1),
        ("postgresql://ann@no.such.host.invalid/cards", "unknown host", 0),
        ("service=none", "is not in the service file", 0),
    ],
)
def test_a_mistyped_address_fails_within_a_second(monkeypatch, location, message, seconds):
    slept = []
    begun = time.monotonic()
    monkeypatch.setattr(postgresql_connect.time, "sleep", slept.append)
    monkeypatch.setattr(postgresql_connect.time, "monotonic", lambda: begun + sum(slept))
    with pytest.raises(StorageError, match=message):
        open_store(location, wait=60)
    assert sum(slept) == pytest.approx(seconds)


def test_a_permanent_refusal_is_reported_at_once(own_server, monkeypatch):
    attempts = count_attempts(monkeypatch)
    with pytest.raises(StorageError, match="has no such user"):
        open_store(own_server.url.replace("cardcrm@", "nobody_known@"), wait=60)
    assert len(attempts) == 1


def test_a_free_connection_is_waited_for(own_server, monkeypatch):
    own_server.stop("fast")
    own_server.settings["max_connections"] = "4"
    own_server.settings["superuser_reserved_connections"] = "0"
    own_server.start()
    with contextlib.ExitStack() as connections:
        for _ in range(4):
            connections.enter_context(contextlib.closing(psycopg.connect(own_server.url)))
        with pytest.raises(StorageError, match="too many connections"):
            open_store(own_server.url, wait=0.2)
        attempts = count_attempts(
            monkeypatch, then=lambda attempts: attempts == 3 and connections.close()
        )
        with contextlib.closing(open_store(own_server.url, wait=60)) as store:
            assert store.value("SELECT count(*) FROM contact") == 1
    assert len(attempts) > 2
