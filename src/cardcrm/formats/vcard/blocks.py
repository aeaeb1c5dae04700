"""Many vCards in one file, read one by one, so that a broken card costs only itself.

The file is cut into cards by its ``BEGIN`` and ``END`` lines here; what stands in a card is read in
``vcard_read`` and written in ``vcard_write``.
"""

from collections.abc import Iterator
from typing import Final, TextIO

from cardcrm.formats.csv.numbered_lines import Lines
from cardcrm.formats.file_reader import Bad, Entry, Group, Item
from cardcrm.formats.vcard.reader import draft_of
from cardcrm.formats.vcard.writer import write_vcard
from cardcrm.records.contacts.drafts import GroupDraft

__all__ = ["read_vcard", "write_vcard"]

MAX_CARD: Final = 5 << 20  # characters
_CUT: Final = "the card is cut off: its END:VCARD is missing"
_OUTSIDE: Final = "this stands outside of any card (between BEGIN:VCARD and END:VCARD)"
_LONG: Final = "the card is longer than 5 MiB (only its beginning is kept here)"


def read_vcard(stream: TextIO) -> Iterator[Entry]:
    """Every card, in order, of versions 2.1, 3.0 and 4.0.

    ``stream`` is opened with ``newline=""``. Raw texts have LF line ends.
    """
    for line, lines, problem in _blocks(Lines(stream)):
        raw = "\n".join(lines)
        yield Bad(line, problem, raw) if problem else _entry(line, raw)


def _entry(line: int, raw: str) -> Entry:
    found = draft_of(raw)
    if isinstance(found, str):
        return Bad(line, found, raw)
    return Group(line, found, raw) if isinstance(found, GroupDraft) else Item(line, found, raw)


def _blocks(lines: Lines) -> Iterator[tuple[int, list[str], str]]:
    """Cards as (first line's number, lines, problem), and likewise what is between them."""
    while taken := lines.take():
        text = _bare(taken)
        if _is(text, "BEGIN:VCARD"):
            yield _card(lines, text)
        elif text.strip():
            yield _garbage(lines, text)


def _card(lines: Lines, begin: str) -> tuple[int, list[str], str]:
    number, held, size = lines.number, [begin], len(begin)
    while taken := lines.take():
        text = _bare(taken)
        if _is(text, "BEGIN:VCARD"):
            lines.give_back([taken])
            return number, held, _CUT
        size += len(taken)
        if size <= MAX_CARD:
            held.append(text)
        if _is(text, "END:VCARD"):
            return number, held, "" if size <= MAX_CARD else _LONG
    return number, held, _CUT


def _garbage(lines: Lines, first: str) -> tuple[int, list[str], str]:
    number, held, size = lines.number, [first], len(first)
    while taken := lines.take():
        text = _bare(taken)
        if _is(text, "BEGIN:VCARD"):
            lines.give_back([taken])
            break
        size += len(taken)
        if size <= MAX_CARD:
            held.append(text)
    return number, held, _OUTSIDE


def _bare(line: str) -> str:
    return line.rstrip("\r\n").lstrip("\ufeff")


def _is(text: str, mark: str) -> bool:
    return len(text) < 40 and text.rstrip().upper() == mark
