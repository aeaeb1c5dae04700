"""The app: its screens, its looks, and the few things that are the same on all of them.

It is made the same way for the shell and for the tests: from a desk, which has the box.
"""

import contextlib
import os
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen

from cardcrm.errors import (
    AmbiguousError,
    CardError,
    NotFoundError,
    StorageError,
    UsageError,
)
from cardcrm.text import clean
from cardcrm.tui import keys, recovery, shutdown
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.key_buffer import Held
from cardcrm.tui.sanitize import Safe
from cardcrm.tui.screens.page import Page
from cardcrm.tui.screens.today import Today
from cardcrm.tui.tasks import begin
from cardcrm.tui.watcher import EVERY, Lookout
from cardcrm.tui.worker import Desk

if TYPE_CHECKING:
    from cardcrm.store.journal import Step

_OTHERS = {
    "cards": ("contacts", "Cards"),
    "value": ("value", "ValuePage"),
    "journal": ("journal", "JournalPage"),
}
_SAFE = Safe()
PATIENCE = 0.5  # seconds in which a key that opens a form has begun to


def _screen(name: str) -> Callable[[], Screen[Any]]:
    """A screen that is loaded when it is first gone to."""

    def make() -> Screen[Any]:
        import importlib

        module_name, class_name = _OTHERS[name]
        module = importlib.import_module(f"cardcrm.tui.screens.{module_name}")
        return cast("Screen[Any]", getattr(module, class_name)())

    return make


