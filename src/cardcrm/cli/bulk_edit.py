"""Options and questions of commands that change several rows at once."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.session import Session
from cardcrm.records.record_type import RecordType

BULK = "Several at once"
ASK_FROM = 3  # rows; changing as many asks first
_NAMED = 3  # rows that an error names where no one can be asked

Yes = Annotated[
    bool, typer.Option("--yes", help="Do not ask for confirmation.", rich_help_panel=BULK)
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only list what would change.", rich_help_panel=BULK)
]


def confirm_bulk(
    session: Session, ids: Sequence[int], type_: RecordType, *, yes: bool, verb: str = "change"
) -> None:
    """Ask before a change to three or more rows, naming the first of them."""
    if len(ids) >= ASK_FROM:
        confirm_rows(session, ids, type_, verb, yes=yes)


def confirm_rows(
    session: Session,
    ids: Sequence[int],
    type_: RecordType,
    verb: str,
    *,
    yes: bool,
    also: str = "",
) -> None:
    """Ask before rows are changed or removed, naming the first of them.

    ``also`` follows the rows, as in “remove 2 contacts and everything recorded about them”.
    """
    if yes:
        return
    from cardcrm.cli.record_output import MAX_ROWS, describe, list_lines
    from cardcrm.records import records

    store = session.store()
    first = ids[: MAX_ROWS if session.can_ask else _NAMED]
    named = [describe(store, records.get(store, type_, each)) for each in first]
    what = f"{verb} {named[0] if len(ids) == 1 else type_.counted(len(ids))}{also}"
    if session.can_ask and len(ids) > 1:
        session.say(list_lines(f"{type_.counted(len(ids))}:", named, len(ids)))
    elif len(ids) > 1:
        more = f"; and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else ""
        what = f"{what}: {'; '.join(named)}{more}"
    session.confirm(what, yes=yes)
