"""Drivers: each share and number against a plain count over the contacts."""

import datetime as dt
import random
from collections import Counter
from statistics import median

import pytest

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts, custom_fields, update
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.records.query_sql import contact_query, segments
from cardcrm.reports.drivers.drivers import build_drivers, compare_factors
from cardcrm.reports.drivers.factors import Factors, Property, read_factors
from cardcrm.reports.drivers.target import parse_target
from cardcrm.reports.scope import Scope
from cardcrm.reports.statistics.effect_size import compare_numbers, compare_shares
from cardcrm.reports.statistics.p_values import adjust_p_values
from cardcrm.store import Locale
from tests.support.sales import replace_sales

TODAY = dt.date(2026, 11, 21)
SCOPE = Scope("EUR", TODAY)


@pytest.fixture
def locale():
    return Locale("DE", "EUR")


@pytest.fixture
def shop(store):
    """60 customers: those from the fair buy seldom and have left, those by referral stay."""
    chance = random.Random(4)
    custom_fields.add(store, "Seats", "number")
    rows, people = [], []
    for who in range(60):
        is_fair = who % 2 == 0
        draft = ContactDraft(
            f"Customer {who}",
            source="fair" if is_fair else "referral",
            tags=("vip",) if who % 6 == 1 else (),
            addresses=(AddressDraft(city=("Leeds", "York")[who // 2 % 2]),),
            fields=(("Seats", str(who // 3)),),
        )
        contact_id = contacts.add(store, draft).id
        ago = chance.randrange(400, 700) if is_fair and who % 10 else chance.randrange(300)
        for number in range(1 if is_fair else chance.randrange(2, 6)):
            day = TODAY - dt.timedelta(days=ago + 20 * number)
            rows.append((who, day, chance.randrange(100, 900), "EUR"))
        people.append((contact_id, is_fair, who))
    replace_sales(store, rows)
    return rows, people


def test_lapsed_customers_are_those_without_an_order_in_a_year(store, shop):
    rows, _ = shop
    last = {who: max(day for each, day, *_ in rows if each == who) for who in range(60)}
    lapsed = {who for who, day in last.items() if day <= dt.date(2025, 11, 21)}
    found = build_drivers(store, SCOPE, "Lapsed")
    assert (found.size, found.other_size) == (len(lapsed), 60 - len(lapsed))
    drivers = {each.name: each for each in found.drivers}
    fair = sum(who % 2 == 0 for who in lapsed)
    every = 30 - fair
    assert drivers["source fair"].effect == compare_shares(
        fair, len(lapsed), every, 60 - len(lapsed)
    )
    assert "days since the last order" not in drivers  # the target decides it
    assert {"source fair", "purchases"} <= {each.name for each in found.significant}
    assert not drivers["city Leeds"].is_significant


def test_numbers_are_compared_by_all_contacts(store, shop):
    rows, people = shop
    found = build_drivers(store, SCOPE, "source:fair")
    drivers = {each.name: each for each in found.drivers}
    assert "source referral" not in drivers  # the query filters by it
    days = {who: len({day for each, day, *_ in rows if each == who}) for who in range(60)}
    own = Counter(days[who] for _, is_fair, who in people if is_fair)
    others = Counter(days[who] for _, is_fair, who in people if not is_fair)
    purchases = drivers["purchases"]
    assert purchases.effect == compare_numbers(own, others)
    assert (purchases.target, purchases.others) == (
        median(own.elements()),
        median(others.elements()),
    )
    seats = [Counter(who // 3 for who in range(start, 60, 2)) for start in (0, 1)]
    assert drivers["Seats"].effect == compare_numbers(*seats)
    tagged = sum(who % 6 == 1 for who in range(1, 60, 2))
    assert drivers["tag vip"].effect == compare_shares(0, 30, tagged, 30)


def test_p_values_are_adjusted_for_all_comparisons(store, shop):
    found = build_drivers(store, SCOPE, "high-value")
    adjusted = adjust_p_values([each.effect.p_value for each in found.drivers])
    assert [each.adjusted for each in found.drivers] == adjusted
    sizes = [abs(each.effect.size) for each in found.drivers]
    assert sizes == sorted(sizes, reverse=True)


def test_high_value_customers_are_the_best_fifth(store, shop):
    found = build_drivers(store, SCOPE, "high-value")
    assert (found.size, found.other_size) == (12, 48)
    assert "revenue" not in {each.name for each in found.drivers}


def test_buyers_of_a_product_are_compared_with_other_customers(store, shop):
    _, people = shop
    with store.transaction("test"):
        for number, name in enumerate(("Roses", "Vase"), 1):
            store.insert("product", name=name, name_key=name.lower(), currency="EUR")
            for contact_id, _, who in people:
                if (who + number) % 2 == 0 or who % 3 == 0:
                    sale = store.value(
                        "SELECT min(id) FROM sale WHERE contact_id = :id", id=contact_id
                    )
                    store.insert("sale_line", sale_id=sale, product_id=number, quantity=1000,
                                 price=10, amount=10)  # fmt: skip
    found = build_drivers(store, SCOPE, "bought:roses")
    roses = {who for who in range(60) if who % 2 == 1 or who % 3 == 0}
    vase = {who for who in range(60) if who % 2 == 0 or who % 3 == 0}
    assert (found.target.words, found.size) == ("customers who bought Roses", len(roses))
    drivers = {each.name: each for each in found.drivers}
    assert "product Roses" not in drivers
    others = len(vase - roses)
    assert drivers["product Vase"].effect == compare_shares(
        len(roses & vase), len(roses), others, 60 - len(roses)
    )
    with pytest.raises(UsageError, match="no product and no day is named “tea”"):
        build_drivers(store, SCOPE, "bought:tea")
    assert build_drivers(store, SCOPE, "bought:2026").target.words == "contacts of bought:2026"


def test_small_groups_are_not_compared(store, shop):
    found = build_drivers(store, SCOPE, "id:1,2,3")
    assert (found.drivers, found.reason) == (
        (),
        "no comparison: both groups need at least 10 contacts; so far: contacts of id:1,2,3 3, "
        "other contacts 57",
    )
    node = contact_query.parse(store, "tag:nope")
    empty = build_drivers(store, Scope("EUR", TODAY, where=node), "lapsed")
    assert (empty.size, empty.other_size) == (0, 0)
    with pytest.raises(UsageError, match="no target given"):
        build_drivers(store, SCOPE, " ")


def test_rare_properties_are_left_out(store, shop):
    target = parse_target(store, SCOPE, "source:fair")
    assert all(5 <= each.hits + each.other_hits <= 55
               for each in read_factors(store, SCOPE, target, 10).properties)  # fmt: skip


def test_chance_alone_is_seldom_significant():
    chance = random.Random(9)
    found = 0
    for _ in range(40):
        properties = tuple(
            Property("tag", f"t{at}", sum(chance.random() < 0.3 for _ in range(80)),
                     sum(chance.random() < 0.3 for _ in range(120)))
            for at in range(30)
        )  # fmt: skip
        found += any(each.is_significant for each in compare_factors(Factors(80, 120, properties)))
    assert found <= 5  # of 40, at 5 %


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("stage:lapsed", {"stage"}),
        ("-stage:customer", {"stage"}),
        ("value>10 or orders>3", {"revenue", "average order", "purchases"}),
        ("rfm:champions", {"revenue", "average order", "purchases", "days since the last order"}),
        ("last>60d", {"days since the last touch", "interactions", "channel"}),
        ("city:leeds", {"city", "region", "country"}),
        ("kind:org", {"kind", "gender", "age", "works at an organization"}),
        ("has:email", {"has an email address"}),
        ("seats>3", {"Seats"}),
        ("segment:quiet", {"stage", "days since the last touch"}),
        ("@quiet", {"stage", "days since the last touch"}),
    ],
)
def test_a_target_is_not_compared_by_what_it_decides(store, shop, query, names):
    segments.save(store, "quiet", "stage:customer last>60d")
    decided = parse_target(store, SCOPE, query).decided
    assert {name for name in names if decided.includes(name)} == names
    assert not decided.includes("source", "fair")
    assert not decided.includes("has opted out")


def test_lapsed_customers_are_not_compared_by_their_stage(store, shop):
    for contact_id, is_fair, _ in shop[1]:
        stage = "lapsed" if is_fair else "customer"
        update.edit(store, [contact_id], update.Edit((("stage", stage),)))
    names = {each.name for each in build_drivers(store, SCOPE, "lapsed").drivers}
    assert "source fair" in names
    assert not {"stage lapsed", "stage customer", "days since the last order"} & names
    assert "stage customer" in {
        each.name for each in build_drivers(store, SCOPE, "tag:vip").drivers
    }


def test_a_difference_is_shown_once(store, shop):
    # Each contact is from the fair or referred, and Roses are the only flowers.
    with store.transaction("test"):
        store.insert("product", name="Roses", name_key="roses", category="Flowers", currency="EUR")
        for contact_id, _, who in shop[1]:
            if who % 3 == 0:
                sale = store.value("SELECT min(id) FROM sale WHERE contact_id = :id", id=contact_id)
                store.insert("sale_line", sale_id=sale, product_id=1, quantity=1000,
                             price=10, amount=10)  # fmt: skip
    found = {each.name: each for each in build_drivers(store, SCOPE, "lapsed").drivers}
    assert "source fair" in found
    assert found["source fair"].effect.size > 0
    assert "source referral" not in found
    assert "product Roses" in found
    assert "category Flowers" not in found
