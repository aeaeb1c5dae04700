"""Files of JSON lines that hold everything: `export --all`, and `import` of such a file."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, TextIO

from cardcrm.records.archive import dump
from cardcrm.records.archive.decoded_line import (
    LONGEST,
    LineDecoder,
    ReferenceCheck,
    check_counts,
    read_header,
)
from cardcrm.records.archive.restore import Counts, Restorer
from cardcrm.store import Store

BATCH: Final = 2000  # lines of a transaction

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Restored(NamedTuple):
    """The result of an import: the number of lines by noun and outcome, and its journal step."""

    counts: Counts
    step: int | None


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
) -> Restored:
    """Read a file into a database, after the whole file was checked.

    ``advance`` is called with the bytes that were read, of twice the size of the file. Raises
    UsageError with the number of a bad line, and ConflictError for the file of a newer program.
    """
    decoder = LineDecoder(store)
    with path.open("rb") as file:
        _check(decoder, file, advance)
    size = path.stat().st_size
    restorer = Restorer(store, decoder.forms, policy)
    with path.open("rb") as file:
        lines = decoder.decode(_numbered(file, lambda at: advance(size + at)))
        for _, same in groupby(lines, attrgetter("noun")):
            while batch := list(islice(same, BATCH)):
                restorer.write(batch)
    restorer.finish()
    return Restored(restorer.counts, restorer.step)


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
