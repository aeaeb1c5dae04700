"""Test dates at one fixed time: Saturday 21 November 2026, 20:00."""

# ruff: noqa: DTZ001 - wall times are naive
import datetime as dt
import time
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardcrm import dates
from cardcrm.dates import DayTime, parse_date
from cardcrm.dates.anniversaries import (
    age_on,
    find_month_day,
    format_anniversary,
    next_anniversary,
    parse_anniversary,
)
from cardcrm.errors import UsageError

NOW = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(9999, 12, 31))
MOMENTS = st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2150, 1, 1), timezones=st.just(dt.UTC))


def shown(when: DayTime) -> str:
    return when.day.isoformat() + (f" {when.time:%H:%M}" if when.time else "")


@pytest.fixture(params=["Europe/London", "America/New_York"])
def system_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "plan", "history"),
    [
        ("2026-11-27", "2026-11-27", "2026-11-27"),
        ("2026-11-27 14:00", "2026-11-27 14:00", "2026-11-27 14:00"),
        ("2026-11-27T14:00", "2026-11-27 14:00", "2026-11-27 14:00"),
        ("2026-11-27T14:00:00Z", "2026-11-27 14:00", "2026-11-27 14:00"),
        ("2026-07-27T14:00+02:00", "2026-07-27 12:00", "2026-07-27 12:00"),
        ("20261127", "2026-11-27", "2026-11-27"),
        ("today", "2026-11-21", "2026-11-21"),
        ("Tomorrow 9am", "2026-11-22 09:00", "2026-11-22 09:00"),
        ("yesterday", "2026-11-20", "2026-11-20"),
        ("the day after tomorrow", "2026-11-23", "2026-11-23"),
        ("now", "2026-11-21 20:00", "2026-11-21 20:00"),
        ("fri", "2026-11-27", "2026-11-20"),
        ("on friday", "2026-11-27", "2026-11-20"),
        ("sat", "2026-11-28", "2026-11-14"),
        ("fri at 14:00", "2026-11-27 14:00", "2026-11-20 14:00"),
        ("2pm fri", "2026-11-27 14:00", "2026-11-20 14:00"),
        ("next tue 14:00", "2026-11-24 14:00", "2026-11-24 14:00"),
        ("next sun", "2026-11-29", "2026-11-29"),
        ("last friday", "2026-11-20", "2026-11-20"),
        ("this fri", "2026-11-27", "2026-11-20"),
        ("this sat", "2026-11-21", "2026-11-21"),
        ("23rd", "2026-11-23", "2026-10-23"),
        ("the 23rd", "2026-11-23", "2026-10-23"),
        ("21st", "2026-11-21", "2026-11-21"),
        ("21st 9am", "2026-12-21 09:00", "2026-11-21 09:00"),
        ("21st 9pm", "2026-11-21 21:00", "2026-10-21 21:00"),
        ("31st", "2026-12-31", "2026-10-31"),
        ("23 dec", "2026-12-23", "2025-12-23"),
        ("dec 23", "2026-12-23", "2025-12-23"),
        ("23rd of December", "2026-12-23", "2025-12-23"),
        ("23 dec 2027", "2027-12-23", "2027-12-23"),
        ("December 23rd, 2027", "2027-12-23", "2027-12-23"),
        ("29 feb", "2028-02-29", "2024-02-29"),
        ("27.11.2026", "2026-11-27", "2026-11-27"),
        ("27.11.", "2026-11-27", "2025-11-27"),
        ("27/11/2026", "2026-11-27", "2026-11-27"),
        ("3/4/2027", "2027-04-03", "2027-04-03"),
        ("3d", "2026-11-24", "2026-11-18"),
        ("0d", "2026-11-21", "2026-11-21"),
        ("2w", "2026-12-05", "2026-11-07"),
        ("3m", "2027-02-21", "2026-08-21"),
        ("1y", "2027-11-21", "2025-11-21"),
        ("in 2 weeks", "2026-12-05", "2026-12-05"),
        ("in a month", "2026-12-21", "2026-12-21"),
        ("2 weeks ago", "2026-11-07", "2026-11-07"),
        ("3 days ago", "2026-11-18", "2026-11-18"),
        ("in 2 hours", "2026-11-21 22:00", "2026-11-21 22:00"),
        ("30 minutes ago", "2026-11-21 19:30", "2026-11-21 19:30"),
        ("eow", "2026-11-22", "2026-11-15"),
        ("eom", "2026-11-30", "2026-10-31"),
        ("end of the month", "2026-11-30", "2026-10-31"),
        ("eoq", "2026-12-31", "2026-09-30"),
        ("eoy", "2026-12-31", "2025-12-31"),
        ("next week", "2026-11-23", "2026-11-23"),
        ("next month", "2026-12-01", "2026-12-01"),
        ("last week", "2026-11-09", "2026-11-09"),
        ("last month", "2026-10-01", "2026-10-01"),
        ("noon", "2026-11-22 12:00", "2026-11-21 12:00"),
        ("tomorrow noon", "2026-11-22 12:00", "2026-11-22 12:00"),
        ("14:00", "2026-11-22 14:00", "2026-11-21 14:00"),
        ("at 14:00", "2026-11-22 14:00", "2026-11-21 14:00"),
        ("20:00", "2026-11-21 20:00", "2026-11-21 20:00"),
        ("21:00", "2026-11-21 21:00", "2026-11-20 21:00"),
        ("2:30pm", "2026-11-22 14:30", "2026-11-21 14:30"),
        ("today 12am", "2026-11-21 00:00", "2026-11-21 00:00"),
        ("  Mon,  9:05 ", "2026-11-23 09:05", "2026-11-16 09:05"),
    ],
)
def test_a_word_means_one_day_in_each_direction(text: str, plan: str, history: str) -> None:
    assert shown(parse_date(text, NOW)).removesuffix(" 00:00") == plan.removesuffix(" 00:00")
    assert shown(parse_date(text, NOW, past=True)) == history


