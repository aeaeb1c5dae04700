"""List the customers who are most likely lost, by the value at risk.

The rule of `value.verdict` says who is likely lost: by the probability of being active where a
fitted model has won its backtest, otherwise by the customer's own habit.

> value at risk = revenue of a year × (1 − probability of being active)

The revenue of a year is what the customer paid, less refunds, × 365 / the days from the first
purchase to the last one. Less than a year counts as one year, as for the lifetime value: three
purchases in one week do not make 150 in a year. The probability of being active
is that of the model (BG/NBD), or without a proven one the usual interval / the days since the last
purchase.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop
from itertools import islice
from typing import Any, NamedTuple

from cardcrm.dates.day_numbers import DayNumbers
from cardcrm.money import Money
from cardcrm.reports.contact_names import read_active_names
from cardcrm.reports.habits import MIN_PURCHASES, Habit, describe_interval, find_habit
from cardcrm.reports.lifetime_model.histories import DAYS_PER_WEEK
from cardcrm.reports.lifetime_model.purchase_model import PurchaseModel
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.reports.value.activity_chances import load_proven_model
from cardcrm.reports.value.customer_verdicts import load_verdicts
from cardcrm.reports.value.verdict import LOST, judge
from cardcrm.store import Store
from cardcrm.store.derived_refresh import CHUNK

DAYS_A_YEAR = 365


class HabitualCustomer(NamedTuple):
    """A customer with the habit, and the revenue in minor units."""

    contact_id: int
    habit: Habit
    revenue: int


# Value at risk and revenue of a year in minor units, customer, probability of being active.
RankedRisk = tuple[int, float, HabitualCustomer, float]


@dataclass(frozen=True)
class Risk:
    """A customer who is likely lost. ``basis`` is ``model`` or ``habit``."""

    contact_id: int
    name: str
    value_at_risk: Money
    yearly_revenue: Money
    p_active: float
    basis: str
    usual_days: float
    silent_days: int
    last_on: dt.date
    purchases: int

    @property
    def reason(self) -> str:
        """The reason in words."""
        return f"usually buys {self.short_reason}"

    @property
    def short_reason(self) -> str:
        """The interval now against the own habit, without a verb."""
        return f"{describe_interval(self.usual_days)}, silent for {self.silent_days:,}"


def rank_risks(
    customers: Iterable[HabitualCustomer], chances: Mapping[int, float]
) -> Iterator[RankedRisk]:
    """Yield value at risk, revenue of a year, customer, and probability of being active.

    The highest value, in minor units, comes first. ``chances`` are the probabilities that a model
    knows; for the others the habit serves.
    """
    found = []
    for each in customers:
        contact_id, habit, revenue = each
        p_active = chances.get(contact_id)
        if p_active is None:
            p_active = habit.p_active
        yearly = revenue * DAYS_A_YEAR / max(habit.span_days, DAYS_A_YEAR)
        value = round(yearly * (1 - p_active))
        if value > 0:
            found.append((-value, contact_id, yearly, each, p_active))
    heapify(found)  # not sorted: most reports want the first few of half a million
    while found:
        negative, _, yearly, customer, p_active = heappop(found)  # the id breaks ties
        yield -negative, yearly, customer, p_active


def report_risks(store: Store, scope: Scope, limit: int | None = None) -> list[Risk]:
    """Return the most likely lost customers, those with the highest value at risk first.

    Contacts that are deceased or closed are left out, and those that buy on in another currency or
    through people who belong to them.
    """
    model = load_proven_model(store, scope.currency, scope.today)
    customers = list(_read_customers(store, scope, only_lost=model is None))
    chances = dict[int, float]()
    if model is not None:
        chances = compute_chances(model.purchase, customers)
        customers = [each for each in customers if _is_lost(each, chances)]
    ranked = rank_risks(customers, chances)
    found: list[Risk] = []
    while part := list(islice(ranked, CHUNK)):
        found += _build_risks(store, scope, part, chances)
        if limit is not None and len(found) >= limit:
            break
    return found[:limit]


def compute_chances(
    model: PurchaseModel, customers: Iterable[HabitualCustomer]
) -> dict[int, float]:
    """Return the probabilities of being active by a model.

    The habits have all days that it asks for, so that the sales need not be read again.
    """
    find_probability = model.probability_active
    chances = {}
    for contact_id, (purchases, _, silent_days, span_days), _ in customers:
        chances[contact_id] = find_probability(
            purchases - 1, span_days / DAYS_PER_WEEK, (span_days + silent_days) / DAYS_PER_WEEK
        )
    return chances


def _is_lost(customer: HabitualCustomer, chances: Mapping[int, float]) -> bool:
    return judge(customer.habit, chances.get(customer.contact_id)).state == LOST


def _build_risks(
    store: Store, scope: Scope, ranked: Sequence[RankedRisk], chances: Mapping[int, float]
) -> Iterator[Risk]:
    """Yield those of some customers who are still contacts, and lost by all their purchases."""
    ids = [each.contact_id for _, _, each, _ in ranked]
    names = read_active_names(store, ids)
    verdicts = load_verdicts(store, names, scope.today)
    for each in ranked:
        contact_id = each[2].contact_id
        if contact_id in names and verdicts[contact_id].state == LOST:
            yield _build_risk(each, names[contact_id], scope, chances)


def _build_risk(ranked: RankedRisk, name: str, scope: Scope, chances: Mapping[int, float]) -> Risk:
    value, yearly, customer, p_active = ranked
    habit = customer.habit
    return Risk(
        customer.contact_id,
        name,
        Money(value, scope.currency),
        Money(round(yearly), scope.currency),
        p_active,
        "model" if customer.contact_id in chances else "habit",
        habit.usual_days,
        habit.silent_days,
        scope.today - dt.timedelta(days=habit.silent_days),
        habit.purchases,
    )


def _read_customers(store: Store, scope: Scope, *, only_lost: bool) -> Iterator[HabitualCustomer]:
    """Yield the customers with a habit and revenue, by their purchases up to today.

    ``only_lost`` leaves out those who are not likely lost by their habit.
    """
    condition, more = "1 = 1", dict[str, Any]()
    if scope.where is not None:
        condition, more = contact_condition(store, scope.where, "s.contact_id")
    rows = store.stream_tuples(
        f"SELECT s.contact_id, {store.engine.concat_function}"
        "(CASE WHEN s.amount > 0 THEN s.on_date END, ' '), sum(s.amount) FROM sale s "
        f"WHERE s.currency = :currency AND s.on_date <= :today AND {condition} "
        "GROUP BY s.contact_id "
        "HAVING sum(CASE WHEN s.amount > 0 THEN 1 ELSE 0 END) >= :least",
        {
            "currency": scope.currency,
            "today": scope.today.isoformat(),
            "least": MIN_PURCHASES,
            **more,
        },
    )
    numbers = DayNumbers()
    today = scope.today.toordinal()
    for contact_id, days, revenue in rows:
        if revenue <= 0:
            continue
        habit = find_habit(map(numbers.__getitem__, days.split()), today)
        if habit is not None and (habit.is_likely_lost or not only_lost):
            yield HabitualCustomer(contact_id, habit, int(revenue))
