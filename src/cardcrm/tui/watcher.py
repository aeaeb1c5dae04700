"""The lookout: sees what others change, and whether the box can be read at all.

Trouble with the box is told once and stands in the first line until it is over; then all that is
shown is read anew, and the cursor stays where it was.
"""

import os
import signal
from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.errors import StorageError
from cardcrm.tui.tasks import begin
from cardcrm.tui.widgets.header_footer import Top

if TYPE_CHECKING:
    import datetime as dt

    from cardcrm.tui.app import CardApp

EVERY = 1.0  # seconds between two looks


class Lookout:
    """Looks again and again. ``trouble`` says what is wrong with the box; "" when it is well."""

    def __init__(self, app: "CardApp") -> None:
        self._app = app
        self.trouble = ""
        self._day: dt.date | None = None
        self._is_looking = False

    def look(self) -> None:
        """Look once, unless the last look still waits for its answer."""
        if not self._app.is_headless and not os.isatty(0):
            self._app.exit(return_code=128 + signal.SIGHUP)  # the terminal has gone
        elif not self._is_looking:
            self._is_looking = True
            begin(self._app, self._look, group="poll")

    async def _look(self) -> None:
        desk = self._app.desk
        try:
            changed = await desk.is_changed()
            today = dates.today(desk.locale.zone)
            turned, self._day = self._day not in (None, today), today
            if self.trouble:
                await self._come_back()
            elif changed or turned:
                self._app.changed()
        except StorageError as error:
            self.lose(error)
        finally:
            self._is_looking = False

    def lose(self, error: StorageError) -> None:
        """Tell that the box cannot be read, once until it can."""
        if self.trouble:
            return
        self.trouble = error.message
        self._app.tell(error)
        self._show()

    async def _come_back(self) -> None:
        """It answers again: that is believed when the page has been read. Raises StorageError."""
        if self._app.page is not None:
            await self._app.page.read_anew()
        self.trouble = ""
        self._show()
        self._app.clear_notifications()  # among them what was wrong
        self._app.say(f"{self._app.box} can be read again")
        self._app.changed()

    def _show(self) -> None:
        for page in self._app.pages():
            page.query_one(Top).refresh()
