"""`value`: which customers are worth most, and the figures of one with the formula filled in."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.common import QueryArgument, Session, WhoArgument, session_of
from cardcrm.money import exponent, format_money
from cardcrm.sheet import Card, Cell, Column, Section, Sheet

if TYPE_CHECKING:
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.reports.lifetime import Lifespan, Lifetime
    from cardcrm.reports.value import Report, Worth
    from cardcrm.reports.value_totals import Totals

app = typer.Typer()

FORMULA = "average order × orders a year × expected years × margin rate"
_PEOPLE = ("table", "markdown", "html")


@app.command("value")
def value(
    ctx: typer.Context,
    who: Annotated[
        list[str],
        typer.Argument(
            metavar="WHO", help="One customer; none ranks all.", autocompletion=WhoArgument
        ),
    ] = [],
    by: Annotated[
        str, typer.Option(metavar="WHAT", help="Rank by revenue, margin, orders or clv.")
    ] = "revenue",
    limit: Annotated[
        int, typer.Option(metavar="N", help="Show at most so many; 0 shows all.", min=0)
    ] = 20,
    where: Annotated[
        str,
        typer.Option(
            metavar="QUERY",
            help="Only customers that a query finds.",
            autocompletion=QueryArgument,
        ),
    ] = "",
    currency: Annotated[
        str, typer.Option(metavar="CODE", help="Of which currency, such as EUR.")
    ] = "",
    years: Annotated[
        float | None,
        typer.Option(metavar="N", help="Years a customer is expected to stay."),
    ] = None,
    total: Annotated[
        bool, typer.Option("--total", help="The figures of all customers together.")
    ] = False,
) -> None:
    """Show which customers are worth most.

    RFM says how recently, how often and how much they bought, 5 being best. The lifetime value is
    average order × orders a year × expected years × margin rate. It is below 0 for customers
    who cost more than they bring, or got more back than they paid; nothing is cut off at 0, so that
    the sum is true.

    Examples:
        cardcrm value --by clv --limit 10

        cardcrm value jane

        cardcrm value --where "city:leeds -tag:cold" --format csv

    """
    session = session_of(ctx)
    if who:
        _show_one(session, session.who(" ".join(who)), currency.upper(), years)
        return
    chosen = _currency(session, currency)
    found = _report(session, chosen, by.lower(), limit or None, where, years)
    if found is None:
        session.say(_no_sales(session, chosen))
        session.show(_card(None, chosen) if total else Sheet(_columns(), ()))
        return
    if where.strip() and not found.rows:
        session.say("no customer fits; what follows is of all")
    session.show(
        _card(found.totals, chosen) if total else _sheet(session, found, by, _today(session))
    )
    _say_more(session, found)


def _report(
    session: Session, currency: str, by: str, limit: int | None, where: str, years: float | None
) -> "Report | None":
    from cardcrm.records.query_sql import compiler
    from cardcrm.reports import value as reckoning

    store = session.store()
    query = compiler.parse(store, where) if where.strip() else None
    return reckoning.report(
        store, currency, _today(session), by=by, limit=limit, where=query, years=years
    )


def _no_sales(session: Session, currency: str) -> str:
    from cardcrm.reports.value import currencies

    there = currencies(session.store())
    return f"no sales in {currency}" if there else "no sales yet: cardcrm sell WHO AMOUNT"


def _today(session: Session) -> dt.date:
    from cardcrm import dates

    return dates.today(session.store().locale.zone)


def _currency(session: Session, wanted: str) -> str:
    """The currency asked for, else the firm's own, else one there are sales in."""
    from cardcrm.reports.value import currencies

    if wanted:
        exponent(wanted)
        return wanted.upper()
    own = session.store().locale.currency
    there = currencies(session.store())
    return own if own in there or not there else there[0]


def _sheet(session: Session, found: "Report", by: str, today: dt.date) -> Sheet:
    if session.format not in _PEOPLE:
        return Sheet(_columns(), [_row(each) for each in found.rows])
    heads = [
        Column("rank", "#", "right"),
        Column("name", "customer", wide=True),
        Column("revenue", "revenue", "right"),
        Column("share", "share", "right"),
        Column("orders", "orders", "right"),
        Column("average", "average", "right"),
        Column("last_sale", "last", "right"),
        Column("rfm", "RFM"),
        Column("segment", "segment"),
    ]
    rows = [_people_row(each, by, today) for each in found.rows]
    if by in ("margin", "clv"):
        heads[5] = Column(by, "lifetime" if by == "clv" else "margin", "right")
    ranked = {"clv": "lifetime value"}.get(by, by)
    title = f"Customers by {ranked}, in {found.totals.currency}"
    summary = _summary(found.totals)
    if len(rows) < found.totals.customers:  # some are left out, and yet the figures are of all
        summary = f"in all: {summary}"
    return Sheet(tuple(heads), rows, title if rows else "", summary)


