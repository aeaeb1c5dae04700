"""The days on which a shop is closed: public holidays of countries, and days of its own."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, Final

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.install_advice import install_command
from cardcrm.text import find_similar, quote

_HINT: Final = "Write a country such as GB or GB-ENG, or a day such as 2026-12-28."
_COUNTRY = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,4}))?")


def split_closed(text: str) -> list[str]:
    """Return countries and days as written with commas between, each once, in capitals."""
    words = (each.strip().upper() for each in re.split(r"[,;\s]+", text))
    return list(dict.fromkeys(filter(None, words)))


def normalize_closed(text: str) -> str:
    """Return countries and days as they are stored. Raises UsageError for an unknown one."""
    words = split_closed(text)
    for word in words:
        if not _read_day(word):
            _load(word)
    return ", ".join(words)


def build_test(text: str) -> Callable[[dt.date], bool]:
    """Return a function that returns whether a day is a holiday, or one of the days named.

    Raises CardcrmError without the library, UsageError for a country that it does not know.
    """
    words = split_closed(text)
    days = {day for word in words if (day := _read_day(word))}
    countries = [_load(word) for word in words if not _read_day(word)]
    return lambda day: day in days or any(day in each for each in countries)


def _read_day(word: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(word) if "-" in word and word[:1].isdigit() else None
    except ValueError as problem:
        raise UsageError(f"invalid holiday {quote(word)}", _HINT) from problem


def _load(word: str) -> Any:
    """Return the holidays of a country or a part of it, which find those of any year."""
    try:
        import holidays
    except ImportError:
        raise CardcrmError(
            "public holidays need the library holidays",
            f"Install it: {install_command('cardcrm[service]')} or name the days.",
        ) from None
    place = _COUNTRY.fullmatch(word)
    if place is None:
        raise UsageError(f"invalid holidays {quote(word)}", _HINT)
    known = holidays.list_supported_countries()
    if place[1] not in known:
        raise UsageError(f"unknown country {quote(place[1])}", _HINT)
    if place[2] and place[2] not in known[place[1]]:
        near = find_similar(place[2], known[place[1]]) or known[place[1]][:8]
        raise UsageError(
            f"{place[1]} has no part {quote(place[2])}", f"Use one of {', '.join(near)}."
        )
    return holidays.country_holidays(place[1], subdiv=place[2])
