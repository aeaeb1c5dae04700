"""Compare customer value with published figures, and with plain Python."""

import datetime as dt
import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.records.sales import rfm, sales
from cardcrm.reports.card import load_card
from cardcrm.reports.scope import list_currencies
from cardcrm.reports.value import customer_ranking
from cardcrm.reports.value.lifetime_value import (
    Lifespan,
    compute_lifetime_value,
    estimate_lifespan,
    years_observed,
)
from cardcrm.store import Locale

TODAY = dt.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")


@pytest.fixture
def locale():
    return Locale("GB", "EUR")


def fill(store, people):
    """Add people with sales of (days ago, amount, cost) in cents, and return their ids."""
    ids = []
    with store.transaction():
        for number, bought in enumerate(people):
            card = contacts.add(store, ContactDraft(f"Customer {number}")).id
            ids.append(card)
            for days, amount, cost in bought:
                sales.sell(
                    store,
                    card,
                    Money(amount, "EUR"),
                    cost=None if cost is None else Money(cost, "EUR"),
                    when=DayTime(TODAY - dt.timedelta(days=days)),
                )
    return ids


def report(store, **options):
    found = customer_ranking.build_report(store, "EUR", TODAY, **options)
    assert found is not None
    return found


# Published: 300 dollars an order, five orders a year, two years make 3,000; 25 x 1.5 make 37.50.
@pytest.mark.parametrize(
    ("average", "orders", "years", "worth"),
    [(30_000, 5, 2.0, 300_000), (2500, 1, 1.5, 3750)],
)
def test_lifetime_value_matches_published_examples(average, orders, years, worth):
    found = compute_lifetime_value(Money(average * orders, "USD"), None, orders, 1.0, years)
    assert found is not None
    assert found.value == Money(worth, "USD")
    assert found.margin_rate is None


def test_the_margin_rate_is_the_last_factor():
    found = compute_lifetime_value(Money(120_000, "EUR"), 48_000, 12, 2.0, 3.0)
    assert found is not None
    assert found.average_purchase.minor == 10_000
    assert (found.purchases_per_year, found.margin_rate) == (6.0, 0.4)
    assert found.value.minor == 72_000  # 100.00 x 6 x 3 x 40%


@given(
    revenue=st.integers(-(10**6), 10**6),
    margin=st.none() | st.integers(-(10**6), 10**6),
    orders=st.integers(1, 50),
    observed_years=st.floats(1, 20),
    years=st.floats(0.5, 50),
)
def test_formula_holds_for_gains_and_losses(revenue, margin, orders, observed_years, years):
    found = compute_lifetime_value(Money(revenue, "EUR"), margin, orders, observed_years, years)
    yearly = (revenue if margin is None else margin) / observed_years
    assert abs(found.value.minor - yearly * years) <= 0.51
    assert abs(found.yearly.minor - yearly) <= 0.51
    if margin is None or revenue:
        rate = 1 if margin is None else found.margin_rate
        average = revenue / orders
        assert abs(found.average_purchase.minor - average) <= 0.51
        product = average * found.purchases_per_year * found.years * rate
        assert abs(found.value.minor - product) <= 0.51 + 1e-6 * abs(product)


def test_without_an_order_there_is_no_lifetime_value():
    assert compute_lifetime_value(Money(-500, "EUR"), -500, 0, 1.0, 3.0) is None


def test_first_year_counts_as_full():
    assert (
        years_observed(TODAY, TODAY) == years_observed(TODAY - dt.timedelta(days=365), TODAY) == 1.0
    )
    assert years_observed(TODAY - dt.timedelta(days=1461), TODAY) == 4.0


@pytest.mark.parametrize(
    ("before", "lost", "years", "basis"),
    [
        (0, 0, 3.0, "assumed"),
        (19, 19, 3.0, "assumed"),
        (20, 5, 4.0, "churn"),
        (20, 20, 1.0, "churn"),
        (20, 0, 10.0, "churn"),
        (1000, 1, 10.0, "churn"),
    ],
)
def test_expected_years_are_inverse_churn_within_bounds(before, lost, years, basis):
    assert estimate_lifespan(before, lost) == Lifespan(years, basis, before, lost)


def test_churn_counts_those_who_were_customers_a_year_ago(store):
    stayed = [[(400, 100, None), (10, 100, None)]] * 15
    left = [[(500, 100, None)]] * 10
    long_gone = [[(900, 100, None)]] * 3
    new = [[(30, 100, None)]] * 2
    fill(store, [*stayed, *left, *long_gone, *new])
    assert report(store).totals.lifespan == Lifespan(2.5, "churn", 25, 10)


