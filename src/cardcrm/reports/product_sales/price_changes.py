"""Find the days on which the unit price of a product changed, from the lines of sales.

The usual price of a day is that of most of its lines, and the higher one of a tie. A price counts
once it has been the usual one on two days of sales in a row, so that a mistyped line does not
count; the last day with sales counts by itself.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

from cardcrm.money import UnitPrice

_MIN_DAYS = 2  # days with sales at a price


class PriceDay(NamedTuple):
    """The lines of a day at one unit price before discounts.

    The price is in ten-thousandths of a minor unit, the quantity in thousandths; ``squares`` is the
    sum of the squared quantities of the lines, and ``listed`` their amount without discounts.
    """

    on: dt.date
    price: int
    lines: int
    quantity: int
    squares: float
    amount: int
    listed: int


class PriceChange(NamedTuple):
    """A change of the unit price from a day on."""

    on: dt.date
    before: UnitPrice
    after: UnitPrice


class _Run(NamedTuple):
    price: int
    first: dt.date
    days: int


def find_price_changes(days: Iterable[PriceDay], currency: str) -> list[PriceChange]:
    """Return the changes of the usual price, the oldest first; days come in rising order."""
    runs = _drop_short(_list_runs(_list_usual_prices(days)))
    return [
        PriceChange(new.first, UnitPrice(old.price, currency), UnitPrice(new.price, currency))
        for old, new in pairwise(runs)
    ]


def _list_usual_prices(days: Iterable[PriceDay]) -> Iterator[tuple[dt.date, int]]:
    for day, prices in groupby(days, key=lambda each: each.on):
        yield day, max(prices, key=lambda each: (each.lines, each.price)).price


def _list_runs(prices: Iterable[tuple[dt.date, int]]) -> list[_Run]:
    """Return the spans of days with sales at one usual price."""
    found = []
    for price, days in groupby(prices, key=lambda each: each[1]):
        on = [day for day, _ in days]
        found.append(_Run(price, on[0], len(on)))
    return found


def _drop_short(runs: list[_Run]) -> list[_Run]:
    """Return the runs without those of a single day, and join those of one price."""
    merged: list[_Run] = []
    for at, run in enumerate(runs):
        if run.days < _MIN_DAYS and at < len(runs) - 1:
            continue
        if not merged or merged[-1].price != run.price:
            merged.append(run)
    return merged
