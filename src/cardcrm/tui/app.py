"""The app: its pages, keys and messages, and the navigation between pages."""

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.geometry import NULL_REGION, Region
from textual.screen import Screen

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.store import Store
from cardcrm.tui import bulk_jobs, keys, recovery, shutdown
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.context import ReadsAgain
from cardcrm.tui.navigation import Navigation
from cardcrm.tui.sanitize import ColorFilter, ControlCharacterFilter
from cardcrm.tui.screens.page import Page
from cardcrm.tui.screens.today import TodayPage
from cardcrm.tui.watcher import POLL_INTERVAL, ChangeWatcher
from cardcrm.tui.worker import DatabaseWorker

if TYPE_CHECKING:
    from cardcrm.store.journal import Step

T = TypeVar("T")

_LATE_PAGES = {
    "contacts": "ContactsPage",
    "value": "ValuePage",
    "journal": "JournalPage",
    "insights": "InsightsPage",
    "deals": "DealsPage",
    "leads": "LeadsPage",
    "calls": "CallsPage",
    "inbox": "InboxPage",
    "cases": "CasesPage",
}
_CONTROL_CHARACTER_FILTER = ControlCharacterFilter()
_COLOR_FILTER = ColorFilter()
OPENING_WAIT = 0.5  # seconds within which a key that opens a form has run its action


def _page_loader(mode: str) -> Callable[[], Screen[Any]]:
    """Return a function that imports and makes a page when it is first shown."""

    def make() -> Screen[Any]:
        module = importlib.import_module(f"cardcrm.tui.screens.{mode}")
        return cast("Screen[Any]", getattr(module, _LATE_PAGES[mode])())

    return make


def _palette_provider() -> type[Any]:
    """Return the entries of the palette, which is imported when it is first opened."""
    from cardcrm.tui.palette import ActionProvider

    return ActionProvider


