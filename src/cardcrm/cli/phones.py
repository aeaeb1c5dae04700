"""`db phones`: find and repair phone numbers that were stored wrongly."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import Yes, complete_query, refuse_options, session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.records.contacts.phone_audit import PhoneIssue

MAX_SHARED = 10  # phone numbers shared by contacts that are reported one by one


def phones(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Contacts to check; all without a query.",
            autocompletion=complete_query,
        ),
    ] = [],
    repair: Annotated[bool, typer.Option("--repair", help="Repair the numbers.")] = False,
    yes: Yes = False,
) -> Result:
    """Find phone numbers that were stored wrongly, and repair them.

    The command parses each number again for the country of its contact. It also lists invalid
    numbers, which only you can fix. Without --repair it changes nothing.

    Examples:
        cardcrm db phones

        cardcrm db phones tag:imported --repair

    """
    from cardcrm.records.contacts import phone_audit

    session = session_of(ctx)
    refuse_options(ctx, query)
    store = session.store()
    found = _find_issues(store, query)
    fixable = [each for each in found if each.better]
    if not repair:
        data = _list_issues(found) if found or session.format != "table" else None
        notes = (
            *_summarize(len(fixable), len(found) - len(fixable)),
            *_report_shared(store, fixable),
        )
        return Result(data, notes=notes)
    _confirm(session, fixable, yes=yes)
    changed = phone_audit.repair(store, fixable) if fixable else 0
    return Result(
        _list_issues(fixable), _describe_repair(changed), tuple(_report_shared(store, fixable))
    )


def _find_issues(store: Store, query: Sequence[str]) -> "list[PhoneIssue]":
    from cardcrm.records.contacts import phone_audit
    from cardcrm.records.query_sql import columns, contact_query
    from cardcrm.render.progress import MIN_TRACKED, progress_bar

    ids = columns.find_ids(store, contact_query.parse(store, " ".join(query))) if query else None
    total = phone_audit.count_phones(store)
    if total < MIN_TRACKED:
        return list(phone_audit.find_issues(store, ids))
    with progress_bar(total, "checking phone numbers") as advance:
        return list(phone_audit.find_issues(store, ids, advance))


def _list_issues(found: "Sequence[PhoneIssue]") -> Sheet:
    columns = (
        Column("id", "id"),
        Column("name", "name", wide=True),
        Column("phone", "phone number"),
        Column("better", "better"),
        Column("problem", "problem", wide=True, style="dim"),
    )
    rows = [
        (
            each.contact_id,
            each.name,
            each.value,
            each.better.value if each.better else "",
            each.reason.removeprefix("is ").removesuffix(" for a phone number"),
        )
        for each in found
    ]
    return Sheet(columns, rows)


def _summarize(fixable: int, invalid: int) -> list[str]:
    if not fixable and not invalid:
        return ["all phone numbers are stored correctly"]
    lines = []
    if fixable:
        lines.append(f"{_numbers(fixable)} can be repaired; to do so: cardcrm db phones --repair")
    if invalid:
        lines.append(
            f"{pluralize(invalid, 'invalid phone number')}; "
            "to fix one: cardcrm edit WHO --remove OLD --phone NEW"
        )
    return lines


def _numbers(count: int) -> str:
    return pluralize(count, "phone number")


def _confirm(session: Session, fixable: "Sequence[PhoneIssue]", *, yes: bool) -> None:
    """Ask before numbers of three or more contacts are repaired."""
    count = len({each.contact_id for each in fixable})
    if count >= 3:
        session.confirm(
            f"repair {_numbers(len(fixable))} of {pluralize(count, 'contact')}", yes=yes
        )


def _describe_repair(changed: int) -> str:
    undo = "; to undo: cardcrm undo"
    return f"repaired {_numbers(changed)}{undo}" if changed else "nothing to repair"


def _report_shared(store: Store, repaired: "Sequence[PhoneIssue]") -> list[str]:
    """Return a line for each number that contacts share now; they may be duplicates."""
    from cardcrm.records.contacts.phone_audit import find_shared

    found = find_shared(store, repaired) if repaired else []
    lines = []
    for each in found[:MAX_SHARED]:
        names = " and ".join(f"{id_} {name}" for id_, name in each.contacts)
        first, second = each.contacts[0][0], each.contacts[1][0]
        lines.append(
            f"  {each.value} is shared by {names}; "
            f"to merge duplicates: cardcrm merge {first} {second}"
        )
    if len(found) > MAX_SHARED:
        lines.append(f"  … and {len(found) - MAX_SHARED} more shared numbers")
    return lines
