"""`show` and `brief`: the card of a contact."""

import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import (
    complete_contact,
    complete_from,
    is_numbers,
    session_of,
    split_numbers,
)
from cardcrm.cli.contact_output import read_card, read_contacts
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import NotFoundError
from cardcrm.records.activity.interaction_type import KIND, KINDS

if TYPE_CHECKING:
    from cardcrm.sheet import Card
    from cardcrm.store import Query

app = typer.Typer()

DEFAULT_TIMELINE = 10  # interactions
_PHONE_DIGITS = 6  # digits of several words from which on they may be a phone number

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

        cardcrm show 44 45

        cardcrm --format json show jane

    """
    session = session_of(ctx)
    if timeline is None and session.format != "json":
        timeline = DEFAULT_TIMELINE
    limit = None if all_ else timeline
    wanted = KIND.normalize(kind) if kind else ""

    def read(contact_id: int) -> "Card":
        return read_card(session.store(), contact_id, timeline=limit, kind=wanted)

    return _show_all(session, _find_contacts(session, who), read)


def _find_contacts(session: Session, words: Sequence[str]) -> list[int]:
    """Return the ids of the contacts that numbers, or the words of one name, stand for.

    Several numbers are several contacts, unless they are one phone number.
    """
    numbers, name = split_numbers(words), " ".join(words)
    if len(numbers) == 1 or not all(map(is_numbers, words)):
        return [session.find_contact(name).id]
    if sum(map(len, numbers)) >= _PHONE_DIGITS:
        with contextlib.suppress(NotFoundError):
            return [session.find_contact(name).id]
    return list(dict.fromkeys(session.find_contact(each).id for each in numbers))


def _show_all(session: Session, ids: Sequence[int], read: Callable[[int], "Card"]) -> Result:
    """Return one card, or several: one below the other, or as a list for programs."""
    if len(ids) == 1:
        return Result(read(ids[0]))
    if session.format == "json":
        from cardcrm.cli.record_output import list_objects

        return Result(list_objects(read(each).data for each in ids))
    if session.is_for_people:
        return Result(list(map(read, ids)))
    return Result(read_contacts(session, ids))


@app.command("brief")
def brief(ctx: typer.Context, who: Who) -> Result:
    """Show a short summary to read before a call.

    It fits one screen: phone number, last interactions, open reminders and promises, and sales.

    Example:
        cardcrm brief jane

    """
    from cardcrm.reports import brief_card, card, card_json, card_sections
    from cardcrm.reports.alerts.alert_data import alert_data
    from cardcrm.reports.alerts.alert_queries import contact_alert_query
    from cardcrm.reports.behavior.attempts import tallies_query
    from cardcrm.reports.behavior.best_times import find_best_hour
    from cardcrm.reports.scope import Scope

    session = session_of(ctx)
    days = int(session.config.number("alert-days"))

    def read(contact_id: int) -> "Card":
        store = session.store()
        facts = card.load_card(store, contact_id, history=3, sales=card_sections.MAX_SALES)
        queries: list[Query[Any]] = [
            contact_alert_query(contact_id, facts.today, days, brief_card.MAX_ALERTS),
            tallies_query(store, Scope("", facts.today), contact_id),
        ]
        alerts, tallies = store.fetch_many(queries)
        alerts, best_hour = alerts if days else [], find_best_hour(tallies)
        data = {
            **card_json.card_to_json(facts),
            "alerts": list(map(alert_data, alerts)),
            "best_hour": best_hour,
        }
        return brief_card.build_brief_card(facts, data, alerts, best_hour)

    return _show_all(session, _find_contacts(session, who), read)
