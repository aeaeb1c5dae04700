"""Fixtures of all tests: databases on both engines, one server for the run, a fixed clock.

A test that takes `location` or `store` runs twice: on an SQLite file and on a PostgreSQL server.
Where no server is found the second run is skipped, which the last line of the output says; in CI
that is a failure.
"""

import contextlib
import fcntl
import functools
import gc
import importlib.util
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings

from cardcrm.store import Locale, Store, open_store
from tests.support.databases import Databases, FileDatabases, Location, ServerDatabases
from tests.support.postgresql import Server, create_server, find_programs

# A busy machine must not fail a property test: properties are about results, not times.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ENGINES = ("sqlite", "postgresql")
NOW = "2026-11-21T20:00"  # a Saturday evening

Locations = Callable[[str], Location]


@pytest.fixture(autouse=True)
def own_zone() -> None:
    """Apply TZ as it is now: a fixture of an earlier test may have changed it."""
    time.tzset()


# The server


# The variable that names the folder where the processes of one run find their server.
_FOLDER = "CARDCRM_TEST_SERVER"


@functools.cache
def _reason_without_server() -> str:
    """Return why there is no server to test on, or an empty text."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    if find_programs() is None:
        return "no PostgreSQL server was found (initdb, pg_ctl)"
    return ""


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder of the server before other processes start, and a pipe's width.

    pytest loads readline, which gives COLUMNS to the processes that start later; a test that
    wants it sets it.
    """
    os.environ.pop("COLUMNS", None)
    if _FOLDER not in os.environ and not hasattr(config, "workerinput"):
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix="cardcrm-tests-")


def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are cores, as tests also wait for servers and timers."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Collect garbage seldom: a quarter of a run went into looking at what is imported for good."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the server, if a test has started it."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ.pop(_FOLDER))
    with contextlib.suppress(FileNotFoundError):
        Server.load(folder / "server.json").remove()
    shutil.rmtree(folder)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say in the last line that half of the tests had no server to run on."""
    yield
    if reason := _reason_without_server():
        terminalreporter.write_line(f"NOT TESTED ON POSTGRESQL: {reason}", red=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run without a server in CI."""
    if os.environ.get("CI") == "true" and _reason_without_server() and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def server() -> Server:
    """The server of this run, which the first test that needs it starts."""
    if reason := _reason_without_server():
        pytest.skip(reason)
    folder = Path(os.environ[_FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        saved = folder / "server.json"
        if not saved.exists():
            started = create_server()
            started.save(saved)
            ServerDatabases.create_template(started)
        return Server.load(saved)


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Collect the statements of each round trip to a server from now on."""
    psycopg = pytest.importorskip("psycopg")
    execute, pipeline = psycopg.Cursor.execute, psycopg.Connection.pipeline
    found: list[list[str]] = []

    def recorded_execute(cursor, query, *rest, **words):
        if cursor.connection._pipeline is None:
            found.append([])
        found[-1].append(str(query))
        return execute(cursor, query, *rest, **words)

    def recorded_pipeline(db):
        found.append([])
        return pipeline(db)

    monkeypatch.setattr(psycopg.Cursor, "execute", recorded_execute)
    monkeypatch.setattr(psycopg.Connection, "pipeline", recorded_pipeline)
    return found


# Databases


@pytest.fixture(scope="session")
def file_databases(tmp_path_factory: pytest.TempPathFactory) -> FileDatabases:
    """Databases in files."""
    return FileDatabases(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def server_databases(server: Server) -> Iterator[ServerDatabases]:
    """Databases on the server."""
    databases = ServerDatabases(server)
    yield databases
    databases.close()


@pytest.fixture(scope="session", params=ENGINES)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Databases in files, then on the server."""
    name = "file_databases" if request.param == "sqlite" else "server_databases"
    return cast("Databases", request.getfixturevalue(name))


@contextlib.contextmanager
def _lent(databases: Databases, folder: Path, *, missing: bool = False) -> Iterator[Locations]:
    """Lend any number of databases by name."""
    lend = databases.missing if missing else databases.empty
    with contextlib.ExitStack() as stack:

        @functools.cache
        def location(name: str) -> Location:
            return stack.enter_context(lend(folder, name))

        yield location


def _is_marked(request: pytest.FixtureRequest) -> bool:
    """Return whether a test starts where no database is yet."""
    return request.node.get_closest_marker("no_database") is not None


@pytest.fixture
def locations(
    databases: Databases, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Locations]:
    """Empty databases by name."""
    with _lent(databases, tmp_path, missing=_is_marked(request)) as found:
        yield found


@pytest.fixture
def location(locations: Locations) -> Location:
    """An empty database."""
    return locations("cards")


@pytest.fixture
def now() -> str:
    """Return the time of the clock for `store`; a module overrides it with its own."""
    return NOW


@pytest.fixture
def locale() -> Locale:
    """Return the locale of `store`; a module overrides it with its own."""
    return Locale("GB", "GBP", "")


@pytest.fixture
def empty_store(
    location: Location, locale: Locale, now: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """An empty database, open to ann."""
    monkeypatch.setenv("CARDCRM_NOW", now)
    with contextlib.closing(open_store(location, user="ann", create=True, locale=locale)) as opened:
        yield opened


@pytest.fixture
def store(empty_store: Store) -> Store:
    """Return the empty store; a module overrides this fixture to fill it."""
    return empty_store


@pytest.fixture(scope="module")
def shared_locations(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Locations]:
    """Empty databases by name, for all tests of a module."""
    with _lent(databases, tmp_path_factory.mktemp("databases")) as found:
        yield found


@pytest.fixture(scope="session")
def temporary_store(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., contextlib.AbstractContextManager[Store]]:
    """Open one empty database after another, for the examples of a property."""
    folder = tmp_path_factory.mktemp("examples")
    numbers = itertools.count()

    @contextlib.contextmanager
    def opened(**options: Any) -> Iterator[Store]:
        with (
            databases.empty(folder, f"example{next(numbers)}") as location,
            contextlib.closing(open_store(location, create=True, **options)) as store,
        ):
            yield store

    return opened


@pytest.fixture
def server_locations(
    server_databases: ServerDatabases, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Locations]:
    """Empty databases by name, on the server alone."""
    with _lent(server_databases, tmp_path, missing=_is_marked(request)) as found:
        yield found


@pytest.fixture
def server_location(server_locations: Locations) -> str:
    """An empty database on the server."""
    return str(server_locations("cards"))
