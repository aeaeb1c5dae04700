"""Options and questions of commands that change several rows at once."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.session import Session

BULK = "Several at once"
ASK_FROM = 3  # rows; changing as many asks first

Yes = Annotated[
    bool, typer.Option("--yes", help="Do not ask for confirmation.", rich_help_panel=BULK)
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only list what would change.", rich_help_panel=BULK)
]


def confirm_bulk(
    session: Session, ids: Sequence[int], plural: str, *, yes: bool, verb: str = "change"
) -> None:
    """Ask before a change to three or more rows."""
    if len(ids) >= ASK_FROM:
        session.confirm(f"{verb} {len(ids):,} {plural}", yes=yes)
