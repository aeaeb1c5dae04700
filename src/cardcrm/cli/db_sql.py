"""`db sql`: query the database in SQL."""

import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from cardcrm.cli.arguments import parse_pairs, session_of
from cardcrm.cli.result import Page, Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.sheet import Cell, Column, Sheet

Names = tuple[str, ...]


def sql(
    ctx: typer.Context,
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help="One SELECT; - reads it from standard input.")
    ],
    param: Annotated[
        list[str],
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="Value of :NAME in the query."),
    ] = [],
    nl: Annotated[bool, typer.Option("--nl", help="Write one JSON object per line.")] = False,
    fmt: Annotated[
        str,
        typer.Option(metavar="STYLE", help="Table style of tabulate: grid, rst, github, latex …"),
    ] = "",
) -> Result:
    """Query the database in SQL, without changing it.

    Examples:
        cardcrm db sql "select stage, count(*) from contact group by stage"

        cardcrm db sql "select * from sale where amount > :least" -p least=9900

    """
    session = session_of(ctx)
    text = sys.stdin.read() if query == "-" else query
    names, rows = _run(session, text, dict(parse_pairs(param, "--param")))
    cells = [tuple(_to_cell(value) for value in row) for row in rows]
    if nl:
        lines = _to_json_lines(names, cells)
        return Result(Page(lambda _color, _width: lines))
    if fmt:
        table = _tabulate(names, cells, fmt)
        return Result(Page(lambda _color, _width: table))
    columns = tuple(Column(name, name, wide=True) for name in names)
    return Result(Sheet(columns, cells, ids=names[0], cuts_columns=True))


def _run(
    session: Session, query: str, params: dict[str, str]
) -> tuple[Names, list[tuple[Any, ...]]]:
    wait = session.config.number("lock-wait")
    location = session.location
    if isinstance(location, Path):
        from cardcrm.store.sqlite.adhoc_query import run_query

        return run_query(location, query, params, wait)
    from cardcrm.store.postgresql.adhoc_query import run_query as run_server_query

    return run_server_query(location, query, params, wait)


def _to_cell(value: object) -> Cell:
    """Return a value as a cell: bytes in hexadecimal, decimals as numbers, other types as text."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):  # a sum or a column of a view, on a server
        is_whole = value.is_finite() and value.as_tuple().exponent == 0
        return int(value) if is_whole else float(value)
    return value if isinstance(value, int | float | str | None) else str(value)


def _to_json_lines(names: Names, rows: Sequence[Sequence[Cell]]) -> str:
    import json

    return "".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows)


def _tabulate(names: Names, rows: Sequence[Sequence[Cell]], style: str) -> str:
    import tabulate

    from cardcrm.text import sanitize

    if style not in tabulate.tabulate_formats:
        styles = ", ".join(tabulate.tabulate_formats)
        raise UsageError(f"unknown table style “{style}”", f"Use one of: {styles}.")
    safe = [[sanitize(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    drawn: str = tabulate.tabulate(safe, headers=list(names), tablefmt=style)
    return drawn + "\n"
