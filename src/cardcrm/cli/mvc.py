"""`mvc`: the program for the most valuable customers."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import (
    complete_contact,
    complete_from,
    refuse_options,
    session_of,
)
from cardcrm.cli.bulk_edit import DryRun, Yes, confirm_bulk
from cardcrm.cli.contact_output import describe_contact, pluralize, read_contacts
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.contacts.contact_type import CADENCE, CONTACT
from cardcrm.sheet import Cell, Column, Phrases, Sheet

if TYPE_CHECKING:
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.records.mvc.members import MemberChanges
    from cardcrm.reports.mvc.program_effect import Effect, GroupEffect
    from cardcrm.reports.mvc.program_review import Member

app = typer.Typer()

COLUMNS = (
    Column("id", "id", "right"),
    Column("name", "customer", wide=True),
    Column("owner", "owner", wide=True),
    Column("mvc", "since"),
    Column("cadence_days", "every", "right"),
    Column("touched", "touched"),
    Column("touch_by", "touch by"),
    Column("benefits_due", "benefits due", wide=True),
    Column("kept_up", "kept"),
)
CHANGES = (Column("id", "id", "right"), Column("name", "customer"), Column("membership", "is"))
EFFECT = (
    Column("group", "customers"),
    Column("customers", "number", "right"),
    Column("revenue_before", "before", "right", currency="currency"),
    Column("revenue_since", "since", "right", currency="currency"),
    Column("change_rate", "change", "right", digits=6),
    Column("benefit_count", "benefits", "right"),
    Column("benefit_cost", "cost", "right", currency="currency"),
)

Who = Annotated[
    list[str],
    typer.Argument(metavar="WHO", help="Contact.", autocompletion=complete_contact),
]


@app.callback()
def mvc() -> None:
    """Care for the most valuable customers: a program."""


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
    currency: Annotated[
        str, typer.Option(metavar="CODE", help="Only sales in this currency, such as EUR.")
    ] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Make the best customers the members of the program.

    Members who stay keep their day of joining; the others leave. Chosen are active contacts by
    what they bought themselves.

    Examples:
        cardcrm mvc set 20%

        cardcrm mvc set 50 --by margin --cadence 30d

    """
    from cardcrm.records.mvc.members import compare_members, set_members
    from cardcrm.reports.mvc.program_review import choose_best, parse_share
    from cardcrm.reports.scope import choose_currency

    session = session_of(ctx)
    wanted_share = parse_share(share)
    days = _read_cadence(cadence)
    store = session.store()
    currency = choose_currency(store, currency)
    wanted = choose_best(store, currency, wanted_share, by.strip().lower())
    if not wanted:
        none = f"no customers with {by} above 0 in {currency}; nothing was changed"
        if by == "future":
            none = "too little data for a model: see `cardcrm value model`; nothing was changed"
        return Result(Sheet(CHANGES, ()), notes=(none,))
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
    return Result(_list_changes(session, changes), notes=(_describe(changes, dry_run=dry_run),))


def _read_cadence(text: str) -> int | None:
    if not text.strip():
        return None
    days = CADENCE.parse_days(text)
    if not days:
        raise UsageError(f"invalid cadence “{text}”", "Write a span, such as 30d.")
    return days


def _describe(changes: "MemberChanges", *, dry_run: bool) -> str:
    members = len(changes.joined) + len(changes.stayed)
    counts = f"{len(changes.joined)} joined, {len(changes.left)} left, {len(changes.stayed)} stayed"
    verb = "would be " if dry_run else ""
    return f"{verb}{pluralize(members, 'priority customer')}: {counts}"


def _list_changes(session: Session, changes: "MemberChanges") -> Sheet:
    """Return each contact with what it is now: new, left, or member."""
    from cardcrm.records.mvc.members import read_names

    kinds = (("new", changes.joined), ("member", changes.stayed), ("left", changes.left))
    names = read_names(session.store(), [each for _, ids in kinds for each in ids])
    rows: list[tuple[Cell, ...]] = [
        (each, names[each], kind) for kind, ids in kinds for each in ids
    ]
    return Sheet(CHANGES, rows)


