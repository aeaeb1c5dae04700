"""`segment`: queries saved under a name."""

from typing import Annotated

import typer

from cardcrm.cli.common import QueryArgument, Session, refuse_options, session_of
from cardcrm.records.query_sql import segments
from cardcrm.records.query_sql.segments import Segment
from cardcrm.sheet import Column, Sheet
from cardcrm.store.retry import run_in_transaction

app = typer.Typer()


def _names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The names of segments for the shell's completion."""
    begun = QueryArgument(ctx, f"segment:{incomplete}")
    return [name for each in begun if (name := each.removeprefix("segment:"))]


Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The segment's name, one word.", autocompletion=_names),
]


@app.command("add", context_settings={"ignore_unknown_options": True})
def add(
    ctx: typer.Context,
    name: Name,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Words and filters, as in find.",
            autocompletion=QueryArgument,
        ),
    ],
) -> None:
    """Save a query under a name; it is looked up anew each time it is used.

    Use it as segment:NAME in any query.

    Example:
        cardcrm segment add quiet-vips tag:vip "last>90d"

    """
    from cardcrm.records.query_sql import columns, compiler

    session = session_of(ctx)
    refuse_options(ctx, query)
    text = " ".join(query)
    store = session.store()

    def work() -> tuple[dict[str, str], segments.Segment, bool, int]:
        before = {each.name: each.query for each in segments.list_segments(store)}
        segment, new = segments.save(store, name, text)
        # Counted before it is kept, so that a query that cannot be run is not.
        count = columns.count(store, compiler.parse(store, f"segment:{segment.name}"))
        return before, segment, new, count

    before, segment, new, count = run_in_transaction(store, work)
    words = f"saved the segment {segment.name}: {_cards(count)}"
    if not new:
        words = (
            f"changed the segment {segment.name}: {_cards(count)}; it was {before[segment.name]}"
        )
    session.answer(words, lambda: _sheet(session, [segment]))


def _cards(count: int) -> str:
    return f"{count:,} card{'s' * (count != 1)} now"


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the segments, with how many cards are in each now.

    Example:
        cardcrm segment list

    """
    session = session_of(ctx)
    found = segments.list_segments(session.store())
    if not found:
        session.say('no segments yet; for example: cardcrm segment add quiet "last>90d"')
    session.show(_sheet(session, found))


def _sheet(session: Session, found: list[Segment]) -> Sheet:
    columns = (
        Column("name", "segment"),
        Column("cards", "cards", "right"),
        Column("query", "query", wide=True),
    )
    rows = [(each.name, _count(session, each), each.query) for each in found]
    return Sheet(columns, rows, ids="name")


def _count(session: Session, segment: Segment) -> int | None:
    """How many cards are in a segment; None where its query has ceased to make sense."""
    from cardcrm.errors import CardError
    from cardcrm.records.query_sql import columns, compiler

    store = session.store()
    try:
        return columns.count(store, compiler.parse(store, segment.query))
    except CardError as error:
        session.say(f"{segment.name}: {error.message}")
        return None


@app.command("show")
def show(
    ctx: typer.Context,
    name: Name,
    sort: Annotated[
        str, typer.Option(metavar="FIELD", help="Sort by a column; -FIELD puts the largest first.")
    ] = "name",
    columns: Annotated[str, typer.Option(metavar="A,B", help="Which columns to show.")] = "",
    limit: Annotated[
        int, typer.Option(metavar="N", help="Show at most so many.", min=0, show_default=False)
    ] = 0,
) -> None:
    """Show the cards in a segment.

    Example:
        cardcrm segment show quiet-vips --sort -value

    """
    from cardcrm.cli.find import sheet
    from cardcrm.records.query_sql import compiler

    session = session_of(ctx)
    store = session.store()
    node = compiler.parse(store, segments.get(store, name).query)
    session.show(sheet(store, node, columns, sort, limit or None))


@app.command("rm")
def rm(
    ctx: typer.Context,
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a segment; its cards stay.

    Example:
        cardcrm segment rm quiet-vips

    """
    session = session_of(ctx)
    segment = segments.get(session.store(), name)
    session.confirm(f"Remove the segment {segment.name} ({segment.query})?", yes=yes)
    segments.remove(session.store(), name)
    session.answer(f"removed the segment {segment.name}; its cards stay", lambda: _gone(segment))


def _gone(segment: Segment) -> Sheet:
    columns = (Column("name", "segment"), Column("query", "query"))
    return Sheet(columns, [(segment.name, segment.query)], ids="name")
