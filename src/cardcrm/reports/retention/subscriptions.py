"""Derive subscriptions from the purchases of what is subscribed to, and report how long they last.

A subscription begins in the period of a contact's first payment, a sale above 0. It is renewed in
each following period with a payment, and it ends with the first complete period without one; later
payments do not revive it. `subscription_rule` tells payments from other purchases.
"""

from dataclasses import dataclass
from typing import Any

from cardcrm.dates.periods import find_numbered_start
from cardcrm.reports.retention.numbered_periods import complete_numbers, number_sql
from cardcrm.reports.retention.subscription_rule import Offer
from cardcrm.reports.retention.survival import (
    MIN_ENDED,
    MIN_RENEWALS,
    MIN_SUBSCRIPTIONS,
    Renewal,
    Run,
    SurvivalModel,
    count_renewals,
    fit_survival,
    observe_survival,
)
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.store import Store

FORECAST = 5  # renewals beyond the observed ones


@dataclass(frozen=True)
class Survival:
    """The survivors after one renewal: observed, None in the forecast, and by the model."""

    renewal: int
    faced: int | None
    renewed: int | None
    observed: float | None
    expected: float
    rate: float


@dataclass(frozen=True)
class SubscriptionReport:
    """The subscriptions, and their survival if a model is found; ``reason`` says why not."""

    subscriptions: int
    ended: int
    model: SurvivalModel | None
    rows: tuple[Survival, ...]
    reason: str = ""


def build_report(runs: list[Run]) -> SubscriptionReport:
    """Return the survival of subscriptions by the runs of their renewals."""
    subscriptions = sum(each.size for each in runs)
    ended = sum(each.size for each in runs if not each.is_alive)
    renewals = count_renewals(runs)
    reason = _find_shortage(subscriptions, ended, len(renewals))
    model = None if reason else fit_survival(renewals)
    if model is None:
        reason = reason or "the data do not tell the parameters: the rate of renewal does not rise"
        return SubscriptionReport(subscriptions, ended, None, (), reason)
    return SubscriptionReport(subscriptions, ended, model, _list_survival(model, renewals))


def _find_shortage(subscriptions: int, ended: int, renewals: int) -> str:
    """Return the data that a model lacks, in words; empty if there are enough."""
    wanted = (
        (subscriptions, MIN_SUBSCRIPTIONS, "subscriptions"),
        (renewals, MIN_RENEWALS, "observed renewals"),
        (ended, MIN_ENDED, "ended subscriptions"),
    )
    for count, least, what in wanted:
        if count < least:
            there = "there is 1" if count == 1 else f"there are {count}"
            return f"too little data: at least {least} {what} are needed, and {there}"
    return ""


def _list_survival(model: SurvivalModel, renewals: list[Renewal]) -> tuple[Survival, ...]:
    observed = observe_survival(renewals)
    rows = [
        Survival(
            number,
            each.faced,
            each.renewed,
            share,
            model.survival(number),
            model.rate(number),
        )
        for number, (each, share) in enumerate(zip(renewals, observed, strict=True), 1)
    ]
    later = range(len(rows) + 1, len(rows) + FORECAST + 1)
    forecast = [
        Survival(each, None, None, None, model.survival(each), model.rate(each)) for each in later
    ]
    return (*rows, *forecast)


def report_subscriptions(
    store: Store, scope: Scope, by: str, offer: Offer | None = None
) -> SubscriptionReport:
    """Return the subscriptions to an offer up to the last complete period.

    Without an offer all purchases are payments.
    """
    last = complete_numbers(by, scope.today, None, scope.until)[1]
    return build_report(_read_runs(store, scope, by, last, offer))


def _read_runs(store: Store, scope: Scope, by: str, last: int, offer: Offer | None) -> list[Run]:
    """Return the runs of renewals up to the number of a period."""
    condition, params = sale_condition(store, scope)
    more: dict[str, Any] = {"end": find_numbered_start(by, last + 1).isoformat()}
    if offer is not None:
        payment, products = offer.condition()
        condition = f"{condition} AND {payment}"
        more |= products
    # In a run without a gap, the distance from the start is that of the row numbers.
    rows = store.rows(
        "SELECT start, run, count(*) AS subscriptions FROM "
        "(SELECT contact_id, min(number) AS start, "
        "sum(CASE WHEN number - start = place - 1 THEN 1 ELSE 0 END) AS run FROM "
        "(SELECT contact_id, number, min(number) OVER (PARTITION BY contact_id) AS start, "
        "row_number() OVER (PARTITION BY contact_id ORDER BY number) AS place FROM "
        f"(SELECT DISTINCT s.contact_id, {number_sql(by, 's.on_date')} AS number FROM sale s "
        f"WHERE {condition} AND s.amount > 0 AND s.on_date < :end) AS p) AS q "
        "GROUP BY contact_id) AS r GROUP BY start, run ORDER BY start, run",
        **params,
        **more,
    )
    return [
        Run(int(row["run"]) - 1, row["start"] + int(row["run"]) - 1 == last, row["subscriptions"])
        for row in rows
    ]
