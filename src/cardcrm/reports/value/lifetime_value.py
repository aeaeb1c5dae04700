"""Compute customer lifetime value.

The formula is the simple one of textbooks: *average purchase value × purchase frequency × customer
lifespan × margin*. P. Farris and others, “Marketing Metrics”, chapter on customer profitability,
give its simplest form: margin in a period × expected number of periods, 1 / (1 - retention). Here:

- average purchase: revenue / purchases; the orders of one day are one purchase;
- purchases a year: purchases / years since the first sale, at least one year, so that a customer
  who first bought last week does not count as buying every week;
- expected years: see `Lifespan`;
- margin rate: margin / revenue; 1 if a cost is unknown, so the value is based on revenue.

The value extrapolates past sales, is not discounted, and ignores whether the customer is still
active. Customer equity, which does, is computed by `equity`.

Lifetime value can be negative, when costs or refunds exceed sales. It is not cut off at 0, so that
the sum is correct.
"""

import datetime as dt
from dataclasses import dataclass

from cardcrm.errors import UsageError
from cardcrm.money import Money

ASSUMED_YEARS = 3.0
MAX_YEARS = 10.0
MIN_OBSERVED = 20  # customers of a year ago; with fewer, their churn says too little
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Lifespan:
    """The number of years a customer is expected to stay, and its basis.

    ``basis`` is ``given`` (by the user), ``churn`` or ``assumed``. With ``churn`` the years are 1 /
    the share of the customers of a year ago who have not bought since, at most 10 years; customers
    of a year ago had bought in the year before that, or earlier and since. With fewer than 20
    customers a year ago, 3 years are ``assumed``.
    """

    years: float
    basis: str
    before: int = 0
    lost: int = 0


@dataclass(frozen=True)
class LifetimeValue:
    """A lifetime value with its factors.

    ``margin_rate`` is None if the value is based on revenue, or if the revenue is 0. ``yearly`` is
    the margin of a year (or the revenue).
    """

    average_purchase: Money
    purchases_per_year: float
    years: float
    margin_rate: float | None
    value: Money
    yearly: Money


def given_lifespan(years: float) -> Lifespan:
    """Return the lifespan that the user gave. Raises UsageError unless it is 0 to 100 years."""
    if not 0 < years <= 100:
        raise UsageError("expected years must be more than 0, at most 100", "Try --years 3.")
    return Lifespan(years, "given")


def estimate_lifespan(before: int, lost: int) -> Lifespan:
    """Return the lifespan if ``lost`` of ``before`` customers did not buy again within a year."""
    if before < MIN_OBSERVED:
        return Lifespan(ASSUMED_YEARS, "assumed", before, lost)
    return Lifespan(min(before / lost, MAX_YEARS) if lost else MAX_YEARS, "churn", before, lost)


def years_observed(first_on: dt.date, today: dt.date) -> float:
    """Return the years since a first sale, at least one."""
    return max(1.0, (today - first_on).days / DAYS_PER_YEAR)


def compute_lifetime_value(
    revenue: Money, margin: int | None, purchases: int, observed_years: float, years: float
) -> LifetimeValue | None:
    """Compute average purchase × purchases a year × expected years × margin rate.

    ``margin`` is in minor units; if it is None, because a cost is unknown, the value is based on
    revenue. The value is rounded once, to a minor unit, halves away from zero. Returns None without
    a purchase.
    """
    if not purchases:
        return None
    basis = revenue.minor if margin is None else margin
    return LifetimeValue(
        Money(round_half_away(revenue.minor / purchases), revenue.currency),
        purchases / observed_years,
        years,
        margin / revenue.minor if margin is not None and revenue.minor else None,
        Money(round_half_away(basis / observed_years * years), revenue.currency),
        Money(round_half_away(basis / observed_years), revenue.currency),
    )


def round_half_away(number: float) -> int:
    """Round to a whole number, halves away from zero."""
    return int(number + 0.5) if number >= 0 else -int(-number + 0.5)
