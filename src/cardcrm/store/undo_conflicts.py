"""The change of another user that prevents an undo, because it builds on what would be undone."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from cardcrm.store import table_registry
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.journal_rows import Change, change_of
from cardcrm.store.store import Store

_MAX_CHANGES = 20_000  # older changes hardly conflict with the latest step of a user


@dataclass(frozen=True)
class Blocker:
    """A change that another user has made to a row, or to what belongs to it."""

    row_id: int
    author: str
    host: str
    command: str


def find_blocker(store: Store, step: int, change: Change) -> Blocker | None:
    """Return the latest change that builds on a change of a step, or None if there is none."""
    for row in _later_changes(store, step):
        found = _find_shared_row(change, change_of(row))
        if found is not None:
            return Blocker(found, row["author"], row["host"], row["command"])
    return None


def explain_final(store: Store, change: Change) -> str:
    """Return why an undo must leave a row of a change as it is, "" where it need not."""
    table = table_registry.table(change.table)
    if table.explain_final is None:
        return ""
    for marks, params in chunks(sorted(_changed_ids(change))):
        for row in store.rows(f"SELECT * FROM {table.name} WHERE id IN ({marks})", **params):
            if reason := table.explain_final(row):
                return reason
    return ""


def _later_changes(store: Store, step: int) -> Iterator[Any]:
    """Yield the changes after a step, newest first, without those that were undone."""
    return store.stream(
        "SELECT s.author, s.host, s.command, c.* FROM change c JOIN step s ON s.id = c.step_id "
        "WHERE s.id > :step AND s.kind = 'do' AND s.undone = 0 ORDER BY c.id DESC LIMIT :most",
        {"step": step, "most": _MAX_CHANGES},
    )


def describe_row(store: Store, change: Change, row_id: int) -> str:
    """Return a row in words: a contact with its name, or the contact that the row belongs to."""
    table = table_registry.table(change.table).name
    row = store.row(f"SELECT * FROM {table} WHERE id = :id", id=row_id)
    values = dict(zip(row.keys(), row, strict=True)) if row else (change.old or change.new)
    contact = row_id if table == "contact" else values.get("contact_id")
    name = store.value("SELECT name FROM contact WHERE id = :id", id=contact) if contact else None
    whose = f"contact {contact}" + (f" ({name})" if name else "")
    noun = table.replace("_", " ")
    if table == "contact":
        return whose
    return f"{noun} of {whose}" if contact else f"{noun} {row_id}"


def _find_shared_row(change: Change, other: Change) -> int | None:
    """Return the row of a change that another change affects, or None."""
    ids = _changed_ids(change)
    if other.table == change.table:
        shared = ids & _changed_ids(other)
        if shared and _overlap(change, other):
            return min(shared)
        if change.op == "delete" and other.op == "insert" and _is_recreated(change, other):
            return change.row_id
    if change.op in ("insert", "load"):
        referred = ids & _referred_ids(other, change.table)
        return min(referred) if referred else None
    return None


def _changed_ids(change: Change) -> AbstractSet[int]:
    if change.op == "load":
        return {row[0] for row in change.new["rows"]}
    if change.op == "unload":
        return {row[0] for row in change.old["rows"]}
    return {change.row_id}


def _overlap(one: Change, other: Change) -> bool:
    """Return whether two changes of a row can conflict: two updates need a common column."""
    return one.op != "update" or other.op != "update" or bool(one.new.keys() & other.new.keys())


def _is_recreated(deleted: Change, new: Change) -> bool:
    """Return whether a deleted row was added to the same contact again."""
    contact = deleted.old.get("contact_id")
    return contact is not None and new.new.get("contact_id") == contact


def _referred_ids(other: Change, table: str) -> AbstractSet[int]:
    """Return the ids of the rows of a table that a change refers to."""
    links = table_registry.table(other.table).links
    names = {link.column for link in links if link.to == table}
    if other.op == "load":
        columns = [at for at, name in enumerate(other.new["columns"]) if name in names]
        return {row[at] for row in other.new["rows"] for at in columns if row[at]}
    return {value for name, value in (other.new or {}).items() if name in names and value}
