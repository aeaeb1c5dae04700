"""`report forecast`: what the open deals bring by month, and what the sales of the past suggest."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.explanations import explain, explain_teams
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.money import Money, to_units
from cardcrm.sheet import Card, Cell, Column, Section, Sheet

if TYPE_CHECKING:
    from cardcrm.chart import Chart
    from cardcrm.cli.session import Session
    from cardcrm.reports.forecast.forecast import Forecast
    from cardcrm.reports.pipeline.deal_forecast import DealMonth

app = typer.Typer()

_SHOWN_PAST = 36  # months of the past in the chart
_ALL, _DEALS = "all", "deals"
_OWNER, _TEAM = "owner", "team"
_OTHER_NAMES = {"pipeline": _DEALS, "deal": _DEALS, "both": _ALL}
_DEAL_KEYS = ("weighted", "low", "high", "deals", "commit", "best_case", "without_amount")
_TREND_KEYS = ("trend", "trend_low", "trend_high", "so_far", "method")
_LATE = "9999"  # sorts deals without an expected close behind all months

Figure = Annotated[
    str,
    typer.Option(
        "--of",
        metavar="FIGURE",
        help="Figure to forecast: deals, revenue, orders, new or lost (customers); all shows the "
        "deals and the revenue.",
        autocompletion=complete_from("all", "deals", "revenue", "orders", "new", "lost"),
    ),
]
Months = Annotated[
    int, typer.Option(metavar="N", help="Number of months to forecast from sales.", min=1, max=36)
]
Confidence = Annotated[
    int,
    typer.Option(metavar="PERCENT", help="Confidence of the bands in percent.", min=50, max=99),
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
Commit = Annotated[
    int,
    typer.Option(
        metavar="PERCENT", help="Probability from which a deal counts as commit.", min=1, max=100
    ),
]
ByOwner = Annotated[bool, typer.Option("--by-owner", help="Show the deals of each owner.")]
ByTeam = Annotated[
    bool, typer.Option("--by-team", help="Show the deals of each team, the sums of its members.")
]
Backtest = Annotated[
    bool,
    typer.Option(
        "--backtest", help="Show the past and the errors of each method; in JSON one object."
    ),
]


@app.command("forecast")
@add_options("since", "until", "where", "currency", "pipeline", "owner", "team", "explain")
def forecast(
    ctx: typer.Context,
    options: ReportOptions,
    of: Figure = "all",
    months: Months = 12,
    confidence: Confidence = 90,
    lost_after: LostAfter = 12,
    commit: Commit = 90,
    by_owner: ByOwner = False,
    by_team: ByTeam = False,
    backtest: Backtest = False,
) -> Result:
    """Forecast open deals, and revenue, orders or customers, by month with a band.

    Deals count in the month of their expected close, weighted by their probability; the band is
    that of 10,000 draws in which each deal is won or lost. The trend comes from the sales of the
    past: several methods forecast the months of the past from what was known then, and the one
    with the smallest mean error is used. --from and --to limit these sales.

    Examples:
        cardcrm report forecast

        cardcrm report forecast --of deals --by-owner

        cardcrm report forecast --of new --months 6

    """
    from cardcrm.choices import parse_choice
    from cardcrm.reports.forecast.series import FIGURES, OTHER_NAMES

    session = session_of(ctx)
    names = _OTHER_NAMES | OTHER_NAMES
    figure = parse_choice(of, (_ALL, _DEALS, *FIGURES), "figure", names)
    group = _choose_group(by_owner=by_owner, by_team=by_team)
    if group or options.pipeline or options.owner or options.team:
        if figure not in (_ALL, _DEALS):
            raise UsageError(
                "--by-owner, --by-team, --pipeline, --owner and --team are about deals",
                "Use --of deals with them.",
            )
        figure = _DEALS
    if figure == _DEALS and (options.since or options.until):
        raise UsageError(
            "--from and --to are about the sales of the past",
            "Leave them out, or use --of revenue with them.",
        )
    deals = _read_deals(session, options, figure, confidence, commit, group)
    is_one = session.is_for_people or backtest
    trends = _read_trends(session, options, figure, months, confidence, lost_after, is_one=is_one)
    if backtest and trends:
        result = _show_backtest(session, trends, lost_after)
    elif session.is_for_people:
        result = _show(deals, trends, confidence, commit, lost_after, group)
    else:
        result = Result(_to_sheet(deals, trends, figure, group))
    if group == _TEAM:
        shared = explain_teams(session, options.read_deal_scope(session))
        result = result._replace(notes=(*result.notes, *shared))
    if figure != _DEALS:
        currency = options.read_scope(session).currency
        notes = note_currencies(session.store(), currency)
        result = result._replace(notes=(*result.notes, *notes))
    return explain(session, options, "forecast", result)


def _choose_group(*, by_owner: bool, by_team: bool) -> str:
    """Return the column that deals are grouped by; "" if they are not."""
    if by_owner and by_team:
        raise UsageError("--by-owner and --by-team exclude each other", "Leave out one of them.")
    return _OWNER if by_owner else _TEAM if by_team else ""


def _read_deals(
    session: "Session",
    options: ReportOptions,
    figure: str,
    confidence: int,
    commit: int,
    group: str,
) -> "list[DealMonth]":
    if figure not in (_ALL, _DEALS):
        return []
    from cardcrm.reports.pipeline.deal_forecast import forecast_deals
    from cardcrm.reports.pipeline.deal_groups import UNGROUPED
    from cardcrm.reports.pipeline.team_scopes import forecast_by_team

    store = session.store()
    scope = replace(options.read_deal_scope(session), since=None, until=None)
    if group == _TEAM:
        return forecast_by_team(store, scope, percent=confidence, commit=commit)
    return forecast_deals(store, scope, percent=confidence, commit=commit, group=group or UNGROUPED)


def _read_trends(
    session: "Session",
    options: ReportOptions,
    figure: str,
    months: int,
    confidence: int,
    lost_after: int,
    *,
    is_one: bool,
) -> "dict[str, Forecast]":
    """Return the forecast of a figure by currency: of one, or of each."""
    if figure == _DEALS:
        return {}
    from cardcrm.reports.forecast.forecast import build_forecast
    from cardcrm.reports.scope import list_currencies

    store, scope = session.store(), options.read_scope(session)
    currencies = [scope.currency]
    if not (is_one or options.currency):
        currencies = sorted({*currencies, *list_currencies(store)})
    name = "revenue" if figure == _ALL else figure
    return {
        each: build_forecast(
            store,
            replace(scope, currency=each),
            name,
            months,
            percent=confidence,
            lost_after=lost_after,
        )
        for each in currencies
    }


def _show_backtest(session: "Session", trends: "dict[str, Forecast]", lost_after: int) -> Result:
    """Return a forecast of sales with the past and its backtest, as one object in JSON."""
    from cardcrm.cli.reports.forecast_trend import build_card, explain_trend, to_backtest

    ((currency, found),) = trends.items()
    if session.is_for_people:
        if found.reason:
            return Result(notes=(found.reason,))
        return Result(build_card(found, currency), notes=explain_trend(found, lost_after, currency))
    rows = _to_sheet([], trends, found.series.figure, "")
    return Result(Card("", data=to_backtest(found, currency), row=rows))


def _show(
    deals: "list[DealMonth]",
    trends: "dict[str, Forecast]",
    confidence: int,
    commit: int,
    lost_after: int,
    group: str,
) -> Result:
    """Return both halves for people, each with what its figures mean."""
    from cardcrm.cli.reports.forecast_deals import build_section, explain_deals
    from cardcrm.cli.reports.forecast_trend import TITLES, build_card, explain_trend, list_sections
    from cardcrm.reports.charts import build_forecast_chart

    sections: list[Section] = []
    notes: list[str] = []
    charts: list[Chart] = []
    if deals:
        sections.append(build_section(deals, group))
        notes += explain_deals(deals, confidence, commit)
    elif not trends:
        return Result(notes=("no open deals: cardcrm deal add TITLE --contact WHO",))
    for currency, found in trends.items():
        if found.reason:
            notes.append(found.reason)
            continue
        charts.append(build_forecast_chart(found, currency, _SHOWN_PAST))
        notes += explain_trend(found, lost_after, currency)
        if not deals:
            return Result(build_card(found, currency), notes=tuple(notes), charts=tuple(charts))
        figure = TITLES[found.series.figure].capitalize()
        sections += list_sections(found, currency, f"{figure} by trend, in {currency}")
    card = Card("Forecast", sections=tuple(sections)) if sections else None
    return Result(card, notes=tuple(notes), charts=tuple(charts))


# for programs


def _to_sheet(
    deals: "list[DealMonth]", trends: "dict[str, Forecast]", figure: str, group: str
) -> Sheet:
    """Return a row for each month, currency and perhaps group; amounts are in major units."""
    columns = [Column("month", "month"), Column("currency", "currency")]
    if group:
        columns.append(Column(group, group))
    if figure in (_ALL, _DEALS):
        columns += [Column(each, each, digits=3) for each in _DEAL_KEYS]
    if figure != _DEALS:
        columns += [Column(each, each, digits=3) for each in _TREND_KEYS]
    known = _list_trends(trends)
    by_key: dict[tuple[str, str], list[DealMonth]] = {}
    for each in deals:
        by_key.setdefault((each.month or _LATE, each.currency), []).append(each)
    rows: list[tuple[Cell, ...]] = []
    for key in sorted({*by_key, *known}):
        trend = known.get(key, (None,) * 5) if figure != _DEALS else ()
        month, currency = (None if key[0] == _LATE else key[0]), key[1]
        if figure not in (_ALL, _DEALS):
            rows.append((month, currency, *trend))
            continue
        for found in by_key.get(key, [None]):
            name = (found.group if found else "",) if group else ()
            rows.append((month, currency, *name, *_list_amounts(found), *trend))
    return Sheet(tuple(columns), rows, ids="month")


def _list_amounts(found: "DealMonth | None") -> tuple[Cell, ...]:
    if found is None:
        return (0.0, None, None, 0, 0.0, 0.0, 0)

    def units(minor: int) -> float:
        return to_units(Money(minor, found.currency))

    return (
        units(found.weighted),
        units(found.low),
        units(found.high),
        found.deals,
        units(found.commit),
        units(found.best_case),
        found.without_amount,
    )


def _list_trends(trends: "dict[str, Forecast]") -> dict[tuple[str, str], tuple[Cell, ...]]:
    """Return the trend of each month and currency, with its band and its method."""
    from cardcrm.cli.reports.forecast_trend import to_number

    rows: dict[tuple[str, str], tuple[Cell, ...]] = {}
    for currency, found in trends.items():
        for each in found.months:
            figures = (each.value, each.low, each.high, each.so_far)
            numbers = (to_number(found, value, currency) for value in figures)
            method = found.backtest.best.name if found.backtest else None
            rows[each.month, currency] = (*numbers, method)
    return rows
