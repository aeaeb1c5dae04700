"""The figures of the value page as a list: totals, revenue by month, and the customers."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from cardcrm.block_characters import bar, columns
from cardcrm.money import Money
from cardcrm.reports.revenue import MonthRevenue
from cardcrm.reports.rfm.grid import GridCell, RfmGroup, count_standings
from cardcrm.reports.value.customer_ranking import RankedCustomer, ValueReport
from cardcrm.text import cell_width as width_of
from cardcrm.tui.widgets.amounts import format_whole, format_within
from cardcrm.tui.widgets.line_list import LineList, Span, fit

CHART_HEIGHT = 6  # lines
RANKINGS = ("revenue", "margin", "orders", "clv")
_RANKING_NAMES = {"clv": "lifetime value"}
_WITH_STANDING = 62  # cells from which on a customer's standing is shown
_WITH_BAR = 46  # cells from which on a bar is shown


class Figures(NamedTuple):
    """The figures of the page, in one currency."""

    report: ValueReport | None
    groups: tuple[RfmGroup, ...]
    slipping: tuple[RankedCustomer, ...]
    months: tuple[MonthRevenue, ...]
    currencies: tuple[str, ...]
    today: dt.date


class CellCustomers(NamedTuple):
    """The customers in a cell of the grid; ``cell`` is None if it is empty."""

    cell: GridCell | None
    customers: tuple[RankedCustomer, ...]


class Row(NamedTuple):
    """A line: finished spans, or a customer."""

    spans: tuple[Span, ...] = ()
    worth: RankedCustomer | None = None
    is_slipping: bool = False


class Ranking(LineList):
    """The figures, and customers that can be opened."""

    def __init__(self) -> None:
        super().__init__(id="ranking")
        self.figures: Figures | None = None
        self.by = RANKINGS[0]
        self.cell_customers: CellCustomers | None = None
        self.rows: list[Row] = []

    @property
    def selected(self) -> RankedCustomer | None:
        """The customer under the cursor."""
        return self.rows[self.cursor].worth if self.cursor < len(self.rows) else None

    @property
    def context_above(self) -> int:
        """The lines above the first customer, so that the chart stays in view."""
        first = self.nearest(0, 1)
        return self.cursor if first == self.cursor else 0

    def can_choose(self, index: int) -> bool:
        """Return whether a line shows a customer."""
        return 0 <= index < len(self.rows) and self.rows[index].worth is not None

    def update(
        self, figures: Figures, by: str, cell_customers: CellCustomers | None = None
    ) -> None:
        """Show figures, or the customers of a cell; the cursor stays on its customer."""
        before = self.selected
        self.figures, self.by, self.cell_customers = figures, by, cell_customers
        self._lay_out()
        ids = [row.worth.contact_id if row.worth else 0 for row in self.rows]
        self.set_reactive(LineList.cursor, 0)
        self.jump(0)
        self.go(ids.index(before.contact_id) if before and before.contact_id in ids else 0)
        self.post_message(self.Moved(self))

    def on_resize(self) -> None:
        """Draw the charts for another width."""
        self._lay_out()

    def _lay_out(self) -> None:
        room = max(self.scrollable_content_region.width - 2, 20)
        self.rows = list(self._all_rows(room)) if self.figures else []
        self.set_count(len(self.rows))

    def _all_rows(self, room: int) -> Iterable[Row]:
        figures = self.figures
        assert figures is not None
        report = figures.report
        if report is None:
            yield Row()
            yield Row((Span(" No sales yet.", "dim"),))
            yield Row((Span(" Press m on a contact to record one.", "dim"),))
            return
        if self.cell_customers is not None:
            yield from _cell_rows(self.cell_customers, room)
            return
        yield from _totals(report, room)
        others = [each for each in figures.currencies if each != report.totals.currency]
        if others:
            yield Row((Span(f" not included: {', '.join(others)} (c: change currency)", "dim"),))
        yield Row()
        yield from _chart(figures.months, room)
        ranking = _RANKING_NAMES.get(self.by, self.by)
        yield _heading(f"Customers by {ranking}", room, "b: change ranking")
        for worth in report.rows:
            yield Row(worth=worth)
        if figures.slipping:
            yield Row()
            yield _heading("Slipping away", room, "w: remind of each")
            for worth in figures.slipping:
                yield Row(worth=worth, is_slipping=True)
        if figures.groups and not self.screen.has_class("-tall"):  # there the grid shows them
            yield Row()
            yield from _standings(figures.groups, room)

    def spans(self, index: int, width: int) -> list[Span]:
        """Return a customer's rank, name, amount, bar and standing."""
        row = self.rows[index]
        if row.worth is None:
            return list(row.spans)
        worth = row.worth
        assert self.figures is not None
        amount_room = max((len(self._amount(each)) for each in self._all_customers()), default=1)
        amount = self._amount(worth).rjust(amount_room)
        is_wide = width >= _WITH_STANDING
        standing = worth.scores.standing if worth.scores and is_wide else ""
        tail = _quiet_since(worth.last_on, self.figures.today) if row.is_slipping else standing
        tail_room = 16 if is_wide else 6 if row.is_slipping else 0
        bar_room = 0 if row.is_slipping or width < _WITH_BAR else max(width // 7, 6)
        name_room = width - 7 - amount_room - tail_room - bar_room - bool(bar_room)
        share = self._share_of_best(worth)
        return [
            Span(f"{worth.rank:4} ", "dim"),
            Span(fit(worth.title, name_room)),
            Span(f" {amount}", "bold"),
            Span(f" {bar(share, bar_room)} " if bar_room else " ", "bar" if bar_room else ""),
            Span(fit(tail, tail_room), "late" if row.is_slipping else "dim"),
        ]

    def _all_customers(self) -> tuple[RankedCustomer, ...]:
        """Return all customers whose amounts are aligned."""
        if self.cell_customers is not None:
            return self.cell_customers.customers
        assert self.figures is not None
        report = self.figures.report
        return (*report.rows, *self.figures.slipping) if report else ()

    def _share_of_best(self, worth: RankedCustomer) -> float:
        report = self.figures.report if self.figures else None
        best = self._measure(report.rows[0]) if report else 1
        return self._measure(worth) / best if best > 0 else 0

    def _money(self, worth: RankedCustomer) -> Money | None:
        """Return the amount that customers are ranked by; None if it is unknown."""
        money = {
            "margin": worth.margin,
            "clv": worth.lifetime.value if worth.lifetime else None,
        }
        return money.get(self.by, worth.revenue)

    def _measure(self, worth: RankedCustomer) -> float:
        """Return the number that customers are ranked by."""
        if self.by == "orders":
            return worth.orders
        money = self._money(worth)
        return money.minor if money else 0

    def _amount(self, worth: RankedCustomer) -> str:
        if self.by == "orders":
            return f"{worth.orders:,}"
        money = self._money(worth)
        return format_whole(money) if money else "unknown"


def _quiet_since(last_on: dt.date, today: dt.date) -> str:
    days = (today - last_on).days
    return f"{days}d" if days < 100 else f"{days // 30}m ago"


def _heading(title: str, room: int, note: str = "") -> Row:
    """Return a title, a line, and a note if there is room for it."""
    if width_of(title) + width_of(note) + 5 > room:
        note = ""
    line = "─" * max(room - width_of(title) - width_of(note) - 3, 0)
    return Row((Span(f" {title} ", "section"), Span(line, "dim"), Span(f" {note}", "dim")))


def _totals(report: ValueReport, room: int) -> Iterable[Row]:
    """Yield customers, orders and revenue, and the sum of the lifetime values."""
    totals = report.totals
    cells = (room - 26) // 2  # for each of two amounts
    best = f"top fifth brings {totals.best_share:.0%}" if totals.best_share is not None else ""
    yield Row(
        (
            Span(f" {totals.customers:,}", "bold"),
            Span(f" customer{'s' * (totals.customers != 1)}  ", "dim"),
            Span(f"{totals.orders:,}", "bold"),
            Span(f" order{'s' * (totals.orders != 1)}  ", "dim"),
            Span(best if room > 50 else "", "dim"),
        )
    )
    yield Row(
        (
            Span(f" {format_within(totals.revenue, cells)}", "bold"), Span(" revenue ", "dim"),
            Span(format_within(totals.lifetime_value, cells), "bold"),
            Span(f" lifetime value {totals.currency}", "dim"),
        )
    )  # fmt: skip


def _chart(months: tuple[MonthRevenue, ...], room: int) -> Iterable[Row]:
    """Yield the revenue by month as columns, as wide as there is room for."""
    if not any(month.revenue.minor for month in months):
        return
    wide = max(2, min((room - 10) // len(months), 6))
    shown = months[-((room - 10) // wide) :]
    yield _heading("Revenue by month", room, _format_span(shown[0].first, shown[-1].first))
    values = [month.revenue.minor for month in shown]
    most = max(shown, key=lambda month: month.revenue.minor).revenue
    for level, line in enumerate(columns(values, CHART_HEIGHT)):
        bottom = level == CHART_HEIGHT - 1
        label = format_within(most, 8) if level == 0 else "0" if bottom else ""
        drawn = "".join(character * (wide - 1) + " " for character in line)
        yield Row((Span(f"{label:>8} ", "dim"), Span(drawn, "title")))
    names = "".join(_month_name(month.first, wide) for month in shown)
    yield Row((Span(" " * 9), Span(names, "dim")))
    yield Row()


def _format_span(first: dt.date, last: dt.date) -> str:
    year = f" {first:%y}" if first.year != last.year else ""
    return f"{first:%b}{year} – {last:%b} {last:%y}"


def _month_name(first: dt.date, cells: int) -> str:
    return f"{first:%b}"[: cells - 1].ljust(cells)


def _cell_rows(listed: CellCustomers, room: int) -> Iterable[Row]:
    """Yield the customers of a cell of the grid."""
    cell = listed.cell
    if cell is None:
        yield Row((Span(" No customers here.", "dim"),))
        return
    title = "1 customer" if cell.customers == 1 else f"{cell.customers:,} customers"
    shown = len(listed.customers)
    note = "by own purchases" if shown == cell.customers else f"the top {shown}, own purchases"
    yield _heading(title, room, note)
    for worth in listed.customers:
        yield Row(worth=worth)


def _standings(groups: tuple[RfmGroup, ...], room: int) -> Iterable[Row]:
    """Yield the number of customers in each standing, with a bar for its share."""
    yield _heading("Standings", room, "g: show the grid")
    total = sum(group.customers for group in groups)
    bar_room = max(room - 17 - 9 - 12, 4)
    for name, count, amount in count_standings(groups):
        yield Row(
            (
                Span(f" {name:16}"), Span(f"{count:7,} ", "bold"),
                Span(bar(count / total, bar_room), "tag"),
                Span(f"{format_whole(amount):>12}", "dim"),
            )
        )  # fmt: skip
