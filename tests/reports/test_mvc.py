"""Test the program for the most valuable customers against plain loops."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.errors import UsageError
from cardcrm.records import records
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.mvc import members
from cardcrm.records.mvc.benefit_type import BENEFIT
from cardcrm.reports.lifetime_model.backtest_result import BacktestResult
from cardcrm.reports.lifetime_model.model_table import load_or_fit, store_model
from cardcrm.reports.mvc.program_effect import measure_effect
from cardcrm.reports.mvc.program_review import (
    Benefit,
    find_benefits_due,
    review_members,
)
from cardcrm.reports.mvc.selection import choose_best, parse_share
from cardcrm.reports.value.activity_chances import load_chances
from cardcrm.store import Locale
from tests.support.sales import replace_sales
from tests.support.simulated_customers import simulate_sales

TODAY = dt.date(2024, 11, 21)
DAYS = st.dates(dt.date(2023, 1, 1), dt.date(2024, 12, 24))
SALES = st.lists(
    st.tuples(
        st.integers(0, 7), DAYS, st.integers(-300, 900), st.sampled_from(["EUR", "EUR", "USD"])
    ),
    max_size=30,
)
on_data = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def locale():
    return Locale("DE", "EUR")


@pytest.fixture
def now():
    return "2024-11-21T12:00"


def is_silent(rows, who):
    """Return whether a customer is silent for more than twice the median interval."""
    days = sorted({row[1] for row in rows if row[0] == who and row[2] > 0 and row[1] <= TODAY})
    gaps = [(later - day).days for day, later in pairwise(days)]
    return len(days) >= 3 and (TODAY - days[-1]).days > 2 * median(gaps)


@on_data
@given(rows=SALES, percent=st.integers(1, 100))
def test_the_best_are_those_of_a_plain_loop(store, rows, percent):
    ids = replace_sales(store, rows)
    revenue = {}
    for who, _, minor, currency in rows:
        if currency == "EUR":
            revenue[who] = revenue.get(who, 0) + minor
    ranked = sorted(
        (each for each in revenue if revenue[each] > 0), key=lambda who: (-revenue[who], ids[who])
    )
    count = -(-len(ranked) * percent // 100)
    for share, wanted in ((f"{percent}%", count), ("3", 3)):
        best = choose_best(store, "EUR", parse_share(share))
        assert best.chosen == [ids[who] for who in ranked[:wanted]]
        assert best.doubtful == [ids[who] for who in ranked[:wanted] if is_silent(rows, who)]
        assert best.passed_over == []  # there is no model


def test_a_customer_lost_by_a_proven_model_is_passed_over(store):
    sold = simulate_sales(1, 150)
    replace_sales(
        store, [(each.who, TODAY - dt.timedelta(each.days), each.bare, "EUR") for each in sold]
    )
    model = load_or_fit(store, "EUR", TODAY)
    rows = store.rows("SELECT contact_id FROM contact_value ORDER BY revenue DESC, 1")
    ranked = [row[0] for row in rows]
    for mae, is_used in ((1.0, True), (3.0, False)):
        result = BacktestResult(TODAY, mae, 2.0)
        store_model(store, replace(model, backtest=result))
        chances = load_chances(store, "EUR", TODAY, ranked)
        lost = [each for each in ranked if chances.get(each, 1.0) < 0.5]
        assert bool(lost) == is_used
        best = choose_best(store, "EUR", parse_share("20%"))
        assert best.chosen == [each for each in ranked if each not in lost][:30]
        assert best.passed_over == [
            each for each in lost if ranked.index(each) < ranked.index(best.chosen[-1])
        ]


@pytest.mark.parametrize("text", ["0%", "101%", "0", "-5", "many", "%"])
def test_an_impossible_share_is_refused(text):
    with pytest.raises(UsageError):
        parse_share(text)


def test_members_who_stay_keep_their_day(store, monkeypatch):
    ids = replace_sales(store, [(who, TODAY, 100 - who, "EUR") for who in range(4)])
    members.set_members(store, [ids[0], ids[1]])
    monkeypatch.setenv("CARDCRM_NOW", "2025-01-02T12:00")
    changes = members.set_members(store, [ids[1], ids[2]])
    assert changes == ((ids[2],), (ids[0],), (ids[1],))
    days = dict(store.rows("SELECT id, mvc_since FROM contact"))
    assert [days[ids[who]] for who in range(4)] == [None, "2024-11-21", "2025-01-02", None]
    assert members.set_members(store, [ids[1], ids[2]]).joined == ()


def test_the_earlier_day_survives_a_merge_with_the_gifts(store, monkeypatch):
    ids = replace_sales(store, [(who, TODAY, 100, "EUR") for who in range(2)])
    records.add(store, BENEFIT, {"name": "Free delivery", "every": "30d", "cost": "12"})
    members.join(store, ids[1])
    members.give(store, ids[1], "free delivery", {"on": "2024-11-20"})
    monkeypatch.setenv("CARDCRM_NOW", "2024-12-01T12:00")
    members.join(store, ids[0])
    merge.merge(store, ids[0], ids[1])
    assert store.value("SELECT mvc_since FROM contact") == "2024-11-21"
    gift = store.row("SELECT contact_id, on_date, cost, currency FROM gift")
    assert tuple(gift) == (ids[0], "2024-11-20", 1200, "EUR")


@pytest.mark.parametrize(
    ("every", "last", "is_due"),
    [
        (None, None, True),
        (None, "2024-11-20", False),
        (30, None, True),  # joined 31 days ago
        (31, None, True),
        (32, None, False),
        (30, "2024-10-22", True),
        (30, "2024-10-23", False),
        (10**9, None, False),
    ],
)
def test_a_benefit_is_due_after_its_days(every, last, is_due):
    since = TODAY - dt.timedelta(days=31)
    given = {} if last is None else {1: dt.date.fromisoformat(last)}
    found = find_benefits_due([Benefit(1, "Call", every)], since, given, TODAY)
    assert found == (("Call",) if is_due else ())


def test_the_program_is_fulfilled_by_touches_and_benefits(store, monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", "2024-10-01T12:00")
    jane, bob, kim = (contacts.add(store, ContactDraft(each)).id for each in ("Jane", "Bob", "Kim"))
    members.set_members(store, [jane, bob, kim], cadence_days=30)
    records.add(store, BENEFIT, {"name": "Call", "every": "40d"})
    monkeypatch.setenv("CARDCRM_NOW", "2024-11-21T12:00")
    for each in (jane, bob):
        interactions.log(store, [each], "hello", kind="call", when=DayTime(dt.date(2024, 11, 20)))
    members.give(store, jane, "Call", {})
    found = {each.name: each for each in review_members(store, TODAY)}
    assert [found[name].is_fulfilled for name in ("Jane", "Bob", "Kim")] == [True, False, False]
    assert (found["Jane"].cadence_days, found["Jane"].touch_by) == (30, dt.date(2024, 12, 20))
    assert (found["Bob"].benefits_due, found["Kim"].touch_by) == (("Call",), dt.date(2024, 10, 31))
    assert [each.name for each in review_members(store, TODAY)] == ["Bob", "Kim", "Jane"]


def test_a_gift_before_joining_counts_for_nothing(store):
    ids = replace_sales(store, [(0, TODAY, 100, "EUR")])
    records.add(store, BENEFIT, {"name": "Basket", "cost": "20"})
    members.give(store, ids[0], "Basket", {"on": "2024-11-01"})
    members.join(store, ids[0])
    (member,) = review_members(store, TODAY)
    assert member.benefits_due == ("Basket",)
    assert measure_effect(store, "EUR", TODAY).benefits == 0


@on_data
@given(
    rows=SALES,
    joined=st.dictionaries(st.integers(0, 7), DAYS, min_size=1),
    measure=st.sampled_from(["revenue", "margin"]),
)
def test_the_effect_is_that_of_a_plain_loop(store, rows, joined, measure):
    ids = replace_sales(store, [*rows, *((who, TODAY, 1, "USD") for who in joined)])
    with store.transaction("test"):
        for who, contact_id in ids.items():
            day = joined.get(who)
            store.update("contact", contact_id, mvc_since=day.isoformat() if day else None)
    if measure == "margin":  # every second cost is known; that of a refund is 0
        with store.transaction("test"):
            for sale in store.rows("SELECT id, amount FROM sale WHERE id % 2 = 0 AND amount >= 0"):
                store.update("sale", sale["id"], cost=sale["amount"] // 3)
        rows = [
            (row["contact_id"], dt.date.fromisoformat(row["on_date"]), margin, row["currency"])
            for row in store.rows("SELECT * FROM sale WHERE amount < 0 OR cost IS NOT NULL")
            if (margin := row["amount"] - (row["cost"] or 0)) is not None
        ]
        numbers = {contact_id: who for who, contact_id in ids.items()}
        rows = [(numbers[row[0]], *row[1:]) for row in rows]
    found = measure_effect(store, "EUR", TODAY, measure)
    days = sorted(joined.values())
    middle = days[(len(days) - 1) // 2]
    past = {}
    for who, day, minor, currency in rows:
        if currency == "EUR" and day < middle and who not in joined:
            past[who] = past.get(who, 0) + minor
    ranked = sorted((who for who in past if past[who] > 0), key=lambda who: (-past[who], ids[who]))
    below = dict.fromkeys(ranked[: len(joined)], middle)
    for group, since_of in ((found.members, joined), (found.below, below)):
        before = after = 0
        for who, day, minor, currency in rows:
            if currency != "EUR" or who not in since_of:
                continue
            since = since_of[who]
            span = max(0, min((TODAY - since).days + 1, 365))
            after += minor if 0 <= (day - since).days < span else 0
            before += minor if 0 < (since - day).days <= span else 0
        assert (group.customers, group.before.minor, group.after.minor) == (
            len(since_of), before, after,
        )  # fmt: skip
        assert group.change == (after / before - 1 if before > 0 else None)


def test_without_members_there_is_no_effect(store):
    assert measure_effect(store, "EUR", TODAY) is None
    assert review_members(store, TODAY) == []
