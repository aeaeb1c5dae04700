"""Test what promotions brought against a plain loop over the sales."""

import datetime as dt
import random
from fractions import Fraction

import pytest

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.campaigns.campaign_type import CAMPAIGN
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.promotions.promotion_type import PROMOTION
from cardcrm.records.sales import products, sales
from cardcrm.records.sales.sale_lines import LineDraft
from cardcrm.reports.promotions.results import compute_discount, load_promotion_results
from cardcrm.reports.scope import Scope

pytestmark = pytest.mark.engines("sqlite", "postgresql")

TODAY = dt.date(2026, 11, 21)
RATES = {"TEN": 10_000, "THIRD": 33_333, "OFFER": 0, "UNUSED": 50_000}
POUNDS = Scope("GBP", TODAY)


def fill(store, seed, count):
    """Sell to ten contacts at random; return what was sold as plain tuples."""
    chance, sold = random.Random(seed), []
    for number in range(10):
        contacts.add(store, ContactDraft(f"Person {number}"))
    for code, rate in RATES.items():
        records.add(store, PROMOTION, {"code": code, "discount": f"{rate / 1000}%"})
    products.add(store, "Rose", price=Money(2499, "GBP"), cost=Money(1000, "GBP"))
    for _ in range(count):
        who = chance.randrange(1, 11)
        day = TODAY - dt.timedelta(days=chance.randrange(40))
        code = chance.choice(("", "TEN", "THIRD", "OFFER"))
        currency = chance.choice(("GBP", "GBP", "GBP", "EUR"))
        is_lined = currency == "GBP" and chance.random() < 0.4
        cost = chance.choice((None, 0, 300))
        amount = chance.randrange(1, 5000)
        if not code and chance.random() < 0.2:
            amount = -amount
        lines = [
            LineDraft("Rose", chance.randrange(1, 9) * 500, discount=chance.choice((0, 0, 20_000)))
            for _ in range(chance.randrange(1, 3))
        ]
        sale, _ = sales.sell(
            store, who, None if is_lined else Money(amount, currency),
            lines=lines if is_lined else (), code=code.lower(), when=DayTime(day),
            cost=None if cost is None or is_lined else Money(cost, currency),
        )  # fmt: skip
        sold.append((sale, code, sales.lines_of(store, sale.id)))
    return sold


def is_first(sale, sold):
    mine = [each for each, _, _ in sold if each.contact_id == sale.contact_id]
    paid = [(each.on_date, each.id) for each in mine if each.amount.minor > 0]
    return (sale.on_date, sale.id) == min(paid)


def half_up(value):
    return int(value + Fraction(1, 2))


def discount_of(sale, lines, rate):
    if not lines:
        share = Fraction(rate, 100_000)
        return half_up(sale.amount.minor * share / (1 - share))
    return sum(
        half_up(Fraction(line.price.parts * line.quantity, 10_000 * 1000)) - line.amount.minor
        for line in lines
        if line.discount == rate
    )


def expect(sold, code, currency="GBP", since=dt.date.min):
    """Return the figures of a code by a plain loop."""
    found = [
        (sale, lines)
        for sale, own, lines in sold
        if own == code and sale.amount.currency == currency and sale.on_date >= since.isoformat()
    ]
    known = [sale for sale, _ in found if sale.cost is not None]
    return {
        "redeemed": len(found),
        "customers": len({sale.contact_id for sale, _ in found}),
        "new_customers": sum(is_first(sale, sold) for sale, _ in found),
        "revenue": sum(sale.amount.minor for sale, _ in found),
        "discount": sum(discount_of(*each, RATES[code]) for each in found),
        "cost": sum(sale.cost.minor for sale in known) if known else None,
        "margin": sum(sale.amount.minor - sale.cost.minor for sale in known) if known else None,
        "unknown": sum(sale.amount.minor for sale, _ in found if sale.cost is None),
        "unknown_count": len(found) - len(known),
    }


def figures(result):
    found = {}
    for name in ("redeemed", "customers", "new_customers", "unknown_count"):
        found[name] = getattr(result, name)
    for name in ("revenue", "discount", "cost", "margin", "unknown"):
        amount = getattr(result, name)
        found[name] = amount if amount is None else amount.minor
    return found


@pytest.mark.parametrize("seed", range(3))
def test_results_are_those_of_a_plain_loop(store, seed):
    sold = fill(store, seed, 120)
    found = {each.code: figures(each) for each in load_promotion_results(store, POUNDS)}
    assert found == {code: expect(sold, code) for code in RATES}
    assert found["UNUSED"]["redeemed"] == 0
    assert found["TEN"]["redeemed"] > 5
    assert 0 < sum(each["new_customers"] for each in found.values()) < 10


def test_days_and_currencies_choose_the_sales(store):
    sold = fill(store, 7, 120)
    since = TODAY - dt.timedelta(days=12)
    for currency in ("GBP", "EUR"):
        scope = Scope(currency, TODAY, since=since)
        found = {each.code: figures(each) for each in load_promotion_results(store, scope)}
        assert found == {code: expect(sold, code, currency, since) for code in RATES}


def test_one_promotion_and_those_of_a_campaign(store):
    fill(store, 3, 40)
    records.add(store, CAMPAIGN, {"name": "spring", "segment": "all"})
    records.edit(store, PROMOTION, [1, 3], {"campaign": "spring"})
    everything = {each.code: each for each in load_promotion_results(store, POUNDS)}
    of_one = load_promotion_results(store, POUNDS, promotion_id=2)
    assert of_one == [everything["THIRD"]]
    of_campaign = load_promotion_results(store, POUNDS, campaign_id=1)
    assert {each.code for each in of_campaign} == {"TEN", "OFFER"}
    assert {each.campaign for each in of_campaign} == {"spring"}
    revenues = [each.revenue.minor for each in load_promotion_results(store, POUNDS)]
    assert revenues == sorted(revenues, reverse=True)


@pytest.mark.parametrize(
    ("paid", "rate", "discount"),
    [(900, 10_000, 100), (0, 10_000, 0), (5, 50_000, 5), (1, 33_333, 0), (9, 33_333, 4),
     (100, 100_000, 0), (10**15, 99_999, 10**15 * 99_999)],
)  # fmt: skip
def test_the_discount_of_a_plain_amount(paid, rate, discount):
    assert compute_discount(paid, rate) == discount
