"""`report forecast`: the months to come, with a band and the backtest of the method."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.money import Money, count_decimals, format_money
from cardcrm.sheet import Card, Cell, Column, Section, Sheet

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.reports.forecast.forecast import Forecast, ForecastMonth

app = typer.Typer()

_SHOWN_PAST = 36  # months of the past in the chart
_TITLES = {
    "revenue": "revenue",
    "orders": "orders",
    "new": "new customers",
    "lost": "lost customers",
}


Figure = Annotated[
    str,
    typer.Option(
        "--of",
        metavar="FIGURE",
        help="Figure to forecast: revenue, orders, new or lost (customers).",
        autocompletion=complete_from("revenue", "orders", "new", "lost"),
    ),
]
Months = Annotated[
    int, typer.Option(metavar="N", help="Number of months to forecast.", min=1, max=36)
]
Confidence = Annotated[
    int,
    typer.Option(metavar="PERCENT", help="Confidence of the band in percent.", min=50, max=99),
]
LostAfter = Annotated[
    int,
    typer.Option(
        metavar="MONTHS",
        help="Months without an order after which a customer is lost.",
        min=1,
        max=60,
    ),
]


@app.command("forecast")
@add_options("since", "until", "where", "currency")
def forecast(
    ctx: typer.Context,
    options: ReportOptions,
    of: Figure = "revenue",
    months: Months = 12,
    confidence: Confidence = 90,
    lost_after: LostAfter = 12,
) -> Result:
    """Forecast revenue, orders, new or lost customers by month, with a band.

    Several methods forecast the months of the past from what was known then. The one with the
    smallest mean error is used; the simple guesses “last month again” and “the same month of last
    year” take part and win if they are better. The month of today is forecast from what is sold.

    Examples:
        cardcrm report forecast

        cardcrm report forecast --of new --months 6

        cardcrm report forecast --where tag:wholesale --format csv

    """
    from cardcrm.reports.forecast.forecast import build_forecast
    from cardcrm.reports.forecast.series import parse_figure

    session = session_of(ctx)
    scope = options.read_scope(session)
    figure, store = parse_figure(of), session.store()
    found = build_forecast(store, scope, figure, months, percent=confidence, lost_after=lost_after)
    result = _show(session, found, lost_after, scope.currency)
    return result._replace(notes=(*result.notes, *note_currencies(store, scope.currency)))


def _show(session: "Session", found: "Forecast", lost_after: int, currency: str) -> Result:
    from cardcrm.reports.charts import build_forecast_chart

    card = _build_card(found, currency)
    if found.reason:
        return Result(None if session.is_for_people else card, notes=(found.reason,))
    return Result(
        card,
        notes=_explain(found, lost_after, currency),
        charts=(build_forecast_chart(found, currency, _SHOWN_PAST),),
    )


def _build_card(found: "Forecast", currency: str) -> Card:
    figure = found.series.figure
    title = f"Forecast of {_TITLES[figure]}" + (f", in {currency}" if figure == "revenue" else "")
    rows = [_row(found, each, currency) for each in found.months]
    sheet = Sheet(_columns(found), rows, ids="month")
    sections = (
        Section("Months to come", sheet=sheet._replace(rows=_format_rows(rows))),
        Section("Backtest", sheet=_list_scores(found, currency), note=_describe_backtest(found)),
    )
    return Card(title, sections=sections, data=_to_data(found, currency), row=sheet)


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


def _to_number(found: "Forecast", value: float | None, currency: str) -> float | None:
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


def _to_data(found: "Forecast", currency: str) -> dict[str, object]:
    from cardcrm.reports.forecast.methods import NAIVE, SEASONAL_NAIVE

    tested = found.backtest
    maes = {
        key: _to_number(found, tested.mae_of(method) if tested else None, currency)
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
            {"month": month, "actual": _to_number(found, value, currency)}
            for month, value in found.past
        ],
        "forecast": [
            {
                "month": each.month,
                "so_far": _to_number(found, each.so_far, currency),
                "expected": _to_number(found, each.value, currency),
                "low": _to_number(found, each.low, currency),
                "high": _to_number(found, each.high, currency),
            }
            for each in found.months
        ],
        "total": _to_number(found, found.total, currency) if found.months else None,
        "reason": found.reason or found.band_reason or None,
    }


def _explain(found: "Forecast", lost_after: int, currency: str) -> tuple[str, ...]:
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
