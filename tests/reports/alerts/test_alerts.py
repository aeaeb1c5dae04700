"""Alerts: which are found, kept, hidden and answered, on both engines."""

import datetime as dt
import math
import random
from collections import Counter

import pytest

from cardcrm.errors import NotFoundError
from cardcrm.records.contacts import contacts, merge, update
from cardcrm.reports.alerts.alert_queries import alert_query, contact_alert_query
from cardcrm.reports.alerts.alert_scan import scan_sales
from cardcrm.reports.alerts.alert_table import (
    is_stale,
    read_refresh_day,
    refresh_alerts,
    refresh_if_stale,
)
from cardcrm.reports.alerts.decline import (
    Sums,
    choose_spans,
    compute_p_value,
    find_fall,
    find_margin_drop,
)
from cardcrm.reports.alerts.dismissals import dismiss
from cardcrm.reports.due import build_digest
from cardcrm.store import Store, integrity, journal
from tests.support.sold_lines import TODAY, Line, Sold, add_sale, fill

DAYS = 30


def buy(who, *products, days=30, cost=None, price=10_000_000):
    return Sold(who, days, tuple(Line(each, price=price, cost=cost) for each in products))


def every(days, who, product, first, last, **more):
    return [buy(who, product, days=each, **more) for each in range(first, last - 1, -days)]


def refresh(store, today=TODAY):
    return refresh_alerts(store, today, DAYS)


def shown(store: Store, today=TODAY):
    """Return kind, contact and product of the alerts that are shown."""
    found = store.fetch(alert_query(today, DAYS, 100))
    return [(each.kind, each.contact_id, each.product_id) for each in found]


def test_a_missed_reorder_is_found(store):
    fill(store, every(10, 1, 2, 53, 13))
    (found,) = scan_sales(store, "EUR", TODAY)
    assert found == (
        "reorder", 1, 2, 1000, 1.0, "every 10 days as a rule, last on 2026-11-08"
    )  # fmt: skip


@pytest.mark.parametrize(("days", "count"), [(12, 0), (13, 1), (20, 1), (21, 0)])
def test_a_reorder_is_missed_for_some_intervals(store, days, count):
    fill(store, every(10, 1, 2, days + 40, days))
    assert len(scan_sales(store, "EUR", TODAY)) == count


def test_offers_come_from_what_enough_customers_bought(store):
    both = [buy(who, 1, 2) for who in range(2, 8)]
    alone = [buy(8, 1), buy(1, 1), *(buy(who, 3) for who in range(9, 14))]
    fill(store, [*both, *alone])
    found = [each for each in scan_sales(store, "EUR", TODAY) if each.kind == "cross-sell"]
    assert [(each.contact_id, each.product_id, each.amount, each.reason) for each in found] == [
        (1, 2, 857, "bought by 6 of 7 others with Product 1"),
        (8, 2, 857, "bought by 6 of 7 others with Product 1"),
    ]


def test_up_sells_come_from_customers_who_changed(store):
    changed = [sale for who in range(2, 8) for sale in (buy(who, 1, days=90), buy(who, 2, days=30))]
    fill(store, [*changed, buy(1, 1)])
    with store.transaction():
        for number, price in ((1, 1000), (2, 1500)):
            store.update("product", number, category="Roses", price=price)
    found = [each for each in scan_sales(store, "EUR", TODAY) if each.kind == "up-sell"]
    assert [(each.contact_id, each.product_id, each.amount) for each in found] == [(1, 2, 500)]


def test_nothing_retired_is_offered_and_nothing_to_the_dead(store):
    both = [buy(who, 1, 2) for who in range(2, 8)]
    fill(store, [*both, buy(1, 1), buy(8, 1), *(buy(who, 3) for who in range(9, 14))])
    with store.transaction():
        update.set_field(store, 8, "status", "deceased")
    assert {each.contact_id for each in scan_sales(store, "EUR", TODAY)} == {1}
    with store.transaction():
        store.update("product", 2, retired=1)
    assert scan_sales(store, "EUR", TODAY) == []


def test_falling_revenue_and_a_lower_margin_are_found(store):
    before = every(20, 1, 1, 546, 365, cost=4_000_000)
    fill(store, [*before, *every(90, 1, 1, 170, 0, cost=4_000_000), *every(20, 2, 2, 546, 0)])
    kinds = {
        (each.kind, each.contact_id, each.product_id) for each in scan_sales(store, "EUR", TODAY)
    }
    assert ("falling", 1, None) in kinds
    assert ("falling", None, 1) in kinds
    assert not any(who == 2 for _, who, _ in kinds)


