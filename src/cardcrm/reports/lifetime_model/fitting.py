"""Fit both models to the purchases of all customers in a currency."""

import datetime as dt
from dataclasses import dataclass
from importlib.util import find_spec
from math import exp, log

from cardcrm.money import count_decimals
from cardcrm.reports.lifetime_model import likelihood
from cardcrm.reports.lifetime_model.backtest_result import BacktestResult
from cardcrm.reports.lifetime_model.histories import (
    DAYS_PER_WEEK,
    Histories,
    PurchasePatterns,
    SpendPatterns,
    group_purchases,
    group_spend,
)
from cardcrm.reports.lifetime_model.newton import Maximum, maximize, standard_errors
from cardcrm.reports.lifetime_model.purchase_model import PurchaseModel
from cardcrm.reports.lifetime_model.spend_model import SpendModel

UNIT = "week"
MIN_CUSTOMERS = 50
MIN_REPEATING = 20  # with a purchase after the first
MIN_WEEKS = 8  # since the first purchase of all
# Where the search for the maximum starts.
_A, _B = 0.8, 2.0
_P, _Q = 5.0, 3.5
_VAGUE = 10  # times a parameter: a larger standard error says that the data do not tell it
MANY_CUSTOMERS = 20_000  # importing numpy costs as much as fitting these without it

Errors = tuple[float, ...] | None


@dataclass(frozen=True)
class LifetimeModel:
    """Both models with their standard errors, fitted to the purchases up to a day.

    Errors are None where the data do not tell the parameters apart. Without a `spend` model the
    mean amount of all repeat purchases, ``mean_spend`` in major units, stands for each purchase.
    ``correlation`` is that of the number and the mean amount of repeat purchases. ``backtest`` is
    None for a model that is not tested.
    """

    currency: str
    until: dt.date
    customers: int
    repeating: int
    purchases: int
    purchase: PurchaseModel
    purchase_errors: Errors
    log_likelihood: float
    spend: SpendModel | None
    spend_errors: Errors
    spend_log_likelihood: float | None
    spend_customers: int
    mean_spend: float
    correlation: float | None
    backtest: BacktestResult | None = None

    @property
    def is_proven(self) -> bool:
        """True if the model predicted the past better than the naive guess."""
        return self.backtest is not None and self.backtest.is_won

    def expected_spend(self, repeats: int, total: float) -> float:
        """Return the expected amount of a purchase, in major units."""
        return self.mean_spend if self.spend is None else self.spend.expected_spend(repeats, total)


def explain_too_little(histories: Histories) -> str:
    """Return why the models cannot be fitted, and how much is needed; "" if they can."""
    repeating = sum(1 for each in histories.repeats if each)
    weeks = max(histories.age, default=0) // DAYS_PER_WEEK
    if histories.customers >= MIN_CUSTOMERS and repeating >= MIN_REPEATING and weeks >= MIN_WEEKS:
        return ""
    return (
        "too little data for a model: so far "
        f"{histories.customers:,} of {MIN_CUSTOMERS} customers, "
        f"{repeating:,} of {MIN_REPEATING} with purchases on several days, and {weeks:,} of "
        f"{MIN_WEEKS} weeks since the first purchase"
    )


def has_arrays(customers: int) -> bool:
    """Return whether NumPy is worth its import: it is installed, and customers are many."""
    return customers >= MANY_CUSTOMERS and find_spec("numpy") is not None


def fit(histories: Histories, currency: str, until: dt.date) -> LifetimeModel | None:
    """Return the models of some customers; None if there is too little data."""
    if explain_too_little(histories):
        return None
    patterns = group_purchases(histories)
    found = fit_purchases(patterns)
    amounts = group_spend(histories, count_decimals(currency))
    spend = fit_spend(amounts)
    repeats = sum(histories.repeats)
    model = SpendModel(*spend.point) if spend else None
    return LifetimeModel(
        currency,
        until,
        histories.customers,
        sum(1 for each in histories.repeats if each),
        repeats,
        PurchaseModel(*found.point),
        _find_errors(found),
        found.value,
        model,
        _find_errors(spend) if spend else None,
        spend.value if spend else None,
        sum(amounts.customers),
        mean_purchase(amounts),
        correlate(amounts),
    )


