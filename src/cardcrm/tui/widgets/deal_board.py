"""The board: the columns of a pipeline beside each other, as many as there is room for."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.message import Message

from cardcrm.records.deals.board import Board, BoardDeal
from cardcrm.tui.widgets.containers import Row
from cardcrm.tui.widgets.deal_column import MOST_TOTALS, DealColumn
from cardcrm.tui.widgets.deal_list import DealList

LEAST_COLUMN = 20  # cells of a stage; with fewer columns in sight, they are wider
NARROW_CLOSED, WIDE_CLOSED = 14, 24  # cells of the closed deals
_WIDE = 132  # cells from which on the closed deals have a wider column
_ALONE = 64  # cells below which the closed deals are in sight only with the cursor


class DealBoard(Row):
    """The columns; the focused one is the active one, and those out of sight scroll with it.

    Columns are shown and hidden, not scrolled, so that their widths fill the line.
    """

    DEFAULT_CSS = """
    DealBoard { width: 1fr; height: 1fr; }
    """

    class Dropped(Message):
        """The mouse has moved the deal under the cursor to another column."""

        def __init__(self, deal: BoardDeal, column: DealColumn) -> None:
            super().__init__()
            self.deal = deal
            self.column = column

    class Scrolled(Message):
        """Other columns are in sight."""

    def __init__(self) -> None:
        super().__init__(id="board")
        self.board: Board | None = None
        self.closed = DealColumn(is_closed=True)
        self.stages: list[DealColumn] = []
        self._first = 0  # the first column in sight
        self._target: DealColumn | None = None
        self._active: DealColumn | None = None
        self._hidden = (0, 0)

    @property
    def columns(self) -> list[DealColumn]:
        """All columns of the pipeline, the closed deals at the end."""
        return [*self.stages[: len(self.board.columns) if self.board else 0], self.closed]

    @property
    def active(self) -> DealColumn:
        """The column with the cursor: the one that had the focus last, else the first."""
        columns = self.columns
        return next((each for each in columns if each is self._active), columns[0])

    @property
    def selected(self) -> BoardDeal | None:
        """The deal under the cursor."""
        return self.active.list.selected

    def compose(self) -> ComposeResult:
        """Yield the column of closed deals; those of stages follow once they are read."""
        yield self.closed

    # showing

    async def update(self, board: Board) -> None:
        """Show a board; the cursor stays on its deal."""
        new = [DealColumn() for _ in board.columns[len(self.stages) :]]
        self.stages += new
        if new:
            await self.mount(*new, before=self.closed)
        self.show(board)

    def show(self, board: Board) -> None:
        """Show a board with as many stages as the one before."""
        followed = self.selected if self.board else None
        self.board = board
        if self._active not in (None, *self.columns):  # this pipeline has fewer stages
            self.focus_column(self.columns[0])
        self._set_head_height(board)
        self._show_columns(board)
        if followed is None or not self._follow(followed.id):
            self._scroll()

    def _set_head_height(self, board: Board) -> None:
        """Give each head a line for each currency; setting it lays out the whole screen."""
        currencies = max((len(each.totals) for each in board.columns), default=1)
        height = 1 + min(max(currencies, 1), MOST_TOTALS)
        for column in self.columns:
            if column.head_height != height:
                column.head_height = height
                column.head.styles.height = height

    def _follow(self, deal_id: int) -> bool:
        """Go to a deal that has left the active column; return whether it is elsewhere."""
        active = self.active
        if not active.list.has_focus or any(each.id == deal_id for each in active.list.deals):
            return False
        return self.select(deal_id, self.columns[:-1])  # the work goes on among the open ones

    def _show_columns(self, board: Board) -> None:
        for column, stage in zip(self.stages, board.columns, strict=False):
            column.show_stage(stage, board.today)
        self.closed.show_closed(board)

    # the columns in sight

    def on_resize(self) -> None:
        """Show as many columns as there is room for."""
        self._scroll()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Make the column with the focus the active one, and bring it into sight.

        The message about a former column may come after another one got the focus.
        """
        if not event.widget.has_focus:
            return
        self._active = next(each for each in self.columns if each.list is event.widget)
        self._scroll()

    def _scroll(self) -> None:
        width = self.size.width or self.app.size.width
        closed = WIDE_CLOSED if width >= _WIDE else NARROW_CLOSED
        is_alone = width < _ALONE
        columns = self.columns if is_alone else self.columns[:-1]
        room = max(1, (width if is_alone else width - closed) // LEAST_COLUMN)
        active = self.active
        if active in columns:
            place = columns.index(active)
            self._first = min(max(self._first, place - room + 1), place)
        self._first = max(0, min(self._first, len(columns) - room))
        shown = columns[self._first : self._first + room]
        if not is_alone:
            shown.append(self.closed)
        self.closed.styles.width = "1fr" if is_alone else closed
        for column in (*self.stages, self.closed):
            column.display = column in shown
        self._show_highlights()
        if (hidden := self.hidden) != self._hidden:
            self._hidden = hidden
            self.post_message(self.Scrolled())

    @property
    def hidden(self) -> tuple[int, int]:
        """The numbers of stages out of sight to the left and to the right."""
        shown = [at for at, each in enumerate(self.columns[:-1]) if each.display]
        if not shown:
            return 0, 0
        return shown[0], len(self.columns) - 2 - shown[-1]

    def _show_highlights(self) -> None:
        active = self.active
        for column in self.columns:
            column.head.highlight(is_active=column is active, is_target=column is self._target)

    def focus_column(self, column: DealColumn) -> None:
        """Make a column the active one."""
        self._active = column
        column.display = True  # else it takes no focus
        self.screen.set_focus(column.list, scroll_visible=False)  # now, not after the next painting
        self._show_highlights()

    def step(self, step: int) -> None:
        """Go to the column on the left or on the right."""
        columns = self.columns
        place = columns.index(self.active) + step
        if 0 <= place < len(columns):
            self.focus_column(columns[place])

    def column_of(self, stage_id: int) -> DealColumn | None:
        """Return the column of a stage."""
        found = (each for each in self.columns if each.stage and each.stage.id == stage_id)
        return next(found, None)

    def select(self, deal_id: int, columns: Sequence[DealColumn] = ()) -> bool:
        """Put the cursor on a deal of some columns, or of all; return whether it is there."""
        for column in columns or self.columns:
            if column.list.select(deal_id):
                self.focus_column(column)
                return True
        return False

    # dragging

    def on_deal_list_dragged(self, event: DealList.Dragged) -> None:
        """Highlight the column under the mouse; move the deal there when it is dropped."""
        event.stop()
        target = next((each for each in self.columns if each.region.contains_point(event.at)), None)
        source = next(each for each in self.columns if each.list is event.deals)
        target = None if target is source else target
        deal = source.list.selected
        if event.is_over:
            self._target = None
            if target is not None and deal is not None:
                self.post_message(self.Dropped(deal, target))
        else:
            self._target = target
        self._show_highlights()
