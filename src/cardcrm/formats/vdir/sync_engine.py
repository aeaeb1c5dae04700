"""Bring a folder of files and the database to the same state.

The changes of the files go into the database in one transaction, which is one step to undo. It
also records, for each file that lacks something, what the file has; only then are the files
written, each in one piece. A sync that is killed in between can be repeated, and loses and
duplicates nothing: what a file lacks is still known, and a new file is recognized by its permanent
id.
"""

import time
from pathlib import Path

from cardcrm.formats.vdir import folder as files
from cardcrm.formats.vdir.changed_files import read_changed
from cardcrm.formats.vdir.file_writes import FileWriter
from cardcrm.formats.vdir.item_kind import ItemKind
from cardcrm.formats.vdir.missing_items import handle_missing, refuse_lost_folder
from cardcrm.formats.vdir.new_items import add_files, adopt_files, follow_renames
from cardcrm.formats.vdir.pair_merge import merge_pairs
from cardcrm.formats.vdir.sync_report import SyncReport
from cardcrm.formats.vdir.sync_run import SyncOptions, SyncRun
from cardcrm.records.syncing import sync_states
from cardcrm.records.syncing.journal_changes import last_change
from cardcrm.records.syncing.sync_states import SyncFolder
from cardcrm.store import Store
from cardcrm.store.retry import run_in_transaction, try_in_transaction


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
        started = time.time_ns()

        def change_database() -> SyncRun:
            run = SyncRun(store, kind, known, path, options, scan, changed, states, started)
            _change_database(run)
            return run

        if options.dry_run:
            return try_in_transaction(store, change_database).report
        run = run_in_transaction(store, change_database)
        if run.writes:
            writer = FileWriter(store, run.known, path, started, run.report.notes)
            writer.write_files(run.writes)
        return run.report


def _change_database(run: SyncRun) -> None:
    """Change the database, and list the files to write."""
    before = run.store.changes_made
    follow_renames(run)
    refuse_lost_folder(run)
    run.find_records()
    adopt_files(run)
    handle_missing(run)
    merge_pairs(run)
    if run.store.changes_made > before:
        run.find_new_records()
    add_files(run)
    if run.removed:
        run.kind.remove(run.store, list(dict.fromkeys(run.removed)))
    _finish(run)


def _finish(run: SyncRun) -> None:
    """Write the states of the files, and the last change of the journal that the sync has seen."""
    for name, found in run.changed.touched.items():
        if name in run.pairs and name not in run.saved:
            state = run.pairs[name]._replace(
                size=found.size, mtime=files.settled_time(found, run.started)
            )
            sync_states.save_state(run.store, run.known.id, state, None)
    run.store.write_journal()
    run.known = run.known._replace(read_to=last_change(run.store))
    if not run.writes:
        sync_states.save_folder(run.store, run.known)