# Sunday comes after the fixed day, a Saturday; its hour is 20:00.
PHRASES = [
    ("two weeks", "2026-12-05", "2026-11-07"),
    ("in two weeks", "2026-12-05", "2026-12-05"),
    ("two weeks ago", "2026-11-07", "2026-11-07"),
    ("a couple of days", "2026-11-23", "2026-11-19"),
    ("2mo", "2027-01-21", "2026-09-21"),
    ("+5d", "2026-11-26", "2026-11-26"),
    ("-3d", "2026-11-18", "2026-11-18"),
    ("fortnight", "2026-12-05", "2026-11-07"),
    ("in a fortnight", "2026-12-05", "2026-12-05"),
    ("3 days from now", "2026-11-24", "2026-11-24"),
    ("2 weeks from monday", "2026-12-07", "2026-11-30"),
    ("a week from friday", "2026-12-04", "2026-11-27"),
    ("monday week", "2026-11-30", "2026-11-23"),
    ("tomorrow week", "2026-11-29", "2026-11-29"),
    ("a week today", "2026-11-28", "2026-11-28"),
    ("week on friday", "2026-12-04", "2026-11-27"),
    ("2 days before eom", "2026-11-28", "2026-10-29"),
    ("in 3 working days", "2026-11-25", "2026-11-25"),
    ("next business day", "2026-11-23", "2026-11-23"),
    ("Fri 25th", "2026-12-25", "2026-09-25"),
    ("10th of next month", "2026-12-10", "2026-12-10"),
    ("1st of the month", "2026-12-01", "2026-11-01"),
    ("first of next month", "2026-12-01", "2026-12-01"),
    ("last day of february", "2027-02-28", "2026-02-28"),
    ("first monday of december", "2026-12-07", "2025-12-01"),
    ("last friday of the month", "2026-11-27", "2026-10-30"),
    ("end of january", "2027-01-31", "2026-01-31"),
    ("end of next month", "2026-12-31", "2026-12-31"),
    ("start of march", "2027-03-01", "2026-03-01"),
    ("mid january", "2027-01-15", "2026-01-15"),
    ("beginning of next week", "2026-11-23", "2026-11-23"),
    ("january", "2027-01-01", "2026-01-01"),
    ("november", "2027-11-01", "2026-11-01"),
    ("next january", "2027-01-01", "2027-01-01"),
    ("last january", "2026-01-01", "2026-01-01"),
    ("jan 2028", "2028-01-01", "2028-01-01"),
    ("2027-02", "2027-02-01", "2027-02-01"),
    ("2027-W05", "2027-02-01", "2027-02-01"),
    ("next weekend", "2026-11-28", "2026-11-28"),
    ("weekend", "2026-11-21", "2026-11-21"),
    ("eod", "2026-11-21", "2026-11-21"),
    ("eod friday", "2026-11-27", "2026-11-20"),
    ("end of day", "2026-11-21", "2026-11-21"),
    ("weds", "2026-11-25", "2026-11-18"),
    ("24.12", "2026-12-24", "2025-12-24"),
    ("24.12.26", "2026-12-24", "2026-12-24"),
    ("5.1.85", "1985-01-05", "1985-01-05"),
    ("20-Jan-27", "2027-01-20", "2027-01-20"),
    ("2026.12.04", "2026-12-04", "2026-12-04"),
    ("1. März", "2027-03-01", "2026-03-01"),
    ("24 dez", "2026-12-24", "2025-12-24"),
    ("tomorrow at 9", "2026-11-22 09:00", "2026-11-22 09:00"),
    ("monday morning", "2026-11-23 09:00", "2026-11-16 09:00"),
    ("tomorrow afternoon", "2026-11-22 14:00", "2026-11-22 14:00"),
    ("this evening", "2026-11-21 18:00", "2026-11-21 18:00"),
    ("tonight", "2026-11-21 20:00", "2026-11-21 20:00"),
    ("last night", "2026-11-20 20:00", "2026-11-20 20:00"),
    ("monday evening at 7", "2026-11-23 19:00", "2026-11-16 19:00"),
    ("friday at 3", "2026-11-27 15:00", "2026-11-20 15:00"),
    ("friday at 3am", "2026-11-27 03:00", "2026-11-20 03:00"),
    ("friday 3:00", "2026-11-27 03:00", "2026-11-20 03:00"),
    ("half past 3", "2026-11-22 15:30", "2026-11-21 15:30"),
    ("quarter to 5", "2026-11-22 16:45", "2026-11-21 16:45"),
    ("ten past 9", "2026-11-22 09:10", "2026-11-21 09:10"),
    ("9.30", "2026-11-22 09:30", "2026-11-21 09:30"),
    ("monday 9.30", "2026-11-23 09:30", "2026-11-16 09:30"),
    ("9h30", "2026-11-22 09:30", "2026-11-21 09:30"),
    ("14 uhr", "2026-11-22 14:00", "2026-11-21 14:00"),
    ("9 o'clock", "2026-11-22 09:00", "2026-11-21 09:00"),
    ("5 p.m.", "2026-11-22 17:00", "2026-11-21 17:00"),
    ("tuesday lunchtime", "2026-11-24 12:00", "2026-11-17 12:00"),
    ("midnight", "2026-11-22 00:00", "2026-11-21 00:00"),
    ("in half an hour", "2026-11-21 20:30", "2026-11-21 20:30"),
    ("in two hours", "2026-11-21 22:00", "2026-11-21 22:00"),
]


