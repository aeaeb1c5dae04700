"""Merge each pair of a file and a record, of which either or both may have changed."""

from collections.abc import Mapping

from cardcrm.formats.vdir import folder as files
from cardcrm.formats.vdir.changed_files import ReadFile
from cardcrm.formats.vdir.file_writes import FileWrite
from cardcrm.formats.vdir.sync_report import DATABASE, FOLDER, Conflict
from cardcrm.formats.vdir.sync_run import SyncRun
from cardcrm.records.privacy import forgotten_hashes
from cardcrm.records.syncing import sync_states, three_way_merge
from cardcrm.records.syncing.contact_changes import describe_texts
from cardcrm.records.syncing.sync_states import Base, FileState, Part, Parts
from cardcrm.records.syncing.three_way_merge import Clash


def merge_pairs(run: SyncRun) -> None:
    """Write the changes of files into the database, and list the files that lack any."""
    wanted = [state for state in run.pairs.values() if _has_work(run, state)]
    bases = sync_states.read_bases(run.store, [each for each in wanted if each.id])
    ids = [run.ids[state.uid] for state in wanted]
    database = dict(zip(ids, run.kind.read(run.store, ids), strict=True))
    jobs = [
        (file, state, _base_of(run, file, state, bases))
        for state in wanted
        if (file := run.load(state.name, bases.get(state.id)))
    ]
    written = [
        run.ids[state.uid]
        for file, state, base in jobs
        if _merge(run, file, state, base, database[run.ids[state.uid]])
    ]
    database |= dict(zip(written, run.kind.read(run.store, written), strict=True))
    for file, state, base in jobs:
        found = state._replace(matched=state.uid in run.selected)
        _bring_along(run, file, found, base, database[run.ids[state.uid]])


def _has_work(run: SyncRun, state: FileState) -> bool:
    if state.name in run.changed.unusable or state.uid not in run.ids:
        return False
    is_touched = run.touched is None or run.ids[state.uid] in run.touched
    return state.name in run.read or is_touched or not state.id


def _merge(run: SyncRun, file: ReadFile, state: FileState, base: Base | None, now: Parts) -> bool:
    """Write the changes of a file into the database, and return whether there are any."""
    if state.name in run.new:
        return False
    texts = file.item.texts
    before = base or three_way_merge.find_common(texts, now)
    merged = three_way_merge.merge(
        before, texts, now, lambda part: run.options.prefers_file(state.uid, part)
    )
    changes = dict(merged.to_database)
    for clash in merged.clashes:
        changes |= run.kind.keep_loser(clash, now)
        run.report.conflicts.append(_describe(run, clash, state.uid, now))
    run.report.conflicts += _list_replaced(run, before, texts, now)
    if not changes:
        return False
    problems = run.kind.write(run.store, run.ids[state.uid], changes)
    run.report.notes += [f"{file.name}: {problem}" for problem in problems]
    run.report.count(DATABASE, "changed")
    return True


def _describe(run: SyncRun, clash: Clash, uid: str, now: Parts) -> Conflict:
    return Conflict(
        run.kind.describe(now),
        run.kind.label(clash.part),
        "file" if clash.is_file else "database",
        describe_texts(clash.file),
        describe_texts(clash.database),
        (uid, *clash.part),
    )


def _list_replaced(run: SyncRun, base: Base, file: Parts, now: Parts) -> list[Conflict]:
    """Return the phone numbers and addresses that both sides have replaced; both stay."""
    found = []
    for part in base.database:
        if part[0] != "point" or part in file or part in now or part not in base.file:
            continue
        mine, theirs = _added(base.file, file, part), _added(base.database, now, part)
        if mine and theirs and mine != theirs:
            name, label = run.kind.describe(now), run.kind.label(part)
            found.append(Conflict(name, label, "both", mine, theirs))
    return found


def _bring_along(
    run: SyncRun, file: ReadFile, state: FileState, base: Base | None, now: Parts
) -> None:
    """Write the state of a file, and list it to be written if it lacks anything."""
    texts = file.item.texts
    is_new = file.name in run.new
    before = base or (Base(texts, now) if is_new else three_way_merge.find_common(texts, now))
    changes = three_way_merge.find_changes(before, now, texts)
    uid = run.own_uids.get(file.name) or ("" if file.item.uid else state.uid)
    text = file.text
    if changes or uid:
        (new,) = run.kind.render(run.store, [run.ids[state.uid]], file.text)
        text = run.kind.patch(run.store, file.text, changes, new, uid)
    is_pending = text != file.text
    held = three_way_merge.hold_back(now, changes, before.database) if is_pending else now
    size, mtime = file.stat.size, files.settled_time(file.stat, run.started)
    state = state._replace(size=size, mtime=mtime, hash=file.hash, pending=is_pending)
    state = sync_states.save_state(run.store, run.known.id, state, Base(texts, held))
    run.saved.add(file.name)
    if is_pending:
        run.report.count(FOLDER, "changed")
        run.writes.append(FileWrite(text, file.stat, state, run.find_base(text, now)))


def _base_of(
    run: SyncRun, file: ReadFile, state: FileState, bases: Mapping[int, Base]
) -> Base | None:
    """Return the last common texts; those of a file that has not changed are its own.

    Parts that mention a forgotten contact are missing in the stored ones.
    """
    base = bases.get(state.id)
    if base is None:
        return None
    if base.struck:
        hash_text = forgotten_hashes.load(run.store).hash_text
        base = sync_states.restore_struck(base, file.item.texts, hash_text)
    return base._replace(file=file.item.texts) if file.hash == state.hash else base


def _added(before: Parts, after: Parts, part: Part) -> str:
    """Return the values of the kind of a part that one side has added."""
    start = part[1].partition(":")[0] + ":"
    return ", ".join(
        texts[1]
        for each, texts in after.items()
        if each[0] == part[0] and each[1].startswith(start) and each not in before
    )
