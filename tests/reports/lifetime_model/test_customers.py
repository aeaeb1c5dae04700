"""The models over the sales of a database: histories, stored models, equity and backtests."""

import datetime as dt
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import contact_query
from cardcrm.records.sales import rfm
from cardcrm.reports.lifetime_model.backtest import measure_errors, run_backtest
from cardcrm.reports.lifetime_model.fitting import explain_too_little, fit
from cardcrm.reports.lifetime_model.histories import load_histories, load_some_histories
from cardcrm.reports.lifetime_model.model_table import (
    choose_model,
    load_model,
    load_or_fit,
    store_model,
)
from cardcrm.reports.lifetime_model.predictions import TOO_EARLY, predict
from cardcrm.reports.scope import Scope
from cardcrm.reports.value.customer_future import load_customer_future
from cardcrm.reports.value.equity import ALL, SEGMENT, STANDING, measure_equity
from cardcrm.reports.value.future_ranking import FORMULA, MODEL, rank_future
from cardcrm.store import Locale
from tests.support.simulated_customers import simulate_sales
from tests.support.sold_lines import TODAY, Sold, add_sale, fill

DAY = dt.timedelta(1)
SOLD = st.lists(
    st.builds(
        Sold,
        who=st.integers(1, 4),
        days=st.integers(-3, 60),
        lines=st.just(()),
        bare_cost=st.none(),
        refund=st.integers(0, 4).map(lambda each: each == 0),
        currency=st.sampled_from(["EUR", "EUR", "USD"]),
        bare=st.integers(0, 9000),
    ),
    max_size=25,
)


@pytest.fixture
def locale():
    return Locale("GB", "EUR")


def list_histories(sold, until):
    """Return contact, repeats, recency, age and spend by a plain loop."""
    rows = []
    for who in sorted({each.who for each in sold}):
        own = [each for each in sold if each.who == who and each.currency == "EUR"]
        known = [each for each in own if each.day <= until]
        days = sorted({each.day for each in known if each.amount >= 0})
        if days:
            spent = sum(each.amount for each in known if each.day > days[0])
            recency, age = (days[-1] - days[0]).days, (until - days[0]).days
            rows.append((who, len(days) - 1, recency, age, spent if len(days) > 1 else 0))
    return rows


@settings(max_examples=40)
@given(sold=SOLD, back=st.sampled_from([0, 0, 10]))
def test_histories_are_those_of_a_plain_loop(temporary_store, sold, back):
    until = TODAY - back * DAY
    with temporary_store() as store:
        fill(store, sold)
        found = load_histories(store, "EUR", until)
        some = load_some_histories(store, "EUR", until, [1, 3, 99])
    expected = list_histories(sold, until)
    assert list(zip(*found, strict=True)) == expected
    assert list(some.ids) == [row[0] for row in expected if row[0] in (1, 3)]


@pytest.fixture
def shop(store):
    fill(store, simulate_sales(1, 150))
    return store


def test_predictions_are_of_every_customer(shop):
    found = predict(shop, "EUR", TODAY, 273)
    assert [each.contact_id for each in found] == list(range(1, 151))
    histories = load_histories(shop, "EUR", TODAY)
    for each, repeats in zip(found, histories.repeats, strict=True):
        assert each.expected_purchases > 0
        assert (each.p_active is None) == (repeats == 0) == (each.reason == TOO_EARLY)
        assert 0 < each.future_value.minor <= each.expected_value.minor
        assert each.p_active is None or 0 < each.p_active <= 1


def test_predictions_of_some_contacts_are_those_of_all(shop):
    everyone = predict(shop, "EUR", TODAY, 365)
    assert predict(shop, "EUR", TODAY, 365, [7, 3, 999]) == [everyone[2], everyone[6]]


def test_without_a_discount_future_value_is_the_expected_value(shop):
    found = predict(shop, "EUR", TODAY, 365, discount=0.0)
    assert all(each.future_value == each.expected_value for each in found)


def test_a_model_is_stored_and_fitted_again_when_stale(shop):
    first = load_or_fit(shop, "EUR", TODAY)
    assert load_model(shop, "EUR") == first
    later = TODAY + 30 * DAY
    assert load_or_fit(shop, "EUR", later) == first
    assert load_or_fit(shop, "EUR", later + DAY).until == later + DAY


@pytest.mark.parametrize(("more", "is_fitted"), [(5, False), (30, True)])
def test_many_new_purchases_make_a_model_stale(shop, more, is_fitted):
    first = load_or_fit(shop, "EUR", TODAY)
    with shop.transaction("test"):
        for number in range(more):
            who = contacts.add(shop, ContactDraft(name=f"New {number}")).id
            add_sale(shop, 100_000 + number, Sold(who, 3, bare=500))
    assert (load_or_fit(shop, "EUR", TODAY) != first) == is_fitted