@pytest.mark.parametrize(("text", "plan", "history"), PHRASES)
def test_phrase_means_one_day_in_each_direction(text: str, plan: str, history: str) -> None:
    assert shown(parse_date(text, NOW)) == plan
    assert shown(parse_date(text, NOW, past=True)) == history


@pytest.mark.parametrize(
    ("text", "is_month_end"),
    [("eom", True), ("end of february", True), ("last day of the month", True), ("eoq", True),
     ("2026-11-30", False), ("30th", False), ("eow", False), ("eod", False)],
)  # fmt: skip
def test_words_for_the_end_of_a_month_are_marked(text: str, is_month_end: bool) -> None:
    assert parse_date(text, NOW).is_month_end is is_month_end


@given(st.text(alphabet="abcdefghilmnoprstuwy 0123456789.:+-", max_size=30), st.booleans())
def test_any_words_are_a_date_or_a_usage_error(text: str, past: bool) -> None:
    try:
        when = parse_date(text, NOW, past=past)
    except UsageError as problem:
        hint = problem.hint
    else:
        hint = f"Try {when.day}"
    assert hint.startswith(("Try ", "The year must be "))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "asap",
            "someday",
            "mon 9",
            "9 tomorrow",
            "this week",
            "friday midnight",
            "32nd of may",
            "2 days before christmas",
        ),
        *("half past 30", "half to 3", "wed or thu", "5th monday of february 2027", "0th of may"),
        *(
            "",
            "   ",
            "banana",
            "next banana",
            "23",
            "9h",
            "mon tue",
            "in 3 days ago",
            "fri 2pm 3pm",
        ),
        *("31 feb", "2026-02-30", "2026-13-01", "0000-01-01", "31.4.", "0th", "32nd", "00.05."),
        *("25:00", "14:60", "13pm", "0am", "14:00pm", "tomorrow 24:00"),
        *("1899-12-31", "10000-01-01", "99999y", "99999m", "99999999d", "99999d ago", "99999w ago"),
        *(
            "٣d",
            "２０２６-11-27",
            "fri\x00",
            "fri\x1b[2J",
            "x" * 100_000,
            "1" * 5000,
            "tomorrow\u202e",
        ),
    ],
)
def test_invalid_date_is_rejected_with_examples(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_date(text, NOW)
    assert len(caught.value.message) < 120
    assert caught.value.message.isprintable()
    assert text[:30].isprintable() is False or text.strip()[:30] in caught.value.message
    assert caught.value.hint


def test_current_minute_is_not_late() -> None:
    assert shown(parse_date("20:00", NOW.replace(second=59))) == "2026-11-21 20:00"
    assert shown(parse_date("19:59", NOW)) == "2026-11-22 19:59"


def test_period_ends_on_its_last_day() -> None:
    last = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)
    assert parse_date("eom", last).day == parse_date("eom", last, past=True).day == last.date()


