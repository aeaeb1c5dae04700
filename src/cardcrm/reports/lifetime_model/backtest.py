"""Test the models on history: fit them to its first part, and predict the rest.

The naive guess is that customers go on buying at their mean rate so far, which managers use and
which is hard to beat: M. Wübben, F. von Wangenheim, Instant Customer Base Analysis: Managerial
Heuristics Often “Get It Right”, Journal of Marketing 72 (2008).
"""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cardcrm.errors import UsageError
from cardcrm.reports.lifetime_model.backtest_result import BacktestResult
from cardcrm.reports.lifetime_model.fitting import LifetimeModel, explain_too_little, fit
from cardcrm.reports.lifetime_model.forecast_engines import forecast
from cardcrm.reports.lifetime_model.forecasts import Horizon
from cardcrm.reports.lifetime_model.histories import Histories, load_histories
from cardcrm.store import Store

# The parts of history that the model knows if no day is given; the first with enough data serves.
_KNOWN_PARTS = ((2, 3), (3, 4), (5, 6), (11, 12))
_MIN_DAYS = 28  # to predict, for a part beyond the first
MAX_CUSTOMERS = 20_000  # in the test of a model that is about to be stored


@dataclass(frozen=True)
class Errors:
    """The errors of predictions: predicted minus actual, for each customer.

    ``mae`` is the mean absolute error, ``bias`` the mean error. ``top_decile_capture`` is the
    part of all actual purchases, or spend, by the tenth of the customers with the highest
    predictions; None without any purchase.
    """

    total: float
    mae: float
    bias: float
    top_decile_capture: float | None


@dataclass(frozen=True)
class Comparison:
    """The errors of the model and of the naive guess, beside what customers actually did.

    ``best_capture`` is the highest capture that is possible.
    """

    actual: int
    model: Errors
    naive: Errors
    best_capture: float | None

    @property
    def is_model_better(self) -> bool:
        """True if the mean error of the model is below that of the naive guess."""
        return self.model.mae < self.naive.mae


@dataclass(frozen=True)
class Backtest:
    """A fit to the purchases up to a day, and its errors over the horizon after that day.

    The ``spend`` is in minor units. Without a model, for a ``reason``, both are None.
    """

    currency: str
    until: dt.date
    horizon_days: int
    customers: int
    reason: str = ""
    purchases: Comparison | None = None
    spend: Comparison | None = None


def run_backtest(
    store: Store,
    currency: str,
    today: dt.date,
    until: dt.date | None = None,
    horizon_days: int | None = None,
    *,
    every: int = 1,
) -> Backtest:
    """Return the errors of a model that is fitted up to a day and predicts the days after it.

    Without a day the last third of history is predicted, or a smaller part if two thirds are too
    little to fit a model. Without a horizon all days up to today are predicted. Only customers
    whose id is divisible by ``every`` are read. Raises UsageError for days that are not over yet.
    """
    days = [until] if until else _split_history(store, currency, today, horizon_days or _MIN_DAYS)
    tests = (_test(store, currency, today, each, horizon_days, every) for each in days)
    first = next(tests)
    return first if first.purchases else next((each for each in tests if each.purchases), first)


