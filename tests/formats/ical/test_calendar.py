"""Calendars of reminders and anniversaries, read again by icalendar and expanded by dateutil."""

import datetime as dt
import time
import zoneinfo
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

from cardcrm.dates import DayTime
from cardcrm.dates.recurrence import advance_recurrence
from cardcrm.formats.ical.calendar_writer import build_calendar, update_calendar_file
from cardcrm.records.activity import reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AnniversaryDraft, ContactDraft, ContactPointDraft
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.records.syncing.kinds import EVENT, TODO
from cardcrm.store import Locale, Store, journal

LONDON = zoneinfo.ZoneInfo("Europe/London")
NINE = dt.time(9)


@pytest.fixture
def locale() -> Locale:
    return Locale("GB", "GBP", "Europe/London")


def day(text: str, time: dt.time | None = None) -> DayTime:
    return DayTime(dt.date.fromisoformat(text), time)


def items(store: Store, kind: str = EVENT, query: str = "") -> list[Any]:
    ids = columns.find_ids(store, contact_query.parse(store, query)) if query else None
    text, _ = build_calendar(store, ids, kind)
    return [each for each in Calendar.from_ical(text).subcomponents if each.name != "VTIMEZONE"]


def test_an_event_has_all_that_a_phone_needs(store):
    draft = ContactDraft(
        name="Jane, Doe & Co; x", kind="org", points=(ContactPointDraft("phone", "020 7946 0958"),)
    )
    jane = contacts.add(store, draft).id
    made = reminders.add(
        store, jane, "call,\u202etwice; now", day("2026-11-27", NINE), promise=True, priority=9
    )
    (event,) = items(store)
    assert event["uid"] == made.uid
    assert event["summary"] == f"Jane, Doe & Co; x: {made.text}"
    assert event["description"] == "Jane, Doe & Co; x\n+44 20 7946 0958"
    assert event["dtstart"].dt == dt.datetime(2026, 11, 27, 9, tzinfo=LONDON)
    assert (event["priority"], event["categories"].cats) == (1, ["promise"])
    (alarm,) = event.subcomponents
    assert (alarm["action"], alarm["trigger"].dt) == ("DISPLAY", dt.timedelta())


def test_a_whole_day_rings_in_the_morning(store):
    reminders.add(store, None, "pay", day("2026-11-27"))
    (event,) = items(store)
    assert event["dtstart"].dt == dt.date(2026, 11, 27)
    assert event.subcomponents[0]["trigger"].dt == dt.timedelta(hours=9)
    (todo,) = items(store, TODO)
    assert (todo["due"].dt, todo["status"]) == (dt.date(2026, 11, 27), "NEEDS-ACTION")
    assert "DTSTART" not in todo


def test_lines_are_folded_and_time_zones_defined(store):
    reminders.add(store, None, "é" * 200, day("2026-11-27", NINE))
    text, count = build_calendar(store, None)
    assert count == 1
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert text.count("BEGIN:VTIMEZONE\r\nTZID:Europe/London\r\n") == 1


def test_without_a_known_zone_a_single_time_is_in_utc_and_a_series_floats(store, monkeypatch):
    monkeypatch.setenv("TZ", "XYZ-3")
    time.tzset()
    store.locale = store.locale._replace(zone="")
    reminders.add(store, None, "once", day("2026-11-27", NINE))
    reminders.add(store, None, "daily", day("2026-11-27", NINE), every="daily")
    starts = {event["summary"]: event["dtstart"].dt for event in items(store)}
    assert starts == {
        "once": dt.datetime(2026, 11, 27, 6, tzinfo=dt.UTC),
        "daily": dt.datetime(2026, 11, 27, 9),  # noqa: DTZ001 - it floats
    }


RULES = ("daily", "3d", "weekly", "2w", "mon,thu", "monthly", "3rd monday", "last day", "weekday",
         "yearly", "last fri", "15th", "6 months")  # fmt: skip


@pytest.mark.parametrize("due", ["2026-11-27", "2027-01-31", "2028-02-29"])
@pytest.mark.parametrize("words", RULES)
def test_other_calendars_see_the_turns_that_we_see(store, words, due):
    made = reminders.add(store, None, "x", day(due), every=words)
    (event,) = items(store)
    start = dt.datetime.combine(event["dtstart"].dt, dt.time())
    theirs = list(rrulestr(event["rrule"].to_ical().decode(), dtstart=start)[:6])
    ours = [start]
    rule = made.rule
    while len(ours) < 6:
        following = advance_recurrence(rule, ours[-1], ours[-1])
        assert following is not None
        ours.append(following[0])
        rule = following[1]
    assert theirs == ours


