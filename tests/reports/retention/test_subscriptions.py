"""Test the survival of subscriptions against published values and plain loops."""

import datetime as dt
import itertools
import math
from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.dates.periods import number_period
from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records.sales import products, sales
from cardcrm.reports.retention.subscription_rule import Offer, find_category, find_offer
from cardcrm.reports.retention.subscriptions import build_report, report_subscriptions
from cardcrm.reports.retention.survival import (
    Renewal,
    Run,
    count_renewals,
    fit_survival,
    observe_survival,
)
from cardcrm.reports.scope import Scope
from cardcrm.store import Locale
from tests.support.sales import replace_sales

TODAY = dt.date(2024, 11, 21)
# The percentages of customers that survive year by year, of Fader and Hardie, 2007.
REGULAR = (63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1)
HIGH_END = (86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1)


@pytest.fixture
def locale():
    return Locale("DE", "EUR")


def running(renewals, size):
    return Run(renewals, is_alive=True, size=size)


def ended(renewals, size):
    return Run(renewals, is_alive=False, size=size)


def of_thousand(survivors):
    """Return the renewals of 1,000 customers by the percentages that survive."""
    alive = [1000, *(round(10 * each) for each in survivors)]
    return [Renewal(*pair) for pair in itertools.pairwise(alive)]


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "log_likelihood"),
    [(REGULAR, 0.704, 1.182, -1680.3), (HIGH_END, 0.668, 3.806, -1611.2)],
)
def test_parameters_are_the_published_ones(survivors, alpha, beta, log_likelihood):
    model = fit_survival(of_thousand(survivors))
    assert (round(model.alpha, 3), round(model.beta, 3)) == (alpha, beta)
    assert round(model.log_likelihood, 1) == log_likelihood


def test_the_forecast_is_the_published_one():
    model = fit_survival(of_thousand(HIGH_END))
    shares = [round(100 * model.survival(year), 1) for year in range(8, 13)]
    assert shares == [46.0, 43.6, 41.4, 39.5, 37.8]


def test_observed_survival_counts_those_who_still_run():
    runs = [running(2, 10), ended(1, 5), ended(0, 5), running(0, 80)]
    renewals = count_renewals(runs)
    assert renewals == [Renewal(20, 15), Renewal(15, 10)]
    assert observe_survival(renewals) == [0.75, 0.5]


def test_simulated_parameters_are_found_again():
    random = Random(7)
    runs = Counter()
    for _ in range(20_000):
        leaves, age = random.betavariate(0.8, 2.0), 0
        most = random.randint(3, 10)
        while age < most and random.random() > leaves:
            age += 1
        runs[age, age == most] += 1
    model = fit_survival(count_renewals(Run(*key, size) for key, size in runs.items()))
    assert math.isclose(model.alpha, 0.8, rel_tol=0.1)
    assert math.isclose(model.beta, 2.0, rel_tol=0.1)


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ([], "at least 20 subscriptions are needed, and there are 0"),
        ([ended(3, 19)], "at least 20 subscriptions are needed, and there are 19"),
        ([ended(1, 30)], "at least 3 observed renewals are needed, and there are 2"),
        ([running(5, 30), ended(2, 4)], "at least 5 ended subscriptions are needed"),
    ],
)
def test_too_little_data_is_said(runs, words):
    report = build_report(runs)
    assert report.model is None
    assert report.rows == ()
    assert words in report.reason


DAYS = st.dates(dt.date(2023, 9, 1), dt.date(2024, 12, 24)) | st.just(dt.date(2024, 2, 29))
SALES = st.lists(
    st.tuples(
        st.integers(0, 4), DAYS, st.integers(-100, 900), st.sampled_from(["EUR", "EUR", "USD"])
    ),
    max_size=40,
)


