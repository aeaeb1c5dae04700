"""The page of deals: a pipeline as a board of its stages, or as a table."""

import asyncio
import functools
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Input

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.query import ALL, Node
from cardcrm.records.deals.board import (
    Board,
    BoardDeal,
    View,
    add_up,
    read_board,
)
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.deals.quick_entry import EXAMPLE
from cardcrm.records.query_sql import record_query
from cardcrm.text import sanitize, shorten
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.forms import deal_actions
from cardcrm.tui.keys import bindings
from cardcrm.tui.messages import one_line_text
from cardcrm.tui.screens.deal_keys import DealKeys
from cardcrm.tui.widgets.containers import Stack
from cardcrm.tui.widgets.deal_board import DealBoard
from cardcrm.tui.widgets.deal_cards import describe, total_line
from cardcrm.tui.widgets.deal_table import DealTable, read_rows
from cardcrm.tui.widgets.line_input import LineInput
from cardcrm.tui.widgets.line_list import LineList, Span
from cardcrm.tui.widgets.query_error import QueryErrorLine
from cardcrm.tui.widgets.span_lines import SpanLines

# Seconds to wait before deals that were moved meanwhile are read again: another move may follow.
SETTLING = 0.3
TOTAL_CELLS = 40
_LEAST_NAME = 16  # cells of the name of a pipeline
_KEYS_OF = {
    "query": (("enter", "filter", "enter"), ("esc", "leave the filter", "escape")),
    "entry": (("enter", "add", "enter"), ("esc", "cancel", "escape")),
}


