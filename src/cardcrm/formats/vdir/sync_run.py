"""The state of one sync, and its options."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.formats.vdir.changed_files import ChangedFiles, ReadFile, load_file
from cardcrm.formats.vdir.folder import Left, Scan
from cardcrm.formats.vdir.item_kind import Adopted, Item, ItemKind
from cardcrm.formats.vdir.sync_report import DATABASE, SyncReport
from cardcrm.records.syncing import sync_states
from cardcrm.records.syncing.sync_states import Base, FileState, Part, Parts, SyncFolder
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.formats.vdir.file_writes import FileWrite


class SyncOptions(NamedTuple):
    """Answers to the questions of a sync.

    ``yes`` makes deletions and ``keep`` undoes them on the other side; without either they wait.
    ``prefers_file`` chooses where both sides have changed a part of a record.
    """

    yes: bool = False
    keep: bool = False
    dry_run: bool = False
    prefers_file: Callable[[str, Part], bool] = lambda _uid, _part: False


class SyncRun:
    """The state of one sync of one folder, which its steps change.

    ``pairs`` are the files that have a record, by their names; ``selected`` are the records that
    take part and ``ids`` those that exist, by their permanent ids. ``touched`` are the ids of the
    records that have changed; None if any may have.
    """

    def __init__(
        self,
        store: Store,
        kind: ItemKind,
        known: SyncFolder,
        path: Path,
        options: SyncOptions,
        scan: Scan,
        changed: ChangedFiles,
        states: Mapping[str, FileState],
        started: int,
    ) -> None:
        self.store, self.kind, self.options = store, kind, options
        self.path, self.scan, self.changed = path, scan, changed
        self.started = started  # nanoseconds since 1970
        self.report = SyncReport(str(path), left=[*changed.left])
        self.writes: list[FileWrite] = []
        self.read = dict(changed.read)
        self.pairs = dict(states)
        self.own_uids: dict[str, str] = {}  # files that get a permanent id of their own
        self.new: set[str] = set()  # files whose records were added just now
        self.saved: set[str] = set()
        self.removed: list[int] = []
        self.known = known if known.id else sync_states.save_folder(store, known)
        self.selected: dict[str, int] = {}
        self.ids: dict[str, int] = {}
        self.touched: set[int] | None = None

    def find_records(self) -> None:
        """Find the records that take part, those of known files, and those that have changed."""
        self.selected = self.kind.select(self.store, self.known)
        uids = {state.uid for state in self.pairs.values()}
        self.ids = self.selected | self.kind.find(self.store, uids - self.selected.keys())
        self.touched = self.kind.find_changed(self.store, self.known.read_to)

    def find_new_records(self) -> None:
        """Find the records that the files have brought along, such as organizations."""
        now = self.kind.select(self.store, self.known)
        new = {uid: id_ for uid, id_ in now.items() if uid not in self.selected}
        self.ids |= new
        self.selected |= new

    def is_gone(self, name: str) -> bool:
        """Return whether a file does not exist any more."""
        return name not in self.scan.files and name not in self.changed.unusable

    def pair(self, file: ReadFile, adopted: Adopted) -> None:
        """Pair a file with the record that it became, or leave it out."""
        self.report.notes += [f"{file.name}: {note}" for note in adopted.notes]
        if not adopted.uid:
            if adopted.problem:
                self.report.left.append(Left(file.name, adopted.problem))
            del self.read[file.name]
            return
        if adopted.is_new:
            self.report.count(DATABASE, "added")
            self.new.add(file.name)
        self.pairs[file.name] = FileState(0, file.name, adopted.uid)

    def drop(self, state: FileState) -> None:
        """Forget the pair of a file and a record."""
        del self.pairs[state.name]
        sync_states.remove_states(self.store, [state.id] if state.id else [])

    def load(self, name: str, base: Base | None) -> ReadFile | None:
        """Return a file, read now if it had not changed; None if it cannot be used."""
        if name in self.read:
            return self.read[name]
        file = load_file(self.store, self.kind, self.path, name, base.file if base else None)
        if isinstance(file, ReadFile):
            return file
        self.report.left.append(Left(name, file))
        return None

    def texts_of(self, state: FileState) -> Parts:
        """Return the texts of the record of a file."""
        return self.kind.read(self.store, [self.ids[state.uid]])[0]

    def find_base(self, text: str, now: Parts) -> Base:
        """Return the base of a file that has just been written."""
        item = self.kind.parse(self.store, text, None)
        return Base(item.texts if isinstance(item, Item) else now, now)
