"""Rows of any noun as sheets, cards and sentences."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm.query import Or, Term
from cardcrm.records.query_sql import record_query
from cardcrm.records.query_sql.record_query import Selection
from cardcrm.records.records import Record, cells_of, json_of, select, title_of
from cardcrm.sheet import Card, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.records.record_type import RecordType
    from cardcrm.store import Store


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
    """Return a row in a sentence: its noun, number, title and contact."""
    title = title_of(store, record)
    contact = record.type.contact
    name = record.values[contact.key] if contact is not None else None
    number = f"{record.type.name} {record.id}"
    named = f"{number} {title}" if title not in ("", number, str(record.id)) else number
    return f"{named} ({name})" if name else named
