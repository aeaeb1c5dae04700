"""Read the vCards of a file one by one, so that a broken vCard does not affect the others.

This module splits the file at ``BEGIN`` and ``END`` lines; `parser` reads the vCards. A value that
is longer than any that is kept is left out here, so that a file of any size takes little memory.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final, TextIO

from cardcrm.formats.file_dates import DateReader, decide_order, is_field_of
from cardcrm.formats.import_entries import BadEntry, ContactEntry, Entry, FileNote, GroupEntry
from cardcrm.formats.import_job import DEFAULT_LIMIT
from cardcrm.formats.numbered_lines import MAX_LINE_SIZE, NumberedLines
from cardcrm.formats.vcard.escapes import unescape
from cardcrm.formats.vcard.media import CUT
from cardcrm.formats.vcard.parser import CardOptions, ParsedCard, parse_card
from cardcrm.formats.vcard.value_encoding import WESTERN, decode_text
from cardcrm.records.contacts.drafts import GroupDraft

MAX_BLOCK_SIZE: Final = 5 << 20  # characters, photos aside
_DAY: Final = re.compile(
    r"(?:[\w-]+\.)?(?:BDAY|DEATHDATE|(?:X-)?(?:EVOLUTION-)?ANNIVERSARY|X-ABDATE)"
    r"[;:](?:.*:)?([^:]*)$",
    re.ASCII | re.IGNORECASE,
)
_MARK_STARTS: Final = frozenset("BbEe")  # of BEGIN and END
_FOLDS: Final = frozenset((" ", "\t"))
_DAY_STARTS: Final = frozenset("BbDdAaXxIi")
_FIELD: Final = re.compile(r"X-CARDCRM-FIELD:([^;\\]*);(.*)$", re.IGNORECASE)
_AGENT: Final = re.compile(r"(?:[\w-]+\.)?AGENT(?:;[^:]*)?:\s*$", re.ASCII | re.IGNORECASE)
_CUT: Final = "the vCard is incomplete: END:VCARD is missing"
_OUTSIDE: Final = "this text is outside of BEGIN:VCARD and END:VCARD"
_LONG: Final = "the vCard is longer than 5 MiB (only its beginning is kept)"
_GUESS: Final = (
    "text that is not UTF-8 was read as a guess, in the vCard of line {line} as {guess}; "
    "for another encoding: --encoding NAME"
)
_BASE64_SIZE: Final = 1.5  # characters for a byte, line ends included
_LONGEST_MARK: Final = 40
_LONGEST_DAY: Final = 200


def read_vcard(
    stream: TextIO,
    region: str = "",
    date_fields: frozenset[str] = frozenset(),
    *,
    fallback: str = WESTERN,
    media_limit: int = DEFAULT_LIMIT,
) -> Iterator[Entry]:
    """Yield an entry for each vCard of version 2.1, 3.0 or 4.0.

    A first entry says how dates were read, if there are any in numbers; ``region`` decides where
    they do not. ``date_fields`` are names of custom fields. ``stream`` is opened with
    ``newline=""``, and other bytes than UTF-8 as surrogates, which are read by the ``CHARSET`` of
    their property or else as ``fallback``. Files of more than ``media_limit`` bytes in a vCard are
    not kept. Raw texts have LF line ends.
    """
    options = CardOptions(fallback, media_limit)
    order = decide_order(_read_days(stream, date_fields), region)
    stream.seek(0)
    if order is not None:
        yield order.note
    if order is None and not date_fields:
        yield from _read_cards(stream, options)
        return
    dates = DateReader(order, date_fields)
    for entry in _read_cards(stream, options):
        if isinstance(entry, ContactEntry):
            yield entry._replace(draft=dates.apply(entry.draft))
        else:
            yield entry


def _read_days(stream: TextIO, date_fields: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Yield the values of the properties for days, each with its line."""
    lines = iter(partial(stream.readline, MAX_LINE_SIZE), "")
    for number, line in enumerate(lines, 1):
        if line[0] not in _DAY_STARTS or len(line) > _LONGEST_DAY:
            continue
        if match := _DAY.match(line):
            yield number, match[1].strip()
        elif date_fields and (match := _FIELD.match(line)):
            is_day = is_field_of(unescape(match[1]), date_fields)
            yield from [(number, match[2].strip())] * is_day


def _read_cards(stream: TextIO, options: CardOptions) -> Iterator[Entry]:
    is_told = False
    for line, lines, problem in _split_blocks(NumberedLines(stream), options):
        if problem:
            yield BadEntry(line, problem, _to_raw(lines, options))
            continue
        found = parse_card(lines, options)
        if found.guess and not is_told:
            is_told = True
            yield FileNote(_GUESS.format(line=line, guess=found.guess))
        yield _to_entry(line, found, _to_raw(lines, options))


