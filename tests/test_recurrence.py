"""Test recurrence rules and their next due time."""

# ruff: noqa: DTZ001 - wall times are naive
import datetime as dt
import re
import time
from calendar import monthrange
from itertools import islice

import pytest
from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cardcrm.dates import from_instant, to_instant
from cardcrm.dates.recurrence import advance_recurrence, begin_after, begin_on, find_next_due
from cardcrm.dates.recurrence_words import (
    describe_recurrence,
    parse_interval_after_done,
    parse_recurrence,
)
from cardcrm.errors import UsageError

DUE = dt.datetime(2026, 11, 23, 9, 30)  # a Monday
WORDS = [
    ("2w", "FREQ=WEEKLY;INTERVAL=2", "every 2 weeks"),
    ("10d", "FREQ=DAILY;INTERVAL=10", "every 10 days"),
    ("3m", "FREQ=MONTHLY;INTERVAL=3", "every 3 months"),
    ("1y", "FREQ=YEARLY", "every year"),
    ("daily", "FREQ=DAILY", "every day"),
    ("Weekly", "FREQ=WEEKLY", "every week"),
    ("monthly", "FREQ=MONTHLY", "every month"),
    ("quarterly", "FREQ=MONTHLY;INTERVAL=3", "every 3 months"),
    ("yearly", "FREQ=YEARLY", "every year"),
    ("annual", "FREQ=YEARLY", "every year"),
    ("biweekly", "FREQ=WEEKLY;INTERVAL=2", "every 2 weeks"),
    ("fortnight", "FREQ=WEEKLY;INTERVAL=2", "every 2 weeks"),
    ("two weeks", "FREQ=WEEKLY;INTERVAL=2", "every 2 weeks"),
    ("2mo", "FREQ=MONTHLY;INTERVAL=2", "every 2 months"),
    ("every other friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every 2 weeks on Friday"),
    ("weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
    ("2 weeks", "FREQ=WEEKLY;INTERVAL=2", "every 2 weeks"),
    ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2", "every 2 weeks"),
    ("every other week", "FREQ=WEEKLY;INTERVAL=2", "every 2 weeks"),
    ("3rd monday", "FREQ=MONTHLY;BYDAY=3MO", "on the 3rd Monday of the month"),
    ("first mon of the month", "FREQ=MONTHLY;BYDAY=1MO", "on the 1st Monday of the month"),
    ("last friday", "FREQ=MONTHLY;BYDAY=-1FR", "on the last Friday of the month"),
    ("monday", "FREQ=WEEKLY;BYDAY=MO", "every Monday"),
    ("thu, mon", "FREQ=WEEKLY;BYDAY=MO,TH", "every Monday and Thursday"),
    ("mon,wed,fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "every Monday, Wednesday and Friday"),
    ("15th", "FREQ=MONTHLY;BYMONTHDAY=15", "on the 15th of the month"),
    ("the 22nd", "FREQ=MONTHLY;BYMONTHDAY=22", "on the 22nd of the month"),
    (
        "30th",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
        "on the 30th (or last day) of the month",
    ),
    ("31st", "FREQ=MONTHLY;BYMONTHDAY=-1", "on the last day of the month"),
    ("last day", "FREQ=MONTHLY;BYMONTHDAY=-1", "on the last day of the month"),
    ("RRULE:FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO", "every Monday"),
    ("freq=weekly;count=5", "FREQ=WEEKLY;COUNT=5", "every week, 5 times"),
    ("FREQ=DAILY;COUNT=1", "FREQ=DAILY;COUNT=1", "every day, 1 time"),
    ("FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231", "every day, until 2026-12-31"),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        "every 2 weeks on Tuesday",
    ),
    ("FREQ=MONTHLY;INTERVAL=2;BYDAY=3MO",) * 2 + ("every 2 months on the 3rd Monday",),
    ("FREQ=YEARLY;BYMONTH=5;BYDAY=2SU",) * 3,
]


@pytest.mark.parametrize(("text", "rule", "words"), WORDS)
def test_rules_are_parsed_and_described(text: str, rule: str, words: str) -> None:
    assert parse_recurrence(text) == rule
    assert describe_recurrence(rule) == words
    assert parse_recurrence(rule) == rule


@pytest.mark.parametrize(
    "text",
    [
        *("", "every", "banana", "mon,banana", "6th monday", "0th", "45th", "last"),
        *("0d", "9999d", "20y", "1.5w", "-2w", "٣d", "2w\x00", "x" * 10_000),
        *("FREQ=HOURLY", "FREQ=SECONDLY", "FREQ=", "INTERVAL=2", "A=B", "=", "FREQ=DAILY;COUNT=0"),
        *("FREQ=DAILY;COUNT=-1", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=999999999"),
        *("FREQ=DAILY;UNTIL=20261399", "FREQ=DAILY;UNTIL=soon", "FREQ=WEEKLY;BYDAY=XX"),
        *("FREQ=DAILY;BYHOUR=9", "FREQ=DAILY;BYMINUTE=1", "FREQ=WEEKLY;FREQ=DAILY"),
        *("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
        *("DTSTART:20260101\nRRULE:FREQ=DAILY", "FREQ=DAILY;BYDAY=" + "MO," * 9999 + "MO"),
    ],
)
def test_invalid_or_empty_rule_is_rejected(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_recurrence(text)
    assert caught.value.hint
    assert caught.value.message.isprintable()


@given(st.text(alphabet="FREQ=DAILYWKMON;BYSTPUCHGV0123456789,-+ ", max_size=60))
@example("FREQ=DAILY;BYSETPOS=400")
@example("FREQ=YEARLY;BYWEEKNO=60")
@example("FREQ=DAILY;UNTIL=99991231T235959Z")
def test_any_text_is_a_valid_rule_or_a_usage_error(text: str) -> None:
    try:
        rule = parse_recurrence(text)
    except UsageError:
        return
    assert describe_recurrence(rule)
    coming = find_next_due(rule, DUE, DUE)
    assert coming is None or coming > DUE


@given(
    st.sampled_from([rule for _, rule, _ in WORDS if "COUNT" not in rule and "UNTIL" not in rule]),
    st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2060, 1, 1)),
    st.integers(0, 900),
)
def test_next_time_matches_dateutil(rule: str, due: dt.datetime, late: int) -> None:
    assume(due.day <= 28)  # later days follow our own rule; see below
    due = due.replace(microsecond=0)
    after = due + dt.timedelta(days=late)
    assert find_next_due(rule, due, after) == rrulestr(f"RRULE:{rule}", dtstart=due).after(after)


@given(
    st.sampled_from([rule for _, rule, _ in WORDS]),
    st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2026, 12, 31)),
)
def test_advancing_stepwise_matches_one_jump(rule: str, due: dt.datetime) -> None:
    due = due.replace(microsecond=0)
    far = due + dt.timedelta(days=200)
    at_once = find_next_due(rule, due, far)
    step: tuple[dt.datetime, str] | None = (due, rule)
    while step and step[0] <= far:
        step = advance_recurrence(step[1], step[0], step[0])
    assert (step and step[0]) == at_once


