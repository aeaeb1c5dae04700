"""`segment`: manage segments, which are saved queries."""

from typing import Annotated, Any

import typer

from cardcrm.cli.arguments import Columns, Limit, Sort, complete_query, refuse_options, session_of
from cardcrm.cli.contact_output import list_contacts, pluralize
from cardcrm.cli.record_group import add_command, build, explain_empty, list_result
from cardcrm.cli.record_options import name_completion
from cardcrm.cli.result import Result
from cardcrm.errors import CardcrmError
from cardcrm.records.query_sql import segments
from cardcrm.records.query_sql.segment_type import SEGMENT
from cardcrm.records.query_sql.segments import Segment
from cardcrm.records.record_type import RecordType
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

app = build(SEGMENT, without=("add", "list", "show"))

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="Name of the segment, one word.",
        autocompletion=name_completion(SEGMENT),
    ),
]
Query = Annotated[
    list[str],
    typer.Argument(
        metavar="QUERY…", help="Words and filters, as in `find`.", autocompletion=complete_query
    ),
]


@app.command("add", context_settings={"ignore_unknown_options": True})
def add(ctx: typer.Context, name: Name, query: Query) -> Result:
    """Save a query under a name.

    Use it in any query as segment:NAME. The query runs again each time.

    Example:
        cardcrm segment add quiet-vips tag:vip "last>90d"

    """
    from cardcrm.records.query_sql.save_segment import save_segment

    refuse_options(ctx, query)
    store = session_of(ctx).store()
    segment, count, previous = save_segment(store, name, " ".join(query))
    size = f"{pluralize(count, 'contact')} now"
    message = f"saved the segment {segment.name}: {size}"
    if previous is not None:
        message = f"changed the segment {segment.name}: {size}; the query was {previous}"
    return Result(lambda: _list_segments(store, [segment])[0], message)


def _list(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """List segments with the number of contacts in each, unless other columns are wanted."""
    from cardcrm.records import records
    from cardcrm.records.query_sql import record_query

    query = " ".join(values["query"])
    refuse_options(ctx, values["query"])
    session = session_of(ctx)
    if values["columns"]:
        return list_result(session, type_, query, values)
    store = session.store()
    node = record_query.parse(type_, query)
    wanted = record_query.Selection(node, values["sort"], values["limit"] or None)
    found = [
        Segment(each.id, each.values["name"], each.values["query"])
        for each in records.select(store, type_, wanted)
    ]
    sheet, problems = _list_segments(store, found)
    empty = () if found else (explain_empty(session, type_, query),)
    return Result(sheet, notes=(*problems, *empty))


add_command(app, SEGMENT, "list", run=_list)


def _list_segments(store: Store, found: list[Segment]) -> tuple[Sheet, list[str]]:
    """Return segments as a sheet, and a line for each query that no longer works."""
    columns = (
        Column("name", "segment"),
        Column("contacts", "contacts", "right"),
        Column("query", "query", wide=True),
    )
    rows, problems = [], []
    for segment in found:
        count = _count(store, segment)
        if isinstance(count, CardcrmError):
            problems.append(f"{segment.name}: {count.message}")
        rows.append(
            (segment.name, None if isinstance(count, CardcrmError) else count, segment.query)
        )
    return Sheet(columns, rows, ids="name"), problems


def _count(store: Store, segment: Segment) -> int | CardcrmError:
    """Return the number of contacts in a segment, or the error in its query."""
    from cardcrm.records.query_sql import columns, contact_query

    try:
        return columns.count(store, contact_query.parse(store, segment.query))
    except CardcrmError as error:
        return error


@app.command("show")
def show(
    ctx: typer.Context, name: Name, sort: Sort = "name", columns: Columns = "", limit: Limit = 0
) -> Result:
    """Show the contacts in a segment.

    Example:
        cardcrm segment show quiet-vips --sort -value

    """
    from cardcrm.records.query_sql import contact_query

    store = session_of(ctx).store()
    node = contact_query.parse(store, segments.get(store, name).query)
    return Result(list_contacts(store, node, columns, sort, limit or None))
