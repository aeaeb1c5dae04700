"""A deal in one line: title, contact, amount and fields, in any order that people type."""

import pytest

from cardcrm.errors import AmbiguousError, NotFoundError, UsageError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals import deals, quick_entry, stored_deals
from cardcrm.store import Locale


@pytest.fixture
def locale():
    return Locale("GB", "GBP")


@pytest.fixture(autouse=True)
def people(store):
    for name in ("Acme Ltd", "Jane Doe", "Jane Roe", "Studio 54"):
        kind = "org" if name in ("Acme Ltd", "Studio 54") else "person"
        contacts.add(store, ContactDraft(name, kind=kind))


@pytest.mark.parametrize(
    ("line", "title", "contact", "texts"),
    [
        ("roof for acme 12000 close:2026-12-15", "roof", "Acme Ltd",
         {"amount": "12000", "close": "2026-12-15"}),
        ("roof for acme", "roof", "Acme Ltd", {"amount": ""}),
        ("close:fri roof for acme ltd 1,200.50", "roof", "Acme Ltd",
         {"amount": "1,200.50", "close": "fri"}),
        ("roof for acme 500 EUR", "roof", "Acme Ltd", {"amount": "500 EUR"}),
        ("roof for acme €500", "roof", "Acme Ltd", {"amount": "€500"}),
        ("tables for two for acme 90", "tables for two", "Acme Ltd", {"amount": "90"}),
        ("roof for acme for rent 10", "roof for acme for rent", "", {}),
        ("gig for studio 54", "gig", "Studio 54", {"amount": ""}),
        ("gig for studio 54 900", "gig", "Studio 54", {"amount": "900"}),
        ('visit FOR "jane doe" 5 stage:"ready to close"', "visit", "Jane Doe",
         {"amount": "5", "stage": "ready to close"}),
        ("roof for acme 12000 60% dec >proposal @ann", "roof", "Acme Ltd",
         {"amount": "12000", "close": "dec", "own_probability": "60%", "stage": "proposal",
          "owner": "ann"}),
        ('roof for acme 500 EUR 15 dec >"ready to close"', "roof", "Acme Ltd",
         {"amount": "500 EUR", "close": "15 dec", "stage": "ready to close"}),
        ("gig for studio 54 900 in two weeks", "gig", "Studio 54",
         {"amount": "900", "close": "in two weeks"}),
        ("20% more @home for acme 5 fri close:sat", "20% more @home", "Acme Ltd",
         {"amount": "5", "close": "sat"}),
        ("2 x roof for jane doe 7 Probability:65% owner:bo source:fair", "2 x roof", "Jane Doe",
         {"amount": "7", "own_probability": "65%", "owner": "bo", "source": "fair"}),
    ],
)  # fmt: skip
def test_line_is_a_deal(store, line, title, contact, texts):
    if not contact:
        with pytest.raises(NotFoundError):
            quick_entry.parse(store, line)
        return
    found = quick_entry.parse(store, line)
    assert (found.texts["title"], found.contact.name) == (title, contact)
    assert {key: found.texts[key] for key in texts} == texts
    assert found.texts["contact"] == f"#{found.contact.id}"


@pytest.mark.parametrize(
    ("line", "error", "words"),
    [
        ("roof", UsageError, "no contact given"),
        ("", UsageError, "no contact given"),
        ("roof for zachary here 12", NotFoundError, "no contact matches"),
        ("roof for jane 12", AmbiguousError, "jane"),
        ("roof for acme color:red", UsageError, "unknown field “color”"),
        ("roof for acme clsoe:fri", UsageError, "unknown field “clsoe”"),
    ],
)
def test_line_that_is_no_deal_says_why(store, line, error, words):
    with pytest.raises(error) as raised:
        quick_entry.parse(store, line)
    assert words in raised.value.message


def test_the_probability_of_a_line_is_that_of_the_deal(store):
    texts = quick_entry.parse(store, "Roof for acme 7 probability:65%").texts
    deal_id = deals.add(store, texts).record.id
    assert stored_deals.get(store, deal_id).probability == 65_000
