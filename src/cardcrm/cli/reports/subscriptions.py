"""`report subscriptions`: how long subscriptions survive."""

from typing import Annotated

import typer

from cardcrm.chart import LineChart, Series
from cardcrm.cli.arguments import Source, complete_from, session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.dates.periods import MONTHS_IN
from cardcrm.errors import UsageError
from cardcrm.percent import format_percent
from cardcrm.reports.retention.numbered_periods import parse_long_period
from cardcrm.reports.retention.subscription_rule import (
    MIN_CUSTOMERS,
    MIN_INTERVALS,
    MIN_SHARE,
    TOLERANCE,
    Offer,
    find_category,
    find_offer,
    name_offer,
)
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
    Column("offer", "offer"),
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
            help="Subscriptions to a product.",
            autocompletion=Source("names:product"),
        ),
    ] = "",
    category: Annotated[
        str, typer.Option(metavar="NAME", help="Subscriptions to the products of a category.")
    ] = "",
    all_purchases: Annotated[
        bool, typer.Option("--all-purchases", help="Count all purchases as payments.")
    ] = False,
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

    A subscription begins with the first payment, is renewed in each following period with a
    payment, and ends with the first period without one. Payments are purchases of the product or
    category named. Without one, they are those of each product that nearly all of its customers
    buy once a period, on about the same day. The expected survival and the forecast are those of
    the shifted-beta-geometric model.

    Examples:
        cardcrm report subscriptions

        cardcrm report subscriptions --product "Flower subscription"

        cardcrm report subscriptions --all-purchases --where tag:subscription

    """
    session = session_of(ctx)
    period = parse_long_period(by)
    scope = options.read_scope(session)
    store = session.store()
    notes = note_currencies(store, scope.currency)
    offer = _choose_offer(session, product, category, all_purchases=all_purchases)
    if offer is None and not all_purchases:
        offer = find_offer(store, scope, period)
        if offer is None:
            return Result(Sheet((*COLUMNS, *_OF_ALL), ()), notes=(_explain_none(period), *notes))
    name = name_offer(store, offer) if offer is not None else "all purchases"
    found = report_subscriptions(store, scope, period, offer)
    if found.model is None:
        notes = (f"{name}: {found.reason}", *notes)
        return Result(Sheet((*COLUMNS, *_OF_ALL), ()), notes=notes)
    sheet = _table(found, period, name) if session.is_for_people else _list(found, name)
    return Result(sheet, notes=notes, charts=(_draw(found),))


def _choose_offer(
    session: Session, product: str, category: str, *, all_purchases: bool
) -> Offer | None:
    """Return what the options name. Raises UsageError for two of them."""
    if (bool(product.strip()), bool(category.strip()), all_purchases).count(True) > 1:
        raise UsageError("--product, --category and --all-purchases exclude each other", "Use one.")
    if category.strip():
        return find_category(session.store(), category)
    if not product.strip():
        return None
    from cardcrm.records import records

    return Offer([records.find(session.store(), "product", product).id])


def _explain_none(period: str) -> str:
    return (
        f"no product is bought like a subscription: by at least {MIN_CUSTOMERS} customers, and "
        f"with {format_percent(MIN_SHARE, 0)} of at least {MIN_INTERVALS} intervals between the "
        f"purchases of a customer a {period} long, to within {TOLERANCE[period]} days. To name "
        "one: --product NAME, --category NAME, or --all-purchases"
    )


def _list(found: SubscriptionReport, name: str) -> Sheet:
    model = found.model
    assert model is not None
    of_all = (name, found.subscriptions, found.ended, model.alpha, model.beta, model.log_likelihood)
    rows = [(*_row(each), *of_all) for each in found.rows]
    return Sheet((*COLUMNS, *_OF_ALL), rows, ids="renewal")


def _row(each: Survival) -> tuple[Cell, ...]:
    return (each.renewal, each.faced, each.renewed, each.observed, each.expected, each.rate)


def _table(found: SubscriptionReport, period: str, name: str) -> Sheet:
    """Return the survival for people."""
    model = found.model
    assert model is not None
    rows: list[tuple[Cell, ...]] = [
        (
            each.renewal,
            each.faced,
            each.renewed,
            *(format_percent(share) for share in (each.observed, each.expected, each.rate)),
        )
        for each in found.rows
    ]
    count = pluralize(found.subscriptions, "subscription")
    title = f"{name}: {count} by {period}, {found.ended:,} ended"
    note = (
        "observed and expected: the share of all subscriptions that is renewed as often as that; "
        "rate: the share of those due that renews. The last two are by the shifted-beta-geometric "
        f"model, alpha {model.alpha:.3f} and beta {model.beta:.3f}; lines without observed figures "
        "are a forecast"
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
