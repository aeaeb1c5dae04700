"""Find every row that is, or once was, about a contact: in the tables and in the journal."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from cardcrm.records import registry
from cardcrm.records.contacts import merged_ids
from cardcrm.records.fields import CASCADE_LAST, CLEAR, Reference
from cardcrm.records.privacy.journal_scan import entries, values
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

Owned = dict[str, set[int]]  # ids of rows by table


class Identity(NamedTuple):
    """The values by which a contact is, or once was, known.

    ``points`` are (kind, value, key) of contact points.
    """

    names: frozenset[str]
    nicknames: frozenset[str]
    points: frozenset[tuple[str, str, str]]
    streets: frozenset[str]
    uids: frozenset[str]


class Traces(NamedTuple):
    """The ids that a contact has had, the rows that are about it, and by what it was known.

    ``imports`` are the commands of imports that brought it in, and ``files`` those that are in step
    with it.
    """

    contact_ids: frozenset[int]
    owned: Owned
    identity: Identity
    imports: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


_IDENTITY_TABLES = ("contact", "nickname", "point", "address")


def find(store: Store, contact_id: int) -> Traces:
    """Return the traces of a contact.

    Contacts that were merged into it are the same contact, and so are removed ones of its name.
    """
    ids = _contact_ids(store, contact_id)
    owned: Owned = defaultdict(set)
    owned["contact"] |= ids
    _collect_owned(store, owned)
    identity = _identity(store, owned)
    files = _find_files(store, owned)
    return Traces(frozenset(ids), owned, identity, _imports(store, ids), files)


def _find_files(store: Store, owned: Owned) -> tuple[str, ...]:
    """Add the states of files that have the permanent id of an owned row; return their paths."""
    uids = {
        row[0]
        for table in list(owned)
        if "uid" in store.engine.column_names(table)
        for marks, params in chunks(owned[table])
        for row in store.rows(f"SELECT uid FROM {table} WHERE id IN ({marks})", **params)
    }
    paths = []
    for marks, params in chunks(uids):
        sql = (
            "SELECT f.id, d.path, f.name FROM sync_file f JOIN sync_folder d ON d.id = f.folder_id "
            f"WHERE f.uid IN ({marks}) ORDER BY d.path, f.name"
        )
        for row in store.rows(sql, **params):
            owned["sync_file"].add(row[0])
            paths.append(f"{row[1]}/{row[2]}")
    return tuple(paths)


def _imports(store: Store, ids: set[int]) -> tuple[str, ...]:
    """Return the commands of imports that added or changed contacts."""
    steps = {
        entry.step_id
        for entry in entries(store, ["contact"])
        if any(row_id in ids for row_id, _ in values(entry))
    }
    found = store.rows("SELECT id, command FROM step WHERE command LIKE 'import %' ORDER BY id")
    return tuple(row[1] for row in found if row[0] in steps)


def _contact_ids(store: Store, contact_id: int) -> set[int]:
    row = store.row("SELECT name_key, uid FROM contact WHERE id = :id", id=contact_id)
    assert row is not None
    uids = {merged_ids.parse_id(each)[0] for each in merged_ids.ids_of(store, contact_id)} - {""}
    merged = store.rows("SELECT old_id FROM merged_id WHERE contact_id = :id", id=contact_id)
    living = {each[0] for each in store.rows("SELECT id FROM contact")}
    found = {contact_id, *(row[0] for row in merged)}
    for entry in entries(store, ["contact"]):
        for row_id, data in values(entry):
            if row_id in living:
                continue
            if data.get("uid") in uids or data.get("name_key") == row["name_key"]:
                found.add(row_id)
    return found


def _owning(type_: RecordType, owned: Owned) -> Iterator[tuple[Reference, set[int]]]:
    """Yield the references by which rows of a noun belong to owned rows."""
    for field in type_.references:
        if field.on_delete != CLEAR and owned.get(_table(field.to)):
            yield field, owned[_table(field.to)]


def _table(noun: str) -> str:
    return registry.record_type(noun).table_name


def _collect_owned(store: Store, owned: Owned) -> None:
    """Add the rows that belong to owned rows, until there are no more.

    The journal is read once for each noun, and again for one whose wholes have become more.
    """
    types = [each for each in registry.all_types() if each.name != "contact"]
    seen: dict[str, int] = {}
    is_growing = True
    while is_growing:
        is_growing = False
        for type_ in types:
            size = sum(len(ids) for _, ids in _owning(type_, owned))
            if size > seen.get(type_.name, 0):
                seen[type_.name], is_growing = size, True
                _add_rows(store, type_, owned)
                if any(each.on_delete == CASCADE_LAST for each in type_.references):
                    _add_wholes(store, type_, owned)


def _add_rows(store: Store, type_: RecordType, owned: Owned) -> None:
    table = type_.table_name
    fields = list(_owning(type_, owned))
    for field, ids in fields:
        sql = f"SELECT id FROM {table} WHERE {field.column} = :id"
        for each in list(ids):
            owned[table].update(row[0] for row in store.rows(sql, id=each))
    if not fields:
        return
    for entry in entries(store, [table]):
        for row_id, data in values(entry):
            if any(data.get(field.column) in ids for field, ids in fields):
                owned[table].add(row_id)


def _add_wholes(store: Store, part: RecordType, owned: Owned) -> None:
    """Add the wholes of owned parts that no other contact takes part in now."""
    whole = next(each for each in part.references if each.column == part.parent)
    table, mine = _table(whole.to), owned[part.table_name]
    candidates = {
        data[part.parent]
        for entry in entries(store, [part.table_name])
        for row_id, data in values(entry)
        if row_id in mine and part.parent in data
    }
    sql = f"SELECT id, {part.parent} FROM {part.table_name} WHERE {part.parent} = :whole"
    for row_id in list(mine):
        row = store.row(f"SELECT {part.parent} FROM {part.table_name} WHERE id = :id", id=row_id)
        candidates |= {row[0]} if row is not None else set()
    for each in candidates:
        others = [row[0] for row in store.rows(sql, whole=each) if row[0] not in mine]
        if not others:
            owned[table].add(each)


def _identity(store: Store, owned: Owned) -> Identity:
    found: dict[str, set[Any]] = defaultdict(set)
    for table in _IDENTITY_TABLES:
        names = ", ".join(store.engine.column_names(table))
        for row_id in owned.get(table, ()):
            for row in store.rows(f"SELECT {names} FROM {table} WHERE id = :id", id=row_id):
                _note(found, table, dict(zip(row.keys(), row, strict=True)))
    pending: dict[tuple[str, int], dict[str, Any]] = {}
    for entry in entries(store, _IDENTITY_TABLES):
        mine = owned.get(entry.table, set())
        for row_id, data in values(entry):
            if row_id in mine:
                known = pending.setdefault((entry.table, row_id), {})
                known.update(data)
                _note(found, entry.table, known)
    return Identity(
        *(
            frozenset(found[each] - {""})
            for each in ("names", "nicknames", "points", "streets", "uids")
        )
    )


def _note(found: dict[str, set[Any]], table: str, data: dict[str, Any]) -> None:
    """Note the values of a row by which a contact is known."""
    if table == "contact":
        found["names"].add(data.get("name", ""))
        parts = (data.get(each, "") for each in ("given", "middle", "family"))
        found["names"].add(" ".join(filter(None, parts)))
        found["uids"].add(data.get("uid", ""))
    elif table == "nickname":
        found["nicknames"].add(data.get("name", ""))
    elif table == "address":
        found["streets"].add(data.get("street", ""))
    elif data.get("value"):
        found["points"].add((data.get("kind", ""), data["value"], data.get("value_key", "")))
