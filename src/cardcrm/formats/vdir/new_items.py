"""Pair new files with records, and add files for new records."""

from cardcrm.formats.vdir import folder as files
from cardcrm.formats.vdir.changed_files import ReadFile
from cardcrm.formats.vdir.file_writes import FileWrite
from cardcrm.formats.vdir.sync_report import FOLDER
from cardcrm.formats.vdir.sync_run import SyncRun
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.syncing.sync_states import FileState


def follow_renames(run: SyncRun) -> None:
    """Pair the files that another program has renamed: one permanent id, another name."""
    missing = {state.uid: name for name, state in run.pairs.items() if run.is_gone(name)}
    for name, file in run.read.items():
        if name not in run.pairs and file.item.uid in missing:
            old = missing.pop(file.item.uid)
            run.pairs[name] = run.pairs.pop(old)._replace(name=name)


def adopt_files(run: SyncRun) -> None:
    """Find or add the records of new files."""
    new = [file for name, file in run.read.items() if name not in run.pairs]
    if not new:
        return
    taken = {state.uid for state in run.pairs.values()}
    items = [file.item._replace(uid=_choose_uid(run, file, taken)) for file in new]
    for file, adopted in zip(new, run.kind.adopt(run.store, items), strict=True):
        run.pair(file, adopted)
    found = {run.pairs[file.name].uid for file in new if file.name in run.pairs}
    run.ids |= run.kind.find(run.store, found)


def _choose_uid(run: SyncRun, file: ReadFile, taken: set[str]) -> str:
    """Return the permanent id of a new file; that of another file is not taken twice."""
    uid = file.item.uid or new_uid()
    if uid in taken:
        uid = run.own_uids[file.name] = new_uid()
        run.report.notes.append(
            f"{file.name} has the permanent id of another file, and gets one of its own"
        )
    taken.add(uid)
    return uid


def add_files(run: SyncRun) -> None:
    """List the files of the records that have none yet."""
    known = {state.uid for state in run.pairs.values()}
    known |= {deletion.uid for deletion in run.report.pending}
    new = [(uid, id_) for uid, id_ in run.selected.items() if uid not in known and uid in run.ids]
    ids = [id_ for _, id_ in new]
    taken = set(run.scan.names)
    rendered = zip(new, run.kind.render(run.store, ids), run.kind.read(run.store, ids))  # noqa: B905
    for (uid, _), text, now in rendered:
        name = files.choose_name(uid, run.kind.ending, taken)
        run.report.count(FOLDER, "added")
        state = FileState(0, name, uid, matched=True)
        run.writes.append(FileWrite(text, None, state, run.find_base(text, now)))
