"""The journal's lines of a transaction: gathered while it changes rows, written at its end.

Each statement is a way to a server and back, so that hundreds of lines go there together.
"""

import json
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.store.engine import Engine

LINES = 500  # so many are held before they are written
COLUMNS = ("step_id", "op", "tbl", "row_id", "old", "new")


class Author(NamedTuple):
    """Who makes changes: a user's name and the machine's."""

    name: str
    host: str


class ChangeLog:
    """What the transaction under way has changed.

    ``step`` is its step in the journal, None until one is written, and ``proof`` what tells that
    its last line is there. ``kind`` says what sort of step it is.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lines: list[tuple[str, str, int, str | None, str | None]] = []
        self._author = Author("", "")
        self._command = ""
        self.kind = "do"
        self.step: int | None = None
        self.proof: dict[str, Any] | None = None

    def start(self, author: Author, command: str) -> None:
        """Forget what was noted before: somebody begins with something else."""
        self._author, self._command = author, command
        self.step = self.proof = None
        self._lines.clear()

    def line(self, op: str, table: str, row_id: int, old: Any, new: Any) -> None:
        """Note one change."""
        self._lines.append((op, table, row_id, _json(old), _json(new)))
        if len(self._lines) >= LINES:
            self.write()

    def write(self) -> None:
        """Write what is noted, into a step of its own where none has begun."""
        if not self._lines:
            return
        if self.step is None:
            self.begin_step()
        rows = [(self.step, *line) for line in self._lines]
        *_, last = self._engine.insert_rows("change", COLUMNS, rows)
        op, table, row_id, _, _ = self._lines[-1]
        self.proof = {
            "id": last,
            "step": self.step,
            "op": op,
            "tbl": table,
            "row": row_id,
            "author": self._author.name,
            "host": self._author.host,
        }
        self._lines.clear()

    def begin_step(self, target: int | None = None) -> None:
        """Write the step itself; ``target`` is the one that it takes back or does again."""
        self.step = self._engine.insert(
            "step",
            {
                "at": dates.stamp(),
                "author": self._author.name,
                "host": self._author.host,
                "command": self._command,
                "kind": self.kind,
                "target_id": target,
            },
        )


def _json(value: Any) -> str | None:
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
