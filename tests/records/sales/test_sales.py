"""Lines add up to the amount, refunds are negative, and entering a sale twice is harmless."""

import datetime as dt
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import Money, UnitPrice, parse_unit_price
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import products, sales
from cardcrm.records.sales.product_type import PRODUCT
from cardcrm.records.sales.sale_lines import compute_line
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


def price(text):
    return parse_unit_price(text, "EUR")


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
    assert (line.price, line.cost, line.amount) == (price("3.333333"), price("2"), euro(1000))


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
        (
            "2 x Rose bouquet @ 24.50 -10%",
            LineDraft("Rose bouquet", 2000, price("24.50"), None, 10000),
        ),
        ("Vase", LineDraft("Vase")),
        ("0,5x Ribbon @ $3", LineDraft("Ribbon", 500, UnitPrice(3000000, "USD"))),
        ("3 × 5 x 7 frame", LineDraft("5 x 7 frame", 3000)),
        ("Mixer X2 -5 %", LineDraft("Mixer X2", discount=5000)),
        ("Shirt -10% @ 20", LineDraft("Shirt", price=price("20"), discount=10000)),
        ("2 x Shirt − 12,5 % @ 20", LineDraft("Shirt", 2000, price("20"), None, 12500)),
        ("1000 x Screw @ 0.045", LineDraft("Screw", 1000000, price("0.045"))),
        ("1 000 x Screw @ 0,045", LineDraft("Screw", 1000000, price("0.045"))),
        ("100% wool scarf @ 20", LineDraft("100% wool scarf", price=price("20"))),
        ("Lily-white @9", LineDraft("Lily-white", price=price("9"))),
        (
            "2 x Shirt @ 20 -5% VAT 7,5 %",
            LineDraft("Shirt", 2000, price("20"), None, 5000, tax_rate=7500),
        ),
    ],
)
def test_lines_are_read_as_they_are_said(text, line):
    assert parse_line(text, "EUR") == line


@pytest.mark.parametrize(
    "text",
    ["", "2 x", "2 x @ 5", "Rose @", "Rose @ five", "0 x Rose", "Rose -101%", "2 Roses @ 5",
     "Rose -10% @ 20 -5%", "1,234 x Rose @ 5", "1.234 x Rose @ 5", "2 x Rose @ 1,234"],
)  # fmt: skip
def test_a_line_that_is_none_is_refused(text):
    with pytest.raises(UsageError):
        parse_line(text, "EUR")


@pytest.mark.parametrize(
    "text",
    ["Shirt 10% off @ 20", "Shirt less 10% @ 20", "-10% Shirt @ 20", "Shirt @ 20 @ 30",
     "Shirt x 2 @ 20", "Shirt x2 @ 20", "Shirt @ 20 10%"],
)  # fmt: skip
def test_a_discount_or_quantity_never_becomes_part_of_a_new_product(store, jane, text):
    with pytest.raises(UsageError) as caught:
        sales.sell(store, jane, euro(1800), lines=[parse_line(text, "EUR")])
    assert caught.value.hint
    assert products.list_products(store) == []


def test_a_product_may_be_named_with_a_percentage(store, jane):
    products.add(store, "Cream 30%", price=euro(1000))
    sale, _ = sales.sell(store, jane, None, lines=[parse_line("2 x Cream 30% -10%", "EUR")])
    assert sale.amount == euro(1800)


LINE = st.tuples(
    st.integers(1, 10_000_000), st.integers(0, 10**9), st.integers(0, 100_000), st.booleans()
)


def exact_amount(quantity, parts, discount):
    """Return the amount of a line in minor units: exact decimals, rounded once, halves up."""
    exact = Decimal(quantity) / 1000 * Decimal(parts) / 10_000 * (1 - Decimal(discount) / 100_000)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@settings(max_examples=3000, deadline=None)
@given(LINE)
def test_a_line_is_rounded_once_half_up(told):
    quantity, parts, discount, in_cents = told
    parts = parts // 10_000 * 10_000 if in_cents else parts
    amount = compute_line(UnitPrice(parts, "EUR"), quantity, discount)
    assert amount.minor == exact_amount(quantity, parts, discount)