@pytest.mark.parametrize("text", ["11/27/2026", "11.27.2026", "11/27"])
def test_month_first_numbers_get_the_hint_to_use_iso(text: str) -> None:
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        parse_date(text, NOW)


def test_weekday_before_a_date_must_be_correct() -> None:
    assert parse_date("Fri 27 Nov", NOW).day == dt.date(2026, 11, 27)
    with pytest.raises(UsageError, match="2026-11-28 is a Saturday"):
        parse_date("Fri 28 Nov", NOW)


@given(DAYS, MOMENTS, st.booleans())
def test_iso_date_is_parsed_exactly(day: dt.date, now: dt.datetime, past: bool) -> None:
    assert parse_date(day.isoformat(), now, past=past) == DayTime(day)
    assert parse_date(day.strftime("%Y%m%d"), now, past=past) == DayTime(day)
    assert parse_date(f"{day.day}.{day.month}.{day.year}", now, past=past) == DayTime(day)


RELATIVE = st.sampled_from(
    [
        *("fri", "mon", "this tue", "sunday", "23rd", "1st", "31st", "23 dec", "1 jan", "29 feb"),
        *("3d", "2w", "1m", "1y", "eow", "eom", "eoq", "eoy", "14:00", "noon", "9am", "fri 8am"),
        *("23rd 0:00", "1 jan 23:59"),
    ]
)


@given(RELATIVE, MOMENTS)
@example("14:00", dt.datetime(2026, 12, 31, 14, 0, 59, tzinfo=dt.UTC))
def test_words_look_forward_for_plans_and_back_for_history(text: str, now: dt.datetime) -> None:
    plan, history = parse_date(text, now), parse_date(text, now, past=True)
    minute = now.replace(second=0, microsecond=0, tzinfo=None)
    first = dt.datetime.combine(plan.day, plan.time or dt.time.max)
    last = dt.datetime.combine(history.day, history.time or dt.time.min)
    assert last <= now.replace(tzinfo=None)
    assert minute <= first


@given(text=st.text(max_size=90), past=st.booleans())
@example(text="1 a ago", past=False)
@example(text="9999-12-31T23:59-14:00", past=False)
@example(text="0001-01-01T00:00+14:00", past=True)
def test_any_text_is_a_date_or_a_usage_error(text: str, past: bool) -> None:
    try:
        when = parse_date(text, NOW, past=past)
    except UsageError:
        return
    assert 1900 <= when.day.year <= 9999


