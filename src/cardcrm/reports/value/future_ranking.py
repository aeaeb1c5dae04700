"""Rank customers by their future value: by the model, or by the simple formula without one."""

import datetime as dt
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cardcrm.money import Money
from cardcrm.reports.lifetime_model.fitting import LifetimeModel, explain_too_little
from cardcrm.reports.lifetime_model.forecast_engines import forecast
from cardcrm.reports.lifetime_model.forecasts import Horizon
from cardcrm.reports.lifetime_model.histories import Histories, load_histories
from cardcrm.reports.lifetime_model.model_table import choose_model
from cardcrm.reports.lifetime_model.predictions import TOO_EARLY
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.reports.value.lifetime_value import DAYS_PER_YEAR, round_half_away, years_observed
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

MODEL = "model"
FORMULA = "simple formula"


@dataclass(frozen=True)
class FutureCustomer:
    """The purchases that one customer is expected to make within the horizon.

    ``p_active`` is None with a ``reason``; ``future_value``, the discounted spend, is None by the
    simple formula.
    """

    rank: int
    contact_id: int
    name: str
    p_active: float | None
    expected_purchases: float
    expected_value: Money
    future_value: Money | None
    purchases: int
    last_on: dt.date
    method: str
    reason: str


@dataclass(frozen=True)
class FutureReport:
    """The customers with the highest future value, and the model; without one the ``reason``.

    ``total`` is the expected spend of all ``customers`` that were ranked.
    """

    currency: str
    horizon_days: int
    discount: int
    model: LifetimeModel | None
    reason: str
    customers: int
    total: Money
    rows: tuple[FutureCustomer, ...]


@dataclass(frozen=True)
class _Ranked:
    """A place in the columns of histories, with the expectations for that customer."""

    place: int
    purchases: float
    value: int
    future_value: int | None
    active: float | None = None


def rank_future(
    store: Store, scope: Scope, horizon_days: int, discount: int, limit: int | None
) -> FutureReport:
    """Return the customers of a scope with the highest future value; equal ones by their ids.

    ``discount`` is in thousandths of a percent a year.

    The models are fitted to all customers. A customer's own purchases count: those of its people
    are theirs.
    """
    horizon = Horizon.build(horizon_days, discount / 100_000)
    everyone = load_histories(store, scope.currency, scope.today)
    model = choose_model(store, scope.currency, scope.today, everyone)
    histories = everyone if scope.where is None else _load_found(store, scope)
    if model is None:
        total, ranked = _rank_by_formula(store, scope, histories, horizon_days, limit)
    else:
        total, ranked = _rank_by_model(model, histories, horizon, limit)
    reason = "" if model else explain_too_little(everyone)
    return FutureReport(
        scope.currency,
        horizon_days,
        discount,
        model,
        reason,
        histories.customers,
        Money(total, scope.currency),
        tuple(_describe(store, scope, histories, ranked, reason)),
    )


def _load_found(store: Store, scope: Scope) -> Histories:
    assert scope.where is not None
    condition, params = contact_condition(store, scope.where, "x.contact_id")
    return load_histories(store, scope.currency, scope.today, condition=condition, params=params)


def _rank_by_model(
    model: LifetimeModel, histories: Histories, horizon: Horizon, limit: int | None
) -> tuple[int, list[_Ranked]]:
    found = forecast(model, histories, horizon)
    values = found.future_value
    places = _find_best(values, limit)
    ranked = [
        _Ranked(
            place,
            found.purchases[place],
            found.value[place],
            values[place],
            found.active[place] if histories.repeats[place] else None,
        )
        for place in places
    ]
    return sum(found.value), ranked


def _find_best(values: Sequence[int], limit: int | None) -> list[int]:
    """Return the places of the highest values; of equal ones the first comes first."""
    places = range(len(values))
    if limit is None:
        return sorted(places, key=lambda place: -values[place])
    return heapq.nsmallest(limit, places, key=lambda place: -values[place])


def _rank_by_formula(
    store: Store, scope: Scope, histories: Histories, horizon_days: int, limit: int | None
) -> tuple[int, list[_Ranked]]:
    """Rank by revenue per year so far × the years of the horizon."""
    years = horizon_days / DAYS_PER_YEAR
    revenues = _read_revenue(store, scope.currency, histories.ids)
    values, purchases = [], []
    for contact_id, repeats, age in zip(
        histories.ids, histories.repeats, histories.age, strict=True
    ):
        share = years / years_observed(scope.today - dt.timedelta(age), scope.today)
        values.append(round_half_away(revenues.get(contact_id, 0) * share))
        purchases.append((repeats + 1) * share)
    places = _find_best(values, limit)
    return sum(values), [_Ranked(at, purchases[at], values[at], None) for at in places]


def _read_revenue(store: Store, currency: str, ids: Iterable[int]) -> dict[int, int]:
    wanted = set(ids)
    rows = store.stream(
        "SELECT contact_id, revenue FROM contact_value WHERE currency = :currency AND own = 1",
        {"currency": currency},
    )
    return {row[0]: int(row[1]) for row in rows if row[0] in wanted}


def _describe(
    store: Store, scope: Scope, histories: Histories, ranked: Sequence[_Ranked], reason: str
) -> Iterable[FutureCustomer]:
    names = _read_names(store, [histories.ids[each.place] for each in ranked])
    for rank, each in enumerate(ranked, 1):
        contact_id, repeats = histories.ids[each.place], histories.repeats[each.place]
        first_on = scope.today - dt.timedelta(histories.age[each.place])
        yield FutureCustomer(
            rank,
            contact_id,
            names[contact_id],
            each.active,
            each.purchases,
            Money(each.value, scope.currency),
            None if each.future_value is None else Money(each.future_value, scope.currency),
            repeats + 1,
            first_on + dt.timedelta(histories.recency[each.place]),
            FORMULA if reason else MODEL,
            reason or ("" if repeats else TOO_EARLY),
        )


def _read_names(store: Store, ids: Sequence[int]) -> dict[int, str]:
    return {
        row[0]: row[1]
        for marks, params in chunks(ids)
        for row in store.rows(f"SELECT id, name FROM contact WHERE id IN ({marks})", **params)
    }