def test_next_is_later_than_both_the_due_date_and_now() -> None:
    assert find_next_due("FREQ=WEEKLY", DUE, DUE - dt.timedelta(days=90)) == DUE + dt.timedelta(
        days=7
    )
    assert find_next_due("FREQ=WEEKLY", DUE, DUE + dt.timedelta(days=7)) == DUE + dt.timedelta(
        days=14
    )


def test_count_starts_at_the_due_date_and_decreases() -> None:
    assert advance_recurrence("FREQ=WEEKLY;COUNT=3", DUE, DUE) == (
        DUE + dt.timedelta(days=7),
        "FREQ=WEEKLY;COUNT=2",
    )
    assert advance_recurrence("FREQ=WEEKLY;COUNT=3", DUE, DUE + dt.timedelta(days=8)) == (
        DUE + dt.timedelta(days=14),
        "FREQ=WEEKLY;COUNT=1",
    )
    assert advance_recurrence("FREQ=WEEKLY;COUNT=3", DUE, DUE + dt.timedelta(days=14)) is None
    assert advance_recurrence("FREQ=WEEKLY;COUNT=1", DUE, DUE) is None


def test_due_date_off_the_rule_counts_as_first() -> None:
    wednesday = dt.datetime(2026, 11, 25, 9, 30)
    assert advance_recurrence("FREQ=WEEKLY;BYDAY=MO;COUNT=2", wednesday, wednesday) == (
        dt.datetime(2026, 11, 30, 9, 30),
        "FREQ=WEEKLY;BYDAY=MO;COUNT=1",
    )


