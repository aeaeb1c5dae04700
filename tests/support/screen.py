"""The Textual screen in a test: opened over a database, driven by keys, read as text."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

from textual import events
from textual.pilot import Pilot

from cardcrm.records import sample
from cardcrm.store import Locale, Store, open_store
from cardcrm.tui.app import CardApp
from cardcrm.tui.worker import Desk
from tests.support.databases import Location

LOCALE = Locale(sample.REGION, sample.CURRENCY, "Europe/London")


def create_app(location: Location, *, wait: float = 5.0, **options: Any) -> CardApp:
    """Return the app on a database; ``wait`` is in seconds, for other writers."""

    def open_database() -> Store:
        return open_store(location, user=sample.USER, create=True, locale=LOCALE, wait=wait)

    return CardApp(Desk(open_database), box="petal", **options)


class ScreenPilot(Pilot[Any]):
    """Textual's pilot, which after each key waits until all that follows from it is done."""

    app: CardApp

    def __init__(self, app: CardApp) -> None:
        super().__init__(app)
        self.waits_for_jobs = True

    async def settle(self) -> None:
        """Wait until the app only waits for its user."""
        end = time.monotonic() + 10
        quiet = 0
        while quiet < 4 and time.monotonic() < end:
            await asyncio.sleep(0.004)
            quiet = 0 if self._is_busy() else quiet + 1
        await self.pause()

    def _is_busy(self) -> bool:
        app = self.app
        widgets = [app, app.screen, *app.screen.walk_children()]
        if any(not widget._message_queue.empty() for widget in widgets):
            return True
        is_dialog = hasattr(app.screen, "answer")  # its worker waits for the user
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
        await super().press(*keys)

    async def paste(self, text: str) -> None:
        """Insert a text at the cursor, all at once."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def look_for_changes(self) -> None:
        """Let the app look for others' changes; a look under way may have begun before them."""
        await self.settle()
        self.app.lookout.look()
        await self.settle()

    def text(self) -> str:
        """Return what stands on the screen."""
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
        app.desk.close()
