"""A name belongs to one product, and a sold product is never lost."""

import pytest

from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import Money, UnitPrice
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import products, sales
from cardcrm.records.sales.product_type import PRODUCT
from cardcrm.store import Locale


@pytest.fixture
def locale():
    return Locale("GB", "EUR")


def euro(minor):
    return Money(minor, "EUR")


def edit(store, which, **texts):
    product_id = records.find(store, "product", which).id
    records.edit(store, PRODUCT, [product_id], texts)
    return records.get(store, PRODUCT, product_id).values


def test_a_product_is_found_by_name_in_any_writing_and_by_article_number(store):
    made = products.add(store, "Rosé  bouquet", sku="RB1", price=euro(2450), cost=euro(980))
    assert products.find(store, "rose BOUQUET") == products.find(store, "RB1") == made
    assert made.name == "Rosé bouquet"
    assert products.find(store, "") is None


def test_offers_begin_with_the_text_then_have_a_word_that_does_then_hold_it(store):
    for name in ("Primrose", "Wild rose", "Rosé bouquet", "Tulip"):
        products.add(store, name, sku="RO7" if name == "Tulip" else "")
    products.add(store, "Rose 1999")
    edit(store, "Rose 1999", retired="yes")

    def names(text, limit=6):
        return [each.name for each in products.suggest(store, text, limit)]

    assert names("ROSE") == ["Rosé bouquet", "Wild rose", "Primrose"]
    assert names("ro", 2) == ["Rosé bouquet", "Wild rose"]
    assert names("ro7") == ["Tulip"]
    assert names("") == names("%") == names("_o") == []


@pytest.mark.parametrize(("name", "sku"), [("ROSE", ""), ("Tulip", "R1"), ("X", "Rose")])
def test_names_and_article_numbers_are_taken_once(store, name, sku):
    products.add(store, "Rose", sku="R1")
    with pytest.raises(ConflictError):
        products.add(store, name, sku=sku)


def test_price_and_cost_are_in_one_currency_also_after_an_edit(store):
    with pytest.raises(UsageError, match="USD"):
        products.add(store, "Rose", price=euro(100), cost=Money(50, "USD"))
    products.add(store, "Rose", price=euro(100), cost=euro(40))
    with pytest.raises(UsageError):
        edit(store, "Rose", price="1.20 USD")
    assert edit(store, "Rose", cost="0")["cost"] == UnitPrice(0, "EUR")
    assert edit(store, "Rose", price="1.20 USD", cost="1 USD")["price"] == UnitPrice(
        1_200_000, "USD"
    )
    assert edit(store, "Rose", price="", cost="")["price"] is None


def test_renaming_keeps_the_names_apart(store):
    products.add(store, "Rose")
    products.add(store, "Tulip")
    assert edit(store, "rose", name="Roses", sku="R")["name"] == "Roses"
    assert edit(store, "roses", name="ROSES")["name"] == "ROSES"
    with pytest.raises(ConflictError):
        edit(store, "roses", name="tulip")
    with pytest.raises(ConflictError):
        edit(store, "tulip", sku="R")


def test_what_was_sold_is_retired_not_removed(store):
    card = contacts.add(store, ContactDraft("Jane Doe"))
    products.add(store, "Rose", price=euro(100))
    products.add(store, "Vase")
    sales.sell(store, card.id, None, lines=[sales.LineDraft("rose")])
    with pytest.raises(ConflictError, match="used in sale 1"):
        records.remove(store, PRODUCT, [records.find(store, "product", "rose").id])
    edit(store, "rose", retired="yes")
    records.remove(store, PRODUCT, [records.find(store, "product", "vase").id])
    assert products.list_products(store, retired=False) == []
    assert [each.name for each in products.list_products(store)] == ["Rose"]


def test_an_unknown_product_brings_the_nearest_names(store):
    products.add(store, "Rose bouquet")
    with pytest.raises(NotFoundError) as caught:
        products.get(store, "rose boquet")
    assert caught.value.near == ("Rose bouquet",)


def test_article_numbers_match_in_any_case_and_are_not_given_twice(store):
    rose = products.add(store, "Rose", sku="RB-1ä")
    products.add(store, "Vase")
    assert [products.find(store, word) for word in ("rb-1Ä", "RB-1ä", "rb-1")] == [rose, rose, None]
    with pytest.raises(ConflictError, match="Rose"):
        products.add(store, "Tulip", sku="rb-1Ä")
    with pytest.raises(ConflictError, match="Rose"):
        edit(store, "Vase", sku="Rb-1ä")
    assert edit(store, "RB-1ä", sku="rb-1ä")["sku"] == "rb-1ä"


def test_of_two_old_products_with_one_article_number_the_first_is_meant(store):
    first = products.add(store, "Rose", sku="R1")
    with store.transaction():
        store.insert("product", name="Tulip", name_key="tulip", sku="r1")
    assert products.find(store, "r1") == first
    with pytest.raises(ConflictError, match="Tulip"):
        edit(store, "Rose", sku="R1 ")
    assert edit(store, "Tulip", sku="T1")["sku"] == "T1"