@given(st.sampled_from(["eoy", "fri", "1y", "31st", "29 feb", "next month", "9am", "in 5 hours"]))
def test_the_end_of_the_calendar_is_a_usage_error_or_a_day(text: str) -> None:
    for now in (
        dt.datetime(9999, 12, 31, 23, 30, tzinfo=dt.UTC),
        dt.datetime(1, 1, 1, 0, 30, tzinfo=dt.UTC),
    ):
        for past in (False, True):
            try:
                when = parse_date(text, now, past=past)
            except UsageError:
                continue
            assert isinstance(when.day, dt.date)


# The clock ------------------------------------------------------------------------------------


def test_environment_sets_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    assert dates.now("Europe/Berlin").isoformat() == "2026-11-21T20:00:00+01:00"
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T23:30:00Z")
    assert dates.now("Europe/Berlin").isoformat() == "2026-11-22T00:30:00+01:00"
    assert dates.today("Europe/Berlin") == dt.date(2026, 11, 22)
    assert dates.current_instant() == "2026-11-21T23:30:00Z"
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21")
    assert dates.now("Asia/Tokyo").isoformat() == "2026-11-21T00:00:00+09:00"


def test_clock_runs_without_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARDCRM_NOW", raising=False)
    away = abs(dates.now("Asia/Tokyo") - dt.datetime.now(dt.UTC))
    assert away < dt.timedelta(minutes=1)
    assert dates.now("Asia/Tokyo").utcoffset() == dt.timedelta(hours=9)
    assert dates.now().tzinfo is not None


def test_invalid_clock_variable_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDCRM_NOW", "half past nine")
    with pytest.raises(UsageError, match="CARDCRM_NOW"):
        dates.now()


