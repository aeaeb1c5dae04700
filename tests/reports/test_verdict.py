"""One rule says whether a customer is active, late or likely lost."""

import datetime as dt
from dataclasses import replace

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import rfm
from cardcrm.reports.habits import Habit
from cardcrm.reports.lifetime_model.backtest_result import BacktestResult
from cardcrm.reports.lifetime_model.model_table import load_or_fit, store_model
from cardcrm.reports.value.activity_chances import load_chances
from cardcrm.reports.value.customer_verdicts import load_verdicts
from cardcrm.reports.value.verdict import (
    ACTIVE,
    LATE,
    LOST,
    TOO_EARLY,
    Verdict,
    describe_standing,
    judge,
)
from cardcrm.store import Locale
from tests.support.simulated_customers import simulate_sales
from tests.support.sold_lines import TODAY, Sold, add_sale, fill


@pytest.fixture
def locale():
    return Locale("GB", "EUR")


@pytest.mark.parametrize(
    ("silent", "usual", "p_active", "state", "basis"),
    [
        (103, 34.5, 0.87, LATE, "model"),  # three usual intervals, but the model has seen longer
        (103, 34.5, 0.49, LOST, "model"),
        (103, 34.5, 0.5, LATE, "model"),
        (10, 34.5, 0.49, LOST, "model"),
        (43, 34.5, 0.9, ACTIVE, "model"),  # 1.25 usual intervals are 43.125 days
        (44, 34.5, 0.9, LATE, "model"),
        (300, None, 0.9, ACTIVE, "model"),
        (300, None, 0.1, LOST, "model"),
        (43, 34.5, None, ACTIVE, "habit"),
        (44, 34.5, None, LATE, "habit"),
        (69, 34.5, None, LATE, "habit"),
        (70, 34.5, None, LOST, "habit"),
        (0, 1.0, None, ACTIVE, "habit"),
        (3, 1.0, None, LOST, "habit"),
        (3000, None, None, TOO_EARLY, ""),
    ],
)
def test_the_model_decides_and_without_it_the_habit(silent, usual, p_active, state, basis):
    habit = None if usual is None else Habit(5, usual, silent, round(4 * usual))
    assert judge(habit, p_active) == Verdict(state, basis, p_active)


@pytest.mark.parametrize("standing", rfm.STANDINGS)
@pytest.mark.parametrize("state", [ACTIVE, LATE, LOST, TOO_EARLY])
def test_a_standing_never_contradicts_the_verdict(standing, state):
    shown = describe_standing(standing, Verdict(state, "habit"))
    is_good = standing in {"Champions", "Loyal", "Potential loyal", "New customers", "Promising"}
    differs = (state == LOST and is_good) or (
        state == ACTIVE and not is_good and standing != "Need attention"
    )
    assert shown == (
        f"{standing} among all customers, but {state} by their own past" if differs else standing
    )


@pytest.mark.parametrize(
    ("result", "age", "is_used"),
    [
        (BacktestResult(TODAY, 1.0, 1.1), 0, True),
        (BacktestResult(TODAY, 1.0, 1.1), 30, True),
        (BacktestResult(TODAY, 1.0, 1.1), 31, False),
        (BacktestResult(TODAY, 1.1, 1.1), 0, False),
        (None, 0, False),
    ],
)
def test_only_a_recent_model_that_won_its_backtest_has_a_say(store, result, age, is_used):
    fill(store, simulate_sales(1, 150))
    model = load_or_fit(store, "EUR", TODAY)
    store_model(store, replace(model, backtest=result))
    chances = load_chances(store, "EUR", TODAY + dt.timedelta(age), range(1, 151))
    repeating = store.value("SELECT count(*) FROM contact_value WHERE own = 1 AND days > 1")
    assert len(chances) == (repeating if is_used else 0)


def prove(store, currency="EUR"):
    """Store a model of a currency as one that has won its backtest; return it."""
    model = replace(load_or_fit(store, currency, TODAY), backtest=BacktestResult(TODAY, 1.0, 2.0))
    store_model(store, model)
    return model


def test_each_customer_is_judged_by_the_proven_model(store):
    fill(store, simulate_sales(1, 150))
    assert {each.basis for each in load_verdicts(store, range(1, 151), TODAY).values()} <= {
        "habit",
        "",
    }
    prove(store)
    chances = load_chances(store, "EUR", TODAY, range(1, 151))
    verdicts = load_verdicts(store, [*range(1, 151), 999], TODAY)
    assert len(verdicts) == 150
    for who, verdict in verdicts.items():
        assert verdict.p_active == pytest.approx(chances.get(who))
        assert verdict.basis == ("model" if who in chances else "")
        assert (verdict.state == LOST) == (chances.get(who, 1.0) < 0.5)


def test_a_currency_without_a_model_leaves_the_verdict_to_the_habit(store):
    fill(store, simulate_sales(1, 150))
    prove(store)
    who = min(load_chances(store, "EUR", TODAY, range(1, 151)).items(), key=lambda each: each[1])[0]
    assert load_verdicts(store, [who], TODAY)[who].state == LOST
    with store.transaction("test"):
        for number, days in enumerate((21, 14, 7)):
            add_sale(store, 900 + number, Sold(who, days, currency="USD", bare=100))
    verdict = load_verdicts(store, [who], TODAY)[who]
    assert (verdict.basis, verdict.state) == ("habit", ACTIVE)


def test_an_organization_is_judged_with_its_people(store):
    org = contacts.add(store, ContactDraft(name="Acme", kind="org")).id
    person = contacts.add(store, ContactDraft(name="Jane", org="Acme")).id
    with store.transaction("test"):
        for number, (who, days) in enumerate([(org, 90), (org, 80), (org, 70), (person, 5)]):
            add_sale(store, number + 1, Sold(who, days, bare=100))
    found = load_verdicts(store, [org, person], TODAY)
    assert (found[org].state, found[person].state) == (ACTIVE, TOO_EARLY)
