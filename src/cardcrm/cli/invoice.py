"""`invoice`: what contacts owe, and what they paid."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli import invoice_dunning
from cardcrm.cli.arguments import Source, parse_when, refuse_options, session_of
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import choose, read_texts
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param
from cardcrm.errors import UsageError
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.records.records import Record
    from cardcrm.sheet import Card

On = Annotated[str, typer.Option(metavar="WHEN", help="Day of the payment (default: today).")]

app = build(INVOICE, without=("add", "show"))
app.add_typer(invoice_dunning.app)


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add an invoice, by hand or for a quote."""
    from cardcrm.cli.record_output import describe, show_record
    from cardcrm.records import records

    session = session_of(ctx)
    words = values.pop("words")
    refuse_options(ctx, words)
    if len(words) > 1:
        raise UsageError(
            f"“{' '.join(words)}” must be the number of an invoice",
            "For example: cardcrm invoice add R-12 --contact jane --amount 500 --text roof",
        )
    store = session.store(create=True)
    texts = read_texts(session, type_, values)
    if words:
        texts["number"] = words[0]
    record = records.add(store, type_, texts)
    shown = {"amount", "due", *texts.keys()}
    message = f"added {describe(store, record, shown)}"
    return Result(lambda: show_record(store, record), message, warnings=_warn_of(session, record))


def _warn_of(session: Session, record: "Record") -> tuple[str, ...]:
    """Return what is doubtful about an invoice: those of its quote exceed the amount of that."""
    from cardcrm.money import format_money
    from cardcrm.records.invoices.invoices import find_excess

    found = find_excess(session.store(), record.columns["quote_id"] or 0)
    if found is None:
        return ()
    return (
        f"the invoices for quote {found.number} add up to {format_money(found.billed)}, "
        f"more than its {format_money(found.offered)}",
    )


add_command(
    app,
    INVOICE,
    "add",
    more=[
        Param(
            "words",
            Annotated[
                list[str],
                typer.Argument(metavar="[NUMBER]", help="Number (default: the next one)."),
            ],
            [],
        )
    ],
    run=_add,
    examples=["add --quote 12", "add --quote 12 --amount 500 --text deposit --due 14d"],
)


def _show(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Show an invoice with its payments and dunning notices; several as a list."""
    from cardcrm.cli.record_output import list_ids

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    return Result(_card(session, ids[0]) if len(ids) == 1 else list_ids(session, type_, ids))


def _card(session: Session, invoice_id: int) -> "Card":
    from cardcrm.cli.record_output import show_record
    from cardcrm.records import records
    from cardcrm.records.invoices.dunning_run import list_notices
    from cardcrm.sheet import Line, Section

    store = session.store()
    card = show_record(store, records.get(store, INVOICE, invoice_id))
    notices = list_notices(store, invoice_id)
    data = {**card.data, "dunning": [each.to_json() for each in notices]}
    if not notices:
        return card._replace(data=data)
    lines = (
        Line(
            "", each.on_date, f"level {each.level} {each.step}", "", f"{each.action} {each.status}"
        )
        for each in notices
    )
    return card._replace(data=data, sections=(*card.sections, Section("Dunning", tuple(lines))))


add_command(app, INVOICE, "show", run=_show)


@app.command("paid")
def paid(
    ctx: typer.Context,
    which: Annotated[
        str,
        typer.Argument(
            metavar="NUMBER",
            help="Number of an invoice.",
            autocompletion=Source("names:invoice"),
        ),
    ],
    amount: Annotated[
        str, typer.Argument(metavar="[AMOUNT]", help="Amount, as with --amount.")
    ] = "",
    on: On = "",
    part: Annotated[
        str,
        typer.Option(
            "--amount", metavar="AMOUNT", help="Amount that came in (default: all that is open)."
        ),
    ] = "",
) -> Result:
    """Record a payment of an invoice: all of it, or a part.

    Examples:
        cardcrm invoice paid R12

        cardcrm invoice paid R12 --amount 200 --on fri

    """
    from cardcrm.cli.record_output import describe, show_record
    from cardcrm.money import format_money, parse_money
    from cardcrm.records import records
    from cardcrm.records.invoices import invoices
    from cardcrm.text import pluralize

    session = session_of(ctx)
    store = session.store()
    found = records.find(store, "invoice", which)
    if amount.strip() and part.strip():
        raise UsageError("the amount is given twice", "Leave out --amount.")
    text = amount.strip() or part.strip()
    paid = parse_money(text, found.values["amount"].currency) if text else None
    when = parse_when(session, on, past=True) if on else None
    done = invoices.pay(store, found.id, paid, when)
    still = done.record.values["open"]
    rest = f"; still open: {format_money(still)}" if still.minor else ""
    name = describe(store, done.record)
    moot = f"withdrew {pluralize(done.withdrawn, 'dunning notice')} that was still open"
    return Result(
        lambda: show_record(store, done.record),
        f"{format_money(done.amount)} paid of {name}{rest}",
        notes=(moot,) if done.withdrawn else (),
    )
