"""Which cards a command means, one or many; asking before many are changed, and telling of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.common import QueryArgument, Session, WhoArgument, card_of, card_words
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts

if TYPE_CHECKING:
    from cardcrm.sheet import Sheet

MANY = "Many at once"

Cards = Annotated[
    list[str],
    typer.Argument(metavar="WHO…", help="The card, or several.", autocompletion=WhoArgument),
]
Where = Annotated[
    str,
    typer.Option(
        metavar="QUERY",
        help="All cards that a query finds.",
        autocompletion=QueryArgument,
        rich_help_panel=MANY,
    ),
]
Unasked = Annotated[bool, typer.Option("--yes", help="Do not ask.", rich_help_panel=MANY)]


def meant(session: Session, who: Sequence[str], where: str) -> list[int]:
    """The ids of the cards that arguments or a query name."""
    if who and where:
        raise UsageError(
            "cards are named and asked for by --where, too", "Name them, or give --where QUERY."
        )
    if not who and not where.strip():
        raise UsageError("which cards?", "Name one or more, or give --where QUERY.")
    store = session.store()
    if who:
        from cardcrm.records.contacts.resolve import are_a_name

        named = [" ".join(who)] if are_a_name(store, who) else who
        return list(dict.fromkeys(session.who(each).id for each in named))
    from cardcrm.records.query_sql import columns, compiler

    return columns.find_ids(store, compiler.parse(store, where))


def confirm_many(session: Session, count: int, verb: str, *, yes: bool) -> None:
    """Ask before a change to three or more cards."""
    if count >= 3:
        session.confirm(f"{verb} {count} cards?", yes=yes)


def report_change(session: Session, ids: Sequence[int], changed: int) -> None:
    """Answer with what was changed: ``changed`` of the cards of these ids."""
    if len(ids) == 1:
        contact = contacts.get(session.store(), ids[0])
        words = (
            f"changed {card_words(contact)}" if changed else f"{card_words(contact)} was so already"
        )
        session.answer(words, lambda: card_of(session, contact.id))
        return
    words = f"changed {changed} of {len(ids)} cards" if ids else "no card fits; nothing was changed"
    session.answer(words, lambda: _list(session, ids))


def _list(session: Session, ids: Sequence[int]) -> "Sheet":
    from cardcrm.cli.find import sheet_of

    return sheet_of(session.store(), ids)
