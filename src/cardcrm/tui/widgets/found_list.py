"""The list of what a search for everything has found: records and actions, tagged by their kind."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rich.style import Style
from textual import events

from cardcrm.records.search.search_rank import Rank
from cardcrm.text import cell_width as width_of
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.widgets.line_list import LineList, Span, fit

ACTION = "action"
_KIND = 9  # cells
_LEAST_DETAIL = 12


class Item(NamedTuple):
    """A record of a noun, or an action with the function that runs it."""

    kind: str
    id: int
    title: str
    detail: str = ""
    rank: Rank = Rank.PART
    is_done: bool = False
    run: Callable[[], Any] | None = None


def arrange(items: Sequence[Item]) -> list[Item]:
    """Return items by kind, first the kind with the best match; the order within stays."""
    kinds = list(dict.fromkeys(each.kind for each in items))
    best = {kind: min(each.rank for each in items if each.kind == kind) for kind in kinds}
    return [
        each
        for kind in sorted(kinds, key=lambda kind: (best[kind], kinds.index(kind)))
        for each in items
        if each.kind == kind
    ]


class FoundList(LineList, can_focus=False):
    """The items, a line each; the screen around the list has the keys of its cursor."""

    def __init__(self) -> None:
        super().__init__(id="found")
        self.items: list[Item] = []
        self.note = ""  # shown while there are no items
        self._title_width = 0

    @property
    def selected(self) -> Item | None:
        """The item under the cursor."""
        return self.items[self.cursor] if self.cursor < len(self.items) else None

    def update(self, items: Sequence[Item], note: str = "") -> None:
        """Show items, with the cursor on the first one."""
        self.items, self.note = list(items), note
        self._title_width = max((width_of(each.title) for each in items), default=0)
        self.set_count(len(self.items) or 1)
        self.jump(0)
        self.put_cursor(0)

    def can_choose(self, index: int) -> bool:
        """Return whether a line is an item."""
        return 0 <= index < len(self.items)

    def highlight_of(self, index: int) -> Style | None:
        """Return the highlight of the line under the cursor, as if the list had the focus."""
        if index != self.cursor or not self.can_choose(index):
            return None
        return tui_theme.cursor_style(self.app.theme, paper=False, focused=True)

    def spans(self, index: int, width: int) -> list[Span]:
        """Return the kind, the title and the details of an item."""
        if not self.items:
            return [Span(f" {self.note}", "dim")]
        item = self.items[index]
        is_first = not index or self.items[index - 1].kind != item.kind
        room = width - _KIND - 3
        title = min(self._title_width, max(room * 2 // 5, room - width_of(item.detail) - 2))
        if room - title - 2 < _LEAST_DETAIL:
            title = min(self._title_width, room)
        detail = max(room - title - 2, 0)
        return [
            Span(" " + fit(item.kind if is_first else "", _KIND) + " ", "section"),
            Span(fit(item.title, title), "dim" if item.is_done else "bold"),
            Span("  " + fit(item.detail, detail) if detail else "", "dim"),
        ]

    def on_click(self, event: events.Click) -> None:
        """Open the item that is clicked."""
        index, _ = self.row_at(int(event.get_content_offset_capture(self).y + self.scroll_offset.y))
        if self.can_choose(index):
            self.cursor = index
            self.action_choose()
