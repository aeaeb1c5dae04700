"""`mail offers`: correspondents who are not contacts, to take or to ignore."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.sheet import Card, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.records.mail.offers import Offer

app = typer.Typer()


@app.command("offers")
def offers(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[take|ignore] ADDRESS…",
            help="Take or ignore addresses; without words they are listed.",
            autocompletion=complete_from("take", "ignore"),
        ),
    ] = [],
    all_: Annotated[bool, typer.Option("--all", help="Include those that you ignore.")] = False,
) -> Result:
    """List the senders that are not contacts; take or ignore them.

    Their mail was not logged. The mail of those that you take is logged when mail is next fetched,
    also what came before.

    Examples:
        cardcrm mail offers

        cardcrm mail offers take jane@example.com

        cardcrm mail offers ignore sales@example.net

    """
    session = session_of(ctx)
    if not words:
        return Result(_list(session, ignored=all_))
    action, *addresses = words
    if action not in ("take", "ignore"):
        raise UsageError(f"unknown word “{action}”", "Use take or ignore, then addresses.")
    if not addresses:
        raise UsageError("no address given", f"For example: mail offers {action} me@example.com")
    return _take(session, addresses) if action == "take" else _ignore(session, addresses)


def _list(session: Session, *, ignored: bool) -> Sheet:
    from cardcrm.records.mail.offers import list_offers

    return list_sheet(list_offers(session.store(), ignored=ignored))


def list_sheet(offers: "Sequence[Offer]") -> Sheet:
    """Return offers as a table."""
    columns = (
        Column("address", "address"),
        Column("name", "name", wide=True),
        Column("messages", "messages", "right", json_key="message_count"),
        Column("last", "last", json_key="last_message"),
        Column("subject", "subject", wide=True),
        Column("status", "status", json_key="offer_status"),
    )
    rows = [
        (each.address, each.name, each.messages, each.seen_on, each.subject, each.status)
        for each in offers
    ]
    return Sheet(columns, rows, ids="address")


def _take(session: Session, addresses: Sequence[str]) -> Result:
    from cardcrm.records.contacts.contacts import get
    from cardcrm.records.mail.offers import take

    store = session.store()
    found = [get(store, each) for each in take(store, addresses)]
    names = ", ".join(f"{each.id} {each.name}" for each in found)
    data = Card("taken", data={"contact_ids": [each.id for each in found]})
    return Result(data, f"added {names}; their mail is logged by the next: cardcrm mail fetch")


def _ignore(session: Session, addresses: Sequence[str]) -> Result:
    from cardcrm.records.mail.offers import ignore

    ignore(session.store(), addresses)
    data = Card("ignored", data={"ignored": list(addresses)})
    return Result(data, f"ignoring mail of {', '.join(addresses)}")
