"""What was changed, when and by whom; undo and redo.

A step is one command. Undo walks its changes backwards and puts the old values back, after making
sure that nobody has changed them since; redo walks forwards. Both are steps themselves, so the
journal never loses a line.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cardcrm.errors import ConflictError, NotFoundError
from cardcrm.store import table_registry
from cardcrm.store.base import Store
from cardcrm.store.engine import Row
from cardcrm.store.table_registry import IGNORED_COLUMNS


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


Begun = Callable[[Step], object]


@dataclass(frozen=True)
class Change:
    """One change of a step: op ``insert``, ``update`` or ``delete`` on a table's row.

    ``load`` and ``unload`` are of many rows: ``columns`` and ``rows`` as new or old.
    """

    op: str
    table: str
    row_id: int
    old: Any
    new: Any


_STEP = "SELECT s.*, (SELECT count(*) FROM change c WHERE c.step_id = s.id) AS changes FROM step s"


def steps(store: Store, limit: int = 20) -> list[Step]:
    """The latest steps, newest first."""
    rows = store.rows(f"{_STEP} ORDER BY s.id DESC LIMIT :limit", limit=limit)
    return [_step(row) for row in rows]


def changes(store: Store, step: int) -> list[Change]:
    """The changes of a step in their order."""
    return [
        change_of(row)
        for row in store.rows("SELECT * FROM change WHERE step_id = :step ORDER BY id", step=step)
    ]


def step_of(store: Store, step: int) -> Step:
    """One step. Raises NotFoundError."""
    row = store.row(f"{_STEP} WHERE s.id = :id", id=step)
    if row is None:
        raise NotFoundError(f"there is no step {step}", "See `cardcrm journal`.")
    return _step(row)


def undo(store: Store, begun: Begun = lambda _step: None) -> Step | None:
    """Take back one's own latest step that stands; None when there is none.

    ``begun`` hears which one it is before the work starts. Raises ConflictError when others have
    built on what it would take back.
    """
    with _naming(store), store.stepping("undo"):
        found = store.row(
            f"{_STEP} WHERE s.kind = 'do' AND s.undone = 0 AND s.author = :author "
            "ORDER BY s.id DESC LIMIT 1",
            author=store.author.name,
        )
        if found is None:
            return None
        step = _step(found)
        begun(step)
        store.aim_at(step.id)
        for change_id in _change_ids(store, step.id, "DESC"):
            _apply(store, _revert, step, change_id, "taken back")
        _mark(store, step.id, undone=1)
    return step


def redo(store: Store, begun: Begun = lambda _step: None) -> Step | None:
    """Do again the step that was undone last; None when there is none or something came between.

    ``begun`` hears which one it is before the work starts. Raises ConflictError when others have
    changed what it builds on.
    """
    with _naming(store), store.stepping("redo"):
        found = store.row(
            "SELECT target_id, id FROM step s WHERE s.kind = 'undo' AND s.author = :author "
            "AND EXISTS (SELECT 1 FROM step t WHERE t.id = s.target_id AND t.undone = 1) "
            "ORDER BY s.id DESC LIMIT 1",
            author=store.author.name,
        )
        if found is None or _did_since(store, found["id"]):
            return None
        step = step_of(store, found["target_id"])
        begun(step)
        store.aim_at(step.id)
        for change_id in _change_ids(store, step.id, "ASC"):
            _apply(store, _repeat, step, change_id, "done again")
        _mark(store, step.id, undone=0)
    return step


def _did_since(store: Store, step: int) -> bool:
    """Whether one did something new after a step; what was undone before that stays undone."""
    return bool(
        store.rows(
            "SELECT 1 FROM step WHERE id > :id AND kind = 'do' AND author = :author LIMIT 1",
            id=step,
            author=store.author.name,
        )
    )


# Whoever asks has just read what somebody else wrote: that is not further back than this.
_LATEST = 20_000


def last_to_write(
    store: Store, table: str, *, row_id: int = 0, column: str = "", card: int = 0
) -> Step | None:
    """The latest step that changed a row (and of it a column), or any row of a card's.

    None where that is longer ago than the last twenty thousand changes.
    """
    its = "(c.old LIKE :within OR c.old LIKE :last OR c.new LIKE :within OR c.new LIKE :last"
    if card:  # an update names only what it changed
        known = table_registry.table(table).name
        its += f" OR c.row_id IN (SELECT id FROM {known} WHERE contact_id = :card)"
    found = store.value(
        "SELECT c.step_id FROM change c WHERE c.id > (SELECT max(id) FROM change) - :latest "
        "AND c.tbl = :tbl AND (:row = 0 OR c.row_id = :row) "
        f"AND (:column = '' OR c.new LIKE :named) AND (:card = 0 OR {its})) "
        "ORDER BY c.id DESC LIMIT 1",
        latest=_LATEST,
        tbl=table,
        row=row_id,
        column=column,
        named=f'%"{column}":%',
        card=card,
        within=f'%"contact_id":{card},%',
        last=f'%"contact_id":{card}}}%',
    )
    return step_of(store, found) if found is not None else None


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


def change_of(row: Row) -> Change:
    """A line of the journal."""
    old, new = (json.loads(text) if text else None for text in (row["old"], row["new"]))
    return Change(row["op"], row["tbl"], row["row_id"], old, new)


class _BlockedError(ConflictError):
    """What a step would change is no longer as it was left."""

    def __init__(self, step: Step, change: Change, wanted: str) -> None:
        super().__init__(f"“{step.command}” cannot be {wanted}")
        self.step, self.change = step, change


def _apply(
    store: Store, act: Callable[[Store, Change], None], step: Step, change_id: int, wanted: str
) -> None:
    """Revert or repeat one change; whatever stands against it is told in the same words."""
    change = change_of(store.row("SELECT * FROM change WHERE id = :id", id=change_id))
    try:
        act(store, change)
    except ConflictError as error:
        raise _BlockedError(step, change, wanted) from error


@contextlib.contextmanager
def _naming(store: Store) -> Iterator[None]:
    """Tell by whom, and with what, something was changed that stands in the way."""
    try:
        yield
    except _BlockedError as error:
        raise ConflictError(
            f"{error.message}: {_reason(store, error.step, error.change)}",
            "Nothing was changed. See `cardcrm journal`.",
        ) from error


def _reason(store: Store, step: Step, change: Change) -> str:
    """What was changed since a step, and by whom."""
    from cardcrm.store.undo_conflicts import blocker, described

    found = blocker(store, step.id, change)
    what = described(store, change, found.row_id if found else change.row_id)
    if found is None:
        return f"{what} was changed since, or others have built on it"
    return f"{what} was changed since by {found.author} on {found.host} (“{found.command}”)"


def _revert(store: Store, change: Change) -> None:
    if change.op == "delete":
        store.apply_raw(change.table, change.row_id, change.old)
    elif change.op == "load":
        store.unload(change.table, **change.new)
    else:
        _expect(store, change, change.new)
        if change.op == "insert":
            store.delete(change.table, change.row_id)
        else:
            store.update(change.table, change.row_id, **change.old)


def _repeat(store: Store, change: Change) -> None:
    if change.op == "insert":
        store.apply_raw(change.table, change.row_id, change.new)
    elif change.op == "load":
        store.load(change.table, **change.new)
    else:
        _expect(store, change, change.old)
        if change.op == "delete":
            store.delete(change.table, change.row_id)
        else:
            store.update(change.table, change.row_id, **change.new)


def _expect(store: Store, change: Change, wanted: Mapping[str, Any]) -> None:
    """Make sure that a row still says what this step left (or found) there."""
    row = store.row(f"SELECT * FROM {change.table} WHERE id = :id", id=change.row_id)
    said = [name for name in wanted if name not in IGNORED_COLUMNS]
    if row is None or any(row[name] != wanted[name] for name in said):
        raise ConflictError(f"{change.table} {change.row_id} was changed since")
