"""The parts of the app that pages, forms, widgets and jobs may use.

Only `cardcrm.tui.app` imports the pages. All other modules depend on this protocol, so no module
points back at the app.
"""

from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from typing import Any, Protocol, cast, runtime_checkable

from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import AwaitMount

from cardcrm.errors import CardcrmError, StorageError
from cardcrm.store import Locale
from cardcrm.tui.key_buffer import KeyBuffer
from cardcrm.tui.worker import DatabaseWorker


class AppContext(Protocol):
    """The app as its pages, forms and widgets see it."""

    database: DatabaseWorker
    key_buffer: KeyBuffer
    database_name: str
    days_ahead: int  # how far the day's list looks ahead
    open_command: str
    pending_saves: int  # forms put aside until their changes can be written
    is_leaving: bool

    @property
    def locale(self) -> Locale:
        """The database's region, currency and time zone."""

    @property
    def is_plain(self) -> bool:
        """Return whether color must carry no meaning."""

    @property
    def is_on_page(self) -> bool:
        """Return whether no form or question covers the page."""

    @property
    def has_history(self) -> bool:
        """Return whether there is a page or contact to go back to."""

    @property
    def connection_error(self) -> str:
        """The reason why the database cannot be read; "" if it can."""

    @property
    def screen(self) -> Screen[Any]:
        """The active screen."""

    # messages

    def show_message(self, text: str, timeout: float = ...) -> None:
        """Show a notice about something that was done."""

    def show_error(self, error: CardcrmError) -> None:
        """Show an error with its remedy."""

    def show_connection_error(self, error: StorageError) -> None:
        """Show once, until it is over, that the database cannot be read."""

    def errors_shown(self) -> AbstractContextManager[None]:
        """Return a context manager that shows errors while reading instead of raising them."""

    # work

    def start(self, work: Coroutine[Any, Any, Any], group: str = ...) -> None:
        """Run work in the background and show its errors."""

    def start_opening(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run work that opens a screen; keys typed meanwhile go to that screen."""

    async def change(self, command: str, act: Callable[[Any], Any]) -> Any:
        """Make a change and refresh the page. Raises what the change raises."""

    def refresh_data(self) -> None:
        """Read the visible page again, and other pages when they are shown next."""

    def show_progress(self) -> None:
        """Show the progress of the long job on the page."""

    def hide_progress(self) -> None:
        """Remove the progress line from all pages."""

    # moving around

    def go_to_contact(self, contact_id: int) -> None:
        """Show a contact; `go_back` returns to the current page."""

    def open_contact(self, contact_id: int) -> None:
        """Show a contact in the contact list."""

    def go_back(self) -> None:
        """Return to the contact or page before the last `go_to_contact`."""

    def key_of(self, id_: str) -> str:
        """Return the key of an action, as the user has set it."""

    # Textual's own

    def push_screen(self, screen: Screen[Any]) -> AwaitMount:
        """Show a form or question above the page."""

    def set_timer(self, delay: float, callback: Callable[[], Any]) -> Timer:
        """Call a function after some seconds."""

    def copy_to_clipboard(self, text: str) -> None:
        """Copy text to the terminal's clipboard."""

    def suspend(self) -> AbstractContextManager[None]:
        """Return a context manager that gives the terminal to another program."""


@runtime_checkable
class DeferrableForm(Protocol):
    """A form that can be put aside while its change waits for a long job."""

    heading: str

    @property
    def is_changed(self) -> bool:
        """Return whether the form holds text that is not saved."""

    def put_aside(self) -> None:
        """Hide the form while its change waits."""

    async def come_back(self) -> None:
        """Show the form again, once no other form is open."""

    def as_text(self) -> str:
        """Return the form's labels and values as text."""


@runtime_checkable
class AsksBeforeClosing(Protocol):
    """A form or question that may refuse to be closed when the user quits."""

    async def may_close(self) -> bool:
        """Return whether the screen may be closed, after asking if text would be lost."""


def context_of(node: MessagePump) -> AppContext:
    """Return the context of a widget or screen."""
    return cast("AppContext", node.app)
