"""The grid of recency against frequency: a square for each pair of scores, shaded by how many
customers stand there or by what they brought. Keys and clicks choose a square.
"""

import datetime as dt
import math
from typing import TYPE_CHECKING, ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from cardcrm.money import exponent
from cardcrm.reports.rfm import Scale
from cardcrm.reports.rfm_groups import Group, Square, segments, squares
from cardcrm.text import shorten
from cardcrm.text import width as width_of
from cardcrm.tui.keys import bindings
from cardcrm.tui.theme import drawn, shaded, under_cursor
from cardcrm.tui.widgets.line_list import Span, fit
from cardcrm.tui.widgets.ranking import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cardcrm.tui.app import CardApp

Place = tuple[int, int]  # recency and frequency, 1 to 5 each

_LABELS = 10  # cells before the squares
_BESIDE = 29  # cells of the segments, where there is room for them
_SCORES = (5, 4, 3, 2, 1)
_SHADES = " ░▒▓█"
TALL = 13  # lines; squares of two lines fit then


class Grid(Widget, can_focus=True):
    """Five by five squares; what was bought last stands above, what was bought often to the right.

    ``place`` is the square under the cursor. ``by_money`` shades by revenue, not by customers.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("grid")]
    DEFAULT_CSS = "Grid { height: 8; width: 1fr; }"

    place: reactive[Place] = reactive((5, 5), init=False)
    by_money = reactive(default=False, init=False)

    class Chosen(Message):
        """Another square is under the cursor."""

    class Picked(Message):
        """Enter, or a double click, on the square under the cursor."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.squares: Mapping[Place, Square] = {}
        self._groups: tuple[Group, ...] = ()
        self._scale: Scale | None = None
        self._today = dt.date.min

    @property
    def square(self) -> Square | None:
        """The one under the cursor; None where nobody stands in it."""
        return self.squares.get(self.place)

    def take(self, groups: tuple[Group, ...], scale: Scale | None, today: dt.date) -> None:
        """Show customers."""
        self._groups, self._scale, self._today = groups, scale, today
        self.squares = squares(groups)
        self.refresh()

    # choosing

    def watch_place(self) -> None:
        """Tell the page."""
        self.refresh()
        self.post_message(self.Chosen())

    def watch_by_money(self) -> None:
        """Shade anew."""
        self.refresh()

    def action_cell(self, later: int, more: int) -> None:
        """To a neighbour: one that bought later, one that bought more often."""
        recency, frequency = self.place
        self.place = (_within(recency + later), _within(frequency + more))

    def action_pick(self) -> None:
        """Enter."""
        self.post_message(self.Picked())

    def on_click(self, event: events.Click) -> None:
        """A click chooses a square, a second one goes to its customers."""
        spot = event.get_content_offset_capture(self)
        line = (spot.y - 2) // self._high
        column = (spot.x - _LABELS) // self._wide
        if spot.y >= 2 and 0 <= line < 5 and spot.x >= _LABELS and 0 <= column < 5:
            self.place = (_SCORES[line], column + 1)
            if event.chain == 2:
                self.action_pick()

    # drawing

    @property
    def _high(self) -> int:
        """The lines of a square."""
        return 2 if self.size.height >= TALL else 1

    @property
    def _has_names(self) -> bool:
        """Whether the segments stand beside it."""
        return self.size.width >= _LABELS + 5 * 7 + _BESIDE

    @property
    def _wide(self) -> int:
        """The cells of a square."""
        room = self.size.width - _LABELS - (_BESIDE if self._has_names else 0)
        return max(min(room // 5, 12), 4)

    def _named(self, name: str) -> Style:
        return drawn(self.app.theme, name, paper=False)

    def render_line(self, y: int) -> Strip:
        """One line of the grid, with its part of what stands beside."""
        width = self.size.width
        base = self._named("")
        left = [Segment(span.text, self._named(span.style)) for span in self._beside(y)]
        strip = Strip([*self._line(y), *left])
        return strip.adjust_cell_length(width, base).apply_style(Style())

    def _line(self, y: int) -> list[Segment]:
        body = 5 * self._high
        if y == 0:
            return [Segment(span.text, self._named(span.style)) for span in self._heading()]
        if y == 1:
            return [Segment(self._columns(), self._named("dim"))]
        if y < 2 + body:
            return self._row(_SCORES[(y - 2) // self._high], (y - 2) % self._high)
        if y == 2 + body:
            return [Segment(span.text, self._named(span.style)) for span in self._told()]
        return []

    def _heading(self) -> list[Span]:
        title, note = " Recency × frequency ", " revenue" if self.by_money else " customers"
        width = self._wide * 5 + _LABELS if self._has_names else self.size.width - 1
        line = "─" * max(width - len(title) - len(note), 0)
        return [Span(title, "section"), Span(line, "dim"), Span(note, "dim")]

    def _columns(self) -> str:
        """How many orders stand in which column."""
        heads = "".join(self._orders(score).center(self._wide) for score in range(1, 6))
        return fit("  orders", _LABELS) + heads

    def _orders(self, score: int) -> str:
        span = self._scale.frequency.span(score) if self._scale else None
        if span is None:
            return "–"
        above, most = span
        least = 1 if above is None else above + 1
        if most is None:
            return "all" if above is None else f"{least}+"
        return "–" if least > most else f"{most}" if least >= most else f"{least}–{most}"

    def _days(self, score: int) -> str:
        """How long ago the last sale of a line is at most."""
        span = self._scale.recency.span(score) if self._scale else None
        if span is None:
            return "–"
        since, before = (day and self._ago(day) for day in span)
        if since is None:
            return "any day" if before is None else f"> {before}"
        return f"≤ {since}"

    def _ago(self, day: str) -> str:
        days = (self._today - dt.date.fromisoformat(day)).days
        return f"{days} d" if days < 1000 else f"{days / 365:.1f} y"

    def _row(self, recency: int, line: int) -> list[Segment]:
        label = self._days(recency).rjust(_LABELS - 2) if line == 0 else ""
        found = [Segment(f"{label:{_LABELS}}", self._named("dim"))]
        for frequency in range(1, 6):
            found += self._cell((recency, frequency), line)
        return found

    def _cell(self, place: Place, line: int) -> list[Segment]:
        """A square's line: how many, or how much; shaded, and in brackets under the cursor."""
        square, here = self.squares.get(place), place == self.place
        gap = 1 if self._wide >= 6 else 0
        room = self._wide - gap
        text = _figure(square, by_money=self.by_money != (line == 1)) if square else ""
        left, right = "[]" if here and line == 0 else (self._sign(square), " ")
        if width_of(text) > room - 2:
            left = right = ""
        text = f"{left}{text:^{room - len(left) - len(right)}}{right}"
        return [Segment(text, self._style(square, here=here)), Segment(" " * gap, self._named(""))]

    def _sign(self, square: Square | None) -> str:
        """How full a square is, where no colour says it."""
        return _SHADES[self._shade(square)] if self._is_plain else " "

    @property
    def _is_plain(self) -> bool:
        return cast("CardApp", self.app).is_plain

    def _style(self, square: Square | None, *, here: bool) -> Style:
        if here:
            return under_cursor(self.app.theme, paper=False, focused=self.has_focus)
        return self._named("") if self._is_plain else shaded(self.app.theme, self._shade(square))

    def _shade(self, square: Square | None) -> int:
        """From 0, nobody, to 4. The root is taken, as a few squares hold nearly all."""
        if square is None:
            return 0
        most = max(map(self._measure, self.squares.values()))
        share = max(self._measure(square), 0) / most if most > 0 else 0
        return max(1, min(4, round(4 * math.sqrt(share))))

    def _measure(self, square: Square) -> int:
        return square.revenue.minor if self.by_money else square.customers

    def _told(self) -> list[Span]:
        """The square under the cursor in words."""
        square = self.square
        if square is None:
            return []
        inside = ", ".join(f"{name} {count:,}" for name, count in square.segments)
        money = f" {whole(square.revenue)} {square.revenue.currency} "
        room = self.size.width - width_of(money) - 2
        return [Span(money, "bold"), Span(shorten(f" {inside}", room), "tag")]

    def _beside(self, y: int) -> list[Span]:
        """The names of the segments with their numbers, those of the square set off."""
        if not self._has_names or y == 5 * self._high + 2:
            return []
        if y == 0:
            return [Span(" ─ ", "dim"), Span("Segments", "section")]
        named = segments(self._groups)
        if not 1 <= y <= len(named):
            return []
        if y == self.size.height - 2 and y < len(named):
            rest = sum(count for _, count, _ in named[y - 1 :])
            return [Span(f" {rest:6,}   in {len(named) - y + 1} more", "dim")]
        name, count, _ = named[y - 1]
        here = self.square is not None and name in dict(self.square.segments)
        return [
            Span(f" {count:6,} "),
            Span("▸ " if here else "  ", "mark"),
            Span(name, "mark" if here else ""),
        ]


def _within(score: int) -> int:
    return max(1, min(score, 5))


def _figure(square: Square, *, by_money: bool) -> str:
    """A count or an amount in at most four signs."""
    if not by_money:
        return _short(square.customers)
    return _short(square.revenue.minor // 10 ** exponent(square.revenue.currency))


def _short(number: int) -> str:
    """A number in four signs, and one more below nothing: 999, 1.2k, 12k, 1.2M."""
    if abs(number) < 1_000:
        return str(number)
    if abs(number) < 999_500:
        return f"{number / 1_000:.1f}k" if abs(number) < 9_950 else f"{number / 1_000:.0f}k"
    return f"{number / 1_000_000:.1f}M" if abs(number) < 9_950_000 else f"{number / 1_000_000:.0f}M"
