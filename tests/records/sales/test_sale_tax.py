"""Taxes of sales: contained in the amount, by line, and unknown where no rate is known."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records import record_diff, records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import products, sales
from cardcrm.records.sales.sale_lines import LineDraft, compute_tax
from cardcrm.records.sales.sale_type import SALE
from cardcrm.store import Locale, journal


@pytest.fixture
def locale():
    return Locale("GB", "GBP")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


@pytest.fixture
def jane(store) -> int:
    """A customer, and a catalog: roses at 20 %, bread at 0 %, vases of unknown tax."""
    products.add(store, "Rose", price=pounds(1200), tax_rate=20_000, category="Bouquets")
    products.add(store, "Bread", price=pounds(333), tax_rate=0)
    products.add(store, "Vase", price=pounds(700))
    return contacts.add(store, ContactDraft("Jane Doe")).id


def taxes(store, sale_id: int) -> tuple:
    """Return the tax and the rate of a sale, and those of its lines."""
    sale = sales.get(store, sale_id)
    lines = sales.lines_of(store, sale_id)
    return (
        sale.tax and sale.tax.minor,
        sale.tax_rate,
        [(line.tax and line.tax.minor, line.tax_rate) for line in lines],
    )


@pytest.mark.no_database
@given(st.integers(-(10**9), 10**9), st.integers(0, 100_000))
def test_tax_is_contained_in_the_amount_and_rounded_once(minor, rate):
    exact = Decimal(minor) * rate / (100_000 + rate)
    expected = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert compute_tax(pounds(minor), rate) == pounds(expected)
    assert compute_tax(pounds(minor), None) is None
    assert compute_tax(pounds(-minor), rate) == pounds(-expected)


@pytest.mark.parametrize(
    ("amount", "lines", "rate", "expected"),
    [
        (2400, (), 20_000, (400, 20_000, [])),
        (2400, (), None, (None, None, [])),
        (2400, (), 0, (0, 0, [])),
        (-2400, (), 20_000, (-400, 20_000, [])),
        (None, ("Rose", "Rose"), None, (400, 20_000, [(200, 20_000), (200, 20_000)])),
        (None, ("Rose", "Bread"), None, (200, None, [(200, 20_000), (0, 0)])),
        (None, ("Rose", "Vase"), None, (None, None, [(200, 20_000), (None, None)])),
        (None, ("Rose", "Vase"), 5_000, (90, 5_000, [(57, 5_000), (33, 5_000)])),
        (1000, ("Rose",), None, (167, 20_000, [(167, 20_000)])),
    ],
)
def test_tax_follows_the_option_or_the_products(store, jane, amount, lines, rate, expected):
    drafts = [LineDraft(name) for name in lines]
    money = None if amount is None else pounds(amount)
    sale, _ = sales.sell(store, jane, money, lines=drafts, tax_rate=rate, channel=" web ")
    assert taxes(store, sale.id) == expected
    assert sales.get(store, sale.id) == sale
    assert sale.channel == "web"


def edited(store, jane, **changes):
    """Return the taxes of a sale of 24.00 at 20 % without lines after a change."""
    sale, _ = sales.sell(store, jane, pounds(2400), tax_rate=20_000)
    sales.edit(store, sale.id, **changes)
    return taxes(store, sale.id)


def test_an_edit_keeps_tax_and_amount_consistent(store, jane):
    assert edited(store, jane, amount=pounds(1200)) == (200, 20_000, [])
    assert edited(store, jane, cost=pounds(300)) == (400, 20_000, [])
    assert edited(store, jane, tax_rate=0) == (0, 0, [])
    assert edited(store, jane, refund=True) == (-400, 20_000, [])
    assert edited(store, jane, lines=[LineDraft("Vase"), LineDraft("Bread")])[:2] == (117, None)
    sale, _ = sales.sell(store, jane, None, lines=[LineDraft("Rose"), LineDraft("Vase")])
    products_before = taxes(store, sale.id)
    store.engine.execute("UPDATE product SET tax_rate = 7000 WHERE name = 'Vase'", {})
    sales.edit(store, sale.id, cost=pounds(300))
    assert taxes(store, sale.id) == products_before  # unknown stays unknown


def by_fields(store, sale_id: int, **texts: str) -> tuple:
    records.edit(store, SALE, [sale_id], texts)
    return taxes(store, sale_id)


def test_fields_of_a_sale_state_rate_or_tax(store, jane):
    plain, _ = sales.sell(store, jane, pounds(2400))
    assert by_fields(store, plain.id, tax_rate="20%") == (400, 20_000, [])
    assert by_fields(store, plain.id, amount="12.00 GBP") == (200, 20_000, [])
    assert by_fields(store, plain.id, tax="1.50") == (150, None, [])
    assert by_fields(store, plain.id, amount="13.00 GBP") == (None, None, [])
    assert by_fields(store, plain.id, tax_rate="5") == (62, 5_000, [])
    assert by_fields(store, plain.id, tax_rate="") == (None, None, [])
    lined, _ = sales.sell(store, jane, None, lines=[LineDraft("Rose"), LineDraft("Bread")])
    assert by_fields(store, lined.id, tax_rate="20%") == (
        256,
        20_000,
        [(200, 20_000), (56, 20_000)],
    )
    assert by_fields(store, lined.id, tax="2.00") == (200, None, [(None, None), (None, None)])
    with pytest.raises(UsageError, match="the tax is larger than the amount"):
        by_fields(store, lined.id, tax="99")
    journal.undo(store)
    assert taxes(store, lined.id)[0] == 256


def test_the_form_keeps_the_tax_of_a_line_whose_price_changes(store, jane):
    sale, _ = sales.sell(store, jane, None, lines=[LineDraft("Vase")], tax_rate=5_000)
    before = record_diff.sale_texts(store, sale)
    assert (before["channel"], before["tax_rate"]) == ("", "5%")
    after = before | {"lines": "Vase @ 8.40", "channel": "phone"}
    record_diff.revise_sale(store, sale.id, before, after)
    assert taxes(store, sale.id) == (40, 5_000, [(40, 5_000)])
    assert sales.get(store, sale.id).channel == "phone"
    seen = record_diff.sale_texts(store, sales.get(store, sale.id))
    record_diff.revise_sale(store, sale.id, seen, seen | {"tax_rate": ""})
    assert taxes(store, sale.id) == (None, None, [(None, None)])


def test_undo_brings_back_the_tax(store, jane):
    sale, _ = sales.sell(store, jane, None, lines=[LineDraft("Rose")], channel="web")
    sales.edit(store, sale.id, tax_rate=5_000, channel="shop")
    assert (taxes(store, sale.id)[1], sales.get(store, sale.id).channel) == (5_000, "shop")
    journal.undo(store)
    assert taxes(store, sale.id) == (200, 20_000, [(200, 20_000)])
    assert sales.get(store, sale.id).channel == "web"


def test_a_query_finds_sales_by_channel_and_rate(store, jane):
    for channel, rate in (("Web", 20_000), ("Märkte", None), ("", 0)):
        sales.sell(store, jane, pounds(100), channel=channel, tax_rate=rate)

    def found(query: str) -> list[int]:
        from cardcrm.records.query_sql import record_query

        return record_query.ids(store, SALE, record_query.parse(SALE, query))

    assert found("channel:web") == [1]
    assert found("channel:marktE") == [2]
    assert found("channel:none") == [3]
    assert found("tax_rate:20%") == [1]
    assert found("tax_rate<5") == [3]
    assert found("tax_rate:none") == [2]
    assert found("tax:0.17") == [1]
