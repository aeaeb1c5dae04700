"""Opening hours as people write them."""

import datetime as dt

import pytest

from cardcrm.reports.calls.call_score import find_opening
from cardcrm.reports.calls.opening_hours import parse_hours

WORKDAYS = range(5)


def _same(days, spans):
    return dict.fromkeys(days, spans)


def _at(day, hour, minute=0):
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "open_at"),
    [
        ("Mon-Fri 9-17", _same(WORKDAYS, [(9, 17)])),
        ("9-5", _same(WORKDAYS, [(9, 17)])),
        ("1-5 pm", _same(WORKDAYS, [(13, 17)])),
        ("daily 10am – 8pm", _same(range(7), [(10, 20)])),
        ("24/7", _same(range(7), [(0, 24)])),
        ("Mo-Fr 9-12, 13-17; Sa 10-14",
         {**_same(WORKDAYS, [(9, 12), (13, 17)]), 5: [(10, 14)]}),
        ("lun-ven 9h-12h", _same(WORKDAYS, [(9, 12)])),
        ("Sat, Sun 10-16", {5: [(10, 16)], 6: [(10, 16)]}),
        ("Fri to Mon 10:00-12:00", {4: [(10, 12)], 5: [(10, 12)], 6: [(10, 12)], 0: [(10, 12)]}),
        ("Mon to Thu 9-17, Sun closed", _same(range(4), [(9, 17)])),
    ],
)  # fmt: skip
def test_hours_are_read(text, open_at):
    found = parse_hours(text)
    assert found is not None
    assert {
        day: [(start // 60, end // 60) for start, end in spans]
        for day, spans in enumerate(found.spans)
        if spans
    } == open_at


@pytest.mark.parametrize("text", ["", "by arrangement", "9-25", "closed", "Mon-Fri", "17-9-3"])
def test_other_texts_are_no_hours(text):
    assert parse_hours(text) is None


def test_the_next_opening_is_after_a_break_or_a_weekend():
    hours = parse_hours("Mon-Fri 9-12, 13:30-17")
    assert hours is not None
    friday = _at(27, 12)
    assert (hours.is_open(friday), hours.find_next(friday)) == (
        False, _at(27, 13, 30)
    )  # fmt: skip
    late = _at(27, 17)
    assert hours.find_next(late) == _at(30, 9)
    assert hours.is_open(late - dt.timedelta(minutes=1))


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-28T20:00:00+00:00", "2026-03-29T09:00+01:00"),  # the clock moves forward
        ("2026-03-29T00:30:00+00:00", "2026-03-29T09:00+01:00"),
        ("2026-10-24T20:00:00+01:00", "2026-10-25T09:00+00:00"),  # the clock moves back
    ],
)
def test_the_next_opening_is_at_local_time_when_the_clock_changes(now, opens):
    hours = parse_hours("daily 9-17")
    _, found = find_opening("Europe/London", hours, dt.datetime.fromisoformat(now))
    assert found.isoformat(timespec="minutes") == opens
