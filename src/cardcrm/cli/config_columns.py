"""`config columns`: list the columns of files that were assigned to a field, and forget some."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.result import Result

if TYPE_CHECKING:
    from cardcrm.sheet import Sheet


def columns(
    ctx: typer.Context,
    remove: Annotated[
        list[int], typer.Option("--rm", metavar="ID", help="Forget the column of that number.")
    ] = [],
) -> Result:
    """List the columns that `import --map` has assigned, or forget some.

    They are stored in the database, and hold for every file with the same headers.

    Examples:
        cardcrm config columns

        cardcrm config columns --rm 1

    """
    from cardcrm.cli.record_output import list_records
    from cardcrm.records.importing import column_memory
    from cardcrm.records.importing.import_column_type import IMPORT_COLUMN
    from cardcrm.records.records import Selection

    session = session_of(ctx)
    store = session.store()

    def listed() -> "Sheet":
        return list_records(session, IMPORT_COLUMN, Selection())

    if remove:
        column_memory.forget(store, remove)
        return Result(listed, f"forgot {len(remove):,} of the remembered columns")
    hint = "no remembered columns: import a file with --map 'COLUMN=FIELD'"
    is_empty = not store.count_rows(IMPORT_COLUMN.table_name)
    return Result(listed(), notes=(hint,) if is_empty else ())
