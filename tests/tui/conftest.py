"""The screen in a test: the sample shop on a fixed day, driven by keys, on both engines."""

import asyncio
import contextlib
import shutil
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ENGINES
from textual import events

from cardcrm.records import sample, settings
from cardcrm.store import Locale, Store, open_store
from cardcrm.tui.app import CardApp
from cardcrm.tui.worker import Desk

NOW = "2026-11-21T10:00"
LOCALE = Locale(sample.REGION, sample.CURRENCY, "Europe/London")


@pytest.fixture(autouse=True)
def fixed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CARDCRM_NOW", NOW)
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("TZ", "Europe/London")
    monkeypatch.setenv("HOSTNAME", "shop")
    for name in ("CARDCRM_DB", "NO_COLOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    time.tzset()


def _fill(place: Path | str) -> None:
    """Make the sample shop there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDCRM_NOW", NOW)
        patch.setenv("TZ", "Europe/London")
        time.tzset()
        store = open_store(place, user=sample.KEEPER, create=True, locale=LOCALE)
        settings.found(store, LOCALE.region, LOCALE.currency)
        sample.fill(store)
        store.engine.execute("UPDATE step SET host = 'shop'", {})
        store.close()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample shop, made once."""
    path = tmp_path_factory.mktemp("shop") / "petal.db"
    _fill(path)
    return path


@pytest.fixture(scope="session")
def server_shop(server: Any) -> Iterator[str]:
    """The same on a server: a database that others are copied from."""
    with _database(server) as name:
        _fill(server.url_of(name))
        yield name


@contextlib.contextmanager
def _database(server: Any, template: str = "template1") -> Iterator[str]:
    """A database of a name of its own, gone again afterwards."""
    import psycopg

    name = f"petal_{uuid.uuid4().hex[:16]}"
    with psycopg.connect(server.url, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield name
    with psycopg.connect(server.url, autocommit=True) as db:
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        with contextlib.suppress(psycopg.errors.ObjectInUse):
            db.execute(f"DROP DATABASE {name}")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Every test of the screen runs on a file, then on a server."""
    found: str = request.param
    return found


@pytest.fixture
def box(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path | str]:
    """A copy of the shop to change: a file, or the address of a database."""
    if engine == "sqlite":
        yield Path(shutil.copy(request.getfixturevalue("shop"), tmp_path / "petal.db"))
        return
    server = request.getfixturevalue("server")
    with _database(server, request.getfixturevalue("server_shop")) as name:
        yield server.url_of(name)


@pytest.fixture
def store(box: Path | str) -> Any:
    """The same box, open to somebody else: what a colleague or cron would see and do."""
    opened = open_store(box, user="colleague", locale=LOCALE)
    yield opened
    opened.close()


def app_of(box: Path | str, *, wait: float = 5.0, **wishes: Any) -> CardApp:
    """The screen over a box; ``wait`` is in seconds, for others who write."""

    def open_it() -> Store:
        return open_store(box, user=sample.KEEPER, create=True, locale=LOCALE, wait=wait)

    return CardApp(Desk(open_it), box="petal", **wishes)


class Hands:
    """Somebody at the screen."""

    def __init__(self, pilot: Any) -> None:
        self.pilot = pilot
        self.app: CardApp = pilot.app
        self.awaits_jobs = True

    async def settle(self) -> None:
        """Wait until nothing is being done but waiting for an answer."""
        end = time.monotonic() + 10
        quiet = 0
        while quiet < 4 and time.monotonic() < end:
            await asyncio.sleep(0.004)
            quiet = 0 if self._is_busy() else quiet + 1
        await self.pilot.pause()

    def _is_busy(self) -> bool:
        app = self.app
        pumps = [app, app.screen, *app.screen.walk_children()]
        asked = hasattr(app.screen, "answer")  # a slip that waits for one
        return any(not pump._message_queue.empty() for pump in pumps) or (
            not asked and any(map(self._counts, app.workers))
        )

    def _counts(self, worker: Any) -> bool:
        """Whether a worker is to be waited for."""
        return bool(worker.is_running) and (self.awaits_jobs or worker.group not in ("job", "save"))

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def look(self) -> None:
        """Let the screen look for what others did; one look may have begun before they did it."""
        await self.settle()
        self.app.lookout.look()
        await self.settle()

    async def write(self, text: str) -> None:
        """Put a text where the cursor is, all at once."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    def text(self) -> str:
        """What stands on the screen."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)

    @property
    def notices(self) -> list[str]:
        return [note.message for note in self.app._notifications]


Script = Callable[[Hands], Awaitable[None]]


@pytest.fixture
def drive(box: Path | str) -> Callable[..., None]:
    """Run a script of keys on the screen over the box."""

    def run(script: Script, size: tuple[int, int] = (100, 30), **wishes: Any) -> None:
        async def session() -> None:
            app = app_of(box, **wishes)
            try:
                async with app.run_test(size=size) as pilot:
                    hands = Hands(pilot)
                    await hands.settle()
                    await script(hands)
            finally:
                app.desk.close()

        asyncio.run(session())

    return run
