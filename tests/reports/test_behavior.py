"""Answers, touches and loyalty against plain loops over interactions and sales."""

import datetime as dt
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm import dates
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import contact_query
from cardcrm.reports.behavior import attempts
from cardcrm.reports.behavior.answer_rates import build_rates
from cardcrm.reports.behavior.attempts import Tally, read_tallies
from cardcrm.reports.behavior.best_times import (
    choose_best_time,
    describe_best_time,
)
from cardcrm.reports.behavior.loyalty import build_loyalty
from cardcrm.reports.behavior.touches import build_touches
from cardcrm.reports.dimension import find_dimension
from cardcrm.reports.scope import Scope
from cardcrm.reports.statistics.intervals import wilson_interval
from cardcrm.store import Locale
from tests.support.sales import replace_sales

TODAY = dt.date(2026, 11, 21)
ZONE = "Asia/Kolkata"  # half an hour beside the whole hours of UTC
KINDS = ("call", "mail", "message", "meeting", "visit", "note")
on_data = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def locale():
    return Locale("DE", "EUR", ZONE)


@pytest.mark.parametrize(
    ("instant", "hour"),
    [("2026-03-28T22:30", 23), ("2026-03-29T00:50", 1), ("2026-03-29T01:00", 3),
     ("2026-10-25T00:50", 2), ("2026-10-25T01:00", 2), ("2026-10-25T23:50", 0),
     ("2026-07-01T23:00", 1), (None, None)],
)  # fmt: skip
def test_hours_are_local_also_on_days_of_a_clock_change(instant, hour):
    at = instant and f"{instant}:00Z"
    row = (1, "call", "out", "2026-11-20", at, 0)
    before = (1, "call", "out", "2026-11-20", "2026-11-20T10:00:00Z", 0)  # another offset is known
    found = attempts.tally([before, row], Scope("EUR", TODAY), 7, "Europe/Berlin")
    assert [each.hour for each in found if each.hour != 11] == [hour]


INTERACTIONS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 2), min_size=1, max_size=2, unique=True),
        st.sampled_from(KINDS),
        st.sampled_from(["out", "in", ""]),
        st.integers(0, 20),  # days ago
        st.none() | st.times(),
        st.booleans(),
    ),
    max_size=14,
)


def write(store, rows):
    """Replace all interactions; return the contacts."""
    people = [row[0] for row in store.rows("SELECT id FROM contact ORDER BY id")]
    with store.transaction("test"):
        while len(people) < 3:
            people.append(contacts.add(store, ContactDraft(f"Person {len(people)}")).id)
        for table in ("participant", "interaction"):
            for row in store.rows(f"SELECT id FROM {table}"):
                store.delete(table, row["id"])
        for number, (who, kind, direction, ago, time, no_answer) in enumerate(rows):
            day = TODAY - dt.timedelta(days=ago)
            at = None if time is None else dates.to_instant(day, time.replace(microsecond=0), ZONE)
            row_id = store.insert(
                "interaction", uid=f"i{number}", kind=kind, direction=direction,
                on_date=day.isoformat(), at=at, text="x", no_answer=int(no_answer),
                created_at="2026-11-21T00:00:00Z",
            )  # fmt: skip
            for each in who:
                store.insert("participant", interaction_id=row_id, contact_id=people[each])
    return people


def moment(row, number):
    """Return the order of an interaction: one that came in at an unknown time is the last."""
    _, _, direction, ago, time, _ = row
    day = TODAY - dt.timedelta(days=ago)
    if time is None:
        return (day, 1 if direction == "in" else -1, dt.time(), number)
    at = dates.to_instant(day, time.replace(microsecond=0), ZONE)
    return (day, 0, at, number)


def tally_slowly(rows, only=None):
    """Count attempts one by one."""
    sums = {}
    for number, row in enumerate(rows):
        who, kind, direction, ago, time, no_answer = row
        day = TODAY - dt.timedelta(days=ago)
        for each in who:
            if kind == "note" or (only is not None and each != only):
                continue
            key = (kind, day.weekday(), None if time is None else time.hour)
            known = sums.setdefault(key, [0, 0, 0, 0])
            known[0] += 1
            known[3] += direction == "in"
            if direction == "in":
                continue
            answered, counts = not no_answer, True
            if kind in ("mail", "message"):
                later = [
                    TODAY - dt.timedelta(days=other[3])
                    for at, other in enumerate(rows)
                    if each in other[0] and other[2] == "in" and other[1] != "note"
                    and moment(other, at) > moment(row, number)
                ]  # fmt: skip
                answered = any((reply - day).days <= 7 for reply in later)
                counts = ago > 7
            known[1] += counts
            known[2] += counts and answered
    return {key: tuple(each) for key, each in sums.items()}


