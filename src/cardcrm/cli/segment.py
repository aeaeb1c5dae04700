"""`segment`: manage segments, which are saved queries."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from cardcrm.cli.arguments import Columns, Limit, Sort, complete_query, refuse_options, session_of
from cardcrm.cli.contact_output import list_contacts, pluralize
from cardcrm.cli.record_group import add_command, build, explain_empty, list_result
from cardcrm.cli.record_options import name_completion
from cardcrm.cli.result import Result
from cardcrm.errors import CardcrmError, UsageError
from cardcrm.records.fields import Integer
from cardcrm.records.query_sql import segments
from cardcrm.records.query_sql.segment_type import SEGMENT
from cardcrm.records.record_type import RecordType
from cardcrm.sheet import Card, Sheet
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.records.records import Record

CONTACTS = Integer("contacts")
DEFAULT_COLUMNS = ("id", "name", CONTACTS.key, "query")

app = build(SEGMENT, without=("add", "list", "show"))


class Counted(NamedTuple):
    """A segment with the number of its contacts, or the error in its query."""

    record: "Record"
    contacts: int | CardcrmError

    @property
    def size(self) -> int:
        """The number of contacts; -1 where the query no longer works."""
        return self.contacts if isinstance(self.contacts, int) else -1

    @property
    def cell(self) -> int | None:
        """The number of contacts as a list shows it."""
        return self.contacts if isinstance(self.contacts, int) else None


_FILTER_SIGNS = frozenset(':<>="()')

Name = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME…",
        help="Name of the segment; needs no quotes.",
        autocompletion=name_completion(SEGMENT),
    ),
]
NameAndQuery = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME QUERY…",
        help="Name of the segment, then words and filters, as in `find`. The name ends at the "
        "first filter.",
        autocompletion=complete_query,
    ),
]


@app.command("add", context_settings={"ignore_unknown_options": True})
def add(ctx: typer.Context, words: NameAndQuery) -> Result:
    """Save a query under a name.

    Use it in any query as segment:NAME. The query runs again each time.

    Examples:
        cardcrm segment add quiet-vips tag:vip "last>90d"

        cardcrm segment add Big Spenders "value>1000"

    """
    from cardcrm.records.query_sql.save_segment import save_segment

    refuse_options(ctx, words)
    name, query = _split_name(words)
    store = session_of(ctx).store()
    segment, count, previous = save_segment(store, name, query)
    size = f"{pluralize(count, 'contact')} now"
    message = f"saved the segment {segment.name}, {segment.query}: {size}"
    if previous is not None:
        change = f"query {previous} → {segment.query}"
        message = f"changed the segment {segment.name}, {change}: {size}"
    if previous == segment.query:
        message = f"the segment {segment.name} is {segment.query} already: {size}"
    return Result(lambda: _show_added(store, segment.id, count), message)


def _split_name(words: Sequence[str]) -> tuple[str, str]:
    """Return the name of a segment, which may be of several words, and its query.

    Raises UsageError where it is unclear which words are the name.
    """
    first, *rest = words
    at = next((at for at, word in enumerate(rest) if _is_query(word)), None)
    if _is_query(first) and " " not in first:
        hint = 'The name comes first: cardcrm segment add best "value>1000"'
        raise UsageError(f"invalid segment name “{first}”", hint)
    if " " in first or len(rest) == 1:
        return first, " ".join(rest)
    if at is None and rest:
        raise UsageError(
            f"“{rest[0]}” may be part of the name or of the query", "Put the name in quotes."
        )
    return " ".join([first, *rest[:at]]), " ".join(rest[at:])


def _is_query(word: str) -> bool:
    """Return whether a word is a filter, or a query in quotes."""
    return word.startswith("-") or " " in word or not _FILTER_SIGNS.isdisjoint(word)


def _show_added(store: Store, segment_id: int, count: int) -> Card:
    """Return a segment as a card, with the number of its contacts in JSON."""
    from cardcrm.cli.record_output import show_record
    from cardcrm.records import records

    card = show_record(store, records.get(store, SEGMENT, segment_id))
    return card._replace(data={**card.data, CONTACTS.key: count})


def _list(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """List segments, among other columns with the number of contacts in each."""
    query = " ".join(values["query"])
    refuse_options(ctx, values["query"])
    session = session_of(ctx)
    keys = [each.strip() for each in values["columns"].split(",") if each.strip()]
    if values["by"] or (keys and CONTACTS.key not in keys):
        return list_result(session, type_, query, values)
    found = _select(session.store(), query, values["sort"], values["limit"] or None)
    sheet, problems = _list_segments(found, keys or DEFAULT_COLUMNS)
    empty = () if found else (explain_empty(session, type_, query),)
    return Result(sheet, notes=empty, warnings=tuple(problems))


add_command(app, SEGMENT, "list", run=_list)


def _select(store: Store, query: str, sort: str, limit: int | None) -> list[Counted]:
    """Return the segments that a query finds; the order may be that of their sizes."""
    from cardcrm.records import records
    from cardcrm.records.query_sql import record_query

    node = record_query.parse(SEGMENT, query)
    by_size = sort.removeprefix("-") == CONTACTS.key
    wanted = record_query.Selection(node, "" if by_size else sort, None if by_size else limit)
    found = [
        Counted(each, _count(store, each.values["query"]))
        for each in records.select(store, SEGMENT, wanted)
    ]
    if by_size:
        found.sort(key=lambda each: each.size, reverse=sort.startswith("-"))
    return found[:limit]


def _list_segments(
    found: Sequence[Counted], keys: Sequence[str] = DEFAULT_COLUMNS
) -> tuple[Sheet, list[str]]:
    """Return segments as a sheet, and a line for each query that no longer works."""
    from cardcrm.cli.record_output import build_columns
    from cardcrm.records import records
    from cardcrm.records.query_sql import record_query

    fields = [
        CONTACTS if key == CONTACTS.key else record_query.fields_named(SEGMENT, [key])[0]
        for key in keys
    ]
    rows = [
        tuple(
            each.cell if field is CONTACTS else records.cells_of(each.record, [field])[0]
            for field in fields
        )
        for each in found
    ]
    problems = [
        f"{each.record.values['name']}: {each.contacts.message}"
        for each in found
        if isinstance(each.contacts, CardcrmError)
    ]
    return Sheet(build_columns(fields), rows, ids="name" if "name" in keys else keys[0]), problems


def _count(store: Store, query: str) -> int | CardcrmError:
    """Return the number of contacts that a query finds, or the error in it."""
    from cardcrm.records.query_sql import columns, contact_query

    try:
        return columns.count(store, contact_query.parse(store, query))
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
    node = contact_query.parse(store, segments.get(store, " ".join(name)).query)
    return Result(list_contacts(store, node, columns, sort, limit or None))
