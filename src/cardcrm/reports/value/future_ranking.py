"""Rank customers by their future value: by the model, or by the simple formula without one."""

import datetime as dt
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cardcrm.money import Money
from cardcrm.query import Node
from cardcrm.records.query_sql.contact_query import compile_query
from cardcrm.reports.contact_names import read_names
from cardcrm.reports.lifetime_model.fitting import LifetimeModel, explain_too_little
from cardcrm.reports.lifetime_model.forecast_engines import forecast
from cardcrm.reports.lifetime_model.forecasts import Horizon
from cardcrm.reports.lifetime_model.histories import Histories, load_histories
from cardcrm.reports.lifetime_model.model_table import choose_model
from cardcrm.reports.lifetime_model.predictions import TOO_EARLY
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.reports.value.formula_future import expect_by_formula
from cardcrm.store import Store

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

    ``total`` is the expected spend of all ``customers`` that were ranked. ``people`` of them do not
    match the query themselves: they belong to organizations that do.
    """

    currency: str
    horizon_days: int
    discount: int
    model: LifetimeModel | None
    reason: str
    customers: int
    total: Money
    rows: tuple[FutureCustomer, ...]
    people: int = 0


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
        0 if scope.where is None else _count_people(store, scope.where, histories.ids),
    )


def _load_found(store: Store, scope: Scope) -> Histories:
    assert scope.where is not None
    condition, params = contact_condition(store, scope.where, "x.contact_id")
    return load_histories(store, scope.currency, scope.today, condition=condition, params=params)


def _count_people(store: Store, where: Node, ids: Iterable[int]) -> int:
    """Return how many of some contacts a query does not find itself."""
    condition, params = compile_query(store, where)
    found = {
        row[0] for row in store.stream(f"SELECT c.id FROM contact c WHERE {condition}", params)
    }
    return sum(each not in found for each in ids)


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
    purchases, values = expect_by_formula(store, scope, histories, horizon_days)
    places = _find_best(values, limit)
    return sum(values), [_Ranked(at, purchases[at], values[at], None) for at in places]


def _describe(
    store: Store, scope: Scope, histories: Histories, ranked: Sequence[_Ranked], reason: str
) -> Iterable[FutureCustomer]:
    names = read_names(store, [histories.ids[each.place] for each in ranked])
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