@pytest.mark.parametrize(
    "name", ["Europe/Lodnon", "Europe", "../etc/passwd", "a\x00b", "/etc", "ü"]
)
def test_unknown_zone_is_rejected_with_similar_names(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        dates.now(name)
    assert "/" in caught.value.hint
    with pytest.raises(UsageError):
        dates.to_instant(TODAY, dt.time(9), name)


GAPS_AND_OVERLAPS = {
    "Europe/London": [
        (dt.datetime(2026, 3, 29, 1, 30), "2026-03-29T01:30:00Z", "02:30"),  # skipped
        (dt.datetime(2026, 3, 29, 2, 30), "2026-03-29T01:30:00Z", "02:30"),
        (dt.datetime(2026, 10, 25, 1, 30), "2026-10-25T00:30:00Z", "01:30"),  # twice
        (dt.datetime(2026, 7, 1, 9, 0), "2026-07-01T08:00:00Z", "09:00"),
    ],
    "America/New_York": [
        (dt.datetime(2026, 3, 8, 2, 30), "2026-03-08T07:30:00Z", "03:30"),
        (dt.datetime(2026, 11, 1, 1, 30), "2026-11-01T05:30:00Z", "01:30"),
        (dt.datetime(2026, 12, 1, 9, 0), "2026-12-01T14:00:00Z", "09:00"),
    ],
}


@pytest.mark.parametrize("through_system", [True, False])
def test_clock_change_moves_forward_and_takes_the_first(
    system_zone: str, through_system: bool
) -> None:
    zone = "" if through_system else system_zone
    for wall, instant, back in GAPS_AND_OVERLAPS[system_zone]:
        assert dates.to_instant(wall.date(), wall.time(), zone) == instant
        assert f"{dates.from_instant(instant, zone):%H:%M}" == back


def test_system_zone_uses_the_offset_of_the_day(system_zone: str) -> None:
    for month in (1, 7):
        text = f"2026-{month:02d}-15T12:00:00Z"
        assert (
            dates.from_instant(text).utcoffset()
            == dates.from_instant(text, system_zone).utcoffset()
        )
    summer = parse_date("2026-07-27T12:00Z", dates.now()).time
    assert summer == dates.from_instant("2026-07-27T12:00:00Z").time()


def test_hours_are_elapsed_time_across_clock_changes() -> None:
    now = dates.from_instant("2026-03-29T00:30:00Z", "Europe/London")
    assert shown(parse_date("in 1 hour", now)) == "2026-03-29 02:30"


@given(
    st.datetimes(dt.datetime(1975, 1, 1), dt.datetime(2099, 1, 1)),
    st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_instants_survive_conversion_to_local_time(utc: dt.datetime, zone: str) -> None:
    text = utc.isoformat(timespec="seconds") + "Z"
    wall = dates.from_instant(text, zone)
    back = dates.to_instant(wall.date(), wall.time(), zone)
    assert back == text or wall.fold == 1


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z"])
def test_invalid_instant_is_rejected(text: str) -> None:
    with pytest.raises(UsageError):
        dates.from_instant(text)


def test_instant_outside_the_calendar_is_rejected() -> None:
    with pytest.raises(UsageError):
        dates.to_instant(dt.date.max, dt.time(23), "America/New_York")


# Anniversaries, durations and formatted days ------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("1980-05-17", "1980-05-17"),
        ("--05-17", "--05-17"),
        ("--0517", "--05-17"),
        ("17 May", "--05-17"),
        ("17th of may", "--05-17"),
        ("May 17 1980", "1980-05-17"),
        ("17.5.1980", "1980-05-17"),
        ("17.5.", "--05-17"),
        ("17/05/1980", "1980-05-17"),
        ("05/17/1980", "1980-05-17"),
        ("4/5/1980", "1980-05-04"),
        ("19800517", "1980-05-17"),
        ("29 Feb", "--02-29"),
        ("--02-29", "--02-29"),
        ("29.2.1980", "1980-02-29"),
        ("5.1.85", "1985-01-05"),
        ("5.1.26", "2026-01-05"),
        ("5.12.26", "1926-12-05"),
        ("20-Jan-81", "1981-01-20"),
        ("20. Januar 1981", "1981-01-20"),
        ("Jan 20, 1981", "1981-01-20"),
        ("1953", "1953"),
        ("1985-04", "1985-04"),
        ("04/1985", "1985-04"),
        ("April 1985", "1985-04"),
        ("--04", "--04"),
        ("april", "--04"),
        ("--0412", "--04-12"),
        ("1985-04-12T23:00:00.000Z", "1985-04-12"),
        ("19850412T230000Z", "1985-04-12"),
    ],
)
def test_anniversaries_are_parsed(text: str, stored: str) -> None:
    assert parse_anniversary(text, TODAY) == stored


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "0517", "--13-01", "--02-30", "1981-02-29", "2026-11-22", "9999-01-01"),
        *(
            "0000-01-01",
            "1499-12-31",
            "31.4.1980",
            "fri",
            "17\x00May",
            "１９８０-05-17",
            "-" * 9999,
        ),
    ],
)
def test_invalid_anniversary_is_rejected(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_anniversary(text, TODAY)
    assert caught.value.hint


@given(st.dates(dt.date(1500, 1, 1), dt.date(9990, 1, 1)), st.dates(dt.date(1900, 1, 1)))
def test_next_anniversary_is_within_a_year(day: dt.date, today: dt.date) -> None:
    if today.year == 9999:
        return
    coming = next_anniversary(day.isoformat(), today)
    assert coming is not None
    assert today <= coming < today + dt.timedelta(days=366)
    assert (coming.month, coming.day) in {(day.month, day.day), (2, 28)}
    assert coming == next_anniversary(f"--{day:%m-%d}", today)
    assert next_anniversary(day.isoformat(), coming) == coming
    assert age_on(day.isoformat(), coming) in {coming.year - day.year, None}


def test_leap_day_has_an_anniversary_every_year() -> None:
    assert next_anniversary("2000-02-29", dt.date(2026, 2, 1)) == dt.date(2026, 2, 28)
    assert next_anniversary("--02-29", dt.date(2026, 3, 1)) == dt.date(2027, 2, 28)
    assert next_anniversary("--02-29", dt.date(2028, 2, 1)) == dt.date(2028, 2, 29)
    assert age_on("2000-02-29", dt.date(2026, 2, 27)) == 25
    assert age_on("2000-02-29", dt.date(2026, 2, 28)) == 26


@pytest.mark.parametrize(
    ("stored", "words", "key"),
    [
        ("1985-04-12", "12 April 1985", "04-12"),
        ("--04-12", "12 April", "04-12"),
        ("1985-04", "April 1985", "--04"),
        ("--04", "April", "--04"),
        ("1953", "1953", "--"),
    ],
)
def test_what_is_known_of_an_anniversary_is_shown_and_found(
    stored: str, words: str, key: str
) -> None:
    assert format_anniversary(stored) == words
    assert find_month_day(stored) == key
    assert parse_anniversary(words, TODAY) == stored
    has_day = len(key) == 5
    assert (next_anniversary(stored, TODAY) is not None) is has_day
    assert (age_on(stored, TODAY) is not None) is (has_day and stored.startswith("1"))


def test_numbers_may_begin_with_the_month() -> None:
    assert parse_anniversary("4/5/1980", TODAY, month_first=True) == "1980-04-05"
    assert parse_anniversary("17/5/1980", TODAY, month_first=True) == "1980-05-17"


def test_age_is_unknown_without_a_past_year() -> None:
    assert age_on("--05-17", TODAY) is None
    assert age_on("1980-05-17", dt.date(1979, 1, 1)) is None
    assert age_on("1980-11-21", TODAY) == 46
    assert age_on("1980-11-22", TODAY) == 45


@pytest.mark.parametrize("text", ["", "-", "1980-5", "1981-02-29", "--02-30", "--13", "1980-13"])
def test_invalid_stored_anniversary_is_rejected(text: str) -> None:
    with pytest.raises(UsageError):
        next_anniversary(text, TODAY)


def test_end_of_calendar_has_no_next_anniversary() -> None:
    with pytest.raises(UsageError, match="no further anniversary"):
        next_anniversary("--05-17", dt.date.max)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        *[("30d", 30), ("2w", 14), ("3m", 90), ("1y", 365), ("90", 90), ("2 weeks", 14)],
        *[("daily", 1), ("weekly", 7), ("Monthly", 30), ("quarterly", 90), ("yearly", 365)],
        *[("every 2 weeks", 14), ("every month", 30), ("a month", 30)],
    ],
)
def test_durations_are_days(text: str, days: int) -> None:
    assert dates.parse_duration(text) == days


