"""The part of the app that pages, forms, widgets and jobs use.

Only `cardcrm.tui.app` imports the pages. All other modules depend on this class, so no module
points back at the app.
"""

import contextlib
import os
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from textual.app import App
from textual.binding import Binding
from textual.geometry import Region
from textual.message_pump import MessagePump
from textual.screen import ModalScreen

from cardcrm.errors import CardcrmError, StorageError
from cardcrm.store import Locale, Store
from cardcrm.text import sanitize
from cardcrm.tui import keys
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.key_buffer import KeyBuffer
from cardcrm.tui.messages import notice_text
from cardcrm.tui.worker import DatabaseWorker

T = TypeVar("T")


def _no_setting(_name: str) -> str:
    """Return no value, for an app without settings."""
    return ""


class AppContext(App[None], inherit_bindings=False):
    """The app without its pages.

    ``days_ahead`` is how far the day's list looks ahead, and ``alert_days`` for how many days an
    alert is shown. ``colleague_days`` is for how many days a call says what colleagues did.
    ``setting`` returns a setting of the user. ``pending_saves`` counts the forms that were put
    aside until their changes can be written. ``connection_error`` is the reason why the database
    cannot be read; "" if it can. ``history`` lists the pages and contacts to go back to.
    """

    def __init__(
        self,
        database: DatabaseWorker,
        *,
        database_name: str = "",
        theme: str = "dark",
        has_color: bool = True,
        open_command: str = "",
        days_ahead: int = 7,
        alert_days: int = 0,
        colleague_days: int = 7,
        setting: Callable[[str], str] = _no_setting,
    ) -> None:
        self.has_color = has_color
        super().__init__()
        self.database = database
        self.database_name = database_name
        self.open_command = open_command
        self.days_ahead = days_ahead
        self.alert_days = alert_days
        self.colleague_days = colleague_days
        self.setting = setting
        self.connection_error = ""
        self.pending_saves = 0
        self.history: list[tuple[str, int | None]] = []
        self.is_leaving = False
        self.key_buffer = KeyBuffer(self.deliver, lambda: self.screen)
        self.no_color = bool(os.environ.get("NO_COLOR"))
        for each in tui_theme.THEMES:
            self.register_theme(each)
        self.theme = theme if theme in tui_theme.NAMES else tui_theme.NAMES[0]
        if not has_color:
            self.theme = "plain"

    @property
    def locale(self) -> Locale:
        """The database's region, currency and time zone."""
        return self.database.locale

    @property
    def is_plain(self) -> bool:
        """Return whether color must carry no meaning."""
        return self.theme == "plain" or self.no_color

    @property
    def is_on_page(self) -> bool:
        """Return whether no form or question covers the page."""
        return not isinstance(self.screen, ModalScreen)

    def key_of(self, id_: str) -> str:
        """Return the key of an action, as the user has set it."""
        key = next(each for each in keys.KEYS if each.id == id_)
        first = self._keymap.get(id_, key.keys).partition(",")[0]
        return self.get_key_display(Binding(first, "", ""))

    # messages

    def show_message(self, text: str, timeout: float = 4) -> None:
        """Show a notice about something that was done."""
        self.notify(sanitize(text), timeout=timeout, markup=False)

    def refuse(self, text: str) -> None:
        """Show why a key opens no form; keys typed after it are for the page."""
        self.key_buffer.stop_expecting(self.call_later)
        self.show_message(text)

    def show_error(self, error: CardcrmError) -> None:
        """Show an error with its remedy."""
        self.notify(notice_text(error), severity="error", timeout=8, markup=False)

    def show_connection_error(self, error: StorageError) -> None:
        """Show once, until it is over, that the database cannot be read."""
        if not self.connection_error:
            self.connection_error = error.message
            self.show_error(error)
            self.refresh_headers()

    @contextlib.contextmanager
    def errors_shown(self) -> Iterator[None]:
        """Show errors while reading; a lost database is reported only once."""
        try:
            yield
        except StorageError as error:
            self.show_connection_error(error)
        except CardcrmError as error:
            self.show_error(error)

    # work

    def start(self, work: Coroutine[Any, Any, Any], group: str = "work") -> None:
        """Run work in the background and show its errors."""
        start_task(self, self._run_guarded, work, group=group, exclusive=False)

    async def _run_guarded(self, work: Awaitable[Any]) -> None:
        try:
            await work
        except CardcrmError as error:
            self.show_error(error)

    def start_opening(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run work that opens a screen; keys typed meanwhile go to that screen."""
        self.start(self.key_buffer.hold_during(work, self.call_later))

    async def deliver(self, event: Any) -> None:
        """Handle a key that does not have to wait."""
        raise NotImplementedError

    async def change(self, command: str, act: Callable[[Store], T], *, is_shown: bool = False) -> T:
        """Make a change and refresh the page; wait first if a long job changes the database.

        A page that shows the change before it is written, as ``is_shown`` says, is not read again.
        Raises what the change raises.
        """
        raise NotImplementedError

    # pages

    @property
    def list_region(self) -> Region:
        """The place of the page's list; empty if no card is shown with it."""
        raise NotImplementedError

    def refresh_data(self) -> None:
        """Read the visible page again, and other pages when they are shown next."""
        raise NotImplementedError

    async def read_page_again(self) -> None:
        """Read the visible page. Raises StorageError if the database cannot be read."""
        raise NotImplementedError

    def refresh_headers(self) -> None:
        """Draw the header of every page again."""
        raise NotImplementedError

    def show_progress(self) -> None:
        """Show the progress of the long job on the page."""
        raise NotImplementedError

    def hide_progress(self) -> None:
        """Remove the progress line from all pages."""
        raise NotImplementedError

    def open_records(self, noun: str, *, query: str = "", parent_id: int = 0) -> None:
        """Show the list of a noun, narrowed by a query, for the parts of the row ``parent_id``."""
        raise NotImplementedError

    def go_to_contact(self, contact_id: int) -> None:
        """Show a contact; `go_back` returns to the current page."""
        raise NotImplementedError

    def go_back(self) -> None:
        """Return to the contact or page before the last `go_to_contact`."""
        raise NotImplementedError


@runtime_checkable
class NarrowablePage(Protocol):
    """A page whose list can be narrowed from another page."""

    async def narrow(self, query: str, parent_id: int) -> None:
        """List what a query finds, for the parts of the row ``parent_id`` if it is not 0."""


@runtime_checkable
class HoldsText(Protocol):
    """A screen whose text must not be lost when the program is ended."""

    heading: str

    @property
    def is_changed(self) -> bool:
        """Return whether the screen holds text that is not saved."""

    def as_text(self) -> str:
        """Return the labels and values as text."""


@runtime_checkable
class DeferrableForm(HoldsText, Protocol):
    """A form that can be put aside while its change waits for a long job."""

    def put_aside(self) -> None:
        """Hide the form while its change waits."""

    async def come_back(self) -> None:
        """Show the form again, once no other form is open."""


@runtime_checkable
class FitsToPage(Protocol):
    """A form that takes a place on the page below."""

    def fit_to_page(self) -> None:
        """Take the place that the page has now."""


@runtime_checkable
class ReadsAgain(Protocol):
    """A screen above the page that shows what others change meanwhile."""

    def reload_soon(self) -> None:
        """Read again what is shown, in the background."""


@runtime_checkable
class AsksBeforeClosing(Protocol):
    """A form or question that may refuse to be closed when the user quits."""

    async def may_close(self) -> bool:
        """Return whether the screen may be closed, after asking if text would be lost."""


def context_of(node: MessagePump) -> AppContext:
    """Return the context of a widget or screen."""
    return cast("AppContext", node.app)
