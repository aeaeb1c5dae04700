"""Working time against published examples, properties, and a count of minutes."""

import datetime as dt
import zoneinfo
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.errors import UsageError
from cardcrm.records.service.hours import DAYS, format_hours, parse_hours
from cardcrm.records.service.working_time import WorkingHours, WorkingTime

ZONES = ("Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC")
HOLIDAY = dt.date(2026, 3, 30)


def moment(text, zone="Europe/London"):
    local = dt.datetime.fromisoformat(text)
    return (local if local.tzinfo else local.replace(tzinfo=zoneinfo.ZoneInfo(zone))).timestamp()


def working_time(hours, zone="Europe/London", holidays=()):
    return WorkingTime(
        WorkingHours(parse_hours(hours), zoneinfo.ZoneInfo(zone), set(holidays).__contains__)
    )


def shown(at, zone="Europe/London"):
    return f"{dt.datetime.fromtimestamp(at, zoneinfo.ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("hours", "start", "duration", "end"),
    [
        ("mon-fri 9-17", "2026-11-27T16:30", 1, "Mon 2026-11-30 09:30"),
        ("mon-fri 9-17", "2026-11-25T16:00", 4, "Thu 2026-11-26 12:00"),
        ("mon-fri 8-18", "2026-11-27T17:00", 4, "Mon 2026-11-30 11:00"),
        ("mon-fri 9:00-12:00,13:00-17:00", "2026-11-25T11:30", 1, "Wed 2026-11-25 13:30"),
        ("mon-fri 9:00-12:00,13:00-17:00", "2026-11-25T08:00", 3, "Wed 2026-11-25 12:00"),
        ("mon-fri 9-17; sat 9-12", "2026-11-27T16:00", 2, "Sat 2026-11-28 10:00"),
        ("24/7", "2026-11-27T16:00", 24, "Sat 2026-11-28 16:00"),
        ("24/7", "2026-03-28T12:00", 24, "Sun 2026-03-29 13:00"),  # the clock moves on
        ("24/7", "2026-10-24T12:00", 24, "Sun 2026-10-25 11:00"),  # and back
        ("sun 0:00-6:00", "2026-03-28T12:00", 5, "Sun 2026-03-29 06:00"),
        ("sun 0:00-6:00", "2026-10-24T12:00", 7, "Sun 2026-10-25 06:00"),
        ("sun 1:00-1:30", "2026-03-28T12:00", 0.5, "Sun 2026-03-29 02:30"),  # moved on
        ("mon-fri 22-6", "2026-11-27T23:00", 8, "Mon 2026-11-30 23:00"),
    ],
)
def test_a_duration_ends_at_the_published_moment(hours, start, duration, end):
    assert shown(working_time(hours).add(moment(start), duration * 3600)) == end


def test_a_holiday_has_no_working_time():
    time = working_time("mon-fri 9-17", holidays=[dt.date(2026, 11, 30)])
    assert shown(time.add(moment("2026-11-27T16:30"), 3600)) == "Tue 2026-12-01 09:30"
    assert time.elapsed(moment("2026-11-30T09:00"), moment("2026-11-30T17:00")) == 0


# Boundaries that no clock change skips or repeats.
MINUTES = st.one_of(st.integers(0, 59), st.integers(180, 1440))


@st.composite
def weeks(draw):
    """Return working hours of a few days, as text."""
    groups = []
    for day in sorted(draw(st.sets(st.integers(0, 6), min_size=1))):
        marks = sorted(draw(st.sets(MINUTES, min_size=2, max_size=6)))
        pairs = list(zip(marks[::2], marks[1::2], strict=False))
        times = ",".join(f"{a // 60}:{a % 60:02}-{b // 60}:{b % 60:02}" for a, b in pairs)
        groups.append(f"{DAYS[day]} {times}")
    return "; ".join(groups)


