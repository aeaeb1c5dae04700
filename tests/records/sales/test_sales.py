"""Lines add up to the amount, refunds are negative, and entering a sale twice is harmless."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import Money, compute_percent
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import products, sales
from cardcrm.records.sales.sale_type import SALE
from cardcrm.records.sales.sales import LineDraft, parse_line
from cardcrm.store import Locale


@pytest.fixture
def locale():
    return Locale("GB", "EUR")


@pytest.fixture
def jane(store):
    return contacts.add(store, ContactDraft("Jane Doe")).id


def euro(minor):
    return Money(minor, "EUR")


def kept(store):
    return [
        tuple(row)
        for row in store.rows(
            "SELECT currency, revenue, margin, orders, first_on, last_on FROM contact_value "
            "ORDER BY currency"
        )
    ]


def test_the_catalogue_prices_a_line_and_its_cost(store, jane):
    products.add(store, "Rose bouquet", price=euro(2450), cost=euro(980))
    sale, new = sales.sell(
        store, jane, None, lines=[LineDraft("rose bouquet", 2000, discount=10_000)]
    )
    assert new
    assert (sale.amount, sale.cost, sale.text) == (euro(4410), euro(1960), "Rose bouquet")
    assert sale.on_date == "2026-11-21"


def test_a_whole_amount_is_shared_out_over_the_one_line(store, jane):
    sale, _ = sales.sell(store, jane, euro(1000), cost=euro(600), lines=[LineDraft("Tulip", 3000)])
    [line] = sales.lines_of(store, sale.id)
    assert (line.price, line.cost, line.amount) == (euro(333), euro(200), euro(1000))


def test_lines_that_do_not_come_to_the_amount_are_refused(store, jane):
    lines = [LineDraft("Rose", 2000, euro(100)), LineDraft("Vase", 1000, euro(900))]
    assert sales.sell(store, jane, euro(1100), lines=lines)[0].amount == euro(1100)
    with pytest.raises(UsageError, match=r"11\.00 EUR, not to 10\.00 EUR"):
        sales.sell(store, jane, euro(1000), lines=lines)


def test_a_refund_takes_back_money_goods_and_cost(store, jane):
    products.add(store, "Rose", price=euro(100), cost=euro(40))
    sales.sell(store, jane, None, lines=[LineDraft("Rose", 5000)])
    refund, _ = sales.sell(store, jane, None, lines=[LineDraft("Rose", 2000)], refund=True)
    [line] = sales.lines_of(store, refund.id)
    assert (refund.amount, refund.cost) == (euro(-200), euro(-80))
    assert (line.quantity, line.amount) == (-2000, euro(-200))
    assert kept(store) == [("EUR", 300, 180, 1, "2026-11-21", "2026-11-21")]


def test_a_negative_amount_is_a_refund_and_stays_one_when_called_so(store, jane):
    for refund in (False, True):
        sale, _ = sales.sell(store, jane, euro(-500), cost=euro(200), refund=refund)
        assert (sale.amount, sale.cost) == (euro(-500), euro(-200))


def test_a_refund_is_no_order_and_no_last_sale_and_leaves_the_margin_known(store, jane):
    sales.sell(store, jane, euro(1000), cost=euro(400), when=DayTime(dt.date(2026, 1, 5)))
    sales.sell(store, jane, euro(-100))
    assert kept(store) == [("EUR", 900, 500, 1, "2026-01-05", "2026-01-05")]


def test_unlike_currencies_are_never_mixed(store, jane):
    products.add(store, "Rose", price=Money(100, "USD"), cost=Money(40, "USD"))
    with pytest.raises(UsageError, match="different currencies"):
        sales.sell(store, jane, None, lines=[LineDraft("Rose"), LineDraft("Vase", price=euro(5))])
    with pytest.raises(UsageError, match="USD"):
        sales.sell(store, jane, euro(100), cost=Money(40, "USD"))
    sale, _ = sales.sell(store, jane, euro(90), lines=[LineDraft("Rose")])
    assert (sale.amount, sale.cost) == (euro(90), None)  # the cost is known in dollars only
    sales.sell(store, jane, None, lines=[LineDraft("Rose")])
    assert [row[0] for row in kept(store)] == ["EUR", "USD"]


def test_the_same_reference_again_changes_nothing(store, jane):
    first, new = sales.sell(store, jane, euro(100), ref="INV-1")
    again, fresh = sales.sell(store, jane, euro(100), ref=" INV-1 ")
    assert (again, new, fresh) == (first, True, False)
    with pytest.raises(ConflictError, match="INV-1"):
        sales.sell(store, jane, euro(101), ref="INV-1")
    assert len(sales.of_contact(store, jane)) == 1


def test_who_buys_becomes_a_customer_but_not_by_a_refund(store, jane):
    sales.sell(store, jane, euro(-100))
    assert contacts.get(store, jane).stage == "lead"
    sales.sell(store, jane, euro(100))
    assert contacts.get(store, jane).stage == "customer"


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (None, {}),
        (None, {"lines": [LineDraft("Nothing known")]}),
        (euro(1), {"lines": [LineDraft("Rose", discount=5000)]}),
        (None, {"lines": [LineDraft("Rose", 0, euro(5))]}),
        (None, {"lines": [LineDraft("Rose", 1000, euro(-5))]}),
        (None, {"lines": [LineDraft(" ", 1000, euro(5))]}),
        (None, {"lines": [LineDraft("Rose", 10**12, euro(10**15))]}),
        (euro(1), {"cost": euro(-1)}),
        (euro(1), {"when": DayTime(dt.date(2026, 11, 22))}),
    ],
)
def test_what_makes_no_sense_leaves_no_trace(store, jane, amount, told):
    before = store.changes_made
    with pytest.raises((UsageError, NotFoundError)):
        sales.sell(store, jane, amount, **told)
    assert store.changes_made == before


def test_removing_takes_the_lines_and_sums_along_or_nothing_at_all(store, jane):
    sale, _ = sales.sell(store, jane, None, lines=[LineDraft("Rose", price=euro(5))])
    with pytest.raises(NotFoundError):
        records.remove(store, SALE, [sale.id, 99])
    assert len(kept(store)) == 1
    records.remove(store, SALE, [sale.id, sale.id])
    assert kept(store) == []
    assert store.value("SELECT count(*) FROM sale_line") == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("2 x Rose bouquet @ 24.50 -10%", LineDraft("Rose bouquet", 2000, euro(2450), None, 10000)),
        ("Vase", LineDraft("Vase")),
        ("0,5x Ribbon @ $3", LineDraft("Ribbon", 500, Money(300, "USD"))),
        ("3 × 5 x 7 frame", LineDraft("5 x 7 frame", 3000)),
        ("Mixer X2 -5 %", LineDraft("Mixer X2", discount=5000)),
        ("Lily-white @9", LineDraft("Lily-white", price=euro(900))),
    ],
)
def test_lines_are_read_as_they_are_said(text, line):
    assert parse_line(text, "EUR") == line


@pytest.mark.parametrize(
    "text", ["", "2 x", "2 x @ 5", "Rose @", "Rose @ five", "0 x Rose", "Rose -101%"]
)
def test_a_line_that_is_none_is_refused(text):
    with pytest.raises(UsageError):
        parse_line(text, "EUR")


LINE = st.tuples(st.integers(1, 10_000), st.integers(0, 10**6), st.integers(0, 100_000))


@settings(max_examples=40)
@given(st.lists(LINE, min_size=1, max_size=4), st.booleans())
def test_the_kept_lines_always_come_to_the_amount(temporary_store, told, refund):
    with temporary_store() as store:
        card = contacts.add(store, ContactDraft("Jane Doe")).id
        lines = [
            LineDraft(f"P{n}", quantity, euro(price), discount=discount)
            for n, (quantity, price, discount) in enumerate(told)
        ]
        sale, _ = sales.sell(store, card, None, lines=lines, refund=refund)
        amounts = [line.amount.minor for line in sales.lines_of(store, sale.id)]
        assert sum(amounts) == sale.amount.minor
        gross = [(2 * price * quantity + 1000) // 2000 for quantity, price, _ in told]
        net = [g - compute_percent(g, line.discount) for g, line in zip(gross, lines, strict=True)]
        assert sale.amount.minor == (-1 if refund else 1) * sum(net)
