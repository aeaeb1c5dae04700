"""`find`: cards by words and filters."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.common import refuse_options, session_of
from cardcrm.query import And, Node, Or, Term
from cardcrm.records import columns, filters
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

app = typer.Typer()


@app.command("find", context_settings={"ignore_unknown_options": True})
def find(
    ctx: typer.Context,
    query: Annotated[
        list[str], typer.Argument(metavar="QUERY…", help="Words and filters; none finds all.")
    ] = [],
    sort: Annotated[
        str, typer.Option(metavar="FIELD", help="Sort by a column; -FIELD puts the largest first.")
    ] = "name",
    columns_: Annotated[
        str, typer.Option("--columns", metavar="A,B", help="Which columns to show.")
    ] = "",
    limit: Annotated[int, typer.Option(metavar="N", help="Show at most so many.", min=0)] = 0,
    count: Annotated[bool, typer.Option("--count", help="Only say how many there are.")] = False,
) -> None:
    """Find cards by words and filters.

    Words search names, organisations, points, tags, notes and interactions; field:value filters.
    A minus in front means not; `or` and parentheses work. `cardcrm help-fields` is in the docs.

    Examples:
        cardcrm find plumber city:leeds -tag:cold

        cardcrm find "value>1000 last>90d" --sort -value --columns name,phone,value

    """
    session = session_of(ctx)
    refuse_options(ctx, query)
    store = session.store()
    node = filters.parse(store, " ".join(query))
    if count:
        session.show(
            Sheet((Column("count", "cards"),), [(columns.count(store, node),)], ids="count")
        )
        return
    session.show(sheet(store, node, columns_, sort, limit or None))


def sheet(
    store: Store, node: Node, wanted: str = "", sort: str = "name", limit: int | None = None
) -> Sheet:
    """The cards a query finds as a sheet; ``wanted`` are the columns' names with commas."""
    names = [name.strip() for name in wanted.split(",")] if wanted else list(columns.USUAL)
    shown = columns.columns_named(store, names)
    heads = tuple(
        Column(each.key, each.title, "right" if each.right else "left", wide=each.wide)
        for each in shown
    )
    rows = columns.select(store, node, shown, sort=sort, limit=limit)
    return Sheet(heads, rows, note="", ids="id")


def sheet_of(store: Store, ids: Sequence[int]) -> Sheet:
    """Cards of known ids as a sheet."""
    node = Or(tuple(Term("id", "=", str(each)) for each in ids)) if ids else And(())
    return sheet(store, node)