def test_until_includes_its_whole_day() -> None:
    assert find_next_due("FREQ=DAILY;UNTIL=20261124", DUE, DUE) == dt.datetime(2026, 11, 24, 9, 30)
    assert find_next_due("FREQ=DAILY;UNTIL=20261123", DUE, DUE) is None
    assert find_next_due("FREQ=DAILY;UNTIL=20261124T080000", DUE, DUE) is None


def days_of(rule: str, due: dt.datetime, times: int) -> list[str]:
    found = []
    for _ in range(times):
        rolled = advance_recurrence(rule, due, due)
        assert rolled
        due, rule = rolled
        found.append(f"{due:%y-%m-%d}")
    return found


def test_end_of_month_is_never_skipped() -> None:
    january = dt.datetime(2027, 1, 31, 9)
    assert days_of("FREQ=MONTHLY", january, 4) == ["27-02-28", "27-03-31", "27-04-30", "27-05-31"]
    assert days_of("FREQ=MONTHLY;INTERVAL=3", january, 3) == ["27-04-30", "27-07-31", "27-10-31"]
    assert days_of(parse_recurrence("30th"), january, 2) == ["27-02-28", "27-03-30"]
    leap_day = dt.datetime(2028, 2, 29, 9)
    assert days_of("FREQ=YEARLY", leap_day, 4) == ["29-02-28", "30-02-28", "31-02-28", "32-02-29"]
    rolled = advance_recurrence("FREQ=YEARLY", leap_day, leap_day)
    assert rolled
    assert describe_recurrence(rolled[1]) == "every year on 29 February"
    assert describe_recurrence(advance_recurrence("FREQ=MONTHLY", january, january)[1]) == (  # type: ignore[index]
        "on the last day of the month"
    )


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York"])
@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY"])
def test_clock_change_keeps_the_local_time(zone: str, rule: str) -> None:
    due = dt.datetime(2026, 1, 5, 9, 30)
    offsets = set()
    while due < dt.datetime(2026, 12, 31):
        instant = from_instant(to_instant(due.date(), due.time(), zone), zone)
        assert (instant.hour, instant.minute) == (9, 30)
        offsets.add(instant.utcoffset())
        following = find_next_due(rule, due, due)
        assert following
        due = following
    assert len(offsets) == 2


def test_invalid_rule_is_a_usage_error_and_described_verbatim() -> None:
    for rule in ("", "FREQ=WEEKLY;BYDAY=XX", "FREQ=NEVER", "banana", "FREQ=DAILY;COUNT=x"):
        with pytest.raises(UsageError):
            advance_recurrence(rule, DUE, DUE)
    assert describe_recurrence("banana") == "banana"
    assert describe_recurrence("FREQ=DAILY;COUNT=x") == "FREQ=DAILY;COUNT=x"


def test_end_of_calendar_ends_a_rule() -> None:
    last = dt.datetime(9999, 12, 31, 9)
    assert find_next_due("FREQ=DAILY", last, last) is None
    assert find_next_due("FREQ=YEARLY", last, last) is None


def test_utc_end_is_converted_to_the_system_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = "FREQ=DAILY;UNTIL=20261124T140000Z"
    for zone, coming in (("America/New_York", None), ("Asia/Tokyo", DUE + dt.timedelta(days=1))):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert find_next_due(rule, DUE, DUE) == coming
    monkeypatch.undo()
    time.tzset()


def test_rule_valid_for_some_start_days_is_accepted() -> None:
    rule = parse_recurrence("FREQ=MONTHLY;INTERVAL=12;BYMONTH=3;BYMONTHDAY=5")
    begun = dt.datetime(2026, 3, 5, 9)
    assert find_next_due(rule, begun, begun) == dt.datetime(2027, 3, 5, 9)


# brute force: every rule held against dateutil, or against its definition, in many zones

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "America/Havana", "Australia/Lord_Howe"]
DAY = dt.timedelta(days=1)
STARTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2032, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Return a random rule with a frequency, an interval and perhaps days."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 5))}")
    days = {
        "DAILY": st.just(""),
        "WEEKLY": st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]),
                           unique=True, max_size=4).map(",".join),
        "MONTHLY": st.sampled_from(["", "1MO", "-1FR", "3SU", "5WE"]),
        "YEARLY": st.just(""),
    }  # fmt: skip
    if found := draw(days[frequency]):
        parts.append(f"BYDAY={found}")
    elif frequency == "MONTHLY" and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={draw(st.sampled_from([1, 15, 28, -1, -3]))}")
    return ";".join(parts)


