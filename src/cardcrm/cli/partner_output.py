"""The cards of `partner`: an agreement with its leads, and the statement of commission."""

from typing import TYPE_CHECKING, Any

from cardcrm import dates
from cardcrm.cli.record_output import show_record
from cardcrm.money import Money, format_money, format_quantity
from cardcrm.query import And, Term
from cardcrm.records import records
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.partners.partner_type import PARTNER
from cardcrm.records.partners.registration_type import REGISTRATION
from cardcrm.records.records import Record, Selection
from cardcrm.reports.partners.partner_sales import ALL
from cardcrm.reports.partners.statement import ROUNDING, StatedSale, Statement, compute_unpaid
from cardcrm.sheet import Card, Cell, Column, Line, Section, Sheet
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cardcrm.cli.session import Session
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.store import Store


def show_partner(session: "Session", partner_id: int) -> Card:
    """Return an agreement with the leads that the partner has registered, and what is unpaid."""
    store = session.store()
    record = records.get(store, PARTNER, partner_id)
    contact_id = record.columns["contact_id"]
    today = dates.today(store.locale.zone)
    unpaid = compute_unpaid(store, contact_id, store.locale.currency, today)
    own = Term("partner", ":", str(contact_id))
    active, is_open = Term("active", ":", "yes"), Term("status", ":", "open")
    leads = list(records.select(store, REGISTRATION, Selection(And((own, active)), sort="until")))
    deals = list(records.select(store, DEAL, Selection(And((own, is_open)), sort="close")))
    card = show_record(store, record)
    sections = (
        Section("Registered leads", tuple(_lead_line(store, each) for each in leads)),
        Section("Open deals", tuple(map(_deal_line, deals))),
    )
    return card._replace(
        facts=(*card.facts, ("unpaid", format_money(unpaid))),
        sections=(*card.sections, *(each for each in sections if each.lines)),
        data={
            **card.data,
            "unpaid": unpaid,
            "registrations": [records.json_of(each) for each in leads],
            "open_deals": len(deals),
        },
    )


def _lead_line(store: "Store", record: Record) -> Line:
    """Return a registration as a line: the lead, and until when it is protected."""
    until = dates.format_day(record.values["until"], dates.today(store.locale.zone))
    what = ": ".join(filter(None, (record.values["contact"], record.values["text"])))
    return Line("", f"until {until}", what, "", f"#{record.id}")


def _deal_line(record: Record) -> Line:
    """Return an open deal as a line: its stage, title and contact, and its amount."""
    values = record.values
    amount = format_money(values["amount"]) if values["amount"] else ""
    notes = ", ".join(filter(None, (values["contact"], amount, f"#{record.id}")))
    return Line("", values["stage"], values["title"], "", notes)


# The statement

_SALES = (
    Column("on", "date"),
    Column("sale_id", "sale", "right"),
    Column("contact_id", "id", "right"),
    Column("contact", "customer", wide=True),
    Column("deal_id", "deal", "right"),
    Column("reason", "by"),
    Column("amount", "amount", "right", currency="currency"),
    Column("net", "net", "right", currency="currency"),
    Column("percent", "percent", "right", digits=3),
    Column("earned", "commission", "right", currency="currency"),
)
_PAYOUTS = (Column("on", "date"), Column("amount", "amount", "right"), Column("text", "note"))
_FOR_PEOPLE = ("on", "contact", "reason", "amount", "percent", "earned")


def show_statement(store: "Store", contact: "Contact", statement: Statement) -> Card:
    """Return the statement of a partner as a card."""
    rows = [_sale_cells(each, statement.currency) for each in statement.sales]
    paid = [
        (each.on_date, Money(each.amount, statement.currency), each.text or None)
        for each in statement.payouts
    ]
    opening = Money(statement.opening, statement.currency)
    facts = (
        ("unpaid before", format_money(opening) if statement.since else ""),
        ("revenue", format_money(statement.revenue)),
        ("earned", format_money(statement.earned)),
        ("paid", format_money(statement.paid)),
        ("unpaid", format_money(statement.unpaid)),
    )
    sections = (
        Section("Sales", sheet=_for_people(rows)) if rows else None,
        Section("Paid", sheet=Sheet(_PAYOUTS, paid, ids="on")) if paid else None,
    )
    return Card(
        f"Commission of {sanitize(contact.name)}",
        subtitle=_format_span(store, statement),
        facts=tuple(each for each in facts if each[1]),
        sections=tuple(filter(None, sections)),
        data=_statement_data(contact, statement),
        row=Sheet(_SALES, rows, ids="sale_id"),
    )


def _format_span(store: "Store", statement: Statement) -> str:
    today = dates.today(store.locale.zone)
    until = dates.format_day(statement.until, today)
    return (
        f"{dates.format_day(statement.since, today)} to {until}"
        if statement.since
        else (f"up to {until}")
    )


def _sale_cells(stated: StatedSale, currency: str) -> "tuple[Cell, ...]":
    sale = stated.sale
    amount, base, earned = (
        Money(each, currency) for each in (sale.amount, sale.base, sale.commission)
    )
    return (
        sale.on_date, sale.id, sale.contact_id, stated.contact, sale.deal_id, sale.reason, amount,
        base, sale.rate * 100 / ALL, earned,
    )  # fmt: skip


def _for_people(rows: "Iterable[tuple[Cell, ...]]") -> Sheet:
    """Return the sales under the columns that people need; percents without needless zeros."""
    keys = [each.key for each in _SALES]
    at = [keys.index(each) for each in _FOR_PEOPLE]
    columns = tuple(_SALES[each] for each in at)
    percent = keys.index("percent")

    def cell(row: "tuple[Cell, ...]", place: int) -> "Cell":
        value = row[place]
        if isinstance(value, Money):
            return format_money(value, code=False)
        if place == percent and isinstance(value, float):
            return f"{format_quantity(round(value * 1000))}%"
        return value

    return Sheet(columns, [tuple(cell(row, each) for each in at) for row in rows], ids="on")


def _statement_data(contact: "Contact", statement: Statement) -> dict[str, Any]:
    keys = [each.key for each in _SALES]
    currency = statement.currency
    return {
        "partner_id": contact.id,
        "partner": contact.name,
        "since": statement.since,
        "until": statement.until,
        "currency": currency,
        "unpaid_before": Money(statement.opening, currency),
        "revenue": statement.revenue,
        "earned": statement.earned,
        "paid": statement.paid,
        "unpaid": statement.unpaid,
        "commissions": [
            dict(zip(keys, _sale_cells(each, currency), strict=True)) for each in statement.sales
        ],
        "payouts": [
            {
                "on": each.on_date,
                "amount": Money(each.amount, currency),
                "text": each.text or None,
            }
            for each in statement.payouts
        ],
        "rounding": ROUNDING,
    }
