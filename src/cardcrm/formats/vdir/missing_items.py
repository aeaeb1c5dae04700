"""Decide what becomes of the files and records that one side has removed."""

from cardcrm.errors import ConflictError
from cardcrm.formats.vdir.file_writes import FileWrite
from cardcrm.formats.vdir.sync_report import DATABASE, FOLDER, Deletion
from cardcrm.formats.vdir.sync_run import SyncRun
from cardcrm.records.syncing import sync_states
from cardcrm.records.syncing.sync_states import FileState

_MANY = 10  # files; of fewer only the loss of all is refused


def refuse_lost_folder(run: SyncRun) -> None:
    """Raise ConflictError if most files have vanished, as those of a disk that is not mounted."""
    gone = sum(map(run.is_gone, run.pairs))
    if _is_mass(gone, len(run.pairs)) and not run.options.keep:
        raise ConflictError(
            f"{gone:,} of {len(run.pairs):,} files have vanished from {run.path}",
            "Nothing was changed. Mount the disk or bring the files back; --keep writes them "
            f"again. To remove {run.kind.plural}: cardcrm rm",
        )


def handle_missing(run: SyncRun) -> None:
    """Remove on each side what the other has removed, as far as that was allowed.

    Raises ConflictError if most records of a folder were removed.
    """
    present = {each.uid for name, each in run.pairs.items() if not run.is_gone(name)}
    deletions: list[Deletion] = []
    for name, state in list(run.pairs.items()):
        if run.is_gone(name):
            deletions += _handle_missing_file(run, state, present)
        elif state.uid not in run.ids:
            deletions += _handle_missing_record(run, state)
        elif state.matched and state.uid not in run.selected:
            if run.kind.is_closed(run.texts_of(state)):
                _remove_file(run, state)
            else:
                deletions.append(_deletion(run, FOLDER, state))
    gone = sum(each.uid not in run.ids for each in deletions)
    if _is_mass(gone, len(run.pairs)) and not run.options.keep:
        raise ConflictError(
            f"{gone:,} of {len(run.pairs):,} {run.kind.plural} in {run.path} were removed "
            "from the database",
            "Nothing was changed. If that is right, remove the files as well; --keep brings "
            f"the {run.kind.plural} back.",
        )
    for deletion in deletions:
        _delete(run, run.pairs[deletion.file], deletion)


def _handle_missing_file(run: SyncRun, state: FileState, present: set[str]) -> list[Deletion]:
    """Return the deletion that a missing file asks for; one that changed is written again."""
    if state.uid not in run.ids or state.uid in present:
        run.drop(state)
    elif run.kind.is_closed(run.texts_of(state)):
        run.drop(state)
        del run.ids[state.uid]
    elif state.pending or _has_changed(run, state):
        run.drop(state)
        run.report.notes.append(f"{state.name} was removed, but changed in the database")
    else:
        return [_deletion(run, DATABASE, state)]
    return []


def _has_changed(run: SyncRun, state: FileState) -> bool:
    """Return whether a record has changed since the last sync."""
    id_ = run.ids[state.uid]
    if run.touched is not None and id_ not in run.touched:
        return False
    base = sync_states.read_bases(run.store, [state])[state.id]
    return run.kind.read(run.store, [id_])[0] != base.database


def _handle_missing_record(run: SyncRun, state: FileState) -> list[Deletion]:
    """Return the deletion that a missing record asks for; one that changed is added again."""
    if state.name in run.changed.unusable:
        return []
    if state.name not in run.read:
        return [Deletion(FOLDER, state.name, state.uid, state.name)]
    run.report.notes.append(f"{state.name} was removed in the database, but changed")
    _restore(run, state)
    return []


def _deletion(run: SyncRun, side: str, state: FileState) -> Deletion:
    return Deletion(side, run.kind.describe(run.texts_of(state)), state.uid, state.name)


def _restore(run: SyncRun, state: FileState) -> None:
    """Add a record again from its file."""
    item = run.read[state.name].item._replace(uid=state.uid)
    (adopted,) = run.kind.adopt(run.store, [item])
    run.drop(state)
    run.pair(run.read[state.name], adopted)
    run.ids |= run.kind.find(run.store, [adopted.uid])


def _delete(run: SyncRun, state: FileState, deletion: Deletion) -> None:
    if run.options.keep:
        _undo_deletion(run, state, deletion)
    elif not run.options.yes:
        run.report.pending.append(deletion)
        del run.pairs[state.name]
    elif deletion.side == DATABASE:
        run.report.count(DATABASE, "deleted")
        run.removed.append(run.ids.pop(state.uid))
        run.drop(state)
    else:
        _remove_file(run, state)


def _remove_file(run: SyncRun, state: FileState) -> None:
    run.report.count(FOLDER, "deleted")
    del run.pairs[state.name]
    run.writes.append(FileWrite(None, run.scan.files[state.name], state, None))


def _undo_deletion(run: SyncRun, state: FileState, deletion: Deletion) -> None:
    """Bring back what one side has removed."""
    if deletion.side == DATABASE:
        run.drop(state)
    elif state.uid in run.ids:  # the query finds it no longer, and its file stays
        run.pairs[state.name] = state._replace(matched=False)
    elif file := run.load(state.name, None):
        run.read[state.name] = file
        _restore(run, state)


def _is_mass(gone: int, known: int) -> bool:
    """Return whether more has vanished than a person removes by hand."""
    return gone == known > 1 or (known >= _MANY and 2 * gone > known)
