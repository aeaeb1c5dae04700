"""Write the files that a sync changes, and then the states that they have."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from cardcrm.errors import StorageError
from cardcrm.formats.vdir import folder as files
from cardcrm.formats.vdir.changed_files import encode
from cardcrm.formats.vdir.folder import FileStat
from cardcrm.records.syncing import sync_states
from cardcrm.records.syncing.sync_states import Base, FileState, SyncFolder
from cardcrm.store import Store
from cardcrm.store.retry import run_in_transaction

_BATCH = 1000  # files that are written before they get their names


class FileWrite(NamedTuple):
    """A file to write, or to remove if it has no text, and the state that it then has.

    ``before`` is the file as it was read; another one is left for the next sync.
    """

    text: str | None
    before: FileStat | None
    state: FileState
    base: Base | None


Done = tuple[FileWrite, FileState | None]


class FileWriter:
    """Writes the files of a folder. ``notes`` gets a sentence for each that was changed meanwhile.

    ``started`` is when the sync began, in nanoseconds since 1970.
    """

    def __init__(
        self, store: Store, known: SyncFolder, path: Path, started: int, notes: list[str]
    ) -> None:
        self.store, self.known, self.path = store, known, path
        self.started, self.notes = started, notes

    def write_files(self, writes: Sequence[FileWrite]) -> None:
        """Write files, then the states of those that were written.

        Raises StorageError where that fails; the next sync goes on from there.
        """
        done: list[Done] = []
        try:
            for start in range(0, len(writes), _BATCH):
                self._write_batch(writes[start : start + _BATCH], done)
        except OSError as error:
            raise StorageError(
                f"cannot write in {self.path}: {error.strerror or error}",
                "The database has the changes of the files. To finish, run the sync again.",
            ) from None
        finally:
            is_finished = len(done) == len(writes)
            run_in_transaction(self.store, lambda: self._save_states(done, is_finished=is_finished))

    def _write_batch(self, writes: Sequence[FileWrite], done: list[Done]) -> None:
        """Write some files, and add each to ``done`` with its state."""
        wanted = [each for each in writes if each.text is not None]
        contents = ((each.state.name, encode(each.text or "")) for each in wanted)
        with files.stage_files(self.path, contents) as staged:
            for write, file in zip(wanted, staged, strict=True):
                if self._is_untouched(write):
                    found = files.place_file(self.path, file)
                    done.append((write, self._state_of(write, found)))
        for write in writes:
            if write.text is None and self._is_untouched(write):
                (self.path / write.state.name).unlink(missing_ok=True)
                done.append((write, None))

    def _is_untouched(self, write: FileWrite) -> bool:
        if files.stat_file(self.path, write.state.name) == write.before:
            return True
        self.notes.append(f"{write.state.name} was changed meanwhile; run the sync again")
        return False

    def _state_of(self, write: FileWrite, found: FileStat) -> FileState:
        """Return the state of a file that has just been written."""
        hash_ = files.hash_content(encode(write.text or ""))
        time = files.settled_time(found, self.started)
        return write.state._replace(size=found.size, mtime=time, hash=hash_, pending=False)

    def _save_states(self, done: Iterable[Done], *, is_finished: bool) -> None:
        for write, state in done:
            if state is None:
                sync_states.remove_states(self.store, [write.state.id])
            else:
                sync_states.save_state(self.store, self.known.id, state, write.base)
        if is_finished:
            sync_states.save_folder(self.store, self.known)
