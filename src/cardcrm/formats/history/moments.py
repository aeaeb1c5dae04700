"""Read the dates and times of a file: day or month first as decided for it, and its time zones.

A time with a zone is an instant, whose day is that of the database's zone. Other times are local.
"""

import datetime as dt
import re
from functools import lru_cache
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.formats.file_dates import DateOrder, normalize_cell
from cardcrm.text import quote

_CLOCK: Final = re.compile(
    r"(?P<day>.*?)(?:,|\bat\b|\bum\b|\bà\b)?[\sT]+(?P<hour>\d{1,2})[:.](?P<minute>\d\d)"
    r"(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>[A-Za-z+\-].*)?",
    re.ASCII | re.DOTALL,
)
_SERIAL: Final = re.compile(r"(\d{5})\.(\d+)")  # a day of a spreadsheet, and a part of it
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d\d)?")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")
# Zones by the abbreviations in exports, as hours from UTC; CST and IST mean their commonest zone.
_HOURS: Final = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "cest": 2,
    "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "ist": 5.5, "awst": 8, "sgt": 8, "hkt": 8, "jst": 9,
    "kst": 9, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "brt": -3,
    "art": -3, "ast": -4, "adt": -3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
}  # fmt: skip
_REGIONS: Final = {
    "eastern time": "America/New_York",
    "central time": "America/Chicago",
    "mountain time": "America/Denver",
    "pacific time": "America/Los_Angeles",
    "atlantic time": "America/Halifax",
    "arizona": "America/Phoenix",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
}


class Moment(NamedTuple):
    """A local day, and the UTC instant if the time is known."""

    day: str
    at: str | None = None


class MomentReader:
    """The reader of the dates of one file, for a database in a time zone.

    ``order`` says whether the day or the month comes first; ``source_zone`` is the zone of times
    without one, or "" for local times.
    """

    def __init__(self, order: DateOrder | None, zone: str, source_zone: str = "") -> None:
        self.order, self.zone, self.source_zone = order, zone, source_zone
        self.now = dates.now(zone)
        self.today = self.now.date().isoformat()
        # The dates of a file repeat: 100,000 sales of ten years have 3,650 days.
        self.read = lru_cache(maxsize=8_192)(self._read)
        self.read_past = lru_cache(maxsize=8_192)(self._read_past)

    def _read_past(self, day: str, time: str = "", zone: str = "") -> Moment:
        """Return a moment whose day is not after today; see `_read`. Raises UsageError."""
        moment = self._read(day, time, zone)
        if moment.day > self.today:
            raise UsageError(f"{moment.day} is in the future")
        return moment

    def _read(self, day: str, time: str = "", zone: str = "") -> Moment:
        """Return the moment of a date, a time and a zone, of which the last two may be empty.

        Raises UsageError.
        """
        if _ISO.fullmatch(day) and not time:
            return Moment(_check(day, day))
        text = f"{day} {time}".strip() if time else day
        if part := _SERIAL.fullmatch(text):
            return self._read_serial(part)
        clock = _CLOCK.fullmatch(text)
        if clock is None or not clock["day"]:
            return Moment(self._read_day(text))
        local_day = self._read_day(clock["day"].rstrip(" ,T"))
        at_time = _read_clock(clock, text)
        named = (clock["zone"] or zone or self.source_zone).strip()
        return self._place(dt.date.fromisoformat(local_day), at_time, named)

    def _read_serial(self, part: re.Match[str]) -> Moment:
        seconds = min(round(float(f"0.{part[2]}") * 86400), 86399)
        time = dt.time(seconds // 3600, seconds // 60 % 60, seconds % 60)
        return self._place(dt.date.fromisoformat(normalize_cell(part[1])), time, "")

    def _read_day(self, text: str) -> str:
        """Return the ISO day of a date. Raises UsageError."""
        day = normalize_cell(text.strip())
        if self.order is not None:
            day = self.order.convert(day)
        if _ISO.fullmatch(day):
            return _check(day, text)
        return dates.parse_date(day, self.now, past=True).day.isoformat()

    def _place(self, day: dt.date, time: dt.time, zone: str) -> Moment:
        """Return the moment of a time in a zone; a local time has none."""
        known = find_zone(zone) if zone else None
        if known is None:
            return Moment(day.isoformat(), dates.to_instant(day, time, self.zone))
        at = dates.format_instant(dt.datetime.combine(day, time, known))
        return Moment(dates.from_instant(at, self.zone).date().isoformat(), at)


def split_day(cell: str) -> str:
    """Return the day of a cell that may also hold a time."""
    clock = _CLOCK.fullmatch(cell)
    return clock["day"].rstrip(" ,T") if clock and clock["day"] else cell


def _read_clock(clock: re.Match[str], text: str) -> dt.time:
    hour = int(clock["hour"])
    half = (clock["half"] or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return dt.time(hour, int(clock["minute"]), int(clock["second"] or 0))
    except ValueError:
        raise UsageError(f"impossible time in {quote(text)}") from None


def _check(day: str, text: str) -> str:
    try:
        return dt.date.fromisoformat(day).isoformat()
    except ValueError:
        raise UsageError(
            f"impossible date {quote(text)}", "Write it like 2026-11-27 or 27 Nov 2026."
        ) from None


@lru_cache(maxsize=256)
def find_zone(name: str) -> dt.tzinfo | None:
    """Return the zone of an offset, an abbreviation, a city or a name; None for an unknown one."""
    text = name.strip().strip("()")
    key = text.lower()
    if key in _HOURS:
        return dt.timezone(dt.timedelta(hours=_HOURS[key]))
    if offset := _OFFSET.fullmatch(text):
        sign = -1 if offset[1] == "-" else 1
        span = dt.timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return dt.timezone(sign * span) if span < dt.timedelta(hours=24) else None
    for start, zone in _REGIONS.items():
        if key.startswith(start):
            return _load(zone)
    return _find_city(text)


def _find_city(text: str) -> dt.tzinfo | None:
    import zoneinfo

    wanted = text.replace(" ", "_").lower()
    for known in sorted(zoneinfo.available_timezones()):
        if known.lower() == wanted or known.lower().endswith(f"/{wanted}"):
            return _load(known)
    return None


def _load(name: str) -> dt.tzinfo | None:
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
