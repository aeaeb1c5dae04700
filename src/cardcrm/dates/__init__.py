"""Dates: the clock, and the parsing and formatting of days, durations and anniversaries."""

from cardcrm.dates.anniversaries import age_on, month_days, next_anniversary, parse_anniversary
from cardcrm.dates.clock import current_instant, from_instant, now, to_instant, today
from cardcrm.dates.date_parser import (
    DayTime,
    format_day,
    format_relative,
    parse_date,
    parse_duration,
    parse_stored,
)

__all__ = [
    "DayTime",
    "age_on",
    "current_instant",
    "format_day",
    "format_relative",
    "from_instant",
    "month_days",
    "next_anniversary",
    "now",
    "parse_anniversary",
    "parse_date",
    "parse_duration",
    "parse_stored",
    "to_instant",
    "today",
]
