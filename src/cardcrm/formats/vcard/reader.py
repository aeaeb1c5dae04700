"""Read the vCards of a file one by one, so that a broken vCard does not affect the others.

This module splits the file at ``BEGIN`` and ``END`` lines; `parser` reads the vCards.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, TextIO

from cardcrm.formats.file_dates import DateReader, decide_order, is_field_of
from cardcrm.formats.import_entries import BadEntry, ContactEntry, Entry, GroupEntry
from cardcrm.formats.numbered_lines import NumberedLines
from cardcrm.formats.vcard.escapes import unescape
from cardcrm.formats.vcard.parser import parse_draft
from cardcrm.records.contacts.drafts import GroupDraft

MAX_BLOCK_SIZE: Final = 5 << 20  # characters
_DAY: Final = re.compile(
    r"(?:[\w-]+\.)?(?:BDAY|(?:X-)?(?:EVOLUTION-)?ANNIVERSARY|X-ABDATE)[;:](?:.*:)?([^:]*)$",
    re.ASCII | re.IGNORECASE,
)
_FIELD: Final = re.compile(r"X-CARDCRM-FIELD:([^;\\]*);(.*)$", re.IGNORECASE)
_CUT: Final = "the vCard is incomplete: END:VCARD is missing"
_OUTSIDE: Final = "this text is outside of BEGIN:VCARD and END:VCARD"
_LONG: Final = "the vCard is longer than 5 MiB (only its beginning is kept)"


def read_vcard(
    stream: TextIO, region: str = "", date_fields: frozenset[str] = frozenset()
) -> Iterator[Entry]:
    """Yield an entry for each vCard of version 2.1, 3.0 or 4.0.

    A first entry says how dates were read, if there are any in numbers; ``region`` decides where
    they do not. ``date_fields`` are names of custom fields. ``stream`` is opened with
    ``newline=""``. Raw texts have LF line ends.
    """
    order = decide_order(_read_days(stream, date_fields), region)
    stream.seek(0)
    if order is not None:
        yield order.note
    if order is None and not date_fields:
        yield from _read_cards(stream)
        return
    dates = DateReader(order, date_fields)
    for entry in _read_cards(stream):
        if isinstance(entry, ContactEntry):
            yield replace(entry, draft=dates.apply(entry.draft))
        else:
            yield entry


def _read_days(stream: TextIO, date_fields: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Yield the values of the properties for days, each with its line."""
    for number, line in enumerate(stream, 1):
        if match := _DAY.match(line):
            yield number, match[1].strip()
        elif (match := _FIELD.match(line)) and is_field_of(unescape(match[1]), date_fields):
            yield number, match[2].strip()


def _read_cards(stream: TextIO) -> Iterator[Entry]:
    for line, lines, problem in _split_blocks(NumberedLines(stream)):
        raw = "\n".join(lines)
        yield BadEntry(line, problem, raw) if problem else _parse_entry(line, raw)


def _parse_entry(line: int, raw: str) -> Entry:
    draft = parse_draft(raw)
    if isinstance(draft, str):
        return BadEntry(line, draft, raw)
    return (
        GroupEntry(line, draft, raw)
        if isinstance(draft, GroupDraft)
        else ContactEntry(line, draft, raw)
    )


def _split_blocks(lines: NumberedLines) -> Iterator[tuple[int, list[str], str]]:
    """Yield (number of the first line, lines, problem) for vCards and for text between them."""
    while line := lines.read():
        text = _strip_line(line)
        if _is_mark(text, "BEGIN:VCARD"):
            yield _read_block(lines, text)
        elif text.strip():
            yield _read_outside(lines, text)


def _read_block(lines: NumberedLines, begin: str) -> tuple[int, list[str], str]:
    number, kept, size = lines.number, [begin], len(begin)
    while line := lines.read():
        text = _strip_line(line)
        if _is_mark(text, "BEGIN:VCARD"):
            lines.push_back([line])
            return number, kept, _CUT
        size += len(line)
        if size <= MAX_BLOCK_SIZE:
            kept.append(text)
        if _is_mark(text, "END:VCARD"):
            return number, kept, "" if size <= MAX_BLOCK_SIZE else _LONG
    return number, kept, _CUT


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
    return line.rstrip("\r\n").lstrip("\ufeff")


def _is_mark(text: str, mark: str) -> bool:
    return len(text) < 40 and text.rstrip().upper() == mark
