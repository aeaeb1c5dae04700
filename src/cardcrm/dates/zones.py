"""Time zones as people and files write them."""

import re

from cardcrm.dates.clock import find_zone
from cardcrm.errors import UsageError

_OFFSET = re.compile(
    r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?([0-5]\d))?(?::?00)?", re.ASCII | re.IGNORECASE
)
_MOST_HOURS = 14  # Kiribati is 14 hours ahead of UTC


def normalize_zone(text: str) -> str:
    """Return a zone by its name, ``Europe/Berlin``, or its offset from UTC, ``+01:00``.

    Raises UsageError for an unknown zone.
    """
    name = "_".join(text.split())
    if name.upper() in ("Z", "UTC", "GMT"):
        return "UTC"
    if (offset := _OFFSET.fullmatch(text.strip())) and int(offset[2]) <= _MOST_HOURS:
        return f"{offset[1]}{int(offset[2]):02}:{offset[3] or '00'}"
    try:
        find_zone(name)
    except UsageError:
        if (known := _find_by_case(name)) is None:
            raise
        return known
    return name


def _find_by_case(name: str) -> str | None:
    """Return the zone whose name differs by case alone, or None."""
    import zoneinfo

    folded = name.casefold()
    return next(
        (each for each in zoneinfo.available_timezones() if each.casefold() == folded), None
    )