def _people_row(each: "Worth", by: str, today: dt.date) -> tuple[Cell, ...]:
    """A row that fits a terminal of 80 cells."""
    other = {"margin": each.margin, "clv": each.lifetime and each.lifetime.value}.get(
        by, each.average
    )
    return (
        each.rank,
        each.name,
        format_money(each.revenue, code=False),
        "" if each.share is None else f"{each.share:.1%}",
        each.orders,
        format_money(other, code=False) if other else "",
        _age((today - each.last_on).days),
        str(each.scores or ""),
        each.scores.segment if each.scores else "",
    )


def _age(days: int) -> str:
    """How long ago in the fewest letters, as spans are written: 12d, 5w, 14m, 3y."""
    if days < 28:
        return f"{max(days, 0)}d"
    if days < 61:
        return f"{days // 7}w"
    return f"{(days * 12 + 182) // 365}m" if days < 730 else f"{days * 4 // 1461}y"


def _columns() -> tuple[Column, ...]:
    """What programs get: full figures. Shares and rates are 0 to 1."""
    return (
        Column("rank", "#", "right"),
        Column("id", "id", "right"),
        Column("name", "customer"),
        Column("revenue", "revenue"),
        Column("share", "share", digits=6),
        Column("margin", "margin"),
        Column("orders", "orders"),
        Column("average_order", "average order"),
        Column("first_sale", "first sale"),
        Column("last_sale", "last sale"),
        Column("recency", "R"),
        Column("frequency", "F"),
        Column("monetary", "M"),
        Column("rfm", "RFM"),
        Column("segment", "segment"),
        Column("lifetime_value", "lifetime value"),
        Column("lifetime_basis", "reckoned on"),
    )


def _row(each: "Worth") -> tuple[Cell, ...]:
    scores, lifetime = each.scores, each.lifetime
    return (
        each.rank,
        each.contact_id,
        each.name,
        each.revenue,
        each.share,
        each.margin,
        each.orders,
        each.average,
        each.first_on,
        each.last_on,
        scores.recency if scores else None,
        scores.frequency if scores else None,
        scores.monetary if scores else None,
        str(scores) if scores else None,
        scores.segment if scores else None,
        lifetime.value if lifetime else None,
        _basis(each) if lifetime else None,
    )


def _basis(each: "Worth") -> str:
    return "revenue" if each.margin is None else "margin"


def _summary(totals: "Totals") -> str:
    """One line below the table."""
    customers = f"{totals.customers:,} customer{'' if totals.customers == 1 else 's'}"
    best = "" if totals.best_share is None else f"; best 20% bring {totals.best_share:.0%}"
    return (
        f"{customers}, revenue {format_money(totals.revenue)}, "
        f"equity {format_money(totals.equity, code=False)}{best}"
    )


def _say_more(session: Session, found: "Report") -> None:
    """The formula and what it assumes, for people."""
    from cardcrm.reports.value import currencies

    totals = found.totals
    apart = [each for each in currencies(session.store()) if each != totals.currency]
    if apart:
        session.say(f"sales in {', '.join(apart)} stand apart: --currency {apart[0]}")
    session.say(f"lifetime value = {FORMULA}; equity is the sum of all")
    session.say(f"  expected years: {_years(totals.lifespan)}")
    if totals.unknown:
        noun = "customer" if totals.unknown == 1 else "customers"
        session.say(f"  reckoned on revenue, as costs are unknown: {totals.unknown:,} {noun}")
    if found.scale is None:
        session.say("  no RFM: fewer than 5 customers make no fifths")


def _years(lifespan: "Lifespan") -> str:
    if lifespan.basis == "told":
        return f"{lifespan.years:g}, as told"
    if lifespan.basis == "assumed":
        return f"{lifespan.years:g}, assumed (--years): fewer than 20 customers a year ago"
    told = f"{lifespan.lost:,} of {lifespan.before:,} customers of a year ago have not bought since"
    return f"{lifespan.years:.1f}, as {told}"


