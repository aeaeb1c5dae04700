"""Custom fields of money are exact to the minor unit, in every currency and at any size."""

from collections.abc import Callable

import pytest

from cardcrm.records.contacts import contacts, custom_fields, writer
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.store import Store

MOST = 10**15  # minor units, as for any other money
CASES = [
    (currency, decimals, minor)
    for currency, decimals in (("JPY", 0), ("GBP", 2), ("KWD", 3))
    for minor in (10, 20, 30, 1005, 99_999_999_999_997, MOST - 2, -30)
]


def write(minor: int, decimals: int, currency: str) -> str:
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).rjust(decimals + 1, "0")
    at = len(digits) - decimals
    return f"{sign}{digits[:at]}{'.' if decimals else ''}{digits[at:]} {currency}"


@pytest.fixture
def put(store: Store) -> Callable[..., None]:
    """Give contacts, by their ids, amounts in the field budget."""
    custom_fields.add(store, "budget", "money")

    def stored(*texts: str) -> None:
        for number, text in enumerate(texts):
            added = contacts.add(store, ContactDraft(f"Person {number}"))
            with store.transaction():
                writer.set_custom_field(store, added.id, "budget", text)

    return stored


def find(store: Store, query: str) -> list[int]:
    return sorted(columns.find_ids(store, contact_query.parse(store, query)))


@pytest.mark.parametrize(("currency", "decimals", "minor"), CASES)
def test_neighboring_amounts_are_told_apart(
    store: Store, put: Callable[..., None], currency: str, decimals: int, minor: int
) -> None:
    texts = [write(each, decimals, currency) for each in range(minor - 1, minor + 2)]
    put(*texts)
    middle = f'"{texts[1]}"'
    assert find(store, f"budget={middle}") == [2]
    assert find(store, f"budget<{middle}") == [1]
    assert find(store, f"budget>{middle}") == [3]
    assert find(store, f"budget<={middle}") == [1, 2]
    stored = [value.text for each in (1, 2, 3) for value in custom_fields.values_of(store, each)]
    assert [text.replace(",", "") for text in stored] == texts


def test_tenths_compare_as_they_are_written(store: Store, put: Callable[..., None]) -> None:
    put("0.1 GBP", "0.2 GBP", "0.3 GBP", "0.30 EUR", "0.300 KWD")
    assert find(store, 'budget="0.3 GBP"') == [3]
    assert find(store, "budget>=0.3") == [3]
    assert find(store, "budget<0.3") == [1, 2]
    assert find(store, 'budget="0.3 KWD"') == [5]
