"""Rows of any noun as sheets, cards and sentences."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cardcrm.query import ALL, Or, Term
from cardcrm.records import records
from cardcrm.records.fields import Day, Field, Instant, MoneyAmount, Reference, References
from cardcrm.records.query_sql import record_query
from cardcrm.records.query_sql.record_query import Selection
from cardcrm.records.records import Record
from cardcrm.sheet import Card, Column, Section, Sheet
from cardcrm.text import shorten

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.record_type import RecordType
    from cardcrm.store import Store

_TITLE = 50  # cells of a title in a sentence
MAX_ROWS = 10  # rows that a dry run names


def list_records(
    session: "Session", type_: "RecordType", wanted: Selection, keys: Sequence[str] = ()
) -> Sheet:
    """Return the rows that a selection names, under the columns of these keys.

    In JSON each row is the object that `show` prints, cut to the keys if there are any.
    """
    return build_list(session, type_, records.select(session.store(), type_, wanted), keys)


def build_list(
    session: "Session", type_: "RecordType", found: Iterable[Record], keys: Sequence[str] = ()
) -> Sheet:
    """Return rows under the columns of some keys, as `list_records` does."""
    fields = record_query.fields_named(type_, keys) if keys else [record_query.ID, *type_.listed]
    if session.format == "json":
        return _json_sheet(found, fields if keys else [record_query.ID, *type_.fields])
    rows = (records.cells_of(record, fields) for record in found)
    ids = "id" if record_query.ID in fields else fields[0].key
    return Sheet(build_columns(fields), rows, ids=ids)


def list_values(session: "Session", type_: "RecordType", wanted: Selection, key: str) -> Sheet:
    """Return one field of the rows that a selection names, by its key or filter.

    Instants are cut to their days.
    """
    field = type_.filters().get(key) or record_query.fields_named(type_, [key])[0]
    found = records.select(session.store(), type_, wanted)
    rows = (records.cells_of(each, [field]) for each in found)
    if isinstance(field, Day | Instant):
        rows = ((str(cell)[:10] if cell else None,) for (cell,) in rows)
    return Sheet(build_columns([field]), rows)


def _json_sheet(found: Iterable[Record], fields: Sequence[Field]) -> Sheet:
    keys = [key for field in fields for key in _json_keys(field)]
    rows = (tuple(map(records.json_of(record).__getitem__, keys)) for record in found)
    return Sheet(tuple(Column(key, key) for key in keys), rows)


def _json_keys(field: Field) -> Iterator[str]:
    """Yield the keys of a field; a reference has that of its ids as well."""
    if isinstance(field, Reference):
        yield field.column
    elif isinstance(field, References):
        yield field.ids_column
    yield field.json_key


def build_columns(fields: Sequence[Field]) -> tuple[Column, ...]:
    """Return the columns of a list that show some fields; titles and names are not shortened."""
    return tuple(
        Column(
            each.key,
            each.heading,
            "right" if each.is_number else "left",
            each.is_wide,
            digits=3,
            currency=each.currency if isinstance(each, MoneyAmount) else "",
            wrapped=isinstance(each, Reference) or bool(each.folded),
        )
        for each in fields
    )


def list_ids(session: "Session", type_: "RecordType", ids: Sequence[int]) -> Sheet:
    """Return the rows of some ids; in JSON each is the object that `show` prints."""
    node = Or(tuple(Term("id", "=", str(each)) for each in ids)) if ids else ALL
    selection = Selection(node, limit=None if ids else 0)
    if session.format != "json":
        return list_records(session, type_, selection)
    store = session.store()
    found = records.select(store, type_, selection)
    return list_objects(records.json_with_lines(store, each) for each in found)


def list_objects(objects: Iterable[Mapping[str, Any]]) -> Sheet:
    """Return JSON objects that have the same keys as a sheet."""
    found = list(objects)
    keys = list(found[0]) if found else ["id"]
    rows = [tuple(each[key] for key in keys) for each in found]
    return Sheet(tuple(Column(key, key) for key in keys), rows)


def list_removed(session: "Session", type_: "RecordType", ids: Sequence[int]) -> Sheet | None:
    """Return rows that are about to be removed, unless only a message will be shown."""
    if session.format == "table":
        return None
    found = list_ids(session, type_, ids)
    return found._replace(rows=list(found.rows))


def show_record(store: "Store", record: Record) -> Card:
    """Return a row as a card: its values for people, and its JSON."""
    shown = [(each, each.format(record.values[each.key], store)) for each in record.type.fields]
    facts = tuple((each.label, text) for each, text in shown if text)
    number = f"{record.type.name} {record.id}"
    title = records.title_of(store, record)
    sections = tuple(_lines_section(store, record, each) for each in record.type.line_types)
    fields = [record_query.ID, *record.type.fields]
    return Card(
        title or number,
        subtitle=number if title else "",
        facts=facts,
        sections=tuple(each for each in sections if each is not None),
        data=records.json_with_lines(store, record),
        row=Sheet(build_columns(fields), [records.cells_of(record, fields)]),
    )


def _lines_section(store: "Store", record: Record, part: "RecordType") -> Section | None:
    """Return the lines of a row as a small table, or None if there are none."""
    fields = [each for each in part.fields if each.column != part.parent]
    lines = records.lines_of(store, record, part)
    rows = [records.cells_of(each, fields) for each in lines]
    sheet = Sheet(build_columns(fields), rows, cuts_columns=True)
    return Section(part.line_label, sheet=sheet) if rows else None


def describe(store: "Store", record: Record, keys: Iterable[str] = ()) -> str:
    """Return a row in a sentence: what it is, its number, its title and its contacts.

    The values of the fields that have these keys follow.
    """
    type_ = record.type
    noun = type_.heading(record.columns) if type_.heading else type_.noun
    title = shorten(records.title_of(store, record), _TITLE)
    number = f"{noun} {record.id}"
    named = f"{number} {title}" if title not in ("", str(record.id)) else number
    names = ", ".join(each for each in _name_contacts(record) if each != title)
    told = {*type_.contact_fields, *(type_.field(each) for each in type_.title_keys)}
    facts = [
        f"{each.label} {each.format(record.values[each.key], store) or 'cleared'}"
        for each in type_.fields
        if each.key in set(keys) and each not in told and not each.is_headed
    ]
    whole = f"{named} ({names})" if names else named
    return f"{whole}: {', '.join(facts)}" if facts else whole


def _name_contacts(record: Record) -> list[str]:
    """Return the names of the contacts of a row, each once."""
    names: list[str] = []
    for field in record.type.contact_fields:
        value = record.values[field.key] or ""
        parts = value.split(", ") if isinstance(field, References) else [value]
        names += [each for each in parts if each and each not in names]
    return names


def list_lines(heading: str, lines: Sequence[str], count: int = 0) -> str:
    """Return a heading and the first of some lines, of which there are ``count``."""
    count = count or len(lines)
    more = [f"and {count - MAX_ROWS:,} more"] if count > MAX_ROWS else []
    return "\n  ".join([heading, *lines[:MAX_ROWS], *more])


def name_rows(store: "Store", type_: "RecordType", ids: Sequence[int], what: str) -> str:
    """Return lines that say what a command would do to some rows."""
    if not ids:
        return f"no {type_.plural} found; nothing was changed"
    shown = [describe(store, records.get(store, type_, each)) for each in ids[:MAX_ROWS]]
    return list_lines(f"{what} {type_.counted(len(ids))}:", shown, len(ids))
