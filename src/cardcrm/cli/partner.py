"""`partner`: dealers and others who bring customers, their leads, and their commission."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import complete_contact, parse_when, refuse_options, session_of
from cardcrm.cli.partner_reference import find_partner, number_partner
from cardcrm.cli.record_edit import run_edit, run_rm
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import choose, read_texts
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.cli.signature import Param
from cardcrm.errors import UsageError
from cardcrm.records.partners.partner_type import PARTNER
from cardcrm.records.partners.registration_type import DAYS
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.records.records import Record

app = build(PARTNER, without=("add", "show", "edit", "rm"))

_WHO = typer.Argument(
    metavar="WHO…", help="Contact; needs no quotes.", autocompletion=complete_contact
)
Who = Annotated[list[str], _WHO]
On = Annotated[str, typer.Option("--on", metavar="WHEN", help="Day (default: today).")]
_EXAMPLE = "For example: cardcrm partner add blooms --type dealer --commission 10%"


# add, show, edit, rm


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add an agreement with a contact, who is a partner from then on."""
    from cardcrm.cli.partner_output import show_partner
    from cardcrm.cli.record_output import describe
    from cardcrm.records import records

    session = session_of(ctx)
    words = values.pop("words")
    refuse_options(ctx, words)
    texts = read_texts(session, type_, values)
    if words and "contact" in texts:
        raise UsageError("the contact is given twice", "Leave out --contact.")
    if not (words or "contact" in texts):
        raise UsageError("no contact given", _EXAMPLE)
    if words:
        texts["contact"] = f"#{session.find_contact(' '.join(words)).id}"
    store = session.store()
    record = records.add(store, type_, texts)
    shown = {"type", "commission", "from", "until", "territory"}
    told = {key for key in shown if record.values[key]}
    message = f"added {describe(store, record, told)}"
    return Result(lambda: show_partner(session, record.id), message, notes=_hint(record))


def _hint(record: "Record") -> tuple[str, ...]:
    """Return how the partner gets customers."""
    if not record.columns["commission"]:
        return (f"no commission; to set it: cardcrm partner edit {record.id} --commission 10%",)
    who = record.columns["contact_id"]
    return (
        f"these count: deals with --partner {who}, "
        f"leads of `cardcrm partner register {who} LEAD`, and "
        f'customers with --relation "referred by={who}"',
    )


add_command(
    app,
    PARTNER,
    "add",
    more=[Param("words", Annotated[list[str], _WHO], [])],
    run=_add,
    examples=(
        "add blooms --type dealer --commission 10%",
        "add 12 --type affiliate --commission 5% --until 2026-12-31",
    ),
)


def _show(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Show a partner with the registered leads and the unpaid commission; several as a list."""
    from cardcrm.cli.partner_output import show_partner
    from cardcrm.cli.record_output import list_ids

    session = session_of(ctx)
    ids = choose(session, type_, _number(ctx, values)).ids
    if len(ids) > 1:
        return Result(list_ids(session, type_, ids))
    return Result(show_partner(session, ids[0]))


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit agreements; name one by its number or its contact."""
    return run_edit(ctx, type_, _number(ctx, values))


def _rm(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Remove agreements; name one by its number or its contact."""
    return run_rm(ctx, type_, _number(ctx, values))


def _number(ctx: typer.Context, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with the number of an agreement in place of the name of its contact."""
    refuse_options(ctx, values["which"])
    if values.get("where"):
        return values
    return values | {"which": number_partner(session_of(ctx), values["which"])}


add_command(app, PARTNER, "show", run=_show, examples=("show blooms",))
add_command(app, PARTNER, "edit", run=_edit, examples=("edit blooms --commission 12%",))
add_command(app, PARTNER, "rm", run=_rm)


# end, register, pay


@app.command("end")
def end(ctx: typer.Context, who: Who, on: On = "") -> Result:
    """End the agreement with a partner; sales after its last day do not count.

    Examples:
        cardcrm partner end blooms

        cardcrm partner end blooms --on eom

    """
    from cardcrm import dates
    from cardcrm.cli.partner_output import show_partner
    from cardcrm.records.partners import agreements

    session = session_of(ctx)
    contact = find_partner(session, who)
    store = session.store()
    day = parse_when(session, on).day if on else dates.today(store.locale.zone)
    record = agreements.end_agreement(store, contact.id, day)
    message = f"the agreement with {contact.name} ends on {day} (partner {record.id})"
    return Result(lambda: show_partner(session, record.id), message)


@app.command("register")
def register(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="PARTNER LEAD [TEXT…]",
            help="Partner and lead, which are contacts, and the subject.",
            autocompletion=complete_contact,
        ),
    ],
    days: Annotated[
        int, typer.Option(metavar="N", help="Days of protection.", min=1, max=3650)
    ] = DAYS,
    until: Annotated[str, typer.Option(metavar="WHEN", help="Last day, instead of --days.")] = "",
) -> Result:
    """Register a lead for a partner: until a day, no other partner can have it.

    Two leads are the same if they share the contact, organization, email, domain, phone, postal
    address or name. An expired registration protects nothing. Registering the lead again extends
    the protection.

    Examples:
        cardcrm partner register blooms jane --days 90

        cardcrm partner register blooms acme 40 tables --until 2027-03-31

    """
    import datetime as dt

    from cardcrm import dates
    from cardcrm.cli.record_output import show_record
    from cardcrm.records.partners import registrations

    session = session_of(ctx)
    store = session.store()
    partner, rest = session.split_contact(words)
    if not rest:
        raise UsageError(
            "no lead given", "For example: cardcrm partner register blooms jane --days 90"
        )
    contact, text = session.split_contact(rest)
    today = dates.today(store.locale.zone)
    last = parse_when(session, until).day if until else today + dt.timedelta(days=days)
    done = registrations.register(store, partner.id, contact.id, last, " ".join(text))
    verb = "registered" if done.is_new else "extended the registration of"
    day = dates.format_day(last, today)
    message = (
        f"{verb} {contact.name} for {partner.name} until {day} (registration {done.record.id})"
    )
    foreign = registrations.find_missed_territory(store, partner.id, contact.id)
    warnings = (
        (f"{contact.name} is not in {foreign}, the territory of {partner.name}",) if foreign else ()
    )
    return Result(lambda: show_record(store, done.record), message, warnings=warnings)


