"""Reminders keep their hour, come again when they should, and are ticked off once."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.errors import AmbiguousError, ConflictError, NotFoundError, UsageError
from cardcrm.records import records
from cardcrm.records.activity import reminders
from cardcrm.records.activity.reminder_type import REMINDER
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.reports import due
from cardcrm.store import Locale


@pytest.fixture
def now():
    return "2026-10-19T12:00"


@pytest.fixture
def locale():
    return Locale("GB", "EUR", "Europe/London")


@pytest.fixture
def jane(store):
    return contacts.add(store, ContactDraft(name="Jane Doe")).id


def test_a_weekly_call_at_nine_stays_at_nine_when_the_clocks_change(store, jane, monkeypatch):
    call = reminders.add(
        store, jane, "call", DayTime(dt.date(2026, 10, 19), dt.time(9)), every="weekly"
    )
    instants = [call.due_at]
    for day in ("2026-10-19", "2026-10-26", "2026-11-02"):
        monkeypatch.setenv("CARDCRM_NOW", f"{day}T10:00")
        call = reminders.done(store, call.id)
        assert reminders.when_due(store, call).time == dt.time(9)
        instants.append(call.due_at)
    assert instants == [
        "2026-10-19T08:00:00Z",
        "2026-10-26T09:00:00Z",
        "2026-11-02T09:00:00Z",
        "2026-11-09T09:00:00Z",
    ]


def test_a_recurring_one_rolls_past_today_however_late_it_is_done(store, jane, monkeypatch):
    call = reminders.add(store, jane, "call", DayTime(dt.date(2026, 10, 19)), every="2w")
    monkeypatch.setenv("CARDCRM_NOW", "2026-12-01T10:00")
    assert reminders.done(store, call.id).due_on == "2026-12-14"
    assert reminders.get(store, call.id).done_at is None


@pytest.mark.parametrize(
    ("done", "comes"),
    [
        ("2026-11-20T22:00", "2026-11-21"),  # before its time: this evening's is done
        ("2026-11-20T23:40", "2026-11-21"),
        ("2026-11-21T00:10", "2026-11-21"),  # after midnight: the next evening has its own
        ("2026-11-21T09:10", "2026-11-21"),
        ("2026-11-21T23:40", "2026-11-22"),  # a day late: both evenings are over
    ],
)
def test_what_is_due_each_evening_comes_the_next_one_however_late_it_is_done(
    store, jane, monkeypatch, done, comes
):
    evening = DayTime(dt.date(2026, 11, 20), dt.time(23, 30))
    till = reminders.add(store, jane, "close the till", evening, every="daily")
    monkeypatch.setenv("CARDCRM_NOW", done)
    assert reminders.when_due(store, reminders.done(store, till.id)) == DayTime(
        dt.date.fromisoformat(comes), dt.time(23, 30)
    )


def test_the_last_of_a_series_is_done_for_good(store, jane):
    call = reminders.add(
        store, jane, "call", DayTime(dt.date(2026, 10, 19)), every="FREQ=WEEKLY;COUNT=1"
    )
    assert reminders.done(store, call.id).done_at is not None
    with pytest.raises(ConflictError, match="done already"):
        reminders.done(store, call.id)


def test_snoozing_keeps_the_hour_and_the_place_of_a_series(store, jane, monkeypatch):
    monday = DayTime(dt.date(2026, 10, 19), dt.time(9))
    call = reminders.add(store, jane, "call", monday, every="weekly")
    put_off = reminders.snooze(store, call.id, DayTime(dt.date(2026, 10, 21)))
    assert reminders.when_due(store, put_off) == DayTime(dt.date(2026, 10, 21), dt.time(9))
    monkeypatch.setenv("CARDCRM_NOW", "2026-10-21T10:00")
    again = reminders.when_due(store, reminders.done(store, call.id))
    assert again == DayTime(dt.date(2026, 10, 26), dt.time(9))


def test_a_series_continues_from_a_date_that_was_edited_in_a_form(store, jane, monkeypatch):
    call = reminders.add(store, jane, "call", DayTime(dt.date(2026, 10, 19)), every="weekly")
    reminders.snooze(store, call.id, DayTime(dt.date(2026, 10, 21)))
    records.edit(store, REMINDER, [call.id], {"due": "2026-10-21"})  # as it is, on a Wednesday
    assert records.edit(store, REMINDER, [call.id], {"due": "2026-10-22"}) == 1
    monkeypatch.setenv("CARDCRM_NOW", "2026-10-22T10:00")
    assert reminders.done(store, call.id).due_on == "2026-10-29"


def test_a_priority_can_be_cleared(store, jane):
    call = reminders.add(store, jane, "call", DayTime(dt.date(2026, 10, 19)), priority=3)
    records.edit(store, REMINDER, [call.id], {"priority": ""})
    assert reminders.get(store, call.id).priority == 0


def test_nothing_is_put_off_to_the_past(store, jane):
    call = reminders.add(store, jane, "call", DayTime(dt.date(2026, 10, 19)))
    with pytest.raises(UsageError, match="is in the past"):
        reminders.snooze(store, call.id, DayTime(dt.date(2026, 10, 18)))


@pytest.mark.parametrize(
    ("every", "due", "put_off", "done", "following"),
    [
        ("2w", "2026-11-27", "2026-11-30", "2026-11-30", "2026-12-11"),
        ("quarterly", "2026-11-23", "2026-12-01", "2026-12-01", "2027-02-23"),
        ("3d", "2026-11-23", "2026-11-24", "2026-11-24", "2026-11-26"),
        ("weekly", "2026-11-23", "2026-11-22", "2026-11-22", "2026-11-30"),
        ("monthly", "2027-01-31", "2027-02-02", "2027-02-02", "2027-02-28"),
        ("weekly", "2026-11-23", "2026-12-03", "2026-12-03", "2026-12-07"),
    ],
)
def test_what_is_put_off_leaves_its_series_where_it_is(
    store, jane, monkeypatch, every, due, put_off, done, following
):
    planned = reminders.add(store, jane, "call", DayTime(dt.date.fromisoformat(due)), every=every)
    for day in (due, put_off):  # the second time it is snoozed from another day
        monkeypatch.setenv("CARDCRM_NOW", "2026-11-20T09:00")
        reminders.snooze(store, planned.id, DayTime(dt.date.fromisoformat(day)))
    monkeypatch.setenv("CARDCRM_NOW", f"{done}T09:00")
    assert reminders.done(store, planned.id).due_on == following


def test_a_series_goes_on_at_its_hour_after_the_night_that_had_none(store, jane, monkeypatch):
    early = reminders.add(
        store, jane, "oven on", DayTime(dt.date(2027, 3, 27), dt.time(1, 30)), every="daily"
    )
    shown = []
    for now in ("2027-03-27T08:00", "2027-03-28T08:00", "2027-03-29T08:00"):
        monkeypatch.setenv("CARDCRM_NOW", now)
        shown.append(reminders.when_due(store, reminders.done(store, early.id)))
    assert shown == [
        DayTime(dt.date(2027, 3, 28), dt.time(2, 30)),  # there is no half past one
        DayTime(dt.date(2027, 3, 29), dt.time(1, 30)),
        DayTime(dt.date(2027, 3, 30), dt.time(1, 30)),
    ]


@pytest.mark.parametrize(
    ("every", "first"),
    [
        ("2w", dt.date(2026, 11, 2)),
        ("3rd monday", dt.date(2026, 11, 16)),
        ("daily", dt.date(2026, 10, 20)),
    ],
)
def test_a_series_without_a_date_begins_with_the_first_that_its_rule_gives(every, first):
    assert reminders.begin_series(every, dt.date(2026, 10, 19))[0] == first


def test_a_series_that_never_comes_needs_a_date():
    with pytest.raises(UsageError, match="has no date in the future"):
        reminders.begin_series("FREQ=DAILY;UNTIL=20261019", dt.date(2026, 10, 19))


def test_a_name_stands_for_the_only_open_reminder(store, jane):
    with pytest.raises(NotFoundError, match="no open reminder"):
        reminders.only_open(store, jane, "Jane Doe")
    first = reminders.add(store, jane, "call", DayTime(dt.date(2026, 10, 19)))
    assert reminders.only_open(store, jane, "Jane Doe") == first
    reminders.add(store, jane, "write", DayTime(dt.date(2026, 10, 20)))
    with pytest.raises(AmbiguousError) as caught:
        reminders.only_open(store, jane, "Jane Doe")
    assert [text for _, text, _ in caught.value.candidates] == ["call", "write"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    day=st.dates(dt.date(2026, 1, 1), dt.date(2030, 12, 31)),
    time=st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_a_date_and_time_come_back_as_they_were_said(store, jane, day, time):
    skipped = {(3, 29), (3, 28), (3, 26), (3, 25), (3, 31)}  # last Sundays of March
    if time and time.hour == 1 and (day.month, day.day) in skipped:
        return
    made = reminders.add(store, jane, "call", DayTime(day, time))
    assert reminders.when_due(store, made) == DayTime(day, time)
    assert made.due_on == day.isoformat()


def test_a_time_is_shown_on_the_day_it_falls_on_where_one_is(store, jane):
    early = reminders.add(store, jane, "call", DayTime(dt.date(2026, 11, 24), dt.time(1)))
    store.locale = Locale(zone="America/New_York")
    assert reminders.when_due(store, early) == DayTime(dt.date(2026, 11, 23), dt.time(20))
    (task,) = due.build_digest(store, dt.date(2026, 11, 23)).today.rows
    assert (task.due_on, task.time) == (dt.date(2026, 11, 23), dt.time(20))