@settings(max_examples=200)
@given(rules(), STARTS)
def test_series_begins_on_the_first_day_that_dateutil_finds(rule: str, due: dt.datetime) -> None:
    first, stored = begin_on(rule, due)
    assert stored == rule
    single = re.sub(r";INTERVAL=[0-9]+", "", rule)
    expected = rrulestr(f"RRULE:{single}", dtstart=due).after(due, inc=True)
    assert first == (expected if "BY" in rule else due)


@settings(max_examples=200)
@given(rules(), STARTS)
def test_series_advances_as_dateutil_does(rule: str, due: dt.datetime) -> None:
    first, rule = begin_on(rule, due)
    assume("BY" in rule or first.day <= 28)
    expected = rrulestr(f"RRULE:{rule}", dtstart=first)
    turns = [first]
    for _ in range(5):
        rolled = advance_recurrence(rule, turns[-1], turns[-1])
        assert rolled
        turns.append(rolled[0])
        rule = rolled[1]
    assert turns == list(islice(expected, 6))


@settings(max_examples=200)
@given(st.integers(1, 13), st.datetimes(dt.datetime(2024, 1, 29), dt.datetime(2032, 12, 31)))
def test_monthly_series_stays_on_its_day_or_the_last(step: int, due: dt.datetime) -> None:
    due, rule = due.replace(microsecond=0), f"FREQ=MONTHLY;INTERVAL={step}"
    turn = due
    for number in range(1, 15):
        rolled = advance_recurrence(rule, turn, turn)
        assert rolled
        turn, rule = rolled
        months = due.year * 12 + due.month - 1 + number * step
        last = monthrange(months // 12, months % 12 + 1)[1]
        assert (turn.year * 12 + turn.month - 1, turn.day) == (months, min(due.day, last))


@settings(max_examples=200)
@given(st.sampled_from(ZONES), rules(), STARTS, st.data())
def test_turn_keeps_its_local_hour_in_every_zone(
    zone: str, rule: str, due: dt.datetime, data: st.DataObject
) -> None:
    first, rule = begin_on(rule, due, zone)
    after = first + DAY * data.draw(st.integers(0, 40))
    rolled = advance_recurrence(rule, first, after, zone)
    assert rolled
    assert rolled[0] > after
    assert rolled[0].time() == first.time()
    local = from_instant(to_instant(rolled[0].date(), rolled[0].time(), zone), zone)
    skipped = local.replace(tzinfo=None) - rolled[0]
    assert dt.timedelta(0) <= skipped <= dt.timedelta(hours=1)


@settings(max_examples=200)
@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]), st.integers(1, 10), STARTS, STARTS
)
def test_interval_after_completion_counts_from_the_day_it_was_done(
    frequency: str, step: int, due: dt.datetime, done: dt.datetime
) -> None:
    rolled = advance_recurrence(f"FREQ={frequency};INTERVAL={step};AFTER=DONE", due, done)
    assert rolled
    days = {"DAILY": step, "WEEKLY": 7 * step}.get(frequency)
    months = step * (12 if frequency == "YEARLY" else 1)
    expected = done.date() + DAY * days if days else done.date() + relativedelta(months=months)
    assert rolled[0] == dt.datetime.combine(expected, due.time())


@pytest.mark.parametrize(
    ("today", "every", "first", "following"),
    [
        ("2026-01-31", "monthly", "2026-02-28", ["2026-03-31", "2026-04-30"]),
        ("2026-08-30", "6m", "2027-02-28", ["2027-08-30", "2028-02-29"]),
        ("2028-02-29", "yearly", "2029-02-28", ["2030-02-28", "2031-02-28", "2032-02-29"]),
        ("2026-11-27", "weekday", "2026-11-30", ["2026-12-01"]),
        ("2026-11-28", "weekday", "2026-11-30", ["2026-12-01"]),
        ("2026-11-28", "every 2 weeks on tuesday", "2026-12-01", ["2026-12-15"]),
        ("2026-01-31", "quarterly", "2026-04-30", ["2026-07-31", "2026-10-31"]),
        ("2026-11-28", "2w after done", "2026-12-12", ["2026-12-26"]),
    ],
)
def test_series_without_a_date_counts_from_today(
    today: str, every: str, first: str, following: list[str]
) -> None:
    turn, rule = begin_after(parse_recurrence(every), dt.datetime.fromisoformat(today))
    assert f"{turn:%Y-%m-%d}" == first
    found = []
    for _ in following:
        rolled = advance_recurrence(rule, turn, turn)
        assert rolled
        turn, rule = rolled
        found.append(f"{turn:%Y-%m-%d}")
    assert found == following


