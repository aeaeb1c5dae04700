"""`mvc`: the MVC program, for the most valuable customers."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import (
    complete_contact,
    complete_from,
    refuse_options,
    session_of,
)
from cardcrm.cli.bulk_edit import DryRun, Yes, confirm_bulk
from cardcrm.cli.contact_output import describe_contact, read_contacts
from cardcrm.cli.mvc_output import (
    CHANGES,
    COLUMNS,
    EFFECT,
    describe_changes,
    describe_fulfillment,
    explain_effect,
    list_changes,
    list_effect,
    list_members,
)
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import Currency
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.contacts.contact_type import CADENCE, CONTACT
from cardcrm.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.reports.mvc.selection import Choice
    from cardcrm.store import Store

app = typer.Typer()

_NO_MEMBERS = "no MVC members yet: cardcrm mvc set 20%"

Who = Annotated[
    list[str],
    typer.Argument(metavar="WHO", help="Contact.", autocompletion=complete_contact),
]


@app.callback()
def mvc() -> None:
    """Care for the most valuable customers (MVC)."""


@app.command("set")
def set_(
    ctx: typer.Context,
    share: Annotated[
        str, typer.Argument(metavar="SHARE", help="The best 20%, or a number of customers: 50.")
    ],
    by: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="Choose by revenue, margin, or the future value of the fitted model.",
            autocompletion=complete_from("revenue", "margin", "future"),
        ),
    ] = "revenue",
    cadence: Annotated[
        str,
        typer.Option(
            metavar="SPAN", help="Days between touches for members without a cadence: 30d."
        ),
    ] = "",
    currency: Currency = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Make the best customers the MVC members.

    Members who stay keep their day of joining; the others leave. Chosen are active contacts by
    what they bought themselves. Customers who are
    likely lost by the fitted model are passed over and named.

    Examples:
        cardcrm mvc set 20%

        cardcrm mvc set 50 --by margin --cadence 30d

    """
    from cardcrm.records.mvc.members import compare_members, set_members
    from cardcrm.reports.mvc.selection import choose_best, parse_share
    from cardcrm.reports.scope import choose_currency

    session = session_of(ctx)
    wanted_share = parse_share(share)
    days = _read_cadence(cadence)
    store = session.store()
    currency = choose_currency(store, currency)
    choice = choose_best(store, currency, wanted_share, by)
    wanted, notes = choice.chosen, tuple(_name_lost(store, choice))
    if not wanted:
        none = "every such customer is likely lost; nothing was changed"
        none = none if choice.passed_over else _explain_none(by, currency)
        return Result(Sheet(CHANGES, ()), notes=(none, *notes))
    changes = compare_members(store, wanted)
    if not dry_run:
        confirm_bulk(
            session,
            [*changes.joined, *changes.left],
            CONTACT,
            yes=yes,
            verb="change the membership of",
        )
        changes = set_members(store, wanted, days)
    notes = (describe_changes(changes, dry_run=dry_run), *notes, *note_currencies(store, currency))
    return Result(list_changes(store, changes), notes=notes)


def _explain_none(by: str, currency: str) -> str:
    if by.strip().lower() == "future":
        return "too little data for a model: see `cardcrm value model`; nothing was changed"
    return f"no customers with {by} above 0 in {currency}; nothing was changed"


def _name_lost(store: "Store", choice: "Choice") -> "Iterator[str]":
    """Name the best customers who are passed over, and those chosen who are likely lost."""
    from cardcrm.cli.value_output import name_some
    from cardcrm.records.mvc.members import read_names

    names = read_names(store, [*choice.passed_over, *choice.doubtful])
    if choice.passed_over:
        shown = name_some([names[each] for each in choice.passed_over])
        yield f"passed over as likely lost: {shown} (cardcrm mvc add WHO takes one in)"
    if choice.doubtful:
        shown = name_some([names[each] for each in choice.doubtful])
        yield f"likely lost, by the usual interval: {shown} (cardcrm mvc rm WHO takes one out)"


def _read_cadence(text: str) -> int | None:
    if not text.strip():
        return None
    days = CADENCE.parse_days(text)
    if not days:
        raise UsageError(f"invalid cadence “{text}”", "Write a span, such as 30d.")
    return days


