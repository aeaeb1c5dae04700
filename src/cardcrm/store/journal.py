"""What was changed, when and by whom; undo and redo.

A step is one command. Undo walks its changes backwards and puts the old values back, after making
sure that nobody has changed them since; redo walks forwards. Both are steps themselves, so the
journal never loses a line.
"""

import json
from dataclasses import dataclass
from typing import Any

from cardcrm.errors import ConflictError
from cardcrm.store.base import Store
from cardcrm.store.engine import Row


@dataclass(frozen=True)
class Step:
    """One command in the journal; ``at`` is UTC text, ``changes`` the number of its changes."""

    id: int
    at: str
    author: str
    host: str
    command: str
    kind: str
    target: int | None
    undone: bool
    changes: int


@dataclass(frozen=True)
class Change:
    """One change of a step: op ``insert``, ``load``, ``update`` or ``delete`` on a table's row."""

    op: str
    table: str
    row_id: int
    old: Any
    new: Any


def steps(store: Store, limit: int = 20) -> list[Step]:
    """The latest steps, newest first."""
    return [
        _step(row)
        for row in store.rows(
            "SELECT s.*, (SELECT count(*) FROM change c WHERE c.step_id = s.id) AS changes "
            "FROM step s ORDER BY s.id DESC LIMIT :limit",
            limit=limit,
        )
    ]


def changes(store: Store, step: int) -> list[Change]:
    """The changes of a step in their order."""
    return [
        _change(row)
        for row in store.rows("SELECT * FROM change WHERE step_id = :step ORDER BY id", step=step)
    ]


def undo(store: Store) -> Step | None:
    """Take back one's own latest step that stands; None when there is none.

    Raises ConflictError when others have built on what it would take back.
    """
    found = store.row(
        "SELECT s.*, 0 AS changes FROM step s WHERE kind = 'do' AND undone = 0 "
        "AND author = :author ORDER BY id DESC LIMIT 1",
        author=store.author.name,
    )
    if found is None:
        return None
    step = _step(found)
    with store.stepping("undo", step.id):
        for change_id in _change_ids(store, step.id, "DESC"):
            _revert(store, _load(store, change_id), step)
        _mark(store, step.id, undone=1)
    return step


def redo(store: Store) -> Step | None:
    """Do again the step that was undone last; None when there is none or something came between."""
    author = store.author.name
    found = store.row(
        "SELECT s.*, 0 AS changes FROM step s WHERE kind = 'do' AND undone = 1 "
        "AND author = :author AND id > (SELECT coalesce(max(id), 0) FROM step "
        "WHERE kind = 'do' AND undone = 0 AND author = :author) ORDER BY id LIMIT 1",
        author=author,
    )
    if found is None:
        return None
    step = _step(found)
    with store.stepping("redo", step.id):
        for change_id in _change_ids(store, step.id, "ASC"):
            _repeat(store, _load(store, change_id), step)
        _mark(store, step.id, undone=0)
    return step


def _mark(store: Store, step: int, *, undone: int) -> None:
    store.engine.execute(
        "UPDATE step SET undone = :undone WHERE id = :id", {"undone": undone, "id": step}
    )


def _change_ids(store: Store, step: int, order: str) -> list[int]:
    return [
        row[0]
        for row in store.rows(
            f"SELECT id FROM change WHERE step_id = :step ORDER BY id {order}", step=step
        )
    ]


def _load(store: Store, change_id: int) -> Change:
    return _change(store.row("SELECT * FROM change WHERE id = :id", id=change_id))


def _step(row: Row) -> Step:
    return Step(
        row["id"],
        row["at"],
        row["author"],
        row["host"],
        row["command"],
        row["kind"],
        row["target_id"],
        bool(row["undone"]),
        row["changes"],
    )


def _change(row: Row) -> Change:
    old, new = (json.loads(text) if text else None for text in (row["old"], row["new"]))
    return Change(row["op"], row["tbl"], row["row_id"], old, new)


def _revert(store: Store, change: Change, step: Step) -> None:
    if change.op == "delete":
        store.apply_raw(change.table, change.row_id, change.old)
    elif change.op == "insert":
        _expect(store, change, change.new, step)
        store.delete(change.table, change.row_id)
    elif change.op == "load":
        for row in reversed(change.new["rows"]):
            store.delete(change.table, row[0])
    else:
        _expect(store, change, change.new, step)
        store.update(change.table, change.row_id, **change.old)


def _repeat(store: Store, change: Change, step: Step) -> None:
    if change.op == "insert":
        store.apply_raw(change.table, change.row_id, change.new)
    elif change.op == "delete":
        _expect(store, change, change.old, step)
        store.delete(change.table, change.row_id)
    elif change.op == "load":
        store.load(change.table, change.new["columns"], change.new["rows"])
    else:
        _expect(store, change, change.old, step)
        store.update(change.table, change.row_id, **change.new)


def _expect(store: Store, change: Change, wanted: dict[str, Any], step: Step) -> None:
    """Make sure that a row still is as this step left it (or found it)."""
    row = store.row(f"SELECT * FROM {change.table} WHERE id = :id", id=change.row_id)
    # One who comes later may touch the card's time stamp without having built on its content.
    names = [name for name in wanted if name != "updated_at"]
    if row is None or any(row[name] != wanted[name] for name in names):
        raise ConflictError(
            f"“{step.command}” cannot be taken back: {change.table.replace('_', ' ')} "
            f"{change.row_id} was changed since",
            "Nothing was changed. `cardcrm journal` shows by whom.",
        )
