"""The search for everything: records of all nouns and actions, with a preview of the selected."""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import WorkerCancelled, WorkerFailed

from cardcrm.errors import CardcrmError
from cardcrm.records.search import everything
from cardcrm.records.search.everything import Found
from cardcrm.records.search.search_rank import Rank
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.context import AppContext, context_of
from cardcrm.tui.palette import Entry
from cardcrm.tui.widgets.card_view import CardView
from cardcrm.tui.widgets.found_list import ACTION, FoundList, Item, arrange
from cardcrm.tui.widgets.line_input import LineInput
from cardcrm.tui.widgets.line_list import LineList
from cardcrm.tui.widgets.record_preview import RecordPreview

FIRST_WAIT = 0.05  # seconds after which contacts are shown without the records still looked for
PREVIEW_DELAY = 0.08  # seconds without a key after which the preview is read
MOST_ACTIONS = 5
_ACTION_RANKS = ((1.0, Rank.BEGIN), (0.7, Rank.PART), (0.4, Rank.ELSEWHERE))  # by least score
_KEYS = "↑↓ select · Enter open · Esc close"


class SearchScreen(ModalScreen[Item | None]):
    """One line to type in, what it finds, and a preview; it returns the item to open.

    ``recent`` lists what was opened last, as nouns and ids.
    """

    AUTO_FOCUS = "#everything"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "close", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-usual"), (110, "-wide")]  # noqa: RUF012
    DEFAULT_CSS = """
    SearchScreen { align: center top; background: transparent; }
    SearchScreen #sheet {
        width: 96%; max-width: 150; height: 90%; margin-top: 1; background: $background;
        border: round $muted;
    }
    SearchScreen #everything { height: 1; border: none; padding: 0 1; background: $surface; }
    SearchScreen #hint { height: 1; color: $muted; padding: 0 1; }
    SearchScreen #results { height: 1fr; layout: vertical; }
    SearchScreen #found { height: 3fr; }
    SearchScreen #preview { height: 2fr; border-top: solid $panel; }
    SearchScreen.-wide #results { layout: horizontal; }
    SearchScreen.-wide #found { width: 11fr; height: 1fr; }
    SearchScreen.-wide #preview { width: 9fr; height: 1fr; border: none; }
    SearchScreen #preview CardView, SearchScreen #preview RecordPreview { display: none; }
    SearchScreen #preview.-contact CardView { display: block; }
    SearchScreen #preview.-record RecordPreview { display: block; }
    """

    def __init__(self, actions: Sequence[Entry], recent: Sequence[tuple[str, int]] = ()) -> None:
        super().__init__()
        self.box = LineInput(
            placeholder="anything: a name, words of a deal, a number like d12, an action",
            id="everything",
        )
        self.found = FoundList()
        self.card = CardView(id="contact")
        self.card.can_focus = False
        self.record = RecordPreview()
        self.preview = Vertical(self.card, self.record, id="preview")
        self._actions = actions
        self._recent = recent

    @property
    def context(self) -> AppContext:
        """The parts of the app that a screen may use."""
        return context_of(self)

    def compose(self) -> ComposeResult:
        """Yield the line, what was found, and the preview."""
        with Vertical(id="sheet"):
            yield self.box
            with Horizontal(id="results"):
                yield self.found
                yield self.preview
            yield Static(_KEYS, id="hint", markup=False)

    def on_mount(self) -> None:
        """Show what was used last."""
        self._start("")

    @on(Input.Changed, "#everything")
    def _on_typed(self, event: Input.Changed) -> None:
        """Search at every letter; a newer search replaces the one in progress."""
        event.stop()
        self._start(event.value)

    def _start(self, text: str) -> None:
        start_task(self, self._search, " ".join(text.split()), group="search")

    async def _search(self, text: str) -> None:
        with self.context.errors_shown():
            if text:
                await self._find(text)
            else:
                await self._show_recent()

    async def _show_recent(self) -> None:
        """Show the records used last, and all actions."""
        recent = list(self._recent)
        database = self.context.database
        found = await database.read(lambda store: everything.describe(store, recent))
        found += await database.read_on_second(everything.list_recent)
        places = {(each.noun, each.id): each for each in found}
        self.found.update([*_items(places.values()), *map(_action, self._actions)])

    async def _find(self, text: str) -> None:
        """Show what a text finds; contacts first, where other records take longer."""
        database = self.context.database
        actions = self._find_actions(text)
        more = asyncio.ensure_future(
            database.read_on_second(lambda store: everything.search_records(store, text))
        )
        try:
            contacts = await database.read(lambda store: everything.search_contacts(store, text))
            await asyncio.wait([more], timeout=FIRST_WAIT)
            if not more.done():
                self.found.update(arrange([*_items(contacts), *actions]))
            found = [*contacts, *await more]
        finally:
            more.cancel()
        if not (found or actions):
            found = await database.read_on_second(
                lambda store: everything.search_similar(store, text)
            )
        self.found.update(arrange([*_items(found), *actions]), f"Nothing found for “{text}”")

    def _find_actions(self, text: str) -> list[Item]:
        scored = [(each.score(text), each) for each in self._actions]
        found = [
            _action(each)._replace(rank=rank)
            for least, rank in _ACTION_RANKS
            for score, each in scored
            if score == least
        ]
        return found[:MOST_ACTIONS]

    # the cursor

    def action_move(self, step: int) -> None:
        """Select the next or the previous item."""
        self.found.action_move(step)

    def action_page(self, step: int) -> None:
        """Move the cursor a page up or down."""
        self.found.action_page(step)

    @on(LineList.Moved)
    def _on_moved(self, event: LineList.Moved) -> None:
        event.stop()
        if event.lines is self.found:
            start_task(self, self._preview, self.found.selected, group="preview")

    @on(LineList.Picked)
    def _on_picked(self, event: LineList.Picked) -> None:
        event.stop()
        self._choose()

    @on(Input.Submitted, "#everything")
    def _on_submitted(self, event: Input.Submitted) -> None:
        """Open the selected item, after the letters that Enter has overtaken.

        Letters wait for their turn in the line, but Enter is an action of the screen.
        """
        event.stop()
        self.box.call_later(lambda: self.call_later(self._choose_when_found))

    def _choose_when_found(self) -> None:
        """Open the selected item once the search in progress is done."""
        start_task(self, self._wait_and_choose, group="choose")

    async def _wait_and_choose(self) -> None:
        for task in [each for each in self.workers if each.group == "search"]:
            with contextlib.suppress(WorkerFailed, WorkerCancelled):
                await task.wait()
        self._choose()

    def _choose(self) -> None:
        if self.found.selected is not None:
            self.dismiss(self.found.selected)

    def on_click(self, event: events.Click) -> None:
        """Close the search at a click beside it."""
        if event.widget is self:
            self.dismiss(None)

    # the preview

    async def _preview(self, item: Item | None) -> None:
        """Show the card of a contact, the values of another record, or the help of an action."""
        await asyncio.sleep(PREVIEW_DELAY)
        kind = "contact" if item is not None and item.kind == "contact" else "record"
        if item is None:
            self.record.update("")
        elif kind == "contact":
            self.card.show(item.id)
        elif item.run is not None:
            self.record.update(item.title, [("", item.detail)])
        else:
            await self._preview_record(item)
        self.preview.set_class(kind == "contact", "-contact")
        self.preview.set_class(kind == "record", "-record")

    async def _preview_record(self, item: Item) -> None:
        values: list[tuple[str, str]] = []
        with contextlib.suppress(CardcrmError):  # deleted meanwhile
            values = await self.context.database.read(
                lambda store: everything.preview(store, item.kind, item.id)
            )
        self.record.update(item.title, values)


def _items(found: Iterable[Found]) -> list[Item]:
    return [
        Item(each.noun, each.id, each.title, each.detail, each.rank, each.is_done) for each in found
    ]


def _action(entry: Entry) -> Item:
    return Item(ACTION, 0, entry.title, entry.help, run=entry.run)
