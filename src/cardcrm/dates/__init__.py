"""Dates: the clock, and the parsing and formatting of days and durations.

Anniversaries and recurrences have modules of their own, which quick commands do not load.
"""

from cardcrm.dates.clock import (
    current_instant,
    day_bounds,
    format_instant,
    from_instant,
    from_timestamp,
    instant_before,
    now,
    parse_instant,
    read_day,
    to_instant,
    to_timestamp,
    today,
)
from cardcrm.dates.date_parser import (
    DayTime,
    format_day,
    format_delay,
    format_relative,
    format_short_day,
    is_near,
    parse_date,
    parse_duration,
    parse_stored,
)

__all__ = [
    "DayTime",
    "current_instant",
    "day_bounds",
    "format_day",
    "format_delay",
    "format_instant",
    "format_relative",
    "format_short_day",
    "from_instant",
    "from_timestamp",
    "instant_before",
    "is_near",
    "now",
    "parse_date",
    "parse_duration",
    "parse_instant",
    "parse_stored",
    "read_day",
    "to_instant",
    "to_timestamp",
    "today",
]
