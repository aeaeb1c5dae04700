"""The watcher for changes by others and for a lost database.

A lost connection is reported once and shown in the header until it is over. Then all pages are read
again, and the cursor stays where it was.
"""

import os
import signal
from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App

from cardcrm import dates
from cardcrm.errors import StorageError
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.context import AppContext

if TYPE_CHECKING:
    import datetime as dt

POLL_INTERVAL = 1.0  # seconds


class Pages(Protocol):
    """The pages, as seen by the watcher."""

    async def read_page_again(self) -> None:
        """Read the visible page. Raises StorageError if the database cannot be read."""

    def refresh_headers(self) -> None:
        """Draw the header of every page again."""


class ChangeWatcher:
    """Polls the database for changes. ``connection_error`` is empty while it can be read."""

    def __init__(self, app: App[Any], context: AppContext, pages: Pages) -> None:
        self._app = app
        self._context = context
        self._pages = pages
        self.connection_error = ""
        self._day: dt.date | None = None
        self._is_polling = False

    def poll(self) -> None:
        """Look for changes, unless the last poll still waits for its answer."""
        if not self._app.is_headless and not os.isatty(0):
            self._app.exit(return_code=128 + signal.SIGHUP)  # the terminal is gone
        elif not self._is_polling:
            self._is_polling = True
            start_task(self._app, self._poll, group="poll")

    async def _poll(self) -> None:
        try:
            has_changed = await self._context.database.has_changed()
            today = dates.today(self._context.locale.zone)
            is_new_day, self._day = self._day not in (None, today), today
            if self.connection_error:
                await self._recover()
            elif has_changed or is_new_day:
                self._context.refresh_data()
        except StorageError as error:
            self.report_loss(error)
        finally:
            self._is_polling = False

    def report_loss(self, error: StorageError) -> None:
        """Report once that the database cannot be read."""
        if self.connection_error:
            return
        self.connection_error = error.message
        self._context.show_error(error)
        self._pages.refresh_headers()

    async def _recover(self) -> None:
        """Declare the connection restored once the page has been read. Raises StorageError."""
        await self._pages.read_page_again()
        self.connection_error = ""
        self._pages.refresh_headers()
        self._app.clear_notifications()  # including the one about the loss
        self._context.show_message(f"{self._context.database_name} can be read again")
        self._context.refresh_data()
