"""Convert reminders and anniversaries to components of a calendar.

A reminder with a time is in the time zone of the firm, so that a recurrence stays at its hour when
the clocks change. Where the name of that zone is unknown, a single one is in UTC, and a recurring
one floats: it is at its hour wherever the reader is.
"""

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Any

from cardcrm import dates
from cardcrm.dates.anniversaries import parse_yearly_day
from cardcrm.dates.recurrence_rule import LEAP_DAY
from cardcrm.dates.system_zone import find_zone_name
from cardcrm.formats.ical.recurrence_rules import to_calendar_rule
from cardcrm.records.syncing.kinds import EVENT, TODO
from cardcrm.reports.calendar_entries import AnniversaryEntry, ReminderEntry
from cardcrm.text import drop_controls, fold

if TYPE_CHECKING:
    from icalendar import Component

MORNING = 9  # o'clock, when an alarm of a whole day rings
_LENGTH = dt.timedelta(minutes=30)  # of the event of a reminder with a time
_EARLIEST = 1900  # many calendars know no earlier year
_LEAP_YEAR = 2000  # the year of anniversaries whose year is unknown


class Builder:
    """Builds components in the time zone of a database."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        name = find_zone_name(zone)
        self.zone_info = zoneinfo.ZoneInfo(name) if name else None

    def build_reminder(self, entry: ReminderEntry, kind: str) -> "list[Component]":
        """Return the components of a reminder: itself, and its next turn if that was moved."""
        wall, turn, is_timed = self._times_of(entry)
        rule = self.rule_of(entry, kind)
        start = self._convert(turn if rule else wall, is_timed=is_timed, is_recurring=bool(rule))
        found = [self._describe(entry, kind, start, rule)]
        if rule and turn != wall:
            moved = self._convert(wall, is_timed=is_timed, is_recurring=True)
            override = self._describe(entry, kind, moved, "")
            override.add("recurrence-id", start)
            found.append(override)
        return found

    def rule_of(self, entry: ReminderEntry, kind: str) -> str:
        """Return the recurrence of a reminder as calendars write it."""
        wall, turn, is_timed = self._times_of(entry)
        if entry.reminder.done_at or (turn != wall and kind == TODO):
            return ""  # few programs know to-dos with a moved turn
        return to_calendar_rule(entry.reminder.rule, turn, self.zone_info, timed=is_timed)

    def _times_of(self, entry: ReminderEntry) -> tuple[dt.datetime, dt.datetime, bool]:
        """Return when a reminder is due, its turn in its series, and whether they have a time."""
        due = dates.parse_stored(entry.reminder.due_on, entry.reminder.due_at, self.zone)
        wall = dt.datetime.combine(due.day, due.time or dt.time())
        turn = dt.datetime.fromisoformat(entry.series_at) if entry.series_at else wall
        return wall, turn, due.time is not None

    def _convert(self, wall: dt.datetime, *, is_timed: bool, is_recurring: bool) -> dt.date:
        if not is_timed:
            return wall.date()
        if self.zone_info is not None:
            return wall.replace(tzinfo=self.zone_info)
        return wall if is_recurring else wall.astimezone(dt.UTC)

    def _describe(self, entry: ReminderEntry, kind: str, start: dt.date, rule: str) -> "Component":
        from icalendar import Event, Todo

        item = Todo() if kind == TODO else Event()
        reminder = entry.reminder
        item.add("uid", drop_controls(reminder.uid))
        _add_times(item, entry.created, entry.modified)
        item.add("sequence", entry.sequence)
        item.add("summary", drop_controls(summarize(entry)))
        if text := describe_contact(entry):
            item.add("description", drop_controls(text))
        if reminder.priority:
            item.add("priority", 10 - reminder.priority)
        if reminder.promise:
            item.add("categories", ["promise"])
        if kind == TODO:
            _add_todo_times(item, start, rule)
            _add_status(item, reminder.done_at)
        else:
            _add_event_times(item, start, rule)
        item.add_component(_alarm(start, summarize(entry), is_event=kind == EVENT))
        return item

    def build_anniversary(self, entry: AnniversaryEntry) -> "Component | None":
        """Return the yearly event of an anniversary; None if its day is unknown."""
        from icalendar import Event, vRecur

        year, month, day = parse_yearly_day(entry.day)
        if month is None or day is None:
            return None
        item = Event()
        label = "-".join(fold(entry.label).split())
        item.add("uid", drop_controls(f"{entry.uid}-{label}"))
        _add_times(item, entry.modified, entry.modified)
        since = f" ({year})" if year else ""
        item.add("summary", drop_controls(f"{entry.name}: {entry.label}{since}"))
        is_leap = (month, day) == (2, 29)
        first = max(year, _EARLIEST + 4 * is_leap) if year else _LEAP_YEAR
        item.add("dtstart", dt.date(first, month, day))
        rule = {"FREQ": "YEARLY", **(LEAP_DAY if is_leap else {})}
        item.add("rrule", vRecur.from_ical(";".join(f"{key}={text}" for key, text in rule.items())))
        item.add("transp", "TRANSPARENT")
        item.add("categories", ["birthday" if label == "birthday" else "anniversary"])
        item.add_component(_alarm(dt.date(first, month, day), entry.label, is_event=True))
        return item


def summarize(entry: ReminderEntry) -> str:
    """Return the title of a reminder: its contact and its text."""
    name, text = entry.who.name, entry.reminder.text
    return f"{name}: {text}" if name else text


def describe_contact(entry: ReminderEntry) -> str:
    """Return the contact of a reminder and how to reach it, in lines."""
    name, org, points = entry.who
    return "\n".join(filter(None, (", ".join(filter(None, (name, org))), *points)))


def _add_times(item: Any, created: str, modified: str) -> None:
    item.add("dtstamp", dt.datetime.fromisoformat(modified))
    item.add("created", dt.datetime.fromisoformat(created))
    item.add("last-modified", dt.datetime.fromisoformat(modified))


def _add_rule(item: Any, rule: str) -> None:
    from icalendar import vRecur

    if rule:
        item.add("rrule", vRecur.from_ical(rule))


def _add_todo_times(item: Any, start: dt.date, rule: str) -> None:
    if rule:  # a rule needs a start
        item.add("dtstart", start)
    item.add("due", start)
    _add_rule(item, rule)


def _add_status(item: Any, done_at: str | None) -> None:
    if done_at is None:
        item.add("status", "NEEDS-ACTION")
        return
    item.add("status", "COMPLETED")
    item.add("percent-complete", 100)
    item.add("completed", dt.datetime.fromisoformat(done_at))


def _add_event_times(item: Any, start: dt.date, rule: str) -> None:
    item.add("dtstart", start)
    if isinstance(start, dt.datetime):
        item.add("dtend", start + _LENGTH)
    _add_rule(item, rule)
    item.add("transp", "TRANSPARENT")


def _alarm(start: dt.date, text: str, *, is_event: bool) -> "Component":
    """Return an alarm at the time of an entry, or in the morning of its day."""
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", drop_controls(text))
    is_timed = isinstance(start, dt.datetime)
    alarm.add("trigger", dt.timedelta() if is_timed else dt.timedelta(hours=MORNING))
    if not is_event:
        alarm["trigger"].params["RELATED"] = "END"  # a to-do ends when it is due
    return alarm
