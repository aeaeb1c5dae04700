"""`report pricing` and `report promotion`: sales before and after a change of a price."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from cardcrm.chart import BarChart, LineChart, Series
from cardcrm.cli.arguments import parse_when, session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.product_tables import (
    change,
    percent,
    round_price,
    to_major_price,
)
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.money import UnitPrice, format_money, format_quantity
from cardcrm.records.sales import products
from cardcrm.reports.product_sales.price_effect import analyze_price, analyze_promotion
from cardcrm.reports.product_sales.price_report import Effect, Month, PriceReport, SpanFigures
from cardcrm.reports.product_sales.price_spans import MAX_WEEKS
from cardcrm.sheet import Card, Column, Section, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cardcrm.cli.session import Session
    from cardcrm.sheet import Cell

app = typer.Typer()

_METHOD = "quasi-Poisson rate ratio, 95% interval"
_MAX_MONTHS = 24  # rows of the table
_NESTED = ("before", "after", "price_changes", "months")
_FLAT = ("since", "until", "units", "units_a_day", "revenue", "revenue_a_day", "average_paid")
_NO_PROOF = "Both happened at one time, which does not prove that one caused the other."


@app.command("pricing")
@add_options("where", "currency")
def pricing(
    ctx: typer.Context,
    options: ReportOptions,
    product: Annotated[
        list[str],
        typer.Argument(metavar="PRODUCT", help="Product, by name, part of it, or article number."),
    ],
    on: Annotated[
        str,
        typer.Option(metavar="DATE", help="Day of the change (default: the latest one found)."),
    ] = "",
) -> Result:
    """Show what a product sold before and after a change of its price.

    Changes of the price are found in the lines of sales. Up to eight whole weeks on both sides of
    the change are compared.

    Examples:
        cardcrm report pricing rose bouquet

        cardcrm report pricing vase --on 2026-03-01 --format json

    """
    session = session_of(ctx)
    scope = options.read_scope(session)
    found = products.get_by_part(session.store(), " ".join(product))
    day = parse_when(session, on, past=True).day if on else None
    report = analyze_price(session.store(), scope, found.id, found.name, day)
    return _show(session, report)


@app.command("promotion")
@add_options("where", "currency")
def promotion(
    ctx: typer.Context,
    options: ReportOptions,
    product: Annotated[
        str,
        typer.Option(metavar="PRODUCT", help="Product, by name, part of it, or article number."),
    ],
    since: Annotated[str, typer.Option("--from", metavar="DATE", help="First day of it.")],
    until: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day of it.")] = "",
    weeks: Annotated[
        int, typer.Option(metavar="N", help="Weeks before it to compare with.", min=1, max=104)
    ] = MAX_WEEKS,
) -> Result:
    """Show what a product sold during a promotion, against the weeks before.

    Example:
        cardcrm report promotion --product vase --from 2026-05-01 --to 2026-05-14

    """
    session = session_of(ctx)
    scope = options._replace(since=since, until=until).read_scope(session)
    if scope.since is None:
        raise UsageError("no first day given", "For example: --from 2026-05-01")
    found = products.get_by_part(session.store(), product)
    first, last = scope.since, scope.until or scope.today
    unlimited = replace(scope, since=None, until=None)
    report = analyze_promotion(session.store(), unlimited, found.id, found.name, first, last, weeks)
    return _show(session, report)


def _show(session: "Session", report: PriceReport) -> Result:
    reasons = filter(None, (report.reason, _explain(report.effect)))
    others = note_currencies(session.store(), report.currency)
    return Result(_card(session, report), notes=(*reasons, *others), charts=_draw(report))


def _explain(effect: Effect | None) -> str:
    if effect is None:
        return ""
    return f"{effect.reason}; so there is no interval" if effect.reason else _NO_PROOF


def _card(session: "Session", report: PriceReport) -> Card:
    data = _to_data(report)
    return Card(
        report.product,
        facts=tuple(_list_facts(report)),
        sections=_build_sections(report.months) if session.is_for_people else (),
        data=data,
        row=_to_row(data),
    )


def _list_facts(report: PriceReport) -> "Iterator[tuple[str, str]]":
    for each in report.changes:
        yield "price", f"{_price(each.before)} to {_price(each.after)} on {each.on}"
    effect = report.effect
    if effect is None:
        return
    yield "before", _describe(effect.before)
    yield report.title, _describe(effect.after)
    ratio = effect.units
    if ratio is not None:
        yield (
            "units",
            (
                f"{ratio.ratio - 1:+,.0%} a day, 95% interval {ratio.low - 1:+,.0%} to "
                f"{ratio.high - 1:+,.0%}"
            ),
        )
    yield "revenue", f"{change(effect.revenue_change) or 'no change known'} a day"
    if effect.others is not None:
        yield "others", f"{change(effect.others)} revenue a day of all other products"


def _price(price: UnitPrice | None) -> str:
    return format_money(price) if price else "no price"


def _describe(span: SpanFigures) -> str:
    return (
        f"{span.units_a_day:.2f} units and {format_money(span.revenue_a_day)} a day, "
        f"{span.first} to {span.last}"
    )


def _build_sections(months: tuple[Month, ...]) -> tuple[Section, ...]:
    if not months:
        return ()
    columns = (
        Column("month", "month"),
        Column("units", "units", "right"),
        Column("revenue", "revenue", "right"),
        Column("list", "list price", "right"),
        Column("paid", "paid", "right"),
        Column("discount", "off", "right"),
        Column("share", "mix", "right"),
    )
    rows = [_month_row(each) for each in months[-_MAX_MONTHS:]]
    return (Section("By month", sheet=Sheet(columns, rows)),)


def _month_row(month: Month) -> "tuple[Cell, ...]":
    each = month.figures
    return (
        month.name,
        format_quantity(each.units),
        format_money(each.revenue, code=False),
        round_price(each.listed),
        round_price(each.paid),
        percent(each.discount_share),
        percent(month.share, 1),
    )


def _to_data(report: PriceReport) -> dict[str, object]:
    effect = report.effect
    ratio = effect.units if effect else None
    return {
        "product_id": report.product_id,
        "product": report.product,
        "currency": report.currency,
        "change_on": report.on,
        "change_found": report.is_found,
        "before": _span_data(effect.before) if effect else None,
        "after": _span_data(effect.after) if effect else None,
        "units_ratio": ratio.ratio if ratio else None,
        "units_ratio_low": ratio.low if ratio else None,
        "units_ratio_high": ratio.high if ratio else None,
        "method": _METHOD,
        "revenue_change": effect.revenue_change if effect else None,
        "others_change": effect.others if effect else None,
        "reason": report.reason or (effect.reason if effect else "") or None,
        "price_changes": [
            {"on": each.on, "price_before": each.before, "price_after": each.after}
            for each in report.changes
        ],
        "months": [{"period": each.name, **_month_data(each)} for each in report.months],
    }


def _span_data(span: SpanFigures) -> dict[str, object]:
    return {
        "since": span.first,
        "until": span.last,
        "day_count": span.days,
        "units": span.units / 1000,
        "revenue": span.revenue,
        "units_a_day": span.units_a_day,
        "revenue_a_day": span.revenue_a_day,
        "average_list": span.listed,
        "average_paid": span.paid,
        "discount_share": span.discount_share,
    }


def _month_data(month: Month) -> dict[str, object]:
    each = month.figures
    return {
        "units": each.units / 1000,
        "revenue": each.revenue,
        "average_list": each.listed,
        "average_paid": each.paid,
        "discount_share": each.discount_share,
        "share": month.share,
    }


def _to_row(data: dict[str, object]) -> Sheet:
    """Return the figures of both spans as one row."""
    flat: dict[str, Any] = {key: value for key, value in data.items() if key not in _NESTED}
    for name in ("before", "after"):
        span = cast("dict[str, Any] | None", data[name]) or {}
        flat |= {f"{key}_{name}": span.get(key) for key in _FLAT}
    return Sheet(
        tuple(Column(key, key, currency="currency") for key in flat),
        [tuple(flat.values())],
        ids="product_id",
    )


def _draw(report: PriceReport) -> "tuple[BarChart | LineChart, ...]":
    months = report.months
    if len(months) < 2:
        return ()
    names = tuple(each.name for each in months)
    figures = [each.figures for each in months]
    return (
        LineChart(
            f"{report.product}: price",
            names,
            (
                Series("list price", tuple(to_major_price(each.listed) for each in figures)),
                Series("paid", tuple(to_major_price(each.paid) for each in figures)),
            ),
            unit=report.currency,
        ),
        BarChart(f"{report.product}: units", names, tuple(each.units / 1000 for each in figures)),
    )
