"""Deals in results: as a card with lines, people and history, and in a sentence."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cardcrm import dates
from cardcrm.cli.record_output import show_record
from cardcrm.cli.removal_effects import Effects
from cardcrm.money import format_money
from cardcrm.query import Term
from cardcrm.records import records
from cardcrm.records.activity.reminder_type import REMINDER
from cardcrm.records.deals.deal_type import DEAL, DEAL_ROLE, STAGE_CHANGE
from cardcrm.records.quotes.quote_status import CANCELED
from cardcrm.records.quotes.quote_type import QUOTE
from cardcrm.records.quotes.related_records import name_invoices
from cardcrm.records.records import Record, Selection
from cardcrm.sheet import Card, Line, Section
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.deals.moves import Moved
    from cardcrm.records.record_type import RecordType

_DAY_SECONDS = 86_400
_LEFT_OUT = ("id", "deal_id", "deal", "on")  # of a part of a deal in JSON


def build_card(store: Store, deal_id: int) -> Card:
    """Return a deal with its lines, people, open steps and history. Raises NotFoundError."""
    card = show_record(store, records.get(store, DEAL, deal_id))
    roles = _parts(store, DEAL_ROLE, deal_id)
    changes = _parts(store, STAGE_CHANGE, deal_id)
    steps = _steps(store, deal_id)
    quotes = _parts(store, QUOTE, deal_id, sort="-id")
    more = (
        Section("People", tuple(_role_line(each) for each in roles)),
        Section("Quotes", tuple(_quote_line(each) for each in quotes)),
        Section("To do", tuple(_step_line(store, each) for each in steps)),
        Section("Stages", tuple(_change_line(store, each) for each in changes)),
    )
    data = {
        **card.data,
        "roles": [_without_deal(each) for each in roles],
        "quotes": [records.json_of(each) for each in quotes],
        "next_steps": [records.json_of(each) for each in steps],
        "stage_changes": [_without_deal(each) for each in changes],
    }
    sections = (*card.sections, *(each for each in more if each.lines))
    return card._replace(sections=sections, data=data)


def _parts(store: Store, type_: "RecordType", deal_id: int, sort: str = "id") -> list[Record]:
    node = Term("deal", ":", str(deal_id))
    return list(records.select(store, type_, Selection(node, sort=sort)))


def _steps(store: Store, deal_id: int) -> list[Record]:
    """Return the open reminders of a deal, the next one first."""
    from cardcrm.records.query_sql import record_query

    node = record_query.only_open(REMINDER, Term("deal", ":", str(deal_id)))
    return list(records.select(store, REMINDER, Selection(node, sort="due")))


def _without_deal(record: Record) -> Mapping[str, Any]:
    """Return a part of a deal as JSON carries it within the deal."""
    found = records.json_of(record)
    return {key: found[key] for key in found if key not in _LEFT_OUT}


def _role_line(role: Record) -> Line:
    return Line(
        "", f"#{role.columns['contact_id']}", role.values["contact"], "", role.values["role"]
    )


def _quote_line(quote: Record) -> Line:
    values = quote.values
    version = f" version {values['version']}" if values["version"] > 1 else ""
    facts = [
        f"{values['number']}{version}",
        values["status"],
        format_money(values["amount"]) if values["amount"] else "",
        f"valid until {values['valid'].isoformat()}" if values["valid"] else "",
    ]
    return Line("", f"#{quote.id}", ", ".join(filter(None, facts)))


def _step_line(store: Store, step: Record) -> Line:
    due = REMINDER.field("due")
    assert due is not None
    return Line(
        "!" if step.values["promise"] else "-",
        due.format(step.values["due"], store),
        step.values["text"],
        "",
        f"#{step.id}",
    )


def _change_line(store: Store, change: Record) -> Line:
    at = STAGE_CHANGE.field("at")
    assert at is not None
    seconds, before = change.values["seconds"], change.values["from"]
    days = f"after {seconds // _DAY_SECONDS:,} days in {before}" if before else ""
    who = f"by {change.values['author']}" if change.values["author"] else ""
    note = ", ".join(filter(None, (days.replace(" 1 days", " 1 day"), who)))
    return Line("", at.format(change.values["at"], store), change.values["to"], "", note)


def describe_won(session: "Session", moved: "Moved") -> str:
    """Return a deal that was won in a sentence, with the sale that it became."""
    deal, sale = moved.after, moved.sale
    name = f"won deal {deal.id} {deal.title} ({deal.contact})"
    canceled = describe_quotes(moved, "canceled")
    if sale is None:
        return f"{name}; no sale was recorded{canceled}"
    today = dates.today(session.store().locale.zone)
    day = dates.format_day(dates.parse_stored(sale.on_date, None, "").day, today)
    return f"{name}: sale {sale.id} over {format_money(sale.amount)} on {day}{canceled}"


def describe_quotes(moved: "Moved", verb: str) -> str:
    """Return the end of a sentence about the quotes that were changed with a deal."""
    if not moved.quotes:
        return ""
    noun = "quote" if len(moved.quotes) == 1 else "quotes"
    return f"; {verb} {noun} {', '.join(moved.quotes)}"


def note_sent_quote(store: Store, moved: "Moved") -> tuple[str, ...]:
    """Return a note on the one sent quote that was canceled with a deal won for another amount."""
    node = Term("deal", ":", str(moved.after.id))
    found = [
        each
        for each in records.select(store, QUOTE, Selection(node))
        if each.values["number"] in moved.quotes
        and each.values["status"] == CANCELED
        and each.values["sent"]
    ]
    if len(found) != 1 or found[0].values["amount"] in (None, moved.after.amount):
        return ()
    quote = found[0]
    return (
        f"quote {quote.values['number']} over {format_money(quote.values['amount'])} was sent; if "
        f"that was accepted: cardcrm undo, then cardcrm quote accept {quote.id}",
    )


def note_late_steps(session: "Session", deal_id: int) -> tuple[str, ...]:
    """Return a note for each overdue step of a deal that was closed, which is still open."""
    from cardcrm.cli.remind import describe_due
    from cardcrm.records.activity import reminders

    store = session.store()
    today = dates.today(store.locale.zone)
    steps = [reminders.get(store, each.id) for each in _steps(store, deal_id)]
    return tuple(
        f"step {each.id}, {describe_due(session, each)}, is still open: {each.text}; "
        f"to tick it off: cardcrm done {each.id}"
        for each in steps
        if reminders.when_due(store, each).day < today
    )


def describe_reopened(store: Store, moved: "Moved") -> tuple[str, ...]:
    """Return lines on what was removed and opened with a reopened deal, and what stays."""
    deal, sale = moved.after, moved.sale
    lines = [describe_quotes(moved, "reopened").removeprefix("; ")]
    if sale is not None:
        lines.insert(0, f"removed sale {sale.id} over {format_money(sale.amount)}")
    if moved.accepted:
        amount = f", {format_money(deal.amount)}," if deal.amount is not None else ""
        lines.append(f"the deal keeps the amount{amount} and the lines of quote {moved.accepted}")
    lines.append(Effects((), name_invoices(store, [deal.id])).text)
    if moved.is_customer_without_sale:
        lines.append(f"{deal.contact} has no sale, but is still in the stage customer")
    return tuple(filter(None, lines))