@app.command("list")
def list_(ctx: typer.Context) -> Result:
    """List the members: owner, cadence, last touch, and the benefits that are due.

    The program is fulfilled for a member if the touch is not late and no benefit is due. Without a
    cadence and benefits nothing is promised.

    Example:
        cardcrm mvc list

    """
    from cardcrm import dates
    from cardcrm.reports.mvc.program_review import review_members

    session = session_of(ctx)
    store = session.store()
    members = review_members(store, dates.today(store.locale.zone))
    if not members:
        return Result(Sheet(COLUMNS, ()), notes=(_NO_MEMBERS,))
    sheet = list_members(members, is_table=session.is_for_people)
    return Result(sheet, notes=describe_fulfillment(members))


@app.command("add")
def add(ctx: typer.Context, who: Who) -> Result:
    """Make a contact an MVC member, whatever it bought.

    Example:
        cardcrm mvc add jane

    """
    from cardcrm.records.mvc.members import join

    refuse_options(ctx, who)
    session = session_of(ctx)
    contact = session.find_contact(" ".join(who))
    since = join(session.store(), contact.id)
    return _show(session, contact, f"is an MVC member since {since}")


@app.command("rm")
def rm(ctx: typer.Context, who: Who) -> Result:
    """End the membership of a contact; its gifts remain.

    Example:
        cardcrm mvc rm jane

    """
    from cardcrm.records.mvc.members import leave

    refuse_options(ctx, who)
    session = session_of(ctx)
    contact = session.find_contact(" ".join(who))
    leave(session.store(), contact.id)
    return _show(session, contact, "is no longer an MVC member")


def _show(session: Session, contact: "Contact", what: str) -> Result:
    message = f"{describe_contact(contact)} {what}"
    return Result(lambda: read_contacts(session, [contact.id]), message)


@app.command("give")
def give(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WHO BENEFIT…",
            help="Contact, then the name of the benefit; needs no quotes.",
            autocompletion=complete_contact,
        ),
    ],
    on: Annotated[str, typer.Option(metavar="WHEN", help="Date (default: today).")] = "",
    cost: Annotated[
        str, typer.Option(metavar="AMOUNT", help="Cost (default: that of the benefit).")
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Note.")] = "",
) -> Result:
    """Log a benefit that an MVC member got.

    Examples:
        cardcrm mvc give jane Free delivery

        cardcrm mvc give jane Free delivery --on 2026-11-02 --cost 12

    """
    from cardcrm.cli.record_output import describe, show_record
    from cardcrm.records.mvc.members import give as give_benefit

    refuse_options(ctx, words)
    session = session_of(ctx)
    contact, rest = session.split_contact(words)
    if not rest:
        raise UsageError("no benefit given", "For example: cardcrm mvc give jane Free delivery")
    store = session.store()
    texts = {"on": on, "cost": cost, "text": note}
    made = give_benefit(store, contact.id, " ".join(rest), texts)
    return Result(lambda: show_record(store, made), f"gave {describe(store, made)}")


@app.command("report")
def report(
    ctx: typer.Context,
    currency: Currency = "",
    by: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="Compare by revenue or margin.",
            autocompletion=complete_from("revenue", "margin"),
        ),
    ] = "revenue",
) -> Result:
    """Show what the program costs and brings.

    The revenue (or margin) since joining is compared with as many days before, at most a year, and
    with the customers just below the line, who get nothing.

    Examples:
        cardcrm mvc report

        cardcrm mvc report --by margin

    """
    from cardcrm import dates
    from cardcrm.choices import parse_choice
    from cardcrm.reports.mvc.program_effect import MEASURES, measure_effect
    from cardcrm.reports.scope import choose_currency

    session = session_of(ctx)
    store = session.store()
    currency = choose_currency(store, currency)
    measure = parse_choice(by, tuple(MEASURES), "measure")
    effect = measure_effect(store, currency, dates.today(store.locale.zone), measure)
    if effect is None:
        return Result(Sheet(EFFECT, ()), notes=(_NO_MEMBERS,))
    sheet = list_effect(effect, measure, currency, is_table=session.is_for_people)
    notes = (*explain_effect(effect, measure), *note_currencies(store, currency))
    return Result(sheet, notes=notes)
