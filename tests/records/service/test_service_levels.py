"""The deadlines of cases, against rules by hand and against a count of minutes."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardcrm.records.service.case_status import STATUSES
from cardcrm.records.service.hours import parse_hours
from cardcrm.records.service.service_levels import (
    FIRST,
    NEXT,
    SOLUTION,
    CaseHistory,
    compute_state,
)
from cardcrm.records.service.sla_rules import Rule
from cardcrm.records.service.working_time import WorkingHours, WorkingTime

ZONE = zoneinfo.ZoneInfo("Europe/London")
HOURS = WorkingHours(parse_hours("mon-fri 9:00-12:00,13:00-17:00"), ZONE)
DAY = dt.datetime(2026, 11, 23, tzinfo=ZONE)  # a Monday
H = 3600


def at(text):
    """Return a moment of that week, such as “tue 9:30”."""
    day, time = text.split()
    hour, minute = map(int, time.split(":"))
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day)
    return (DAY + dt.timedelta(days=days, hours=hour, minutes=minute)).timestamp()


def rule(first=1 * H, next_=2 * H, solve=8 * H):
    return Rule(1, "desk", "", "", first, next_, solve, WorkingTime(HOURS))


def case(*events, opened="mon 9:00"):
    """Return a case of events such as “mon 10:00 solved” or “mon 10:00 out”."""
    changes, messages = [(at(opened), "new")], []
    for event in events:
        day, time, word = event.split()
        entry = (at(f"{day} {time}"), word)
        (messages if word in ("in", "out") else changes).append(entry)
    status = changes[-1][1]
    solved = changes[-1][0] if status in ("solved", "closed") else None
    return CaseHistory(1, 1, "normal", status, at(opened), solved, changes, messages)


def state(*events, now="fri 17:00", opened="mon 9:00", **times):
    return compute_state(case(*events, opened=opened), rule(**times), at(now))


def test_the_first_response_is_due_in_working_time_and_never_pauses():
    assert state(now="mon 9:30").first_due == at("mon 10:00")
    assert state("mon 9:30 waiting-customer", now="mon 10:01").breaches == (FIRST,)
    answered = state("mon 10:00 out", now="mon 10:01")
    assert (answered.first_at, answered.breaches) == (at("mon 10:00"), ())
    assert state("mon 10:01 out", now="mon 10:02").breaches == (FIRST,)
    assert state("mon 9:50 in", now="mon 10:01").first_at is None


def test_a_solution_without_a_reply_is_the_first_response():
    assert state("mon 9:40 solved").first_at == at("mon 9:40")
    assert state("mon 9:40 solved", "mon 9:50 out").breaches == ()


def test_the_next_response_is_due_after_the_first_message_without_an_answer():
    said = ("mon 9:30 out", "mon 11:00 in", "mon 11:30 in")
    assert state(*said, now="mon 12:00").next_due == at("mon 14:00")
    assert state(*said, "mon 14:00 out", now="tue 9:00").next_due is None
    assert NEXT not in state(*said, "mon 14:00 out", now="tue 9:00").breaches
    assert NEXT in state(*said, "mon 14:01 out", now="tue 9:00").breaches
    assert NEXT in state(*said, now="mon 14:01").breaches
    assert state(*said, "mon 13:30 solved", now="tue 9:00").next_due is None


def test_waiting_for_the_customer_pauses_the_solution_in_working_time():
    assert state(now="mon 9:30").solution_due == at("tue 10:00")
    waited = ("mon 10:00 waiting-customer", "mon 18:00 waiting-us")  # 1 h before, 6 h of pause
    assert state(*waited, now="mon 18:30").solution_due == at("tue 17:00")
    assert state("mon 10:00 waiting-customer", now="fri 9:00").solution_due == at("fri 17:00")
    assert SOLUTION not in state("mon 10:00 waiting-customer", now="fri 9:00").breaches
    assert SOLUTION not in state(*waited, now="tue 17:00").breaches
    assert SOLUTION in state(*waited, now="wed 9:00").breaches


def test_a_pause_after_the_deadline_does_not_move_it():
    late = state("tue 11:00 waiting-customer", "thu 9:00 waiting-us", now="thu 10:00")
    assert late.solution_due == at("tue 10:00")
    assert SOLUTION in late.breaches


def test_a_case_solved_while_it_waits_is_in_time():
    found = state("mon 17:00 waiting-customer", "fri 12:00 solved")
    assert SOLUTION not in found.breaches
    assert found.solution_due == at("fri 14:00")


def test_a_reopened_case_goes_on_with_the_time_that_is_left():
    assert SOLUTION not in state("tue 10:00 solved", now="fri 9:00").breaches
    reopened = state("mon 17:00 solved", "thu 9:00 assigned", now="thu 9:30")
    assert reopened.solution_due == at("thu 10:00")
    assert reopened.due == at("thu 10:00")
    again = state("mon 17:00 solved", "thu 9:00 assigned", "thu 10:30 solved")
    assert SOLUTION in again.breaches


def test_the_next_deadline_is_the_first_of_those_that_are_open():
    assert state(now="mon 9:30").due == at("mon 10:00")
    assert state("mon 9:30 out", now="mon 9:40").due == at("tue 10:00")
    assert state("mon 9:30 out", "mon 9:35 in", now="mon 9:40").due == at("mon 11:35")
    assert state("mon 9:30 out", "mon 9:40 waiting-customer", now="mon 9:45").due is None
    assert state("mon 9:30 solved").due is None


def test_a_case_without_a_service_level_has_its_first_response():
    found = compute_state(case("mon 9:30 out"), None, at("fri 17:00"))
    assert (found.first_at, found.breaches, found.due) == (at("mon 9:30"), (), None)


# A count of minutes

EVENTS = st.lists(
    st.tuples(st.integers(1, 4 * 24 * 12), st.sampled_from([*STATUSES, "in", "out"])), max_size=8
)


def is_working(moment):
    local = dt.datetime.fromtimestamp(moment, ZONE)
    minute = local.hour * 60 + local.minute
    return any(first <= minute < last for first, last in HOURS.week[local.weekday()])


def walk(history, now, budgets):
    """Return the breaches, found by walking through the minutes until now."""
    left = dict(zip((FIRST, NEXT, SOLUTION), budgets, strict=True))
    answers = [at for at, way in history.messages if way == "out"]
    answers += [at for at, status in history.changes if status in ("solved", "closed")]
    said = [at for at, way in history.messages if way == "in"]
    first_at = min(answers, default=float("inf"))
    status, is_asked, breaches = "new", False, set()
    for minute in range(int(history.opened), int(now), 60):
        for moment, word in history.changes:
            status = word if moment == minute else status
        if minute in answers:
            is_asked = False
        if minute in said and minute > first_at and not is_asked:
            is_asked, left[NEXT] = True, budgets[1]
        is_open = {
            FIRST: minute < first_at,
            NEXT: is_asked,
            SOLUTION: status not in ("waiting-customer", "solved", "closed"),
        }
        for name in filter(is_open.get, left):
            if left[name] == 0:
                breaches.add(name)
            elif is_working(minute):
                left[name] -= 1
    return breaches


@settings(max_examples=300)
@given(
    EVENTS,
    st.integers(0, 24 * 12),
    st.integers(0, 5 * 24 * 12),
    st.tuples(*[st.integers(1, 100)] * 3),
)
def test_deadlines_are_missed_as_a_walk_through_the_minutes_says(events, opened, age, fives):
    start = DAY.timestamp() + opened * 300
    seen, changes, messages = set(), [(start, "new")], []
    for step, word in sorted(events):
        if step not in seen:  # no two events at one moment
            seen.add(step)
            (messages if word in ("in", "out") else changes).append((start + step * 300, word))
    now = max([start + age * 300, *(entry[0] + 300 for entry in (*changes, *messages))])
    status = changes[-1][1]
    solved = changes[-1][0] if status in ("solved", "closed") else None
    history = CaseHistory(1, 1, "normal", status, start, solved, changes, messages)
    budgets = [each * 5 for each in fives]
    times = dict(zip(("first", "next_", "solve"), (each * 60 for each in budgets), strict=True))
    found = compute_state(history, rule(**times), now)
    assert set(found.breaches) == walk(history, now, budgets)


@pytest.mark.parametrize("missing", ["first", "next_", "solve"])
def test_a_service_level_may_lack_a_time(missing):
    found = state("mon 9:30 out", "mon 9:35 in", now="fri 9:00", **{missing: None})
    dues = {"first": found.first_due, "next_": found.next_due, "solve": found.solution_due}
    assert [name for name, due in dues.items() if due is None] == [missing]
