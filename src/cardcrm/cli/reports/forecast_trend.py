"""Lay out the forecast of a figure of sales: the months to come, and the backtest of the method."""

from typing import TYPE_CHECKING

from cardcrm.money import Money, count_decimals, format_money
from cardcrm.sheet import Card, Cell, Column, Section, Sheet

if TYPE_CHECKING:
    from cardcrm.reports.forecast.forecast import Forecast, ForecastMonth

TITLES = {
    "revenue": "revenue",
    "orders": "orders",
    "new": "new customers",
    "lost": "lost customers",
}


def build_card(found: "Forecast", currency: str) -> Card:
    """Return the months to come and the backtest of a forecast that has found some."""
    figure = found.series.figure
    title = f"Forecast of {TITLES[figure]}" + (f", in {currency}" if figure == "revenue" else "")
    return Card(title, sections=list_sections(found, currency, "Months to come"))


def list_sections(found: "Forecast", currency: str, title: str) -> tuple[Section, ...]:
    """Return the sections of the months to come and of the backtest."""
    rows = [_row(found, each, currency) for each in found.months]
    sheet = Sheet(_columns(found), _format_rows(rows), ids="month")
    return (
        Section(title, sheet=sheet),
        Section("Backtest", sheet=_list_scores(found, currency), note=_describe_backtest(found)),
    )


def _columns(found: "Forecast") -> tuple[Column, ...]:
    percent = f"{float(found.confidence):.0%}"
    name = "currency" if found.series.figure == "revenue" else ""
    return (
        Column("month", "month"),
        Column("so_far", "so far", "right", currency=name, digits=1),
        Column("expected", "forecast", "right", currency=name, digits=1),
        Column("low", f"low ({percent})", "right", currency=name, digits=1),
        Column("high", f"high ({percent})", "right", currency=name, digits=1),
    )


def _row(found: "Forecast", each: "ForecastMonth", currency: str) -> tuple[Cell, ...]:
    figures = (each.so_far, each.value, each.low, each.high)
    return (each.month, *(_to_figure(found, value, currency) for value in figures))


def _to_figure(found: "Forecast", value: float | None, currency: str) -> Money | float | None:
    """Return an amount of revenue, or a number with one decimal."""
    if value is None:
        return None
    return Money(round(value), currency) if found.series.figure == "revenue" else round(value, 1)


def to_number(found: "Forecast", value: float | None, currency: str) -> float | None:
    """Return a figure of JSON: revenue in major units, which is an estimate and no sum of sales."""
    if value is None or found.series.figure != "revenue":
        return None if value is None else round(value, 1)
    decimals = count_decimals(currency)
    return round(value / float(10**decimals), decimals)


def _format_rows(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Return rows whose amounts have no currency, which is in the title."""
    return [
        tuple(format_money(cell, code=False) if isinstance(cell, Money) else cell for cell in row)
        for row in rows
    ]


def _list_scores(found: "Forecast", currency: str) -> Sheet:
    columns = (
        Column("method", "method"),
        Column("words", "forecast", wide=True, wrapped=True),
        Column("mae", "mean error", "right", digits=1),
    )
    tested = found.backtest
    rows = [
        (each.method.name, each.method.words, _to_figure(found, each.mae, currency))
        for each in (tested.scores if tested else ())
        if each.mae is not None
    ]
    return Sheet(columns, _format_rows(list(rows)), ids="method")


def _describe_backtest(found: "Forecast") -> str:
    if found.backtest is None:
        return ""
    return (
        f"each method forecast the past from {found.backtest.origins} earlier months; "
        f"used: {found.backtest.best.name}"
    )


def to_backtest(found: "Forecast", currency: str) -> dict[str, object]:
    """Return a forecast with its past and the errors of its methods, for JSON."""
    from cardcrm.reports.forecast.methods import NAIVE, SEASONAL_NAIVE

    tested = found.backtest
    maes = {
        key: to_number(found, tested.mae_of(method) if tested else None, currency)
        for key, method in (
            ("mae", tested.best if tested else NAIVE),
            ("naive_mae", NAIVE),
            ("seasonal_naive_mae", SEASONAL_NAIVE),
        )
    }
    return {
        "figure": found.series.figure,
        "currency": currency,
        "method": tested.best.name if tested else None,
        **maes,
        "test_months": tested.origins if tested else 0,
        "confidence": float(found.confidence),
        "past": [
            {"month": month, "actual": to_number(found, value, currency)}
            for month, value in found.past
        ],
        "forecast": [
            {
                "month": each.month,
                "so_far": to_number(found, each.so_far, currency),
                "expected": to_number(found, each.value, currency),
                "low": to_number(found, each.low, currency),
                "high": to_number(found, each.high, currency),
            }
            for each in found.months
        ],
        "total": to_number(found, found.total, currency) if found.months else None,
        "reason": found.reason or found.band_reason or None,
    }


def explain_trend(found: "Forecast", lost_after: int, currency: str) -> tuple[str, ...]:
    """Return what the figures of a forecast mean."""
    from cardcrm.reports.forecast.total import describe_total

    assert found.backtest is not None
    past = found.past
    lines = [
        describe_total(found, currency),
        f"from {len(past)} complete months, {past[0][0]} to {past[-1][0]}, by the method “"
        f"{found.backtest.best.name}”: {found.backtest.best.words}",
        found.band_reason
        or f"{float(found.confidence):.0%} of the forecasts of the past were within such a band",
    ]
    if found.series.figure == "lost":
        lines.append(f"lost: {lost_after} months without an order")
    return tuple(lines)
