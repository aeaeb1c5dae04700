"""`testimonial`: ask loyal customers to recommend the firm, once and at the right time."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import complete_contact, parse_when, refuse_options, session_of
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import read_texts
from cardcrm.cli.result import Result
from cardcrm.cli.signature import Param
from cardcrm.errors import UsageError
from cardcrm.money import format_money
from cardcrm.records.partners.testimonial_type import TESTIMONIAL
from cardcrm.records.record_type import RecordType
from cardcrm.sheet import Cell, Column, Sheet
from cardcrm.text import pluralize, sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.cli.session import Session
    from cardcrm.reports.partners.advocates import Advocate

app = build(TESTIMONIAL, without=("add",))

_TASK = "ask for a testimonial"
_WORDS = typer.Argument(
    metavar="WHO [TEXT…]", help="Customer, and the words of an answer.",
    autocompletion=complete_contact,
)  # fmt: skip


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Record a request to a customer, perhaps with the answer."""
    from cardcrm.cli.record_output import describe, show_record
    from cardcrm.records import records

    session = session_of(ctx)
    words = values.pop("words")
    refuse_options(ctx, words)
    if not words and not values.get("field_contact"):
        raise UsageError("no contact given", "For example: cardcrm testimonial add jane")
    texts = read_texts(session, type_, values)
    if words:
        contact, rest = session.split_contact(words)
        texts |= {"contact": f"#{contact.id}"} | ({"text": " ".join(rest)} if rest else {})
    store = session.store()
    record = records.add(store, type_, texts)
    message = f"added {describe(store, record, {'asked', 'answered'} & {*texts, 'asked'})}"
    return Result(lambda: show_record(store, record), message)


add_command(
    app,
    TESTIMONIAL,
    "add",
    more=[Param("words", Annotated[list[str], _WORDS], [])],
    run=_add,
    examples=("add jane", "add jane always on time --public"),
)


@app.command("suggest")
def suggest(
    ctx: typer.Context,
    limit: Annotated[
        int, typer.Option(metavar="N", help="Show at most N customers; 0 shows all.", min=0)
    ] = 10,
    remind: Annotated[
        str, typer.Option(metavar="WHEN", help="Add a reminder for each customer.")
    ] = "",
) -> Result:
    """Suggest loyal customers to ask for a testimonial now.

    Loyal customers have at least 3 orders. The time is right 7 to 60 days after the last order, or
    up to 60 days after the customer rated a case 4 or 5. Customers with an open case, a refund in
    the last 90 days, or a low rating in the last year are left out, and so are customers who were
    asked before.

    Examples:
        cardcrm testimonial suggest

        cardcrm testimonial suggest --limit 3 --remind mon

    """
    from cardcrm import dates
    from cardcrm.reports.partners.advocates import find_advocates

    session = session_of(ctx)
    store = session.store()
    found = find_advocates(store, dates.today(store.locale.zone))
    shown = found[: limit or None]
    sheet = _to_table(shown) if session.is_for_people else _to_sheet(shown)
    notes = ["when asked: cardcrm testimonial add WHO"] if shown else ["no customers to ask now"]
    if len(found) > len(shown):
        notes.append(f"{len(found) - len(shown):,} more; --limit 0 shows all")
    if remind and shown:
        notes.append(_plan(session, shown, remind))
    return Result(sheet, notes=tuple(notes))


def _plan(session: "Session", shown: "Sequence[Advocate]", when: str) -> str:
    """Add a reminder for each customer who has none yet; return how many were added."""
    from cardcrm import dates
    from cardcrm.records.activity import reminders
    from cardcrm.reports.partners.advocates import find_planned

    store = session.store()
    due = parse_when(session, when)
    planned = find_planned(store, _TASK)
    wanted = [each.id for each in shown if each.id not in planned]
    if wanted:
        draft = reminders.ReminderDraft(_TASK, due, owner=store.author.name)
        reminders.add_each(store, wanted, draft)
    day = dates.format_day(due.day, dates.today(store.locale.zone))
    return f"added {pluralize(len(wanted), 'reminder')} for {day}"


def _to_sheet(found: "Sequence[Advocate]") -> Sheet:
    """Return the customers for programs."""
    columns = (
        Column("id", "id", "right"),
        Column("contact", "contact"),
        Column("orders", "orders", "right"),
        Column("last_sale", "last sale"),
        Column("brought", "brought", "right"),
        Column("rating", "rating", "right"),
        Column("revenue", "revenue", "right", currency="currency"),
    )
    return Sheet(columns, [tuple(each) for each in found])


def _to_table(found: "Sequence[Advocate]") -> Sheet:
    """Return the customers for people."""
    columns = (
        Column("id", "id", "right"),
        Column("contact", "contact", wide=True, min_width=12),
        Column("orders", "orders", "right"),
        Column("last", "last sale"),
        Column("brought", "brought", "right"),
        Column("rating", "rating", "right"),
        Column("revenue", "revenue", "right"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.id,
            sanitize(each.name),
            each.orders,
            each.last_order,
            each.brought or "",
            each.rating or "",
            format_money(each.revenue),
        )
        for each in found
    ]
    return Sheet(columns, rows)
