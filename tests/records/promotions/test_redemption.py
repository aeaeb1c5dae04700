"""Codes that sales redeem: their discount, their days and their limits."""

import contextlib
import datetime as dt
import threading

import pytest

from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import Money, UnitPrice
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.promotions.promotion_type import PROMOTION
from cardcrm.records.sales import products, sales
from cardcrm.records.sales.sale_lines import LineDraft
from cardcrm.records.sales.sale_type import SALE
from cardcrm.store import open_store

pytestmark = pytest.mark.engines("sqlite", "postgresql")
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def store(empty_store):
    for name in ("Jane", "Bob"):
        contacts.add(empty_store, ContactDraft(name))
    products.add(empty_store, "Rose", price=Money(2500, "GBP"), cost=Money(1000, "GBP"))
    return empty_store


def add(store, code="SPRING10", **texts):
    return records.add(store, PROMOTION, {"code": code, "discount": "10%", **texts}).id


def pounds(minor):
    return Money(minor, "GBP")


def sell(store, who=1, amount=None, lines=(), **options):
    paid = None if amount is None else pounds(amount)
    return sales.sell(store, who, paid, lines=lines, code="spring10", **options)[0]


def lines_of(store, sale):
    return [
        (each.price.parts, each.discount, each.amount.minor)
        for each in sales.lines_of(store, sale.id)
    ]


def promotion_of(store, sale_id):
    return records.get(store, SALE, sale_id).values["promotion"]


@pytest.mark.parametrize("code", ["spring 10", "a_b", "-x", "10%", "x" * 61, "é!"])
def test_a_code_has_letters_digits_and_dashes(store, code):
    with pytest.raises(UsageError, match="invalid code"):
        add(store, code)


def test_capitals_make_no_other_code(store):
    add(store, "Frühling-10")
    with pytest.raises(ConflictError, match="already exists"):
        add(store, "FRÜHLING-10")
    with pytest.raises(NotFoundError) as caught:
        sales.sell(store, 1, pounds(5), code="fruhling-10")
    assert list(caught.value.near) == ["FRÜHLING-10"]


def test_the_discount_is_taken_off_lines_without_one_of_their_own(store):
    add(store)
    drafts = [
        LineDraft("Rose", 2000),
        LineDraft("Rose", discount=20_000),
        LineDraft("Vase", price=pounds(999)),
    ]
    sale = sell(store, lines=drafts)
    assert lines_of(store, sale) == [
        (25_000_000, 10_000, 4500), (25_000_000, 20_000, 2000), (9_990_000, 10_000, 899),
    ]  # fmt: skip
    assert sale.amount == pounds(4500 + 2000 + 899)
    assert promotion_of(store, sale.id) == "SPRING10"


def test_a_plain_amount_is_what_was_paid(store):
    add(store)
    assert sell(store, amount=4500).amount == pounds(4500)


@pytest.mark.parametrize(
    ("paid", "quantity", "price"), [(4500, 2000, 25_000_000), (1000, 3000, 3_703_704), (0, 1000, 0)]
)
def test_a_line_whose_total_was_paid_has_the_price_before_the_discount(
    store, paid, quantity, price
):
    add(store)
    sale = sell(store, amount=paid, lines=[LineDraft("Vase", quantity)])
    assert sale.amount == pounds(paid)
    assert lines_of(store, sale) == [(price, 10_000, paid)]


@pytest.mark.parametrize("discount", ["0", "100%"])
def test_a_total_stays_without_a_discount_or_a_price(store, discount):
    add(store, discount=discount)
    sale = sell(store, amount=4500, lines=[LineDraft("Vase", 2000)])
    assert lines_of(store, sale) == [(22_500_000, 0, 4500)]


def test_a_price_too_large_to_be_stored_leaves_the_total(store):
    add(store, discount="99.999%")
    sale = sell(store, amount=10**15, lines=[LineDraft("Vase")])
    assert lines_of(store, sale) == [(10**19, 0, 10**15)]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"from": "2026-12-01"}, "SPRING10 is valid from 2026-12-01, and the sale is of"),
        ({"until": "2026-11-20"}, "SPRING10 was valid until 2026-11-20, and the sale is of"),
    ],
)
def test_a_code_is_valid_on_its_days(store, texts, message):
    add(store, **texts)
    with pytest.raises(UsageError, match=message):
        sell(store, amount=100)
    assert store.value("SELECT count(*) FROM sale") == 0


def test_the_first_and_last_day_count(store):
    add(store, **{"from": "2026-11-01", "until": "2026-11-20"})
    for day in (1, 20):
        sell(store, amount=100, when=DayTime(dt.date(2026, 11, day)))
    assert store.value("SELECT count(promotion_id) FROM sale") == 2