# The ranges of recency, and of frequency with monetary value, that Putler published.
PUBLISHED = {
    rfm.CHAMPIONS: ((4, 5), (4, 5)),
    rfm.LOYAL: ((2, 5), (3, 5)),
    rfm.POTENTIAL_LOYAL: ((3, 5), (1, 3)),
    rfm.NEW: ((4, 5), (0, 1)),
    rfm.PROMISING: ((3, 4), (0, 1)),
    rfm.NEEDS_ATTENTION: ((2, 3), (2, 3)),
    rfm.ABOUT_TO_SLEEP: ((2, 3), (0, 2)),
    rfm.AT_RISK: ((0, 2), (2, 5)),
    rfm.CANNOT_LOSE: ((0, 1), (4, 5)),
    rfm.HIBERNATING: ((1, 2), (1, 2)),
    rfm.LOST: ((0, 2), (0, 2)),
}


def test_standings_match_their_published_ranges():
    seen = set()
    for recency in range(1, 6):
        for both in range(1, 6):
            name = rfm.Scores(recency, both, both).standing
            (low, high), (least, most) = PUBLISHED[name]
            assert low <= recency <= high
            assert least <= both <= most
            seen.add(name)
    assert seen == set(PUBLISHED)


def test_scores_of_ten_customers_match_manual_result(store):
    # From the best to the worst in each respect: two customers make a fifth.
    fill(
        store,
        [[(10 * n + each, 100 * (10 - n), None) for each in range(10 - n)] for n in range(10)],
    )
    shown = [str(each.scores) for each in report(store).rows]
    assert shown == ["555", "555", "444", "444", "333", "333", "222", "222", "111", "111"]


def test_equal_customers_have_equal_scores_and_todays_are_recent(store):
    fill(store, [*([(0, 100 * n, None)] for n in (1, 2, 3, 4)), [(300, 500, None)]])
    found = {each.revenue.minor: str(each.scores) for each in report(store).rows}
    assert found == {100: "531", 200: "532", 300: "533", 400: "534", 500: "135"}


def test_fewer_than_five_customers_have_no_scores(store):
    fill(store, [[(1, 100, None)]] * 4)
    assert report(store).scale is None
    assert report(store).rows[0].scores is None


def test_only_refunds_give_no_average_and_no_lifetime_value(store):
    bought, refunded = fill(store, [[(1, 1000, 400)], [(2, -300, None)]])
    found = report(store)
    assert found.totals.revenue.minor == 700
    assert found.totals.lifetime_value.minor == 600 * 3
    last = found.rows[-1]
    assert (last.contact_id, last.average, last.lifetime) == (refunded, None, None)
    assert [each.contact_id for each in report(store, by="clv").rows] == [bought]


def test_refunds_above_sales_give_no_shares(store):
    fill(store, [[(1, -1000, None)], [(1, 400, None)]])
    found = report(store)
    assert found.totals.best_share is None
    assert {each.share for each in found.rows} == {None}


def test_currencies_are_separate(store):
    [jane] = fill(store, [[(1, 1000, None)]])
    sales.sell(store, jane, Money(7000, "JPY"))
    assert list_currencies(store) == ["EUR", "JPY"]
    assert report(store).totals.revenue == Money(1000, "EUR")
    found = customer_ranking.load_contact_values(store, jane, TODAY)
    assert [each.revenue for each, _ in found] == [
        Money(1000, "EUR"),
        Money(7000, "JPY"),
    ]
    assert customer_ranking.build_report(store, "USD", TODAY) is None


def test_query_limits_the_list_but_not_the_totals(store):
    ids = fill(store, [[(1, 300, None)], [(1, 100, None)]])
    with store.transaction():
        store.insert("tag", contact_id=ids[1], name="vip")
    for by in customer_ranking.SORT_ORDERS:
        rows = report(store, by=by, where=contact_query.parse(store, "tag:vip")).rows
        # Without costs no margin is known, so the ranking by margin is empty.
        assert [(row.contact_id, row.share) for row in rows] == (
            [] if by == "margin" else [(ids[1], 0.25)]
        )


def test_unknown_order_or_invalid_lifespan_is_rejected(store):
    fill(store, [[(1, 300, None)]])
    with pytest.raises(UsageError, match="margins"):
        report(store, by="margins")
    with pytest.raises(UsageError):
        report(store, years=-1)


SALE = st.tuples(st.integers(0, 1500), st.integers(-2000, 9000), st.none() | st.integers(0, 3000))


