"""Read the dates of files: day or month first, instants, years that mean “unknown”.

Whether ``3/4/1980`` is in March or in April is decided once for a file: from its dates that can be
read only one way, or else by the region of the database.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from cardcrm.formats.import_entries import DateNote
from cardcrm.records.contacts.custom_fields import field_name
from cardcrm.records.contacts.drafts import AnniversaryDraft, ContactDraft

_MONTH_FIRST_REGIONS: Final = frozenset(
    {"US", "AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "UM", "VI"}
)
# Excel counts days from 1899-12-30 (it believes in a 29th of February 1900).
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_MIDNIGHT: Final = re.compile(r"[ T]0?0:00(:00(\.0+)?)?$")
_NUMBERS: Final = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4}|\d\d)|\.)?(?:[ T]\d.*)?", re.ASCII
)
_BASIC: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T.*)?", re.ASCII)
_YEARLESS: Final = re.compile(r"--(\d\d)-?(\d\d)(?:T.*)?", re.ASCII)
_TIMED: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d.*", re.ASCII)
_NO_YEAR: Final = ("1604-", "0000-")  # Apple's year for a birthday without one, and Google's


class DateOrder(NamedTuple):
    """The order of numbers in the dates of a file, and the note that says why."""

    month_first: bool
    note: DateNote

    def convert(self, text: str) -> str:
        """Return a date in numbers as an ISO date; other text stays."""
        match = _NUMBERS.fullmatch(text)
        if match is None:
            return text
        first, second = int(match[1]), int(match[3])
        is_swapped = first > 12 if self.month_first else second > 12
        month, day = (first, second) if self.month_first != is_swapped else (second, first)
        year = match[4]
        if year is None:
            return f"--{month:02}-{day:02}"
        # Which century two figures mean depends on today, which only the records know.
        return f"{year}-{month:02}-{day:02}" if len(year) == 4 else f"{day}.{month}.{year}"


class DateReader(NamedTuple):
    """The reader of the dates of a file: their order, and the names of its fields of dates."""

    order: DateOrder | None
    fields: frozenset[str] = frozenset()

    def apply(self, draft: ContactDraft) -> ContactDraft:
        """Return a draft whose anniversaries and fields of dates are ISO dates."""
        order = self.order
        if order and draft.days:
            days = [AnniversaryDraft(each.label, order.convert(each.day)) for each in draft.days]
            draft = draft._replace(days=tuple(days))
        if order and draft.consents:
            consents = [each._replace(at=order.convert(each.at)) for each in draft.consents]
            draft = draft._replace(consents=tuple(consents))
        if self.fields and draft.fields:
            fields = [
                (label, self._convert(text) if is_field_of(label, self.fields) else text)
                for label, text in draft.fields
            ]
            draft = draft._replace(fields=tuple(fields))
        return draft

    def _convert(self, text: str) -> str:
        day = normalize_cell(text.strip())
        return self.order.convert(day) if self.order else day


@lru_cache(maxsize=2048)  # rows repeat their labels
def is_field_of(label: str, names: frozenset[str]) -> bool:
    """Return whether a label is that of a custom field with one of some names."""
    return field_name(label) in names


class _Tally:
    """The first date that can only be read day first, month first, or both ways."""

    def __init__(self) -> None:
        self.counts = {"day": 0, "month": 0}
        self.first: dict[str, tuple[int, str]] = {}

    def add(self, line: int, text: str) -> None:
        """Count a date."""
        match = _NUMBERS.fullmatch(normalize_day(text))
        if match is None:
            return
        first, second = int(match[1]), int(match[3])
        if not (first and second):  # Outlook writes 0/0/00 for an unknown day
            return
        if first > 12 >= second:
            kind = "day"
        elif second > 12 >= first:
            kind = "month"
        else:
            kind = "dotted" if match[2] == "." else "either"
        self.first.setdefault(kind, (line, text))
        if kind in self.counts:
            self.counts[kind] += 1


def decide_order(
    dates: Iterable[tuple[int, str]], region: str, program: str = ""
) -> DateOrder | None:
    """Return the order of the dates of a file, each with its line; None if none is in numbers.

    ``program`` is the order of the program that wrote the file, if that is known.
    """
    tally = _Tally()
    for line, text in dates:
        tally.add(line, text)
    if not tally.first:
        return None
    counts = tally.counts
    usual = program or ("month" if region.upper() in _MONTH_FIRST_REGIONS else "day")
    if any(counts.values()):
        is_even = counts["month"] == counts["day"]
        order = usual if is_even else "month" if counts["month"] > counts["day"] else "day"
        line, text = tally.first[order]
        is_example = text == _find_example(tally, order)
        reason = f"as {'that' if is_example else text} in line {line} shows"
    elif program:
        order, reason = program, "as its program writes them"
    elif "either" not in tally.first:
        order, reason = "day", "as is usual with dots"
    else:
        order = usual
        reason = f"as is usual in {region.upper()}" if region else "as no region is set"
    both = _describe_both(tally, order) if all(counts.values()) else ""
    example = _find_example(tally, order)
    words = f"dates such as {example} were read {order} first, {reason}{both}"
    return DateOrder(order == "month", DateNote(order, words))


def _find_example(tally: _Tally, order: str) -> str:
    """Return a date whose reading depends on the order, if there is one."""
    return (tally.first.get("either") or tally.first.get("dotted") or tally.first[order])[1]


def _describe_both(tally: _Tally, order: str) -> str:
    other = "day" if order == "month" else "month"
    line, text = tally.first[other]
    return f"; {text} in line {line} can only be {other} first, so check such dates"


def normalize_day(text: str) -> str:
    """Return a day without a time as ``1980-05-01`` or ``--05-01``; other text stays.

    An instant keeps the day that is written, because a birthday has no time zone.
    """
    if basic := _BASIC.fullmatch(text):
        text = "-".join(basic.groups())
    elif yearless := _YEARLESS.fullmatch(text):
        return f"--{yearless[1]}-{yearless[2]}"
    elif timed := _TIMED.fullmatch(text):
        text = timed[1]
    if text.startswith(_NO_YEAR) and len(text) == 10:
        return f"--{text[5:]}"
    return _MIDNIGHT.sub("", text)


def normalize_cell(cell: str) -> str:
    """Return the day of a cell, in which a spreadsheet may have written the number of a day."""
    if len(cell) == 5 and cell.isascii() and cell.isdigit():
        return (_EXCEL_EPOCH + timedelta(days=int(cell))).isoformat()
    return normalize_day(cell)


def join_day_parts(year: str, month: str, day: str) -> str:
    """Return a day from three cells, of which some may be empty; empty for a day without month."""
    year, month, day = (part.strip().lstrip("0") for part in (year, month, day))
    if month and not month.isdigit():
        from cardcrm.dates.date_parts import parse_month

        month = str(parse_month(month.lower()) or month)
    month, day = month and f"{month:>02}", day and f"{day:>02}"
    if year:
        return "-".join(filter(None, (year, month, day if month else "")))
    return f"--{month}" + (f"-{day}" if day else "") if month else ""
