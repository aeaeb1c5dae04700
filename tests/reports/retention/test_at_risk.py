"""Compare customers at risk with plain loops over the sales."""

import datetime as dt
import itertools
from dataclasses import replace
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.records.activity import reminders
from cardcrm.records.activity.win_back import follow_up
from cardcrm.reports.habits import find_habit
from cardcrm.reports.lifetime_model.backtest_result import BacktestResult
from cardcrm.reports.lifetime_model.model_table import load_or_fit, store_model
from cardcrm.reports.retention.at_risk import HabitualCustomer, rank_risks, report_risks
from cardcrm.reports.scope import Scope
from cardcrm.reports.value.customer_verdicts import load_verdicts
from cardcrm.reports.value.verdict import LOST
from cardcrm.store import Locale
from tests.support.sales import replace_sales
from tests.support.simulated_customers import simulate_sales
from tests.support.sold_lines import TODAY as SIMULATED
from tests.support.sold_lines import fill

TODAY = dt.date(2024, 11, 21)
DAYS = st.sampled_from(
    [TODAY - dt.timedelta(days=each) for each in (0, 1, 2, 3, 9, 30, 31, 60, 61, 90, 266, 400)]
    + [dt.date(2024, 2, 29), dt.date(2031, 5, 5)]
)
SALES = st.lists(
    st.tuples(
        st.integers(0, 2), DAYS, st.integers(-300, 900), st.sampled_from(["EUR", "EUR", "USD"])
    ),
    max_size=30,
)


@pytest.fixture
def locale():
    return Locale("DE", "EUR")


def risks_of(rows):
    """Return value at risk, customer, usual days, silent days and chance, highest first."""
    found = []
    for who in {who for who, *_ in rows}:
        mine = [
            (on, minor) for each, on, minor, currency in rows
            if each == who and currency == "EUR" and on <= TODAY
        ]  # fmt: skip
        days = sorted({on for on, minor in mine if minor > 0})
        if len(days) < 3:
            continue
        usual = median((b - a).days for a, b in itertools.pairwise(days))
        silent = (TODAY - days[-1]).days
        active = min(1.0, usual / silent) if silent else 1.0
        revenue = sum(minor for _, minor in mine)
        value = round(revenue * 365 / max((days[-1] - days[0]).days, 365) * (1 - active))
        bought = {on for each, on, minor, _ in rows if each == who and minor > 0 and on <= TODAY}
        if silent > 2 * usual and is_silent(sorted(bought)) and value > 0:
            found.append((value, who, usual, silent, active))
    return found


def is_silent(days):
    """Return whether the days of purchases in all currencies ended long ago by their own habit."""
    usual = median((b - a).days for a, b in itertools.pairwise(days))
    return (TODAY - days[-1]).days > 2 * usual


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=SALES)
def test_customers_at_risk_are_those_of_a_plain_loop(store, rows):
    ids = replace_sales(store, rows)
    expected = sorted(
        ((value, ids[who], *more) for value, who, *more in risks_of(rows)),
        key=lambda each: (-each[0], each[1]),
    )
    found = report_risks(store, Scope("EUR", TODAY))
    assert [
        (each.value_at_risk.minor, each.contact_id, each.usual_days, each.silent_days,
         each.p_active)
        for each in found
    ] == expected  # fmt: skip
    assert report_risks(store, Scope("EUR", TODAY), 1) == found[:1]


def every(step, count, last):
    return [last - step * number for number in range(count)]


def test_the_reason_says_the_habit_and_the_silence(store):
    rows = [(0, TODAY - dt.timedelta(days=120 + 34 * each), 1000, "EUR") for each in range(5)]
    replace_sales(store, rows)
    (risk,) = report_risks(store, Scope("EUR", TODAY))
    assert risk.reason == "usually buys every 34 days, silent for 120"
    assert (risk.yearly_revenue.minor, risk.basis) == (5000, "habit")
    assert risk.last_on == TODAY - dt.timedelta(days=120)


