"""`report products`: the figures of each product."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.product_tables import (
    change,
    percent,
    refresh_alerts,
    round_price,
)
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.money import Money, format_money, format_quantity
from cardcrm.reports.charts import build_product_chart
from cardcrm.reports.product_sales.product_figures import (
    SORT_ORDERS,
    ProductFigures,
    ProductReport,
    TrendSpan,
    build_product_report,
)
from cardcrm.reports.revenue_report.report import NO_PRODUCT
from cardcrm.sheet import Column, Sheet

if TYPE_CHECKING:
    from cardcrm.reports.scope import Scope
    from cardcrm.sheet import Cell

app = typer.Typer()


@app.command("products")
@add_options("limit", "since", "until", "where", "currency")
def products(
    ctx: typer.Context,
    options: ReportOptions,
    sort: Annotated[
        str,
        typer.Option(
            metavar="FIGURE",
            help="Sort by revenue, units, customers, trend, or repeat (the lowest rate first).",
            autocompletion=complete_from(*SORT_ORDERS),
        ),
    ] = "revenue",
) -> Result:
    """Show units, revenue, customers, trend, prices and repeat rate of each product.

    The repeat rate is the share of a product's customers who bought it on more than one day. The
    trend compares the revenue with that of as many days before.

    Examples:
        cardcrm report products --from 2026

        cardcrm report products --sort repeat

    """
    session = session_of(ctx)
    scope = options.read_scope(session)
    found = build_product_report(session.store(), scope, sort.lower())
    refresh_alerts(session)
    shown = found.rows[: options.count_rows(session)]
    others = note_currencies(session.store(), scope.currency)
    if not shown:
        note = f"no sales of products in {scope.currency}: cardcrm sell WHO --product NAME"
        return Result(_list_products(shown), notes=(note, *others))
    if session.is_for_people:
        data = _lay_out(found, shown, scope)
    else:
        is_cut = len(shown) < len(found.rows)
        data = _list_products(shown, None if is_cut or session.format == "ids" else found.rest)
    return Result(data, notes=others, charts=(build_product_chart(found.rows, scope.currency),))


def _lay_out(found: ProductReport, shown: tuple[ProductFigures, ...], scope: "Scope") -> Sheet:
    columns = (
        Column("product", "product", wide=True, min_width=12, wrapped=True),
        Column("units", "units", "right"),
        Column("revenue", "revenue", "right"),
        Column("share", "share", "right"),
        Column("trend", "trend", "right"),
        Column("paid", "paid", "right"),
        Column("discount", "off", "right"),
        Column("customers", "buyers", "right"),
        Column("repeat_rate", "repeat", "right"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.name + (" (retired)" if each.retired else ""),
            format_quantity(each.units),
            format_money(each.revenue, code=False),
            percent(each.share),
            change(each.trend),
            round_price(each.paid),
            percent(each.discount_share),
            each.customers,
            percent(each.repeat_rate),
        )
        for each in shown
    ]
    if found.rest.minor:
        rows.append(_row_of_sum(NO_PRODUCT, found.rest, found))
    if len(rows) > 1:
        rows.append(_row_of_sum("total", found.total, found))
    return Sheet(columns, rows, f"Products, in {scope.currency}", _explain(found, len(shown)))


def _row_of_sum(name: str, revenue: Money, found: ProductReport) -> "tuple[Cell, ...]":
    share = round(revenue.minor / found.total.minor, 2) if found.total.minor > 0 else None
    shown = percent(share or 0.0 if share is not None else None)  # no “-0%”
    return (name, "", format_money(revenue, code=False), shown, "", "", "", "", "")


def _explain(found: ProductReport, shown: int) -> str:
    notes = [
        "“paid” is the average price of one, “off” what discounts took, “repeat” the share of "
        "buyers who bought it again on another day.",
        _explain_trend(found.trend),
    ]
    if found.unsold:
        notes.append(f"{pluralize(found.unsold, 'product')} never sold.")
    if len(found.rows) > shown:
        notes.append(f"{shown:,} of {len(found.rows):,} products, with the total of all.")
    return " ".join(notes)


def _explain_trend(span: TrendSpan | None) -> str:
    if span is None:
        return "No trend: the sales begin after the first day of the period before."
    before = "day" if span.days == 1 else f"{span.days:,} days"
    return f"The trend compares {span.first} to {span.last} with the {before} before."


def _list_products(rows: tuple[ProductFigures, ...], rest: Money | None = None) -> Sheet:
    columns = (
        Column("product_id", "id", "right"),
        Column("product", "product"),
        Column("category", "category"),
        Column("retired", "retired"),
        Column("units", "units", "right"),
        Column("revenue", "revenue", "right", currency="currency"),
        Column("share", "share", "right"),
        Column("trend", "trend", "right"),
        Column("customers", "customers", "right"),
        Column("repeat_customers", "repeat customers", "right"),
        Column("repeat_rate", "repeat rate", "right"),
        Column("first_sale", "first"),
        Column("last_sale", "last"),
        Column("average_paid", "average paid", "right", currency="currency"),
        Column("average_list", "average list", "right", currency="currency"),
        Column("discount_share", "discount", "right"),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            each.id, each.name, each.category, each.retired, each.units / 1000, each.revenue,
            each.share, each.trend, each.customers, each.repeaters, each.repeat_rate,
            each.first_on, each.last_on, each.paid, each.listed, each.discount_share,
        )
        for each in rows
    ]  # fmt: skip
    if rest is not None and rest.minor:
        unknown = (None,) * (len(columns) - 6)
        cells.append((None, NO_PRODUCT, "", None, None, rest, *unknown))
    return Sheet(columns, cells, ids="product_id")
