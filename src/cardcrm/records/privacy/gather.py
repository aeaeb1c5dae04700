"""Everything that the database holds about one contact, for a person who asks for it.

Of other people there is what concerns the contact alone: their names where they took part in an
interaction or are related, and the part of a text about them that mentions the contact.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cardcrm.records import registry
from cardcrm.records.fields import CASCADE_LAST, Columns
from cardcrm.records.privacy import needles, texts, traces
from cardcrm.records.privacy.journal_scan import Entry, entries, values
from cardcrm.records.privacy.traces import Traces
from cardcrm.records.query_sql import record_query
from cardcrm.records.query_sql.record_query import Selection
from cardcrm.records.record_type import RecordType
from cardcrm.records.records import Record, get, json_of, select
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.table_registry import DERIVED_COLUMNS

Json = dict[str, Any]


def gather(store: Store, contact_id: int) -> Json:
    """Return a contact with every row of every noun that refers to it. Raises NotFoundError."""
    contact = registry.record_type("contact")
    found: Json = {"contact": json_of(get(store, contact, contact_id))}
    ids: dict[str, list[int]] = {}
    for type_ in registry.all_types():
        if type_.name == "contact" or _is_part(type_):
            continue
        rows = [get(store, type_, each) for each in _find_ids(store, type_, contact_id, ids)]
        if rows:
            ids[type_.name] = [each.id for each in rows]
            found[type_.plural.replace(" ", "_")] = [
                _with_parts(store, each, contact_id) for each in rows
            ]
    return found


def gather_all(store: Store, contact_id: int) -> Json:
    """Return the rows of `gather`, and what the journal and the texts of others hold.

    ``imports`` are the commands of the files that the contact came from.
    """
    found = gather(store, contact_id)
    known = traces.find(store, contact_id)
    finder = needles.build(store, known).struck
    places = (
        texts.find_place(store, each) for each in list(texts.mentions(store, finder, known.owned))
    )
    found["mentions"] = [
        {"noun": each.noun, "id": each.row_id, "field": each.field,
         "text": finder.excerpt(each.text)}
        for each in places
    ]  # fmt: skip
    found["former_ids"] = sorted(known.contact_ids - {contact_id})
    found["imports"] = list(known.imports)
    found["history"] = list(_history(store, known))
    return found


def _history(store: Store, known: Traces) -> Iterator[Json]:
    """Yield the changes of the contact's rows, the oldest first.

    A command may name others, so its verb alone is given.
    """
    tables = [table for table, ids in known.owned.items() if ids]
    steps = {row[0]: row for row in store.rows("SELECT id, at, author, command, undone FROM step")}
    names = {each.table_name: each.name for each in registry.all_types()}
    for entry in entries(store, tables) if tables else ():
        _, at, author, command, undone = steps[entry.step_id]
        for row_id, old, new in _own_values(entry, known.owned[entry.table]):
            yield {
                "step": entry.step_id,
                "at": at,
                "author": author,
                "verb": command.split(" ", 1)[0],
                "undone": bool(undone),
                "noun": names[entry.table],
                "id": row_id,
                "old": old,
                "new": new,
            }


def _own_values(
    entry: Entry, mine: set[int]
) -> Iterator[tuple[int, Columns | None, Columns | None]]:
    """Yield the rows of the contact in an entry, with their values before and after it."""
    if entry.op in ("load", "unload"):
        for row_id, data in values(entry):
            if row_id in mine:
                loaded = _told(data)
                yield (row_id, None, loaded) if entry.op == "load" else (row_id, loaded, None)
        return
    if entry.row_id in mine:
        old, new = (
            _told(next(values(entry._replace(old=text, new=None)))[1]) if text else None
            for text in (entry.old, entry.new)
        )
        yield entry.row_id, old, new


def _told(data: Columns) -> Columns:
    """Return the values that say something: keys and computed columns repeat others."""
    return {
        name: value
        for name, value in data.items()
        if value not in (None, "")
        and name not in DERIVED_COLUMNS
        and not name.endswith(("_key", "vcard_n"))
    }


def _find_ids(
    store: Store, type_: RecordType, contact_id: int, found: Mapping[str, Sequence[int]]
) -> list[int]:
    """Return the rows of a noun that refer to a contact.

    Those of a noun that refers to none belong to rows that were ``found`` before, by noun.
    """
    links = [
        (holder, field)
        for holder in type_.with_parts()
        for field in holder.references
        if field.to == "contact"
    ]
    if links:
        owners: Mapping[str, Sequence[int]] = {"contact": [contact_id]}
    else:
        owners = found
        links = [(type_, field) for field in type_.references if field.column == type_.parent]
    ids: dict[int, None] = {}
    for holder, field in links:
        wanted = "id" if holder is type_ else holder.parent
        for marks, params in chunks(owners.get(field.to, ())):
            sql = (
                f"SELECT {wanted} FROM {holder.table_name} WHERE {field.column} IN ({marks}) "
                "ORDER BY 1"
            )
            ids |= {row[0]: None for row in store.rows(sql, **params)}
    return list(ids)


def _is_part(type_: RecordType) -> bool:
    """Return whether a noun is shown within the one that it is a part of."""
    return any(
        type_ is not whole and type_ in whole.parts
        for whole in registry.all_types()
        if whole.name != "contact"
    )


def _with_parts(store: Store, record: Record, contact_id: int) -> Json:
    found = json_of(record)
    for part in record.type.parts:
        field = next((each for each in part.references if each.column == part.parent), None)
        if field is not None:
            terms = f"{field.filter}:{record.id}{_narrow_part(record.type, part, contact_id)}"
            rows = select(store, part, Selection(record_query.parse(part, terms), sort="id"))
            found[part.plural.replace(" ", "_")] = [json_of(each) for each in rows]
    return found


def _narrow_part(whole: RecordType, part: RecordType, contact_id: int) -> str:
    """Return the filter of a part that lists contacts who have nothing to do with each other.

    Those who are held out of a campaign are such; those who took part in an interaction are not.
    """
    if any(each.to == "contact" for each in whole.references):
        return ""
    links = [each for each in part.references if each.to == "contact"]
    is_shared = any(each.on_delete == CASCADE_LAST for each in links)
    return "" if is_shared or not links else f" {links[0].filter}:{contact_id}"
