"""Find the steps of the journal that concern one contact: itself, its parts and its records.

The journal has no column for contacts, so its entries are scanned: a second for a million entries.
"""

from collections.abc import Iterator

from cardcrm.records import registry
from cardcrm.records.fields import References
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store, journal
from cardcrm.store.journal import Step


def steps_of_contact(store: Store, contact_id: int, limit: int) -> list[Step]:
    """Return the latest steps that changed a contact or anything that belongs to it."""
    conditions = ["(c.tbl = 'contact' AND c.op <> 'load' AND c.row_id = :contact)"]
    patterns: dict[str, str] = {}
    for type_ in registry.all_types():
        table = type_.table_name
        conditions += (f"(c.tbl = '{table}' AND c.row_id IN ({ids}))" for ids in _owned_ids(type_))
        if type_.contact is not None and type_.name != "contact":
            column = type_.contact.column
            patterns |= _patterns(column, contact_id)
            found = f"c.old LIKE :{column}_in OR c.old LIKE :{column}_end"
            found += f" OR c.new LIKE :{column}_in OR c.new LIKE :{column}_end"
            conditions.append(f"(c.tbl = '{table}' AND ({found}))")
    conditions.append("c.id = :load")
    rows = store.rows(
        f"SELECT DISTINCT c.step_id FROM change c WHERE {' OR '.join(conditions)} "
        "ORDER BY c.step_id DESC LIMIT :limit",
        contact=contact_id,
        load=_load_of(store, contact_id),
        limit=limit,
        **patterns,
    )
    return [journal.get_step(store, row[0]) for row in rows]


def _owned_ids(type_: RecordType) -> Iterator[str]:
    """Yield SQL for the ids of the rows that belong to the contact now."""
    if type_.contact is not None and type_.name != "contact":
        yield f"SELECT id FROM {type_.table_name} WHERE {type_.contact.column} = :contact"
    for field in type_.fields:
        if isinstance(field, References) and field.to == "contact":
            yield f"SELECT {field.via_column} FROM {field.via} WHERE {field.to_column} = :contact"
    if type_.contact is None and type_.is_line:
        yield from _lines(type_)


def _lines(type_: RecordType) -> Iterator[str]:
    """Yield SQL for the lines of the contact's rows, such as those of its sales."""
    whole = next(each for each in type_.references if each.column == type_.parent)
    for ids in _owned_ids(registry.record_type(whole.to)):
        yield f"SELECT id FROM {type_.table_name} WHERE {type_.parent} IN ({ids})"


def _patterns(column: str, contact_id: int) -> dict[str, str]:
    """Return the patterns of a column that holds the contact, within JSON and at its end."""
    start = f'%"{column}":{contact_id}'
    return {f"{column}_in": f"{start},%", f"{column}_end": f"{start}}}"}


def _load_of(store: Store, contact_id: int) -> int:
    """Return the entry of the import that added the contact; 0 if none did."""
    row = store.row(
        "SELECT id, new FROM change WHERE tbl = 'contact' AND op = 'load' AND row_id <= :id "
        "ORDER BY row_id DESC LIMIT 1",
        id=contact_id,
    )
    return int(row["id"]) if row is not None and f"[{contact_id}," in row["new"] else 0
