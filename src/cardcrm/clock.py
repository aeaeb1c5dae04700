"""The clock: what time it is, and the way between local wall time and instants kept as UTC text.

A zone is an IANA name such as ``Europe/London``; the empty text means the system's own zone. The
environment variable ``CARDCRM_NOW`` (an ISO date or date-time) stops the clock, so that tests and
reports can be repeated. Faces and records reach all this through ``cardcrm.dates``.
"""

import datetime as dt
import os

from cardcrm.errors import UsageError
from cardcrm.quote import quoted

NOW_VARIABLE = "CARDCRM_NOW"


def now(zone: str = "") -> dt.datetime:
    """The present moment, aware, on the clock of ``zone``; ``CARDCRM_NOW`` fixes it.

    Raises UsageError for an unknown zone and for a ``CARDCRM_NOW`` that is no ISO date.
    """
    fixed = os.environ.get(NOW_VARIABLE, "").strip()
    if not fixed:
        return dt.datetime.now(_zone(zone) or dt.UTC).astimezone(_zone(zone))
    try:
        moment = dt.datetime.fromisoformat(fixed)
        return in_zone(moment, zone) if moment.tzinfo else _aware(moment, zone)
    except (ValueError, OverflowError) as problem:
        raise UsageError(
            f"{NOW_VARIABLE} is {quoted(fixed)}, which is no ISO date or date-time",
            f"write {NOW_VARIABLE}=2026-11-21T20:00, or unset it",
        ) from problem


def today(zone: str = "") -> dt.date:
    """The local day of ``now``."""
    return now(zone).date()


def stamp() -> str:
    """The present instant as UTC text, ``YYYY-MM-DDTHH:MM:SSZ``."""
    return _instant_text(now())


def to_instant(day: dt.date, time: dt.time, zone: str = "") -> str:
    """The UTC instant ``YYYY-MM-DDTHH:MM:SSZ`` at which the clocks of ``zone`` show this wall time.

    A wall time that a change of the clocks skips moves forward by the gap; one that comes twice is
    taken the first time (both are what PEP 495 gives for ``fold=0``). UsageError for an unknown
    zone, and for a time that falls out of the calendar in UTC.
    """
    wall = dt.datetime.combine(day, time.replace(tzinfo=None, fold=0))
    try:
        return _instant_text(_aware(wall, zone))
    except (ValueError, OverflowError) as problem:
        raise UsageError(f"{wall} lies outside the calendar", "use a nearer date") from problem


def from_instant(text: str, zone: str = "") -> dt.datetime:
    """The instant ``text`` (ISO; UTC where it names no offset) as an aware time in ``zone``.

    UsageError for a text that is no instant and for an unknown zone.
    """
    try:
        moment = dt.datetime.fromisoformat(text)
        return in_zone(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC), zone)
    except (ValueError, OverflowError) as problem:
        raise UsageError(
            f"{quoted(text)} is no instant", "instants look like 2026-11-27T14:00:00Z"
        ) from problem


def in_zone(moment: dt.datetime, zone: str = "") -> dt.datetime:
    """An aware moment on the clock of ``zone``."""
    return moment.astimezone(_zone(zone))


def _aware(wall: dt.datetime, zone: str) -> dt.datetime:
    where = _zone(zone)
    if where:
        return wall.replace(tzinfo=where)
    # timestamp() asks the system for its offset on that very day and skips forward over a gap,
    # which a naive astimezone() does not: that one lands an hour before it.
    return dt.datetime.fromtimestamp(wall.timestamp(), dt.UTC).astimezone()


def _instant_text(moment: dt.datetime) -> str:
    utc = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="seconds") + "Z"


def _zone(name: str) -> dt.tzinfo | None:
    if not name:
        return None
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError) as problem:  # unknown, malformed, a folder of zones
        raise UsageError(f"no time zone is called {quoted(name)}", _near_zones(name)) from problem


def _near_zones(name: str) -> str:
    import difflib
    import zoneinfo

    known = sorted(zoneinfo.available_timezones())
    near = difflib.get_close_matches(name[:40], known, n=3) or ["Europe/London", "America/New_York"]
    return "zones are named like " + ", ".join(near)
