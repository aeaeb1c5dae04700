"""Opening hours as people write them, such as ``Mon-Fri 9-12, 13-17; Sat 10-14``."""

import datetime as dt
import re
from typing import Final, NamedTuple

from cardcrm.text import fold

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OTHER_DAYS: Final = {
    "mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6,
    "lun": 0, "mar": 1, "mer": 2, "jeu": 3, "ven": 4, "sam": 5, "dim": 6,
    "tu": 1, "we": 2, "th": 3, "su": 6,
}  # fmt: skip
_EVERY: Final = {"daily": range(7), "every day": range(7), "weekdays": range(5), "weekend": (5, 6)}
_CLOCK: Final = r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|uhr|h)?"
_SPAN: Final = re.compile(rf"{_CLOCK}\s*(?:-|to|bis)\s*{_CLOCK}")
_DAY: Final = re.compile(
    r"(daily|every day|weekdays|weekend|[a-z]+)(?:\s*(?:-|to|bis)\s*([a-z]+))?"
)
_BETWEEN: Final = " ,;:/&.\n\t"
_FULL: Final = 24 * 60
_HALF: Final = 12 * 60
_EARLY: Final = 7 * 60  # before this, the start of “1-5 pm” is in the afternoon as well

Span = tuple[int, int]  # minutes since midnight: opens, closes


class OpeningHours(NamedTuple):
    """The spans in which a contact is open, for each weekday from Monday."""

    spans: tuple[tuple[Span, ...], ...]

    def is_open(self, moment: dt.datetime) -> bool:
        """Return whether a local moment is within the hours."""
        minutes = moment.hour * 60 + moment.minute
        return any(start <= minutes < end for start, end in self.spans[moment.weekday()])

    def find_next(self, moment: dt.datetime) -> dt.datetime | None:
        """Return the next local moment at which it opens; None if it never does."""
        for days in range(8):
            day = moment.date() + dt.timedelta(days=days)
            for start, _ in self.spans[day.weekday()]:
                opens = dt.datetime.combine(day, dt.time(start // 60, start % 60), moment.tzinfo)
                if opens > moment:
                    return opens
        return None


def parse_hours(text: str) -> OpeningHours | None:
    """Return the hours that a text names; None if it cannot be read.

    Spans without days before them are those of Monday to Friday, or of the days named last.
    """
    rest = fold(text).replace("–", "-").replace("—", "-")
    if rest.strip().startswith("24/7"):
        return OpeningHours(tuple(((0, _FULL),) for _ in _DAYS))
    reader = _Reader()
    while rest := rest.strip(_BETWEEN):
        taken = reader.take(rest)
        if not taken:
            return None
        rest = rest[taken:]
    found = OpeningHours(tuple(tuple(sorted(each)) for each in reader.spans))
    return found if any(found.spans) else None


class _Reader:
    """The spans read so far, and the days that the next ones are of."""

    def __init__(self) -> None:
        self.spans: list[list[Span]] = [[] for _ in _DAYS]
        self.days = list(range(5))
        self.has_days = False  # the last word was a day, so that another one adds to it

    def take(self, text: str) -> int:
        """Read the first word or span; return its length, 0 for one that means nothing."""
        if text.startswith("and "):
            return len("and ")
        if span := _SPAN.match(text):
            found = _read_span(span)
            for each in self.days if found else ():
                self.spans[each] += [found] if found else []
            self.has_days = False
            return span.end() if found else 0
        word = _DAY.match(text)
        named = _read_days(word[1], word[2]) if word else None
        if word is None or named is None:
            return 0
        self.days = [*self.days, *named] if self.has_days else named
        self.has_days = True
        return word.end()


def _read_days(first: str, last: str | None) -> list[int] | None:
    """Return the weekdays of a name or of a span of names; None for another word."""
    if first == "closed":
        return []
    if first in _EVERY:
        return list(_EVERY[first])
    start, end = _find_day(first), _find_day(last) if last else None
    if start is None or (last and end is None):
        return None
    if end is None:
        return [start]
    return [each % 7 for each in range(start, end + 1 if end >= start else end + 8)]


def _find_day(word: str) -> int | None:
    for at, day in enumerate(_DAYS):
        if word.startswith(day):
            return at
    return next((at for start, at in _OTHER_DAYS.items() if word.startswith(start)), None)


def _read_span(span: re.Match[str]) -> Span | None:
    """Return the minutes of a span; “9-5” ends in the afternoon."""
    start = _read_clock(span[1], span[2], span[3])
    end = _read_clock(span[4], span[5], span[6])
    if start is None or end is None:
        return None
    if span[6] == "pm" and not span[3] and start < _EARLY and start + _HALF < end:
        start += _HALF
    if end <= start and end <= _HALF:
        end += _HALF
    return (start, end) if start < end <= _FULL else None


def _read_clock(hour: str, minute: str | None, half: str | None) -> int | None:
    hours, minutes = int(hour), int(minute or 0)
    if half == "pm" and hours < 12:
        hours += 12
    if half == "am" and hours == 12:
        hours = 0
    return hours * 60 + minutes if hours <= 24 and minutes < 60 else None