@pytest.mark.parametrize(("step", "yearly"), [(2, 900), (100, 900), (730, 225)])
def test_the_revenue_of_a_year_is_never_more_than_was_paid_in_one(store, step, yearly):
    rows = [(0, TODAY - dt.timedelta(days=3000 + step * each), 300, "EUR") for each in range(3)]
    replace_sales(store, rows)
    (risk,) = report_risks(store, Scope("EUR", TODAY))
    assert risk.yearly_revenue.minor == yearly


def test_a_model_is_believed_before_the_habit():
    today = 1000
    habit = find_habit(every(10, 4, 900), today)
    assert habit is not None
    chances = {2: 0.5, 3: 0.25}
    ranked = rank_risks([HabitualCustomer(who, habit, 400) for who in (1, 2, 3)], chances)
    assert [(value, each.contact_id) for value, _, each, _ in ranked] == [
        (round(400 * 0.9), 1), (round(400 * 0.75), 3), (round(400 * 0.5), 2),
    ]  # fmt: skip


def test_deceased_and_closed_contacts_are_left_out(store):
    rows = [(who, TODAY - dt.timedelta(days=100 + 9 * n), 5, "EUR") for who in (0, 1)
            for n in range(3)]  # fmt: skip
    ids = replace_sales(store, rows)
    with store.transaction("test"):
        store.update("contact", ids[0], status="deceased")
    assert [each.contact_id for each in report_risks(store, Scope("EUR", TODAY))] == [ids[1]]


def test_a_contact_has_one_open_reminder_of_the_kind(store):
    ids = replace_sales(store, [(0, TODAY, 5, "EUR"), (1, TODAY, 5, "EUR")])
    due = DayTime(dt.date(2027, 1, 8))
    first = follow_up(store, {ids[0]: "silent for 9"}, due)
    assert [each.text for each in first.reminders] == ["win back: silent for 9"]
    second = follow_up(store, {ids[0]: "silent for 12", ids[1]: "silent for 5"}, due, "back")
    assert [each.contact_id for each in second.reminders] == [ids[1]]
    assert (second.segment.segment.query, second.segment.size) == (f"id:{ids[0]},{ids[1]}", 2)
    reminders.done(store, first.reminders[0].id)
    again = follow_up(store, {ids[0]: "silent for 13"}, due)
    assert len(again.reminders) == 1


def prove(store):
    """Store the model as one that has won its backtest."""
    model = load_or_fit(store, "EUR", SIMULATED)
    store_model(store, replace(model, backtest=BacktestResult(SIMULATED, 1.0, 2.0)))


@pytest.mark.parametrize("is_proven", [False, True])
def test_the_list_and_the_card_have_one_verdict(store, is_proven):
    fill(store, simulate_sales(1, 150))
    if is_proven:
        prove(store)
    risks = report_risks(store, Scope("EUR", SIMULATED))
    assert {each.basis for each in risks} == ({"model"} if is_proven else {"habit"})
    verdicts = load_verdicts(store, range(1, 151), SIMULATED)
    assert {each.contact_id for each in risks} == {
        contact_id
        for contact_id, verdict in verdicts.items()
        if verdict.state == LOST and has_habit(store, contact_id)
    }


def has_habit(store, contact_id):
    """Return whether a contact has bought on three days."""
    return store.value(
        "SELECT count(DISTINCT on_date) FROM sale WHERE contact_id = :id AND amount > 0",
        id=contact_id,
    ) >= 3  # fmt: skip


def test_who_buys_on_elsewhere_is_not_lost(store):
    old = [dt.timedelta(days=300 + 10 * each) for each in range(5)]
    rows = [(who, TODAY - each, 100, "EUR") for who in range(3) for each in old]
    recent = [TODAY - dt.timedelta(days=each) for each in (1, 11, 21, 31, 41, 51)]
    rows += [(0, day, 100, "USD") for day in recent]
    rows += [(3, day, 100, "EUR") for day in recent]
    ids = replace_sales(store, rows)
    with store.transaction("test"):
        store.update("contact", ids[1], kind="org")
        store.update("contact", ids[3], org_id=ids[1])
    assert [each.contact_id for each in report_risks(store, Scope("EUR", TODAY))] == [ids[2]]