def test_refit_replaces_the_model(shop):
    model = load_or_fit(shop, "EUR", TODAY - 5 * DAY)
    histories = load_histories(shop, "EUR", TODAY)
    assert choose_model(shop, "EUR", TODAY, histories, refit=True) != model
    assert shop.value("SELECT count(*) FROM lifetime_model") == 1


def test_the_journal_does_not_record_models_and_snapshots(shop):
    step = shop.value("SELECT max(id) FROM step")
    load_or_fit(shop, "EUR", TODAY)
    measure_equity(shop, Scope("EUR", TODAY), 365, 10_000)
    assert shop.value("SELECT max(id) FROM step") == step


def test_a_model_without_errors_can_be_stored(shop):
    import dataclasses

    model = fit(load_histories(shop, "EUR", TODAY), "EUR", TODAY)
    bare = dataclasses.replace(
        model, purchase_errors=None, spend=None, spend_errors=None, spend_log_likelihood=None
    )
    assert store_model(shop, bare)
    assert load_model(shop, "EUR") == bare


@pytest.mark.parametrize(
    ("customers", "days", "missing"),
    [
        (0, (), "0 of 50 customers, 0 of 20 with purchases on several days, and 0 of 8 weeks"),
        (60, (9,), "60 of 50 customers, 0 of 20 with purchases on several days, and 1 of 8"),
        (60, (9, 4), "60 of 50 customers, 60 of 20 with purchases on several days, and 1 of 8"),
        (30, (90, 4), "30 of 50 customers, 30 of 20 with purchases on several days, and 12 of 8"),
    ],
)
def test_too_little_data_is_explained(store, customers, days, missing):
    fill(store, [Sold(who, day, bare=100) for who in range(1, customers + 1) for day in days])
    histories = load_histories(store, "EUR", TODAY)
    assert fit(histories, "EUR", TODAY) is None
    assert missing in explain_too_little(histories)
    assert predict(store, "EUR", TODAY, 365) == []


def test_refunds_alone_are_no_customers(store):
    fill(store, [Sold(who, 5, refund=True, bare=100) for who in range(1, 60)])
    assert load_histories(store, "EUR", TODAY).customers == 0


def test_currencies_have_models_of_their_own(shop):
    with shop.transaction("test"):
        add_sale(shop, 1_000_000, Sold(1, 5, bare=10**9, currency="USD"))
    before = load_or_fit(shop, "EUR", TODAY)
    assert before.customers == 150
    assert load_or_fit(shop, "USD", TODAY) is None


# the ranking


def test_the_ranking_is_by_future_value_then_by_id(shop):
    report = rank_future(shop, Scope("EUR", TODAY), 273, 10_000, None)
    keys = [(-each.future_value.minor, each.contact_id) for each in report.rows]
    assert keys == sorted(keys)
    assert report.total.minor == sum(each.expected_value.minor for each in report.rows)
    best = rank_future(shop, Scope("EUR", TODAY), 273, 10_000, 5)
    assert best.rows == report.rows[:5]
    assert best.total == report.total
    assert {each.method for each in report.rows} == {MODEL}


def test_the_ranking_of_a_query_uses_the_model_of_all(shop):
    everyone = rank_future(shop, Scope("EUR", TODAY), 273, 10_000, None)
    where = contact_query.parse(shop, "customer 12")
    found = rank_future(shop, Scope("EUR", TODAY, where=where), 273, 10_000, None)
    assert found.model == everyone.model
    ids = {each.contact_id for each in found.rows}
    assert ids == {each.contact_id for each in everyone.rows if each.name.startswith("Customer 12")}
    values = {each.contact_id: each.future_value for each in everyone.rows}
    assert all(each.future_value == values[each.contact_id] for each in found.rows)


def test_without_a_model_the_simple_formula_ranks(store):
    fill(store, [Sold(1, 730, bare=1000), Sold(1, 10, bare=3000), Sold(2, 10, bare=1500)])
    report = rank_future(store, Scope("EUR", TODAY), 365, 10_000, 20)
    assert report.model is None
    first, second = report.rows
    assert (first.contact_id, first.expected_value) == (1, Money(2000, "EUR"))
    assert first.expected_purchases == pytest.approx(365 / 365.25 * 2 / (730 / 365.25))
    assert (second.contact_id, second.expected_value) == (2, Money(1499, "EUR"))
    for each in report.rows:
        assert (each.method, each.p_active, each.future_value) == (FORMULA, None, None)
        assert "too little data" in each.reason


# one customer


def test_the_card_has_the_figures_of_the_ranking(shop):
    assert load_customer_future(shop, 5, "EUR", TODAY, 365, 10_000) is None  # no stored model
    everyone = predict(shop, "EUR", TODAY, 365)
    found = load_customer_future(shop, 5, "EUR", TODAY, 365, 10_000)
    expected = everyone[4]
    assert found.p_active == pytest.approx(expected.p_active)
    assert found.expected_value == expected.expected_value
    assert found.future_value == expected.future_value
    assert found.fitted_on == TODAY


