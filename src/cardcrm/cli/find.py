"""`find`: cards by words and filters."""

from collections.abc import Sequence
from itertools import chain
from typing import Annotated

import typer

from cardcrm.cli.common import QueryArgument, Session, refuse_options, session_of
from cardcrm.query import FIELDS, And, Node, Or, Term
from cardcrm.records.query_sql import columns, compiler
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

app = typer.Typer()


@app.command("find", context_settings={"ignore_unknown_options": True})
def find(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Words and filters; none finds all.",
            autocompletion=QueryArgument,
        ),
    ] = [],
    sort: Annotated[
        str, typer.Option(metavar="FIELD", help="Sort by a column; -FIELD puts the largest first.")
    ] = "name",
    columns_: Annotated[
        str, typer.Option("--columns", metavar="A,B", help="Which columns to show.")
    ] = "",
    limit: Annotated[
        int, typer.Option(metavar="N", help="Show at most so many.", min=0, show_default=False)
    ] = 0,
    count: Annotated[bool, typer.Option("--count", help="Only say how many there are.")] = False,
    fields: Annotated[
        bool, typer.Option("--fields", help="List what one can filter by, and stop.")
    ] = False,
) -> None:
    """Find cards by words and filters.

    Words search names, organisations, points, tags, notes and interactions; field:value filters.
    A minus in front means not; `or` and parentheses work. The shell takes < > ( ) for itself: put
    quotes around them.

    Often used: tag, city, org, stage, owner, last, due, value, has; and the custom fields.
    `cardcrm find --fields` lists them all.

    Examples:
        cardcrm find plumber city:leeds -tag:cold

        cardcrm find "value>1000 last>90d" --sort -value --columns name,value

        cardcrm find "(city:leeds or city:york) due<7d" --limit 10

    """
    session = session_of(ctx)
    refuse_options(ctx, query)
    if fields:
        session.show(_fields(session))
        return
    store = session.store()
    node = compiler.parse(store, " ".join(query))
    if count:
        session.show(
            Sheet((Column("count", "cards"),), [(columns.count(store, node),)], ids="count")
        )
        return
    found = sheet(store, node, columns_, sort, limit or None)
    rows = iter(found.rows)
    first = next(rows, None)
    if first is None and session.is_watched:
        from cardcrm.cli.suggestions import query_hint

        like = query_hint(store, " ".join(query).split())
        session.say(f"no card fits; {like}" if like else "no card fits")
    session.show(found._replace(rows=rows if first is None else chain((first,), rows)))


def _fields(session: Session) -> Sheet:
    """What one can filter by: the fields of every box, then the custom ones of this box."""
    rows = list(FIELDS.items())
    if session.has_box():
        from cardcrm.records.contacts.custom_fields import fields

        rows += [(each.name, f"{each.label} ({each.type})") for each in fields(session.store())]
    return Sheet(
        (Column("field", "field"), Column("help", "what it is", wide=True)), rows, ids="field"
    )


def sheet(
    store: Store, node: Node, wanted: str = "", sort: str = "name", limit: int | None = None
) -> Sheet:
    """The cards a query finds as a sheet; ``wanted`` are the columns' names with commas."""
    names = (
        [name.strip() for name in wanted.split(",")] if wanted else list(columns.DEFAULT_COLUMNS)
    )
    shown = columns.find_columns(store, names)
    heads = tuple(
        Column(each.key, each.title, "right" if each.right else "left", each.wide, least=each.least)
        for each in shown
    )
    rows = columns.select(store, node, shown, sort=sort, limit=limit)
    return Sheet(heads, rows, note="", ids="id")


def sheet_of(store: Store, ids: Sequence[int]) -> Sheet:
    """Cards of known ids as a sheet."""
    node = Or(tuple(Term("id", "=", str(each)) for each in ids)) if ids else And(())
    return sheet(store, node)