def test_end_of_the_month_stays_the_end_of_the_month() -> None:
    first, rule = begin_on("FREQ=MONTHLY", dt.datetime(2026, 4, 30), month_end=True)
    assert (first, describe_recurrence(rule)) == (
        dt.datetime(2026, 4, 30),
        "on the last day of the month",
    )
    assert days_of(rule, first, 3) == ["26-05-31", "26-06-30", "26-07-31"]


def test_series_that_has_ended_cannot_begin() -> None:
    with pytest.raises(UsageError, match="no date in the future"):
        begin_on("FREQ=DAILY;UNTIL=20261122", DUE)


@pytest.mark.parametrize(("zone", "coming"), [("America/New_York", None), ("Asia/Tokyo", 24)])
def test_utc_end_heeds_the_zone_of_the_settings(zone: str, coming: int | None) -> None:
    found = find_next_due("FREQ=DAILY;UNTIL=20261124T140000Z", DUE, DUE, zone)
    assert (found and found.day) == coming


@pytest.mark.parametrize(
    "words",
    [
        *("every 2 weeks on Tuesday", "2 weeks after it is done", "every week, 5 times"),
        *("every day, until 2026-12-31", "on the 30th (or last day) of the month"),
        *("every year on 29 February", "every year on 24 December", "every 3 months on the 15th"),
        *("2 weeks after it is done, 3 times", "3 months after it is done"),
    ],
)
def test_words_of_a_rule_are_parsed_to_that_rule(words: str) -> None:
    assert describe_recurrence(parse_recurrence(words)) == words


@pytest.mark.parametrize("text", ["weekday", "3rd monday", "FREQ=DAILY;AFTER=NEVER", "soon"])
def test_only_a_span_counts_from_completion(text: str) -> None:
    with pytest.raises(UsageError):
        parse_interval_after_done(text)


@pytest.mark.parametrize(
    ("text", "meanings", "remedy"),
    [
        ("every second tuesday", "every 2 weeks or once a month",
         "Write “2 weeks on Tuesday”, or “2nd Tuesday of the month”."),
        ("each third fri", "every 3 weeks or once a month",
         "Write “3 weeks on Friday”, or “3rd Friday of the month”."),
        ("every 4th monday until 2027-01-01", "every 4 weeks or once a month",
         "Write “4 weeks on Monday”, or “4th Monday of the month”."),
    ],
)  # fmt: skip
def test_a_recurrence_with_two_meanings_is_refused_with_both(
    text: str, meanings: str, remedy: str
) -> None:
    with pytest.raises(UsageError) as found:
        parse_recurrence(text)
    assert found.value.message == f"“{text}” can mean {meanings}"
    assert found.value.hint == remedy


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2 weeks on tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("2nd tuesday of the month", "FREQ=MONTHLY;BYDAY=2TU"),
        ("every second tuesday of the month", "FREQ=MONTHLY;BYDAY=2TU"),
        ("every other tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every second week", "FREQ=WEEKLY;INTERVAL=2"),
        ("bi-weekly", "FREQ=WEEKLY;INTERVAL=2"),
        ("bi-monthly", "FREQ=MONTHLY;INTERVAL=2"),
        ("semi-annually", "FREQ=MONTHLY;INTERVAL=6"),
        ("biannually", "FREQ=MONTHLY;INTERVAL=6"),
        ("biennial", "FREQ=MONTHLY;INTERVAL=24"),
        ("+5d", "FREQ=DAILY;INTERVAL=5"),
        ("+2 weeks", "FREQ=WEEKLY;INTERVAL=2"),
    ],
)
def test_the_meanings_that_are_offered_and_other_writings(text: str, rule: str) -> None:
    assert parse_recurrence(text) == rule
