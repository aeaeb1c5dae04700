"""Value: who brings most, what all are worth, revenue by month, and who is slipping away."""

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from textual.binding import BindingType
from textual.widget import Widget

from cardcrm import dates
from cardcrm.money import Money, format_money
from cardcrm.reports import revenue, rfm, value
from cardcrm.reports.revenue import Month
from cardcrm.reports.value import Cell, Report, Worth
from cardcrm.store import Store
from cardcrm.text import width as width_of
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.page import Page
from cardcrm.tui.widgets.charts import bar, columns
from cardcrm.tui.widgets.lines import Lines, Span, fit

MOST = 100
SLIPPING = 15
CHART = 6  # lines
_BY = ("revenue", "margin", "orders", "clv")
_WORDS = {"clv": "lifetime value"}


class Figures(NamedTuple):
    """What the page shows, of one currency."""

    report: Report | None
    grid: tuple[Cell, ...]
    slipping: tuple[Worth, ...]
    months: tuple[Month, ...]
    currencies: tuple[str, ...]
    today: dt.date


class Row(NamedTuple):
    """A line: spans made for a width, or a customer."""

    spans: tuple[Span, ...] = ()
    worth: Worth | None = None
    slipping: bool = False


class Ranking(Lines):
    """The figures, and the customers one can go to."""

    def __init__(self) -> None:
        super().__init__(id="left")
        self.figures: Figures | None = None
        self.by = _BY[0]
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

    def take(self, figures: Figures, by: str) -> None:
        """Show figures; the cursor stays on its customer."""
        before = self.chosen
        self.figures, self.by = figures, by
        self._lay_out()
        ids = [row.worth.contact_id if row.worth else 0 for row in self._rows]
        again = ids.index(before.contact_id) if before and before.contact_id in ids else None
        self.set_reactive(Lines.cursor, 0)
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
        if figures.grid:
            yield Row()
            yield from _grid(figures.grid, room)

    def spans(self, index: int, width: int) -> list[Span]:
        """A customer: rank, name, amount, a bar of the share, segment."""
        row = self._rows[index]
        if row.worth is None:
            return list(row.spans)
        worth = row.worth
        assert self.figures is not None
        best = self._measure(self.figures.report.rows[0]) if self.figures.report else 1
        figures = (*self.figures.report.rows, *self.figures.slipping) if self.figures.report else ()
        amount_room = max(map(len, map(self._amount, figures)), default=1)
        amount = self._amount(worth).rjust(amount_room)
        wide = width >= 62
        segment = worth.scores.segment if worth.scores and wide else ""
        tail = _since(worth.last_on, self.figures.today) if row.slipping else segment
        tail_room = 17 if wide else 6 if row.slipping else 0
        bar_room = 0 if row.slipping or width < 46 else max(width // 7, 6)
        name_room = width - 7 - amount_room - tail_room - bar_room
        share = self._measure(worth) / best if best > 0 else 0
        return [
            Span(f"{worth.rank:4} ", "dim"),
            Span(fit(worth.name, name_room)),
            Span(f" {amount}", "bold"),
            Span(f" {bar(share, bar_room)}" if bar_room else "", "title"),
            Span(
                f" {fit(tail, tail_room)}" if tail_room else "", "late" if row.slipping else "dim"
            ),
        ]

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
        return _whole(money) if money else "unknown"


def _whole(money: Money) -> str:
    """An amount without its decimals and currency, for figures that stand below each other."""
    return format_money(money, code=False).partition(".")[0]


def _since(last_on: dt.date, today: dt.date) -> str:
    days = (today - last_on).days
    return f"{days}d" if days < 100 else f"{days // 30}m ago"


def _heading(title: str, room: int, note: str = "") -> Row:
    line = "─" * max(room - width_of(title) - width_of(note) - 3, 0)
    return Row((Span(f" {title} ", "section"), Span(line, "dim"), Span(f" {note}", "dim")))


def _totals(report: Report, room: int) -> Iterable[Row]:
    """Customers, revenue, and what they will yet bring."""
    totals = report.totals
    best = f"best fifth brings {totals.best_share:.0%}" if totals.best_share is not None else ""
    yield Row(
        (
            Span(f" {totals.customers:,}", "bold"), Span(" customers  ", "dim"),
            Span(f"{totals.orders:,}", "bold"), Span(" orders  ", "dim"),
            Span(best if room > 50 else "", "dim"),
        )
    )  # fmt: skip
    yield Row(
        (
            Span(f" {_whole(totals.revenue)}", "bold"), Span(" revenue  ", "dim"),
            Span(_whole(totals.equity), "bold"),
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
    yield _heading("Revenue by month", room, f"{shown[0].first:%b %Y} to {shown[-1].first:%b %Y}")
    values = [month.revenue.minor for month in shown]
    most = max(shown, key=lambda month: month.revenue.minor).revenue
    for level, line in enumerate(columns(values, CHART)):
        label = _whole(most) if level == 0 else "0" if level == CHART - 1 else ""
        drawn = "".join(sign * (wide - 1) + " " for sign in line)
        yield Row((Span(f"{label:>8} ", "dim"), Span(drawn, "title")))
    names = "".join(_month_name(month.first, wide) for month in shown)
    yield Row((Span(" " * 9), Span(names, "dim")))
    yield Row()


def _month_name(first: dt.date, cells: int) -> str:
    return f"{first:%b}"[: cells - 1].ljust(cells)


def _grid(cells: tuple[Cell, ...], room: int) -> Iterable[Row]:
    """How many customers share a segment, as a bar of all of them."""
    yield _heading("Segments", room, "by recency, frequency and amount")
    counts: dict[str, tuple[int, int]] = {}
    for cell in cells:
        name = rfm.GRID[5 - cell.recency][cell.strength - 1]
        known = counts.get(name, (0, 0))
        counts[name] = (known[0] + cell.customers, known[1] + cell.revenue.minor)
    all_ = sum(count for count, _ in counts.values())
    currency = cells[0].revenue.currency
    bar_room = max(room - 17 - 9 - 12, 4)
    for name in dict.fromkeys(each for line in rfm.GRID for each in line):
        if name in counts:
            count, minor = counts[name]
            amount = _whole(Money(minor, currency))
            yield Row(
                (
                    Span(f" {name:16}"), Span(f"{count:7,} ", "bold"),
                    Span(bar(count / all_, bar_room), "tag"), Span(f"{amount:>12}", "dim"),
                )
            )  # fmt: skip


class ValuePage(Page):
    """The third page."""

    here = "value"
    places: ClassVar[tuple[str, ...]] = ("app", "page", "value", "lines")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("value"), *bindings("page")]

    def __init__(self) -> None:
        super().__init__()
        self.ranking = Ranking()
        self.by = _BY[0]
        self.currency = ""

    def left(self) -> Iterable[Widget]:
        """The figures."""
        yield self.ranking

    def on_mount(self) -> None:
        """The list has the keys."""
        self.ranking.focus()

    async def reload(self) -> None:
        """Reckon anew."""
        by, wanted = self.by, self.currency
        figures = await self.crm.desk.ask(lambda store: _read(store, by, wanted))
        self.ranking.take(figures, by)

    def chosen(self) -> int | None:
        """The customer."""
        worth = self.ranking.chosen
        return worth.contact_id if worth else None

    def pick(self) -> None:
        """Enter opens the card in the drawer."""
        worth = self.ranking.chosen
        if worth is not None:
            self.crm.go_to_card(worth.contact_id)

    def action_by(self) -> None:
        """Rank by something else."""
        self.by = _BY[(_BY.index(self.by) + 1) % len(_BY)]
        self.freshen()

    def action_currency(self) -> None:
        """The next currency."""
        known = self.ranking.figures.currencies if self.ranking.figures else ()
        if len(known) < 2:
            self.crm.say("all sales are in one currency")
            return
        at = known.index(self.currency) if self.currency in known else 0
        self.currency = known[(at + 1) % len(known)]
        self.freshen()


def _read(store: Store, by: str, wanted: str) -> Figures:
    """The figures of a currency: the one wanted, else the firm's own, else one there is."""
    today = dates.today(store.customs.zone)
    known = value.currencies(store)
    own = store.customs.currency
    currency = wanted or (own if own in known or not known else known[0])
    ordered = tuple(dict.fromkeys([currency, *known]))
    report = value.report(store, currency, today, by=by, limit=MOST)
    if report is None:
        return Figures(None, (), (), (), ordered, today)
    return Figures(
        report,
        value.grid(store, currency, report.scale) if report.scale else (),
        value.slipping(store, currency, today, report, SLIPPING),
        revenue.by_month(store, currency, today, months=24),
        ordered,
        today,
    )
