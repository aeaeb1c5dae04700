"""Customers by recency and frequency: how many stand in each square of the grid, and who they are.

The squares are those of recency against frequency alone, as the grid is usually drawn; the segments
inside one depend on the monetary value, too (see `rfm.Scores.segment`).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cardcrm.money import Money
from cardcrm.reports import rfm
from cardcrm.reports.value import COLUMNS, Report, Worth, scored, worth
from cardcrm.store import Store


@dataclass(frozen=True)
class Group:
    """How many customers share the scores of recency and frequency and the ``strength``, the mean
    of frequency and monetary value; and what they brought together.
    """

    recency: int
    frequency: int
    strength: int
    customers: int
    revenue: Money

    @property
    def segment(self) -> str:
        """The name for customers of these scores."""
        return rfm.GRID[5 - self.recency][self.strength - 1]


@dataclass(frozen=True)
class Square:
    """A square of the grid: how many customers, what they brought, and how many of which segment,
    the largest first.
    """

    recency: int
    frequency: int
    customers: int
    revenue: Money
    segments: tuple[tuple[str, int], ...]


def groups(store: Store, currency: str, scale: rfm.Scale) -> tuple[Group, ...]:
    """All customers of a currency by their scores; groups without any are left out."""
    scores, params = scored(scale)
    rows = store.rows(
        "SELECT r, f, fm, count(*) AS customers, sum(revenue) AS revenue FROM "
        f"(SELECT {scores}, v.revenue FROM contact_value v WHERE v.currency = :currency) AS s "
        "GROUP BY r, f, fm ORDER BY r DESC, f, fm",
        currency=currency,
        **params,
    )
    return tuple(
        Group(row["r"], row["f"], row["fm"], row["customers"], Money(int(row["revenue"]), currency))
        for row in rows
    )


def squares(found: Iterable[Group]) -> dict[tuple[int, int], Square]:
    """The squares that hold customers, by recency and frequency."""
    together: dict[tuple[int, int], list[Group]] = {}
    for group in found:
        together.setdefault((group.recency, group.frequency), []).append(group)
    return {place: _square(*place, inside) for place, inside in together.items()}


def _square(recency: int, frequency: int, inside: list[Group]) -> Square:
    return Square(
        recency,
        frequency,
        sum(group.customers for group in inside),
        _sum(inside),
        tuple((name, count) for name, count, _ in segments(inside)),
    )


def segments(found: Iterable[Group]) -> tuple[tuple[str, int, Money], ...]:
    """The segments that hold customers: name, how many, and what they brought; largest first."""
    together: dict[str, list[Group]] = {}
    for group in found:
        together.setdefault(group.segment, []).append(group)
    told = [
        (name, sum(group.customers for group in inside), _sum(inside))
        for name, inside in together.items()
    ]
    return tuple(sorted(told, key=lambda each: (-each[1], each[0])))


def _sum(inside: list[Group]) -> Money:
    return Money(sum(group.revenue.minor for group in inside), inside[0].revenue.currency)


def customers(
    store: Store, today: dt.date, found: Report, recency: int, frequency: int, limit: int = 100
) -> tuple[Worth, ...]:
    """The customers of a square, those first who brought most. Their rank counts them alone.

    ``found`` is the report they are a part of.
    """
    if found.scale is None:
        return ()
    days = found.scale.recency.span(recency)
    orders = found.scale.frequency.span(frequency)
    if days is None or orders is None:
        return ()
    (since, before), (above, most) = days, orders
    conditions: dict[str, Any] = {
        "v.last_on >= :since": since, "v.last_on < :before": before,
        "v.orders > :above": above, "v.orders <= :most": most,
    }  # fmt: skip
    held = {sql: cut for sql, cut in conditions.items() if cut is not None}
    where = " AND ".join(["v.currency = :currency", *held])
    rows = store.rows(
        f"SELECT {COLUMNS} FROM contact_value v JOIN contact c ON c.id = v.contact_id "
        f"WHERE {where} ORDER BY v.revenue DESC, v.contact_id LIMIT :limit",
        currency=found.totals.currency,
        limit=limit,
        **{sql.partition(":")[2]: cut for sql, cut in held.items()},
    )
    return tuple(
        worth(row, rank, found.totals, found.scale, today) for rank, row in enumerate(rows, 1)
    )
