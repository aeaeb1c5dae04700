"""Output of `value backtest`: the errors of the model beside those of the naive guess."""

from typing import TYPE_CHECKING

from cardcrm.cli.contact_output import pluralize
from cardcrm.money import Money, format_money
from cardcrm.percent import format_percent
from cardcrm.sheet import Card, Cell, Column, Section, Sheet

if TYPE_CHECKING:
    from cardcrm.reports.lifetime_model.backtest import Backtest, Comparison, Errors

_COLUMNS = (
    Column("name", "prediction"),
    Column("total", "total", "right"),
    Column("mae", "mean error", "right"),
    Column("bias", "bias", "right"),
    Column("capture", "best tenth", "right"),
)


def card(test: "Backtest") -> Card:
    """Return the figures of a test."""
    title = f"Predictions after {test.until}, in {test.currency}"
    if test.purchases is None or test.spend is None:
        return Card(title, data=_data(test))
    rows: list[tuple[Cell, ...]] = [
        ("purchases, model", *_cells(test.purchases.model)),
        ("purchases, naive guess", *_cells(test.purchases.naive)),
        ("spend, model", *_money_cells(test, test.spend.model)),
        ("spend, naive guess", *_money_cells(test, test.spend.naive)),
    ]
    spend = format_money(Money(test.spend.actual, test.currency))
    facts = (
        ("known", f"{test.customers:,} customers who bought up to {test.until}"),
        (
            "predicted",
            "the day after it"
            if test.horizon_days == 1
            else f"the {test.horizon_days:,} days after it",
        ),
        ("actual", f"{pluralize(test.purchases.actual, 'purchase')}, {spend}"),
    )
    sections = (Section("Errors for each customer", sheet=Sheet(_COLUMNS, rows)),)
    return Card(title, facts=facts, sections=sections, data=_data(test))


def _cells(errors: "Errors") -> tuple[Cell, ...]:
    return (
        f"{errors.total:,.0f}",
        f"{errors.mae:.3f}",
        f"{errors.bias:+.3f}",
        _format_share(errors.top_decile_capture),
    )


def _money_cells(test: "Backtest", errors: "Errors") -> tuple[Cell, ...]:
    amounts = (errors.total, errors.mae, errors.bias)
    shown = (format_money(Money(round(each), test.currency), code=False) for each in amounts)
    return *shown, _format_share(errors.top_decile_capture)


def _format_share(share: float | None) -> str:
    return format_percent(share)


def _data(test: "Backtest") -> dict[str, object]:
    purchases = _figures(test.purchases)
    spend = _figures(test.spend)
    return {
        "currency": test.currency,
        "until": test.until,
        "horizon_days": test.horizon_days,
        "customers": test.customers,
        **{name: purchases[name] for name in _MEASURES},
        "best_top_decile_capture": purchases["best"],
        "actual_purchases": purchases["actual"],
        "expected_purchases": purchases["expected"],
        "naive_purchases": purchases["naive"],
        "actual_value": _money(test, spend["actual"]),
        "expected_value": _money(test, spend["expected"]),
        "value_mae": _money(test, spend["mae"]),
        "naive_value_mae": _money(test, spend["naive_mae"]),
        "value_bias": _money(test, spend["bias"]),
        "naive_value_bias": _money(test, spend["naive_bias"]),
        "model_is_better": test.purchases and test.purchases.is_model_better,
        "reason": test.reason or None,
    }


_MEASURES = (
    "mae", "naive_mae", "bias", "naive_bias", "top_decile_capture", "naive_top_decile_capture",
)  # fmt: skip


def _figures(found: "Comparison | None") -> dict[str, float | None]:
    """Return the figures of a comparison by their names, all None without one."""
    names = (*_MEASURES, "best", "actual", "expected", "naive")
    if found is None:
        return dict.fromkeys(names)
    model, naive = found.model, found.naive
    values = (
        model.mae, naive.mae, model.bias, naive.bias,
        model.top_decile_capture, naive.top_decile_capture,
        found.best_capture, found.actual, model.total, naive.total,
    )  # fmt: skip
    return dict(zip(names, values, strict=True))


def _money(test: "Backtest", minor: float | None) -> Money | None:
    return None if minor is None else Money(round(minor), test.currency)


def explain(test: "Backtest", *, is_day_given: bool = True) -> tuple[str, ...]:
    """Return what the figures mean, and which prediction was better."""
    if test.purchases is None:
        hint = "" if is_day_given else "; name another last day that the model knows: --until DATE"
        return (f"{test.reason}{hint}",)
    return (
        _explain_winner(test.purchases),
        "mean error: distance between predicted and actual, for each customer; bias: predicted "
        "minus actual; best tenth: part of the actual purchases or spend by the tenth of the "
        "customers predicted best",
    )


def _explain_winner(found: "Comparison") -> str:
    """Return whether the model was better, and what follows from it."""
    model, naive = f"{found.model.mae:.3f}", f"{found.naive.mae:.3f}"
    if found.is_model_better:
        return (
            f"the model was better than the naive guess that all customers go on as before: mean "
            f"error {model} purchases against {naive}"
        )
    return (
        f"the model was NOT better than the naive guess that all customers go on as before: mean "
        f"error {model} purchases against {naive}; do not rely on it for these customers, who may "
        "have contracts or buy in a season"
    )