def _card(totals: "Totals | None", currency: str) -> Card:
    """All customers together as a card."""
    if totals is None:
        return Card(f"All customers, in {currency}", data={"currency": currency, "customers": 0})
    margin = format_money(totals.margin) if totals.margin else "unknown"
    if totals.margin and totals.unknown:
        several = f"{totals.unknown:,} customers" if totals.unknown > 1 else "customer"
        margin += f" without the {several} whose costs are unknown"
    share = "" if totals.best_share is None else f"{totals.best_share:.1%} of revenue"
    facts = (
        ("customers", f"{totals.customers:,}"),
        ("orders", f"{totals.orders:,}"),
        ("revenue", format_money(totals.revenue)),
        ("margin", margin),
        (f"best 20% ({totals.best:,})", share),
        ("equity", format_money(totals.equity)),
        ("", f"the sum of all lifetime values: {FORMULA}"),
        ("expected years", _years(totals.lifespan)),
    )
    data = {
        "currency": currency,
        "customers": totals.customers,
        "orders": totals.orders,
        "revenue": totals.revenue,
        "margin": totals.margin,
        "customers_of_unknown_cost": totals.unknown,
        "best_fifth": totals.best,
        "best_fifth_share": totals.best_share,
        "equity": totals.equity,
        "lifetime_years": totals.lifespan.years,
        "lifetime_years_basis": totals.lifespan.basis,
    }
    return Card(f"All customers, in {currency}", facts=facts, data=data)


def _show_one(session: Session, contact: "Contact", currency: str, years: float | None) -> None:
    from cardcrm.reports.value import of_contact

    if currency:
        exponent(currency)
    found = of_contact(session.store(), contact.id, _today(session), years=years)
    found = [pair for pair in found if currency in ("", pair[1].currency)]
    if not found:
        session.say(f"no sales yet: cardcrm sell {contact.id} AMOUNT")
        if contact.org_id and of_contact(session.store(), contact.org_id, _today(session)):
            session.say(f"{contact.org} has some: cardcrm value {contact.org_id}")
        if session.format in _PEOPLE:
            return
    data = {
        "id": contact.id,
        "name": contact.name,
        "value": [{**_data(worth), "currency": totals.currency} for worth, totals in found],
    }
    sections = tuple(_section(worth, totals) for worth, totals in found)
    session.show(Card(contact.name, contact.org, (), sections, data, corner=f"#{contact.id}"))


def _data(each: "Worth") -> dict[str, object]:
    """One customer's figures for programs: the ranking's, and the lifetime value's factors."""
    names = [column.key for column in _columns()]
    data: dict[str, object] = dict(zip(names, _row(each), strict=True))
    del data["id"], data["name"]
    if each.lifetime:
        data["orders_per_year"] = each.lifetime.orders_per_year
        data["lifetime_years"] = each.lifetime.years
        data["margin_rate"] = each.lifetime.margin_rate
    return data


def _section(each: "Worth", totals: "Totals") -> Section:
    """One currency's figures as lines of label and figure."""
    from cardcrm.sheet import Line

    share = "" if each.share is None else f", {each.share:.1%} of all"
    place = f"no. {each.rank:,} of {totals.customers:,}"
    facts = [
        ("revenue", f"{format_money(each.revenue)}{share}; {place}"),
        ("margin", format_money(each.margin) if each.margin else "unknown: a cost is missing"),
        ("orders", str(each.orders)),
        ("average order", format_money(each.average) if each.average else ""),
        ("first sale", each.first_on.isoformat()),
        ("last sale", each.last_on.isoformat()),
        ("RFM", f"{each.scores} {each.scores.segment}" if each.scores else ""),
        ("lifetime value", _filled_in(each, each.lifetime) if each.lifetime else ""),
    ]
    lines = tuple(Line("", label, text) for label, text in facts if text)
    years = f"expected years: {_years(totals.lifespan)}"
    return Section(totals.currency, lines, note=years)


def _filled_in(each: "Worth", lifetime: "Lifetime") -> str:
    """The formula with its numbers: rounded as shown, but not in the reckoning.

    Where no revenue is left there is no rate of it, and what a year brings stands in one.
    """
    value = format_money(lifetime.value)
    if each.revenue.minor <= 0:
        yearly = format_money(lifetime.yearly, code=False)
        why = "more was paid back than bought" if each.revenue.minor else "no revenue is left"
        years = f"{lifetime.years:.1f} years"
        return f"{value}\n= {yearly} {_basis(each)} a year × {years}\n  ({why})"
    margin = (
        " (on revenue: a cost is missing)"
        if lifetime.margin_rate is None
        else f" × {lifetime.margin_rate:.1%} margin"
    )
    return (
        f"{value}\n= {format_money(lifetime.average_order, code=False)} "
        f"× {lifetime.orders_per_year:.2f} a year × {lifetime.years:.1f} years{margin}"
    )
