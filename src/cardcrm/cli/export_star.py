"""`export --star`: the star schema as Parquet files."""

from pathlib import Path
from typing import TYPE_CHECKING

from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.sheet import Column, Sheet

if TYPE_CHECKING:
    from cardcrm.reports.warehouse.star_export import Outcome, Written

_SHOWN = 3  # months named in a line


def export_star(session: Session, to: str) -> Result:
    """Write the star schema into a folder, or what has changed since the last export."""
    from cardcrm.render.progress import progress_bar
    from cardcrm.reports.warehouse import star_export
    from cardcrm.reports.warehouse.last_export_folder import remember_folder

    folder = Path(to)
    store = session.store()
    with progress_bar(1000, "writing the star") as update:
        outcome = star_export.export_star(
            store, folder, lambda done, steps: update(done * 1000 // steps)
        )
    remember_folder(session.location, folder)
    return Result(_list(outcome), notes=tuple(_describe(outcome, to)))


def _list(outcome: "Outcome") -> Sheet:
    columns = (
        Column("table", "table"),
        Column("written_files", "files", "right"),
        Column("written_rows", "rows", "right"),
        Column("rows", "in all", "right"),
        Column("written_months", "months", wide=True),
    )
    rows = [
        (each.table, each.files, each.rows, each.total, _months(each)) for each in outcome.tables
    ]
    return Sheet(columns, rows, ids="table")


def _months(written: "Written") -> str | None:
    months = [*written.months, *(f"{each} (empty now)" for each in written.removed)]
    if len(months) <= _SHOWN:
        return ", ".join(months) or None
    return f"{months[0]} to {months[-1]}"


def _describe(outcome: "Outcome", to: str) -> list[str]:
    if outcome.is_unchanged:
        return [f"nothing has changed since the export of {outcome.since}; {to} is up to date"]
    files = sum(each.files for each in outcome.tables)
    kind = f"what has changed since {outcome.since}" if outcome.since else "all tables"
    return [
        f"wrote {kind} to {to}: {pluralize(files, 'file')}",
        *(each.describe() for each in outcome.invalid),
        'to query it: cardcrm warehouse sql "select …"',
    ]