def check_against_history(
    store: Store, currency: str, today: dt.date, customers: int
) -> BacktestResult | None:
    """Return how a model fares on the past; None if there is too little history.

    Of very many customers at most `MAX_CUSTOMERS` are read, so that the test costs a few seconds.
    """
    found = run_backtest(store, currency, today, every=-(-customers // MAX_CUSTOMERS) or 1)
    if found.purchases is None:
        return None
    return BacktestResult(found.until, found.purchases.model.mae, found.purchases.naive.mae)


def _test(
    store: Store,
    currency: str,
    today: dt.date,
    until: dt.date,
    horizon_days: int | None,
    every: int,
) -> Backtest:
    if until >= today:
        raise UsageError(
            f"--until {until} is not in the past", "Name a day with sales before and after it."
        )
    known = (today - until).days
    if horizon_days is not None and horizon_days > known:
        raise UsageError(
            f"only {known} days have passed since {until}", f"Use --horizon {known}d or less."
        )
    days = horizon_days or known
    condition = f"x.contact_id % {every} = 0" if every > 1 else ""
    histories = load_histories(store, currency, until, condition=condition)
    model = fit(histories, currency, until)
    if model is None:
        reason = explain_too_little(histories).replace("data for", f"data up to {until} for")
        return Backtest(currency, until, days, histories.customers, reason)
    return _compare(store, model, histories, days, every)


def _split_history(store: Store, currency: str, today: dt.date, least: int) -> Iterator[dt.date]:
    """Yield the last days that a model may know, the earliest first."""
    first = store.value(
        "SELECT min(first_on) FROM contact_value WHERE currency = :currency", currency=currency
    )
    start = dt.date.fromisoformat(first) if first else today
    for part, whole in _KNOWN_PARTS:
        until = min(start + (today - start) * part // whole, today - dt.timedelta(1))
        if (part, whole) == _KNOWN_PARTS[0] or (today - until).days >= least:
            yield until


def _compare(
    store: Store, model: LifetimeModel, histories: Histories, days: int, every: int
) -> Backtest:
    currency, until = model.currency, model.until
    found = forecast(model, histories, Horizon.build(days, 0.0))
    actual = _read_actual(store, currency, until, until + dt.timedelta(days), every)
    counts = [actual.get(each, (0, 0))[0] for each in histories.ids]
    amounts = [actual.get(each, (0, 0))[1] for each in histories.ids]
    rates = [days / age if age else 0.0 for age in histories.age]
    naive = [x * rate for x, rate in zip(histories.repeats, rates, strict=True)]
    naive_amounts = [s * rate for s, rate in zip(histories.spent, rates, strict=True)]
    return Backtest(
        currency,
        until,
        days,
        histories.customers,
        purchases=_compare_errors(found.purchases, naive, counts),
        spend=_compare_errors(found.value, naive_amounts, amounts),
    )


def _compare_errors(
    predicted: Sequence[float], naive: Sequence[float], actual: Sequence[int]
) -> Comparison:
    return Comparison(
        sum(actual),
        measure_errors(predicted, actual),
        measure_errors(naive, actual),
        measure_errors(actual, actual).top_decile_capture,
    )


def measure_errors(predicted: Sequence[float], actual: Sequence[float]) -> Errors:
    """Return the errors of predictions; of equal ones the first belong to the top tenth."""
    count, whole = len(actual), sum(actual)
    errors = [guess - truth for guess, truth in zip(predicted, actual, strict=True)]
    ordered = sorted(range(count), key=predicted.__getitem__, reverse=True)
    captured = sum(actual[place] for place in ordered[: math.ceil(count / 10)])
    return Errors(
        math.fsum(predicted),
        math.fsum(map(abs, errors)) / count,
        math.fsum(errors) / count,
        captured / whole if whole > 0 else None,
    )


def _read_actual(
    store: Store, currency: str, after: dt.date, until: dt.date, every: int
) -> dict[int, tuple[int, int]]:
    """Return the purchases and the spend of each customer in a span, without its first day."""
    rows = store.stream_tuples(
        "SELECT contact_id, count(DISTINCT CASE WHEN amount >= 0 THEN on_date END), sum(amount) "
        "FROM sale WHERE currency = :currency AND on_date > :after AND on_date <= :until "
        f"{'AND contact_id % :every = 0 ' if every > 1 else ''}GROUP BY contact_id",
        {
            "currency": currency,
            "after": after.isoformat(),
            "until": until.isoformat(),
            **({"every": every} if every > 1 else {}),
        },
    )
    return {row[0]: (row[1], int(row[2])) for row in rows}
