"""`show` and `brief`: one card on the screen."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.common import WhoArgument, session_of
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.sheet import Card

app = typer.Typer()

USUAL = 10  # interactions shown where nobody says how many

Who = Annotated[
    list[str],
    typer.Argument(
        metavar="WHO", help="The card; quotes are not needed.", autocompletion=WhoArgument
    ),
]


def full_card(
    store: Store, contact_id: int, *, timeline: int | None = None, kind: str = ""
) -> "Card":
    """A card with all that is on it, or with so many interactions (of a kind) at most.

    Without ``timeline`` nothing is left out. Raises NotFoundError.
    """
    from cardcrm.reports import card, card_json, card_text

    most = card.EVERYTHING if timeline is None else timeline
    known = card.full_card(store, contact_id, history=most, kind=kind)
    return card_text.whole(known, card_json.data_of(known), all_sales=timeline is None)


@app.command("show")
def show(
    ctx: typer.Context,
    who: Who,
    timeline: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, help=f"How many interactions; {USUAL} unless told, all in JSON."
        ),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            metavar="KIND", help="Only calls, mails, meetings, visits, messages or notes."
        ),
    ] = "",
    all_: Annotated[bool, typer.Option("--all", help="Every interaction and sale.")] = False,
) -> None:
    """Show a card with all that is on it.

    Points, tags, fields and relations, what is open, what was said and what was bought.

    Examples:
        cardcrm show jane

        cardcrm show jane --kind call --timeline 30

        cardcrm --format json show jane

    """
    from cardcrm.records.activity.interactions import kind_of

    session = session_of(ctx)
    contact = session.who(" ".join(who))
    if timeline is None and not all_ and session.format != "json":
        timeline = USUAL
    wanted = kind_of(kind) if kind else ""
    most = None if all_ else timeline
    session.show(full_card(session.store(), contact.id, timeline=most, kind=wanted))


@app.command("brief")
def brief(ctx: typer.Context, who: Who) -> None:
    """Show what to know in the minute before a call.

    The number to call, what was said last, what is promised, what they bought; on one screen.

    Example:
        cardcrm brief jane

    """
    from cardcrm.reports import card, card_json, card_text

    session = session_of(ctx)
    contact = session.who(" ".join(who))
    known = card.full_card(session.store(), contact.id, history=3, sales=card_text.MOST_SALES)
    session.show(card_text.brief(known, card_json.data_of(known)))
