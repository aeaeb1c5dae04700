"""`db phones`: phone numbers that were kept wrongly, and their repair."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.common import QueryArgument, Session, refuse_options, session_of
from cardcrm.sheet import Column, Sheet

if TYPE_CHECKING:
    from cardcrm.records.contacts.phone_audit import Odd

TOLD = 10  # so many numbers that several cards have are told one by one


def phones(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Whose numbers; none looks at all.",
            autocompletion=QueryArgument,
        ),
    ] = [],
    repair: Annotated[
        bool, typer.Option("--repair", help="Keep the numbers as they are read now.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Find phone numbers that were kept wrongly, and repair them.

    Numbers are read anew, as of the country that their card names. Those that can be no phone
    number are listed, too; nobody but you knows what was meant. Without --repair nothing changes.

    Examples:
        cardcrm db phones

        cardcrm db phones tag:imported --repair

    """
    from cardcrm.records.contacts import phone_audit

    session = session_of(ctx)
    refuse_options(ctx, query)
    found = _found(session, query)
    better = [each for each in found if each.better]
    if not repair:
        if found or session.format != "table":
            session.show(_sheet(found))
        session.say(_summary(better, len(found) - len(better)))
        _say_shared(session, better)
        return
    _confirm(session, better, yes=yes)
    changed = phone_audit.repair(session.store(), better) if better else 0
    session.answer(_repaired(changed), lambda: _sheet(better))
    _say_shared(session, better)


def _found(session: Session, query: Sequence[str]) -> "list[Odd]":
    from cardcrm.records.contacts import phone_audit
    from cardcrm.records.query_sql import columns, compiler
    from cardcrm.render.progress import FEW, bar

    store = session.store()
    ids = columns.find_ids(store, compiler.parse(store, " ".join(query))) if query else None
    total = phone_audit.count(store)
    if total < FEW:
        return list(phone_audit.odd(store, ids))
    with bar(total, "reading phone numbers") as tell:
        return list(phone_audit.odd(store, ids, tell))


def _sheet(found: "Sequence[Odd]") -> Sheet:
    columns = (
        Column("id", "id"),
        Column("name", "name", wide=True),
        Column("phone", "phone number"),
        Column("better", "better"),
        Column("problem", "what is wrong", wide=True, style="dim"),
    )
    rows = [
        (
            each.contact_id,
            each.name,
            each.value,
            each.better.value if each.better else "",
            each.why.removeprefix("is ").removesuffix(" for a phone number"),
        )
        for each in found
    ]
    return Sheet(columns, rows)


def _summary(better: "Sequence[Odd]", others: int) -> str:
    if not better and not others:
        return "all phone numbers are kept as they are read"
    said = []
    if better:
        said.append(f"{_numbers(len(better))} would be kept better; the same with --repair does it")
    if others:
        said.append(
            f"{_numbers(others)} can be none; mend them one by one: "
            "cardcrm edit WHO --remove OLD --phone NEW"
        )
    return "\n".join(said)


def _numbers(count: int) -> str:
    return f"{count} phone number{'s' * (count != 1)}"


def _confirm(session: Session, better: "Sequence[Odd]", *, yes: bool) -> None:
    cards = len({each.contact_id for each in better})
    if cards >= 3:  # as for every change to many cards
        session.confirm(f"Repair {_numbers(len(better))} on {cards} cards?", yes=yes)


def _repaired(changed: int) -> str:
    undo = "; `cardcrm undo` takes it back" if changed else ""
    return f"repaired {_numbers(changed)}{undo}" if changed else "there is nothing to repair"


def _say_shared(session: Session, better: "Sequence[Odd]") -> None:
    """Cards that have a number in common now; whether they are of one contact nobody else knows."""
    from cardcrm.records.contacts.phone_audit import shared

    found = shared(session.store(), better) if better else []
    for each in found[:TOLD]:
        cards = " and ".join(f"{id_} {name}" for id_, name in each.cards)
        first, second = each.cards[0][0], each.cards[1][0]
        session.say(
            f"  the same number, {each.value}: {cards}; if they are one: "
            f"`cardcrm merge {first} {second}`"
        )
    if len(found) > TOLD:
        session.say(f"  … and {len(found) - TOLD} more that several cards have")
