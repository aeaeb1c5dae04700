"""Days that come every year: birthdays, anniversaries, the day a contract began.

They are kept as ``YYYY-MM-DD``, or as ``--MM-DD`` where the year is not known (as vCard writes it).
Reached through ``cardcrm.dates``.
"""

import datetime as dt
import re

from cardcrm.date_parser import days_in, plain, written_day
from cardcrm.errors import UsageError
from cardcrm.quote import quoted

_HINT = "try 1980-05-17, 17 May 1980, 17.5.1980, or 17 May and --05-17 without a year"
_NO_YEAR = r"--([0-9]{2})-?([0-9]{2})"
_EARLIEST = 1500  # firms older than this may leave the year out


def parse_yearly(text: str, today: dt.date) -> str:
    """A yearly day as ``YYYY-MM-DD`` or ``--MM-DD``.

    Figures are read day first, or month first where that alone is possible. UsageError for what is
    no day, for a year before 1500 and for a day that is still to come.
    """
    said = plain(text, "day of the year", _HINT)
    if match := re.fullmatch(_NO_YEAR, said):
        said = f"2000-{match[1]}-{match[2]}"
    try:
        found = written_day(said, swap=True)
    except ValueError as problem:
        raise UsageError(f"{quoted(text)} is no day of the year: {problem}", _HINT) from problem
    if found is None:
        raise UsageError(f"{quoted(text)} is no day of the year", _HINT)
    year, month, day = found
    if match or year is None:
        return f"--{month:02d}-{day:02d}"
    return _past_day(text, dt.date(max(year, 1), month, day), today)


def _past_day(text: str, day: dt.date, today: dt.date) -> str:
    if day > today:
        raise UsageError(
            f"{quoted(text)} is still to come",
            "a yearly day tells when it began; leave the year out",
        )
    if day.year < _EARLIEST:
        raise UsageError(f"{quoted(text)} lies too far back", f"years start at {_EARLIEST}")
    return day.isoformat()


def next_yearly(text: str, today: dt.date) -> dt.date:
    """The next time a kept yearly day comes round; today counts.

    29 February falls on the 28th in common years. UsageError for a text that is no kept day, and
    where the calendar ends.
    """
    _, month, day = _kept(text)
    this_year = _in_year(today.year, month, day)
    if this_year >= today:
        return this_year
    if today.year == dt.MAXYEAR:
        raise UsageError(f"{quoted(text)} does not come again", "the calendar ends with year 9999")
    return _in_year(today.year + 1, month, day)


def kept_days(day: dt.date) -> list[str]:
    """The days of the year, as ``MM-DD``, that come round on a day: see `next_yearly`."""
    name = day.strftime("%m-%d")
    in_common_year = name == "02-28" and days_in(day.year, 2) == 28
    return [name, "02-29"] if in_common_year else [name]


def age_on(text: str, day: dt.date) -> int | None:
    """Full years from the kept yearly day to ``day``; None without a year, or before it began."""
    year, month, number = _kept(text)
    if year is None:
        return None
    years = day.year - year - (day < _in_year(day.year, month, number))
    return years if years >= 0 else None


def _in_year(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, days_in(year, month)))


def _kept(text: str) -> tuple[int | None, int, int]:
    if re.fullmatch(r"([0-9]{4}|-)-[0-9]{2}-[0-9]{2}", text):
        year, month, day = text[:-6], int(text[-5:-3]), int(text[-2:])
        known = None if year == "-" else int(year)
        leap_or_known = 2000 if known is None else known
        if 1 <= month <= 12 and 1 <= day <= days_in(leap_or_known, month):
            return known, month, day
    raise UsageError(
        f"{quoted(text)} is no yearly day", "kept ones look like 1980-05-17 or --05-17"
    )
