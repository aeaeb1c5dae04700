"""How an import runs: a file's entries in batches into the box, the bad ones into a file."""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Self, TextIO

from cardcrm.cli.import_source import Incoming, incoming, named
from cardcrm.cli.session import Session
from cardcrm.errors import ConflictError, NotFoundError, StorageError, UsageError
from cardcrm.formats.file_reader import Bad, Entry, Group, Item, header_of, read
from cardcrm.records.contacts.drafts import ContactDraft, GroupDraft
from cardcrm.records.importing import bulk_import
from cardcrm.records.importing import groups as importing_groups
from cardcrm.records.importing.groups import Grouped
from cardcrm.render.progress import bar
from cardcrm.sheet import Cell, Column, Sheet
from cardcrm.store import Store, open_store

BATCH = 5000
SHOWN = 3  # so many odd phone numbers are told
TOLD = 10  # so many bad entries are told one by one


@dataclass(frozen=True)
class Extra:
    """What is noted on every card of an import beside what its file says."""

    tags: tuple[str, ...]
    source: str
    owner: str

    def put_on(self, draft: ContactDraft) -> ContactDraft:
        """A draft with the extra on it."""
        if not (self.tags or self.source or self.owner):
            return draft
        return draft._replace(
            tags=(*draft.tags, *self.tags),
            source=draft.source or self.source,
            owner=draft.owner or self.owner,
        )


@dataclass
class Tally:
    """How the import of a file went; ``step`` is the journal's, one for all files of a command.

    ``name`` is what the file is called, ``waiting`` are the organisations made for people of the
    file, which no row of it was about; ``led`` are the cards that permanent ids of the file led to
    though they have others; ``doubts`` tell of phone numbers that can be none.
    """

    name: str
    step: int | None
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            (bulk_import.ADDED, bulk_import.FILLED, bulk_import.SAME, bulk_import.BAD), 0
        )
    )
    waiting: set[int] = field(default_factory=set)
    related: list[tuple[int, str, str]] = field(default_factory=list)
    groups: list[GroupDraft] = field(default_factory=list)
    led: dict[str, int] = field(default_factory=dict)
    grouped: list[Grouped] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    bad_file: str = ""

    def count(self, outcome: bulk_import.Outcome) -> None:
        """Count what became of an entry."""
        self.counts[outcome.status] += 1
        if self.waiting:
            self.waiting.discard(outcome.contact_id)
        if outcome.org_made:
            self.waiting.add(outcome.org_made)
        if outcome.led:
            self.led[outcome.led] = outcome.contact_id


def run(
    session: Session,
    paths: Sequence[Path],
    extra: Extra,
    *,
    kind: str,
    dry_run: bool,
    bad_file: Path | None,
) -> bool:
    """Import files and say how each went; whether there were bad entries.

    ``kind`` is what they are said to be: csv, vcard, or empty to look into them. Raises UsageError
    or ConflictError if the bad entries would be written over something else.
    """
    paths = named(session, paths)
    _check_bad_file(bad_file, paths)
    gc.disable()  # a batch is made of many small things that all live till its end
    tallies: list[Tally] = []
    for path in paths:
        step = tallies[-1].step if tallies else None
        with incoming(session, path, kind) as file:
            tally = Tally(file.path.name, step)
            tallies.append(_import(session, file, tally, extra, bad_file, dry_run=dry_run))
        _say(session, tallies[-1], dry_run=dry_run)
    if session.format != "table":
        session.show(_sheet(tallies))
    return any(tally.counts[bulk_import.BAD] for tally in tallies)


def _check_bad_file(bad_file: Path | None, paths: Sequence[Path]) -> None:
    if bad_file is None:
        return
    if len(paths) > 1:
        raise UsageError(
            "--bad is for the bad entries of one file",
            "Import the files one by one, or leave --bad out.",
        )
    if bad_file.exists():
        raise ConflictError(f"{bad_file} is there already", "Name another file for --bad.")
    if not bad_file.resolve().parent.is_dir():
        raise NotFoundError(
            f"there is no folder {bad_file.parent}",
            "Make it first, or name another file for --bad.",
        )


def _import(
    session: Session,
    file: Incoming,
    tally: Tally,
    extra: Extra,
    bad_file: Path | None,
    *,
    dry_run: bool,
) -> Tally:
    bads = _BadFile(file, bad_file, dry=dry_run)
    try:
        with bar(file.size, f"reading {tally.name}") as tell, bads:
            entries = read(file.path, file.kind, on_bytes=tell)
            store, leave = _box(session, dry_run=dry_run)
            try:
                work = _work(store, entries, extra, tally, bads)
                bulk_import.trial(store, work) if dry_run else work()
            finally:
                leave()
    except KeyboardInterrupt:
        if not dry_run:
            _say_stopped(session, tally)
        raise
    except StorageError as error:
        if not dry_run and tally.step is not None:
            _say_stopped(session, tally)
            error.hint = error.hint.removeprefix("Nothing was changed. ")  # of the last batch alone
        raise
    tally.bad_file = str(bads.path) if bads.made else ""
    return tally


def _say_stopped(session: Session, tally: Tally) -> None:
    """What an import that was broken off has done: whole batches, which a second run finds."""
    made = tally.counts[bulk_import.ADDED] + len(tally.waiting)
    session.say(
        f"stopped: {made} card{'s' * (made != 1)} of {tally.name} came in; "
        "import it again to go on, or `cardcrm undo`"
        if tally.step is not None
        else f"stopped: nothing of {tally.name} came in"
    )


