"""Convert recurrences to rules of RFC 5545, as other calendars understand them."""

import datetime as dt

from cardcrm.dates.recurrence_rule import is_after_done, join_parts, pin_day, split_parts


def to_calendar_rule(rule: str, start: dt.datetime, zone: dt.tzinfo | None, *, timed: bool) -> str:
    """Return the rule for a series that begins at a local time; empty if it cannot be told ahead.

    A recurrence that counts from completion has only its next turn. A day that shorter months lack
    becomes their last day, as in ours. The end has the type of the start: a date, or an instant.
    """
    parts = split_parts(rule)
    if not rule or is_after_done(parts):
        return ""
    parts = pin_day(parts, start)
    until = parts.get("UNTIL")
    if until is not None:
        parts["UNTIL"] = _convert_end(until, zone, timed=timed)
    return join_parts(parts)


def _convert_end(until: str, zone: dt.tzinfo | None, *, timed: bool) -> str:
    if not timed:
        return until[:8]
    if until.endswith("Z"):
        return until
    local = dt.datetime.fromisoformat(until if "T" in until else f"{until}T235959")
    if zone is None:
        return f"{local:%Y%m%dT%H%M%S}"
    return f"{local.replace(tzinfo=zone).astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
