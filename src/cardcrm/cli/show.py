"""`show` and `brief`: the card of a contact."""

from typing import Annotated

import typer

from cardcrm.cli.arguments import complete_contact, complete_from, session_of
from cardcrm.cli.contact_output import read_card
from cardcrm.cli.result import Result
from cardcrm.records.activity.interaction_type import KIND, KINDS

app = typer.Typer()

DEFAULT_TIMELINE = 10  # interactions

Who = Annotated[
    list[str],
    typer.Argument(
        metavar="WHO",
        help="Contact, by name, id, email or phone; needs no quotes.",
        autocompletion=complete_contact,
    ),
]


@app.command("show")
def show(
    ctx: typer.Context,
    who: Who,
    timeline: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help=f"Number of interactions (default: {DEFAULT_TIMELINE}; all in JSON).",
        ),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="Only interactions of one kind: call, mail, meeting, visit, message or note.",
            autocompletion=complete_from(*KINDS),
        ),
    ] = "",
    all_: Annotated[bool, typer.Option("--all", help="Show every interaction and sale.")] = False,
) -> Result:
    """Show the card of a contact.

    The card has contact details, tags, custom fields, relations, open reminders, interactions and
    sales.

    Examples:
        cardcrm show jane

        cardcrm show jane --kind call --timeline 30

        cardcrm --format json show jane

    """
    session = session_of(ctx)
    contact = session.find_contact(" ".join(who))
    if timeline is None and session.format != "json":
        timeline = DEFAULT_TIMELINE
    limit = None if all_ else timeline
    wanted = KIND.normalize(kind) if kind else ""
    return Result(read_card(session.store(), contact.id, timeline=limit, kind=wanted))


@app.command("brief")
def brief(ctx: typer.Context, who: Who) -> Result:
    """Show a short summary to read before a call.

    It fits one screen: phone number, last interactions, open reminders and promises, and sales.

    Example:
        cardcrm brief jane

    """
    from cardcrm.reports import brief_card, card, card_json, card_text

    session = session_of(ctx)
    contact = session.find_contact(" ".join(who))
    facts = card.load_card(session.store(), contact.id, history=3, sales=card_text.MAX_SALES)
    return Result(brief_card.build_brief_card(facts, card_json.card_to_json(facts)))