def test_a_limit_holds_for_all_and_for_a_customer(store):
    add(store, max_uses="3", per_customer="2")
    sell(store, 1, 100)
    sell(store, 1, 100)
    with pytest.raises(ConflictError, match="the customer has redeemed SPRING10 already, 2 times"):
        sell(store, 1, 100)
    sell(store, 2, 100)
    with pytest.raises(ConflictError, match="SPRING10 is used up: it was redeemed 3 times"):
        sell(store, 2, 100)


def test_the_last_use_is_redeemed_once_by_two_users(store, location, locale):
    add(store, max_uses="1")
    start, results = threading.Barrier(2), []

    def redeem(who):
        with contextlib.closing(open_store(location, locale=locale)) as own:
            start.wait()
            try:
                results.append(sell(own, who, 100).id)
            except ConflictError as error:
                results.append(error.message)

    threads = [threading.Thread(target=redeem, args=(who,)) for who in (1, 2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert store.value("SELECT count(promotion_id) FROM sale") == 1
    assert "SPRING10 is used up: it was redeemed 1 time" in results


def test_a_refund_redeems_nothing(store):
    add(store)
    with pytest.raises(UsageError, match="a refund cannot redeem a code"):
        sell(store, amount=-100)
    sale = sell(store, amount=100)
    with pytest.raises(UsageError, match="a refund cannot redeem a code"):
        sales.edit(store, sale.id, amount=pounds(-100))
    sales.edit(store, sale.id, amount=pounds(-100), code="")
    assert promotion_of(store, sale.id) is None


def test_an_edited_sale_is_checked_for_what_changes(store):
    number = add(store, until="2026-11-30", max_uses="1")
    sale = sell(store, amount=100)
    records.edit(store, PROMOTION, [number], {"until": "2026-11-10"})
    sales.edit(store, sale.id, amount=pounds(200), text="roses")
    with pytest.raises(UsageError, match="was valid until 2026-11-10"):
        records.edit(store, SALE, [sale.id], {"on": "2026-11-20"})
    records.edit(store, SALE, [sale.id], {"on": "2026-11-09"})
    assert records.get(store, SALE, sale.id).columns["on_date"] == "2026-11-09"


def test_a_code_that_is_added_later_leaves_the_lines_but_new_ones(store):
    add(store)
    sale, _ = sales.sell(store, 1, None, lines=[LineDraft("Rose")])
    records.edit(store, SALE, [sale.id], {"promotion": "spring10"})
    assert lines_of(store, sale) == [(25_000_000, 0, 2500)]
    sales.edit(store, sale.id, lines=[LineDraft("Rose", 2000)], code="spring10")
    assert lines_of(store, sale) == [(25_000_000, 10_000, 4500)]


def test_a_new_amount_keeps_the_discount_of_the_only_line(store):
    add(store)
    sale = sell(store, lines=[LineDraft("Rose", 2000)])
    sales.edit(store, sale.id, amount=pounds(3600))
    assert lines_of(store, sale) == [(20_000_000, 10_000, 3600)]


def test_what_was_redeemed_stays(store):
    number = add(store)
    sell(store, amount=100)
    with pytest.raises(ConflictError, match="SPRING10 has given its discount on 1 sale"):
        records.edit(store, PROMOTION, [number], {"discount": "20%"})
    with pytest.raises(ConflictError, match="is used in sale 1"):
        records.remove(store, PROMOTION, [number])
    records.edit(store, PROMOTION, [number], {"text": "for spring", "discount": "10%"})


def test_a_promotion_ends_after_it_begins(store):
    with pytest.raises(UsageError, match="ends before it begins"):
        add(store, **{"from": "2026-12-02", "until": "2026-12-01"})
    number = add(store, **{"from": "2026-12-02", "until": "2026-12-02"})
    with pytest.raises(UsageError, match="ends before it begins"):
        records.edit(store, PROMOTION, [number], {"from": "2026-12-03"})


def test_an_undone_sale_gives_its_use_back(store):
    from cardcrm.store import journal

    add(store, max_uses="1")
    sell(store, amount=100)
    journal.undo(store)
    assert sell(store, 2, 100).amount == pounds(100)


def test_the_price_before_the_discount_is_exact_to_a_part(store):
    add(store, discount="12.5%")
    sale = sell(store, amount=8750, lines=[LineDraft("Vase", 10_000)])
    (line,) = sales.lines_of(store, sale.id)
    assert line.price == UnitPrice(10_000_000, "GBP")
