"""Rows of any noun as sheets, cards and sentences."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm.query import Or, Term
from cardcrm.records.fields import Field, Reference, References
from cardcrm.records.query_sql import record_query
from cardcrm.records.query_sql.record_query import Selection
from cardcrm.records.records import Record, cells_of, json_of, select, title_of
from cardcrm.sheet import Card, Column, Sheet
from cardcrm.text import shorten

if TYPE_CHECKING:
    from cardcrm.records.record_type import RecordType
    from cardcrm.store import Store

_TITLE = 50  # cells of a title in a sentence


def list_records(
    store: "Store", type_: "RecordType", wanted: Selection, keys: Sequence[str] = ()
) -> Sheet:
    """Return the rows that a selection names, under the columns of these keys."""
    fields = record_query.fields_named(type_, keys) if keys else [record_query.ID, *type_.listed]
    columns = tuple(
        Column(each.key, each.label, "right" if each.is_number else "left", each.is_wide, digits=3)
        for each in fields
    )
    rows = (cells_of(record, fields) for record in select(store, type_, wanted))
    return Sheet(columns, rows, ids="id" if record_query.ID in fields else fields[0].key)


def list_ids(store: "Store", type_: "RecordType", ids: Sequence[int]) -> Sheet:
    """Return the rows of some ids."""
    node = Or(tuple(Term("id", "=", str(each)) for each in ids))
    return list_records(store, type_, Selection(node))


def show_record(store: "Store", record: Record) -> Card:
    """Return a row as a card: its values for people, and its JSON."""
    shown = [(each, each.format(record.values[each.key], store)) for each in record.type.fields]
    facts = tuple((each.label, text) for each, text in shown if text)
    number = f"{record.type.name} {record.id}"
    title = title_of(store, record) or number
    return Card(title, subtitle=number, facts=facts, data=json_of(record))


def describe(store: "Store", record: Record) -> str:
    """Return a row in a sentence: what it is, its number, its title and its contacts."""
    type_ = record.type
    noun = type_.heading(record.columns) if type_.heading else type_.name
    title = shorten(title_of(store, record), _TITLE)
    number = f"{noun} {record.id}"
    named = f"{number} {title}" if title not in ("", str(record.id)) else number
    names = ", ".join(filter(None, (record.values[each.key] for each in _contact_fields(type_))))
    return f"{named} ({names})" if names else named


def _contact_fields(type_: "RecordType") -> list[Field]:
    """Return the fields that name the contacts of a row."""
    return [
        each
        for each in type_.fields
        if isinstance(each, Reference | References) and each.to == "contact"
    ]