@pytest.mark.parametrize("by", ["month", "quarter"])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=SALES)
def test_runs_are_those_of_a_plain_loop(store, by, rows):
    replace_sales(store, rows)
    last = number_period(by, TODAY) - 1
    lost = alive = 0
    for who in {who for who, *_ in rows}:
        bought = {
            number_period(by, day) for each, day, minor, currency in rows
            if each == who and minor > 0 and currency == "EUR" and number_period(by, day) <= last
        }  # fmt: skip
        if not bought:
            continue
        number = min(bought)
        while number + 1 in bought:
            number += 1
        alive += number == last
        lost += number != last
    report = report_subscriptions(store, Scope("EUR", TODAY), by)
    assert (report.subscriptions, report.ended) == (alive + lost, lost)


def test_subscriptions_to_a_product_leave_other_purchases_out(store):
    ids = replace_sales(store, [(0, dt.date(2024, 10, 1), 100, "EUR")])
    line = (sales.LineDraft("Weekly bouquet"),)
    sales.sell(store, ids[0], Money(500, "EUR"), lines=line)
    product = store.value("SELECT id FROM product")
    scope = Scope("EUR", dt.date(2027, 2, 1))
    assert report_subscriptions(store, scope, "month", Offer([product])).subscriptions == 1
    assert report_subscriptions(store, scope, "month", Offer([product + 1])).subscriptions == 0


def pay(store, who, days, what="", minor=500):
    lines = (sales.LineDraft(what),) if what else ()
    for day in days:
        when = DayTime(day)
        sales.sell(store, who, Money(minor, "EUR"), lines=lines, when=when)


def firsts(*months):
    """Return the first days of months of 2024."""
    return [dt.date(2024, month, 1) for month in months]


@pytest.mark.parametrize(
    ("days", "is_found"),
    [
        (firsts(1, 2, 3, 4), True),
        ([dt.date(2024, 1, 31), dt.date(2024, 2, 29), dt.date(2024, 3, 31)], True),
        ([dt.date(2024, 1, 31), dt.date(2024, 2, 26), dt.date(2024, 3, 26)], True),
        ([dt.date(2024, 1, 31), dt.date(2024, 2, 24), dt.date(2024, 3, 19)], False),
        (firsts(1, 3, 5), False),  # every other month
        (firsts(1, 2, 3, 4, 5, 7), True),  # 80% are months
        (firsts(1, 2, 3, 4, 6), False),
    ],
)
@pytest.mark.parametrize("what", ["Bouquet", ""])
def test_a_subscription_is_what_is_bought_once_a_month(store, days, is_found, what):
    ids = replace_sales(store, [(who, dt.date(2024, 1, 9), -5, "EUR") for who in range(5)])
    for who in ids.values():
        pay(store, who, days, what)
    found = find_offer(store, Scope("EUR", TODAY), "month")
    if not is_found:
        assert found is None
    else:
        assert found == (Offer([1]) if what else Offer([], includes_unnamed=True))
        assert report_subscriptions(store, Scope("EUR", TODAY), "month", found).subscriptions == 5


def test_four_standing_orders_are_no_subscription(store):
    ids = replace_sales(store, [(who, dt.date(2024, 1, 9), -5, "EUR") for who in range(5)])
    for who in list(ids.values())[:4]:
        pay(store, who, firsts(*range(1, 11)), "Wreath")
    assert find_offer(store, Scope("EUR", TODAY), "month") is None


def test_who_left_after_the_first_payment_counts_too(store):
    ids = replace_sales(store, [(who, dt.date(2024, 1, 9), -5, "EUR") for who in range(8)])
    for who in list(ids.values())[:5]:
        pay(store, who, firsts(1, 2, 3), "Crate")
    for who in list(ids.values())[5:]:
        pay(store, who, firsts(4), "Crate")
        pay(store, who, [dt.date(2024, 4, 2)], "Vase")
    offer = find_offer(store, Scope("EUR", TODAY), "month")
    assert offer == Offer([1])
    found = report_subscriptions(store, Scope("EUR", TODAY), "month", offer)
    assert (found.subscriptions, found.ended) == (8, 8)


def test_a_category_names_its_products(store):
    for name, category in (("Crate", "Süße"), ("Hamper", "süße"), ("Vase", "Other")):
        products.add(store, name, category=category)
    assert find_category(store, "SUSSE") == Offer([1, 2])
    with pytest.raises(UsageError, match="unknown category “oth”"):
        find_category(store, "oth")
