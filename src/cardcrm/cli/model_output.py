"""Output of `value model`: the parameters, their errors, and what they say about customers."""

from collections.abc import Iterator
from math import exp

from cardcrm.money import Money, count_decimals, format_money
from cardcrm.reports.lifetime_model.backtest_result import explain_result
from cardcrm.reports.lifetime_model.fitting import UNIT, LifetimeModel
from cardcrm.reports.lifetime_model.histories import Histories
from cardcrm.reports.statistics.intervals import Z_95
from cardcrm.sheet import Card, Column, Section, Sheet

_HIGH_CORRELATION = 0.3
_MEANINGS = {
    "r": "likeness of customers' pace",
    "alpha": "weeks; mean pace: r / alpha",
    "a": "share that leaves: a / (a + b)",
    "b": "after each purchase",
    "p": "likeness of one's amounts",
    "q": "likeness of mean amounts",
    "v": "mean amount: p × v / (q - 1)",
}
_PURCHASE, _SPEND = ("r", "alpha", "a", "b"), ("p", "q", "v")


def model_card(model: LifetimeModel) -> Card:
    """Return the models of a currency."""
    facts = (
        ("fitted on", f"{model.until}, to {model.customers:,} customers"),
        ("pace", _describe_pace(model)),
        ("leaving", f"{_leave(model):.0%} leave after a purchase, on average"),
        ("amount", f"{format_money(mean_purchase(model))} for a purchase, on average"),
        ("correlation", _describe_correlation(model)),
        ("backtest", _describe_backtest(model)),
    )
    title = f"Models of customer value, in {model.currency}"
    parameters = Sheet(
        (
            Column("name", ""),
            Column("value", "value", "right"),
            Column("error", "error", "right"),
            Column("interval", "95% interval", "right"),
            Column("meaning", "meaning", wide=True, wrapped=True),
        ),
        list(_rows(model)),
    )
    return Card(
        title,
        facts=facts,
        sections=(Section("Parameters", sheet=parameters),),
        data=_data(model),
    )


def _rows(model: LifetimeModel) -> Iterator[tuple[str, ...]]:
    for name, value, error in _parameters(model):
        wide = "" if error is None else f"{error:.4g}"
        yield name, f"{value:.4g}", wide, _describe_interval(value, error), _MEANINGS[name]


def _parameters(model: LifetimeModel) -> Iterator[tuple[str, float, float | None]]:
    yield from zip(_PURCHASE, model.purchase, model.purchase_errors or (None,) * 4, strict=True)
    if model.spend is not None:
        yield from zip(_SPEND, model.spend, model.spend_errors or (None,) * 3, strict=True)


def _describe_interval(value: float, error: float | None) -> str:
    """Return the interval that is symmetric in the logarithm, as no parameter is below 0."""
    if error is None:
        return "not determined"
    factor = exp(Z_95 * error / value)
    return f"{value / factor:.3g} to {value * factor:.3g}"


def _describe_pace(model: LifetimeModel) -> str:
    weeks = model.purchase.alpha / model.purchase.r
    return f"an active customer buys every {weeks:.1f} weeks, on average"


def _describe_correlation(model: LifetimeModel) -> str:
    """Return how the number of purchases and their mean amount go together."""
    if model.correlation is None:
        return ""
    is_high = abs(model.correlation) > _HIGH_CORRELATION
    size = "high, and the model of amounts ignores it" if is_high else "low, as it should be"
    return f"{model.correlation:.2f} between number and amount of purchases: {size}"


def _describe_backtest(model: LifetimeModel) -> str:
    test = model.backtest
    if test is None:
        return "not tested: too little history to keep a part of it back"
    return (
        f"{'won' if test.is_won else 'lost'}: mean error {test.mae:.2f} purchases, naive guess "
        f"{test.naive_mae:.2f} (after {test.until})"
    )


def _leave(model: LifetimeModel) -> float:
    return model.purchase.a / (model.purchase.a + model.purchase.b)


def mean_purchase(model: LifetimeModel) -> Money:
    """Return the mean amount of a purchase of all customers."""
    unit = 10 ** count_decimals(model.currency)
    return Money(round(model.expected_spend(0, 0.0) * unit), model.currency)


def _data(model: LifetimeModel) -> dict[str, object]:
    values: dict[str, object] = dict.fromkeys((*_PURCHASE, *_SPEND))
    errors: dict[str, object] = dict.fromkeys(f"{name}_error" for name in values)
    for name, value, error in _parameters(model):
        values[name], errors[f"{name}_error"] = value, error
    return {
        "currency": model.currency,
        "unit": UNIT,
        "fitted_on": model.until,
        "customers": model.customers,
        "repeating_customers": model.repeating,
        "repeat_purchases": model.purchases,
        **values,
        **errors,
        "log_likelihood": model.log_likelihood,
        "spend_log_likelihood": model.spend_log_likelihood,
        "spend_customers": model.spend_customers,
        "mean_purchase": mean_purchase(model),
        "correlation": model.correlation,
        "tested_until": model.backtest and model.backtest.until,
        "mae": model.backtest and model.backtest.mae,
        "naive_mae": model.backtest and model.backtest.naive_mae,
        "reason": None,
    }


def missing_card(currency: str, histories: Histories, reason: str) -> Card:
    """Return a card without models, and why there are none."""
    names = (*_PURCHASE, *_SPEND)
    empty = dict.fromkeys((*names, *(f"{name}_error" for name in names)))
    data: dict[str, object] = {
        "currency": currency,
        "unit": UNIT,
        "fitted_on": None,
        "customers": histories.customers,
        "repeating_customers": sum(1 for each in histories.repeats if each),
        "repeat_purchases": sum(histories.repeats),
        **empty,
        "log_likelihood": None,
        "spend_log_likelihood": None,
        "spend_customers": 0,
        "mean_purchase": None,
        "correlation": None,
        "tested_until": None,
        "mae": None,
        "naive_mae": None,
        "reason": reason,
    }
    return Card(f"Models of customer value, in {currency}", data=data)


def explain(model: LifetimeModel) -> tuple[str, ...]:
    """Return the method, and what the data leave open."""
    lines = ["BG/NBD and Gamma-Gamma, fitted by maximum likelihood; time is in weeks"]
    if model.purchase_errors is None or (model.spend and model.spend_errors is None):
        lines.append("the sales do not determine every parameter; the predictions still hold")
    if model.spend is None:
        lines.append("no model of amounts: the mean of all repeat purchases is used")
    if doubt := explain_result(model.backtest):
        lines.append(doubt)
    return tuple(lines)
