"""Working hours as people write them: ``mon-fri 9:00-12:00,13:00-17:00; sat 9-12``."""

import re
from collections.abc import Iterator
from typing import Final

from cardcrm.errors import UsageError
from cardcrm.records.service.working_time import MINUTES_A_DAY, Interval, Week
from cardcrm.text import normalize_line, quote

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS: Final = "24/7"
_HINT: Final = 'Write them like "mon-fri 9:00-12:00,13:00-17:00; sat 9-12", or 24/7.'
_DAY = r"[a-z]{2,9}\.?(?:\s*-\s*[a-z]{2,9}\.?)?"
_TIME = r"\d{1,2}(?:[:.]?\d{2})?\s*-\s*\d{1,2}(?:[:.]?\d{2})?"
_GROUP = re.compile(rf"({_DAY}(?:\s*,\s*{_DAY})*)\s*:?\s*({_TIME}(?:\s*,\s*{_TIME})*)\s*[;,]?\s*")


def parse_hours(text: str) -> Week:
    """Return the intervals of each day of the week. Raises UsageError."""
    line = normalize_line(text).lower().replace("–", "-")
    if line == ALWAYS:
        return (((0, MINUTES_A_DAY),),) * len(DAYS)
    found: list[list[Interval]] = [[] for _ in DAYS]
    place = 0
    while place < len(line):
        group = _GROUP.match(line, place)
        if group is None:
            raise UsageError(f"invalid working hours {quote(line[place:])}", _HINT)
        place = group.end()
        intervals = [each for part in group[2].split(",") for each in _split_night(part)]
        for day in _read_days(group[1]):
            for is_next_day, interval in intervals:
                found[(day + is_next_day) % len(DAYS)].append(interval)
    if not any(found):
        raise UsageError("working hours need a day and a time", _HINT)
    return tuple(tuple(_join(each)) for each in found)


def _read_days(text: str) -> Iterator[int]:
    """Yield the days of “mon-fri, sun”; “fri-mon” goes over the weekend."""
    for part in text.split(","):
        first, _, last = (each.strip(" .") for each in part.partition("-"))
        start, end = _read_day(first), _read_day(last or first)
        yield from ((start + step) % len(DAYS) for step in range((end - start) % len(DAYS) + 1))


def _read_day(word: str) -> int:
    names = (*DAYS, "mo", "tu", "we", "th", "fr", "sa", "su")
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    if word in names:
        return names.index(word) % len(DAYS)
    found = [at for at, name in enumerate(full) if len(word) > 2 and name.startswith(word)]
    if len(found) != 1:
        raise UsageError(f"unknown day {quote(word)}", f"Use {', '.join(DAYS)}.")
    return found[0]


def _split_night(text: str) -> Iterator[tuple[int, Interval]]:
    """Yield the interval of “9-17”; one that goes over midnight has a part on the next day."""
    start, end = (_read_time(each.strip()) for each in text.split("-"))
    if start < end:
        yield 0, (start, end)
    elif start in (end, MINUTES_A_DAY):
        raise UsageError(f"the working hours {quote(text.strip())} have no length", _HINT)
    else:
        yield 0, (start, MINUTES_A_DAY)
        if end:
            yield 1, (0, end)


def _read_time(text: str) -> int:
    """Return the minutes after midnight of “9”, “9:30”, “0930” or “24:00”."""
    digits = re.sub(r"[:.]", "", text)
    hour, minute = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
    if minute > 59 or hour * 60 + minute > MINUTES_A_DAY:
        raise UsageError(f"invalid time {quote(text)}", "Write it like 9:00, or 24:00 at most.")
    return hour * 60 + minute


def _join(intervals: list[Interval]) -> Iterator[Interval]:
    """Yield intervals in their order, those that touch or overlap as one."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    yield from joined


def format_hours(week: Week) -> str:
    """Return working hours in the form that is stored; days with equal hours are one group."""
    if all(each == ((0, MINUTES_A_DAY),) for each in week):
        return ALWAYS
    groups: list[tuple[int, int, tuple[Interval, ...]]] = []
    for day, intervals in enumerate(week):
        if groups and groups[-1][1] == day - 1 and groups[-1][2] == intervals:
            groups[-1] = (groups[-1][0], day, intervals)
        elif intervals:
            groups.append((day, day, intervals))
    return "; ".join(f"{_format_days(*days)} {_format_times(times)}" for *days, times in groups)


def _format_days(first: int, last: int) -> str:
    return DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"


def _format_times(intervals: tuple[Interval, ...]) -> str:
    return ",".join(f"{_format_time(start)}-{_format_time(end)}" for start, end in intervals)


def _format_time(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
