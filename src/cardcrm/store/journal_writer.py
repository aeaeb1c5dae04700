"""The journal entries of a transaction: collected while it changes rows, written at its end.

Each statement is a round trip to a server, so hundreds of entries are written together.
"""

from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.store.engine import Engine

MAX_ENTRIES = 500  # entries that are collected before they are written
COLUMNS = ("step_id", "op", "tbl", "row_id", "old", "new")


class Author(NamedTuple):
    """A user and the machine that the user works at."""

    name: str
    host: str


class JournalWriter:
    """Collects the changes of the current transaction, and writes them to the journal at its end.

    ``step`` is its step in the journal, None until one is written, and ``proof`` holds the values
    of its last entry, by which a commit can be confirmed. ``kind`` is the kind of the step. It is
    ``is_silent`` while data is erased for good, which leaves no entry.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._entries: list[tuple[str, str, int, str | None, str | None]] = []
        self._author = Author("", "")
        self._command = ""
        self.kind = "do"
        self.is_silent = False
        self.step: int | None = None
        self.proof: dict[str, Any] | None = None

    def start(self, author: Author, command: str) -> None:
        """Discard earlier entries and begin a new transaction."""
        self._author, self._command = author, command
        self.step = self.proof = None
        self._entries.clear()

    def add(self, op: str, table: str, row_id: int, old: Any, new: Any) -> None:
        """Add an entry for one change."""
        if self.is_silent:
            return
        self._entries.append((op, table, row_id, _to_json(old), _to_json(new)))
        if len(self._entries) >= MAX_ENTRIES:
            self.write()

    def write(self) -> None:
        """Write the collected entries, into a new step if none has begun."""
        if not self._entries:
            return
        if self.step is None:
            self.begin_step()
        rows = [(self.step, *entry) for entry in self._entries]
        *_, last = self._engine.insert_rows("change", COLUMNS, rows)
        op, table, row_id, _, _ = self._entries[-1]
        self.proof = {
            "id": last,
            "step": self.step,
            "op": op,
            "tbl": table,
            "row": row_id,
            "author": self._author.name,
            "host": self._author.host,
        }
        self._entries.clear()

    def begin_step(self, target: int | None = None) -> None:
        """Write the step itself; ``target`` is the step that it undoes or redoes."""
        self.step = self._engine.insert(
            "step",
            {
                "at": dates.current_instant(),
                "author": self._author.name,
                "host": self._author.host,
                "command": self._command,
                "kind": self.kind,
                "target_id": target,
            },
        )


def _to_json(value: Any) -> str | None:
    if value is None:
        return None
    import json  # 1.5 ms that a command without changes need not take

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