@pytest.mark.parametrize(
    "text", ["", "0", "0d", "-3", "fri", "3x", "1.5m", "99999y", "1" * 400, "٣"]
)
def test_invalid_duration_is_rejected(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        dates.parse_duration(text)
    assert "30d" in caught.value.hint


@pytest.mark.parametrize(
    ("away", "words"),
    [
        *[(0, "today"), (-1, "yesterday"), (1, "tomorrow"), (-3, "3 days ago"), (5, "in 5 days")],
        *[(-13, "13 days ago"), (-14, "2 weeks ago"), (-60, "8 weeks ago"), (61, "in 2 months")],
        *[
            (91, "in 3 months"),
            (-729, "23 months ago"),
            (-731, "2 years ago"),
            (3653, "in 10 years"),
        ],
    ],
)
def test_distance_in_words(away: int, words: str) -> None:
    assert dates.format_relative(TODAY + dt.timedelta(days=away), TODAY) == words


@given(st.dates(), st.dates())
def test_distance_never_fails_and_uses_plurals(day: dt.date, today: dt.date) -> None:
    words = dates.format_relative(day, today)
    assert words in {"today", "tomorrow", "yesterday"} or not {"0", "1"} & set(words.split())


def test_days_are_shown_short() -> None:
    assert dates.format_day(dt.date(2026, 11, 27), TODAY) == "Fri 27 Nov"
    assert dates.format_day(dt.date(2024, 11, 27), TODAY) == "27 Nov 2024"
    assert dates.format_short_day(dt.date(2026, 11, 27), TODAY) == "27 Nov"
    assert dates.format_short_day(dt.date(2024, 11, 27), TODAY) == "27 Nov 2024"


def test_day_of_this_year_far_from_today_is_shown_with_its_year() -> None:
    november, january = dt.date(2026, 11, 30), dt.date(2026, 1, 1)
    assert dates.format_day(january, november) == "1 Jan 2026"
    assert dates.format_day(november, january) == "30 Nov 2026"
    assert dates.format_day(dt.date(2026, 6, 1), november) == "Mon 1 Jun"
    assert dates.format_day(dt.date(2026, 5, 30), november) == "30 May 2026"


@given(st.dates(dt.date(1900, 1, 1)), MOMENTS)
def test_formatted_day_can_be_parsed(day: dt.date, now: dt.datetime) -> None:
    shown_day = dates.format_day(day, now.date())
    assert parse_date(shown_day, now, past=day < now.date()).day == day
