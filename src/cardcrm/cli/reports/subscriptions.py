"""`report subscriptions`: how long subscriptions survive."""

from typing import Annotated

import typer

from cardcrm.chart import LineChart, Series
from cardcrm.cli.arguments import Source, complete_from, session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.dates.periods import MONTHS_IN
from cardcrm.reports.retention.numbered_periods import parse_long_period
from cardcrm.reports.retention.subscriptions import (
    SubscriptionReport,
    Survival,
    report_subscriptions,
)
from cardcrm.sheet import Cell, Column, Sheet

app = typer.Typer()

COLUMNS = (
    Column("renewal", "renewal", "right"),
    Column("faced", "due", "right"),
    Column("renewed", "renewed", "right"),
    Column("observed_survival", "observed", "right", digits=6),
    Column("expected_survival", "expected", "right", digits=6),
    Column("renewal_rate", "rate", "right", digits=6),
)
# The figures of the whole, in each row for programs.
_OF_ALL = (
    Column("subscriptions", "subscriptions", "right"),
    Column("ended", "ended", "right"),
    Column("alpha", "alpha", "right", digits=6),
    Column("beta", "beta", "right", digits=6),
    Column("log_likelihood", "log-likelihood", "right", digits=4),
)


@app.command("subscriptions")
@add_options("where", "currency")
def subscriptions(
    ctx: typer.Context,
    options: ReportOptions,
    product: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Only purchases of a product (default: any purchase).",
            autocompletion=Source("names:product"),
        ),
    ] = "",
    by: Annotated[
        str,
        typer.Option(
            metavar="PERIOD",
            help="Renewed each month, quarter or year.",
            autocompletion=complete_from(*MONTHS_IN),
        ),
    ] = "month",
) -> Result:
    """Show how long subscriptions survive, and how long they will.

    A subscription begins with the first purchase, is renewed in each following period with a
    purchase, and ends with the first period without one. The expected survival and the forecast
    are those of the shifted-beta-geometric model.

    Examples:
        cardcrm report subscriptions --product "Rose bouquet"

        cardcrm report subscriptions --by year --where tag:contract

    """
    session = session_of(ctx)
    period = parse_long_period(by)
    scope = options.read_scope(session)
    product_id = _find_product(session, product)
    found = report_subscriptions(session.store(), scope, period, product_id)
    notes = note_currencies(session.store(), scope.currency)
    if found.model is None:
        return Result(Sheet((*COLUMNS, *_OF_ALL), ()), notes=(found.reason, *notes))
    is_table = session.is_for_people
    sheet = _table(found, period) if is_table else _list(found)
    return Result(sheet, notes=notes, charts=(_draw(found),))


def _find_product(session: Session, name: str) -> int | None:
    if not name.strip():
        return None
    from cardcrm.records import records

    return records.find(session.store(), "product", name).id


def _list(found: SubscriptionReport) -> Sheet:
    model = found.model
    assert model is not None
    of_all = (found.subscriptions, found.ended, model.alpha, model.beta, model.log_likelihood)
    rows = [(*_row(each), *of_all) for each in found.rows]
    return Sheet((*COLUMNS, *_OF_ALL), rows, ids="renewal")


def _row(each: Survival) -> tuple[Cell, ...]:
    return (each.renewal, each.faced, each.renewed, each.observed, each.expected, each.rate)


def _table(found: SubscriptionReport, period: str) -> Sheet:
    """Return the survival for people."""
    model = found.model
    assert model is not None
    rows: list[tuple[Cell, ...]] = [
        (
            each.renewal,
            each.faced,
            each.renewed,
            "" if each.observed is None else f"{each.observed:.1%}",
            f"{each.expected:.1%}",
            f"{each.rate:.1%}",
        )
        for each in found.rows
    ]
    title = f"Survival of {found.subscriptions:,} subscriptions by {period}, {found.ended:,} ended"
    note = (
        f"shifted-beta-geometric model: alpha {model.alpha:.3f}, beta {model.beta:.3f}; a line "
        "without observed figures is a forecast"
    )
    return Sheet(COLUMNS, rows, title, note, ids="renewal")


def _draw(found: SubscriptionReport) -> LineChart:
    return LineChart(
        "Survival of subscriptions",
        ("0", *(str(each.renewal) for each in found.rows)),
        (
            Series("observed", (1.0, *(each.observed for each in found.rows))),
            Series("expected", (1.0, *(each.expected for each in found.rows))),
        ),
        unit="%",
    )