@on_data
@given(rows=INTERACTIONS)
def test_attempts_agree_with_a_plain_loop(store, rows):
    people = write(store, rows)
    scope = Scope("EUR", TODAY)

    def read(**more):
        return {
            (each.kind, each.weekday, each.hour):
                (each.interactions, each.attempts, each.answered, each.incoming)
            for each in read_tallies(store, scope, **more)
        }  # fmt: skip

    assert read() == tally_slowly(rows)
    assert read(contact_id=people[1]) == tally_slowly(rows, 1)


def test_a_quick_answer_counts_no_sooner_than_silence(store):
    """Leave out the mails of this week: only answered ones would be known, a rate near 100%."""
    write(
        store,
        [
            *(([each], "mail", "out", ago, None, False) for each, ago in enumerate((8, 8, 7))),
            *(([each], "call", "in", ago, None, False) for each, ago in ((0, 6), (2, 6))),
        ],
    )
    mails = [each for each in read_tallies(store, Scope("EUR", TODAY)) if each.kind == "mail"]
    assert sum(each.interactions for each in mails) == 3
    assert (sum(each.attempts for each in mails), sum(each.answered for each in mails)) == (2, 1)


def test_an_organization_has_the_attempts_of_its_people(store):
    first, second, third = write(store, [([0], "call", "out", 9, None, False)])
    with store.transaction("test"):
        for org in (second, third):
            store.update("contact", org, kind="org")
        store.update("contact", first, org_id=second)
        store.update("contact", second, org_id=third)
    scope = Scope("EUR", TODAY)
    for each in (second, third):  # at any depth
        assert [one.attempts for one in read_tallies(store, scope, contact_id=each)] == [1]
    node = contact_query.parse(store, f"id:{second}")
    assert len(read_tallies(store, Scope("EUR", TODAY, where=node))) == 1
    day = TODAY - dt.timedelta(days=9)
    assert read_tallies(store, Scope("EUR", TODAY, day + dt.timedelta(days=1))) == []


def calls(hour, attempts, answered, weekday=0):
    return Tally("call", weekday, hour, attempts, attempts, answered, 0)


def test_one_answered_call_is_not_the_best_time():
    tallies = [calls(9, 40, 10), calls(11, 40, 30), calls(17, 1, 1)]
    found = build_rates(tallies)
    rates = {each.name: each for each in found.hours}
    assert (rates["11:00"].rate, rates["17:00"].rate) == (0.75, None)
    assert rates["17:00"].interval == wilson_interval(1, 1)
    assert rates["17:00"].expected is None
    usual = 42 / 83
    at_eleven = (30 + 5 * usual) / 45
    assert rates["11:00"].expected == at_eleven
    best = choose_best_time(found.hours)
    assert best is not None
    assert best.name == "11:00"
    assert found.grid[0][11] == (30 + 5 * at_eleven) / 45
    assert found.grid[0][17] is None
    assert found.grid[1] == (None,) * 24


def test_the_times_of_one_contact_are_drawn_to_those_of_all():
    everyone = [calls(9, 40, 10), calls(11, 40, 30), calls(17, 20, 10)]
    found = build_rates([calls(9, 5, 5), calls(17, 1, 0)], everyone=everyone)
    usual = 51 / 102
    at = {9: (10 + 5 * usual) / 45, 11: (30 + 5 * usual) / 45, 17: (10 + 5 * usual) / 25}
    assert {each.name: each.expected for each in found.hours} == {
        "09:00": (5 + 5 * at[9]) / 10, "11:00": 5 * at[11] / 5, "17:00": 5 * at[17] / 6,
    }  # fmt: skip
    best = choose_best_time(found.hours)
    assert best is not None
    assert (best.name, best.counts.attempts) == ("11:00", 0)
    assert [each.name for each in found.rows] == ["call", "Monday", "09:00", "17:00"]
    assert "11:00 (72% expected, as of all contacts)" in describe_best_time(found)
    assert choose_best_time(build_rates([]).hours) is None


def test_few_calls_have_no_best_time_even_if_all_were_answered():
    found = build_rates([calls(9, 4, 4), calls(10, 3, 3)])
    assert choose_best_time(found.hours) is None
    assert max(each.expected or 0 for each in found.rows) < 0.96
    best = choose_best_time(build_rates([calls(9, 4, 4), calls(10, 3, 3), calls(10, 2, 1)]).hours)
    assert best is not None
    assert best.name == "10:00"


