"""A server that is about to be there is waited for; a mistyped address costs a moment at most."""

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
    """A server of the test's own with Jane's card."""
    made = create_server()
    with contextlib.closing(open_store(made.url, create=True)) as store:
        contacts.add(store, ContactDraft(name="Jane"))
    yield made
    made.remove()


@pytest.fixture
def going(own_server):
    """A file: the own server, started again, goes on starting until it is there."""
    go = own_server.folder / "go"
    own_server.stop("fast")
    (own_server.data / "recovery.signal").touch()
    with (own_server.data / "postgresql.conf").open("a") as settings:
        settings.write(f"restore_command = 'until test -e {go}; do sleep 0.05; done; false'\n")
    starting = threading.Thread(target=own_server.start)  # waits until it has started
    starting.start()
    until(lambda: "starting up" in attempt(own_server.url))
    yield go
    go.touch()
    starting.join()


def attempt(place):
    """What a server says to who knocks."""
    try:
        psycopg.connect(place).close()
    except psycopg.OperationalError as error:
        return str(error)
    return ""


def until(happened, seconds=60):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def finding(place, wait):
    """The program, looking for cards."""
    return subprocess.Popen(
        FIND, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={
            **os.environ, "PYTHONPATH": str(Path(cardcrm.__file__).parent.parent),
            "CARDCRM_DB": place, "CARDCRM_CONFIG": "/nowhere/none.toml", "CARDCRM_LOCK_WAIT": wait,
        },
    )  # fmt: skip


def test_a_command_waits_for_a_server_that_is_just_starting(own_server, going):
    log = own_server.folder / "log"
    turned_away = log.read_text().count("starting up")
    with finding(own_server.url, "60") as program:
        until(lambda: log.read_text().count("starting up") > turned_away + 1)  # it came again
        going.touch()
        assert program.communicate(timeout=60) == ("1\n", "")
    assert program.returncode == 0


def test_a_server_that_goes_on_starting_is_told_in_the_end(own_server, going):
    with finding(own_server.url, "0.3") as program:
        shown, told = program.communicate(timeout=60)
    assert (program.returncode, shown) == (5, "")
    assert "is starting" in told
    assert "Try again in a moment" in told


def test_a_server_that_says_so_in_another_language_is_understood(own_server, going, monkeypatch):
    monkeypatch.setattr(postgresql_connect, "_TEMPORARY", ())
    monkeypatch.setattr(errors, "_REFUSALS", ())
    tries = counted(monkeypatch, then=lambda tries: tries == 3 and going.touch())
    with contextlib.closing(open_store(own_server.url, wait=60)) as store:
        assert store.value("SELECT count(*) FROM contact") == 1
    assert len(tries) > 3


def test_why_a_server_turns_one_away_is_told_in_its_own_words_where_they_say_nothing_to_us():
    words = (
        'connection to server at "db", port 5432 failed: FATAL:  das Datenbanksystem startet\n'
        "DETAIL:  Konsistenter Wiederherstellungszustand wurde noch nicht erreicht.\n"
    )
    error = errors.connection_error(psycopg.OperationalError(words), "service=cards")
    assert error.message == "service=cards cannot be reached: das Datenbanksystem startet"
    assert error.hint == "Check address, user and password."


def counted(monkeypatch, then=lambda _tries: None):
    """A list that grows with every attempt to connect; ``then`` is told how long it is."""
    real, tries = postgresql_connect.connect, []

    def connect(location):
        tries.append(location)
        then(len(tries))
        return real(location)

    monkeypatch.setattr(postgresql_connect, "connect", connect)
    return tries


def test_while_a_server_is_restarted_nothing_listens_for_a_moment(own_server, monkeypatch):
    own_server.stop("fast")
    monkeypatch.setattr(postgresql_connect, "_RESTART_SECONDS", 60)
    tries = counted(monkeypatch, then=lambda tries: tries == 2 and own_server.start())
    with contextlib.closing(open_store(own_server.url, wait=60)) as store:
        assert store.value("SELECT count(*) FROM contact") == 1
    assert len(tries) == 2


@pytest.mark.parametrize(
    ("location", "told", "most"),
    [
        ("postgresql://ann@127.0.0.1:1/cards", "no server is listening", 1),
        ("postgresql://ann@/cards?host=/nowhere", "no server is listening", 1),
        ("postgresql://ann@no.such.host.invalid/cards", "unknown host", 0),
        ("service=none", "is not in the service file", 0),
    ],
)
def test_a_mistyped_address_costs_a_moment_at_most(monkeypatch, location, told, most):
    slept = []
    begun = time.monotonic()
    monkeypatch.setattr(postgresql_connect.time, "sleep", slept.append)
    monkeypatch.setattr(postgresql_connect.time, "monotonic", lambda: begun + sum(slept))
    with pytest.raises(StorageError, match=told):
        open_store(location, wait=60)
    assert sum(slept) == pytest.approx(most)


def test_who_is_turned_away_for_good_is_told_at_once(own_server, monkeypatch):
    tries = counted(monkeypatch)
    with pytest.raises(StorageError, match="has no such user"):
        open_store(own_server.url.replace("cardcrm@", "nobody_known@"), wait=60)
    assert len(tries) == 1


def test_a_server_without_a_free_connection_is_waited_for(own_server, monkeypatch):
    own_server.stop("fast")
    own_server.settings["max_connections"] = "4"
    own_server.settings["superuser_reserved_connections"] = "0"
    own_server.start()
    with contextlib.ExitStack() as taken:
        for _ in range(4):
            taken.enter_context(contextlib.closing(psycopg.connect(own_server.url)))
        with pytest.raises(StorageError, match="too many connections"):
            open_store(own_server.url, wait=0.2)
        tries = counted(monkeypatch, then=lambda tries: tries == 3 and taken.close())
        with contextlib.closing(open_store(own_server.url, wait=60)) as store:
            assert store.value("SELECT count(*) FROM contact") == 1
    assert len(tries) > 2
