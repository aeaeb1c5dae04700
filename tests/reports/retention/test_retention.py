"""Compare retention and cohorts with plain loops over the sales."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.dates.periods import find_numbered_start, number_period
from cardcrm.errors import UsageError
from cardcrm.records.query_sql import contact_query
from cardcrm.reports.retention.cohorts import average_shares, report_cohorts
from cardcrm.reports.retention.numbered_periods import parse_long_period
from cardcrm.reports.retention.period_retention import report_retention
from cardcrm.reports.scope import Scope
from cardcrm.store import Locale
from tests.support.sales import replace_sales

TODAY = dt.date(2024, 11, 21)
BY = ("month", "quarter", "year")
# Edges of periods, a leap day, today, and days to come.
EDGES = [dt.date(*day) for day in (
    (2021, 12, 31), (2022, 1, 1), (2023, 12, 31), (2024, 1, 1), (2024, 2, 29), (2024, 3, 31),
    (2024, 4, 1), (2024, 10, 31), (2024, 11, 1), (2024, 11, 21), (2024, 12, 24), (2031, 5, 5),
)]  # fmt: skip
DAYS = st.sampled_from(EDGES) | st.dates(dt.date(2022, 1, 1), dt.date(2024, 12, 31))
SALES = st.lists(
    st.tuples(st.integers(0, 4), DAYS, st.integers(-500, 900), st.sampled_from(["EUR", "USD"])),
    max_size=30,
)
SPANS = st.tuples(st.none() | DAYS, st.none() | DAYS)
on_data = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def locale():
    return Locale("DE", "EUR")


def period(by, day):
    """Return the first and the last day of the period of a day, step by step."""
    months = {"month": 1, "quarter": 3, "year": 12}[by]
    first = day.replace(day=1)
    while (first.month - 1) % months:
        first = (first - dt.timedelta(days=1)).replace(day=1)
    last = first
    while (last + dt.timedelta(days=1)).month == last.month or (
        (last + dt.timedelta(days=1)).month - 1
    ) % months:
        last += dt.timedelta(days=1)
    return first, last


def complete_periods(by, rows, since, until):
    """Return the periods from the first purchase on that are over and inside a span."""
    found = []
    days = [day for _, day, minor, currency in rows if minor > 0 and currency == "EUR"]
    first, last = period(by, min(days, default=TODAY))
    while last < TODAY:
        if (since is None or since <= first) and (until is None or last <= until):
            found.append((first, last))
        first, last = period(by, last + dt.timedelta(days=1))
    return found


def buyers(rows, span):
    return {
        who for who, day, minor, currency in rows
        if currency == "EUR" and minor > 0 and span[0] <= day <= span[1]
    }  # fmt: skip


@pytest.mark.parametrize("by", BY)
@on_data
@given(rows=SALES, days=SPANS)
def test_retention_is_that_of_a_plain_loop(store, by, rows, days):
    replace_sales(store, rows)
    expected = []
    for span in complete_periods(by, rows, *days):
        eve = span[0] - dt.timedelta(days=1)
        here, before = buyers(rows, span), buyers(rows, period(by, eve))
        known = buyers(rows, (dt.date.min, eve))
        expected.append((
            len(before), len(here & before), len(before - here), len(here - known),
            len(here & known - before), len(here),
        ))  # fmt: skip
    found = report_retention(store, Scope("EUR", TODAY, *days), by)
    assert [
        (each.before, each.retained, each.lost, each.new, each.returned, each.customers)
        for each in found
    ] == expected
    for each in found:
        assert each.customers == each.retained + each.new + each.returned
        if each.before:
            assert each.retention + each.defection == pytest.approx(1)
        else:
            assert each.retention is each.defection is None


@pytest.mark.parametrize("or_later", [False, True])
@pytest.mark.parametrize("by", BY)
@on_data
@given(rows=SALES)
def test_cohorts_are_those_of_a_plain_loop(store, by, or_later, rows):
    replace_sales(store, rows)
    periods = complete_periods(by, rows, None, None)
    end = periods[-1][1] if periods else dt.date.min
    rows = [row for row in rows if row[1] <= end and row[3] == "EUR"]
    first = {}
    for who, day, minor, _ in rows:
        if minor > 0:
            first[who] = min(day, first.get(who, day))
    expected = []
    for start, span in enumerate(periods):
        members = {who for who, day in first.items() if span[0] <= day <= span[1]}
        if not members:
            continue
        ages = []
        for age, here in enumerate(periods[start:]):
            last = end if or_later else here[1]
            low = dt.date.min if age == 0 else here[0]  # refunds before the first purchase
            revenue = sum(
                minor for who, day, minor, _ in rows if who in members and low <= day <= last
            )
            count = len(members & buyers(rows, (here[0], last)))
            ages.append((count, count / len(members), revenue))
        expected.append((len(members), ages))
    found = report_cohorts(store, Scope("EUR", TODAY), by, or_later=or_later)
    assert [
        (each.size, [(age.customers, age.share, age.revenue.minor) for age in each.ages])
        for each in found
    ] == expected
    if not or_later:
        whole = sum(minor for who, _, minor, _ in rows if who in first)
        assert sum(age.revenue.minor for each in found for age in each.ages) == whole


def test_averages_weigh_each_customer_alike(store):
    first, later = dt.date(2024, 8, 3), dt.date(2024, 9, 3)
    days = [(0, first), (0, later), (1, first), (2, first), (3, later)]
    replace_sales(store, [(who, day, 5, "EUR") for who, day in days])
    found = report_cohorts(store, Scope("EUR", TODAY), "month")
    assert [each.period for each in found] == ["2024-08", "2024-09"]
    assert average_shares(found) == [1.0, 0.25, 0.0]


def test_where_selects_customers(store):
    rows = [(0, dt.date(2024, 8, 3), 5, "EUR"), (1, dt.date(2024, 9, 3), 5, "EUR")]
    replace_sales(store, rows)
    node = contact_query.parse(store, 'name:"Customer 1"')
    scope = Scope("EUR", TODAY, where=node)
    assert [each.customers for each in report_retention(store, scope, "month")] == [1, 0]
    assert [each.period for each in report_cohorts(store, scope, "month")] == ["2024-09"]


@given(day=st.dates(dt.date(1, 2, 1), dt.date(9998, 12, 1)), by=st.sampled_from(BY))
def test_periods_are_numbered_without_gaps(day, by):
    number = number_period(by, day)
    first = find_numbered_start(by, number)
    after = find_numbered_start(by, number + 1)
    assert first <= day < after
    assert number_period(by, after - dt.timedelta(days=1)) == number


@pytest.mark.parametrize("word", ["day", "week", "fortnight"])
def test_a_short_period_is_refused(word):
    with pytest.raises(UsageError):
        parse_long_period(word)