class CardApp(Navigation, inherit_bindings=False):
    """The app over one database.

    ``preset`` names a set of keys, and ``keymap`` gives further actions other keys.
    ``crash`` is the unexpected error that ended it, if one did. ``unsaved`` is the message about
    unsaved text to print after the end.
    """

    TITLE = "cardcrm"
    CSS = tui_theme.CSS
    MODES: ClassVar[dict[str, Any]] = {mode: _page_loader(mode) for mode in _LATE_PAGES}
    DEFAULT_MODE = "today"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[Any]] = {_palette_provider}
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("app"),
        Binding("ctrl+c,ctrl+q", "quit_app", "quit", show=False, priority=True),
    ]

    def __init__(
        self,
        database: DatabaseWorker,
        *,
        preset: str = "default",
        keymap: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(database, **options)
        self.crash: CardcrmError | None = None
        self.unsaved = ""
        self.is_ending = False
        self._keymap_wanted = {**keys.PRESETS[preset], **(keymap or {})}
        self.watcher = ChangeWatcher(self)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the variables that only our themes set."""
        return dict(tui_theme.DEFAULT_VARIABLES)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, and those for control characters and a lack of colors."""
        last = () if self.has_color else (_COLOR_FILTER,)
        return [*super().get_line_filters(), _CONTROL_CHARACTER_FILTER, *last]

    def get_default_screen(self) -> TodayPage:
        """Return the first page. As a mode from the start, its styles would be parsed twice."""
        return TodayPage()

    def on_mount(self) -> None:
        """Set the user's keys, handle signals, and start polling for changes."""
        self.add_mode("today", TodayPage)
        self._set_keys()
        if not self.is_headless:
            shutdown.handle_signals(self.end)
        self.set_interval(POLL_INTERVAL, self.watcher.poll)
        if recovery.recovery_file().exists():
            self.show_message(f"Unsaved text from last time: {recovery.recovery_file()}")

    def _set_keys(self) -> None:
        known = {}
        for id_, wanted in self._keymap_wanted.items():
            try:
                keys.check_id(id_)
            except UsageError as error:
                self.show_error(error)
            else:
                known[id_] = wanted
        self.set_keymap(known)

    # keys

    async def on_event(self, event: events.Event) -> None:
        """Handle an event, unless it is a key that has to wait for a form."""
        if not self.key_buffer.hold(event):
            await self.deliver(event)

    async def deliver(self, event: events.Event) -> None:
        """Handle an event, and hold the keys after one that opens or saves a form."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._opens_screen(event):
                expected = self.key_buffer.expect_screen()
                self.set_timer(OPENING_WAIT, partial(self.key_buffer.give_up, expected))
            self._hold_keys_while_saving(event)
        await super().on_event(event)

    def _hold_keys_while_saving(self, event: events.Key) -> None:
        """Keep keys that follow the one that saves a form from being written into it."""
        saves = getattr(self.screen, "is_saved_by", None)
        if saves is not None and saves(event.key):
            self.key_buffer.begin_save(self.screen)
            self.set_timer(OPENING_WAIT, self.screen.release_keys)  # type: ignore[attr-defined]

    def _opens_screen(self, event: events.Key) -> bool:
        """Return whether a key on the page opens a form."""
        if not self.is_on_page:
            return False
        if self.focused is not None and self.focused.check_consume_key(event.key, event.character):
            return False
        active = self.screen.active_bindings.get(event.key)
        return active is not None and active.enabled and active.binding.id in keys.OPENING_ACTIONS

    # changes

    async def change(self, command: str, act: Callable[[Store], T], *, is_shown: bool = False) -> T:
        """Make a change and refresh the page; wait first if a long job changes the database.

        A page that shows the change before it is written, as ``is_shown`` says, is not read again.
        Raises what the change raises.
        """
        if self.database.job is not None:
            await bulk_jobs.wait_for_turn(self)
        page = self.page if is_shown else None
        was_stale = page is not None and page.is_stale
        result = await self.database.change(command, act)
        self._mark_stale()
        if page is None or page is not self.page:
            self.refresh_data()
        else:
            page.is_stale = was_stale
        return result

    def refresh_data(self) -> None:
        """Read the visible page again, and other pages when they are shown next."""
        self._mark_stale()
        if self.page is not None:
            self.page.reload_soon()
        top = self.screen_stack[-1] if self.screen_stack else None  # none while the app closes
        if top is not self.page and isinstance(top, ReadsAgain):
            top.reload_soon()

    def _mark_stale(self) -> None:
        for page in self.pages():
            page.is_stale = True

    async def read_page_again(self) -> None:
        """Read the visible page. Raises StorageError if the database cannot be read."""
        if self.page is not None:
            await self.page.read_again()

    def refresh_headers(self) -> None:
        """Draw the header of every page again."""
        for page in self.pages():
            page.header.refresh()

    def show_progress(self) -> None:
        """Show the progress of the long job on the page."""
        if self.database.job is not None and self.page is not None:
            self.page.show_progress()

    def hide_progress(self) -> None:
        """Remove the progress line from all pages."""
        for page in self.pages():
            page.hide_progress()

    def pages(self) -> Iterator[Page]:
        """Yield the pages that have been shown."""
        for stack in self._screen_stacks.values():
            yield from (screen for screen in stack if isinstance(screen, Page))

    @property
    def page(self) -> Page | None:
        """The current page, perhaps below a form."""
        return next((each for each in self.screen_stack if isinstance(each, Page)), None)

    @property
    def list_region(self) -> Region:
        """The place of the page's list; empty if no card is shown with it."""
        return self.page.list_region if self.page is not None else NULL_REGION

    # navigation

    def action_show(self, mode: str) -> None:
        """Show a page; keys typed meanwhile are for that page."""
        if self.is_on_page:
            self.start_opening(self._show(mode))

    async def _show(self, mode: str) -> None:
        if mode != self.current_mode:
            await self.switch_mode(mode)

    def go_to_contact(self, contact_id: int) -> None:
        """Show a contact; `go_back` returns to the current page."""
        page = self.page
        if page is None:
            return
        self.history.append((self.current_mode, page.card.contact_id))
        self.open_contact(contact_id)

    def open_contact(self, contact_id: int) -> None:
        """Show a contact in the contact list; keys typed meanwhile are for that contact."""
        self.start_opening(self._open_contact(contact_id))

    async def _open_contact(self, contact_id: int) -> None:
        from cardcrm.tui.screens.contacts import ContactsPage

        await self._show("contacts")
        if isinstance(self.page, ContactsPage):
            await self.page.open_contact(contact_id)

    def go_back(self) -> None:
        """Return to the contact or page before the last `go_to_contact`."""
        if not self.history:
            self.show_message("Nothing to go back to")
            return
        mode, contact_id = self.history.pop()
        if mode == "contacts" and contact_id is not None:
            self.open_contact(contact_id)
        else:
            self.action_show(mode)

    # actions of all pages

    def action_undo(self) -> None:
        """Undo the last change."""
        from cardcrm.store import journal

        self._step_through_history(journal.undo, "undo", "Undone")

    def action_redo(self) -> None:
        """Redo the last undone change."""
        from cardcrm.store import journal

        self._step_through_history(journal.redo, "redo", "Redone")

    def _step_through_history(
        self, act: "Callable[..., Step | None]", verb: str, done: str
    ) -> None:
        if self.is_on_page:
            self.clear_notifications()  # “u undoes it” is no longer true
            try:
                bulk_jobs.step_through_history(self, act, verb, done)
            except CardcrmError as error:
                self.show_error(error)

    def action_stop(self) -> None:
        """Stop the long job in progress."""
        if self.database.job is None:
            self.show_message("Nothing in progress to stop")
        else:
            self.database.job.stop()

    def action_press(self, key: str) -> None:
        """Press a key that was clicked in the footer."""
        self.simulate_key(key)

    def action_help(self) -> None:
        """Show the keys of the page."""
        from cardcrm.tui.screens.help import HelpScreen

        if isinstance(self.screen, Page):
            self.push_screen(HelpScreen(self.screen.mode_name, self.screen.scopes))

    def action_next_theme(self) -> None:
        """Switch to the next theme: dark, light, plain."""
        names = tui_theme.NAMES
        self.theme = names[(names.index(self.theme) + 1) % len(names)]
        self.show_message(f"Theme {self.theme}; to keep it: cardcrm config set theme {self.theme}")

    def palette_page(self) -> tuple[Page | None, tuple[str, ...]]:
        """Return the current page, and the parts of the screen that it has."""
        page = self.page
        return page, page.scopes if page is not None else ("app",)

    def run_on_page(self, mode: str, action: str) -> None:
        """Show a page and run one of its actions there."""

        async def show_and_run() -> None:
            await self._show(mode)
            if self.page is not None:
                await self.page.wait_until_read()
                await self.run_action(action, self.page)

        self.start_opening(show_and_run())

    # the end

    def action_quit_app(self) -> None:
        """Quit, after asking about unsaved text and a long job."""
        start_task(self, self._quit, group="quit")

    async def _quit(self) -> None:
        if await shutdown.may_quit(self):
            self.exit()
            self.is_leaving = False

    def end(self, code: int) -> None:
        """Exit without asking, after pending saves; at the second call, at once."""
        if self.is_ending or not (self.pending_saves or len(self.screen_stack) > 1):
            self.exit(None, code)
            return
        self.is_ending = True
        if self.database.job is not None:
            self.database.job.stop()  # now: the job may be done before the task starts
        start_task(self, self._end, code, group="end")

    async def _end(self, code: int) -> None:
        await recovery.wait_for_pending_saves(self)
        self.save_open_forms()
        self.exit(None, code)

    def save_open_forms(self) -> None:
        """Keep the text of changed forms in the recovery file."""
        self.unsaved = recovery.save_open_forms(self) or self.unsaved

    def _handle_exception(self, error: Exception) -> None:
        """End the app in good order after an unexpected error, and keep its traceback."""
        if self.is_headless or self.crash is not None:
            super()._handle_exception(error)
            return
        self.crash = shutdown.describe_crash(error)
        self.save_open_forms()
        self.exit(return_code=1)