def test_a_series_in_a_zone_ends_at_an_instant(store):
    rule = "FREQ=DAILY;UNTIL=20270703"
    reminders.add(store, None, "x", day("2027-07-01", NINE), every=rule)
    reminders.add(store, None, "y", day("2027-07-01"), every=rule)
    rules = {each["summary"]: each["rrule"]["UNTIL"] for each in items(store)}
    assert rules == {
        "x": [dt.datetime(2027, 7, 3, 22, 59, 59, tzinfo=dt.UTC)],
        "y": [dt.date(2027, 7, 3)],
    }


def test_what_counts_from_completion_has_only_its_next_turn(store):
    reminders.add(store, None, "x", day("2026-11-27"), every="2w after done")
    (event,) = items(store)
    assert "RRULE" not in event


def test_a_snoozed_turn_is_moved_and_the_series_stays(store):
    made = reminders.add(store, None, "x", day("2026-11-23", NINE), every="weekly")
    reminders.snooze(store, made.id, day("2026-11-25"))
    series, moved = items(store)
    assert series["dtstart"].dt == moved["recurrence-id"].dt
    assert series["dtstart"].dt.date() == dt.date(2026, 11, 23)
    assert moved["dtstart"].dt == dt.datetime(2026, 11, 25, 9, tzinfo=LONDON)
    assert (series["uid"], "RRULE" in moved) == (moved["uid"], False)


def test_every_change_raises_the_sequence_and_an_unchanged_one_is_the_same_text(store):
    made = reminders.add(store, None, "x", day("2026-11-27"))
    first = build_calendar(store, None)
    assert first == build_calendar(store, None)
    reminders.edit(store, made.id, text="y")
    reminders.edit(store, made.id, priority=3)
    assert items(store)[0]["sequence"] == 2
    journal.undo(store)
    assert items(store)[0]["sequence"] == 3


def test_done_reminders_and_closed_contacts_are_left_out(store):
    made = reminders.add(store, None, "x", day("2026-11-27"))
    gone = ContactDraft(
        name="Ann", status="deceased", days=(AnniversaryDraft("birthday", "--05-17"),)
    )
    reminders.add(store, contacts.add(store, gone).id, "y", day("2026-11-27"))
    reminders.done(store, made.id)
    assert items(store) == []


@pytest.mark.parametrize(
    ("stored", "start", "title"),
    [
        ("1980-05-17", "1980-05-17", "Jane: birthday (1980)"),
        ("--05-17", "2000-05-17", "Jane: birthday"),
        ("1980-02-29", "1980-02-29", "Jane: birthday (1980)"),
        ("--02-29", "2000-02-29", "Jane: birthday"),
        ("1980", "", ""),
        ("1980-05", "", ""),
        ("1850-05-17", "1900-05-17", "Jane: birthday (1850)"),
        ("1848-02-29", "1904-02-29", "Jane: birthday (1848)"),
    ],
)
def test_a_birthday_comes_every_year(store, stored, start, title):
    jane = contacts.add(
        store, ContactDraft(name="Jane", days=(AnniversaryDraft("birthday", stored),))
    )
    found = items(store)
    if not start:
        assert found == []
        return
    (event,) = found
    first = dt.date.fromisoformat(start)
    assert (event["dtstart"].dt, event["summary"]) == (first, title)
    assert event["uid"] == f"{jane.uid}-birthday"
    begin = dt.datetime.combine(first, dt.time())
    turns = list(rrulestr(event["rrule"].to_ical().decode(), dtstart=begin)[:5])
    is_leap = (first.month, first.day) == (2, 29)
    expected = [
        dt.datetime(first.year + n, first.month, 28 if is_leap and n % 4 else first.day)  # noqa: DTZ001
        for n in range(5)
    ]
    assert turns == expected


def test_a_query_chooses_contacts(store):
    for name in ("Jane", "Carl"):
        row = contacts.add(
            store, ContactDraft(name=name, days=(AnniversaryDraft("birthday", "--05-17"),))
        )
        reminders.add(store, row.id, "call", day("2026-11-27"))
    reminders.add(store, None, "pay", day("2026-11-27"))
    assert [each["summary"] for each in items(store, query="jane")] == [
        "Jane: call", "Jane: birthday"
    ]  # fmt: skip
    assert len(items(store)) == 5


def test_a_file_is_written_only_when_something_has_changed(store, tmp_path):
    path = tmp_path / "c.ics"
    made = reminders.add(store, None, "x", day("2026-11-27"))
    assert update_calendar_file(path, build_calendar(store, None)[0]) is True
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    path.chmod(0o644)
    before = path.stat()
    assert update_calendar_file(path, build_calendar(store, None)[0]) is False
    assert path.stat() == before
    reminders.edit(store, made.id, text="y")
    assert update_calendar_file(path, build_calendar(store, None)[0]) is True
    assert oct(path.stat().st_mode & 0o777) == "0o644"