class DealsPage(DealKeys):
    """The sixth page. ``owner`` is None for the deals of all."""

    AUTO_FOCUS = ""  # keys that come before the deals are read are not for the filter

    mode_name = "deals"
    scopes: tuple[str, ...] = ("app", "page", "board", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("board", "page")]
    # Without this, each move to another column would paint the whole screen again.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (22, "-high")]  # noqa: RUF012
    DEFAULT_CSS = """
    DealsPage #left { width: 1fr; }
    DealsPage #card { display: none; }
    DealsPage #summary { height: 1; }
    DealsPage #query, DealsPage #entry { height: 1; border: none; padding: 0 1; }
    DealsPage #query > .input--placeholder { text-style: italic; }
    DealsPage #entry, DealsPage #heading, DealsPage #table { display: none; }
    DealsPage.-entering #entry { display: block; }
    DealsPage.-entering #query { display: none; }
    DealsPage #heading { height: 1; color: $muted; text-style: bold; }
    DealsPage.-as-table #heading, DealsPage.-as-table #table { display: block; }
    DealsPage.-as-table #board { display: none; }
    DealsPage #detail { height: 1; }
    DealsPage.-high #detail { height: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.board = DealBoard()
        self.table = DealTable()
        self.summary = SpanLines(id="summary")
        self.detail = SpanLines(id="detail")
        self.query_input = LineInput(
            placeholder="filter, e.g. roof amount>1000 close<30d rotting", id="query"
        )
        self.entry = LineInput(placeholder=f"new deal: {EXAMPLE}", id="entry")
        self.error = QueryErrorLine()
        self.pipeline_id = 0
        self.owner: str | None = None
        self.query_text = ""
        self._node: Node = ALL
        self.moves = 0

    def left(self) -> Iterable[Widget]:
        """Yield the summary, the lines to type in, the board, the table and the selected deal."""
        with Stack(id="left"):
            yield self.summary
            yield self.query_input
            yield self.entry
            yield self.error
            yield self.board
            yield self.table.heading
            yield self.table
            yield self.detail

    # reading

    @property
    def data(self) -> Board | None:
        """The board that is shown."""
        return self.board.board

    async def reload(self) -> None:
        """Read the deals; the cursor stays on its deal."""
        board = await self._read_board()
        self.pipeline_id = board.pipeline.id
        is_first = self.data is None
        await self.board.update(board)
        if self.is_table:
            await self._fill_table(board)
        self.show_summary(board)
        if is_first and self.is_current:
            self._focus_deals()

    async def _read_board(self) -> Board:
        """Read the deals; again if one was moved meanwhile, as the answer may be without it."""
        while True:
            moves = self.moves
            view = View(self.pipeline_id, self._node, self.owner)
            board = await self.context.database.read(functools.partial(read_board, view=view))
            if moves == self.moves:
                return board
            await asyncio.sleep(SETTLING)

    async def _fill_table(self, board: Board) -> None:
        rows = await self.context.database.read(lambda store: read_rows(store, board))
        deals = {each.id: each for column in board.columns for each in column.deals}
        self.table.show_deals(deals, rows)

    def on_screen_resume(self) -> None:
        """Focus the deals, which take no focus before they are read."""
        if self.focused is None and self.data is not None:
            self._focus_deals()

    def _focus_deals(self) -> None:
        if self.is_table:
            self.table.focus()
        else:
            self.board.active.list.focus()

    def show_board(self, board: Board) -> None:
        """Show a board after a move, with its sums in the same painting.

        They are marked as changed first: the focus of the next column begins a painting, and what
        is marked after it waits 17 ms for the next one.
        """
        for each in (self.summary, self.detail):
            each.refresh()
        self.board.show(board)
        self.show_summary(board)

    def show_summary(self, board: Board) -> None:
        """Show the pipeline, whose deals are shown, and their sums."""
        count, totals = add_up(board.columns)
        names = [each.id for each in board.pipelines]
        place = names.index(board.pipeline.id) + 1
        number = f" ({place} of {len(names)})" if len(names) > 1 else ""
        owner = "all owners" if self.owner is None else self.owner or "no owner"
        name = shorten(sanitize(board.pipeline.name), max(self.app.size.width // 4, _LEAST_NAME))
        spans = [
            Span(f" {name}", "title"),
            Span(f"{number} · {sanitize(owner)} · {count:,} open", ""),
        ]
        if not self.is_table:
            left, right = self.board.hidden
            spans.append(Span(f" · ‹ {left} more" if left else "", "section"))
            spans.append(Span(f" · {right} more ›" if right else "", "section"))
        for each in totals:
            spans += [Span(" · ", "dim"), *_trimmed(total_line(each, TOTAL_CELLS))]
        self.summary.update(spans)
        self._show_detail()

    @on(DealBoard.Scrolled)
    def _on_scrolled(self) -> None:
        if self.data is not None:
            self.show_summary(self.data)

    def _show_detail(self) -> None:
        """Show all that is known of the selected deal in the last line."""
        board, deal = self.data, self.selected_deal
        spans: list[Span] = []
        if board is not None and deal is not None:
            chance = self._stage_chance(deal) if deal.probability is None else deal.probability
            spans = describe(deal, chance, self.context.locale.currency, board.today)
        elif board is not None:
            add = self.context.key_of("add")
            spans = [Span(f" No deal here. {add} adds one: {EXAMPLE}", "dim")]
        self.detail.update(spans)

    def _stage_chance(self, deal: BoardDeal) -> int:
        column = self.board.column_of(deal.stage_id)
        return column.stage.probability if column and column.stage else 0

    async def show_deal(self, deal_id: int, pipeline_id: int) -> bool:
        """Show a deal on its board, without a filter; return whether it is there."""
        await self.wait_until_read()  # a reading under way ends with its own pipeline
        self.remove_class("-as-table")
        self.pipeline_id, self.owner = pipeline_id, None
        self.query_input.value = self.query_text = ""
        self._node = ALL
        await self.reload()
        return self.board.select(deal_id)

    # the selected deal

    @property
    def has_filter(self) -> bool:
        """Return whether a query says which deals are shown."""
        return self._node is not ALL

    @property
    def focused_part(self) -> str:
        """The part that the keys are for: the board or the table."""
        return "table" if self.is_table else "list"

    @property
    def selected_deal(self) -> BoardDeal | None:
        """The deal under the cursor."""
        return self.table.selected_deal if self.is_table else self.board.selected

    def selected_contact(self) -> int | None:
        """Return the id of the contact of the deal under the cursor."""
        deal = self.selected_deal
        return deal.contact_id if deal else None

    def selected_reminder(self) -> int | None:
        """Return the id of the next step of the deal under the cursor."""
        deal = self.selected_deal
        return deal.step_id if deal else None

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        """Describe the deal under the cursor. Its contact's card is read when it is needed."""
        event.prevent_default()
        event.stop()
        self._show_detail()

    def on_descendant_focus(self) -> None:
        """Describe the deal under the cursor of another column."""
        self._show_detail()

    def open_selected(self) -> None:
        """Show the contact on the contacts page."""
        contact_id = self.selected_contact()
        if contact_id is not None:
            self.context.go_to_contact(contact_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable what only a card or the board has."""
        del parameters
        if action in ("flip", "kind"):
            return False
        return not (self.is_table and action == "step")

    # what is shown

    def action_step(self, step: int) -> None:
        """Go to the column on the left or right."""
        self.board.step(step)

    def action_next_owner(self) -> None:
        """Show the deals of all owners, then my own, then those of each other owner."""
        if self.data is None:
            return
        me = self.context.database.author
        owners = sorted(self.data.owners, key=lambda each: (each != me, each))
        choices: list[str | None] = [None, *owners]
        at = choices.index(self.owner) if self.owner in choices else 0
        self.owner = choices[(at + 1) % len(choices)]
        self.reload_soon()

    def action_pipeline(self) -> None:
        """Show the next pipeline."""
        if self.data is None:
            return
        ids = [each.id for each in self.data.pipelines]
        if len(ids) == 1:
            self.context.show_message("There is one pipeline: cardcrm pipeline add adds another")
            return
        self.pipeline_id = ids[(ids.index(self.data.pipeline.id) + 1) % len(ids)]
        self.owner = None
        self.reload_soon()

    def action_table(self) -> None:
        """Show the same deals as a table, or as a board."""
        self.context.start_opening(self._switch_table())

    async def _switch_table(self) -> None:
        board, deal = self.data, self.selected_deal
        if board is None:
            return
        self.toggle_class("-as-table")
        if self.is_table:
            await self._fill_table(board)
            if deal is not None:
                self.table.select(deal.id)
        elif deal is not None:
            self.board.select(deal.id)
        self._focus_deals()
        self.footer.refresh()

    # the lines to type in

    @property
    def input_keys(self) -> tuple[tuple[str, str, str], ...]:
        """Key, label and Textual's name of the keys of the line that has the focus."""
        focused = self.focused
        return _KEYS_OF[focused.id] if isinstance(focused, Input) and focused.id else ()

    def action_filter(self) -> None:
        """Go to the line of the query."""
        self.query_input.focus()

    def action_add(self) -> None:
        """Go to the line for a new deal; keys typed meanwhile are for it."""
        self.context.start_opening(self._enter_deal())

    async def _enter_deal(self) -> None:
        self.add_class("-entering")
        self.entry.focus()

    def on_key(self, event: events.Key) -> None:
        """Leave the line that has the focus."""
        if isinstance(self.focused, Input) and event.key in ("escape", "down"):
            event.stop()
            if self.focused is self.query_input:
                self.query_input.value = self.query_text
            self._leave_line()

    def _leave_line(self) -> None:
        self.error.show_error("")
        self.entry.value = ""
        self.remove_class("-entering")
        self._focus_deals()

    @on(Input.Submitted, "#query")
    def _on_query_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.context.start_opening(self._apply_query(event.value))

    async def _apply_query(self, text: str) -> None:
        """Filter by a query; one that is refused stays in its line, with its error."""
        before = self._node
        try:
            self._node = record_query.parse(DEAL, text)
            await self.reload()
        except UsageError as error:
            self._node = before
            self.error.show_error(one_line_text(error))
        else:
            self.query_text = text
            self._leave_line()

    @on(Input.Changed, "#entry")
    def _on_entry_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.error.show_error("")
        start_task(self, self._describe_entry, event.value, group="entry")

    async def _describe_entry(self, line: str) -> None:
        """Show how a line is understood so far."""
        try:
            text = await self.context.database.read(
                lambda store: deal_actions.describe_entry(store, line)
            )
        except CardcrmError:
            text = ""
        if text:
            self.detail.update([Span(f" {sanitize(text)}")])
        else:
            self._show_detail()

    @on(Input.Submitted, "#entry")
    def _on_entry_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.context.start_opening(self._add(event.value))
        else:
            self._leave_line()

    async def _add(self, line: str) -> None:
        """Add the deal of the line to the active column; a line with a fault stays."""
        stage = None if self.is_table else self.board.active.stage
        try:
            deal_id = await deal_actions.add_quickly(self.context, line, stage, self.pipeline_id)
        except CardcrmError as error:
            self.error.show_error(one_line_text(error))
            return
        self._leave_line()
        await self.wait_until_read()
        self.board.select(deal_id)


def _trimmed(spans: list[Span]) -> list[Span]:
    return [each._replace(text=each.text.rstrip()) for each in spans]
