"""Customer equity: the discounted future sales to the customers of today, in all and by group.

R. Blattberg, J. Deighton, Manage Marketing by the Customer Equity Test, Harvard Business Review 74
(1996). The standings of RFM divide all customers, so theirs add up to the whole, to the cent. Saved
segments may overlap and leave customers out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.records.query_sql.compiled_segments import (
    CompiledSegment,
    InvalidSegment,
    compile_segments,
)
from cardcrm.records.sales import rfm
from cardcrm.records.sales.rfm_scale import count_customers, load_scale, score_sql
from cardcrm.reports.lifetime_model.fitting import LifetimeModel, explain_too_little
from cardcrm.reports.lifetime_model.forecast_engines import forecast
from cardcrm.reports.lifetime_model.forecasts import Horizon
from cardcrm.reports.lifetime_model.histories import load_histories
from cardcrm.reports.lifetime_model.model_table import choose_model
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.reports.value.equity_snapshots import (
    EquityKey,
    Snapshot,
    load_last_snapshots,
    store_snapshots,
)
from cardcrm.reports.value.formula_future import expect_by_formula
from cardcrm.store import Store

HORIZON_DAYS = 5 * 365  # unless another horizon is asked for
DISCOUNT = 10_000  # thousandths of a percent a year
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

    Without a model, for a ``reason``, equity is the expected sales by the simple formula; see
    `formula_future`. ``invalid`` segments are left out.
    """

    currency: str
    horizon_days: int
    discount: int
    model: LifetimeModel | None
    reason: str
    groups: tuple[GroupEquity, ...]
    invalid: tuple[InvalidSegment, ...] = ()


@dataclass
class _Sum:
    """Customers, future value and revenue so far of a group, in minor units."""

    customers: int = 0
    future: int = 0
    revenue: int = 0

    def add(self, customers: int, future: int, revenue: int) -> None:
        """Add a customer, or a group."""
        self.customers += customers
        self.future += future
        self.revenue += revenue


def measure_equity(
    store: Store, scope: Scope, horizon_days: int, discount: int, *, keep: bool = True
) -> EquityReport:
    """Return the customer equity in a currency, and ``keep`` it as the snapshot of today.

    ``discount`` is in thousandths of a percent a year.
    """
    horizon = Horizon.build(horizon_days, discount / 100_000)
    histories = load_histories(store, scope.currency, scope.today)
    model = choose_model(store, scope.currency, scope.today, histories)
    key = EquityKey(scope.currency, horizon_days, discount)
    if model is None:
        future: Sequence[int] = expect_by_formula(store, scope, histories, horizon_days).values
        snapshots = {}
    else:
        future = forecast(model, histories, horizon).future_value
        snapshots = load_last_snapshots(store, key, scope.today)
    by_id = dict(zip(histories.ids, future, strict=True))
    segments, invalid = compile_segments(store)
    groups = tuple(_list_groups(store, scope.currency, by_id, snapshots, segments))
    if keep and model is not None:
        rows = [(each.kind, each.name, each.customers, each.equity.minor) for each in groups]
        store_snapshots(store, key, scope.today, rows)
    reason = explain_too_little(histories) if model is None else ""
    return EquityReport(scope.currency, horizon_days, discount, model, reason, groups, invalid)


def _list_groups(
    store: Store,
    currency: str,
    future: Mapping[int, int],
    snapshots: Mapping[tuple[str, str], Snapshot],
    segments: Iterable[CompiledSegment],
) -> Iterator[GroupEquity]:
    """Yield all customers, the standings and the segments; nothing without customers."""
    if not future:
        return
    standings = _sum_standings(store, currency, future)
    whole = _Sum()
    for each in standings.values():
        whole.add(each.customers, each.future, each.revenue)
    sums = [
        (ALL, EVERYONE, whole),
        *((STANDING, name, standings[name]) for name in rfm.STANDINGS if name in standings),
        *((SEGMENT, *each) for each in _sum_segments(store, currency, future, segments)),
    ]
    for kind, name, each in sums:
        yield GroupEquity(
            kind,
            name,
            each.customers,
            Money(each.future, currency),
            each.future / whole.future if whole.future else None,
            Money(each.revenue, currency),
            snapshots.get((kind, name)),
        )


def _sum_standings(store: Store, currency: str, future: Mapping[int, int]) -> dict[str, _Sum]:
    """Return the sums of each standing, in the order of the grid; "" without scores."""
    scale = load_scale(store, currency, count_customers(store, currency))
    scores, params = ("0 AS r, 0 AS f, 0 AS fm", {}) if scale is None else score_sql(scale)
    rows = store.stream_tuples(
        f"SELECT v.contact_id, v.revenue, {scores} FROM contact_value v "
        "WHERE v.currency = :currency AND v.own = 1 ORDER BY v.contact_id",
        {"currency": currency, **params},
    )
    cells: dict[tuple[int, int], _Sum] = {}
    for contact_id, revenue, recency, _, strength in rows:
        value = future.get(contact_id)
        if value is not None:
            cells.setdefault((recency, strength), _Sum()).add(1, value, revenue)
    return _name_standings(cells)


def _name_standings(cells: dict[tuple[int, int], _Sum]) -> dict[str, _Sum]:
    """Return the sums of the standings from those of the cells of the grid."""
    standings = {"": cells[0, 0]} if (0, 0) in cells else {}
    for recency, row in zip(range(5, 0, -1), rfm.GRID, strict=True):
        for strength, name in enumerate(row, 1):
            if each := cells.get((recency, strength)):
                found = standings.setdefault(name, _Sum())
                found.add(each.customers, each.future, each.revenue)
    return standings


def _sum_segments(
    store: Store, currency: str, future: Mapping[int, int], segments: Iterable[CompiledSegment]
) -> Iterator[tuple[str, _Sum]]:
    """Yield segments with their sums."""
    for segment in segments:
        condition, params = contact_condition(store, segment.node, "v.contact_id")
        found = store.stream_tuples(
            "SELECT v.contact_id, v.revenue FROM contact_value v "
            f"WHERE v.currency = :currency AND v.own = 1 AND {condition}",
            {"currency": currency, **params},
        )
        group = _Sum()
        for contact_id, revenue in found:
            if contact_id in future:
                group.add(1, future[contact_id], revenue)
        yield segment.name, group