@app.command("pay")
def pay(
    ctx: typer.Context,
    who: Who,
    amount: Annotated[
        str, typer.Option(metavar="AMOUNT", help="Amount (default: all that is unpaid).")
    ] = "",
    on: On = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Note, such as a reference.")] = "",
) -> Result:
    """Record a payout of commission to a partner.

    Examples:
        cardcrm partner pay blooms

        cardcrm partner pay blooms --amount 120 --on fri --note "bank transfer"

    """
    from cardcrm import dates
    from cardcrm.cli.partner_output import show_partner
    from cardcrm.money import format_money, parse_money
    from cardcrm.records.partners import agreements
    from cardcrm.reports.partners.statement import compute_unpaid

    session = session_of(ctx)
    contact = find_partner(session, who)
    store = session.store()
    day = parse_when(session, on, past=True).day if on else dates.today(store.locale.zone)
    currency = store.locale.currency
    unpaid = compute_unpaid(store, contact.id, currency, day)
    paid = parse_money(amount, currency) if amount.strip() else unpaid
    if paid.minor <= 0:
        raise UsageError(
            f"nothing to pay to {contact.name}: {format_money(unpaid)} is unpaid",
            f"See `cardcrm partner statement {contact.id}`.",
        )
    record = agreements.pay(store, contact.id, paid, day, note)
    left = compute_unpaid(store, contact.id, paid.currency, day)
    message = f"{format_money(paid)} paid to {contact.name}; unpaid: {format_money(left)}"
    return Result(lambda: show_partner(session, record.columns["partner_id"]), message)


# statement


@app.command("statement")
@add_options("since", "until", "currency")
def statement(ctx: typer.Context, options: ReportOptions, who: Who) -> Result:
    """Show the commission that a partner earned, was paid, and is still owed.

    A sale counts through its deal, the registration of its customer, or the relation “referred by”,
    while an agreement is in force. Refunds subtract. The commission of each sale is rounded to the
    penny or cent, halves away from zero.

    Examples:
        cardcrm partner statement blooms

        cardcrm partner statement blooms --from 2026-10 --to 2026-10 --json

    """
    from cardcrm import dates
    from cardcrm.cli.partner_output import show_statement
    from cardcrm.cli.reports.currency_notes import note_currencies
    from cardcrm.reports.partners.statement import ROUNDING, build_statement

    session = session_of(ctx)
    contact = find_partner(session, who)
    store = session.store()
    scope = options.read_scope(session)
    last = scope.until or dates.today(store.locale.zone)
    found = build_statement(store, contact.id, scope.currency, scope.since, last)
    notes = [] if found.sales else ["no sales of the partner in this period"]
    if found.sales:
        notes.append(ROUNDING)
    return Result(
        show_statement(store, contact, found),
        notes=(*notes, *note_currencies(store, scope.currency)),
    )