def test_an_organization_has_the_sums_of_its_people(shop):
    everyone = predict(shop, "EUR", TODAY, 365)
    org = contacts.add(shop, ContactDraft(name="Acme", kind="org")).id
    with shop.transaction("test"):
        for who in (1, 2, 3):
            shop.update("contact", who, org_id=org)
    found = load_customer_future(shop, org, "EUR", TODAY, 365, 10_000)
    assert found.expected_value.minor == sum(each.expected_value.minor for each in everyone[:3])
    known = [each.p_active for each in everyone[:3] if each.p_active is not None]
    assert found.p_active == pytest.approx(1 - math.prod(1 - each for each in known))


def test_a_contact_without_a_purchase_has_no_future(shop):
    load_or_fit(shop, "EUR", TODAY)
    new = contacts.add(shop, ContactDraft(name="New")).id
    assert load_customer_future(shop, new, "EUR", TODAY, 365, 10_000) is None


# equity


def test_equity_is_the_sum_of_future_values_and_standings_add_up(shop):
    report = measure_equity(shop, Scope("EUR", TODAY), 1825, 10_000)
    whole = report.groups[0]
    values = predict(shop, "EUR", TODAY, 1825)
    assert (whole.kind, whole.customers, whole.share) == (ALL, 150, 1.0)
    assert whole.equity.minor == sum(each.future_value.minor for each in values)
    standings = [each for each in report.groups if each.kind == STANDING]
    assert sum(each.equity.minor for each in standings) == whole.equity.minor
    assert sum(each.customers for each in standings) == 150
    assert sum(each.revenue.minor for each in standings) == whole.revenue.minor
    assert {each.name for each in standings} <= {name for row in rfm.GRID for name in row}


def test_equity_of_a_segment_is_that_of_its_customers(shop):
    with shop.transaction("test"):
        shop.insert("segment", name="tens", query="customer 10")
        shop.insert("segment", name="broken", query="nosuchfield:x")
    report = measure_equity(shop, Scope("EUR", TODAY), 365, 10_000)
    values = predict(shop, "EUR", TODAY, 365)
    names = {row["id"]: row["name"] for row in shop.rows("SELECT id, name FROM contact")}
    inside = [each for each in values if names[each.contact_id].startswith("Customer 10")]
    (segment,) = (each for each in report.groups if each.kind == SEGMENT)
    assert (segment.name, segment.customers) == ("tens", len(inside))
    assert segment.equity.minor == sum(each.future_value.minor for each in inside)
    assert [each.name for each in report.invalid] == ["broken"]


def test_the_change_is_that_since_the_last_snapshot_of_another_day(shop):
    monday, tuesday = TODAY, TODAY + DAY
    first = measure_equity(shop, Scope("EUR", monday), 365, 10_000)
    assert all(each.change is None for each in first.groups)
    assert all(
        each.change is None
        for each in measure_equity(shop, Scope("EUR", monday), 365, 10_000).groups
    )
    with shop.transaction("test"):
        add_sale(shop, 1_000_000, Sold(1, 0, bare=90_000))
    measure_equity(shop, Scope("EUR", tuesday), 365, 20_000)  # other terms
    second = measure_equity(shop, Scope("EUR", tuesday), 365, 10_000)
    whole, before = second.groups[0], first.groups[0]
    assert whole.before.on == monday
    assert whole.change.minor == whole.equity.minor - before.equity.minor != 0
    count = "SELECT count(DISTINCT on_date) FROM equity_snapshot WHERE discount = 10000"
    assert shop.value(count) == 2


def test_equity_without_a_model_is_the_simple_sum(store):
    fill(store, [Sold(1, 400, bare=1000), Sold(2, 10, bare=1500)])
    report = measure_equity(store, Scope("EUR", TODAY), 365, 10_000)
    assert report.model is None
    assert "too little data" in report.reason
    future = rank_future(store, Scope("EUR", TODAY), 365, 10_000, None)
    (whole,) = report.groups
    assert (whole.kind, whole.equity, whole.share) == (ALL, future.total, 1.0)
    assert store.value("SELECT count(*) FROM equity_snapshot") == 0


@pytest.mark.parametrize(("days", "years"), [(365, 365 / 365.25), (3650, 3.0)])
def test_the_simple_formula_reaches_no_further_than_customers_stay(store, days, years):
    fill(store, [Sold(who, 730, bare=1000 * who) for who in range(1, 7)])
    report = measure_equity(store, Scope("EUR", TODAY), days, 10_000)
    assert report.groups[0].equity.minor == pytest.approx(21_000 * 365.25 / 730 * years, abs=3)
    parts = [each for each in report.groups if each.kind == STANDING]
    assert sum(each.equity.minor for each in parts) == report.groups[0].equity.minor


