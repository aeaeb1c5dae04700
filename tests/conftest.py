"""What all tests share: both engines, one server for them all, and patience for busy machines.

A test that takes `place` (or a `store` made there) runs twice: on a file and on a server. Where no
server is found the second half is left out, which the last lines say; in CI that is a failure.
"""

import contextlib
import fcntl
import importlib.util
import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

Places = Callable[[str], "Path | str"]


@pytest.fixture(autouse=True)
def own_zone() -> None:
    """The system's zone as TZ has it now: a fixture that is over may have left its own behind."""
    time.tzset()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What is asked of servers from now on: the statements of each trip there and back."""
    psycopg = pytest.importorskip("psycopg")
    execute, pipeline = psycopg.Cursor.execute, psycopg.Connection.pipeline
    asked: list[list[str]] = []

    def told(cursor, query, *rest, **words):
        if cursor.connection._pipeline is None:
            asked.append([])
        asked[-1].append(str(query))
        return execute(cursor, query, *rest, **words)

    def together(db):
        asked.append([])
        return pipeline(db)

    monkeypatch.setattr(psycopg.Cursor, "execute", told)
    monkeypatch.setattr(psycopg.Connection, "pipeline", together)
    return asked


# Where the processes of one run find the server that the first of them has started.
_NOTE = "CARDCRM_TEST_SERVER"


def _server_module():
    """tests/server.py, which no test imports by its name."""
    if "cardcrm_test_server" not in sys.modules:
        path = Path(__file__).with_name("server.py")
        spec = importlib.util.spec_from_file_location("cardcrm_test_server", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules["cardcrm_test_server"] = module
        spec.loader.exec_module(module)
    return sys.modules["cardcrm_test_server"]


def _missing() -> str:
    """Why there is no server to test on; "" when there is one."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    if _server_module().programs() is None:
        return "no PostgreSQL server was found (initdb, pg_ctl)"
    return ""


def pytest_configure(config: pytest.Config) -> None:
    """Choose where the server will be noted, before other processes are started."""
    if _NOTE not in os.environ and not hasattr(config, "workerinput"):
        os.environ[_NOTE] = tempfile.mkdtemp(prefix="cardcrm-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, if any test has wanted one."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ.pop(_NOTE))
    with contextlib.suppress(FileNotFoundError):
        server = _read(folder / "server.json")
        _server_module().remove(server)
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say in the last lines when half of the tests had nothing to run on."""
    yield
    if _missing():
        terminalreporter.write_line(f"NOT TESTED ON POSTGRESQL: {_missing()}", red=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a run without a server has failed."""
    if os.environ.get("CI") == "true" and _missing() and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _read(path: Path):
    said = json.loads(path.read_text())
    return _server_module().Server(
        Path(said["bin"]), Path(said["data"]), said["port"], said["user"]
    )


@pytest.fixture(scope="session")
def server():
    """The one server of this run of the tests."""
    if _missing():
        pytest.skip(_missing())
    folder = Path(os.environ[_NOTE])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = folder / "server.json"
        if not note.exists():
            made = _server_module().make(_server_module().programs())
            note.write_text(
                json.dumps(
                    {"bin": str(made.bin), "data": str(made.data), "port": made.port,
                     "user": made.user}
                )
            )  # fmt: skip
        return _read(note)


@contextlib.contextmanager
def _places(engine: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Places]:
    """Places for boxes on one engine, each under a name; gone again afterwards."""
    if engine == "sqlite":
        yield lambda name: folder / f"{name}.db"
        return
    server = request.getfixturevalue("server")
    import psycopg

    schemas: dict[str, str] = {}
    with psycopg.connect(server.url, autocommit=True) as db:

        def place(name: str) -> str:
            if name not in schemas:
                schemas[name] = f"t{uuid.uuid4().hex[:20]}"
                db.execute(f"CREATE SCHEMA {schemas[name]}")
            return server.url_of("postgres", options=f"-csearch_path={schemas[name]}")

        yield place
        db.execute("SET lock_timeout = '2s'")
        for schema in schemas.values():
            with contextlib.suppress(psycopg.errors.LockNotAvailable):
                db.execute(f"DROP SCHEMA {schema} CASCADE")


ENGINES = ("sqlite", "postgresql")


@pytest.fixture(params=ENGINES)
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Places]:
    """Gives places for boxes by name, first on files, then on a server."""
    with _places(request.param, tmp_path, request) as found:
        yield found


@pytest.fixture
def place(places: Places) -> Path | str:
    """Where the test's box is to be: a path, then the address of a server."""
    return places("cards")


@pytest.fixture(scope="module", params=ENGINES)
def shared_places(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Places]:
    """The same, for a box that all tests of a module read."""
    with _places(request.param, tmp_path_factory.mktemp("boxes"), request) as found:
        yield found


@pytest.fixture
def server_places(server, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Places]:
    """Places on the server alone, by name."""
    with _places("postgresql", tmp_path, request) as found:
        yield found


@pytest.fixture
def server_place(server_places: Places) -> str:
    """A place on the server alone."""
    return str(server_places("cards"))
