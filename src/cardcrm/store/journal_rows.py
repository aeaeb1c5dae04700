"""The rows of the journal: steps, and the changes of each."""

import json
from dataclasses import dataclass, replace
from typing import Any

from cardcrm.errors import StorageError
from cardcrm.store.engine import Row


@dataclass(frozen=True)
class Step:
    """One command in the journal. ``at`` is UTC text, ``changes`` the number of its changes."""

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
    """One change of a step: ``insert``, ``update`` or ``delete`` of a row in a table.

    ``load`` and ``unload`` are about many rows: new or old holds ``columns`` and ``rows``.
    """

    op: str
    table: str
    row_id: int
    old: Any
    new: Any


STEP_SQL = (
    "SELECT s.id, s.at, s.author, s.host, s.command, s.kind, s.target_id, s.undone, "
    "(SELECT count(*) FROM change c WHERE c.step_id = s.id) FROM step s"
)


def step_of(row: Row) -> Step:
    """Return a step that was selected by `STEP_SQL`."""
    step = Step(*row)
    return replace(step, undone=bool(step.undone))


def change_of(row: Row) -> Change:
    """Return a row of the table of changes."""
    try:
        old, new = (json.loads(text) if text else None for text in (row["old"], row["new"]))
    except (ValueError, RecursionError) as error:
        raise StorageError(
            f"change {row['id']} of the journal is damaged",
            "See `cardcrm db check`; restore a backup with `cardcrm db restore FILE`.",
        ) from error
    return Change(row["op"], row["tbl"], row["row_id"], old, new)
