"""Count customers in the grid of recency and frequency, and list the customers of a cell.

Cells are defined by recency and frequency, as the grid is usually drawn. The standings within a
cell also depend on the monetary value (see `rfm.Scores.standing`).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cardcrm.money import Money
from cardcrm.records.sales import rfm
from cardcrm.records.sales.rfm_scale import score_sql
from cardcrm.reports.value.customer_ranking import (
    COLUMNS,
    RankedCustomer,
    ValueReport,
    rank_customer,
)
from cardcrm.store import Store


@dataclass(frozen=True)
class RfmGroup:
    """The customers that share the same scores: their number and revenue.

    ``strength`` is the mean of the scores for frequency and monetary value.
    """

    recency: int
    frequency: int
    strength: int
    customers: int
    revenue: Money

    @property
    def standing(self) -> str:
        """Return the standing of customers with these scores."""
        return rfm.name_standing(self.recency, self.strength)


@dataclass(frozen=True)
class GridCell:
    """A cell of the grid: the number and revenue of its customers, and the size of each standing.

    Standings are sorted by size, the largest first.
    """

    recency: int
    frequency: int
    customers: int
    revenue: Money
    standings: tuple[tuple[str, int], ...]


def count_groups(store: Store, currency: str, scale: rfm.Scale) -> tuple[RfmGroup, ...]:
    """Return the groups of customers in a currency; empty groups are left out."""
    scores, params = score_sql(scale)
    rows = store.rows(
        "SELECT r, f, fm, count(*) AS customers, sum(revenue) AS revenue FROM "
        # All rows are needed: coalesce() keeps the planner from reading them through an index.
        f"(SELECT {scores}, v.revenue FROM contact_value v "
        "WHERE coalesce(v.currency, '') = :currency AND v.own = 1) AS s "
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


def build_grid(groups: Iterable[RfmGroup]) -> dict[tuple[int, int], GridCell]:
    """Return the cells that have customers, by recency and frequency."""
    by_key: dict[tuple[int, int], list[RfmGroup]] = {}
    for group in groups:
        by_key.setdefault((group.recency, group.frequency), []).append(group)
    return {key: _build_cell(*key, groups) for key, groups in by_key.items()}


def _build_cell(recency: int, frequency: int, groups: list[RfmGroup]) -> GridCell:
    return GridCell(
        recency,
        frequency,
        sum(group.customers for group in groups),
        _sum_revenue(groups),
        tuple((name, count) for name, count, _ in count_standings(groups)),
    )


def count_standings(groups: Iterable[RfmGroup]) -> tuple[tuple[str, int, Money], ...]:
    """Return name, size and revenue of each standing with customers, the largest first."""
    by_key: dict[str, list[RfmGroup]] = {}
    for group in groups:
        by_key.setdefault(group.standing, []).append(group)
    counted = [
        (name, sum(group.customers for group in groups), _sum_revenue(groups))
        for name, groups in by_key.items()
    ]
    return tuple(sorted(counted, key=lambda each: (-each[1], each[0])))


def _sum_revenue(groups: list[RfmGroup]) -> Money:
    return Money(sum(group.revenue.minor for group in groups), groups[0].revenue.currency)


def list_customers(
    store: Store,
    today: dt.date,
    report: ValueReport,
    recency: int,
    frequency: int,
    *,
    limit: int = 100,
    expected: int = 0,
) -> tuple[RankedCustomer, ...]:
    """Return the customers of a cell by revenue, ranked within the cell.

    ``report`` is the report that has the cell; ``expected`` is the size of the cell, if known. In a
    large cell, reading all customers by revenue is the quickest way to the first of the cell.
    """
    if report.scale is None:
        return ()
    days = report.scale.recency.range_of(recency)
    purchases = report.scale.frequency.range_of(frequency)
    if days is None or purchases is None:
        return ()
    (since, before), (above, most) = days, purchases
    scans_by_revenue = expected * 20 >= report.totals.customers
    last, purchases_of = ("coalesce(v.last_on, '')", "v.days + 0") if scans_by_revenue else (
        "v.last_on", "v.days",
    )  # fmt: skip
    conditions: dict[str, Any] = {
        f"{last} >= :since": since, f"{last} < :before": before,
        f"{purchases_of} > :above": above, f"{purchases_of} <= :most": most,
    }  # fmt: skip
    given = {sql: cut for sql, cut in conditions.items() if cut is not None}
    where = " AND ".join(["v.currency = :currency AND v.own = 1", *given])
    best = "v.revenue DESC, v.contact_id"
    rows = store.rows(
        f"SELECT {COLUMNS} FROM (SELECT v.* FROM contact_value v WHERE {where} "
        f"ORDER BY {best} LIMIT :limit) v JOIN contact c ON c.id = v.contact_id ORDER BY {best}",
        currency=report.totals.currency,
        limit=limit,
        **{sql.rpartition(":")[2]: cut for sql, cut in given.items()},
    )
    return tuple(
        rank_customer(row, rank, report.totals, report.scale, today)
        for rank, row in enumerate(rows, 1)
    )
