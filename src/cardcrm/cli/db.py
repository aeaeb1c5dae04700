"""`db`: back up, restore, copy and check the database."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import Yes, session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.db_info import format_size, info
from cardcrm.cli.db_sql import sql
from cardcrm.cli.phones import phones
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import CardcrmError, UsageError
from cardcrm.paths import expand_path
from cardcrm.sheet import Card, Column, Sheet
from cardcrm.store import open_store, server_address

if TYPE_CHECKING:
    from cardcrm.store.backup import Backup
    from cardcrm.store.integrity import Finding

app = typer.Typer()
app.command("info")(info)

SCRIPTS = "In scripts and cron"


@app.command("backup")
def backup(
    ctx: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="[FILE]",
            help="New file, or a folder (default: backups/ beside the database).",
        ),
    ] = "",
    keep: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Keep the newest N backups of this command in the folder, and remove older ones.",
            min=0,
            show_default=False,
            rich_help_panel=SCRIPTS,
        ),
    ] = 0,
) -> Result:
    """Back up the database while it is in use, and check the copy.

    The command never overwrites a file.

    Examples:
        cardcrm db backup --keep 30

        cardcrm db backup /mnt/stick/cards.db

    """
    from cardcrm import dates
    from cardcrm.store import backup as store_backup
    from cardcrm.store import private_files

    session = session_of(ctx)
    source, given = session.file, expand_path(file)
    store = session.store()
    folder = given if file and given.is_dir() else store_backup.backup_folder(source)
    is_named = bool(file) and folder != given
    if is_named and keep:
        raise UsageError("--keep needs a folder, not a file", "Leave out one of them.")
    if not is_named:
        private_files.create_folder(folder)
        given = store_backup.next_backup_path(source, folder, dates.today(store.locale.zone))
    made = store_backup.create_backup(store, given)
    removed = store_backup.delete_old_backups(source, folder, keep) if keep else []
    return _report_backup(made, removed)


def _report_backup(made: "Backup", removed: Sequence[Path]) -> Result:
    message = f"wrote {made.path} ({format_size(made.size)}, {made.rows:,} rows, checked)"
    if removed:
        message += f"; removed {pluralize(len(removed), 'older backup')}"
    data = {
        "path": str(made.path),
        "size": made.size,
        "rows": made.rows,
        "removed": [str(path) for path in removed],
    }
    return Result(Card(made.path.name, data=data), message)


@app.command("restore")
def restore(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A copy made by `db backup`.")],
    yes: Yes = False,
) -> Result:
    """Replace the database with a backup; the old file is kept beside it.

    Example:
        cardcrm db restore ~/.local/share/cardcrm/backups/cards-2026-11-21.db

    """
    from cardcrm import dates
    from cardcrm.store import backup as store_backup

    session = session_of(ctx)
    copy = expand_path(file)
    counts = store_backup.check_backup(copy).counts
    contacts = pluralize(counts["contact"], "contact")
    described = f"{copy} ({contacts}, {pluralize(counts['step'], 'journal step')})"
    session.confirm(f"replace {session.file} with {described}", yes=yes)
    today = dates.today(session.config.get("timezone"))
    old = store_backup.restore(session.file, copy, today, session.config.number("lock-wait"))
    kept = f"; the old file is now {old}" if old else ""
    data = {
        "path": str(session.file),
        "restored_from": str(copy),
        "replaced": str(old) if old else None,
        "contact_count": counts["contact"],
        "journal_step_count": counts["step"],
    }
    return Result(Card(session.file.name, data=data), f"restored {described}{kept}")


@app.command("copy")
def copy(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="Database: a file or a server.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="New file, or an empty server.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue a copy that was interrupted.")
    ] = False,
) -> Result:
    """Copy a database from a file to a server, or back.

    The copy includes ids, journal and search index. In the end, both are compared. Changes made
    while it runs are not copied.

    Examples:
        cardcrm db copy ~/.local/share/cardcrm/cards.db postgresql://shop@db/cards

        cardcrm db copy service=cards cards.db --resume

    """
    from cardcrm.render.progress import progress_bar
    from cardcrm.store import database_copy

    session = session_of(ctx)
    for each in (source, target):
        server_address.refuse_password(each, "the command line")
    if source == target:
        raise UsageError("source and target are the same database", "Name another target.")
    wait = session.config.number("lock-wait")
    with (
        closing(open_store(server_address.parse_location(source), wait=wait)) as one,
        closing(open_store(server_address.parse_location(target), wait=wait, create=True)) as other,
    ):
        rows = database_copy.count_steps(one)
        try:
            with progress_bar(rows, "copying") as advance:
                compared = database_copy.copy_database(one, other, advance, resume=resume)
        except KeyboardInterrupt:
            session.say("stopped; to continue, run the same command with --resume")
            raise
    columns = (Column("table", "table"), Column("rows", "rows"), Column("hash", "hash", wide=True))
    sheet = Sheet(columns, [(each.table, each.rows, each.hash) for each in compared], ids="table")
    return Result(
        sheet, f"copied {sum(each.rows for each in compared):,} rows; both databases are identical"
    )


@app.command("check")
def check(
    ctx: typer.Context,
    repair: Annotated[
        bool, typer.Option("--repair", help="Rebuild search index, totals and dates if wrong.")
    ] = False,
) -> Result:
    """Check that the database is intact, and its search index and totals are right.

    The exit code is 1 if something is wrong.

    Example:
        cardcrm db check --repair

    """
    from cardcrm.store import integrity

    session = session_of(ctx)
    store = session.store()
    found = integrity.check_database(store, lambda step: session.say(f"checking {step} …"))
    if repair and any(finding.is_repairable for finding in found):
        session.say("rebuilding search index, totals and dates …")
        integrity.repair_database(store)
        found = integrity.check_database(store, lambda _step: None)
        session.say("some problems remain" if found else "repaired")
    sheet = _list_findings(found)
    if not found:
        return Result(sheet, f"{store.engine.location} is intact")
    return Result(sheet, error=_damage(session, found, is_repaired=repair))


def _damage(session: Session, found: "Sequence[Finding]", *, is_repaired: bool) -> CardcrmError:
    name = session.store().engine.location
    if all(finding.area == "unchecked" for finding in found):
        return CardcrmError(
            f"{name} could not be checked completely", "All that was checked is intact."
        )
    hint = "Make a copy, then restore the last backup: cardcrm db restore FILE"
    if any(finding.is_repairable for finding in found) and not is_repaired:
        hint = "To repair it: cardcrm db check --repair"
    return CardcrmError(f"{name} is damaged", hint)


def _list_findings(found: "Sequence[Finding]") -> Sheet:
    columns = (Column("area", "where"), Column("problem", "problem", wide=True))
    return Sheet(columns, [(each.area, each.message) for each in found], ids="area")


app.command("phones")(phones)
app.command("sql")(sql)
