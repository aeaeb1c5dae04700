"""`report sources`: the sources that bring customers who stay."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.money import format_money
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.chart import BarChart
    from cardcrm.reports.behavior.loyalty import LoyaltyReport, Share, SourceLoyalty

app = typer.Typer()

_NO_VALUE = "(none)"
_SHOWN = 12  # bars of the chart


@app.command("sources")
@add_options("since", "until", "where", "currency")
def sources(
    ctx: typer.Context,
    options: ReportOptions,
    by: Annotated[
        str,
        typer.Option(metavar="FIELD", help="Group by source, city, tag or any other field."),
    ] = "source",
) -> Result:
    """Compare how long the customers of each source stay.

    “Came back” is the share with an order on another day within a year, of those who first bought
    at least a year ago. “Stayed” is the share with an order in the second year, of those who first
    bought at least two years ago. --from and --to limit the days of the first order.

    Examples:
        cardcrm report sources

        cardcrm report sources --by tag --format csv

    """
    from cardcrm.reports.behavior.loyalty import build_loyalty
    from cardcrm.reports.dimension import find_dimension
    from cardcrm.reports.scope import list_currencies

    session = session_of(ctx)
    store, scope = session.store(), options.read_scope(session)
    found = build_loyalty(store, scope, find_dimension(store, by, scope.today))
    others = note_currencies(store, scope.currency)
    if found.total is None:
        none = f"no customers with orders in {scope.currency}"
        if not list_currencies(store):
            none = "no customers with orders yet: cardcrm sell WHO AMOUNT"
        return Result(_to_sheet(found), notes=(none, *others))
    is_program = not session.is_for_people
    sheet = _to_sheet(found) if is_program else _to_table(found, found.total)
    return Result(sheet, notes=(*_explain(found, found.total), *others), charts=(_draw(found),))


def _to_sheet(found: "LoyaltyReport") -> Sheet:
    """Return the sources for programs."""
    columns = (
        Column("group", "group"),
        Column("customers", "customers"),
        Column("year_customers", "a year ago"),
        Column("repeat_share", "came back", digits=6),
        Column("repeat_low", "low", digits=6),
        Column("repeat_high", "high", digits=6),
        Column("two_year_customers", "two years ago"),
        Column("retention", "stayed", digits=6),
        Column("retention_low", "low", digits=6),
        Column("retention_high", "high", digits=6),
        Column("revenue", "revenue", currency="currency"),
        Column("revenue_per_customer", "per customer", currency="currency"),
    )
    return Sheet(columns, [_row(each) for each in found.sources], ids="group")


def _row(each: "SourceLoyalty") -> tuple[Cell, ...]:
    return (
        each.name,
        each.customers,
        *_list_share(each.repeat),
        *_list_share(each.stayed),
        each.revenue,
        each.by_customer,
    )


def _list_share(share: "Share") -> tuple[Cell, ...]:
    """Return the number of customers of a share, the share and its interval."""
    return (share.count, share.value, *(share.interval if share.count else (None, None)))


def _to_table(found: "LoyaltyReport", total: "SourceLoyalty") -> Sheet:
    """Return the sources for people, which fit a terminal of 80 columns."""
    columns = (
        Column("group", found.field, wide=True, min_width=15, wrapped=True),
        Column("customers", "customers", "right"),
        Column("repeat", "came back", "right"),
        Column("stayed", "stayed", "right"),
        Column("revenue_per_customer", "per customer", "right"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.name or _NO_VALUE,
            f"{each.customers:,}",
            _format_share(each.repeat),
            _format_share(each.stayed),
            format_money(each.by_customer, code=False),
        )
        for each in found.sources
    ]
    note = (
        f"all: {pluralize(total.customers, 'customer')}, came back {_format_share(total.repeat)}, "
        f"stayed {_format_share(total.stayed)}, revenue {format_money(total.revenue)}"
    )
    return Sheet(columns, rows, f"Customers who stay, by {found.field}", note, ids="group")


def _format_share(share: "Share") -> str:
    """Return a share with its interval; – for too few customers."""
    if share.value is None:
        return "–"
    low, high = share.interval
    return f"{share.value:.0%} ({low:.0%}–{high:.0%})"


def _explain(found: "LoyaltyReport", total: "SourceLoyalty") -> tuple[str, ...]:
    from cardcrm.reports.behavior.loyalty import MIN_CUSTOMERS

    lines = [
        "came back: another order within a year; stayed: an order in the second year",
        f"in brackets the 95% interval; a share needs {MIN_CUSTOMERS} customers who had the time",
    ]
    for share, name, time in (
        (total.repeat, "came back", "a year"),
        (total.stayed, "stayed", "two years"),
    ):
        if share.value is None:
            lines.append(
                f"“{name}” needs {MIN_CUSTOMERS} customers who first bought at least {time} ago; "
                f"so far: {share.count}"
            )
    if found.is_overlapping:
        lines.append("a contact counts in each of its tags")
    return tuple(lines)


def _draw(found: "LoyaltyReport") -> "BarChart":
    from cardcrm.chart import BarChart

    shown = found.sources[:_SHOWN]
    return BarChart(
        f"Customers who came back within a year, by {found.field}",
        tuple(each.name or _NO_VALUE for each in shown),
        tuple(each.repeat.value for each in shown),
        "%",
    )