class CardApp(App[None], inherit_bindings=False):
    """The screen. ``fault`` is what ended it, if it was no wish to leave."""

    TITLE = "cardcrm"
    CSS = tui_theme.CSS
    MODES: ClassVar[dict[str, Any]] = {name: _screen(name) for name in _OTHERS}
    DEFAULT_MODE = "today"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("app"),
        Binding("ctrl+c,ctrl+q", "leave", "leave", show=False, priority=True),
    ]

    def __init__(
        self,
        desk: Desk,
        *,
        box: str = "",
        theme: str = "dark",
        keymap: Mapping[str, str] | None = None,
        open_command: str = "",
        ahead: int = 7,
    ) -> None:
        super().__init__()
        self.desk = desk
        self.box = box
        self.open_command = open_command
        self.ahead = ahead
        self.fault: CardError | None = None
        self.writing = 0  # forms that were put aside while what is in them waits to be written
        self.is_leaving = False
        self.is_ending = False
        self.unsaved = ""  # what is to be said on the terminal of what was written and not saved
        self.trail: list[tuple[str, int | None]] = []
        self._keymap_wanted = dict(keymap or {})
        self.lookout = Lookout(self)
        self.held = Held(self._deal, lambda: self.screen)
        self.no_color = bool(os.environ.get("NO_COLOR"))
        for each in tui_theme.THEMES:
            self.register_theme(each)
        self.theme = theme if theme in tui_theme.NAMES else tui_theme.NAMES[0]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours that only our themes name."""
        return dict(tui_theme.DEFAULTS)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, and one that lets nothing through that steers the terminal."""
        return [*super().get_line_filters(), _SAFE]

    def get_default_screen(self) -> Today:
        """Today. As a mode from the start it would have all styles parsed once more for it."""
        return Today()

    def on_mount(self) -> None:
        """Set the user's keys, heed signals, and begin to look for changes by others."""
        self.add_mode("today", Today)
        self._set_keys()
        shutdown.heed_signals(self)
        self.set_interval(EVERY, self.lookout.look)
        if recovery.place().exists():
            self.say(f"what you wrote and did not save last time stands in {recovery.place()}")

    def _set_keys(self) -> None:
        known = {}
        for each, wanted in self._keymap_wanted.items():
            try:
                keys.check(each)
            except UsageError as error:
                self.tell(error)
            else:
                known[each] = wanted
        self.set_keymap(known)

    def end(self, code: int) -> None:
        """Leave without being able to ask; at the second time at once."""
        shutdown.end(self, code)

    @property
    def is_plain(self) -> bool:
        """Whether colour may say nothing here."""
        return self.theme == "plain" or self.no_color

    # telling

    def say(self, words: str) -> None:
        """A word about what was done."""
        self.notify(clean(words), timeout=4, markup=False)

    def tell(self, error: CardError) -> None:
        """What is wrong, in the one place for that."""
        words = clean(error.message)
        if isinstance(error, NotFoundError) and error.near:
            words += f"\nDid you mean {clean(', '.join(error.near))}?"
        if isinstance(error, AmbiguousError):
            words += "".join(f"\n{id_} {clean(name)}" for id_, name, _ in error.candidates[:5])
        if error.hint:
            words += f"\n{clean(error.hint)}"
        self.notify(words, severity="error", timeout=8, markup=False)

    @contextlib.contextmanager
    def telling(self) -> Iterator[None]:
        """Tell of what goes wrong while something is read; of a box that cannot be, only once."""
        try:
            yield
        except StorageError as error:
            self.lookout.lose(error)
        except CardError as error:
            self.tell(error)

    def start(self, work: Coroutine[Any, Any, Any], group: str = "work") -> None:
        """Do something that takes a while without holding up the keys."""
        begin(self, self._guarded, work, group=group, exclusive=False)

    def open(self, work: Coroutine[Any, Any, Any]) -> None:
        """Like `start`, for what opens a form: what is typed from now on is written into it."""
        self.start(self.held.during(work, self.call_later))

    async def on_event(self, event: events.Event) -> None:
        """What happens, but for keys that wait for a form."""
        if not self.held.takes(event):
            await self._deal(event)

    async def _deal(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._opens(event):
                self.held.expect()
                self.set_timer(PATIENCE, self.held.give_up)
            self._hold_while_saving(event)
        await super().on_event(event)

    def _hold_while_saving(self, event: events.Key) -> None:
        """What is pressed after the key that saves a form is not written into it any more."""
        saves = getattr(self.screen, "saves_with", None)
        if saves is not None and saves(event.key):
            self.held.saving(self.screen)
            self.set_timer(PATIENCE, self.screen.let_go)  # type: ignore[attr-defined]

    def _opens(self, event: events.Key) -> bool:
        """Whether a key opens a form on the page one is on."""
        if not isinstance(self.screen, Page):
            return False
        if self.focused is not None and self.focused.check_consume_key(event.key, event.character):
            return False
        active = self.screen.active_bindings.get(event.key)
        return active is not None and active.enabled and active.binding.id in keys.OPENING

    async def _guarded(self, work: Awaitable[Any]) -> None:
        try:
            await work
        except CardError as error:
            self.tell(error)

    def _handle_exception(self, error: Exception) -> None:
        """Whatever else goes wrong ends the screen in good order; where it happened is kept."""
        if self.is_headless or self.fault is not None:
            super()._handle_exception(error)
            return
        self.fault = shutdown.fault(error)
        recovery.keep(self)
        self.exit(return_code=1)

    # what others change

    def changed(self) -> None:
        """Read anew what is shown; the other screens do so when they are gone to."""
        for page in self.pages():
            page.is_stale = True
        if self.page is not None:
            self.page.freshen()

    def pages(self) -> Iterator[Page]:
        """The pages that have been gone to."""
        for name in ("today", *self.MODES):
            for screen in self._screen_stacks.get(name, ()):
                if isinstance(screen, Page):
                    yield screen

    @property
    def page(self) -> Page | None:
        """The page one is on, perhaps under a form."""
        return next((each for each in self.screen_stack if isinstance(each, Page)), None)

    async def change(self, command: str, act: Callable[[Any], Any]) -> Any:
        """Make a change, and read anew what is shown. Raises what the change raises.

        While long work has the box it waits for its turn.
        """
        if self.desk.job is not None:
            from cardcrm.tui import jobs

            await jobs.turn(self)
        result = await self.desk.change(command, act)
        self.changed()
        return result

    # going about

    def action_show(self, mode: str) -> None:
        """Go to a screen; what is pressed at once is for that one."""
        if isinstance(self.screen, Page):
            self.open(self._show(mode))

    async def _show(self, mode: str) -> None:
        if mode != self.current_mode:
            await self.switch_mode(mode)

    def action_find(self) -> None:
        """Go to the search box of the cards; what is typed at once is searched for."""
        if isinstance(self.screen, Page):
            self.open(self._find())

    async def _find(self) -> None:
        from cardcrm.tui.screens.contacts import Cards

        if self.current_mode != "cards":
            await self.switch_mode("cards")
        if isinstance(self.screen, Cards):
            self.screen.action_search()

    def go_to_card(self, contact_id: int) -> None:
        """Show a card in the drawer; `action_back` comes back to here."""
        page = self.page
        if page is None:
            return
        self.trail.append((self.current_mode, page.card.contact_id))
        self.open_card(contact_id)

    def open_card(self, contact_id: int) -> None:
        """Show a card in the drawer."""
        from cardcrm.tui.screens.contacts import Cards

        if self.current_mode != "cards":
            self.switch_mode("cards")

        def open_it() -> None:
            if isinstance(self.page, Cards):
                self.page.open_card(contact_id)

        self.call_later(open_it)

    def go_back(self) -> None:
        """Back to the card or screen one came from."""
        if not self.trail:
            self.say("this is where you began")
            return
        mode, contact_id = self.trail.pop()
        if mode == "cards" and contact_id is not None:
            self.open_card(contact_id)
        else:
            self.action_show(mode)

    # what is the same everywhere

    def action_undo(self) -> None:
        """Take back the last change."""
        from cardcrm.store import journal

        self._step(journal.undo, "took back", "nothing to undo")

    def action_redo(self) -> None:
        """Do it again."""
        from cardcrm.store import journal

        self._step(journal.redo, "did again", "nothing to redo")

    def _step(self, act: "Callable[..., Step | None]", done: str, nothing: str) -> None:
        if isinstance(self.screen, Page):
            from cardcrm.tui import jobs

            try:
                jobs.take_step(self, act, done, nothing)
            except CardError as error:
                self.tell(error)

    def action_stop(self) -> None:
        """Stop the long work that is under way."""
        if self.desk.job is None:
            self.say("nothing is under way that could be stopped")
        else:
            self.desk.job.stop()

    def key_of(self, id_: str) -> str:
        """The key of an action as it is now, the user's own if they have set one."""
        key = next(each for each in keys.KEYS if each.id == id_)
        now = self._keymap.get(id_, key.keys).partition(",")[0]
        return self.get_key_display(Binding(now, "", ""))

    def action_press(self, key: str) -> None:
        """What a click on a key in the last line does."""
        self.simulate_key(key)

    def action_help(self) -> None:
        """The keys of the screen one is on."""
        from cardcrm.tui.screens.help import Help

        if isinstance(self.screen, Page):
            self.push_screen(Help(self.screen.here, self.screen.places))

    def action_next_theme(self) -> None:
        """Dark, light, plain."""
        names = tui_theme.NAMES
        self.theme = names[(names.index(self.theme) + 1) % len(names)]
        self.say(f"{self.theme}; to keep it: cardcrm config set theme {self.theme}")

    def action_leave(self) -> None:
        """Leave; a form that was changed asks first."""
        begin(self, shutdown.leave, self, group="leave")

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every action of the screen one is on, for the palette."""
        from cardcrm.tui import palette

        return palette.commands(self, screen if isinstance(screen, Page) else self.page)
