"""The figures of the value page as a list: totals, revenue by month, and the customers."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from cardcrm.money import Money, exponent
from cardcrm.reports.revenue import Month
from cardcrm.reports.rfm_groups import Group, Square, segments
from cardcrm.reports.value import Report, Worth
from cardcrm.text import width as width_of
from cardcrm.tui.widgets.charts import bar, columns
from cardcrm.tui.widgets.line_list import Lines, Span, fit

CHART = 6  # lines
BY = ("revenue", "margin", "orders", "clv")
_WORDS = {"clv": "lifetime value"}


class Figures(NamedTuple):
    """What the page shows, of one currency."""

    report: Report | None
    groups: tuple[Group, ...]
    slipping: tuple[Worth, ...]
    months: tuple[Month, ...]
    currencies: tuple[str, ...]
    today: dt.date


class Listed(NamedTuple):
    """A square of the grid and its customers, listed in place of all; None where it is empty."""

    square: Square | None
    customers: tuple[Worth, ...]


class Row(NamedTuple):
    """A line: spans made for a width, or a customer."""

    spans: tuple[Span, ...] = ()
    worth: Worth | None = None
    slipping: bool = False


class Ranking(Lines):
    """The figures, and the customers one can go to."""

    def __init__(self) -> None:
        super().__init__(id="ranking")
        self.figures: Figures | None = None
        self.by = BY[0]
        self.listed: Listed | None = None
        self._rows: list[Row] = []

    @property
    def chosen(self) -> Worth | None:
        """The customer under the cursor."""
        return self._rows[self.cursor].worth if self.cursor < len(self._rows) else None

    @property
    def context_above(self) -> int:
        """The chart stays in sight above the first customer."""
        first = self.nearest(0, 1)
        return self.cursor if first == self.cursor else 0

    def can_choose(self, index: int) -> bool:
        """A customer's line."""
        return 0 <= index < len(self._rows) and self._rows[index].worth is not None

    def take(self, figures: Figures, by: str, listed: Listed | None = None) -> None:
        """Show figures, or the customers of a square; the cursor stays on its customer."""
        before = self.chosen
        self.figures, self.by, self.listed = figures, by, listed
        self._lay_out()
        ids = [row.worth.contact_id if row.worth else 0 for row in self._rows]
        again = ids.index(before.contact_id) if before and before.contact_id in ids else None
        self.set_reactive(Lines.cursor, 0)
        self.jump(0)
        self.go(again if again is not None else 0)
        self.post_message(self.Moved(self))

    def on_resize(self) -> None:
        """Draw the charts for another width."""
        self._lay_out()

    def _lay_out(self) -> None:
        room = max(self.scrollable_content_region.width - 2, 20)
        self._rows = list(self._all(room)) if self.figures else []
        self.set_count(len(self._rows))

    def _all(self, room: int) -> Iterable[Row]:
        figures = self.figures
        assert figures is not None
        report = figures.report
        if report is None:
            yield Row()
            yield Row((Span(" No sales yet: m on a card notes the first.", "dim"),))
            return
        if self.listed is not None:
            yield from _inside(self.listed, room)
            return
        yield from _totals(report, room)
        yield from _chart(figures.months, room)
        yield _heading(f"Customers by {_WORDS.get(self.by, self.by)}", room, "b ranks otherwise")
        for worth in report.rows:
            yield Row(worth=worth)
        if figures.slipping:
            yield Row()
            yield _heading("Slipping away", room, "good, and long not seen")
            for worth in figures.slipping:
                yield Row(worth=worth, slipping=True)
        if figures.groups and not self.screen.has_class("-tall"):  # there they stand in the grid
            yield Row()
            yield from _segments(figures.groups, room)

    def spans(self, index: int, width: int) -> list[Span]:
        """A customer: rank, name, amount, a bar of the share, segment."""
        row = self._rows[index]
        if row.worth is None:
            return list(row.spans)
        worth = row.worth
        assert self.figures is not None
        best = self._measure(self.figures.report.rows[0]) if self.figures.report else 1
        figures = self._figures()
        amount_room = max(map(len, map(self._amount, figures)), default=1)
        amount = self._amount(worth).rjust(amount_room)
        wide = width >= 62
        segment = worth.scores.segment if worth.scores and wide else ""
        tail = _since(worth.last_on, self.figures.today) if row.slipping else segment
        tail_room = 16 if wide else 6 if row.slipping else 0
        bar_room = 0 if row.slipping or width < 46 else max(width // 7, 6)
        name_room = width - 7 - amount_room - tail_room - bar_room - bool(bar_room)
        share = self._measure(worth) / best if best > 0 else 0
        return [
            Span(f"{worth.rank:4} ", "dim"),
            Span(fit(worth.name, name_room)),
            Span(f" {amount}", "bold"),
            Span(f" {bar(share, bar_room)} " if bar_room else " ", "bar" if bar_room else ""),
            Span(fit(tail, tail_room), "late" if row.slipping else "dim"),
        ]

    def _figures(self) -> tuple[Worth, ...]:
        """All customers whose amounts stand below each other."""
        if self.listed is not None:
            return self.listed.customers
        assert self.figures is not None
        report = self.figures.report
        return (*report.rows, *self.figures.slipping) if report else ()

    def _measure(self, worth: Worth) -> float:
        """What they are ranked by."""
        if self.by == "orders":
            return worth.orders
        money = {
            "margin": worth.margin,
            "clv": worth.lifetime.value if worth.lifetime else None,
        }.get(self.by, worth.revenue)
        return money.minor if money else 0

    def _amount(self, worth: Worth) -> str:
        if self.by == "orders":
            return f"{worth.orders:,}"
        money = {
            "margin": worth.margin,
            "clv": worth.lifetime.value if worth.lifetime else None,
        }.get(self.by, worth.revenue)
        return whole(money) if money else "unknown"


def whole(money: Money) -> str:
    """An amount rounded to whole units, halves away from nothing, without its currency: for figures
    that stand below each other.
    """
    unit = 10 ** exponent(money.currency)
    units = (2 * abs(money.minor) + unit) // (2 * unit)
    return f"{-units if money.minor < 0 else units:,}"


def _fitting(money: Money, cells: int) -> str:
    """The same in so many cells: a large one in thousands or millions."""
    text = whole(money)
    if len(text) <= cells:
        return text
    units = money.minor / 10 ** exponent(money.currency)
    return f"{units / 1_000_000:,.1f}M" if abs(units) >= 999_500 else f"{units / 1_000:,.0f}k"


def _since(last_on: dt.date, today: dt.date) -> str:
    days = (today - last_on).days
    return f"{days}d" if days < 100 else f"{days // 30}m ago"


def _heading(title: str, room: int, note: str = "") -> Row:
    """A title, a line, and a note where there is room for it."""
    if width_of(title) + width_of(note) + 5 > room:
        note = ""
    line = "─" * max(room - width_of(title) - width_of(note) - 3, 0)
    return Row((Span(f" {title} ", "section"), Span(line, "dim"), Span(f" {note}", "dim")))


def _totals(report: Report, room: int) -> Iterable[Row]:
    """Customers, revenue, and what they will yet bring."""
    totals = report.totals
    cells = (room - 20) // 2  # for each of two amounts
    best = f"best fifth brings {totals.best_share:.0%}" if totals.best_share is not None else ""
    yield Row(
        (
            Span(f" {totals.customers:,}", "bold"),
            Span(f" customer{'s' * (totals.customers != 1)}  ", "dim"),
            Span(f"{totals.orders:,}", "bold"),
            Span(f" order{'s' * (totals.orders != 1)}  ", "dim"),
            Span(best if room > 50 else "", "dim"),
        )
    )  # fmt: skip
    yield Row(
        (
            Span(f" {_fitting(totals.revenue, cells)}", "bold"), Span(" revenue  ", "dim"),
            Span(_fitting(totals.equity, cells), "bold"),
            Span(f" equity  {totals.currency}", "dim"),
        )
    )  # fmt: skip
    yield Row()


def _chart(months: tuple[Month, ...], room: int) -> Iterable[Row]:
    """Revenue by month as columns, each as wide as there is room for."""
    if not any(month.revenue.minor for month in months):
        return
    wide = max(2, min((room - 10) // len(months), 6))
    shown = months[-((room - 10) // wide) :]
    yield _heading("Revenue by month", room, _months(shown[0].first, shown[-1].first))
    values = [month.revenue.minor for month in shown]
    most = max(shown, key=lambda month: month.revenue.minor).revenue
    for level, line in enumerate(columns(values, CHART)):
        label = _fitting(most, 8) if level == 0 else "0" if level == CHART - 1 else ""
        drawn = "".join(sign * (wide - 1) + " " for sign in line)
        yield Row((Span(f"{label:>8} ", "dim"), Span(drawn, "title")))
    names = "".join(_month_name(month.first, wide) for month in shown)
    yield Row((Span(" " * 9), Span(names, "dim")))
    yield Row()


def _months(first: dt.date, last: dt.date) -> str:
    year = f" {first:%y}" if first.year != last.year else ""
    return f"{first:%b}{year} – {last:%b} {last:%y}"


def _month_name(first: dt.date, cells: int) -> str:
    return f"{first:%b}"[: cells - 1].ljust(cells)


def _inside(listed: Listed, room: int) -> Iterable[Row]:
    """The customers of a square."""
    square = listed.square
    if square is None:
        yield Row((Span(" Nobody bought so lately, so often.", "dim"),))
        return
    title = "1 customer" if square.customers == 1 else f"{square.customers:,} customers"
    shown = len(listed.customers)
    note = "" if shown == square.customers else f"the best {shown}"
    yield _heading(title, room, note)
    for worth in listed.customers:
        yield Row(worth=worth)


def _segments(groups: tuple[Group, ...], room: int) -> Iterable[Row]:
    """How many customers share a segment, as a bar of all of them."""
    yield _heading("Segments", room, "g shows the grid")
    all_ = sum(group.customers for group in groups)
    bar_room = max(room - 17 - 9 - 12, 4)
    for name, count, amount in segments(groups):
        yield Row(
            (
                Span(f" {name:16}"), Span(f"{count:7,} ", "bold"),
                Span(bar(count / all_, bar_room), "tag"), Span(f"{whole(amount):>12}", "dim"),
            )
        )  # fmt: skip