@settings(max_examples=40)
@given(st.lists(LINE, min_size=1, max_size=4), st.booleans())
def test_the_stored_lines_always_add_up_to_the_amount(temporary_store, told, refund):
    with temporary_store() as store:
        card = contacts.add(store, ContactDraft("Jane Doe")).id
        lines = [
            LineDraft(f"P{n}", quantity, UnitPrice(parts, "EUR"), discount=discount)
            for n, (quantity, parts, discount, _) in enumerate(told)
        ]
        sale, _ = sales.sell(store, card, None, lines=lines, refund=refund)
        sign = -1 if refund else 1
        exact = [sign * exact_amount(*each[:3]) for each in told]
        assert [line.amount.minor for line in sales.lines_of(store, sale.id)] == exact
        assert sale.amount.minor == sum(exact)


def sold(store, jane, *lines, amount=None, cost=None):
    sale, _ = sales.sell(store, jane, amount, cost=cost, lines=lines)
    return sale.id


def test_a_unit_price_may_be_finer_than_a_cent(store, jane):
    products.add(store, "Screw", price=price("0.045"), cost=price("0.0125"))
    number = sold(store, jane, LineDraft("screw", 1_000_000))
    sale = sales.get(store, number)
    assert (sale.amount, sale.cost) == (euro(4500), euro(1250))
    [line] = sales.lines_of(store, number)
    assert (line.price, line.cost) == (price("0.045"), price("0.0125"))


CHANGES = [
    {"cost": Money(300, "EUR")},
    {"text": "for the shed"},
    {"ref": "R1"},
    {"when": DayTime(dt.date(2026, 1, 5))},
    {"amount": Money(1000, "EUR")},
    {"amount": Money(1000, "EUR"), "cost": Money(300, "EUR")},
]


@pytest.mark.parametrize("changes", CHANGES)
@pytest.mark.parametrize("quantity", [3000, 7000, 700_000, 7_000_000, 333])
def test_an_edit_changes_only_what_it_names(store, jane, changes, quantity):
    number = sold(store, jane, LineDraft("Bolt", quantity), amount=euro(1000), cost=euro(200))
    before, [line] = sales.get(store, number), sales.lines_of(store, number)
    sales.edit(store, number, **changes)
    after, [changed] = sales.get(store, number), sales.lines_of(store, number)
    wanted = {key: value for key, value in changes.items() if key != "when"}
    wanted |= {"on_date": "2026-01-05"} if "when" in changes else {}
    assert after == replace(before, **wanted)
    cost = changed.cost if "cost" in changes else line.cost
    assert changed == replace(line, cost=cost)


def test_a_cost_leaves_the_costs_of_several_lines_and_of_the_catalog(store, jane):
    products.add(store, "Nut", price=euro(10), cost=euro(4))
    number = sold(store, jane, LineDraft("Bolt", 3000), amount=euro(1000))
    products.add(store, "Washer", price=euro(5))
    two = sold(store, jane, LineDraft("Nut", 2000), LineDraft("Washer", 1000))
    lines = sales.lines_of(store, two)
    sales.edit(store, two, cost=euro(11))
    assert sales.lines_of(store, two) == lines
    bolt = products.get(store, "bolt")
    records.edit(store, PRODUCT, [bolt.id], {"cost": "1"})
    sales.edit(store, number, amount=euro(900))
    assert sales.get(store, number).cost is None


def test_a_refund_keeps_the_figures_of_the_sale(store, jane):
    number = sold(store, jane, LineDraft("Bolt", 3000), amount=euro(1000), cost=euro(200))
    sales.edit(store, number, refund=True)
    [line] = sales.lines_of(store, number)
    assert (line.quantity, line.amount, line.price) == (-3000, euro(-1000), price("3.333333"))
    assert sales.get(store, number).cost == euro(-200)


def test_one_value_of_the_only_line_changes_alone(store, jane):
    number = sold(store, jane, LineDraft("Bolt", 3000, price("0.045"), discount=10_000))
    sales.edit(store, number, lines=[sales.draft_line(store, number, product="Nut")])
    [line] = sales.lines_of(store, number)
    assert (line.product, line.quantity, line.discount) == ("Nut", 3000, 10_000)
    sales.edit(store, number, lines=[sales.draft_line(store, number, quantity=1_000_000)])
    assert sales.get(store, number).amount == euro(4050)
    sales.edit(store, number, lines=[sales.draft_line(store, number, discount=0)])
    assert sales.get(store, number).amount == euro(4500)