def test_standings_come_in_their_order_the_best_first(shop):
    report = measure_equity(shop, Scope("EUR", TODAY), 365, 10_000)
    names = [each.name for each in report.groups if each.kind == STANDING]
    assert names == [each for each in rfm.STANDINGS if each in names]
    assert len(names) > 4


# backtests


def test_a_backtest_is_a_fit_to_the_first_part_and_its_errors(shop):
    until = TODAY - 91 * DAY
    test = run_backtest(shop, "EUR", TODAY, until, 60)
    histories = load_histories(shop, "EUR", until)
    model = fit(histories, "EUR", until)
    sold = simulate_sales(1, 150)
    predicted, naive, actual, spend = [], [], [], []
    for who, x, recency, age in zip(*histories[:4], strict=True):
        predicted.append(model.purchase.expected_purchases(x, recency / 7, age / 7, 60 / 7))
        naive.append(x / age * 60 if age else 0.0)
        after = [
            each for each in sold
            if each.who == who and until < each.day <= until + 60 * DAY and each.amount >= 0
        ]  # fmt: skip
        actual.append(len({each.day for each in after}))
        spend.append(sum(each.amount for each in after))
    assert test.customers == len(actual)
    assert test.purchases.actual == sum(actual)
    assert test.spend.actual == sum(spend)
    for errors, guesses in ((test.purchases.model, predicted), (test.purchases.naive, naive)):
        differences = [guess - truth for guess, truth in zip(guesses, actual, strict=True)]
        assert errors.mae == pytest.approx(sum(map(abs, differences)) / len(actual))
        assert errors.bias == pytest.approx(sum(differences) / len(actual))
    assert test.purchases.model.mae < test.purchases.naive.mae


def test_a_model_is_stored_with_its_backtest(shop):
    model = load_or_fit(shop, "EUR", TODAY)
    test = run_backtest(shop, "EUR", TODAY)
    assert model.backtest == (test.until, test.purchases.model.mae, test.purchases.naive.mae)
    assert load_model(shop, "EUR").backtest == model.backtest
    assert model.is_proven == test.purchases.is_model_better


def test_a_test_of_every_second_customer_is_one_of_these_alone(shop):
    found = run_backtest(shop, "EUR", TODAY, TODAY - 91 * DAY, every=2)
    with shop.transaction("test"):
        for sale in shop.rows("SELECT id FROM sale WHERE contact_id % 2 = 1"):
            shop.delete("sale", sale["id"])
    assert run_backtest(shop, "EUR", TODAY, TODAY - 91 * DAY) == found


def test_a_later_day_serves_if_two_thirds_of_history_are_too_little(store):
    fill(store, [each for each in simulate_sales(1, 150) if each.who <= 52])
    first = dt.date.fromisoformat(store.value("SELECT min(on_date) FROM sale"))
    days = [
        first + (TODAY - first) * part // whole
        for part, whole in ((2, 3), (3, 4), (5, 6), (11, 12))
    ]
    enough = [not explain_too_little(load_histories(store, "EUR", day)) for day in days]
    assert enough == [False, True, True, True]
    found = run_backtest(store, "EUR", TODAY)
    assert (found.until, found.purchases is None) == (days[1], False)
    longer = (TODAY - days[1]).days + 1
    found = run_backtest(store, "EUR", TODAY, horizon_days=longer)
    assert (found.until, found.purchases is None) == (days[0], True)


def test_top_decile_capture_is_the_part_of_the_best_tenth():
    predicted = [5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0]
    actual = [2, 6, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert measure_errors(predicted, actual).top_decile_capture == 8 / 10  # 2 of 11 customers
    assert measure_errors([0, 0], [0, 0]).top_decile_capture is None


def test_a_backtest_without_a_day_predicts_the_last_third(shop):
    first = dt.date.fromisoformat(shop.value("SELECT min(on_date) FROM sale"))
    test = run_backtest(shop, "EUR", TODAY)
    assert test.until == first + (TODAY - first) * 2 // 3
    assert test.horizon_days == (TODAY - test.until).days


@pytest.mark.parametrize(("until", "horizon"), [(TODAY, None), (TODAY + DAY, 5), (TODAY - DAY, 2)])
def test_days_that_are_not_over_are_refused(shop, until, horizon):
    with pytest.raises(UsageError):
        run_backtest(shop, "EUR", TODAY, until, horizon)


def test_a_backtest_of_too_little_data_has_a_reason(store):
    fill(store, [Sold(1, 400, bare=1000)])
    test = run_backtest(store, "EUR", TODAY, TODAY - 50 * DAY)
    assert test.purchases is None
    assert "too little data up to 2026-10-02" in test.reason
