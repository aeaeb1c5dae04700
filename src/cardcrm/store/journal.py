"""The journal: what was changed, when and by whom; undo and redo.

A step is one command. Undo goes through its changes backwards and restores the old values, after
checking that no other user has changed them since; redo goes forwards. Both are steps themselves,
so the journal never loses an entry.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cardcrm.errors import ConflictError, NotFoundError
from cardcrm.store import table_registry
from cardcrm.store.journal_rows import STEP_SQL, Change, Step, change_of, step_of
from cardcrm.store.store import Store, placeholders
from cardcrm.store.table_registry import IGNORED_COLUMNS
from cardcrm.store.undo_conflicts import describe_row, explain_final, find_blocker

__all__ = (
    "Change", "Step", "changes", "end_changes", "get_step", "last_to_write", "redo", "redoable",
    "steps", "undo", "undoable",
)  # fmt: skip

OnStart = Callable[[Step], object]


def steps(store: Store, limit: int = 20) -> list[Step]:
    """Return the latest steps, newest first."""
    rows = store.rows(f"{STEP_SQL} ORDER BY s.id DESC LIMIT :limit", limit=limit)
    return [step_of(row) for row in rows]


def changes(store: Store, step: int, limit: int | None = None) -> list[Change]:
    """Return the changes of a step in their order, at most ``limit``."""
    most = "" if limit is None else f" LIMIT {limit:d}"
    rows = store.rows(f"SELECT * FROM change WHERE step_id = :step ORDER BY id{most}", step=step)
    return [change_of(row) for row in rows]


def end_changes(store: Store, steps: Sequence[int], limit: int) -> dict[int, list[Change]]:
    """Return up to ``limit`` first changes of each step, and its last one, by the step's id."""
    if not steps:
        return {}
    marks, params = placeholders(steps, "s")
    rows = store.rows(
        "SELECT c.* FROM change c JOIN (SELECT step_id, min(id) AS first, max(id) AS last "
        f"FROM change WHERE step_id IN ({marks}) GROUP BY step_id) f ON c.step_id = f.step_id "
        "AND (c.id < f.first + :most OR c.id = f.last) ORDER BY c.id",
        most=limit,
        **params,
    )
    found: dict[int, list[Change]] = {}
    for row in rows:
        found.setdefault(row["step_id"], []).append(change_of(row))
    return found


def get_step(store: Store, step: int) -> Step:
    """Return one step. Raises NotFoundError."""
    row = store.row(f"{STEP_SQL} WHERE s.id = :id", id=step)
    if row is None:
        raise NotFoundError(f"unknown step {step}", "To see the steps: cardcrm journal")
    return step_of(row)


def undo(store: Store, on_start: OnStart = lambda _step: None) -> Step | None:
    """Undo the latest step of the user, and return it; None if every step is undone already.

    ``on_start`` is called with the step before the work begins. Raises ConflictError if others have
    built on what it would undo.
    """
    with _explain_conflict(store), store.undo_step("undo"):
        found = undoable(store, 1)
        if not found:
            return None
        (step,) = found
        on_start(step)
        store.set_target(step.id)
        for change_id in _change_ids(store, step.id, "DESC"):
            _apply(store, _revert, step, change_id, "undo")
        _mark(store, step.id, undone=1)
    return step


def redo(store: Store, on_start: OnStart = lambda _step: None) -> Step | None:
    """Redo the step that was undone last; return it, or None if there is none.

    A step that the user undid before doing something new stays undone. ``on_start`` is called with
    the step before the work begins. Raises ConflictError if others have changed what it builds on.
    """
    with _explain_conflict(store), store.undo_step("redo"):
        found = redoable(store, 1)
        if not found:
            return None
        (step,) = found
        on_start(step)
        store.set_target(step.id)
        for change_id in _change_ids(store, step.id, "ASC"):
            _apply(store, _repeat, step, change_id, "redo")
        _mark(store, step.id, undone=0)
    return step


def undoable(store: Store, count: int) -> list[Step]:
    """Return the latest steps of the user that are not undone yet, the next to undo first."""
    rows = store.rows(
        f"{STEP_SQL} WHERE s.kind = 'do' AND s.undone = 0 AND s.author = :author "
        "ORDER BY s.id DESC LIMIT :count",
        author=store.author.name,
        count=count,
    )
    return list(map(step_of, rows))


