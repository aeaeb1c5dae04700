"""`rm` and `merge`: what takes cards away."""

from typing import Annotated

import typer

from cardcrm.cli.common import WhoArgument, card_of, card_words, session_of
from cardcrm.cli.targets import Cards, Unasked, Where, meant
from cardcrm.records.contacts import contacts

app = typer.Typer()


@app.command("rm")
def rm(
    ctx: typer.Context,
    who: Cards = [],
    where: Where = "",
    yes: Unasked = False,
) -> None:
    """Remove cards with everything on them.

    Interactions stay while someone else took part in them. `cardcrm undo` brings all of it back.

    Example:
        cardcrm rm "Jane Doe"

    """
    session = session_of(ctx)
    ids = meant(session, who, where)
    if not ids:
        session.say("no card fits; nothing was removed")
        return
    names = (
        card_words(contacts.get(session.store(), ids[0])) if len(ids) == 1 else f"{len(ids)} cards"
    )
    session.confirm(f"Remove {names} with everything on them?", yes=yes)
    contacts.remove(session.store(), ids)
    session.say(f"removed {names}; `cardcrm undo` brings them back")


@app.command("merge")
def merge(
    ctx: typer.Context,
    keep: Annotated[
        str, typer.Argument(metavar="WHO", help="The card to keep.", autocompletion=WhoArgument)
    ],
    other: Annotated[
        str,
        typer.Argument(
            metavar="WHO", help="The card whose content moves over.", autocompletion=WhoArgument
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Merge two cards of the same contact into one.

    What both say stays as the kept card has it; what the other said differently goes into the note.

    Example:
        cardcrm merge 12 57

    """
    from cardcrm.records.contacts import merge as contacts_merge

    session = session_of(ctx)
    first, second = session.who(keep), session.who(other)
    contacts_merge.check_apart(first.id, second.id)
    session.confirm(f"Merge {card_words(second)} into {card_words(first)}?", yes=yes)
    kept = contacts_merge.merge(session.store(), first.id, second.id)
    session.answer(
        f"merged {card_words(second)} into {card_words(kept)}", lambda: card_of(session, kept.id)
    )