@settings(max_examples=40)
@given(st.lists(st.lists(SALE, min_size=1, max_size=4), min_size=1, max_size=20))
def test_figures_match_plain_python(temporary_store, people):
    with temporary_store() as store:
        ids = fill(store, people)
        plain = {each: _plain(bought) for each, bought in zip(ids, people, strict=True)}
        found = report(store, limit=None, years=2.5)
        _check_totals(found.totals, list(plain.values()))
        best = sorted((each["revenue"] for each in plain.values()), reverse=True)
        assert [each.revenue.minor for each in found.rows] == best
        for each in found.rows:
            _check_one(each, plain[each.contact_id], list(plain.values()))
        _check_orders(store, plain.values())


def _plain(bought):
    paid = [(days, amount) for days, amount, _ in bought if amount > 0]
    days = [each[0] for each in paid or bought]
    revenue = sum(amount for _, amount, _ in bought)
    known = all(cost is not None or amount < 0 for _, amount, cost in bought)
    spent = sum((cost or 0) * (-1 if amount < 0 else 1) for _, amount, cost in bought)
    margin = revenue - spent if known else None
    years = max(Fraction(1), Fraction(max(days) * 4, 1461))
    return {
        "revenue": revenue,
        "orders": len(paid),
        "purchases": len({days for days, _ in paid}),
        "margin": margin,
        "first": max(days),
        "last": min(days),
        "yearly": (revenue if margin is None else margin) / years if paid else None,
    }


def _check_totals(totals, everyone):
    revenue = sum(each["revenue"] for each in everyone)
    assert totals.revenue.minor == revenue
    assert totals.orders == sum(each["orders"] for each in everyone)
    equity = sum(each["yearly"] or 0 for each in everyone) * Fraction(5, 2)
    assert abs(totals.lifetime_value.minor - equity) <= 1
    best = sorted((each["revenue"] for each in everyone), reverse=True)[: -(-len(everyone) // 5)]
    if revenue > 0:
        assert math.isclose(totals.best_share, sum(best) / revenue, abs_tol=1e-12)


def _check_one(each, mine, everyone):
    assert (each.orders, each.margin and each.margin.minor) == (mine["orders"], mine["margin"])
    assert (TODAY - each.first_on).days == mine["first"]
    assert (TODAY - each.last_on).days == mine["last"]
    assert (each.lifetime is None) == (mine["yearly"] is None)
    if each.lifetime:
        assert abs(each.lifetime.value.minor - mine["yearly"] * Fraction(5, 2)) <= 1
    if each.scores:
        days, purchases, revenue = (
            _score(mine[what], [other[what] for other in everyone])
            for what in ("last", "purchases", "revenue")
        )
        assert each.scores == rfm.Scores(6 - days, purchases, revenue)


def _score(own, values):
    """Score by counting lower values, instead of by boundaries."""
    if len(set(values)) == 1:
        return 3
    return 1 + 5 * sum(each < own for each in values) // len(values)


def _check_orders(store, everyone):
    margins = sorted((p["margin"] for p in everyone if p["margin"] is not None), reverse=True)
    shown = report(store, by="margin", limit=7).rows
    assert [each.margin.minor for each in shown if each.margin] == margins[:7]
    yearly = sorted((p["yearly"] for p in everyone if p["yearly"] is not None), reverse=True)[:7]
    values = [each.lifetime for each in report(store, by="clv", limit=7, years=1).rows]
    assert len(values) == len(yearly)
    for lived, mine in zip(values, yearly, strict=True):
        assert abs(lived.value.minor - mine) <= 1


def test_purchases_of_one_day_count_once_in_the_frequency(store):
    fill(store, [[(1, 100, None)] * 5, *([(1, 500, None)] for _ in range(4))])
    found = report(store).rows
    assert [(each.orders, each.purchases) for each in found if each.orders > 1] == [(5, 1)]
    assert {each.scores.frequency for each in found} == {3}  # all have bought on one day
    assert {each.lifetime.purchases_per_year for each in found} == {1.0}
    assert {each.lifetime.average_purchase.minor for each in found} == {500}


def test_a_sale_of_nothing_is_no_order_anywhere(store):
    [who] = fill(store, [[(9, 100, 40), (5, 0, 0), (1, 0, 0)]])
    [found] = report(store).rows
    assert (found.orders, found.purchases, found.average.minor) == (1, 1, 100)
    assert found.first_on == found.last_on == TODAY - dt.timedelta(days=9)
    assert report(store).totals.orders == 1
    card = load_card(store, who)
    assert (card.values[0].orders, card.values[0].last) == (1, found.last_on)
    for text, count in (("orders:1", 1), ("orders>1", 0), ("bought<2026-11-13", 1)):
        assert columns.count(store, contact_query.parse(store, text)) == count


def test_who_is_not_ranked_is_counted(store):
    fill(store, [[(1, 100, None)], [(1, 200, 50)], [(1, -50, 10)]])
    assert [report(store, by=by).left_out for by in ("revenue", "margin", "clv")] == [0, 1, 1]