def test_a_lower_margin_is_found(store):
    before = every(20, 1, 1, 546, 365, cost=4_000_000)
    fill(store, [*before, *every(20, 1, 1, 180, 0, cost=6_000_000)])
    found = [each for each in scan_sales(store, "EUR", TODAY) if each.kind == "margin"]
    assert [(each.contact_id, each.product_id, each.amount, each.reason) for each in found] == [
        (None, 1, 2000, "margin 40% of revenue in half a year, 60% a year ago"),
        (1, None, 2000, "margin 40% of revenue in half a year, 60% a year ago"),
    ]


def test_the_spans_are_a_year_or_half_a_year_apart():
    assert choose_spans(TODAY - dt.timedelta(days=546), TODAY).is_yearly
    half = choose_spans(TODAY - dt.timedelta(days=545), TODAY)
    assert (half.first - half.first_before).days == 182
    assert half.last_before == half.first - dt.timedelta(days=1)
    assert choose_spans(TODAY - dt.timedelta(days=362), TODAY) is None


@pytest.mark.parametrize(
    ("now", "before", "is_fall"),
    [
        ((1, 1000), (8, 10_000), True),
        ((1, 8000), (8, 10_000), False),  # a small fall
        ((0, 0), (5, 10_000), True),
        ((0, -50), (5, 10_000), True),
        ((3, 10), (0, -10), False),
    ],
)
def test_a_fall_must_be_large(now, before, is_fall):
    spans = choose_spans(TODAY - dt.timedelta(days=546), TODAY)
    assert bool(find_fall(Sums(*now), Sums(*before), spans, "orders")) == is_fall


@pytest.mark.parametrize(("steady", "is_found"), [(0, True), (3, False)])
def test_the_falls_of_many_customers_are_tested_together(store, steady, is_found):
    fell = [buy(1, 1, days=days) for days in range(400, 405)]  # p = 1/32, of 4 tests 1/8
    others = [sale for who in range(2, 2 + steady) for sale in every(30, who, 2, 546, 0)]
    fill(store, [buy(5, 2, days=600), *fell, *others])
    found = [each for each in scan_sales(store, "EUR", TODAY) if each.contact_id == 1]
    assert [each.kind for each in found] == ["falling"] * is_found
    if is_found:
        assert found[0].confidence == 1 - 1 / 32


def test_the_p_value_of_a_fall_is_that_of_simulated_coins():
    source = random.Random(3)
    heads = Counter(sum(source.random() < 0.5 for _ in range(12)) for _ in range(20_000))
    below = sum(count for number, count in heads.items() if number <= 3) / 20_000
    assert compute_p_value(3, 9) == pytest.approx(below, abs=0.01)
    exact = sum(math.comb(12, number) for number in range(4)) / 2**12
    assert compute_p_value(3, 9) == pytest.approx(exact)
    assert compute_p_value(480, 521) == pytest.approx(compute_p_value(479, 520), abs=0.002)
    assert compute_p_value(0, 0) == 1


def test_unknown_costs_have_no_part_in_a_margin():
    spans = choose_spans(TODAY - dt.timedelta(days=546), TODAY)
    known = Sums(orders=9, revenue=900, known_orders=3, known=300, cost=120)
    lower = Sums(orders=9, revenue=900, known_orders=3, known=300, cost=150)
    assert find_margin_drop(lower, known, spans).amount == 30
    assert find_margin_drop(lower._replace(known_orders=2), known, spans) is None
    assert find_margin_drop(lower, known._replace(known=0), spans) is None


# The table


@pytest.fixture
def filled(store):
    fill(store, [*every(10, 1, 2, 53, 13), *every(10, 2, 3, 54, 14)])
    return store


def test_a_refresh_keeps_the_number_and_the_day_of_an_alert(filled):
    assert refresh(filled) == (2, 2, 0)
    first = filled.fetch(alert_query(TODAY, DAYS, 9))
    assert refresh(filled, TODAY + dt.timedelta(days=3)) == (2, 0, 0)
    later = filled.fetch(alert_query(TODAY + dt.timedelta(days=3), DAYS, 9))
    assert [(each.id, each.raised_on) for each in later] == [(e.id, TODAY) for e in first]
    assert later[0].reason == "every 10 days as a rule, last on 2026-11-08"
    assert read_refresh_day(filled) == TODAY + dt.timedelta(days=3)


