"""The parts of an insight, and the sales that it is about."""

import datetime as dt
from typing import Any, NamedTuple

from cardcrm.chart import Chart
from cardcrm.money import Money, format_money
from cardcrm.reports.scope import Scope
from cardcrm.sheet import Cell, Sheet

NO_SHEET = Sheet((), ())


class View(NamedTuple):
    """The sales in a currency from one day to another, both included.

    ``today`` is the day of the reader, and ``span`` names the days from ``first`` to ``last`` in
    words. Sales after ``last`` do not count.
    """

    currency: str
    today: dt.date
    first: dt.date
    last: dt.date
    span: str

    @property
    def scope(self) -> Scope:
        """The sales of the span."""
        return Scope(self.currency, self.today, self.first, self.last)

    @property
    def is_past(self) -> bool:
        """Return whether the reader's day is after the span."""
        return self.last < self.today

    @property
    def history(self) -> Scope:
        """All sales up to the end of the span."""
        return Scope(self.currency, self.today, None, self.last)


class Insight(NamedTuple):
    """A chart with a sentence, and the list behind it.

    ``sheet`` has the rows of the list, and ``contacts`` their ids, if they are contacts. Columns of
    shares, from 0 to 1, are named in ``shares``. An insight without enough data has no charts but a
    ``reason``.
    """

    key: str
    title: str
    charts: tuple[Chart, ...] = ()
    sheet: Sheet = NO_SHEET
    note: str = ""
    contacts: tuple[int, ...] = ()
    reason: str = ""
    shares: tuple[str, ...] = ()

    @property
    def table(self) -> Sheet:
        """The list behind the insight for people: shares in percent, amounts without currency.

        The currency is in the title of the chart.
        """
        is_share = [column.key in self.shares for column in self.sheet.columns]
        rows = [tuple(map(_to_text, row, is_share)) for row in self.sheet.rows]
        return self.sheet._replace(rows=rows)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The list behind the insight as objects, for JSON."""
        keys = [column.key for column in self.sheet.columns]
        return [dict(zip(keys, row, strict=True)) for row in self.sheet.rows]


def _to_text(cell: Cell, is_share: bool) -> Cell:
    if is_share and isinstance(cell, float):
        return f"{cell:.0%}"
    return format_money(cell, code=False) if isinstance(cell, Money) else cell
