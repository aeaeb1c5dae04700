"""The sample shop on a fixed day, for tests of the screen.

There is no SQL in tui/, so a test of the screen runs on SQLite alone, unless it is marked
``engines("sqlite", "postgresql")``: one test of each screen, form and kind of action, and all about
others' changes, lost connections and races.
"""

import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from cardcrm.records import sample
from cardcrm.store import Store, open_store, settings
from cardcrm.tui import search_controller
from cardcrm.tui.screens import today
from tests.support.databases import Location, ServerDatabases
from tests.support.screen import LOCALE, ScreenPilot, create_app, running

NOW = "2026-11-21T10:00"

OpenApp = Callable[..., AbstractAsyncContextManager[ScreenPilot]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of the screen on the engines it is marked with."""
    marker = metafunc.definition.get_closest_marker("engines")
    if marker and "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", marker.args, indirect=True)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Fix the day and the place; read no settings."""
    monkeypatch.setenv("CARDCRM_NOW", NOW)
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("TZ", "Europe/London")
    monkeypatch.setenv("HOSTNAME", "shop")
    for name in ("CARDCRM_DB", "NO_COLOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    time.tzset()
    # The screen reads at once all that it otherwise reads after a pause in typing.
    monkeypatch.setattr(search_controller, "COUNT_DELAY", 0.01)
    monkeypatch.setattr(search_controller, "PAINT_PAUSE", 0.005)
    monkeypatch.setattr(today, "READ_ON_DELAY", 0.01)


def fill_shop(location: Location) -> None:
    """Create the sample shop."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDCRM_NOW", NOW)
        patch.setenv("TZ", "Europe/London")
        time.tzset()
        store = open_store(location, user=sample.USER, create=True, locale=LOCALE)
        settings.initialize(store, LOCALE.region, LOCALE.currency)
        sample.fill(store)
        store.engine.execute("UPDATE step SET host = 'shop'", {})
        store.close()


@pytest.fixture(scope="session")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample shop in a file, which tests copy."""
    path = tmp_path_factory.mktemp("shop") / "petal.db"
    fill_shop(path)
    return path


@pytest.fixture(scope="session")
def shop_template(server_databases: ServerDatabases) -> Iterator[str]:
    """The name of a server's database with the sample shop, which tests clone."""
    with server_databases.cloned("template1") as name:
        fill_shop(server_databases.server.url_of(name))
        yield name


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the engine the test runs on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def shop(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Location]:
    """A copy of the sample shop to change."""
    if engine == "sqlite":
        yield Path(shutil.copy(request.getfixturevalue("shop_file"), tmp_path / "petal.db"))
        return
    databases: ServerDatabases = request.getfixturevalue("server_databases")
    with databases.cloned(request.getfixturevalue("shop_template")) as name:
        yield databases.server.url_of(name)


@pytest.fixture
def store(shop: Location) -> Iterator[Store]:
    """The same shop, open to a colleague."""
    with contextlib.closing(open_store(shop, user="colleague", locale=LOCALE)) as opened:
        yield opened


@pytest.fixture
def open_app(shop: Location) -> OpenApp:
    """Open the app on the shop; ``options`` are those of `CardApp`."""

    @contextlib.asynccontextmanager
    async def opened(
        size: tuple[int, int] = (100, 30), **options: Any
    ) -> AsyncIterator[ScreenPilot]:
        async with running(create_app(shop, **options), size) as pilot:
            yield pilot

    return opened
