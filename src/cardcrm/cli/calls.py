"""`calls`: list whom to ring now, with the reasons."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm import dates
from cardcrm.cli.arguments import complete_query, refuse_options, session_of
from cardcrm.cli.result import Page, Result
from cardcrm.cli.session import Session
from cardcrm.sheet import Column, Numbers, Points, Sheet
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.cli.result import Data
    from cardcrm.query import Node
    from cardcrm.reports.calls.call_score import Call, Point
    from cardcrm.reports.calls.next_calls import CallList

app = typer.Typer()
_ROWS = 20

_EXPLANATION = (
    "Points: a due promise 50, another due reminder 30, each with 1 more for each day that it is "
    "late, up to 10; a lead without a first answer 40 and 1 less for each day, down to 15, another "
    "lead 10; an open deal 20 × its probability, and 5 if its close is near or past; an overdue "
    "touch 10 to 20; value at risk up to 20. The hour gives or takes up to 10, by the calls that "
    "were answered; a call without an answer today takes 15. Outside opening hours a tenth is left."
)


@app.command("calls", context_settings={"ignore_unknown_options": True})
def calls(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Contacts, as in `find`; without any, all.",
            autocompletion=complete_query,
        ),
    ] = [],
    limit: Annotated[
        int, typer.Option(metavar="N", help="Show at most N contacts.", min=0)
    ] = _ROWS,
    owner: Annotated[
        str, typer.Option(metavar="USER", help="Only the work of a user (me), and unassigned work.")
    ] = "",
    only_open: Annotated[
        bool, typer.Option("--open", help="Only contacts within their opening hours.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say how the score is computed, with all points.")
    ] = False,
) -> Result:
    """List whom to ring now, with the reasons.

    It looks at promises and other reminders that are due, leads, open deals, overdue touches, the
    value of customers who are silent, the hour by past answers, and opening hours: those of the
    custom field “opening hours”, in the time zone of the contact. Contacts that opted out of calls
    or were reached today are left out. To record a call: `cardcrm call`.

    Examples:
        cardcrm calls

        cardcrm calls tag:vip --owner me --limit 5

    """
    from cardcrm.records.fields import name_user
    from cardcrm.records.teamwork.users import find_user
    from cardcrm.reports.calls.next_calls import build_calls

    session = session_of(ctx)
    refuse_options(ctx, query)
    store = session.store()
    user = name_user(owner, store)
    if user not in ("", store.author.name):
        user = find_user(store, user)
    found = build_calls(
        store,
        dates.now(store.locale.zone),
        where=_parse_query(session, query),
        owner=user,
        limit=limit or None,
        only_open=only_open,
    )
    notes = tuple(_list_notes(found, is_explained=explain))
    return Result(_draw(session, found, is_explained=explain), notes=notes)


def _parse_query(session: Session, query: list[str]) -> "Node | None":
    if not query:
        return None
    from cardcrm.records.query_sql import contact_query

    return contact_query.parse(session.store(), " ".join(query))


def _list_notes(found: "CallList", *, is_explained: bool) -> list[str]:
    notes = []
    if not found.calls:
        notes.append("no one to ring: nothing is due, and no lead or deal waits for a call")
    elif found.total > len(found.calls):
        notes.append(f"{found.total - len(found.calls):,} more; to see them: --limit 0")
    if found.left_out:
        parts = (f"{count:,} {reason}" for reason, count in sorted(found.left_out.items()))
        notes.append(f"left out: {', '.join(parts)}")
    if is_explained:
        notes.append(_EXPLANATION)
    return notes


_PEOPLE = (
    Column("score", "score", "right"),
    Column("contact", "contact"),
    Column("phone", "phone"),
    Column("reason", "because"),
)
_COLUMNS = tuple(
    Column(name, name)
    for name in (
        "contact_id", "contact", "org", "phone", "score", "reason", "score_reasons", "due",
        "best_hour", "is_open", "opens", "local_time", "deal_ids", "lead_id",
    )
)  # fmt: skip


def _draw(session: Session, found: "CallList", *, is_explained: bool) -> "Data | None":
    if session.format == "table":
        return _draw_page(found, is_explained=is_explained) if found.calls else None
    if not session.is_for_people:
        return Sheet(_COLUMNS, [_row(each) for each in found.calls], ids="contact_id")
    rows = [
        (
            each.score,
            each.candidate.name,
            each.candidate.phone,
            _explain(each.all_points, is_explained),
        )
        for each in found.calls
    ]
    return Sheet(_PEOPLE, rows)


def _draw_page(found: "CallList", *, is_explained: bool) -> Page:
    from cardcrm.render.digest import format_block
    from cardcrm.render.digest_layout import Block, Entry

    common = _common_closing(found)
    entries = tuple(
        Entry(
            str(each.score),
            sanitize(each.candidate.name),
            sanitize(_explain(each.points if common else each.all_points, is_explained)),
            each.candidate.phone,
            "",
            "",
        )
        for each in found.calls
    )
    block = Block(f"Calls: all are {common}" if common else "Calls", entries)
    return Page(lambda color, width: format_block(block, color=color, width=width))


def _common_closing(found: "CallList") -> str:
    """Return when all contacts of the list open, if that is one moment; else an empty text."""
    if len({each.opens for each in found.calls}) > 1:
        return ""
    return found.calls[0].closing


def _explain(points: "Sequence[Point]", is_explained: bool) -> str:
    """Return reasons in words, with the points of each if that is asked for."""
    return "; ".join(
        f"{each.points:+d} {each.reason}" if is_explained and each.points else each.reason
        for each in points
    )


def _row(call: "Call") -> tuple[Any, ...]:
    each = call.candidate
    points = Points({"points": each.points, "reason": each.reason} for each in call.all_points)
    return (
        each.contact_id, each.name, each.org or None, each.phone, call.score, call.reason, points,
        call.due, each.best.name if each.best else None, call.is_open,
        call.opens and call.opens.isoformat(timespec="minutes"),
        call.local.isoformat(timespec="minutes"), Numbers(deal.id for deal in each.deals),
        each.lead.id if each.lead else None,
    )  # fmt: skip
