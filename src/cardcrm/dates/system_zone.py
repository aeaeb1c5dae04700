"""Find the IANA name of the time zone of the system, which calendars name."""

import os
from pathlib import Path

_LOCALTIME = Path("/etc/localtime")


def find_zone_name(zone: str = "") -> str:
    """Return the name of a zone, or that of the system; empty if it is unknown."""
    if zone:
        return zone
    wanted = os.environ.get("TZ", "").lstrip(":")
    name = wanted or _linked_name()
    if not name:
        return ""
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(name).key or ""
    except (KeyError, ValueError, OSError):  # POSIX rules such as CET-1CEST
        return ""


def _linked_name() -> str:
    """Return the name of the file of zone data that the system's zone is a link to."""
    try:
        target = _LOCALTIME.resolve(strict=True).as_posix()
    except (OSError, RuntimeError):
        return ""
    return target.partition("/zoneinfo/")[2]
