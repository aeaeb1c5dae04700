"""`sync`: keep a folder of contacts or reminders in step with the database."""

from pathlib import Path
from typing import Annotated

import typer

from cardcrm.cli.arguments import (
    check_word,
    complete_from,
    complete_query,
    parse_remembered_query,
    refuse_options,
    session_of,
)
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.records.syncing.kinds import FOLDERS

app = typer.Typer()

SIDES = ("database", "file")


@app.command("sync", context_settings={"ignore_unknown_options": True})
def sync(
    ctx: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="Folder; all known folders without one."),
    ] = None,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Contacts that take part, remembered for the folder; all without a query.",
            autocompletion=complete_query,
        ),
    ] = [],
    as_: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="KIND",
            help="Content of a new folder: contacts, todo or event (default: as its files are).",
            autocompletion=complete_from(*FOLDERS),
        ),
    ] = "",
    all_: Annotated[
        bool, typer.Option("--all", help="All contacts take part again, not only those of a query.")
    ] = False,
    prefer: Annotated[
        str,
        typer.Option(
            metavar="SIDE",
            help="Side whose text is taken where both have changed: database or file.",
            autocompletion=complete_from(*SIDES),
        ),
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Remove what one side has removed without asking.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Bring back what one side has removed.")
    ] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Forget the folder; its files stay as they are.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen, without changes.")
    ] = False,
) -> Result:
    """Keep a folder of contacts or reminders in step with the database.

    The folder has one file for each contact (.vcf) or reminder (.ics), as khard, todoman and
    vdirsyncer keep them; vdirsyncer carries it to a phone. Changes of both sides are merged field
    by field. Where both have changed a field, the database's text stays and the file's is kept
    beside it. Deletions ask first.

    Examples:
        cardcrm sync contacts

        cardcrm sync contacts tag:phone

        cardcrm sync todos --as todo

        cardcrm sync --yes

    """
    from cardcrm.cli.sync_runner import run_sync, stop_sync
    from cardcrm.formats.vdir.sync_run import SyncOptions

    session = session_of(ctx)
    refuse_options(ctx, query)
    check_word("--as", as_, FOLDERS)
    check_word("--prefer", prefer, SIDES)
    if yes and keep:
        raise UsageError("use either --yes or --keep, not both", "Leave one of them out.")
    words = parse_remembered_query(query, is_all=all_)
    if stop:
        return stop_sync(session, folder)
    options = SyncOptions(yes, keep, dry_run, lambda _uid, _part: prefer == "file")
    return run_sync(session, folder, words, as_, options, can_choose=not prefer)