def _find_errors(found: Maximum) -> Errors:
    """Return the standard errors; None where one is many times its parameter.

    If the amounts of each customer hardly vary, for example, any large p fits as well as another.
    """
    errors = standard_errors(found.hessian) if found.is_inside else None
    if errors is None or any(
        error > _VAGUE * value for error, value in zip(errors, found.point, strict=True)
    ):
        return None
    return errors


def fit_purchases(patterns: PurchasePatterns) -> Maximum:
    """Return the maximum of the likelihood of the BG/NBD model."""
    customers = sum(patterns.customers)
    if has_arrays(customers):
        from cardcrm.reports.lifetime_model.likelihood_arrays import purchase_likelihood
    else:
        purchase_likelihood = likelihood.purchase_likelihood
    return maximize(purchase_likelihood(patterns), _start_purchases(patterns))


def _start_purchases(patterns: PurchasePatterns) -> PurchaseModel:
    """Return parameters near the maximum, with usual values of a and b.

    By them a customer of the mean age has no repeat purchase as often as the customers do, and the
    mean number of repeat purchases; α is found by bisection.
    """
    customers = sum(patterns.customers)
    columns = list(zip(patterns.repeats, patterns.age, patterns.customers, strict=True))
    age = max(sum(each * n for _, each, n in columns) / customers, 0.1)
    mean = sum(x * n for x, _, n in columns) / customers
    single = max(sum(n for x, _, n in columns if not x), 0.5) / customers
    low, high = log(age / 100), log(age * 100)
    for _ in range(8):
        alpha = exp((low + high) / 2)
        model = PurchaseModel(log(single) / log(alpha / (alpha + age)), alpha, _A, _B)
        if model.expected_of_new(age) > mean:
            low = log(alpha)
        else:
            high = log(alpha)
    return model


def fit_spend(amounts: SpendPatterns) -> Maximum | None:
    """Return the maximum of the likelihood of the Gamma-Gamma model.

    None with too few customers, or if the mean of all customers would be infinite (q <= 1).
    """
    customers = sum(amounts.customers)
    if customers < MIN_REPEATING:
        return None
    if has_arrays(customers):
        from cardcrm.reports.lifetime_model.likelihood_arrays import spend_likelihood
    else:
        spend_likelihood = likelihood.spend_likelihood
    found = maximize(spend_likelihood(amounts), (_P, _Q, (_Q - 1) / _P * mean_purchase(amounts)))
    return found if found.point[1] > 1 else None


def mean_purchase(amounts: SpendPatterns) -> float:
    """Return the mean amount of a repeat purchase, 0 without any."""
    repeats = sum(x * n for x, n in zip(amounts.repeats, amounts.customers, strict=True))
    total = sum(s * n for s, n in zip(amounts.totals, amounts.customers, strict=True))
    return total / repeats if repeats else 0.0


def correlate(amounts: SpendPatterns) -> float | None:
    """Return the correlation of the number and the mean amount of repeat purchases.

    The Gamma-Gamma model takes it that there is none. None if one of the two does not vary.
    """
    rows = [(x, total / x, n) for x, total, n in zip(*amounts, strict=True)]
    customers = sum(n for _, _, n in rows)
    if not customers:
        return None
    mean_x = sum(x * n for x, _, n in rows) / customers
    mean_z = sum(z * n for _, z, n in rows) / customers
    xx = sum((x - mean_x) ** 2 * n for x, _, n in rows)
    zz = sum((z - mean_z) ** 2 * n for _, z, n in rows)
    xz = sum((x - mean_x) * (z - mean_z) * n for x, z, n in rows)
    return xz / (xx * zz) ** 0.5 if xx > 0 and zz > 1e-12 * mean_z**2 * customers else None
