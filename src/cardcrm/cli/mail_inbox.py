"""`mail inbox` and `mail done`: the mail that waits for an answer."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import complete_query, refuse_options, session_of
from cardcrm.cli.mail_offers import list_sheet
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.sheet import Card, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.query import Node
    from cardcrm.records.mail.offers import Offer
    from cardcrm.records.mail.open_requests import OpenRequest
    from cardcrm.reports.mail.inbox import Thread

app = typer.Typer()
_DAYS = 90
_EXCERPT = 160  # characters of a mail in a list for people


@app.command("inbox", context_settings={"ignore_unknown_options": True})
def inbox(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Contacts, as in `find`; all without a query.",
            autocompletion=complete_query,
        ),
    ] = [],
    mine: Annotated[
        bool,
        typer.Option(
            "--mine/--all", help="Only mail of your contacts and of those without an owner, or all."
        ),
    ] = False,
    days: Annotated[
        int, typer.Option(metavar="N", help="Look at mail of the last N days.", min=0, max=36_600)
    ] = _DAYS,
    limit: Annotated[
        int, typer.Option(metavar="N", help="Show at most N threads; 0 for all.", min=0)
    ] = 0,
) -> Result:
    """List the mail that waits for an answer.

    These are the threads whose last mail came in: first those whose contact has an open promise,
    by its date, then the oldest mail. A later mail in the thread, a new mail to the contact, a
    call, a meeting, a visit or a message is an answer; a reply in another thread, mail of a
    campaign or a sequence, or an attempt without an answer, is not. Automatic answers never wait.
    Mail of a case is left out: see `cardcrm case list`, and open a case of a mail with
    `cardcrm case open --mail ID`. The lines below count the senders who are not contacts, and name
    strangers who ask to opt out the address of someone else.

    Examples:
        cardcrm mail inbox

        cardcrm mail inbox tag:vip --mine

        cardcrm mail inbox --days 365 --json

    """
    from cardcrm import dates
    from cardcrm.records.mail.offers import list_offers
    from cardcrm.records.mail.open_requests import list_requests
    from cardcrm.reports.mail.inbox import read_inbox

    session = session_of(ctx)
    refuse_options(ctx, query)
    store = session.store()
    today = dates.today(store.locale.zone)
    found = read_inbox(
        store,
        today,
        days=days,
        where=_parse_query(session, query),
        owner=store.author.name if mine else "",
        limit=limit or None,
    )
    offers = [] if query else list_offers(store)
    requests = [] if query else list_requests(store, today, days)
    notes = _list_notes(found, offers, requests, days)
    return Result(_draw(session, found, offers, requests, today), notes=tuple(notes))


def _parse_query(session: Session, query: Sequence[str]) -> "Node | None":
    if not query:
        return None
    from cardcrm.records.query_sql import contact_query

    return contact_query.parse(session.store(), " ".join(query))


def _list_notes(
    found: "Sequence[Thread]",
    offers: "Sequence[Offer]",
    requests: "Sequence[OpenRequest]",
    days: int,
) -> list[str]:
    notes = [] if found else [f"no mail of the last {days:,} days waits for an answer"]
    if offers:
        word = "sender is not a contact" if len(offers) == 1 else "senders are not contacts"
        notes.append(f"{len(offers):,} {word}; see: cardcrm mail offers")
    return [*notes, *(f"{each.text}; decide: {each.remedy}" for each in requests)]


_PEOPLE = (
    Column("id", "id", "right"),
    Column("contact", "contact"),
    Column("age", "age", "right"),
    Column("promise", "promised"),
    Column("subject", "subject", wide=True),
    Column("text", "text", wide=True),
)
_COLUMNS = tuple(
    Column(name, name)
    for name in (
        "id", "contact_id", "contact", "owner", "email", "subject", "text", "received",
        "waiting_days", "account", "promise_id", "promise_text", "promise_due",
    )
)  # fmt: skip


def _draw(
    session: Session,
    found: "Sequence[Thread]",
    offers: "Sequence[Offer]",
    requests: "Sequence[OpenRequest]",
    today: dt.date,
) -> Sheet | Card:
    if session.is_for_people:
        return Sheet(_PEOPLE, [_cells(each, today) for each in found])
    threads = Sheet(_COLUMNS, [_row(each, today) for each in found])
    if session.format != "json":
        return threads
    data = {
        "threads": _to_json(threads),
        "offers": _to_json(list_sheet(offers)),
        "requests": list(map(_request_to_json, requests)),
    }
    return Card("inbox", data=data)


def _request_to_json(request: "OpenRequest") -> dict[str, Any]:
    return {
        "sender": request.sender,
        "email": request.address,
        "contact_id": request.contact_id,
        "contact": request.contact,
        "received": request.at,
        "interaction_id": request.interaction_id,
    }


def _to_json(sheet: Sheet) -> list[dict[str, Any]]:
    keys = [each.json_key or each.key for each in sheet.columns]
    return [dict(zip(keys, row, strict=True)) for row in sheet.rows]


def _cells(thread: "Thread", today: dt.date) -> tuple[Any, ...]:
    from cardcrm import dates

    promise = dates.format_short_day(thread.promise.due, today) if thread.promise else ""
    days = thread.count_days(today)
    text = " ".join(thread.text.split())[:_EXCERPT]
    return thread.id, thread.contact, f"{days:,} d", promise, thread.subject, text


def _row(thread: "Thread", today: dt.date) -> tuple[Any, ...]:
    promise = thread.promise
    return (
        thread.id, thread.contact_id, thread.contact, thread.owner or None, thread.address,
        thread.subject, thread.text, thread.at or thread.on, thread.count_days(today),
        thread.account or None, promise and promise.id, promise and promise.text,
        promise and promise.due,
    )  # fmt: skip


@app.command("done")
def done(
    ctx: typer.Context,
    ids: Annotated[
        list[int], typer.Argument(metavar="ID…", help="Mails by their ids in the inbox.", min=1)
    ],
) -> Result:
    """Mark threads as done: they need no answer.

    A thread comes back with the next mail in it.

    Example:
        cardcrm mail done 50

    """
    from cardcrm.records.mail import received

    session = session_of(ctx)
    store = session.store()
    with store.transaction():
        marked = [received.mark_done(store, each) for each in dict.fromkeys(ids)]
    names = "; ".join(f"{each.id} {each.contact}: {each.subject}" for each in marked)
    return Result(
        Card("done", data={"done_mails": [each.id for each in marked]}), f"needs no answer: {names}"
    )
