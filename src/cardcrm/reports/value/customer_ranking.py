"""Rank customers by value: revenue, orders, margin, RFM scores and lifetime value.

All figures are in one currency; amounts in different currencies are never added. They come from the
derived table ``contact_value``. Refunds lower revenue and margin and do not count as orders. The
figures of an organization include the sales of its people, who are ranked as well; the totals and
the boundaries of the scores count each sale once.
"""

import datetime as dt
import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cardcrm.choices import parse_choice
from cardcrm.money import Money
from cardcrm.query import Node
from cardcrm.records.sales import rfm
from cardcrm.records.sales.rfm_scale import load_scale
from cardcrm.reports.org_members import with_members_sql
from cardcrm.reports.value.lifetime_value import (
    LifetimeValue,
    compute_lifetime_value,
    round_half_away,
    years_observed,
)
from cardcrm.reports.value.value_totals import VALUE_SQL, Totals, compute_totals, total_rows
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks, read_ids
from cardcrm.store.engine import Row

SORT_ORDERS: dict[str, str] = {
    "revenue": "v.revenue DESC, v.contact_id",
    "orders": "v.orders DESC, v.revenue DESC, v.contact_id",
    "margin": "v.margin DESC, v.contact_id",
    "clv": f"{VALUE_SQL} DESC, v.contact_id",  # among customers with the same day of the first sale
}
RANKINGS = (*SORT_ORDERS, "future")  # the last by `future_ranking`
# Rankings that need a figure which some customers lack, and the condition on those who have it.
# “+ 0” keeps the planner from the index on orders, which nearly all customers satisfy.
RANKED_BY = {"margin": "v.margin IS NOT NULL", "clv": "v.orders + 0 > 0"}
# The contacts that belong to some organizations, directly or further down.
_BELOW = with_members_sql("SELECT c.id FROM contact c WHERE c.org_id IN ({marks})")
_NO_LIMIT = 2**62
COLUMNS = (
    "v.contact_id, c.name, v.currency, v.revenue, v.margin, v.orders, v.days, v.first_on, "
    f"v.last_on, v.people, {VALUE_SQL} AS worth"
)


@dataclass(frozen=True)
class RankedCustomer:
    """One customer's figures in one currency.

    ``share`` is the share of all revenue, 0 to 1, None if the total is not above 0. ``margin`` is
    None if a cost is unknown, ``average`` and ``lifetime`` without an order, and ``scores`` if
    there are too few customers. ``purchases`` are days with an order. The figures of an
    organization include the sales of ``people`` contacts who belong to it.
    """

    rank: int
    contact_id: int
    name: str
    revenue: Money
    share: float | None
    margin: Money | None
    orders: int
    purchases: int
    average: Money | None
    first_on: dt.date
    last_on: dt.date
    scores: rfm.Scores | None
    lifetime: LifetimeValue | None
    people: int

    @property
    def title(self) -> str:
        """The name, and how many people an organization's figures include."""
        more = "1 person" if self.people == 1 else f"{self.people:,} people"
        return f"{self.name} + {more}" if self.people else self.name


class PeopleIncluded(NamedTuple):
    """The people of organizations that a query finds, whose sales are in its totals.

    ``counted`` of them are found by the query as well; they are not counted a second time. The
    others are not found, and have bought for ``revenue``.
    """

    counted: int
    revenue: Money


@dataclass(frozen=True)
class ValueReport:
    """The totals, the boundaries of the scores, and the requested customers, best first.

    ``selected`` are the totals of the customers that a query finds, None if it finds none, and the
    ``totals`` without a query. ``people`` are those included in the totals of a query.
    ``left_out`` customers have no figure to rank by: no known margin,
    or no order for a lifetime value.
    """

    totals: Totals
    selected: Totals | None
    scale: rfm.Scale | None
    rows: tuple[RankedCustomer, ...]
    left_out: int
    people: PeopleIncluded | None = None


