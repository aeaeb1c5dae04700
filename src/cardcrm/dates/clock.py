"""Get the current time, and convert between local time and instants stored as UTC text.

A zone is an IANA name such as ``Europe/London``; the empty text is the zone of the system. The
environment variable ``CARDCRM_NOW`` (an ISO date or date-time) sets the current time, so that tests
and reports are repeatable.
"""

import datetime as dt
import os

from cardcrm.errors import UsageError
from cardcrm.text import quote

NOW_VARIABLE = "CARDCRM_NOW"


def now(zone: str = "") -> dt.datetime:
    """Return the current time in ``zone``, or the time that ``CARDCRM_NOW`` sets.

    Raises UsageError for an unknown zone and for an invalid ``CARDCRM_NOW``.
    """
    fixed = os.environ.get(NOW_VARIABLE, "").strip()
    if not fixed:
        return dt.datetime.now(_load_zone(zone) or dt.UTC).astimezone(_load_zone(zone))
    try:
        moment = dt.datetime.fromisoformat(fixed)
        return in_zone(moment, zone) if moment.tzinfo else _attach_zone(moment, zone)
    except (ValueError, OverflowError) as problem:
        raise UsageError(
            f"invalid {NOW_VARIABLE} {quote(fixed)}: not an ISO date or date-time",
            f"Write {NOW_VARIABLE}=2026-11-21T20:00, or unset it.",
        ) from problem


def today(zone: str = "") -> dt.date:
    """Return the current local day."""
    return now(zone).date()


def current_instant() -> str:
    """Return the current instant as UTC text, ``YYYY-MM-DDTHH:MM:SSZ``."""
    return format_instant(now())


def instant_before(span: dt.timedelta) -> str:
    """Return the instant that was a time ago as UTC text."""
    return format_instant(now() - span)


def to_instant(day: dt.date, time: dt.time, zone: str = "") -> str:
    """Convert a local time in ``zone`` to a UTC instant, ``YYYY-MM-DDTHH:MM:SSZ``.

    A time that a clock change skips moves forward by the gap. Of a time that occurs twice, the
    first is taken (as in PEP 495 for ``fold=0``). Raises UsageError for an unknown zone, and for a
    time outside of the calendar in UTC.
    """
    wall = dt.datetime.combine(day, time.replace(tzinfo=None, fold=0))
    try:
        return format_instant(_attach_zone(wall, zone))
    except (ValueError, OverflowError) as problem:
        raise UsageError(
            f"{wall} is outside the calendar", "Choose a date nearer to today."
        ) from problem


def from_instant(text: str, zone: str = "") -> dt.datetime:
    """Convert an ISO instant to a local time in ``zone``; without an offset it is in UTC.

    Raises UsageError for an invalid instant and for an unknown zone.
    """
    try:
        moment = dt.datetime.fromisoformat(text)
        return in_zone(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC), zone)
    except (ValueError, OverflowError) as problem:
        raise UsageError(
            f"invalid instant {quote(text)}", "Write it like 2026-11-27T14:00:00Z."
        ) from problem


def parse_instant(text: str) -> dt.datetime:
    """Return the time of an instant that is stored as UTC text."""
    return dt.datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=dt.UTC)


def to_timestamp(instant: str) -> float:
    """Return an instant as seconds since 1970."""
    return parse_instant(instant).timestamp()


def from_timestamp(seconds: float | None) -> str | None:
    """Return seconds since 1970 as a UTC instant; None stays."""
    return None if seconds is None else format_instant(dt.datetime.fromtimestamp(seconds, dt.UTC))


def read_day(text: str | None) -> dt.date | None:
    """Return the day of stored ISO text; None for an empty one."""
    return dt.date.fromisoformat(text) if text else None


def day_bounds(first: dt.date, last: dt.date, zone: str = "") -> tuple[str, str]:
    """Return the first and the last instant of local days, both included.

    The last one is a second before the next day, as a clock change may repeat the last hour.
    """
    start = to_instant(first, dt.time(), zone)
    if last == dt.date.max:
        return start, "9999-12-31T23:59:59Z"
    following = to_instant(last + dt.timedelta(days=1), dt.time(), zone)
    end = dt.datetime.fromisoformat(following) - dt.timedelta(seconds=1)
    return start, format_instant(end)


def in_zone(moment: dt.datetime, zone: str = "") -> dt.datetime:
    """Convert an aware time to ``zone``."""
    return moment.astimezone(_load_zone(zone))


def _attach_zone(wall: dt.datetime, zone: str) -> dt.datetime:
    where = _load_zone(zone)
    if where:
        return wall.replace(tzinfo=where)
    # timestamp() uses the system's offset on that day and moves forward over a gap; astimezone()
    # on a naive time would land an hour before the gap.
    return dt.datetime.fromtimestamp(wall.timestamp(), dt.UTC).astimezone()


def format_instant(moment: dt.datetime) -> str:
    """Return an aware time as UTC text, ``YYYY-MM-DDTHH:MM:SSZ``, without its microseconds."""
    utc = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="seconds") + "Z"


def _load_zone(name: str) -> dt.tzinfo | None:
    return find_zone(name) if name else None


def find_zone(name: str) -> dt.tzinfo:
    """Return the zone of a name. Raises UsageError for an unknown one."""
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError) as problem:  # unknown, malformed, a folder of zones
        raise UsageError(f"unknown time zone {quote(name)}", _suggest_zones(name)) from problem


def _suggest_zones(name: str) -> str:
    import difflib
    import zoneinfo

    known = sorted(zoneinfo.available_timezones())
    near = difflib.get_close_matches(name[:40], known, n=3) or ["Europe/London", "America/New_York"]
    return f"Choose a zone such as {', '.join(near)}."