def redoable(store: Store, count: int) -> list[Step]:
    """Return the steps that the user has undone since the last new one, the next to redo first."""
    rows = store.rows(
        "SELECT s.target_id FROM step s JOIN step t ON t.id = s.target_id "
        "WHERE s.kind = 'undo' AND s.author = :author AND t.undone = 1 AND s.id > "
        "(SELECT coalesce(max(n.id), 0) FROM step n WHERE n.kind = 'do' AND n.author = :author) "
        "GROUP BY s.target_id ORDER BY max(s.id) DESC LIMIT :count",
        author=store.author.name,
        count=count,
    )
    return [get_step(store, row[0]) for row in rows]


# A conflict is about a change that another user has just made: an older one need not be found.
_MAX_CHANGES = 20_000


def last_to_write(
    store: Store, table: str, *, row_id: int = 0, column: str = "", contact_id: int = 0
) -> Step | None:
    """Return the latest step that changed a row (or one of its columns), or any row of a contact.

    Return None if that is longer ago than the last 20,000 changes.
    """
    belongs = "(c.old LIKE :within OR c.old LIKE :last OR c.new LIKE :within OR c.new LIKE :last"
    if contact_id:  # an update logs only the changed columns
        known = table_registry.table(table).name
        belongs += f" OR c.row_id IN (SELECT id FROM {known} WHERE contact_id = :contact)"
    found = store.value(
        "SELECT c.step_id FROM change c WHERE c.id > (SELECT max(id) FROM change) - :latest "
        "AND c.tbl = :tbl AND (:row = 0 OR c.row_id = :row) "
        f"AND (:column = '' OR c.new LIKE :named) AND (:contact = 0 OR {belongs})) "
        "ORDER BY c.id DESC LIMIT 1",
        latest=_MAX_CHANGES,
        tbl=table,
        row=row_id,
        column=column,
        named=f'%"{column}":%',
        contact=contact_id,
        within=f'%"contact_id":{contact_id},%',
        last=f'%"contact_id":{contact_id}}}%',
    )
    return get_step(store, found) if found is not None else None


def _mark(store: Store, step: int, *, undone: int) -> None:
    store.engine.execute(
        "UPDATE step SET undone = :undone WHERE id = :id", {"undone": undone, "id": step}
    )


def _change_ids(store: Store, step: int, order: str) -> list[int]:
    sql = f"SELECT id FROM change WHERE step_id = :step ORDER BY id {order}"
    return [row[0] for row in store.rows(sql, step=step)]


class _BlockedError(ConflictError):
    """A row that a step would change is not as the step left it."""

    def __init__(self, step: Step, change: Change, verb: str) -> None:
        super().__init__(f"cannot {verb} “{step.command}”")
        self.step, self.change = step, change


def _apply(
    store: Store, act: Callable[[Store, Change], None], step: Step, change_id: int, verb: str
) -> None:
    """Revert or repeat one change. Raises _BlockedError for every conflict."""
    change = change_of(store.row("SELECT * FROM change WHERE id = :id", id=change_id))
    try:
        act(store, change)
    except ConflictError as error:
        raise _BlockedError(step, change, verb) from error


@contextlib.contextmanager
def _explain_conflict(store: Store) -> Iterator[None]:
    """Say in the error who has made the change that prevents an undo, and by which command."""
    try:
        yield
    except _BlockedError as error:
        raise ConflictError(
            f"{error.message}: {_reason(store, error.step, error.change)}",
            "Nothing was changed. To see the changes: cardcrm journal",
        ) from error


def _reason(store: Store, step: Step, change: Change) -> str:
    """Return what was changed since a step, and by whom."""
    if final := explain_final(store, change):
        return final
    found = find_blocker(store, step.id, change)
    what = describe_row(store, change, found.row_id if found else change.row_id)
    if found is None:
        return f"{what} was changed since, or other changes build on it"
    return f"{what} was changed since by {found.author} on {found.host} (“{found.command}”)"


def _revert(store: Store, change: Change) -> None:
    if change.op == "delete":
        store.insert_as(change.table, change.row_id, change.old)
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
        store.insert_as(change.table, change.row_id, change.new)
    elif change.op == "load":
        store.load(change.table, **change.new)
    else:
        _expect(store, change, change.old)
        if change.op == "delete":
            store.delete(change.table, change.row_id)
        else:
            store.update(change.table, change.row_id, **change.new)


def _expect(store: Store, change: Change, wanted: Mapping[str, Any]) -> None:
    """Raise ConflictError unless a row still holds what the step left or found there."""
    name = table_registry.table(change.table).name
    row = store.row(f"SELECT * FROM {name} WHERE id = :id", id=change.row_id)
    compared = [column for column in wanted if column not in IGNORED_COLUMNS]
    if row is None or any(row[column] != wanted[column] for column in compared):
        raise ConflictError(f"{change.table} {change.row_id} was changed since")