def list_revenue(store: Store, currencies: Sequence[str]) -> list[Money]:
    """Return the revenue of all customers in each of some currencies."""
    sql = "SELECT sum(revenue) FROM contact_value WHERE currency = :currency AND own = 1"
    return [Money(int(store.value(sql, currency=each) or 0), each) for each in currencies]


def build_report(
    store: Store,
    currency: str,
    today: dt.date,
    *,
    by: str = "revenue",
    limit: int | None = 20,
    where: Node | None = None,
    years: float | None = None,
) -> ValueReport | None:
    """Return the most valuable customers; None if there are no sales in the currency.

    ``by`` is one of `SORT_ORDERS`; ``where`` limits the customers to a query; ``years`` overrides
    the computed lifespan. Raises UsageError for an unknown order.
    """
    by = parse_choice(by, tuple(SORT_ORDERS), "ranking")
    totals = compute_totals(store, currency, today, years)
    if totals is None:
        return None
    scale = load_scale(store, currency, totals.customers)
    most = _NO_LIMIT if limit is None else limit
    condition, params = _build_condition(store, currency, where)
    if by in RANKED_BY:
        rows = _read_best_by_day(store, by, condition, params, today, most)
    else:
        rows = _read_best(store, by, condition, params, most)
    selected: Totals | None = totals
    people = None
    if where is not None:
        selected, people = _total_selected(store, totals, today, condition, params)
    return ValueReport(
        totals,
        selected,
        scale,
        tuple(rank_customer(row, rank, totals, scale, today) for rank, row in enumerate(rows, 1)),
        _count_unranked(store, by, condition, params),
        people,
    )


def _total_selected(
    store: Store, totals: Totals, today: dt.date, condition: str, params: dict[str, Any]
) -> tuple[Totals | None, PeopleIncluded]:
    """Return the totals of the customers of a condition, and the people that they include.

    The sales of people whose organization is among these customers are in its figures already.
    """
    rows = store.rows(
        "SELECT v.contact_id, v.own, v.first_on, v.revenue, v.margin, v.orders "
        f"FROM contact_value v WHERE {condition}",
        **params,
    )
    organizations = [row["contact_id"] for row in rows if not row["own"]]
    covered = read_ids(store.engine, _BELOW, organizations)
    counted = [row for row in rows if row["contact_id"] not in covered]
    selected = total_rows(counted, totals, today)
    own = sum(row["revenue"] for row in rows if row["own"])
    own += _sum_own_revenue(store, totals.currency, organizations)
    revenue = selected.revenue.minor if selected else 0
    people = PeopleIncluded(len(rows) - len(counted), Money(revenue - own, totals.currency))
    return selected, people


def _sum_own_revenue(store: Store, currency: str, ids: Sequence[int]) -> int:
    """Return what organizations bought themselves, without their people."""
    sql = (
        "SELECT coalesce(sum(revenue), 0) FROM contact_value "
        "WHERE currency = :currency AND own = 1 AND contact_id IN ({})"
    )
    return sum(
        int(store.value(sql.format(marks), currency=currency, **params))
        for marks, params in chunks(ids)
    )


def _count_unranked(store: Store, by: str, condition: str, params: dict[str, Any]) -> int:
    """Count the customers of a condition that have no figure to rank by."""
    if by not in RANKED_BY:
        return 0
    sql = f"SELECT count(*) FROM contact_value v WHERE {condition} AND NOT ({RANKED_BY[by]})"
    return int(store.value(sql, **params))


