"""Find the rows that the journal says have changed since a folder was last in step.

Reading the journal finds every change, by any command, by undo and redo too, and takes no longer
for a database of a million contacts than for one of a thousand.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cardcrm.records.contacts.part_types import PARTS
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

_MOST = 200_000  # changes; beyond them comparing all contacts takes less time
# The columns of the contacts that a row belongs to, by table.
_OWNERS: Mapping[str, tuple[str, ...]] = {
    "contact": ("id",),
    **dict.fromkeys(PARTS, ("contact_id",)),
    "relation": ("contact_id", "other_id"),
    **dict.fromkeys(("job", "media", "vcard_line"), ("contact_id",)),
}


def last_change(store: Store) -> int:
    """Return the number of the last change in the journal."""
    return int(store.value("SELECT max(id) FROM change") or 0)


def find_changed_contacts(store: Store, since: int) -> set[int] | None:
    """Return the contacts that have changed since a change; None if any may have.

    People change with the name of their organization.
    """
    rows = _read_changes(store, since, (*_OWNERS, "field"))
    if rows is None or any(row["tbl"] == "field" for row in rows):
        return None
    found: set[int] = set()
    lost: dict[str, set[int]] = {}
    for row in rows:
        owners = set(_owners_of(row))
        found |= owners
        if not owners:
            lost.setdefault(row["tbl"], set()).add(row["row_id"])
    for table, ids in lost.items():
        found |= _read_owners(store, table, ids)
    return found | _read_people(store, found)


def find_changed_reminders(store: Store, since: int) -> set[int] | None:
    """Return the reminders that have changed since a change; None if any may have."""
    rows = _read_changes(store, since, ("reminder", "contact"))
    if rows is None or any(row["tbl"] == "contact" for row in rows):
        return None
    return {id_ for row in rows for id_ in _ids_of(row)}


def _read_changes(store: Store, since: int, tables: tuple[str, ...]) -> list[Any] | None:
    if not since or last_change(store) - since > _MOST or last_change(store) < since:
        return None
    marks = ", ".join(f":t{number}" for number, _ in enumerate(tables))
    return store.rows(
        "SELECT tbl, row_id, op, old, new FROM change "
        f"WHERE id > :since AND tbl IN ({marks}) ORDER BY id",
        since=since,
        **{f"t{number}": table for number, table in enumerate(tables)},
    )


def _ids_of(row: Any) -> Iterator[int]:
    """Yield the ids of the rows that a change is about; a load has many."""
    loaded = json.loads(row["new"] or row["old"]) if row["op"] in ("load", "unload") else None
    if loaded is None:
        yield row["row_id"]
    else:
        at = loaded["columns"].index("id")
        yield from (each[at] for each in loaded["rows"])


def _owners_of(row: Any) -> Iterator[int]:
    """Yield the contacts that a change names; an update names only the columns it changed."""
    columns = _OWNERS[row["tbl"]]
    if columns == ("id",):
        yield from _ids_of(row)
        return
    for text in (row["old"], row["new"]):
        values = json.loads(text) if text else {}
        if row["op"] in ("load", "unload"):
            for name in set(columns).intersection(values.get("columns", ())):
                at = values["columns"].index(name)
                yield from (each[at] for each in values["rows"])
        else:
            yield from (values[name] for name in columns if values.get(name))


def _read_owners(store: Store, table: str, ids: set[int]) -> set[int]:
    found: set[int] = set()
    for marks, params in chunks(ids):
        for column in _OWNERS[table]:
            sql = f"SELECT {column} FROM {table} WHERE id IN ({marks})"
            found |= {row[0] for row in store.rows(sql, **params)}
    return found


def _read_people(store: Store, ids: set[int]) -> set[int]:
    """Return the people who work at some organizations."""
    found: set[int] = set()
    for marks, params in chunks(ids):
        sql = f"SELECT id FROM contact WHERE org_id IN ({marks})"
        found |= {row[0] for row in store.rows(sql, **params)}
    return found
