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
from cardcrm.reports.rfm_scale import score_sql
from cardcrm.reports.value import COLUMNS, RankedCustomer, ValueReport, rank_customer
from cardcrm.store import Store


@dataclass(frozen=True)
class RfmGroup:
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
class GridCell:
    """A square of the grid: how many customers, what they brought, and how many of which segment,
    the largest first.
    """

    recency: int
    frequency: int
    customers: int
    revenue: Money
    segments: tuple[tuple[str, int], ...]


def count_groups(store: Store, currency: str, scale: rfm.Scale) -> tuple[RfmGroup, ...]:
    """All customers of a currency by their scores; groups without any are left out."""
    scores, params = score_sql(scale)
    rows = store.rows(
        "SELECT r, f, fm, count(*) AS customers, sum(revenue) AS revenue FROM "
        # All rows are read: the function keeps a planner from doing so by way of an index.
        f"(SELECT {scores}, v.revenue FROM contact_value v "
        "WHERE coalesce(v.currency, '') = :currency) AS s "
        "GROUP BY r, f, fm ORDER BY r DESC, f, fm",
        currency=currency,
        **params,
    )
    return tuple(
        RfmGroup(
            row["r"], row["f"], row["fm"], row["customers"], Money(int(row["revenue"]), currency)
        )
        for row in rows
    )


def build_grid(found: Iterable[RfmGroup]) -> dict[tuple[int, int], GridCell]:
    """The squares that hold customers, by recency and frequency."""
    together: dict[tuple[int, int], list[RfmGroup]] = {}
    for group in found:
        together.setdefault((group.recency, group.frequency), []).append(group)
    return {place: _square(*place, inside) for place, inside in together.items()}


def _square(recency: int, frequency: int, inside: list[RfmGroup]) -> GridCell:
    return GridCell(
        recency,
        frequency,
        sum(group.customers for group in inside),
        _sum(inside),
        tuple((name, count) for name, count, _ in count_segments(inside)),
    )


def count_segments(found: Iterable[RfmGroup]) -> tuple[tuple[str, int, Money], ...]:
    """The segments that hold customers: name, how many, and what they brought; largest first."""
    together: dict[str, list[RfmGroup]] = {}
    for group in found:
        together.setdefault(group.segment, []).append(group)
    told = [
        (name, sum(group.customers for group in inside), _sum(inside))
        for name, inside in together.items()
    ]
    return tuple(sorted(told, key=lambda each: (-each[1], each[0])))


def _sum(inside: list[RfmGroup]) -> Money:
    return Money(sum(group.revenue.minor for group in inside), inside[0].revenue.currency)


def list_customers(
    store: Store,
    today: dt.date,
    found: ValueReport,
    recency: int,
    frequency: int,
    *,
    limit: int = 100,
    expected: int = 0,
) -> tuple[RankedCustomer, ...]:
    """The customers of a square, those first who brought most. Their rank counts them alone.

    ``found`` is the report they are a part of; ``expected`` is how many stand there, where that is
    known: among many the best are found soon by walking down from the best of all.
    """
    if found.scale is None:
        return ()
    days = found.scale.recency.span(recency)
    orders = found.scale.frequency.span(frequency)
    if days is None or orders is None:
        return ()
    (since, before), (above, most) = days, orders
    walks = expected * 20 >= found.totals.customers
    last, orders_of = ("coalesce(v.last_on, '')", "v.orders + 0") if walks else (
        "v.last_on", "v.orders",
    )  # fmt: skip
    conditions: dict[str, Any] = {
        f"{last} >= :since": since, f"{last} < :before": before,
        f"{orders_of} > :above": above, f"{orders_of} <= :most": most,
    }  # fmt: skip
    held = {sql: cut for sql, cut in conditions.items() if cut is not None}
    where = " AND ".join(["v.currency = :currency", *held])
    best = "v.revenue DESC, v.contact_id"
    rows = store.rows(
        f"SELECT {COLUMNS} FROM (SELECT v.* FROM contact_value v WHERE {where} "
        f"ORDER BY {best} LIMIT :limit) v JOIN contact c ON c.id = v.contact_id ORDER BY {best}",
        currency=found.totals.currency,
        limit=limit,
        **{sql.rpartition(":")[2]: cut for sql, cut in held.items()},
    )
    return tuple(
        rank_customer(row, rank, found.totals, found.scale, today)
        for rank, row in enumerate(rows, 1)
    )
