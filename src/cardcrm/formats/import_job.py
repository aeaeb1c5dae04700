"""Define the job of importing a file, and the report on it.

Readers of contacts yield the entries of `import_entries`, which the runner stores. A reader of
other rows, such as sales, does its own work: it gets the database, an `ImportJob` and an
`ImportReport`, and fills the report. It need not know of dry runs, which are rolled back around
it. It continues the journal step of the report, so that all files of a command are one step:

    def import_sales(store: Store, job: ImportJob, report: ImportReport) -> None:
        for batch in …:
            with store.continue_step(report.step):
                …
            report.step = store.last_step
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

DEFAULT_LIMIT: Final = 1_000_000  # bytes of a photo
MAX_REFUSALS: Final = 1000  # that a report lists; the others are counted

Mode = Literal["", "update", "fill", "skip"]


class Refusal(NamedTuple):
    """A row that was not imported: its line (from 1), the column at fault, and the reason.

    ``raw`` is the row as its file has it, without line end; it goes to the file of bad entries.
    """

    line: int
    column: str
    reason: str
    raw: str = ""


@dataclass(frozen=True)
class ColumnUse:
    """The fate of a column or property: the field that has its values, and their number.

    A column that is not kept says why. ``is_field`` tells that the target is a custom field, and
    ``is_guess`` that the name of the column is only close to a known one.
    """

    column: str
    target: str
    count: int
    is_kept: bool = True
    is_field: bool = False
    is_guess: bool = False
    why: str = ""


def _ignore_bytes(_count: int) -> None:
    """Show no progress."""


def _ignore_refusal(_refusal: Refusal, _header: str) -> None:
    """Write no file of bad entries."""


@dataclass(frozen=True)
class ImportJob:
    """A file to import, and how.

    ``name`` is what messages call it. ``encoding`` and ``sheet`` are empty unless they were given.
    ``targets`` are columns, each with the field that it was assigned to, and ``known`` the folded
    headers of columns that were assigned now or before. ``mode`` is empty for the default: an
    update for known ids, and else only gaps are filled. Photos of more than ``media_limit`` bytes
    are left out. Rows of other nouns whose contact is unknown are refused with ``known_only``, and
    those that name none are the ``customer``'s. ``anyway`` brings contacts back that were
    forgotten. ``own_addresses`` are the mail addresses of the user, as the settings have them.
    ``on_bytes`` is called with the number of bytes read so far, to show progress.
    """

    path: Path
    name: str
    format: str
    size: int = 0
    encoding: str = ""
    sheet: str = ""
    targets: tuple[tuple[str, str], ...] = ()
    known: frozenset[str] = frozenset()
    mode: Mode = ""
    tags: tuple[str, ...] = ()
    source: str = ""
    owner: str = ""
    media_limit: int = DEFAULT_LIMIT
    known_only: bool = False
    customer: str = ""
    anyway: bool = False
    own_addresses: tuple[str, ...] = ()
    on_bytes: Callable[[int], None] = _ignore_bytes


@dataclass
class ImportReport:
    """Running totals of the import of a file.

    ``step`` is the journal step, one for all files of a command. ``refused`` rows make the import
    fail, ``left_out`` ones, such as totals, do not; ``listed`` is the number of rows that belong
    into ``refusals``. ``bad_header`` is the first line for the file of bad entries, if they need
    one. ``notes`` are sentences on the file, and ``extra`` are further keys of the JSON answer.
    """

    name: str
    rows: str = "contacts"
    step: int | None = None
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    left_out: int = 0
    listed: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    columns: list[ColumnUse] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    bad_header: str = ""
    bad_file: str = ""
    on_refusal: Callable[[Refusal, str], None] = _ignore_refusal

    def refuse(self, line: int, column: str, reason: str, raw: str = "") -> None:
        """Count a row that is not imported, and record it if it is among the first."""
        refusal = Refusal(line, column, reason, raw)
        self.refused += 1
        self._list(refusal)
        self.on_refusal(refusal, self.bad_header)

    def leave_out(self, line: int, reason: str) -> None:
        """Count a row that describes nothing, and record it if it is among the first."""
        self.left_out += 1
        self._list(Refusal(line, "", reason))

    def _list(self, refusal: Refusal) -> None:
        self.listed += 1
        if len(self.refusals) < MAX_REFUSALS:
            self.refusals.append(refusal)
