"""Files of JSON lines that hold everything: `export --all`, and `import` of such a file."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from cardcrm.errors import UsageError
from cardcrm.formats.import_job import ImportJob, ImportReport
from cardcrm.records import registry
from cardcrm.records.archive import dump
from cardcrm.records.archive.decoded_line import (
    LONGEST,
    LineDecoder,
    ReferenceCheck,
    check_counts,
    read_header,
)
from cardcrm.records.archive.restore import Restorer
from cardcrm.records.importing.outcomes import CREATED, REFUSED, UNCHANGED, UPDATED
from cardcrm.store import Store

_WORDS: Final = {
    CREATED: "created",
    UPDATED: "updated",
    REFUSED: "left out",
}
BATCH: Final = 2000  # lines of a transaction

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write(store: Store, stream: TextIO, advance: Callable[[int], object]) -> int:
    """Write everything, and return the number of lines; ``advance`` is called with it."""
    written = 0
    for written, line in enumerate(dump.lines(store), 1):
        stream.write(_encode(line) + "\n")
        if written % 1000 == 0:
            advance(written)
    return written


def is_archive(start: bytes) -> bool:
    """Return whether the beginning of a file is that of a file of `export --all`."""
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:80].replace(b" ", b"")
    return first.startswith(b'{"format":"cardcrm"')


def read(
    store: Store,
    path: Path,
    advance: Callable[[int], object],
    *,
    policy: str = "update",
    anyway: bool = False,
    step: int | None = None,
) -> Restorer:
    """Read a file into a database, after the whole file was checked; return what was done.

    ``advance`` is called with the bytes that were read: half of the size of the file after the
    check. Raises UsageError with the number of a bad line, and ConflictError for the file of a
    newer program.
    """
    decoder = LineDecoder(store)
    with path.open("rb") as file:
        _check(decoder, file, lambda at: advance(at // 2))
    size = path.stat().st_size
    restorer = Restorer(store, decoder.forms, policy, anyway=anyway, step=step)
    with path.open("rb") as file:
        lines = decoder.decode(_numbered(file, lambda at: advance((size + at) // 2)))
        for _, same in groupby(lines, attrgetter("noun")):
            while batch := list(islice(same, BATCH)):
                restorer.write(batch)
    restorer.finish()
    return restorer


def import_everything(store: Store, job: ImportJob, report: ImportReport) -> None:
    """Read a file of `export --all` as an import does. Raises the errors of `read`."""
    if job.tags or job.source or job.owner or job.targets:
        raise UsageError(
            "a file of everything takes no tags, source, owner or columns",
            "Leave them out; change the contacts afterwards: cardcrm edit --where …",
        )
    done = read(
        store,
        job.path,
        job.on_bytes,
        policy=job.mode or "update",
        anyway=job.anyway,
        step=report.step,
    )
    report.step = done.step
    for number, reason in done.refused:
        report.refuse(number, "", f"{reason}; `import --anyway` brings it back")
    totals = Counter[str]()
    for (_noun, outcome), number in done.counts.items():
        totals[outcome] += number
    report.created += totals[CREATED]
    report.updated += totals[UPDATED]
    report.unchanged += totals[UNCHANGED]
    report.notes += _describe(done)


def _describe(done: Restorer) -> Iterator[str]:
    """Yield the number of rows of each noun that were created, updated or left out."""
    for noun in dict.fromkeys(noun for noun, _ in done.counts):
        counts = {outcome: done.counts[noun, outcome] for outcome in _WORDS}
        told = [f"{counts[each]:,} {_WORDS[each]}" for each in _WORDS if counts[each]]
        if told:
            yield f"{registry.record_type(noun).plural}: {', '.join(told)}"


def _check(decoder: LineDecoder, file: BinaryIO, advance: Callable[[int], object]) -> None:
    """Read a whole file without writing anything. Raises UsageError, ConflictError."""
    header = read_header(file.readline(LONGEST))
    file.seek(0)
    references, found = ReferenceCheck(decoder.forms), Counter[str]()
    for line in decoder.decode(_numbered(file, advance)):
        references.add(line)
        found[line.noun] += 1
    references.finish()
    check_counts(found, header)


def _numbered(file: BinaryIO, advance: Callable[[int], object]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines after the header with their numbers."""
    file.readline(LONGEST)
    at = file.tell()
    for number in count(2):
        line = file.readline(LONGEST + 1)
        if not line:
            return
        at += len(line)
        if number % 1000 == 0:
            advance(at)
        yield number, line
