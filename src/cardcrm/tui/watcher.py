"""The watcher for changes by others and for a lost database.

A lost connection is reported once and shown in the header until it is over. Then all pages are read
again, and the cursor stays where it was.
"""

import os
import signal
from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.errors import StorageError
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.context import AppContext

if TYPE_CHECKING:
    import datetime as dt

POLL_INTERVAL = 1.0  # seconds


class ChangeWatcher:
    """Polls the database for changes."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._day: dt.date | None = None
        self._is_polling = False

    def poll(self) -> None:
        """Look for changes, unless the last poll still waits for its answer."""
        if not self._context.is_headless and not os.isatty(0):
            self._context.exit(return_code=128 + signal.SIGHUP)  # the terminal is gone
        elif not self._is_polling:
            self._is_polling = True
            start_task(self._context, self._poll, group="poll")

    async def _poll(self) -> None:
        context = self._context
        try:
            if context.connection_error:
                await context.database.reopen_file()
            has_changed = await context.database.has_changed()
            today = dates.today(context.locale.zone)
            is_new_day, self._day = self._day not in (None, today), today
            if context.connection_error:
                await self._recover()
            elif has_changed or is_new_day:
                context.refresh_data()
        except StorageError as error:
            context.show_connection_error(error)
        finally:
            self._is_polling = False

    async def _recover(self) -> None:
        """Declare the connection restored once the page has been read. Raises StorageError."""
        context = self._context
        await context.read_page_again()
        context.connection_error = ""
        context.refresh_headers()
        context.clear_notifications()  # including the one about the loss
        context.show_message(f"{context.database_name} can be read again")
        context.refresh_data()