def _build_condition(store: Store, currency: str, where: Node | None) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on ``contact_value v``, and its parameters."""
    if where is None:
        return "v.currency = :currency AND v.total = 1", {"currency": currency}
    from cardcrm.records.query_sql.contact_query import compile_query

    found, params = compile_query(store, where)
    return (
        "v.currency = :currency AND v.total = 1 "
        f"AND v.contact_id IN (SELECT c.id FROM contact c WHERE {found})",
        {**params, "currency": currency},
    )


def _read_best(
    store: Store, by: str, condition: str, params: dict[str, Any], most: int
) -> list[Row]:
    """Return the first rows in an order, with the names of these customers."""
    return store.rows(
        f"SELECT {COLUMNS} FROM (SELECT v.* FROM contact_value v WHERE {condition} "
        f"ORDER BY {SORT_ORDERS[by]} LIMIT :most) v JOIN contact c ON c.id = v.contact_id "
        f"ORDER BY {SORT_ORDERS[by]}",
        **params,
        most=most,
    )


def _read_best_by_day(
    store: Store, by: str, condition: str, params: dict[str, Any], today: dt.date, most: int
) -> list[Row]:
    """Return the rows with the highest known margins or lifetime values.

    Customers with the same day of the first sale rank by their sums. So the best of all are among
    the best of the days whose best customer is highest, and an index finds these quickly.
    """
    known = RANKED_BY[by]

    def rank_value(row: Row) -> float:
        since = (
            years_observed(dt.date.fromisoformat(row["first_on"]), today) if by == "clv" else 1.0
        )
        return float(row["worth"] / since)

    days = store.rows(
        f"SELECT first_on, worth FROM (SELECT v.first_on, max(CASE WHEN {known} "
        f"THEN {VALUE_SQL} END) AS worth FROM contact_value v WHERE {condition} "
        "GROUP BY v.first_on) best WHERE worth IS NOT NULL",
        **params,
    )
    rows: list[Row] = []
    for day in heapq.nlargest(min(most, len(days)), days, key=rank_value):
        inside = {**params, "day": day["first_on"]}
        here = f"{condition} AND v.first_on = :day AND {known}"
        rows += _read_best(store, by, here, inside, most)
    return heapq.nlargest(min(most, len(rows)), rows, key=rank_value)


def load_contact_values(
    store: Store, contact_id: int, today: dt.date, *, years: float | None = None
) -> list[tuple[RankedCustomer, Totals]]:
    """Return one customer's figures in each currency, with the totals of that currency.

    The rank is the rank by revenue. The list is empty for a contact without sales.
    """
    found = []
    for row in store.rows(
        f"SELECT {COLUMNS} FROM contact_value v JOIN contact c ON c.id = v.contact_id "
        "WHERE v.contact_id = :id AND v.total = 1 ORDER BY v.currency",
        id=contact_id,
    ):
        totals = compute_totals(store, row["currency"], today, years)
        assert totals is not None
        scale = load_scale(store, row["currency"], totals.customers)
        before = store.value(
            "SELECT count(*) FROM contact_value "
            "WHERE currency = :currency AND revenue > :revenue AND total = 1",
            currency=row["currency"],
            revenue=row["revenue"],
        )
        found.append((rank_customer(row, before + 1, totals, scale, today), totals))
    return found


def rank_customer(
    row: Row, rank: int, totals: Totals, scale: rfm.Scale | None, today: dt.date
) -> RankedCustomer:
    """Return one customer's figures from a row of ``contact_value``."""
    currency, revenue, margin = row["currency"], row["revenue"], row["margin"]
    orders, first_on = row["orders"], dt.date.fromisoformat(row["first_on"])
    all_revenue = totals.revenue.minor
    return RankedCustomer(
        rank,
        row["contact_id"],
        row["name"],
        Money(revenue, currency),
        revenue / all_revenue if all_revenue > 0 else None,
        None if margin is None else Money(margin, currency),
        orders,
        row["days"],
        Money(round_half_away(revenue / orders), currency) if orders else None,
        first_on,
        dt.date.fromisoformat(row["last_on"]),
        scale.scores(row["last_on"], row["days"], revenue) if scale else None,
        compute_lifetime_value(
            Money(revenue, currency),
            margin,
            row["days"],
            years_observed(first_on, today),
            totals.lifespan.years,
        ),
        row["people"],
    )
