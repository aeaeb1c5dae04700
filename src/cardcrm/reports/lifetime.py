"""What a customer may bring: the plain lifetime value, its formula and what it assumes.

The lifetime value is the plain one of textbooks and business guides, *average purchase value ×
purchase frequency × customer lifespan × margin* (P. Farris and others, “Marketing Metrics”, in the
chapter on customer profitability, gives the same in its simplest form: margin a period times the
expected number of periods, 1 / (1 - retention)). Here:

- average order: revenue / orders;
- orders a year: orders / years since the first sale, counted as one year where it is less, so that
  a customer of last week is not taken for one who buys every week;
- expected years: see `Lifespan`;
- margin rate: margin / revenue; 1 where a cost is unknown, and the value is then one of revenue.

It is the worth of a whole relation at the pace it had so far, not discounted, and says nothing of
whether the customer is still there. Customer equity is the sum of these values.

It is negative where costs or refunds are above what was paid, and is not cut off at 0: a customer
who costs money is worth less than none, and equity is what all of them bring together.
"""

import datetime as dt
from dataclasses import dataclass

from cardcrm.errors import UsageError
from cardcrm.money import Money

ASSUMED_YEARS = 3.0
MAX_YEARS = 10.0
MIN_OBSERVED = 20  # customers of a year ago; of fewer no share is worth the name
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Lifespan:
    """How many years a customer is expected to stay, and how that is known.

    ``basis`` is ``given_lifespan``; or ``churn``: 1 / the share of the customers of a year ago (those who
    had bought in the year before that, or earlier and since) that has not bought since, at most 10
    years; or ``assumed``: 3 years, where there were fewer than 20 customers a year ago.
    """

    years: float
    basis: str
    before: int = 0
    lost: int = 0


@dataclass(frozen=True)
class LifetimeValue:
    """A lifetime value with its factors; ``margin_rate`` is None where it is one of revenue, or
    where no revenue is left. ``yearly`` is the margin of a year (or the revenue).
    """

    average_order: Money
    orders_per_year: float
    years: float
    margin_rate: float | None
    value: Money
    yearly: Money


def given_lifespan(years: float) -> Lifespan:
    """The expected years as the firm says. Raises UsageError for what no lifetime is."""
    if not 0 < years <= 100:
        raise UsageError(f"{years:g} years is no lifetime of a customer", "Try 3.")
    return Lifespan(years, "told")


def estimate_lifespan(before: int, lost: int) -> Lifespan:
    """The expected years where ``lost`` of the customers ``before`` did not stay for a year."""
    if before < MIN_OBSERVED:
        return Lifespan(ASSUMED_YEARS, "assumed", before, lost)
    return Lifespan(min(before / lost, MAX_YEARS) if lost else MAX_YEARS, "churn", before, lost)


def years_observed(first_on: dt.date, today: dt.date) -> float:
    """Years since a first sale, at least one."""
    return max(1.0, (today - first_on).days / DAYS_PER_YEAR)


def compute_lifetime_value(
    revenue: Money, margin: int | None, orders: int, observed_years: float, years: float
) -> LifetimeValue | None:
    """Average order × orders a year × expected years × margin rate; None without an order.

    ``margin`` in minor units, or None where a cost is unknown: the value is then one of revenue.
    The value is rounded once, to a minor unit, halves away from zero.
    """
    if not orders:
        return None
    brought = revenue.minor if margin is None else margin
    return LifetimeValue(
        Money(round_half_away(revenue.minor / orders), revenue.currency),
        orders / observed_years,
        years,
        margin / revenue.minor if margin is not None and revenue.minor else None,
        Money(round_half_away(brought / observed_years * years), revenue.currency),
        Money(round_half_away(brought / observed_years), revenue.currency),
    )


def round_half_away(number: float) -> int:
    """To a whole number, halves away from zero."""
    return int(number + 0.5) if number >= 0 else -int(-number + 0.5)
