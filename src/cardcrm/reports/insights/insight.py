"""The parts of an insight, and the sales that it is about."""

import datetime as dt
from typing import NamedTuple

from cardcrm.chart import Chart
from cardcrm.money import Money, count_decimals
from cardcrm.reports.scope import Scope
from cardcrm.sheet import Sheet

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
        """The list behind the insight for people, with shares in percent."""
        is_share = [column.key in self.shares for column in self.sheet.columns]
        rows = [
            tuple(
                f"{cell:.0%}" if share and isinstance(cell, float) else cell
                for cell, share in zip(row, is_share, strict=True)
            )
            for row in self.sheet.rows
        ]
        return self.sheet._replace(rows=rows)

    @property
    def rows(self) -> list[dict[str, object]]:
        """The list behind the insight as objects, for JSON."""
        keys = [column.key for column in self.sheet.columns]
        return [dict(zip(keys, row, strict=True)) for row in self.sheet.rows]


def in_units(money: Money) -> float:
    """Return an amount in major units, as charts have it."""
    return float(money.minor / 10 ** count_decimals(money.currency))
