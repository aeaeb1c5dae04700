"""Expect the future by the simple formula: each customer's mean pace so far goes on.

> expected sales = revenue / years since the first sale × years of the horizon

At least one year is taken since the first sale, as for lifetime value, and of the horizon at most
the years that a customer is expected to stay. The sum is not discounted.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from cardcrm.reports.lifetime_model.histories import Histories
from cardcrm.reports.scope import Scope
from cardcrm.reports.value.lifetime_value import DAYS_PER_YEAR, round_half_away, years_observed
from cardcrm.reports.value.value_totals import compute_totals
from cardcrm.store import Store


class FormulaFuture(NamedTuple):
    """Expected purchases and sales, in minor units, in the order of the histories."""

    purchases: list[float]
    values: list[int]


def expect_by_formula(
    store: Store, scope: Scope, histories: Histories, horizon_days: int
) -> FormulaFuture:
    """Return the purchases and sales that customers are expected to make within the horizon."""
    totals = compute_totals(store, scope.currency, scope.today)
    years = horizon_days / DAYS_PER_YEAR
    if totals is not None:
        years = min(years, totals.lifespan.years)
    revenues = _read_revenue(store, scope.currency, histories.ids)
    found = FormulaFuture([], [])
    columns = (histories.ids, histories.repeats, histories.age)
    for contact_id, repeats, age in zip(*columns, strict=True):
        share = years / years_observed(scope.today - dt.timedelta(age), scope.today)
        found.purchases.append((repeats + 1) * share)
        found.values.append(round_half_away(revenues.get(contact_id, 0) * share))
    return found


def _read_revenue(store: Store, currency: str, ids: Iterable[int]) -> dict[int, int]:
    wanted = set(ids)
    rows = store.stream(
        "SELECT contact_id, revenue FROM contact_value WHERE currency = :currency AND own = 1",
        {"currency": currency},
    )
    return {row[0]: int(row[1]) for row in rows if row[0] in wanted}