MARCH = moment("2026-03-20T00:00", "UTC")
MOMENTS = st.integers(0, 12 * 24 * 60).map(lambda minutes: MARCH + minutes * 60)
AUTUMN = moment("2026-10-23T00:00", "UTC") - MARCH
SEASONS = st.sampled_from([0, AUTUMN])


def count_minutes(hours, zone, start, end):
    """Count the minutes between two moments whose time of day is a working one."""
    week, tz = parse_hours(hours), zoneinfo.ZoneInfo(zone)
    count = 0
    for at in range(int(start), int(end), 60):
        local = dt.datetime.fromtimestamp(at, tz)
        minute = local.hour * 60 + local.minute
        inside = any(first <= minute < last for first, last in week[local.weekday()])
        count += inside and local.date() != HOLIDAY
    return count


@given(weeks(), st.sampled_from(ZONES), MOMENTS, MOMENTS, SEASONS)
def test_elapsed_time_is_the_number_of_working_minutes(hours, zone, one, other, season):
    start, end = sorted((one + season, other + season))
    end = min(end, start + 4 * 86_400)
    found = working_time(hours, zone, [HOLIDAY]).elapsed(start, end)
    assert found == count_minutes(hours, zone, start, end) * 60


@given(weeks(), st.sampled_from(ZONES), st.lists(MOMENTS, min_size=3, max_size=6), SEASONS)
def test_elapsed_time_adds_up_over_any_split(hours, zone, moments, season):
    time = working_time(hours, zone, [HOLIDAY])
    marks = sorted(each + season for each in moments)
    parts = [time.elapsed(*pair) for pair in pairwise(marks)]
    assert sum(parts) == time.elapsed(marks[0], marks[-1])


@given(weeks(), st.sampled_from(ZONES), MOMENTS, st.integers(1, 5000), SEASONS)
def test_adding_is_the_inverse_of_elapsing(hours, zone, start, minutes, season):
    time = working_time(hours, zone, [HOLIDAY])
    end = time.add(start + season, minutes * 60)
    assert time.elapsed(start + season, end) == minutes * 60
    assert time.elapsed(start + season, end - 60) < minutes * 60
    assert working_time(hours, zone, [HOLIDAY]).add(start + season, minutes * 60) == end


def test_moments_may_be_asked_about_in_any_order():
    time = working_time("mon-fri 9-17")
    marks = [moment(f"{year}-06-15T12:00") for year in (2026, 2031, 2019, 2026)]
    fresh = [working_time("mon-fri 9-17").add(each, 3600) for each in marks]
    assert [time.add(each, 3600) for each in marks] == fresh
    assert time.add(marks[0], 0) == marks[0]


# Hours


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("mon-fri 9-17", "mon-fri 9:00-17:00"),
        ("Mo,We 9.30-12, 13-17; Saturday 0900-1200", "mon 9:30-12:00,13:00-17:00; "
         "wed 9:30-12:00,13:00-17:00; sat 9:00-12:00"),
        ("fri-mon 9-10, tue 8-9", "mon 9:00-10:00; tue 8:00-9:00; fri-sun 9:00-10:00"),
        ("mon 9-12,11-13,13-14", "mon 9:00-14:00"),
        ("sun 22-6", "mon 0:00-6:00; sun 22:00-24:00"),
        ("mon-sun 0-24", "24/7"),
    ],
)  # fmt: skip
def test_hours_are_read_as_people_write_them(text, stored):
    assert format_hours(parse_hours(text)) == stored
    assert parse_hours(stored) == parse_hours(text)


@pytest.mark.parametrize(
    "text",
    ["", "mon", "9-17", "mon 9", "mon 9-9", "mon 9-25", "mon 9:70-10", "day 9-17", "mon 9-17 x"],
)  # fmt: skip
def test_bad_hours_are_refused(text):
    with pytest.raises(UsageError):
        parse_hours(text)


@given(weeks())
def test_hours_keep_their_meaning_when_stored(hours):
    assert parse_hours(format_hours(parse_hours(hours))) == parse_hours(hours)
