"""The Textual screen in a test: opened over a database, driven by keys, read as text."""

import asyncio
import contextlib
import time
import unicodedata
from collections.abc import AsyncIterator, Callable
from typing import Any

from textual import events
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot

from cardcrm.records import sample
from cardcrm.store import Locale, Store, open_store
from cardcrm.tui.app import CardApp
from cardcrm.tui.worker import DatabaseWorker
from tests.support.databases import Location

LOCALE = Locale(sample.REGION, sample.CURRENCY, "Europe/London")


def create_app(location: Location, *, wait: float = 5.0, **options: Any) -> CardApp:
    """Return the app on a database; ``wait`` is in seconds, for other writers."""

    def open_database() -> Store:
        return open_store(location, user=sample.USER, create=True, locale=LOCALE, wait=wait)

    return CardApp(DatabaseWorker(open_database), database_name="petal", **options)


def _key_event(key: str) -> events.Key:
    """Return the event of a key, which is named as in a binding, or is a character."""
    name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
    try:
        character = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(name, name)))
    except KeyError:
        character = key if len(key) == 1 else None
    return events.Key(name, character)


class ScreenPilot(Pilot[Any]):
    """Textual's pilot, which after each key waits until all that follows from it is done."""

    app: CardApp

    def __init__(self, app: CardApp) -> None:
        super().__init__(app)
        self.waits_for_jobs = True

    async def settle(self) -> None:
        """Wait until the app only waits for its user."""
        end = time.monotonic() + 30
        quiet = 0
        while quiet < 4 and time.monotonic() < end and not self.app._exit:
            await asyncio.sleep(0.004)
            self.app.screen._on_timer_update()  # lays out and paints; may call what waits for it
            quiet = 0 if self._is_busy() else quiet + 1

    def _is_busy(self) -> bool:
        app, screen = self.app, self.app.screen
        if screen._layout_required or screen._dirty_widgets or screen._callbacks:
            return True
        widgets = [app, screen, *screen.walk_children()]
        if any(not widget._message_queue.empty() for widget in widgets):
            return True
        is_dialog = hasattr(screen, "answer")  # its worker waits for the user
        return not is_dialog and any(map(self._is_awaited, app.workers))

    def _is_awaited(self, worker: Any) -> bool:
        is_job = worker.group in ("job", "save")
        return bool(worker.is_running) and (self.waits_for_jobs or not is_job)

    async def press(self, *keys: str) -> None:
        """Press keys, waiting after each."""
        for key in keys:
            await self.press_only(key)
            await self.settle()

    async def press_only(self, *keys: str) -> None:
        """Press keys without waiting for what follows from them."""
        for key in keys:
            self.app._driver.send_message(_key_event(key))
            await asyncio.sleep(0)
        await self._wait_for_screen()

    async def paste(self, text: str) -> None:
        """Insert a text at the cursor, all at once."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def look_for_changes(self) -> None:
        """Let the app look for others' changes; a look under way may have begun before them."""
        await self.settle()
        self.app.watcher.poll()
        await self.settle()

    async def wait_until(self, is_so: Callable[[], Any], seconds: float = 60) -> None:
        """Wait until a condition holds that `settle` does not know about, such as a save."""
        end = time.monotonic() + seconds
        while not is_so() and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        assert is_so()

    def text(self) -> str:
        """Return the text on the screen."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)

    @property
    def notices(self) -> list[str]:
        """The messages of all notices up to now."""
        return [each.message for each in self.app._notifications]


@contextlib.asynccontextmanager
async def running(
    app: CardApp, size: tuple[int, int] = (100, 30), **options: Any
) -> AsyncIterator[ScreenPilot]:
    """Run an app without a terminal; ``options`` are those of Textual's `run_test`."""
    try:
        async with app.run_test(size=size, **options):
            pilot = ScreenPilot(app)
            await pilot.settle()
            yield pilot
    finally:
        app.database.close()
