"""`report repeat` and `report next-orders`: how many customers come back, and when."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.chart import BarChart
from cardcrm.cli.arguments import session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.percent import format_percent
from cardcrm.sheet import Card, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.reports.retention.next_orders import NextOrder
    from cardcrm.reports.retention.repeat_figures import RepeatFigures

app = typer.Typer()

_COLUMNS = (
    Column("id", "id", "right"),
    Column("name", "customer", wide=True, min_width=12, wrapped=True),
    Column("state", "state"),
    Column("expected_on", "expected"),
    Column("days_late", "days late", "right"),
    Column("usual_days", "usual days", "right", digits=1),
    Column("last_sale", "last"),
    Column("purchases", "purchases", "right"),
)
_FOR_PEOPLE = 6  # columns that fit a terminal of 80 columns


@app.command("repeat")
@add_options("since", "until", "where", "currency")
def repeat(
    ctx: typer.Context,
    options: ReportOptions,
) -> Result:
    """Show the repeat rate, orders per customer, and the usual days between orders.

    A repeat customer bought on two days or more. Orders of one day are one purchase.

    Examples:
        cardcrm report repeat

        cardcrm report repeat --from 2026 --where city:leeds

    """
    from cardcrm.reports.retention.repeat_figures import report_repeats

    session = session_of(ctx)
    scope = options.read_scope(session, all_currencies=True)
    found = report_repeats(session.store(), scope)
    notes = () if found.customers else ("no orders in this time: cardcrm sell WHO --product NAME",)
    return Result(_to_card(found), notes=notes, charts=_draw(found))


def _to_card(found: "RepeatFigures") -> Card:
    rate = found.repeat_rate
    facts = (
        ("customers", f"{found.customers:,}"),
        ("repeat customers", f"{found.repeat_customers:,}"),
        ("repeat rate", format_percent(rate)),
        ("orders", f"{found.orders:,}"),
        ("orders a customer", _format(found.orders_per_customer)),
        ("purchases a customer", _format(found.purchases_per_customer)),
        ("days between", _describe_median(found.median_days)),
    )
    data = {
        "customers": found.customers,
        "repeat_customers": found.repeat_customers,
        "repeat_rate": rate,
        "orders": found.orders,
        "purchases": found.purchases,
        "orders_per_customer": found.orders_per_customer,
        "purchases_per_customer": found.purchases_per_customer,
        "median_days": found.median_days,
        "reason": None if found.repeat_customers else "no customer has bought on two days or more",
    }
    columns = tuple(Column(key, key.replace("_", " "), digits=6) for key in data)
    row = Sheet(columns, [tuple(data.values())])
    shown = tuple((label, text) for label, text in facts if text)
    return Card("Repeat purchases", facts=shown, data=data, row=row)


def _format(number: float | None) -> str:
    return "" if number is None else f"{number:.2f}"


def _describe_median(days: float | None) -> str:
    if days is None:
        return "unknown: no customer has bought on two days or more"
    unit = "day" if days == 1 else "days"
    return f"{days:g} {unit} between two purchases of a customer in the median"


def _draw(found: "RepeatFigures") -> tuple[BarChart, ...]:
    if not found.customers:
        return ()
    once = found.customers - found.repeat_customers
    values = (float(once), float(found.repeat_customers))
    return (BarChart("Customers", ("bought once", "came back"), values, "customers"),)


@app.command("next-orders")
@add_options("limit", "where", "currency")
def next_orders(
    ctx: typer.Context,
    options: ReportOptions,
    late: Annotated[
        bool, typer.Option("--late", help="Only orders that are late or long overdue.")
    ] = False,
) -> Result:
    """List the orders that customers are expected to place next, late ones first.

    The next order is expected the usual days after the last one: the median of the days between
    the customer's own purchases. It takes three purchases. An order is late after 1.25 times
    the usual days, and long overdue after twice as many.

    Examples:
        cardcrm report next-orders

        cardcrm report next-orders --late --where tag:vip

    """
    from cardcrm.reports.habits import MIN_PURCHASES
    from cardcrm.reports.retention.next_orders import list_next_orders

    session = session_of(ctx)
    scope = options.read_scope(session, all_currencies=True)
    found, count = list_next_orders(
        session.store(), scope, options.count_rows(session), only_late=late
    )
    notes = [f"expected: last purchase + usual days; it takes {MIN_PURCHASES} purchases"]
    if not found:
        what = "late order" if late else "expected order"
        notes = [f"no {what}: it takes {MIN_PURCHASES} purchases of a customer to know the habit"]
    elif len(found) < count:
        notes.append(
            f"shown: {len(found):,} of {pluralize(count, 'customer')}; --limit 0 shows all"
        )
    charts = (_draw_late(found),) if any(each.days_late for each in found) else ()
    shown = _FOR_PEOPLE if session.is_for_people else len(_COLUMNS)
    return Result(_to_sheet(found, shown), notes=tuple(notes), charts=charts)


def _to_sheet(found: "list[NextOrder]", shown: int) -> Sheet:
    """Return the first columns of the list."""
    rows = [
        (
            each.contact_id,
            each.name,
            each.state,
            each.expected_on,
            each.days_late,
            each.usual_days,
            each.last_on,
            each.purchases,
        )
        for each in found
    ]
    title = "Orders to come" if rows else ""
    return Sheet(_COLUMNS[:shown], [row[:shown] for row in rows], title)


def _draw_late(found: "list[NextOrder]") -> BarChart:
    late = [each for each in found if each.days_late][:12]
    names = tuple(each.name for each in late)
    return BarChart("Days late", names, tuple(float(each.days_late) for each in late), "days")