def _box(session: Session, *, dry_run: bool) -> tuple[Store, Callable[[], None]]:
    """The box to load into, and how to leave it; a trial run with no box yet gets a passing one."""
    if not dry_run or session.has_box():
        return session.store(create=not dry_run), lambda: None
    folder = tempfile.TemporaryDirectory()
    store = open_store(Path(folder.name) / "trial.db", create=True)

    def leave() -> None:
        store.close()
        folder.cleanup()

    return store, leave


def _work(
    store: Store, entries: Iterator[Entry], extra: Extra, tally: Tally, bads: "_BadFile"
) -> Callable[[], None]:
    def work() -> None:
        while batch := list(islice(entries, BATCH)):
            _load(store, batch, extra, tally, bads)
        if tally.related:
            bulk_import.relate(store, tally.related, tally.step)
            tally.step = store.last_step
        if tally.groups:
            tally.grouped = importing_groups.group(store, tally.groups, tally.led, tally.step)
            tally.step = store.last_step

    return work


def _load(store: Store, batch: list[Entry], extra: Extra, tally: Tally, bads: "_BadFile") -> None:
    """Load a batch; entries stay in the file's order, so bad ones are told in it."""
    items = [entry for entry in batch if isinstance(entry, Item)]
    tally.groups += [entry.draft for entry in batch if isinstance(entry, Group)]
    drafts = [extra.put_on(item.draft) for item in items]
    outcomes = iter(bulk_import.load(store, drafts, tally.step, tally.waiting))
    tally.step = store.last_step
    for entry in batch:
        if isinstance(entry, Item):
            outcome = next(outcomes)
            tally.count(outcome)
            tally.doubts += [f"line {entry.line}: {doubt}" for doubt in outcome.doubts]
            tally.related += [
                (outcome.contact_id, relation.kind, relation.who)
                for relation in entry.draft.relations
                if outcome.contact_id
            ]
            if outcome.status != bulk_import.BAD:
                continue
            entry = Bad(entry.line, outcome.problem, entry.raw)  # noqa: PLW2901
        elif isinstance(entry, Group):
            continue
        else:
            tally.counts[bulk_import.BAD] += 1
        bads.write(entry)
        if len(tally.told) < TOLD:
            tally.told.append(f"line {entry.line}: {entry.problem}")


class _BadFile:
    """Where bad entries go: made with the first one, beside the imported file."""

    def __init__(self, source: Incoming, target: Path | None, *, dry: bool) -> None:
        self.source = source
        self.dry = dry
        self.path = target or _free(source.bad)
        self._stream: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    @property
    def made(self) -> bool:
        """Whether there were bad entries to write."""
        return self._stream is not None

    def write(self, bad: Bad) -> None:
        """Write an entry as it stood in its file."""
        if self.dry:
            return
        if self._stream is None:
            self._stream = self._open()
        self._stream.write(bad.raw + "\n")

    def _open(self) -> TextIO:
        header = header_of(self.source.path, self.source.kind)
        handle = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        stream = os.fdopen(handle, "w", encoding="utf-8", newline="", errors="replace")
        if header:
            stream.write(header + "\n")
        return stream


def _free(path: Path) -> Path:
    """A name that no file has yet."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def _say(session: Session, tally: Tally, *, dry_run: bool) -> None:
    counts = tally.counts
    would = "would be " if dry_run else ""
    made = len(tally.waiting)
    orgs = f"{made} organisation{'s' * (made != 1)} {would}added, " if made else ""
    session.say(
        f"{tally.name}: {counts[bulk_import.ADDED]} {would}added, {orgs}"
        f"{counts[bulk_import.FILLED]} {would}brought up to date, "
        f"{counts[bulk_import.SAME]} unchanged, {counts[bulk_import.BAD]} bad"
    )
    for group in tally.grouped[:TOLD]:
        session.say(f"  {_said(group, would)}")
    if len(tally.grouped) > TOLD:
        session.say(f"  … and {len(tally.grouped) - TOLD} more groups")
    for line in tally.told:
        session.say(f"  {line}")
    if counts[bulk_import.BAD] > len(tally.told):
        session.say(f"  … and {counts[bulk_import.BAD] - len(tally.told)} more")
    if tally.doubts:
        session.say(_doubtful(tally.doubts, would))
    if tally.bad_file:
        session.say(f"  the bad entries are in {tally.bad_file}: mend them and import that file")


def _doubtful(doubts: Sequence[str], would: str) -> str:
    """What to say of phone numbers that came in as they stood in the file."""
    many = len(doubts) > 1
    number = f"{len(doubts)} phone number{'s' * many}"
    first = "\n".join(f"    {doubt}" for doubt in doubts[:SHOWN])
    more = f"\n    … and {len(doubts) - SHOWN} more" if len(doubts) > SHOWN else ""
    look = "" if would else "; `cardcrm db phones` lists such numbers"
    verb = f"{would or ('are ' if many else 'is ')}kept as written"
    return f"  {number} {verb}{look}:\n{first}{more}"


def _said(group: Grouped, would: str) -> str:
    """What became of a group, in words."""
    if not group.tag:
        return f"the group “{group.name}” was left out: its name makes no tag"
    cards = f"{group.cards} card{'s' * (group.cards != 1)}"
    missing = f"; {group.missing} of its members have no card" if group.missing else ""
    return f"the group “{group.name}” {would or 'is '}the tag {group.tag} on {cards}{missing}"


def _sheet(tallies: Sequence[Tally]) -> Sheet:
    keys = ("file", *tallies[0].counts, "organisations", "groups", "odd_phones", "bad_file")
    rows: list[tuple[Cell, ...]] = [
        (
            tally.name,
            *tally.counts.values(),
            len(tally.waiting),
            len(tally.grouped),
            len(tally.doubts),
            tally.bad_file,
        )
        for tally in tallies
    ]
    return Sheet(tuple(Column(key, key.replace("_", " ")) for key in keys), rows, ids="file")
