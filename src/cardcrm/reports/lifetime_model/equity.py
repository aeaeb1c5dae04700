"""Customer equity: the discounted future sales to the customers of today, in all and by group.

R. Blattberg, J. Deighton, Manage Marketing by the Customer Equity Test, Harvard Business Review 74
(1996). The standings of RFM divide all customers, so theirs add up to the whole, to the cent. Saved
segments may overlap and leave customers out.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cardcrm.errors import CardcrmError
from cardcrm.money import Money
from cardcrm.records.sales import rfm
from cardcrm.records.sales.rfm_scale import count_customers, load_scale, score_sql
from cardcrm.reports.lifetime_model.equity_snapshots import (
    EquityKey,
    Snapshot,
    load_last_snapshots,
    store_snapshots,
)
from cardcrm.reports.lifetime_model.fitting import LifetimeModel, explain_too_little
from cardcrm.reports.lifetime_model.forecasts import Horizon
from cardcrm.reports.lifetime_model.histories import load_histories
from cardcrm.reports.lifetime_model.model_table import choose_model
from cardcrm.reports.lifetime_model.predictions import forecast
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.reports.value_totals import compute_totals
from cardcrm.store import Store

ALL, STANDING, SEGMENT = "all", "standing", "segment"
EVERYONE = "all customers"


class GroupEquity(NamedTuple):
    """The equity of one group of customers, and its change since the last snapshot.

    ``share`` is that of the whole, None if the whole is 0. ``revenue`` is the historic sum: what
    these customers have paid so far. Without an earlier snapshot ``before`` is None.
    """

    kind: str
    name: str
    customers: int
    equity: Money
    share: float | None
    revenue: Money
    before: Snapshot | None = None

    @property
    def change(self) -> Money | None:
        """The change since the last snapshot."""
        if self.before is None:
            return None
        return Money(self.equity.minor - self.before.equity, self.equity.currency)


@dataclass(frozen=True)
class EquityReport:
    """The equity of all customers and of their groups; the whole comes first.

    Without a model, for a ``reason``, the only group is all customers: the sum of their lifetime
    values by the simple formula. ``skipped`` are segments whose query is no longer valid.
    """

    currency: str
    horizon_days: int
    discount: int
    model: LifetimeModel | None
    reason: str
    groups: tuple[GroupEquity, ...]
    skipped: tuple[str, ...] = ()


class _Values(NamedTuple):
    """Future value and revenue so far of each customer in minor units, by contact id."""

    currency: str
    future: dict[int, int]
    revenue: dict[int, int]


def measure_equity(
    store: Store, scope: Scope, horizon_days: int, discount: int, *, keep: bool = True
) -> EquityReport:
    """Return the customer equity in a currency, and ``keep`` it as the snapshot of today.

    ``discount`` is in thousandths of a percent a year.
    """
    horizon = Horizon.build(horizon_days, discount / 100_000)
    histories = load_histories(store, scope.currency, scope.today)
    model = choose_model(store, scope.currency, scope.today, histories)
    if model is None:
        reason = explain_too_little(histories)
        return _by_formula(store, scope, horizon_days, discount, reason)
    future = forecast(model, histories, horizon).future_value
    by_id = dict(zip(histories.ids, future, strict=True))
    revenues, standings = _read_customers(store, scope.currency, by_id)
    values = _Values(scope.currency, by_id, revenues)
    skipped: list[str] = []
    members = [
        (ALL, EVERYONE, list(histories.ids)),
        *((STANDING, *each) for each in standings.items()),
        *((SEGMENT, *each) for each in _list_segments(store, scope, by_id, skipped)),
    ]
    key = EquityKey(scope.currency, horizon_days, discount)
    snapshots = load_last_snapshots(store, key, scope.today)
    whole = sum(future)
    groups = tuple(
        _measure(kind, name, ids, values, whole)._replace(before=snapshots.get((kind, name)))
        for kind, name, ids in members
    )
    if keep:
        rows = [(each.kind, each.name, each.customers, each.equity.minor) for each in groups]
        store_snapshots(store, key, scope.today, rows)
    return EquityReport(scope.currency, horizon_days, discount, model, "", groups, tuple(skipped))


def _measure(kind: str, name: str, ids: Sequence[int], values: _Values, whole: int) -> GroupEquity:
    equity = sum(values.future[each] for each in ids)
    revenue = sum(values.revenue[each] for each in ids)
    currency = values.currency
    return GroupEquity(
        kind,
        name,
        len(ids),
        Money(equity, currency),
        equity / whole if whole else None,
        Money(revenue, currency),
    )


def _by_formula(
    store: Store, scope: Scope, horizon_days: int, discount: int, reason: str
) -> EquityReport:
    totals = compute_totals(store, scope.currency, scope.today)
    groups: tuple[GroupEquity, ...] = ()
    if totals is not None:
        groups = (
            GroupEquity(
                ALL, EVERYONE, totals.customers, totals.lifetime_value, 1.0, totals.revenue, None
            ),
        )
    return EquityReport(scope.currency, horizon_days, discount, None, reason, groups)


def _read_customers(
    store: Store, currency: str, customers: Container[int]
) -> tuple[dict[int, int], dict[str, list[int]]]:
    """Return what each customer has paid so far, and the customers of each standing.

    The standings are in the order of the grid; too few customers have none.
    """
    scale = load_scale(store, currency, count_customers(store, currency))
    scores, params = ("0 AS r, 0 AS f, 0 AS fm", {}) if scale is None else score_sql(scale)
    rows = store.stream(
        f"SELECT v.contact_id, v.revenue, {scores} FROM contact_value v "
        "WHERE v.currency = :currency AND v.own = 1 ORDER BY v.contact_id",
        {"currency": currency, **params},
    )
    revenues: dict[int, int] = {}
    by_scores: dict[tuple[int, int], list[int]] = {}
    for contact_id, revenue, recency, _, strength in rows:
        if contact_id in customers:
            revenues[contact_id] = revenue
            by_scores.setdefault((recency, strength), []).append(contact_id)
    return revenues, {} if scale is None else _name_standings(by_scores)


def _name_standings(by_scores: dict[tuple[int, int], list[int]]) -> dict[str, list[int]]:
    """Return the customers of each standing from those of each cell of the grid."""
    standings: dict[str, list[int]] = {}
    for recency, row in zip(range(5, 0, -1), rfm.GRID, strict=True):
        for strength, name in enumerate(row, 1):
            if members := by_scores.get((recency, strength)):
                standings.setdefault(name, []).extend(members)
    return standings


def _list_segments(
    store: Store, scope: Scope, customers: Container[int], skipped: list[str]
) -> Iterator[tuple[str, list[int]]]:
    """Yield the saved segments with their customers; add those with an invalid query to a list."""
    from cardcrm.records.query_sql import contact_query

    for row in store.rows("SELECT name, query FROM segment ORDER BY name"):
        try:
            node = contact_query.parse(store, row["query"])
            condition, params = contact_condition(store, node, "v.contact_id")
        except CardcrmError:  # such as a filter by a field that was removed
            skipped.append(row["name"])
            continue
        found = store.rows(
            "SELECT v.contact_id FROM contact_value v "
            f"WHERE v.currency = :currency AND v.own = 1 AND {condition}",
            currency=scope.currency,
            **params,
        )
        yield row["name"], [each[0] for each in found if each[0] in customers]