def test_touches_are_grouped_by_their_days(store):
    known = replace_sales(store, [
        (who, TODAY - dt.timedelta(days=day), minor, "EUR")
        for who, day, minor in (
            (0, 10, 100), (1, 20, 200), (2, 30, 400), (3, 40, 800), (4, 400, 999), (5, 1, -50),
            (3, -5, 77),
        )
    ])  # fmt: skip
    touched = {0: 30, 1: 31, 3: 366, 4: 5}
    with store.transaction("test"):
        for who, ago in touched.items():
            row_id = store.insert(
                "interaction", uid=f"u{who}", kind="call", direction="out", text="x",
                on_date=(TODAY - dt.timedelta(days=ago)).isoformat(),
                created_at="2026-11-21T00:00:00Z",
            )  # fmt: skip
            store.insert("participant", interaction_id=row_id, contact_id=known[who])
    found = build_touches(store, Scope("EUR", TODAY))
    assert [(each.name, each.customers, each.revenue.minor) for each in found.groups] == [
        ("0–30 days", 1, 100), ("31–90 days", 1, 200), ("over 365 days", 1, 800), ("never", 1, 400),
    ]  # fmt: skip
    assert math.fsum(each.share or 0 for each in found.groups) == 1
    assert [(each.name, each.days) for each in found.best] == [
        ("Customer 3", 366), ("Customer 1", 31), ("Customer 0", 30),
    ]  # fmt: skip


DAYS = st.sampled_from(
    [dt.date(2024, 2, 29), dt.date(2025, 3, 1), dt.date(2024, 11, 21), dt.date(2024, 11, 22)]
) | st.dates(dt.date(2022, 1, 1), dt.date(2027, 1, 31))
SALES = st.lists(
    st.tuples(st.integers(0, 5), DAYS, st.integers(-500, 900), st.sampled_from(["EUR", "USD"])),
    max_size=30,
)


def next_year(day, years):
    """Return the same day of a later year as text, which sorts 29 February before 1 March."""
    return f"{day.year + years}{day.isoformat()[4:]}"


@on_data
@given(rows=SALES)
def test_loyalty_agrees_with_plain_loops(store, rows):
    known = replace_sales(store, rows)
    sources = ("fair", "Fair", "web")
    for who, contact_id in known.items():
        update.edit(store, [contact_id], update.Edit((("source", sources[who % 3]),)))
    found = build_loyalty(store, Scope("EUR", TODAY), find_dimension(store, "source", TODAY))
    wanted = {}
    for who in known:
        own = [(day, minor) for each, day, minor, code in rows if (each, code) == (who, "EUR")]
        days = sorted({day for day, minor in own if minor > 0})
        if not days or days[0] > TODAY:
            continue
        had_year, had_two = days[0] <= dt.date(2025, 11, 21), days[0] <= dt.date(2024, 11, 21)
        came_back = any(day.isoformat() < next_year(days[0], 1) for day in days[1:])
        second = any(
            next_year(days[0], 1) <= day.isoformat() < next_year(days[0], 2) for day in days
        )
        figures = wanted.setdefault(sources[who % 3].lower(), [0] * 6)
        revenue = sum(minor for _, minor in own)
        found_here = (1, had_year, had_year and came_back, had_two, had_two and second, revenue)
        for at, figure in enumerate(found_here):
            figures[at] += figure
    assert {
        each.name.lower(): [
            each.customers, each.repeat.count, each.repeat.hits, each.stayed.count,
            each.stayed.hits, each.revenue.minor,
        ]
        for each in found.sources
    } == wanted  # fmt: skip
    total = 0 if found.total is None else found.total.customers
    assert total == sum(each[0] for each in wanted.values())


def test_shares_of_few_customers_are_not_shown(store):
    replace_sales(store, [(who, dt.date(2024, 1, 1), 100, "EUR") for who in range(4)])
    found = build_loyalty(store, Scope("EUR", TODAY), find_dimension(store, "source", TODAY))
    assert found.total is not None
    assert (found.total.repeat.value, found.total.stayed.value) == (None, None)
    assert found.total.stayed.count == 4


def test_customers_who_first_bought_lately_lower_no_share(store):
    year, yesterday = dt.date(2025, 11, 20), TODAY - dt.timedelta(days=1)
    rows = [(who, year, 100, "EUR") for who in range(6)]
    rows += [(who, dt.date(2026, 2, 1), 100, "EUR") for who in range(3)]
    rows += [(3, dt.date(2026, 11, 20), 100, "EUR")]  # a year later
    scope, source = Scope("EUR", TODAY), find_dimension(store, "source", TODAY)
    for more in ([], [(who, yesterday, 100, "EUR") for who in range(6, 40)]):
        replace_sales(store, rows + more)
        total = build_loyalty(store, scope, source).total
        assert total is not None
        assert (total.repeat.hits, total.repeat.count) == (3, 6)
    assert total.customers == 40