@app.command("list")
def list_(ctx: typer.Context) -> Result:
    """List the members: owner, cadence, last touch, and the benefits that are due.

    The program is kept for a member if the touch is not late and no benefit is due.

    Example:
        cardcrm mvc list

    """
    from cardcrm import dates
    from cardcrm.reports.mvc.program_review import review_members

    session = session_of(ctx)
    store = session.store()
    members = review_members(store, dates.today(store.locale.zone))
    if not members:
        none = "no priority customers yet: cardcrm mvc set 20%"
        return Result(Sheet(COLUMNS, ()), notes=(none,))
    kept = sum(each.is_kept for each in members)
    note = f"kept for {kept} of {pluralize(len(members), 'priority customer')}"
    is_table = session.is_for_people
    columns = tuple(each for each in COLUMNS if not is_table or each.key not in ("mvc", "touched"))
    keys = [each.key for each in columns]
    rows = [tuple(_cells(each, is_table=is_table)[key] for key in keys) for each in members]
    return Result(Sheet(columns, rows), notes=(note,))


def _cells(each: "Member", *, is_table: bool) -> dict[str, Cell]:
    every: Cell = each.cadence_days
    if is_table:
        every = f"{each.cadence_days}d" if each.cadence_days else ""
    return {
        "id": each.contact_id,
        "name": each.name,
        "owner": each.owner,
        "mvc": each.since,
        "cadence_days": every,
        "touched": each.touched_on,
        "touch_by": each.touch_by,
        "benefits_due": Phrases(each.benefits_due),
        "kept_up": ("yes" if each.is_kept else "no") if is_table else each.is_kept,
    }


@app.command("add")
def add(ctx: typer.Context, who: Who) -> Result:
    """Make a contact a priority customer, whatever it bought.

    Example:
        cardcrm mvc add jane

    """
    from cardcrm.records.mvc.members import join

    refuse_options(ctx, who)
    session = session_of(ctx)
    contact = session.find_contact(" ".join(who))
    since = join(session.store(), contact.id)
    return _show(session, contact, f"is a priority customer since {since}")


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
    return _show(session, contact, "has left the priority customers")


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
    """Log a benefit that a customer got.

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
    message = f"gave {describe_contact(contact)}: {describe(store, made)}"
    return Result(lambda: show_record(store, made), message)


@app.command("report")
def report(
    ctx: typer.Context,
    currency: Annotated[
        str, typer.Option(metavar="CODE", help="Only sales in this currency, such as EUR.")
    ] = "",
) -> Result:
    """Show what the program costs and brings.

    The revenue since joining is compared with as many days before, at most a year, and with the
    customers just below the line, who get nothing.

    Example:
        cardcrm mvc report

    """
    from cardcrm import dates
    from cardcrm.reports.mvc.program_effect import measure_effect
    from cardcrm.reports.scope import choose_currency

    session = session_of(ctx)
    store = session.store()
    currency = choose_currency(store, currency)
    effect = measure_effect(store, currency, dates.today(store.locale.zone))
    if effect is None:
        none = "no priority customers yet: cardcrm mvc set 20%"
        return Result(Sheet(EFFECT, ()), notes=(none,))
    is_table = session.is_for_people
    rows = [_effect_row(each, effect, is_table=is_table) for each in (effect.members, effect.below)]
    title = f"Revenue in {currency}, {effect.days} days before and since joining"
    sheet = Sheet(EFFECT, rows, title if is_table else "", ids="group")
    return Result(sheet, notes=tuple(_explain(effect)))


def _effect_row(group: "GroupEffect", effect: "Effect", *, is_table: bool) -> tuple[Cell, ...]:
    change: Cell = None if effect.is_early else group.change
    if is_table and isinstance(change, float):
        change = f"{change:+.1%}"
    given = (effect.benefits, effect.cost) if group is effect.members else (None, None)
    return (group.group, group.customers, group.before, group.after, change, *given)


def _explain(effect: "Effect") -> list[str]:
    """Return how to read the figures."""
    from cardcrm.reports.mvc.program_effect import MIN_DAYS

    notes = [
        "Members were chosen because they had bought much, so their revenue tends to fall by "
        "itself: compare their change with that of the customers just below the line."
    ]
    if effect.is_early:
        notes.append(
            f"too early to tell: {MIN_DAYS} days since joining are needed, and there are "
            f"{effect.days}"
        )
    if (extra := effect.extra_change) is not None:
        notes.append(f"The members changed by {extra * 100:+.1f} points more than those.")
    if effect.unpriced:
        notes.append(f"{pluralize(effect.unpriced, 'benefit')} without a cost in this currency")
    return notes
