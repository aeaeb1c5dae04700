"""Who stands in the way of an undo: whose change has built on what it would take back."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from cardcrm.store import table_registry
from cardcrm.store.base import Store
from cardcrm.store.journal import Change, change_of

# What was built on long ago hardly stands in the way of anybody's latest step.
_LATEST = 20_000


@dataclass(frozen=True)
class Blocker:
    """A change that others have made to a row, or to what belongs to it, and that stands."""

    row_id: int
    author: str
    host: str
    command: str


def blocker(store: Store, step: int, change: Change) -> Blocker | None:
    """The latest change that stands and has built on one of a step; None if it cannot be told."""
    for row in _later(store, step):
        found = _built_on(change, change_of(row))
        if found is not None:
            return Blocker(found, row["author"], row["host"], row["command"])
    return None


def _later(store: Store, step: int) -> Iterator[Any]:
    """The journal's lines after a step, newest first, but for what was taken back again."""
    return store.stream(
        "SELECT s.author, s.host, s.command, c.* FROM change c JOIN step s ON s.id = c.step_id "
        "WHERE s.id > :step AND s.kind = 'do' AND s.undone = 0 ORDER BY c.id DESC LIMIT :most",
        {"step": step, "most": _LATEST},
    )


def described(store: Store, change: Change, row_id: int) -> str:
    """A row as a person knows it: a card with its name, and whose anything else is."""
    table = change.table
    row = store.row(f"SELECT * FROM {table} WHERE id = :id", id=row_id)
    values = dict(zip(row.keys(), row, strict=True)) if row else (change.old or change.new)
    card = row_id if table == "contact" else values.get("contact_id")
    name = store.value("SELECT name FROM contact WHERE id = :id", id=card) if card else None
    of_card = f"card {card}" + (f" ({name})" if name else "")
    words = table.replace("_", " ")
    if table == "contact":
        return of_card
    return f"{words} of {of_card}" if card else f"{words} {row_id}"


def _built_on(change: Change, other: Change) -> int | None:
    """The row of a change that another change touches, or None."""
    ids = _ids(change)
    if other.table == change.table:
        same = ids & _ids(other)
        if same and _share_columns(change, other):
            return min(same)
        if change.op == "delete" and other.op == "insert" and _is_double(change, other):
            return change.row_id
    if change.op in ("insert", "load"):
        refers = ids & _referred(other, change.table)
        return min(refers) if refers else None
    return None


def _ids(change: Change) -> AbstractSet[int]:
    if change.op == "load":
        return {row[0] for row in change.new["rows"]}
    if change.op == "unload":
        return {row[0] for row in change.old["rows"]}
    return {change.row_id}


def _share_columns(one: Change, other: Change) -> bool:
    """Whether two changes of a row can be in each other's way: not if each set other columns."""
    return one.op != "update" or other.op != "update" or bool(one.new.keys() & other.new.keys())


def _is_double(gone: Change, new: Change) -> bool:
    """Whether somebody has made again what was removed: the same value on the same card."""
    card = gone.old.get("contact_id")
    return card is not None and new.new.get("contact_id") == card


def _referred(other: Change, table: str) -> AbstractSet[int]:
    """The rows of a table that a change refers to."""
    links = table_registry.table(other.table).links
    names = {link.column for link in links if link.to == table}
    if other.op == "load":
        places = [at for at, name in enumerate(other.new["columns"]) if name in names]
        return {row[at] for row in other.new["rows"] for at in places if row[at]}
    return {value for name, value in (other.new or {}).items() if name in names and value}
