"""Suggestions, against plain loops over the same sales, and what is never suggested."""

from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given, settings

from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.reports.offers.suggestions import suggest
from tests.support.sold_lines import SALES, TODAY, Line, Sold, fill

PRICES = {1: 1000, 2: 2000, 3: 3000, 4: 1500, 5: 1500, 6: 500}
CATEGORIES = {1: "Roses", 2: "roses", 3: "Roses", 4: "Vases", 5: "", 6: "Vases"}
RETIRED = {6}


def stock(store):
    """Give the products prices, categories and retire one."""
    with store.transaction():
        for number, price in PRICES.items():
            store.update(
                "product", number, price=price, category=CATEGORIES[number],
                retired=int(number in RETIRED),
            )  # fmt: skip


def order(sold):
    """Return the days and the amount of each customer and product, by a plain loop."""
    found = {}
    for each in sold:
        if each.amount > 0 and each.days >= 0 and each.currency == "EUR":
            for line in each.lines:
                days, amounts = found.setdefault((each.who, line.product), (set(), []))
                days.add(each.day)
                amounts.append(line.amount)
    return {key: (sorted(days), sum(amounts)) for key, (days, amounts) in found.items()}


def list_plainly(sold, who):
    """Return the suggestion of each product by plain loops."""
    orders = order(sold)
    bought = {product for customer, product in orders if customer == who}
    offers = [
        *reorder_plainly(orders, who, bought),
        *cross_plainly(orders, who, bought),
        *up_plainly(orders, who, bought),
    ]
    best = {}
    for product, *offer in offers:  # an up-sell that worked for others goes before a cross-sell
        rank = (offer[1] is not None, offer[0] == "up-sell")
        if product not in RETIRED and rank > best.get(product, ((),))[0]:
            best[product] = (rank, *offer)
    return {product: offer[1:] for product, offer in best.items()}


def reorder_plainly(orders, who, bought):
    for product in bought:
        days, amount = orders[who, product]
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        if len(days) < 3 or (TODAY - days[-1]).days < median(gaps):
            continue
        usual = median(gaps)
        share = sum(usual * 0.5 <= gap <= usual * 1.5 for gap in gaps) / len(gaps)
        yield product, "reorder", round(amount / len(days) * share), share


def buyers_of(orders, product, who):
    return [customer for customer, each in orders if each == product and customer != who]


def cross_plainly(orders, who, bought):
    for product in set(PRICES) - bought:
        rules = []
        for base in bought:
            others = buyers_of(orders, base, who)
            both = [each for each in others if (each, product) in orders]
            if both:
                rules.append((len(both) / len(others), len(both), -base, both))
        if not rules:
            continue
        confidence, count, _, both = max(rules)
        amount = sum(orders[each, product][1] for each in both)
        number = sum(len(orders[each, product][0]) for each in both)
        if count >= 2 and amount > 0:
            yield product, "cross-sell", round(amount / number * confidence), confidence


def up_plainly(orders, who, bought):
    for family in ("roses", "vases"):
        members = [each for each in PRICES if CATEGORIES[each].lower() == family]
        if not bought.intersection(members):
            continue
        base = max(bought.intersection(members), key=lambda each: (PRICES[each], -each))
        others = buyers_of(orders, base, who)
        trades = {}
        for each in sorted(set(members) - RETIRED - bought, key=PRICES.get):
            if PRICES[each] > PRICES[base]:
                trades[each] = sum(
                    (other, each) in orders
                    and orders[other, each][0][0] > orders[other, base][0][0]
                    for other in others
                )
        for each in [key for key, count in trades.items() if count] or list(trades)[:1]:
            share = trades[each] / len(others) if trades[each] else None
            extra = PRICES[each] - PRICES[base]
            yield each, "up-sell", None if share is None else round(extra * share), share


@settings(max_examples=60)
@given(sold=SALES)
def test_suggestions_are_those_of_plain_loops(temporary_store, sold):
    with temporary_store() as store:
        fill(store, sold)
        stock(store)
        found = suggest(store, 1, "EUR", TODAY) if sold else []
    expected = list_plainly(sold, 1)
    assert {each.product_id for each in found} == expected.keys()
    for each in found:
        kind, value, confidence = expected[each.product_id]
        assert (each.value and each.value.minor) == value
        assert each.confidence == pytest.approx(confidence)
        if value:
            assert each.kind == kind
    values = [each.value.minor if each.value else -1 for each in found]
    assert values == sorted(values, reverse=True)


def buy(who, *products, days=30):
    return Sold(who, days, tuple(Line(each) for each in products))


def test_each_kind_has_its_reason(store):
    weekly = [buy(1, 4, days=days) for days in (30, 23, 16, 9)]
    others = [buy(2, 1, 5), buy(3, 1, 5), buy(2, 2, days=20), buy(4, 1)]
    fill(store, [*weekly, buy(1, 1), *others])
    stock(store)
    found = suggest(store, 1, "EUR", TODAY)
    assert [(each.kind, each.product, each.reason) for each in found] == [
        ("reorder", "Product 4", "every 7 days as a rule, last on 2026-11-12"),
        ("cross-sell", "Product 5", "bought by 2 of 3 others with Product 1"),
        ("up-sell", "Product 2",
         "1 of 3 others with Product 1 changed to it, for 10.00 EUR more"),
    ]  # fmt: skip
    assert [each.value.minor for each in found] == [1000, 667, 333]


@pytest.mark.parametrize(
    ("days", "is_suggested"),
    [((60, 53, 46, 39), True), ((21, 14, 7), True), ((20, 13, 6), False), ((20, 6), False)],
)
def test_a_reorder_waits_for_the_usual_interval_and_three_orders(store, days, is_suggested):
    fill(store, [buy(1, 5, days=each) for each in days])
    assert bool(suggest(store, 1, "EUR", TODAY)) == is_suggested


def test_a_refund_and_a_day_to_come_are_no_orders(store):
    sold = [buy(1, 5, days=each) for each in (60, 53, 46)]
    fill(store, [*sold, buy(1, 5, days=-2), buy(1, 5, days=1)._replace(refund=True)])
    (found,) = suggest(store, 1, "EUR", TODAY)
    assert found.reason == "every 7 days as a rule, last on 2026-10-06"


def test_an_organization_has_the_purchases_of_its_people(store):
    fill(store, [buy(1, 5, days=60), buy(2, 5, days=53), buy(3, 5, days=46)])
    with store.transaction():
        firm = contacts.add(store, ContactDraft("Firm", kind="org")).id
        for number in (1, 2, 3):
            update.set_field(store, number, "org", "Firm")
    assert [each.kind for each in suggest(store, firm, "EUR", TODAY)] == ["reorder"]
    assert suggest(store, 1, "EUR", TODAY) == []


def test_a_contact_without_sales_gets_no_suggestion(store):
    fill(store, [buy(2, 1, 2), buy(3, 1, 2)])
    assert suggest(store, 1, "EUR", TODAY) == []
