"""The terms of contracts, against a plain walk from month to month."""

import calendar
import datetime as dt
import random

import pytest

from cardcrm.records.assets.contract_terms import (
    Terms,
    count_renewals,
    find_current,
    find_notice_day,
    read_terms,
    renew,
)
from cardcrm.records.assets.spans import Span, parse_span

pytestmark = pytest.mark.no_database


def day(text):
    return dt.date.fromisoformat(text)


def current(end, renewal, today, notice=""):
    terms = read_terms(end, notice or None, renewal)
    found = find_current(terms, day(today))
    return found.end and found.end.isoformat(), found.notice_by and found.notice_by.isoformat()


def test_the_day_for_notice_lies_before_the_end():
    assert find_notice_day(day("2026-12-31"), parse_span("3m")) == day("2026-09-30")
    assert find_notice_day(day("2026-12-15"), parse_span("2w")) == day("2026-12-01")


def test_a_contract_runs_until_its_last_day_is_over():
    assert current("2026-12-31", "12m", "2026-12-31", "2026-09-30") == ("2026-12-31", "2026-09-30")
    assert current("2026-12-31", "12m", "2027-01-01", "2026-09-30") == ("2027-12-31", "2027-09-30")
    assert current("2024-12-31", "12m", "2027-01-01") == ("2027-12-31", None)


def test_a_contract_without_renewal_or_end_stays_as_it_is():
    assert current("2024-12-31", "", "2027-01-01") == ("2024-12-31", None)
    assert current(None, "", "2027-01-01") == (None, None)
    assert count_renewals(Terms(renewal=Span(1, "y")), day("2027-01-01")) == 0


def walk(end, months, today):
    """Return the end of the term that holds on a day, adding single months."""
    is_last = end.day == calendar.monthrange(end.year, end.month)[1]
    year, month = end.year, end.month
    found = end
    while found < today:
        for _ in range(months):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        most = calendar.monthrange(year, month)[1]
        found = dt.date(year, month, most if is_last else min(end.day, most))
    return found


def test_terms_agree_with_a_walk_from_month_to_month():
    chance = random.Random(7)
    first = day("2020-01-01")
    for _ in range(500):
        end = first + dt.timedelta(days=chance.randrange(1500))
        today = first + dt.timedelta(days=chance.randrange(4000))
        months = chance.randint(1, 24)
        terms = Terms(end, None, Span(months, "m"))
        assert find_current(terms, today).end == walk(end, months, today), (end, months, today)


def test_renewals_add_up():
    terms = Terms(day("2026-01-31"), day("2025-11-30"), Span(1, "m"))
    assert renew(renew(terms)) == renew(terms, 2)