def _to_entry(line: int, found: ParsedCard, raw: str) -> Entry:
    if found.draft is None:
        return BadEntry(line, found.problem, raw)
    return (
        GroupEntry(line, found.draft, raw, found.notes)
        if isinstance(found.draft, GroupDraft)
        else ContactEntry(line, found.draft, raw, found.notes)
    )


def _to_raw(lines: list[str], options: CardOptions) -> str:
    """Return the text of an entry for people, in which other bytes than UTF-8 are read."""
    raw = "\n".join(lines).replace(CUT, "…")
    return decode_text(raw, "", options.fallback)[0]


def _split_blocks(
    lines: NumberedLines, options: CardOptions
) -> Iterator[tuple[int, list[str], str]]:
    """Yield (number of the first line, lines, problem) for vCards and for text between them."""
    media = int(options.media_limit * _BASE64_SIZE)
    longest, largest = max(media, MAX_BLOCK_SIZE), MAX_BLOCK_SIZE + 4 * media
    while line := lines.read():
        text = _strip_line(line)
        if _is_mark(text, "BEGIN:VCARD"):
            yield _Block(text, lines.number, longest, largest).read(lines)
        elif text.strip():
            yield _read_outside(lines, text)


class _Block:
    """The lines of one vCard, without those of values that are longer than ``longest``.

    The vCard is bad if they are longer than ``largest`` together.
    """

    def __init__(self, begin: str, number: int, longest: int, largest: int) -> None:
        self._number = number
        self._longest = longest
        self._largest = largest
        self._lines = [begin]
        self._start = 0  # of the property under way, among the lines
        self._last = 0  # the last line that is not blank
        self._size = 0  # of that property
        self._total = 0  # of all properties that are kept

    def read(self, lines: NumberedLines) -> tuple[int, list[str], str]:
        """Read up to the END of the vCard; return its first line, its lines and a problem."""
        read, kept, longest, largest = lines.read, self._lines, self._longest, self._largest
        while line := read():
            text = _strip_line(line)
            first = text[:1]
            if first in _MARK_STARTS and _is_mark(text, "BEGIN:VCARD"):
                if not _AGENT.match(kept[self._last]):
                    lines.push_back([line])
                    return self._number, kept, _CUT
                self._skip_nested(lines)
                continue
            if first in _FOLDS or ":" not in text:
                self._size += len(text)
            else:
                self._start, self._size = len(kept), len(text)
            if self._size > longest:
                self._cut(text)
                continue
            self._total += len(text)
            if self._total <= largest:
                self._last = len(kept) if text else self._last
                kept.append(text)
            if first in _MARK_STARTS and _is_mark(text, "END:VCARD"):
                return self._number, kept, _LONG if self._total > largest else ""
        return self._number, kept, _CUT

    def _cut(self, text: str) -> None:
        """Replace the value under way, whose last line is given, by a sign."""
        start = self._lines[self._start] if self._start < len(self._lines) else text
        head = start.partition(":")[0][:1000]
        kept = self._lines[self._start :]
        self._total -= sum(map(len, kept))
        self._lines[self._start :] = [f"{head}:{CUT}"]
        self._last = self._start

    def _skip_nested(self, lines: NumberedLines) -> None:
        """Skip the vCard inside of an AGENT, except for its name, of which the note tells."""
        depth, kept = 1, ["BEGIN:VCARD"]
        while depth and (line := lines.read()):
            text = _strip_line(line)
            depth += _is_mark(text, "BEGIN:VCARD") - _is_mark(text, "END:VCARD")
            if len(kept) < 20 and text[:2].upper() in ("FN", "N:", "N;"):
                kept.append(text[:200])
        self._lines[self._last] += "\\n".join(kept)


def _read_outside(lines: NumberedLines, first: str) -> tuple[int, list[str], str]:
    number, kept, size = lines.number, [first], len(first)
    while line := lines.read():
        text = _strip_line(line)
        if _is_mark(text, "BEGIN:VCARD"):
            lines.push_back([line])
            break
        size += len(line)
        if size <= MAX_BLOCK_SIZE:
            kept.append(text)
    return number, kept, _OUTSIDE


def _strip_line(line: str) -> str:
    line = line.rstrip("\r\n")
    if line.isascii():
        return line.replace("\0", "") if "\0" in line else line
    return line.lstrip("\ufeff").replace("\0", "")


def _is_mark(text: str, mark: str) -> bool:
    if len(text) > _LONGEST_MARK:
        return False
    return "".join(text.split()).upper() == mark
