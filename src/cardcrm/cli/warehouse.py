"""`warehouse`: SQL over the files that `export --star` writes."""

import math
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.reports.warehouse.star_table import StarTable
    from cardcrm.reports.warehouse.warehouse_query import StoredTable

app = typer.Typer()

Dir = Annotated[
    Path | None,
    typer.Option(
        "--dir",
        metavar="DIR",
        help="Folder of the warehouse (default: the one of the last `export --star`).",
    ),
]


@app.callback()
def warehouse() -> None:
    """Query the star schema that `export --star` has written."""


@app.command("sql")
def sql(
    ctx: typer.Context,
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help="One SELECT; - reads it from standard input.")
    ],
    folder: Dir = None,
) -> Result:
    """Query the warehouse in the SQL of DuckDB, without changing it.

    The query reads the tables of the warehouse alone: no other files, no network, no extensions.

    Examples:
        cardcrm warehouse sql "select sum(amount) from fact_sale_line"

        cardcrm warehouse sql "describe fact_sale_line"

        cardcrm warehouse sql "from dim_product" --dir star --format csv

    """
    from cardcrm.render.progress import progress_bar
    from cardcrm.reports.warehouse.warehouse_query import run_query

    session = session_of(ctx)
    text = sys.stdin.read() if query == "-" else query
    where = _choose_folder(session, folder)
    with progress_bar(100, "querying") as advance:
        answer = run_query(where, text, advance)
    columns = tuple(
        Column(name, name, wide=True, digits=_count_digits([row[at] for row in answer.rows]))
        for at, name in enumerate(answer.names)
    )
    rows = [tuple(map(_to_cell, row)) for row in answer.rows]
    return Result(Sheet(columns, rows, ids=answer.names[0], cuts_columns=True))


@app.command("tables")
def tables(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TABLE", help="Table whose columns to list.")] = "",
    folder: Dir = None,
) -> Result:
    """List the tables of the warehouse, or the columns of one.

    For programs, such as with `--format json`, the list has the columns of all tables.

    Examples:
        cardcrm warehouse tables

        cardcrm warehouse tables dim_customer

        cardcrm warehouse tables --format json

    """
    from cardcrm.reports.warehouse.warehouse_query import list_tables

    session = session_of(ctx)
    found = list_tables(folder or _remembered(session))
    if session.is_for_people and not name:
        return _list_tables(found)
    if name:
        _check_table(name, [each.table for each in found])
    rows: list[tuple[Cell, ...]] = [
        (each.table.name, column.name, column.type, column.meaning)
        for each in found
        for column in each.table.columns
        if name in ("", each.table.name)
    ]
    columns = (
        Column("table", "table"),
        Column("column", "column"),
        Column("type", "type"),
        Column("meaning", "meaning", wide=True, wrapped=True),
    )
    if name and session.is_for_people:
        table = next(each.table for each in found if each.table.name == name)
        without_table = [row[1:] for row in rows]
        return Result(Sheet(columns[1:], without_table, name, table.meaning, ids="column"))
    return Result(Sheet(columns, rows, ids="column"))


def _list_tables(found: "Sequence[StoredTable]") -> Result:
    """Return the tables for people, with the rows of each where there is a warehouse."""
    columns = (
        Column("table", "table"),
        Column("rows", "rows", "right"),
        Column("meaning", "meaning", wide=True, wrapped=True),
    )
    rows = [(each.table.name, each.rows, each.table.meaning.rstrip(".")) for each in found]
    note = f"the columns of a table: cardcrm warehouse tables {found[0].table.name}"
    return Result(Sheet(columns, rows, ids="table"), notes=(note,))


@app.command("copy")
def copy(
    ctx: typer.Context,
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="Server: postgresql://user@host/name.")
    ],
    schema: Annotated[
        str, typer.Option(metavar="NAME", help="Schema that holds the tables there.")
    ] = "warehouse",
    folder: Dir = None,
) -> Result:
    """Copy the warehouse onto a PostgreSQL server, with facts partitioned by month.

    The tables are in a schema of their own, which replaces the one of the last copy when it is
    complete. The same queries run there.

    Examples:
        cardcrm warehouse copy postgresql://ann@db.example.com/cards

        cardcrm warehouse copy pg:dbname=cards --schema sales_star

    """
    from cardcrm.render.progress import progress_bar
    from cardcrm.reports.warehouse.server_copy import copy_to_server
    from cardcrm.store.server_address import is_server, parse_location, refuse_password

    session = session_of(ctx)
    refuse_password(address, "the command line")
    location = parse_location(address)
    if not isinstance(location, str) or not is_server(location):
        raise UsageError(
            f"“{address}” is not the address of a server",
            "Write it as postgresql://user@host/name.",
        )
    where = _choose_folder(session, folder)
    with progress_bar(1000, "copying the warehouse") as update:
        found = copy_to_server(
            where,
            location,
            schema,
            session.config.number("lock-wait"),
            lambda done, steps: update(done * 1000 // steps),
        )
    columns = (Column("table", "table"), Column("rows", "rows", "right"))
    rows = [(f"{schema}.{name}", count) for name, count in found.items()]
    return Result(Sheet(columns, rows, ids="table"))


def _check_table(name: str, tables: "list[StarTable]") -> None:
    from cardcrm.text import find_similar

    names = [each.name for each in tables]
    if name not in names:
        near = find_similar(name, names) or names
        raise UsageError(f"unknown table “{name}”", f"Did you mean {', '.join(near)}?")


def _choose_folder(session: Session, folder: Path | None) -> Path:
    """Return the folder asked for, or that of the last export. Raises UsageError."""
    found = folder or _remembered(session)
    if found is None:
        raise UsageError(
            "no warehouse has been exported from this database",
            "Write one: cardcrm export --star DIR. For another one: --dir DIR",
        )
    return found


def _remembered(session: Session) -> Path | None:
    from cardcrm.reports.warehouse.last_export_folder import recall_folder

    return recall_folder(session.location)


def _count_digits(values: Sequence[Any]) -> int:
    """Return the decimals that a table shows of a column: two, or those of its exact decimals."""
    exact = (each for each in values if isinstance(each, Decimal))
    exponents = (each.normalize().as_tuple().exponent for each in exact)
    return max([2, *(-each for each in exponents if isinstance(each, int))])


def _to_cell(value: Any) -> Cell:
    """Return a value as a cell: decimals as numbers, dates and other types as text.

    Infinity and NaN, such as 1 / 0, are not numbers in JSON, so they are empty.
    """
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, int | float | str | None) else str(value)
