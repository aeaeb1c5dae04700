"""`value`: a ranking of customers, and the figures of one with the formula."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_contact, complete_from, complete_query, session_of
from cardcrm.cli.future_options import (
    DEFAULT_HORIZON,
    Discount,
    Horizon,
    read_discount,
    read_horizon,
)
from cardcrm.cli.reports.report_options import Currency, Top
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.terminal import write_message
from cardcrm.errors import UsageError
from cardcrm.money import count_decimals

if TYPE_CHECKING:
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.reports.conversion import Converted
    from cardcrm.reports.value.customer_ranking import ValueReport
    from cardcrm.store import Store

app = typer.Typer()

_MOST_JUDGED = 200  # of the customers ranked by lifetime value


@app.command("value")
def value(
    ctx: typer.Context,
    who: Annotated[
        list[str],
        typer.Argument(
            metavar="WHO",
            help="One customer; a ranking of all without WHO.",
            autocompletion=complete_contact,
        ),
    ] = [],
    by: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="Rank by revenue, margin, orders, clv (lifetime value) or future (by the model).",
            autocompletion=complete_from("revenue", "margin", "orders", "clv", "future"),
        ),
    ] = "revenue",
    limit: Top = 20,
    where: Annotated[
        str,
        typer.Option(
            metavar="QUERY",
            help="Only customers that match a query.",
            autocompletion=complete_query,
        ),
    ] = "",
    currency: Currency = "",
    years: Annotated[
        float | None,
        typer.Option(metavar="N", help="Years that a customer is expected to stay."),
    ] = None,
    total: Annotated[
        bool, typer.Option("--total", help="Show the figures of all customers together.")
    ] = False,
    horizon: Horizon = "",
    discount: Discount = "10%",
) -> Result:
    """Rank customers by value, or show the figures of one.

    RFM scores rate how recently, how often and how much a customer bought; 5 is best. The lifetime
    value is average purchase × purchases per year × expected years × margin rate. It is negative if
    refunds or costs exceed sales.

    --by future ranks by the sales that a model of all customers expects within the --horizon, 1y
    unless you set it, and shows who is likely to have left.

    Examples:
        cardcrm value --by clv --limit 10

        cardcrm value --by future --horizon 39w

        cardcrm value jane

        cardcrm value --where "city:leeds -tag:cold" --format csv

    """
    session = session_of(ctx)
    if who:
        contact = session.find_contact(" ".join(who))
        future = read_horizon(horizon or DEFAULT_HORIZON), read_discount(discount)
        return _show_customer(session, contact, currency, years, future)
    from cardcrm.choices import parse_choice
    from cardcrm.reports.value.customer_ranking import RANKINGS

    by = parse_choice(by, RANKINGS, "ranking")
    if total:
        by = "revenue"  # the figures of all are the same in each ranking
    if by == "future":
        if years is not None:
            raise UsageError("--by future does not take --years", "Use --horizon instead.")
        days, thousandths = read_horizon(horizon or DEFAULT_HORIZON), read_discount(discount)
        return _rank_future(session, currency, where, limit, days, thousandths)
    if horizon.strip():
        raise UsageError("--horizon needs --by future", "The other rankings use --years.")
    return _rank_customers(session, currency, where, limit, by, years, is_total=total)


def _rank_customers(
    session: Session,
    currency: str,
    where: str,
    limit: int,
    by: str,
    years: float | None,
    *,
    is_total: bool,
) -> Result:
    """Return the best customers, or the figures of all together."""
    from cardcrm.cli import value_output
    from cardcrm.reports.scope import choose_currency, list_currencies
    from cardcrm.reports.value.customer_ranking import list_revenue
    from cardcrm.sheet import Card, Sheet

    store = session.store()
    present = list_currencies(store)
    currency = choose_currency(store, currency)
    report = _report(store, currency, by, limit, where, years)
    if report is None:
        none = (
            f"no sales in {currency}"
            if present
            else "no sales yet: cardcrm sell WHO --product NAME"
        )
        if is_total and not session.is_for_people:
            return Result(value_output.totals_card(None, currency), notes=(none,))
        return Result(Sheet(value_output.COLUMNS, ()), notes=(none,))
    data: Sheet | Card
    further = [each for each in present if each != currency]
    if is_total:
        is_all = len(present) > 1 and not where.strip()
        data = value_output.totals_card(
            report.selected,
            currency,
            list_revenue(store, further) if is_all else (),
            _convert(store) if is_all else None,
            report.people,
            where.strip(),
        )
    elif session.is_for_people:
        data = value_output.ranking_table(report, by, _today(store))
    else:
        data = value_output.ranking_sheet(report)
    notes = value_output.explanations(report, by, further, is_total=is_total)
    if session.is_for_people and not is_total:
        notes += _name_lost(store, report, by)
    if report.selected is None:
        notes = [f"no matching customers with sales in {currency}"]
    if session.format != "table" and (report.left_out or report.selected is None):
        write_message(notes[0])  # a program must know as well that its list is not complete
    return Result(data, notes=tuple(notes))


def _rank_future(
    session: Session, currency: str, where: str, limit: int, horizon: int, discount: int
) -> Result:
    """Return the customers with the highest future value."""
    from cardcrm.cli import future_output
    from cardcrm.cli.reports.report_options import read_scope
    from cardcrm.reports.scope import list_currencies
    from cardcrm.reports.value.future_ranking import rank_future

    scope = read_scope(session, currency, where)
    store = session.store()
    report = rank_future(store, scope, horizon, discount, limit or None)
    others = [each for each in list_currencies(store) if each != scope.currency]
    notes = future_output.explain(report, others)
    if not report.rows:
        found = "no matching customers with an order" if where.strip() else "no orders"
        notes = (f"{found} in {scope.currency}: cardcrm sell WHO AMOUNT", *notes)
    data = future_output.sheet(report, scope.today, is_for_people=session.is_for_people)
    return Result(data, notes=notes, charts=future_output.charts(report))


def _report(
    store: "Store", currency: str, by: str, limit: int, where: str, years: float | None
) -> "ValueReport | None":
    from cardcrm.records.query_sql import contact_query
    from cardcrm.reports.value.customer_ranking import build_report

    query = contact_query.parse(store, where) if where.strip() else None
    return build_report(
        store, currency, _today(store), by=by, limit=limit or None, where=query, years=years
    )


def _name_lost(store: "Store", report: "ValueReport", by: str) -> list[str]:
    """Name the customers ranked by lifetime value who are likely lost."""
    if by != "clv":
        return []
    from cardcrm.cli.value_output import name_some
    from cardcrm.reports.value.customer_verdicts import load_verdicts
    from cardcrm.reports.value.verdict import LOST

    rows = report.rows[:_MOST_JUDGED]
    verdicts = load_verdicts(store, [each.contact_id for each in rows], _today(store))
    lost = [
        each.name
        for each in rows
        if each.contact_id in verdicts and verdicts[each.contact_id].state == LOST
    ]
    return [f"likely lost: {name_some(lost)}; see: cardcrm value WHO"] if lost else []


def _convert(store: "Store", contact_id: int | None = None) -> "Converted | None":
    """Return the sales of all currencies in the default one, if their rates are known."""
    from cardcrm.reports.conversion import convert_sales

    return convert_sales(store, store.locale.currency, contact_id)


def _today(store: "Store") -> dt.date:
    from cardcrm import dates

    return dates.today(store.locale.zone)


def _show_customer(
    session: Session,
    contact: "Contact",
    currency: str,
    years: float | None,
    future: tuple[int, int],
) -> Result:
    """Return the figures of one customer; those of the ``future`` have a horizon and discount."""
    from cardcrm.cli.customer_value import customer_card
    from cardcrm.reports.retention.next_orders import find_next_order
    from cardcrm.reports.value.customer_future import load_customer_future
    from cardcrm.reports.value.customer_ranking import load_contact_values
    from cardcrm.reports.value.customer_verdicts import load_verdicts

    if currency:
        count_decimals(currency)
    store = session.store()
    today = _today(store)
    found = [
        pair
        for pair in load_contact_values(store, contact.id, today, years=years)
        if currency.upper() in ("", pair[1].currency)
    ]
    notes = []
    if not found:
        notes.append(f"no sales yet: cardcrm sell {contact.id} --product NAME")
        if contact.org_id and load_contact_values(store, contact.org_id, today):
            notes.append(f"{contact.org} has sales: cardcrm value {contact.org_id}")
    futures = {
        totals.currency: load_customer_future(store, contact.id, totals.currency, today, *future)
        for _, totals in found
    }
    converted = _convert(store, contact.id) if len(found) > 1 else None
    next_order = find_next_order(store, contact.id, contact.name, today) if found else None
    verdict = load_verdicts(store, [contact.id], today).get(contact.id) if found else None
    card = customer_card(contact, found, converted, futures, next_order, verdict)
    return Result(card if found or not session.is_for_people else None, notes=tuple(notes))
