"""The report of a sync."""

from dataclasses import dataclass, field
from typing import NamedTuple

from cardcrm.formats.vdir.folder import Left

DATABASE, FOLDER = "database", "folder"


class Counts(NamedTuple):
    """The numbers of contacts or reminders that one side has got, by what became of them."""

    added: int = 0
    changed: int = 0
    deleted: int = 0


class Conflict(NamedTuple):
    """A field that both sides have changed: whose text was taken, and both texts."""

    name: str
    field: str
    taken: str  # file or database
    file: str
    database: str
    key: tuple[str, str, str] = ("", "", "")  # permanent id and part


class Deletion(NamedTuple):
    """A record that one side has removed; ``side`` is the one that still has it."""

    side: str
    name: str
    uid: str
    file: str


@dataclass
class SyncReport:
    """The outcome of a sync. ``pending`` deletions wait for an answer."""

    folder: str
    database: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    pending: list[Deletion] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, side: str, what: str) -> None:
        """Count one record that was added, changed or deleted on a side."""
        counts = self.database if side == DATABASE else self.files
        counts[what] = counts.get(what, 0) + 1

    def counts(self, side: str) -> Counts:
        """Return the numbers of one side."""
        return Counts(**(self.database if side == DATABASE else self.files))
