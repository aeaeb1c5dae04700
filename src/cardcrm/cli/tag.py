"""`tag`: words by which cards are found again."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.common import (
    QueryArgument,
    Session,
    WhoArgument,
    card_of,
    card_words,
    refuse_options,
    session_of,
)
from cardcrm.cli.targets import MANY, Unasked, confirm_many, meant, report_change
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts, update
from cardcrm.records.query_sql import segments
from cardcrm.text import fold

app = typer.Typer()


@app.command("tag", context_settings={"ignore_unknown_options": True})
def tag(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WHO +TAG -TAG…",
            help="The card, or a segment as @name; then tags to put on (+) and to take off (-).",
            autocompletion=WhoArgument,
        ),
    ],
    where: Annotated[
        str,
        typer.Option(
            metavar="QUERY",
            help="All cards that a query finds; no WHO is named then.",
            autocompletion=QueryArgument,
            rich_help_panel=MANY,
        ),
    ] = "",
    yes: Unasked = False,
) -> None:
    """Put tags on a card, or take them off.

    Examples:
        cardcrm tag jane +vip -cold garden-club

        cardcrm tag --where "city:leeds" +yorkshire

    """
    session = session_of(ctx)
    refuse_options(ctx, words)
    ids, tags = _tagged(session, words, where)
    if not tags:
        raise UsageError("which tags?", "For example: cardcrm tag jane +vip -cold")
    on = tuple(each.removeprefix("+") for each in tags if not each.startswith("-"))
    off = tuple(each.removeprefix("-") for each in tags if each.startswith("-"))
    confirm_many(session, len(ids), "Tag", yes=yes)
    changed = update.edit(session.store(), ids, update.Edit(tags=on, untag=off))
    if len(ids) == 1:
        _report_tags(session, ids[0], changed)
    else:
        report_change(session, ids, changed)


def _tagged(session: Session, words: Sequence[str], where: str) -> tuple[list[int], Sequence[str]]:
    """The ids of the cards to tag, and the words that are tags.

    An @name that is no saved segment is a WHO, as everywhere.
    """
    if where:
        return meant(session, (), where), words
    who, *tags = words
    name = fold(who.removeprefix("@"))
    known = segments.list_segments(session.store()) if who.startswith("@") else ()
    if any(each.name == name for each in known):
        return meant(session, (), f'segment:"{name}"'), tags
    contact, tags = session.who_first(words)
    return [contact.id], tags


def _report_tags(session: Session, contact_id: int, changed: int) -> None:
    contact = contacts.get(session.store(), contact_id)
    shown = " ".join(contacts.tags_of(session.store(), contact_id)) or "none"
    words = "tags of" if changed else "unchanged: tags of"
    session.answer(f"{words} {card_words(contact)}: {shown}", lambda: card_of(session, contact_id))
