"""The import of files: entries go to the database in batches, bad ones to a file."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Self, TextIO

from cardcrm.cli.import_report import (
    Tally,
    describe_interruption,
    list_tallies,
    report_lines,
)
from cardcrm.cli.import_source import ImportFile, list_sources, open_source
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import ConflictError, NotFoundError, StorageError, UsageError
from cardcrm.formats.file_reader import find_header, read_entries
from cardcrm.formats.import_entries import BadEntry, ContactEntry, DateNote, Entry, GroupEntry
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.names import name_of
from cardcrm.records.importing import bulk_import, group_tags
from cardcrm.render.progress import progress_bar
from cardcrm.signals import clean_up_at_end
from cardcrm.store import Store, open_store

BATCH = 5000


class ImportOptions(NamedTuple):
    """Options of `import`. Tags, source and owner apply to every contact in the files."""

    tags: tuple[str, ...]
    source: str
    owner: str
    kind: str  # csv, vcard, or empty to detect it
    dry_run: bool
    bad_file: Path | None

    def apply_to(self, draft: ContactDraft) -> ContactDraft:
        """Return a draft with the tags added, and source and owner set if it has none."""
        if not (self.tags or self.source or self.owner):
            return draft
        return draft._replace(
            tags=(*draft.tags, *self.tags),
            source=draft.source or self.source,
            owner=draft.owner or self.owner,
        )


def run_import(session: Session, paths: Sequence[Path], options: ImportOptions) -> Result:
    """Import files and report on each; the exit code is 1 if there were bad entries.

    Raises UsageError or ConflictError if the bad entries would overwrite another file.
    """
    paths = list_sources(session, paths)
    _check_bad_file(options.bad_file, paths)
    tallies: list[Tally] = []
    for path in paths:
        step = tallies[-1].step if tallies else None
        with open_source(session, path, options.kind) as file:
            tallies.append(_import_file(session, file, Tally(file.path.name, step), options))
        for line in report_lines(tallies[-1], dry_run=options.dry_run):
            session.say(line)
    code = int(any(tally.has_bad for tally in tallies))
    if session.format == "table":
        return Result(exit_code=code)
    warnings = (
        line.strip()
        for tally in tallies
        for line in list(report_lines(tally, dry_run=options.dry_run))[1:]
    )
    return Result(list_tallies(tallies), exit_code=code, warnings=tuple(warnings))


def _check_bad_file(bad_file: Path | None, paths: Sequence[Path]) -> None:
    if bad_file is None:
        return
    if len(paths) > 1:
        raise UsageError(
            "--bad takes the bad entries of one file only",
            "Import the files one by one, or leave out --bad.",
        )
    if os.path.lexists(bad_file):
        raise ConflictError(f"{bad_file} already exists", "Name another file for --bad.")
    if not bad_file.resolve().parent.is_dir():
        raise NotFoundError(
            f"no such folder: {bad_file.parent}",
            "Create it first, or name another file for --bad.",
        )


def _import_file(session: Session, file: ImportFile, tally: Tally, options: ImportOptions) -> Tally:
    bad_entries = _BadFile(file, options.bad_file, dry_run=options.dry_run)
    try:
        with progress_bar(file.size, f"reading {tally.name}") as advance, bad_entries:
            find_header(file.path, file.kind)  # raises before a database is created
            store, close = _open_target(session, dry_run=options.dry_run)
            try:
                entries = read_entries(
                    file.path,
                    file.kind,
                    region=store.locale.region,
                    date_fields=_list_date_fields(store),
                    on_bytes=advance,
                )
                work = _make_work(store, entries, options, tally, bad_entries)
                bulk_import.dry_run(store, work) if options.dry_run else work()
            finally:
                close()
    except KeyboardInterrupt:
        if not options.dry_run:
            session.say(describe_interruption(tally))
        raise
    except StorageError as error:
        if not options.dry_run and tally.step is not None:
            session.say(describe_interruption(tally))
            error.hint = error.hint.removeprefix("Nothing was changed. ")  # true of the last batch
        raise
    tally.bad_file = str(bad_entries.path) if bad_entries.is_open else ""
    return tally


def _list_date_fields(store: Store) -> frozenset[str]:
    return frozenset(each.name for each in custom_fields.list_fields(store) if each.type == "date")


def _open_target(session: Session, *, dry_run: bool) -> tuple[Store, Callable[[], None]]:
    """Return the database to import into, and a function to close it.

    A dry run without a database gets a temporary one.
    """
    if not dry_run or session.has_database():
        return session.store(create=not dry_run), lambda: None
    cleanup = contextlib.ExitStack()
    cleanup.enter_context(clean_up_at_end())
    folder = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="cardcrm-"))
    store = open_store(Path(folder) / "trial.db", create=True)
    cleanup.callback(store.close)
    return store, cleanup.close


def _make_work(
    store: Store,
    entries: Iterator[Entry],
    options: ImportOptions,
    tally: Tally,
    bad_entries: "_BadFile",
) -> Callable[[], None]:
    """Return a function that imports all entries; each batch is a transaction."""
    known = {each.name for each in custom_fields.list_fields(store)}
    first_new = 1 + (store.value("SELECT max(id) FROM contact") or 0)

    def work() -> None:
        while batch := list(islice(entries, BATCH)):
            _import_batch(store, batch, options, tally, bad_entries, first_new)
        if tally.relations:
            bulk_import.add_relations(store, tally.relations, tally.step)
            tally.step = store.last_step
        if tally.groups:
            tally.group_results = group_tags.tag_groups(
                store, tally.groups, tally.found_by_uid, tally.step
            )
            tally.step = store.last_step
        fields = custom_fields.list_fields(store)
        tally.new_fields = [each.label for each in fields if each.name not in known]

    return work


def _import_batch(
    store: Store,
    batch: list[Entry],
    options: ImportOptions,
    tally: Tally,
    bad_entries: "_BadFile",
    first_new: int,
) -> None:
    """Import a batch, and record its bad entries in the order of the file."""
    items = [entry for entry in batch if isinstance(entry, ContactEntry)]
    for note in (entry for entry in batch if isinstance(entry, DateNote)):
        tally.date_order, tally.date_note = note.order, note.words
    tally.groups += [entry.draft for entry in batch if isinstance(entry, GroupEntry)]
    drafts = [options.apply_to(item.draft) for item in items]
    outcomes = iter(bulk_import.import_drafts(store, drafts, tally.step, tally.new_orgs, first_new))
    tally.step = store.last_step
    for entry in batch:
        if isinstance(entry, BadEntry):
            tally.counts[bulk_import.BAD] += 1
            _record_bad(entry, tally, bad_entries)
        elif isinstance(entry, ContactEntry):
            outcome = next(outcomes)
            _record_outcome(entry, outcome, tally)
            if outcome.status == bulk_import.BAD:
                _record_bad(BadEntry(entry.line, outcome.problem, entry.raw), tally, bad_entries)


def _record_outcome(item: ContactEntry, outcome: bulk_import.Outcome, tally: Tally) -> None:
    tally.count(outcome)
    if outcome.twin_id:
        who = f"line {item.line} {name_of(item.draft).name} (contact {outcome.twin_id})"
        tally.twins.append((outcome.contact_id, outcome.twin_id))
        tally.twin_names.append(who)
    if outcome.other_values:
        who = f"line {item.line}, {name_of(item.draft).name} (contact {outcome.contact_id})"
        tally.other_values.append(f"{who}: {', '.join(outcome.other_values)}")
    tally.phone_warnings += [f"line {item.line}: {doubt}" for doubt in outcome.warnings]
    tally.unreadable += [f"line {item.line}: {problem}" for problem in outcome.unreadable]
    if outcome.contact_id:
        tally.relations += [
            (outcome.contact_id, relation.kind, relation.who) for relation in item.draft.relations
        ]


def _record_bad(bad: BadEntry, tally: Tally, bad_entries: "_BadFile") -> None:
    bad_entries.write(bad)
    tally.add_problem(bad.line, bad.problem)


class _BadFile:
    """A file of bad entries beside the imported file, created with the first entry."""

    def __init__(self, source: ImportFile, target: Path | None, *, dry_run: bool) -> None:
        self.source = source
        self.path = target or _unused_path(source.bad)
        self._dry_run = dry_run
        self._stream: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    @property
    def is_open(self) -> bool:
        """Return whether there were bad entries to write."""
        return self._stream is not None

    def write(self, bad: BadEntry) -> None:
        """Write an entry exactly as its file has it."""
        if self._dry_run:
            return
        if self._stream is None:
            self._stream = self._open()
        self._stream.write(bad.raw + "\n")

    def _open(self) -> TextIO:
        header = find_header(self.source.path, self.source.kind)
        handle = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        stream = os.fdopen(handle, "w", encoding="utf-8", newline="", errors="replace")
        if header:
            stream.write(header + "\n")
        return stream


def _unused_path(path: Path) -> Path:
    """Return a path with a number, if needed, that no file has yet."""
    number = 1
    unused = path
    while os.path.lexists(unused):
        number += 1
        unused = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return unused
