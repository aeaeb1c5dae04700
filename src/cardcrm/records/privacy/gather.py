"""Everything that the database holds about one contact, for a person who asks for it."""

from typing import Any

from cardcrm.records import registry
from cardcrm.records.query_sql import record_query
from cardcrm.records.query_sql.record_query import Selection
from cardcrm.records.record_type import RecordType
from cardcrm.records.records import Record, get, json_of, select
from cardcrm.store import Store

Json = dict[str, Any]


def gather(store: Store, contact_id: int) -> Json:
    """Return a contact with every row of every noun that refers to it. Raises NotFoundError."""
    contact = registry.record_type("contact")
    found: Json = {"contact": json_of(get(store, contact, contact_id))}
    for type_ in registry.all_types():
        rows = list(_rows_about(store, type_, contact_id))
        if rows:
            found[type_.plural.replace(" ", "_")] = rows
    return found


def _rows_about(store: Store, type_: RecordType, contact_id: int) -> list[Json]:
    """Return the rows of a noun that refer to a contact, each with its parts."""
    if type_.name == "contact" or _is_part(type_):
        return []
    ids: dict[int, None] = {}
    for holder in type_.with_parts():
        for field in holder.references:
            if field.to == "contact":
                wanted = "id" if holder is type_ else holder.parent
                sql = (
                    f"SELECT {wanted} FROM {holder.table_name} WHERE {field.column} = :id "
                    "ORDER BY 1"
                )
                ids |= {row[0]: None for row in store.rows(sql, id=contact_id)}
    return [_with_parts(store, get(store, type_, row_id)) for row_id in ids]


def _is_part(type_: RecordType) -> bool:
    """Return whether a noun is shown within the one that it is a part of."""
    return any(
        type_ is not whole and type_ in whole.parts
        for whole in registry.all_types()
        if whole.name != "contact"
    )


def _with_parts(store: Store, record: Record) -> Json:
    found = json_of(record)
    for part in record.type.parts:
        field = next((each for each in part.references if each.column == part.parent), None)
        if field is not None:
            node = record_query.parse(part, f"{field.filter}:{record.id}")
            rows = select(store, part, Selection(node, sort="id"))
            found[part.plural.replace(" ", "_")] = [json_of(each) for each in rows]
    return found
