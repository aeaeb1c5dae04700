"""Recalls: ranges of serial numbers, and the owners that they find."""

import pytest

from cardcrm.query import ALL
from cardcrm.records import records
from cardcrm.records.assets import maintenance
from cardcrm.records.assets.asset_type import ASSET
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.query_sql import record_query
from cardcrm.reports.service.recall import (
    SerialRange,
    find_recalled,
    group_by_owner,
    sort_key,
)


@pytest.mark.no_database
def test_numbers_in_serial_numbers_are_compared_as_numbers():
    found = sorted(["b1", "A10", "A9", "A9-2", "", "7", "A9-10", "10"], key=sort_key)
    assert found == ["", "7", "10", "A9", "A9-2", "A9-10", "A10", "b1"]


@pytest.mark.no_database
def test_a_range_agrees_with_a_plain_look_at_the_numbers():
    for first in (0, 7, 99, 100):
        for last in (7, 9, 100, 1000):
            chosen = SerialRange(f"sn-{first}", f"SN-{last}")
            found = [number for number in range(1200) if f"SN-{number:03}" in chosen]
            assert found == [number for number in range(1200) if first <= number <= last]


@pytest.mark.no_database
def test_a_serial_number_that_is_missing_lies_in_an_open_range_only():
    assert "" in SerialRange()
    assert "" not in SerialRange("A1")
    assert "A2" in SerialRange("A1")
    assert "A2" not in SerialRange("", "A1")


@pytest.fixture
def shop(store):
    """Add owners of boilers and pumps, one of them with two, and a retired one."""
    phone = ContactPointDraft("phone", "+44 113 496 0001")
    contacts.add(store, ContactDraft("Jane Doe", points=(phone,)))
    contacts.add(store, ContactDraft("Bob"))
    for who, product, serial in (
        ("#1", "Boiler", "A10"), ("#1", "Boiler", "A9"), ("#2", "Boiler", "A100"),
        ("#2", "Boiler", ""), ("#2", "Pump", "A9"), ("#2", "Boiler", "A11"),
    ):  # fmt: skip
        records.add(store, ASSET, {"contact": who, "product": product, "serial": serial})
    maintenance.retire(store, 6)
    return store


def recalled(store, first="", last="", query=""):
    node = record_query.parse(ASSET, query) if query else ALL
    return find_recalled(store, 1, SerialRange(first, last), node)


def test_a_recall_finds_the_owners_in_the_order_of_the_serial_numbers(shop):
    assert [each.serial for each in recalled(shop)] == ["", "A9", "A10", "A100"]
    assert [each.serial for each in recalled(shop, "A9", "A50")] == ["A9", "A10"]
    assert [each.serial for each in recalled(shop, "A10", "", "contact:bob")] == ["A100"]
    first = recalled(shop, "A9", "A9")[0]
    assert (first.contact, first.phone, first.email) == ("Jane Doe", "+44 113 496 0001", "")


def test_each_owner_is_named_once(shop):
    assert group_by_owner(recalled(shop)) == {2: ["asset 4", "A100"], 1: ["A9", "A10"]}
