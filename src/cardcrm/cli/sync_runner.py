"""Runs of `sync`: choose folders, ask questions, report."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import CardcrmError, NotFoundError, UsageError
from cardcrm.formats.vdir.folder import check_folder, create_folder
from cardcrm.formats.vdir.item_kind import ItemKind
from cardcrm.formats.vdir.sync_engine import sync
from cardcrm.formats.vdir.sync_report import DATABASE, FOLDER, Conflict, Deletion, SyncReport
from cardcrm.formats.vdir.sync_run import SyncOptions
from cardcrm.records.syncing import sync_states
from cardcrm.records.syncing.kinds import CONTACTS, EVENT, TODO
from cardcrm.records.syncing.sync_states import Part, SyncFolder
from cardcrm.sheet import Card, Column, Sheet
from cardcrm.store import Store
from cardcrm.store.retry import run_in_transaction

_LISTED = 10  # lines of one kind in a report


def run_sync(
    session: Session,
    folder: Path | None,
    query: str | None,
    kind: str,
    options: SyncOptions,
    *,
    can_choose: bool,
) -> Result:
    """Sync a folder, or all known ones, and report on each.

    ``query`` replaces the remembered one; None leaves it. With ``can_choose`` a person at a
    terminal chooses between two texts of one field.
    """
    store = session.store(create=folder is not None)
    known = _find_folders(store, folder, query, kind, dry_run=options.dry_run)
    cards: list[Card] = []
    failures: list[CardcrmError] = []
    for each in known:
        try:
            report = _sync_folder(session, each, options, can_choose=can_choose)
        except CardcrmError as error:
            if len(known) == 1:
                raise
            failures.append(error)
            session.say(f"{each.path}: {error.message}")
            continue
        was_asked = session.can_ask and session.format == "table" and not options.dry_run
        for line in report_lines(report, dry_run=options.dry_run, was_asked=was_asked):
            session.say(line)
        cards.append(Card(Path(report.folder).name, data=_to_json(report)))
        if report.pending and not options.dry_run:
            failures.append(_ask_for_answer(report))
    data = None if session.format == "table" else join_answers(cards)
    return Result(data, error=failures[0] if failures else None)


def join_answers(cards: Sequence[Card]) -> Card | Sheet:
    """Return the answer for programs: an object, or an array of several."""
    if len(cards) == 1:
        return cards[0]
    keys = list(cards[0].data) if cards else []
    rows: list[tuple[Any, ...]] = [tuple(each.data.values()) for each in cards]
    return Sheet(tuple(Column(key, key) for key in keys), rows)


def stop_sync(session: Session, folder: Path | None) -> Result:
    """Forget a folder. Raises UsageError, NotFoundError."""
    if folder is None:
        raise UsageError("no folder given", "Name the folder to forget.")
    store = session.store()
    known = sync_states.find_folder(store, str(folder.expanduser().resolve()))
    if known is None:
        raise NotFoundError(
            f"{folder} is not a known folder", "To see those: cardcrm sync --dry-run"
        )
    run_in_transaction(store, lambda: sync_states.forget_folder(store, known))
    return Result(None, f"forgot {folder}; its files stay as they are")


def _find_folders(
    store: Store, folder: Path | None, query: str | None, kind: str, *, dry_run: bool
) -> list[SyncFolder]:
    """Return the folders to sync. Raises UsageError, NotFoundError, CardcrmError."""
    if folder is None:
        found = [each for each in sync_states.list_folders(store) if each.kind in _KINDS]
        if not found:
            raise UsageError("no folder given", "Name one first: cardcrm sync DIR")
        return found
    folder = folder.expanduser()
    known = sync_states.find_folder(store, str(folder.resolve()))
    if known is None and not dry_run:
        create_folder(folder)
    path = check_folder(folder)
    if known is None:
        known = SyncFolder(0, str(path), kind or _detect_kind(path), query or "")
    elif kind and kind != known.kind:
        raise UsageError(
            f"{folder} holds {_KINDS[known.kind]}", f"To begin again: cardcrm sync {folder} --stop"
        )
    if query is not None and query != known.query:
        known = known._replace(query=query)
    _check_query(store, known.query)
    return [known]


_KINDS = {CONTACTS: "contacts", TODO: "to-dos", EVENT: "events"}


def _check_query(store: Store, query: str) -> None:
    from cardcrm.records.query_sql import columns, contact_query

    if query:
        columns.count(store, contact_query.parse(store, query))


def _detect_kind(path: Path) -> str:
    """Return the kind of a folder by its files. Raises UsageError for a folder of folders."""
    endings = [each.suffix.lower() for each in path.iterdir() if not each.name.startswith(".")]
    if ".ics" in endings and ".vcf" not in endings:
        return TODO
    inner = [each for each in path.iterdir() if each.is_dir() and not each.name.startswith(".")]
    if inner and ".vcf" not in endings:
        raise UsageError(
            f"{path} holds folders, not contacts", f"Name one of them, such as {inner[0]}."
        )
    return CONTACTS


def _make_kind(store: Store, folder: SyncFolder) -> ItemKind:
    """Return what a folder holds."""
    if folder.kind != CONTACTS:
        from cardcrm.formats.vdir.reminder_items import ReminderItems

        return ReminderItems(store, folder.kind)
    from cardcrm.formats.vdir.contact_items import ContactItems

    return ContactItems(store)


def _sync_folder(
    session: Session, known: SyncFolder, options: SyncOptions, *, can_choose: bool
) -> SyncReport:
    store, path = session.store(), check_folder(Path(known.path))
    kind = _make_kind(store, known)
    if session.can_ask and not options.dry_run and session.format == "table":
        trial = sync(store, kind, known, path, options._replace(dry_run=True))
        kind = _make_kind(store, known)
        options = _ask(session, trial, options, can_choose=can_choose)
    return sync(store, kind, known, path, options)


def _ask(
    session: Session, trial: SyncReport, options: SyncOptions, *, can_choose: bool
) -> SyncOptions:
    """Return the options with the answers of a person."""
    if can_choose and trial.conflicts:
        chosen = {
            each.key
            for each in trial.conflicts
            if each.taken == DATABASE and _takes_file(session, each)
        }

        def prefers_file(uid: str, part: Part) -> bool:
            return (uid, *part) in chosen

        options = options._replace(prefers_file=prefers_file)
    if trial.pending:
        for line in _list_lines("removed on one side:", map(_describe_deletion, trial.pending)):
            session.say(line)
        answer = session.ask("Remove on the other side too, keep, or decide later? [r/k/L] ")
        word = answer.strip().lower()
        is_remove, is_keep = word in ("r", "remove", "y", "yes"), word in ("k", "keep")
        options = options._replace(yes=is_remove, keep=is_keep)
    return options


def _takes_file(session: Session, conflict: Conflict) -> bool:
    session.say(f"{conflict.name}: both sides changed “{conflict.field}”.")
    session.say(f"database: {conflict.database}")
    session.say(f"file:     {conflict.file}")
    return session.ask("Take the database's or the file's? [D/f] ").strip().lower() in ("f", "file")


def _ask_for_answer(report: SyncReport) -> CardcrmError:
    count = len(report.pending)
    deletions, need = ("deletion", "needs") if count == 1 else ("deletions", "need")
    return UsageError(
        f"{count:,} {deletions} in {report.folder} {need} confirmation",
        "To make them, add --yes. To bring back what was removed, add --keep.",
    )


# Report


def report_lines(report: SyncReport, *, dry_run: bool, was_asked: bool) -> Iterator[str]:
    """Yield the report of a folder as lines for people.

    A person who ``was_asked`` has seen the deletions.
    """
    yield f"{report.folder}: {_summarize(report, dry_run=dry_run)}"
    yield from _list_lines("changed on both sides:", map(_describe_conflict, report.conflicts))
    if not was_asked:
        yield from _list_lines("removed on one side:", map(_describe_deletion, report.pending))
    yield from _list_lines("left alone:", (f"{name}: {reason}" for name, reason in report.left))
    yield from _list_lines("note:", report.notes)


def _summarize(report: SyncReport, *, dry_run: bool) -> str:
    sides = {"database": DATABASE, "folder": FOLDER}
    found = [
        f"{name}: {', '.join(words)}"
        for name, side in sides.items()
        if (words := _count_words(report, side))
    ]
    if not found:
        return "nothing to do" if not (report.pending or report.conflicts) else "nothing changed"
    return f"{'would change ' if dry_run else ''}{'; '.join(found)}"


def _count_words(report: SyncReport, side: str) -> list[str]:
    counts = report.counts(side)._asdict()
    return [f"{number:,} {word}" for word, number in counts.items() if number]


def _list_lines(title: str, lines: "Iterator[str] | Sequence[str]") -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"  {title}"
    yield from (f"    {line}" for line in found[:_LISTED])
    if len(found) > _LISTED:
        yield f"    and {len(found) - _LISTED:,} more"


def _describe_conflict(conflict: Conflict) -> str:
    name, field, taken, file, database, _ = conflict
    if taken == "both":
        return f"{name}, {field}: both “{database}” and “{file}” were kept"
    if not (file and database):
        return f"{name}, {field}: “{file or database}” was kept, which one side had removed"
    won, lost = (file, database) if taken == "file" else (database, file)
    return f"{name}, {field}: “{won}” of the {taken} was taken, “{lost}” is kept beside it"


def _describe_deletion(deletion: Deletion) -> str:
    if deletion.side == DATABASE:
        return f"{deletion.name}: its file {deletion.file} is gone"
    return f"{deletion.file}: it is no longer in the database, or no longer found by the query"


def _to_json(report: SyncReport) -> dict[str, object]:
    return {
        "folder": report.folder,
        "to_database": report.counts(DATABASE)._asdict(),
        "to_folder": report.counts(FOLDER)._asdict(),
        "conflicts": [
            {"name": each.name, "field": each.field, "taken": each.taken, "file": each.file,
             "database": each.database}
            for each in report.conflicts
        ],
        "pending": [
            {"name": each.name, "uid": each.uid, "file": each.file, "remove_from": each.side}
            for each in report.pending
        ],
        "left": [each._asdict() for each in report.left],
        "notes": report.notes,
    }  # fmt: skip
