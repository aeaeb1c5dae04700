"""Compute what enrollments do next, against a slow plain simulation minute by minute."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardcrm.records.sequences.plan import MAIL, TASK, WAIT, Plan, Step, Wait
from cardcrm.records.sequences.plan_parser import parse_plan
from cardcrm.records.sequences.progress import Facts, Place, advance, begin

MONDAY = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
HOURS = 'send-between = "09:00-17:00"\nweekdays = true\n'


def plan_of(text):
    return parse_plan(text)


def run(plan, facts, now=MONDAY, days=60):
    """Return the steps done with their times, advancing only when something is due."""
    place, found = begin(plan, now, facts), []
    end = now + dt.timedelta(days=days)
    while place is not None and place.due <= end:
        now = max(now, place.due)
        done = advance(plan, place, now, facts)
        found += [(each.step.label, now) for each in done.outcomes if each.is_done]
        place = done.place
    return found


def test_steps_follow_each_other():
    plan = plan_of('[[step]]\nmail = "a"\n[[step]]\nwait = "3 days"\n[[step]]\nmail = "b"\n')
    assert run(plan, Facts("UTC")) == [
        ("mail-a", MONDAY),
        ("wait-3-days", MONDAY + dt.timedelta(days=3)),
        ("mail-b", MONDAY + dt.timedelta(days=3)),
    ]


def test_a_condition_skips_a_step_and_a_jump_skips_those_between():
    plan = plan_of(
        '[[step]]\nif = "replied"\ngoto = "call"\n[[step]]\nmail = "again"\n'
        '[[step]]\nlabel = "call"\ntask = "Call"\n'
    )
    assert [label for label, _ in run(plan, Facts("UTC"))] == ["mail-again", "call"]
    replied = Facts("UTC", holds=frozenset({"replied"}))
    assert [label for label, _ in run(plan, replied)] == ["goto-call", "call"]


def test_goto_end_completes_the_enrollment():
    plan = plan_of('[[step]]\ngoto = "end"\n[[step]]\nmail = "a"\n')
    assert advance(plan, Place(0, MONDAY), MONDAY, Facts("UTC")).place is None


def test_a_wait_whose_condition_fails_takes_no_time():
    plan = plan_of('[[step]]\nwait = "3 days"\nif = "value>100"\n[[step]]\nmail = "a"\n')
    assert run(plan, Facts("UTC")) == [("mail-a", MONDAY)]


def test_who_must_not_be_mailed_stops_at_the_mail_and_does_the_tasks_before():
    plan = plan_of('[[step]]\ntask = "Call"\n[[step]]\nmail = "a"\n[[step]]\ntask = "Visit"\n')
    done = advance(plan, Place(0, MONDAY), MONDAY, Facts("UTC", refusal="opted out"))
    assert [each.step.label for each in done.outcomes] == ["task-call"]
    assert (done.place, done.refusal) == (Place(1, MONDAY), "opted out")


@pytest.mark.parametrize(
    ("zone", "now", "due"),
    [
        ("Europe/London", "2026-11-23T08:00", "2026-11-23T09:00"),
        ("Europe/London", "2026-11-23T17:00", "2026-11-24T09:00"),
        ("Europe/London", "2026-11-27T18:00", "2026-11-30T09:00"),  # Friday evening
        ("America/New_York", "2026-11-23T10:00", "2026-11-23T14:00"),
        ("Asia/Tokyo", "2026-11-22T23:00", "2026-11-23T00:00"),  # Monday there
        ("Pacific/Auckland", "2026-11-22T18:00", "2026-11-22T20:00"),
    ],
)
def test_mail_waits_for_its_hours_where_the_contact_is(zone, now, due):
    plan = plan_of(HOURS + '[[step]]\nmail = "a"')
    start = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
    assert run(plan, Facts(zone), start) == [
        ("mail-a", dt.datetime.fromisoformat(due).replace(tzinfo=dt.UTC))
    ]


def test_mail_that_is_late_waits_for_its_hours_again():
    plan = plan_of(HOURS + '[[step]]\nmail = "a"')
    late = dt.datetime(2026, 11, 23, 22, tzinfo=dt.UTC)
    done = advance(plan, Place(0, MONDAY), late, Facts("UTC"))
    assert done.outcomes == ()
    assert done.place == Place(0, dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC))


def test_an_absence_moves_mail_and_tasks_behind_it():
    plan = plan_of('[[step]]\nmail = "a"\n[[step]]\ntask = "Call"')
    away = Facts("UTC", away_until=dt.date(2026, 11, 26))
    expected = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
    assert run(plan, away) == [("mail-a", expected), ("task-call", expected)]


def test_days_end_at_the_same_local_time_over_a_clock_change():
    plan = plan_of('[[step]]\nwait = "2 days"\n[[step]]\nmail = "a"')
    before = dt.datetime(2026, 10, 24, 9, tzinfo=ZoneInfo("Europe/London"))
    [*_, (_, at)] = run(plan, Facts("Europe/London"), before)
    assert at == dt.datetime(2026, 10, 26, 9, tzinfo=ZoneInfo("Europe/London"))
    assert at - before == dt.timedelta(hours=49)


# The oracle: a clock that ticks, and a contact that looks at it


def tick_through(steps, hours, weekdays, away, conditions, start, days):
    """Return the steps done by a clerk who looks at the clock each quarter of an hour."""
    found, position, since = [], 0, start
    now = start
    while position < len(steps) and now <= start + dt.timedelta(days=days):
        kind, value, condition = steps[position]
        if condition and condition not in conditions:
            position, since = position + 1, now
            continue
        if kind == WAIT:
            ready = now >= since + value
        else:
            ready = away is None or now.date() > away
            if (
                away is not None
                and since.date() <= away
                and now.time() < (hours or [dt.time(9)])[0]
            ):
                ready = False
            if kind == MAIL:
                ready = ready and (not hours or hours[0] <= now.time() < hours[1])
                ready = ready and (not weekdays or now.weekday() < 5)
                if weekdays and since.weekday() >= 5 and now.time() < (hours or [dt.time(9)])[0]:
                    ready = False
        if ready:
            found.append((position, now))
            position, since = position + 1, now
        else:
            now += dt.timedelta(minutes=15)
    return found


STEP = st.tuples(
    st.sampled_from([MAIL, TASK, WAIT]),
    st.integers(0, 6),
    st.sampled_from(["", "", "vip", "cold"]),
)


@given(
    st.lists(STEP, min_size=1, max_size=7),
    st.sampled_from([None, (dt.time(9), dt.time(17)), (dt.time(0), dt.time(6, 30))]),
    st.booleans(),
    st.one_of(st.none(), st.integers(0, 20)),
    st.sets(st.sampled_from(["vip", "cold"])),
    st.integers(0, 96 * 7),
)
@example(
    kinds=[(MAIL, 0, "vip"), (WAIT, 0, "")],
    hours=None,
    weekdays=False,
    away=0,
    holds=set(),
    quarters=0,
)
def test_progress_agrees_with_a_clock_that_ticks(kinds, hours, weekdays, away, holds, quarters):
    start = dt.datetime(2026, 11, 23, tzinfo=dt.UTC) + dt.timedelta(minutes=15 * quarters)
    absent = None if away is None else start.date() + dt.timedelta(days=away)
    spans = [
        dt.timedelta(days=number) if number > 2 else dt.timedelta(minutes=45 * (number + 1))
        for _, number, _ in kinds
    ]
    steps = tuple(
        Step(at, str(at), kind, condition=condition, wait=_wait(span))
        for at, ((kind, _, condition), span) in enumerate(zip(kinds, spans, strict=True))
    )
    plan = Plan(steps, hours=hours, weekdays=weekdays)
    facts = Facts("UTC", absent, frozenset(holds))
    plain = [
        (kind, span, condition) for (kind, _, condition), span in zip(kinds, spans, strict=True)
    ]
    expected = tick_through(plain, hours, weekdays, absent, holds, start, 30)
    found = [(int(label), at) for label, at in run(plan, facts, start, 30)]
    assert found == expected


def _wait(span):
    return Wait(days=span.days) if span.days else Wait(minutes=span.seconds // 60)
