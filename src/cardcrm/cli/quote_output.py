"""Quotes in results: as a card with taxes and past prices, and in a sentence."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cardcrm.cli.record_output import show_record
from cardcrm.money import format_money, format_quantity
from cardcrm.records import records
from cardcrm.records.quotes import past_prices, quote_lines
from cardcrm.records.quotes.past_prices import PastPrice, describe
from cardcrm.records.quotes.quote_lines import QuoteLine
from cardcrm.records.quotes.quote_texts import line_text
from cardcrm.records.quotes.quote_type import QUOTE, QUOTE_LINE
from cardcrm.records.quotes.tax_groups import TaxGroup, group_taxes
from cardcrm.records.records import Record
from cardcrm.sheet import Card, Column, Line, Section, Sheet
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.money import Money
    from cardcrm.records.quotes.quotes import Accepted

_LINES = (
    Column("number", "#", "right"),
    Column("line", "line", wide=True, wrapped=True),
    Column("amount", "amount", "right"),
)
_TAXES = (
    Column("tax_rate", "tax", "right"),
    Column("net", "net", "right"),
    Column("tax", "tax amount", "right"),
    Column("gross", "total", "right"),
)


def build_card(store: Store, quote_id: int) -> Card:
    """Return a quote with its lines, its taxes, and the past prices. Raises NotFoundError."""
    card = show_record(store, records.get(store, QUOTE, quote_id))
    offered = quote_lines.lines_of(store, quote_id)
    taxes = group_taxes(each.line for each in offered if not each.optional)
    past = past_prices.list_past_prices(store, quote_id)
    more = [
        Section("Offered", sheet=Sheet(_LINES, list(_line_rows(offered)))),
        Section("Taxes", sheet=Sheet(_TAXES, [_tax_cells(each) for each in taxes])),
        Section("Before", tuple(_past_line(each) for each in past)),
    ]
    shown = [each for each, rows in zip(more, (offered, taxes, past), strict=True) if rows]
    data = {
        **card.data,
        "taxes": [_tax_json(each) for each in taxes],
        "past_prices": [_past_json(each) for each in past],
    }
    return card._replace(sections=tuple(shown), data=data)


def _line_rows(offered: Sequence[QuoteLine]) -> Iterator[tuple[Any, ...]]:
    """Yield the lines with the numbers by which `quote accept --with` takes optional ones."""
    for number, each in enumerate(offered, 1):
        status = "optional: " if each.optional else "taken: " if each.taken else ""
        reason = f" ({each.reason})" if each.reason else ""
        yield number, f"{status}{line_text(each)}{reason}", each.line.amount


def _past_line(past: PastPrice) -> Line:
    catalog = f"; catalog {format_money(past.catalog)}" if past.catalog else ""
    return Line("", "", f"{describe(past)}{catalog}")


def _tax_cells(group: TaxGroup) -> tuple[Any, ...]:
    rate = "unknown" if group.rate is None else f"{format_quantity(group.rate)}%"
    return rate, group.net, group.tax, group.gross


def _tax_json(group: TaxGroup) -> dict[str, Any]:
    field = QUOTE_LINE.field("tax_rate")
    assert field is not None
    rate = field.to_json(group.rate)
    return {"tax_rate": rate, "net": group.net, "tax": group.tax, "gross": group.gross}


def _past_json(past: PastPrice) -> dict[str, Any]:
    offered, paid = past.offered, past.paid
    return {
        "product": past.product,
        "offered": offered.price if offered else None,
        "offered_discount": offered.discount / 1000 if offered else None,
        "offered_on": offered.on_date if offered else None,
        "offered_in": offered.origin if offered else None,
        "paid": paid.price if paid else None,
        "paid_discount": paid.discount / 1000 if paid else None,
        "paid_on": paid.on_date if paid else None,
        "catalog": past.catalog,
    }


def name_quote(record: Record) -> str:
    """Return a quote in a few words, such as “quote 3 Q-0003 New roof (Jane)”."""
    values = record.values
    version = f" version {values['version']}" if values["version"] > 1 else ""
    return f"quote {record.id} {values['number']}{version} {values['title']} ({values['contact']})"


def describe_quote(session: "Session", record: Record) -> str:
    """Return a quote in a sentence: its name, its amount and its validity."""
    amount, valid = record.values["amount"], record.values["valid"]
    field = QUOTE.field("valid")
    assert field is not None
    facts = [
        format_money(amount) if amount is not None else "",
        f"valid until {field.format(valid, session.store())}" if valid else "",
    ]
    return f"{name_quote(record)}: {', '.join(filter(None, facts))}"


def describe_new_amount(done: "Accepted") -> str:
    """Return the end of a sentence about a deal whose amount an accepted quote changed."""
    before, deal = done.earlier_amount, done.moved.after
    if before is None or deal.amount is None or before == deal.amount:
        return ""
    return f"; the deal was {format_money(before)} before, and is {format_money(deal.amount)} now"


def note_other_amount(deal_amount: "Money | None", record: Record) -> tuple[str, ...]:
    """Return a note on a new quote of another amount than that of its deal."""
    amount = record.values["amount"]
    if deal_amount is None or amount is None or amount == deal_amount:
        return ()
    return (f"deal: {format_money(deal_amount)}, quote: {format_money(amount)}",)