def test_an_alert_is_gone_once_it_is_no_longer_true_or_too_old(filled):
    refresh(filled)
    assert shown(filled, TODAY + dt.timedelta(days=DAYS)) != []
    assert shown(filled, TODAY + dt.timedelta(days=DAYS + 1)) == []
    assert refresh(filled, TODAY + dt.timedelta(days=60)) == (0, 0, 2)
    assert filled.value("SELECT count(*) FROM alert") == 0


def test_a_sale_of_the_product_answers_an_alert(filled):
    refresh(filled)
    with filled.transaction():
        add_sale(filled, 90, buy(1, 5, days=0))
    assert shown(filled) == [("reorder", 1, 2), ("reorder", 2, 3)]
    with filled.transaction():
        add_sale(filled, 92, buy(1, 2, days=0))
    assert shown(filled) == [("reorder", 2, 3)]


def test_a_dismissed_alert_is_hidden_until_a_day_and_undo_shows_it(filled):
    refresh(filled)
    one = filled.fetch(contact_alert_query(1, TODAY, DAYS, 9))[0]
    until = TODAY + dt.timedelta(days=5)
    assert dismiss(filled, [one.id], TODAY, until) == [one]
    assert shown(filled) == [("reorder", 2, 3)]
    refresh(filled, until)
    assert shown(filled, until) == [("reorder", 2, 3)]
    assert ("reorder", 1, 2) in shown(filled, until + dt.timedelta(days=1))
    with pytest.raises(NotFoundError, match="unknown alert"):
        dismiss(filled, [one.id], TODAY, until)
    journal.undo(filled)
    assert shown(filled) == [("reorder", 1, 2), ("reorder", 2, 3)]


def test_a_refresh_is_not_in_the_journal(filled):
    steps = filled.value("SELECT count(*) FROM step")
    refresh(filled)
    assert filled.value("SELECT count(*) FROM step") == steps


def test_removing_and_merging_contacts_takes_alerts_along(filled):
    refresh(filled)
    one = filled.fetch(contact_alert_query(1, TODAY, DAYS, 9))[0]
    dismiss(filled, [one.id], TODAY, TODAY)
    merge.merge(filled, 2, 1)
    assert filled.value("SELECT contact_id FROM dismissal") == 2
    assert filled.rows("SELECT contact_id FROM alert WHERE contact_id = 1") == []
    contacts.remove(filled, [2])
    assert filled.value("SELECT count(*) FROM alert") == 0
    assert filled.value("SELECT count(*) FROM dismissal") == 0
    journal.undo(filled)
    journal.undo(filled)
    assert filled.value("SELECT contact_id FROM dismissal") == 1
    assert integrity.check_database(filled, lambda _: None) == []


def test_the_digest_has_the_first_alerts_and_is_empty_with_them_alone(filled):
    refresh(filled)
    assert build_digest(filled, TODAY).alerts == ()
    digest = build_digest(filled, TODAY, alert_days=DAYS)
    assert [each.contact for each in digest.alerts] == ["Customer 1", "Customer 2"]
    assert not digest
    with filled.transaction():
        update.set_field(filled, 2, "owner", "ann")
    digest = build_digest(filled, TODAY, alert_days=DAYS, owner="ann")
    assert [each.contact for each in digest.alerts] == ["Customer 2"]


def test_stale_alerts_are_refreshed_by_other_reports(filled):
    assert is_stale(filled, TODAY)
    assert refresh_if_stale(filled, TODAY, DAYS)
    assert shown(filled) != []
    assert not is_stale(filled, TODAY + dt.timedelta(days=7))
    assert is_stale(filled, TODAY + dt.timedelta(days=8))
    filled.engine.execute("DELETE FROM alert", {})  # as a copy of the database has none
    assert not is_stale(filled, TODAY)
    assert is_stale(filled, TODAY + dt.timedelta(days=1))


def test_each_currency_has_its_own_alerts(store):
    euros, dollars = every(10, 1, 2, 53, 13), every(10, 1, 2, 54, 14)
    fill(store, [*euros, *(each._replace(currency="USD") for each in dollars)])
    refresh(store)
    found = store.fetch(alert_query(TODAY, DAYS, 9))
    assert sorted((each.currency, each.amount) for each in found) == [("EUR", 1000), ("USD", 1000)]
