"""Bring a folder of files and the database to the same state.

The changes of the files go into the database in one transaction, which is one step to undo. It
also records, for each file that lacks something, what the file has; only then are the files
written, each in one piece. A sync that is killed in between can be repeated, and loses and
duplicates nothing: what a file lacks is still known, and a new file is recognized by its permanent
id.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from cardcrm.errors import ConflictError
from cardcrm.formats.vdir import folder as files
from cardcrm.formats.vdir.changed_files import ChangedFiles, ReadFile, load_file, read_changed
from cardcrm.formats.vdir.file_writes import FileWrite, FileWriter
from cardcrm.formats.vdir.folder import Left, Scan
from cardcrm.formats.vdir.item_kind import Adopted, Item, ItemKind
from cardcrm.formats.vdir.sync_report import DATABASE, FOLDER, Conflict, Deletion, SyncReport
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.syncing import sync_states, three_way_merge
from cardcrm.records.syncing.contact_changes import describe_texts
from cardcrm.records.syncing.journal_changes import last_change
from cardcrm.records.syncing.sync_states import Base, FileState, Part, Parts, SyncFolder
from cardcrm.records.syncing.three_way_merge import Clash
from cardcrm.store import Store
from cardcrm.store.retry import run_in_transaction, try_in_transaction

_MANY = 10  # files; of fewer only the loss of all is refused


class SyncOptions(NamedTuple):
    """Answers to the questions of a sync.

    ``yes`` makes deletions and ``keep`` undoes them on the other side; without either they wait.
    ``prefers_file`` chooses where both sides have changed a part of a record.
    """

    yes: bool = False
    keep: bool = False
    dry_run: bool = False
    prefers_file: Callable[[str, Part], bool] = lambda _uid, _part: False


def sync(
    store: Store, kind: ItemKind, known: SyncFolder, path: Path, options: SyncOptions
) -> SyncReport:
    """Bring a folder and the database to the same state; see the module.

    Raises ConflictError if another sync works in the folder or if most files have vanished, and
    CardcrmError for a folder that cannot be read or written.
    """
    with files.lock_folder(path):
        scan = files.scan_folder(path, kind.ending)
        states = sync_states.list_states(store, known) if known.id else {}
        changed = read_changed(store, kind, path, scan, states)
        work = _Work(store, kind, path, options, scan, changed)
        if options.dry_run:
            try_in_transaction(store, lambda: work.run(known, states))
            return work.report
        run_in_transaction(store, lambda: work.run(known, states))
        if work.writes:
            writer = FileWriter(store, work.known, path, work.started, work.report.notes)
            writer.write_files(work.writes)
        return work.report


class _Work:
    """One sync of one folder."""

    def __init__(
        self,
        store: Store,
        kind: ItemKind,
        path: Path,
        options: SyncOptions,
        scan: Scan,
        changed: ChangedFiles,
    ) -> None:
        self.store, self.kind, self.options = store, kind, options
        self.path, self.scan, self.changed = path, scan, changed
        self.started = time.time_ns()

    def run(self, known: SyncFolder, states: Mapping[str, FileState]) -> None:
        """Change the database, and list the files to write; may be repeated as a whole."""
        self.report = SyncReport(str(self.path), left=[*self.changed.left])
        self.writes: list[FileWrite] = []
        self.read = dict(self.changed.read)
        self.pairs = dict(states)  # every file that has a record, by its name
        self.own_uids: dict[str, str] = {}  # files that get a permanent id of their own
        self.new: set[str] = set()  # files whose records were added just now
        self.saved: set[str] = set()
        self.removed: list[int] = []
        self.known = known if known.id else sync_states.save_folder(self.store, known)
        before = self.store.changes_made
        self._follow_renames()
        self._refuse_mass_deletion()
        selected = self.kind.select(self.store, self.known)
        uids = {state.uid for state in self.pairs.values()}
        self.ids = selected | self.kind.find(self.store, uids - selected.keys())
        self.touched = self.kind.find_changed(self.store, self.known.read_to)
        self._adopt_files()
        self._handle_missing(selected)
        self._merge_pairs(selected)
        if self.store.changes_made > before:
            selected |= self._select_new(selected)
        self._add_files(selected)
        if self.removed:
            self.kind.remove(self.store, list(dict.fromkeys(self.removed)))
        self._finish()

    def _finish(self) -> None:
        for name, found in self.changed.touched.items():
            if name in self.pairs and name not in self.saved:
                state = self.pairs[name]._replace(
                    size=found.size, mtime=files.settled_time(found, self.started)
                )
                sync_states.save_state(self.store, self.known.id, state, None)
        self.store.write_journal()
        self.known = self.known._replace(read_to=last_change(self.store))
        if not self.writes:
            sync_states.save_folder(self.store, self.known)

    def _is_gone(self, name: str) -> bool:
        return name not in self.scan.files and name not in self.changed.unusable

    def _follow_renames(self) -> None:
        """Pair the files that another program has renamed: one permanent id, another name."""
        missing = {state.uid: name for name, state in self.pairs.items() if self._is_gone(name)}
        for name, file in self.read.items():
            if name not in self.pairs and file.item.uid in missing:
                old = missing.pop(file.item.uid)
                self.pairs[name] = self.pairs.pop(old)._replace(name=name)

    def _refuse_mass_deletion(self) -> None:
        gone = sum(map(self._is_gone, self.pairs))
        if _is_mass(gone, len(self.pairs)) and not self.options.keep:
            raise ConflictError(
                f"{gone:,} of {len(self.pairs):,} files have vanished from {self.path}",
                "Nothing was changed. Mount the disk or bring the files back; --keep writes them "
                f"again. To remove {self.kind.plural}: cardcrm rm",
            )

    # New files

    def _adopt_files(self) -> None:
        new = [file for name, file in self.read.items() if name not in self.pairs]
        if not new:
            return
        taken = {state.uid for state in self.pairs.values()}
        items = [file.item._replace(uid=self._choose_uid(file, taken)) for file in new]
        for file, adopted in zip(new, self.kind.adopt(self.store, items), strict=True):
            self._pair(file, adopted)
        found = {self.pairs[file.name].uid for file in new if file.name in self.pairs}
        self.ids |= self.kind.find(self.store, found)

    def _choose_uid(self, file: ReadFile, taken: set[str]) -> str:
        """Return the permanent id of a new file; that of another file is not taken twice."""
        uid = file.item.uid or new_uid()
        if uid in taken:
            uid = self.own_uids[file.name] = new_uid()
            self.report.notes.append(
                f"{file.name} has the permanent id of another file, and gets one of its own"
            )
        taken.add(uid)
        return uid

    def _pair(self, file: ReadFile, adopted: Adopted) -> None:
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

    # Files and records that are gone

    def _handle_missing(self, selected: Mapping[str, int]) -> None:
        present = {each.uid for name, each in self.pairs.items() if not self._is_gone(name)}
        deletions: list[Deletion] = []
        for name, state in list(self.pairs.items()):
            if self._is_gone(name):
                deletions += self._handle_missing_file(state, present)
            elif state.uid not in self.ids:
                deletions += self._handle_missing_record(state)
            elif state.matched and state.uid not in selected:
                if self.kind.is_closed(self._texts_of(state)):
                    self._remove_file(state)
                else:
                    deletions.append(self._deletion(FOLDER, state))
        gone = sum(each.uid not in self.ids for each in deletions)
        if _is_mass(gone, len(self.pairs)) and not self.options.keep:
            raise ConflictError(
                f"{gone:,} of {len(self.pairs):,} {self.kind.plural} in {self.path} were removed "
                "from the database",
                "Nothing was changed. If that is right, remove the files as well; --keep brings "
                f"the {self.kind.plural} back.",
            )
        for deletion in deletions:
            self._delete(self.pairs[deletion.file], deletion)

    def _handle_missing_file(self, state: FileState, present: set[str]) -> list[Deletion]:
        """Return the deletion that a missing file asks for; one that changed is written again."""
        if state.uid not in self.ids or state.uid in present:
            self._drop(state)
        elif self.kind.is_closed(self._texts_of(state)):
            self._drop(state)
            del self.ids[state.uid]
        elif state.pending or self._has_changed(state):
            self._drop(state)
            self.report.notes.append(f"{state.name} was removed, but changed in the database")
        else:
            return [self._deletion(DATABASE, state)]
        return []

    def _has_changed(self, state: FileState) -> bool:
        """Return whether a record has changed since the last sync."""
        id_ = self.ids[state.uid]
        if self.touched is not None and id_ not in self.touched:
            return False
        base = sync_states.read_bases(self.store, [state])[state.id]
        return self.kind.read(self.store, [id_])[0] != base.database

    def _handle_missing_record(self, state: FileState) -> list[Deletion]:
        """Return the deletion that a missing record asks for; one that changed is added again."""
        if state.name in self.changed.unusable:
            return []
        if state.name not in self.read:
            return [Deletion(FOLDER, state.name, state.uid, state.name)]
        self.report.notes.append(f"{state.name} was removed in the database, but changed")
        self._restore(state)
        return []

    def _texts_of(self, state: FileState) -> Parts:
        return self.kind.read(self.store, [self.ids[state.uid]])[0]

    def _deletion(self, side: str, state: FileState) -> Deletion:
        return Deletion(side, self.kind.describe(self._texts_of(state)), state.uid, state.name)

    def _drop(self, state: FileState) -> None:
        del self.pairs[state.name]
        sync_states.remove_states(self.store, [state.id] if state.id else [])

    def _restore(self, state: FileState) -> None:
        """Add a record again from its file."""
        item = self.read[state.name].item._replace(uid=state.uid)
        (adopted,) = self.kind.adopt(self.store, [item])
        self._drop(state)
        self._pair(self.read[state.name], adopted)
        self.ids |= self.kind.find(self.store, [adopted.uid])

    def _delete(self, state: FileState, deletion: Deletion) -> None:
        if self.options.keep:
            self._undo_deletion(state, deletion)
        elif not self.options.yes:
            self.report.pending.append(deletion)
            del self.pairs[state.name]
        elif deletion.side == DATABASE:
            self.report.count(DATABASE, "deleted")
            self.removed.append(self.ids.pop(state.uid))
            self._drop(state)
        else:
            self._remove_file(state)

    def _remove_file(self, state: FileState) -> None:
        self.report.count(FOLDER, "deleted")
        del self.pairs[state.name]
        self.writes.append(FileWrite(None, self.scan.files[state.name], state, None))

    def _undo_deletion(self, state: FileState, deletion: Deletion) -> None:
        """Bring back what one side has removed."""
        if deletion.side == DATABASE:
            self._drop(state)
        elif state.uid in self.ids:  # the query finds it no longer, and its file stays
            self.pairs[state.name] = state._replace(matched=False)
        elif file := self._load(state.name, None):
            self.read[state.name] = file
            self._restore(state)

    # Merge

    def _load(self, name: str, base: Base | None) -> ReadFile | None:
        """Return a file, read now if it had not changed; None if it cannot be used."""
        if name in self.read:
            return self.read[name]
        file = load_file(self.store, self.kind, self.path, name, base.file if base else None)
        if isinstance(file, ReadFile):
            return file
        self.report.left.append(Left(name, file))
        return None

    def _merge_pairs(self, selected: Mapping[str, int]) -> None:
        wanted = [state for state in self.pairs.values() if self._has_work(state)]
        bases = sync_states.read_bases(self.store, [each for each in wanted if each.id])
        ids = [self.ids[state.uid] for state in wanted]
        database = dict(zip(ids, self.kind.read(self.store, ids), strict=True))
        jobs = [
            (file, state, _base_of(file, state, bases))
            for state in wanted
            if (file := self._load(state.name, bases.get(state.id)))
        ]
        written = [
            self.ids[state.uid]
            for file, state, base in jobs
            if self._merge(file, state, base, database[self.ids[state.uid]])
        ]
        database |= dict(zip(written, self.kind.read(self.store, written), strict=True))
        for file, state, base in jobs:
            found = state._replace(matched=state.uid in selected)
            self._bring_along(file, found, base, database[self.ids[state.uid]])

    def _has_work(self, state: FileState) -> bool:
        if state.name in self.changed.unusable or state.uid not in self.ids:
            return False
        is_touched = self.touched is None or self.ids[state.uid] in self.touched
        return state.name in self.read or is_touched or not state.id

    def _merge(self, file: ReadFile, state: FileState, base: Base | None, now: Parts) -> bool:
        """Write the changes of a file into the database, and return whether there are any."""
        if state.name in self.new:
            return False
        texts = file.item.texts
        before = base or three_way_merge.find_common(texts, now)
        merged = three_way_merge.merge(
            before, texts, now, lambda part: self.options.prefers_file(state.uid, part)
        )
        changes = dict(merged.to_database)
        for clash in merged.clashes:
            changes |= self.kind.keep_loser(clash, now)
            self.report.conflicts.append(self._describe(clash, state.uid, now))
        self.report.conflicts += self._list_replaced(before, texts, now)
        if not changes:
            return False
        problems = self.kind.write(self.store, self.ids[state.uid], changes)
        self.report.notes += [f"{file.name}: {problem}" for problem in problems]
        self.report.count(DATABASE, "changed")
        return True

    def _describe(self, clash: Clash, uid: str, now: Parts) -> Conflict:
        return Conflict(
            self.kind.describe(now),
            self.kind.label(clash.part),
            "file" if clash.is_file else "database",
            describe_texts(clash.file),
            describe_texts(clash.database),
            (uid, *clash.part),
        )

    def _list_replaced(self, base: Base, file: Parts, now: Parts) -> list[Conflict]:
        """Return the phone numbers and addresses that both sides have replaced; both stay."""
        found = []
        for part in base.database:
            if part[0] != "point" or part in file or part in now or part not in base.file:
                continue
            mine, theirs = _added(base.file, file, part), _added(base.database, now, part)
            if mine and theirs and mine != theirs:
                name, label = self.kind.describe(now), self.kind.label(part)
                found.append(Conflict(name, label, "both", mine, theirs))
        return found

    def _bring_along(self, file: ReadFile, state: FileState, base: Base | None, now: Parts) -> None:
        """Write the state of a file, and list it to be written if it lacks anything."""
        texts = file.item.texts
        is_new = file.name in self.new
        before = base or (Base(texts, now) if is_new else three_way_merge.find_common(texts, now))
        changes = three_way_merge.find_changes(before, now, texts)
        uid = self.own_uids.get(file.name) or ("" if file.item.uid else state.uid)
        text = file.text
        if changes or uid:
            (new,) = self.kind.render(self.store, [self.ids[state.uid]], file.text)
            text = self.kind.patch(self.store, file.text, changes, new, uid)
        is_pending = text != file.text
        held = three_way_merge.hold_back(now, changes, before.database) if is_pending else now
        size, mtime = file.stat.size, files.settled_time(file.stat, self.started)
        state = state._replace(size=size, mtime=mtime, hash=file.hash, pending=is_pending)
        state = sync_states.save_state(self.store, self.known.id, state, Base(texts, held))
        self.saved.add(file.name)
        if is_pending:
            self.report.count(FOLDER, "changed")
            self.writes.append(FileWrite(text, file.stat, state, self._find_base(text, now)))

    def _find_base(self, text: str, now: Parts) -> Base:
        """Return the base of a file that has just been written."""
        item = self.kind.parse(self.store, text, None)
        return Base(item.texts if isinstance(item, Item) else now, now)

    def _select_new(self, selected: Mapping[str, int]) -> dict[str, int]:
        """Return the records that the files have brought along, such as organizations."""
        now = self.kind.select(self.store, self.known)
        new = {uid: id_ for uid, id_ in now.items() if uid not in selected}
        self.ids |= new
        return new

    def _add_files(self, selected: Mapping[str, int]) -> None:
        """List the files of the records that have none yet."""
        known = {state.uid for state in self.pairs.values()}
        known |= {deletion.uid for deletion in self.report.pending}
        new = [(uid, id_) for uid, id_ in selected.items() if uid not in known and uid in self.ids]
        ids = [id_ for _, id_ in new]
        taken = set(self.scan.names)
        rendered = zip(new, self.kind.render(self.store, ids), self.kind.read(self.store, ids))  # noqa: B905
        for (uid, _), text, now in rendered:
            name = files.choose_name(uid, self.kind.ending, taken)
            self.report.count(FOLDER, "added")
            state = FileState(0, name, uid, matched=True)
            self.writes.append(FileWrite(text, None, state, self._find_base(text, now)))


def _base_of(file: ReadFile, state: FileState, bases: Mapping[int, Base]) -> Base | None:
    """Return the last common texts; those of a file that has not changed are its own.

    Parts that mention a forgotten contact are missing in the stored ones.
    """
    base = bases.get(state.id)
    is_same = base is not None and file.hash == state.hash
    return base._replace(file=file.item.texts) if base is not None and is_same else base


def _is_mass(gone: int, known: int) -> bool:
    """Return whether more has vanished than a person removes by hand."""
    return gone == known > 1 or (known >= _MANY and 2 * gone > known)


def _added(before: Parts, after: Parts, part: Part) -> str:
    """Return the values of the kind of a part that one side has added."""
    start = part[1].partition(":")[0] + ":"
    return ", ".join(
        texts[1]
        for each, texts in after.items()
        if each[0] == part[0] and each[1].startswith(start) and each not in before
    )
