"""The users in a query that no row has: those of older rows are known as well."""

import pytest

from cardcrm.records import records, registry
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import unknown_names

DEAL = registry.record_type("deal")


@pytest.fixture
def with_owners(store):
    contacts.add(store, ContactDraft("Jane Doe"))
    for owner in ("Jörg", "ann", "ann"):
        records.add(store, DEAL, {"title": "Roof", "contact": "#1", "owner": owner})
    return store


@pytest.mark.parametrize("latest", [1, 1000])
def test_only_users_of_no_row_are_unknown(with_owners, monkeypatch, latest):
    monkeypatch.setattr(unknown_names, "_LATEST", latest)
    for query in ("owner:ANN", "owner:JÖRG", "owner:none"):
        assert unknown_names.find_unknown_names(with_owners, DEAL, query) == []
    (found,) = unknown_names.find_unknown_names(with_owners, DEAL, "owner:anm")
    assert "“anm”, known: ann" in found


def test_a_user_of_the_latest_rows_is_known_without_reading_all(with_owners):
    if with_owners.engine.name != "sqlite":
        pytest.skip("the statements are those of SQLite's trace")
    seen: list[str] = []
    with_owners.engine.driver.set_trace_callback(seen.append)
    assert unknown_names.find_unknown_names(with_owners, DEAL, "owner:ann") == []
    with_owners.engine.driver.set_trace_callback(None)
    assert seen
    assert all("ORDER BY id DESC LIMIT" in each for each in seen)
