"""The territory of a new contact: found by its own organization, without reading all contacts."""

import pytest

from cardcrm.query import Term
from cardcrm.records import records, registry
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.records.query_sql import contact_query


@pytest.fixture
def places(store):
    """A territory by city and one by tag, and people whom they find by their organization."""
    for name, city, tags in (("Acme", "Leeds", ()), ("Fox", "York", ("vip",)), ("Oak", "", ())):
        address = (AddressDraft(city=city),) if city else ()
        contacts.add(store, ContactDraft(name, kind="org", addresses=address, tags=tags))
    for number, org in enumerate(("Acme", "Fox", "Oak", ""), start=4):
        contacts.add(store, ContactDraft(f"Ida {number}", org=org))
    contacts.add(store, ContactDraft("Eve", org="Acme", tags=("vip",)))
    type_ = registry.record_type("territory")
    records.add(store, type_, {"name": "north", "query": "city:leeds", "owner": "ann"})
    records.add(store, type_, {"name": "vips", "query": "tag:vip", "owner": "bob"})
    return store


def find(store, value, *, per_row):
    term = Term("territory", ":", value)
    condition, params = contact_query.compile_query(store, term, per_row=per_row)
    sql = f"SELECT c.id FROM contact c WHERE {condition} ORDER BY c.id"
    return [row[0] for row in store.rows(sql, **params)]


@pytest.mark.parametrize("per_row", [False, True])
def test_contacts_are_in_the_territory_of_their_organization(places, per_row):
    assert find(places, "north", per_row=per_row) == [1, 4]
    assert find(places, "vips", per_row=per_row) == [2, 5, 8]
    assert find(places, "none", per_row=per_row) == [3, 6, 7]
    assert find(places, "any", per_row=per_row) == [1, 2, 4, 5, 8]


@pytest.mark.parametrize("value", ["north", "any", "none"])
def test_the_territory_of_one_contact_reads_no_others(places, value):
    if places.engine.name != "sqlite":
        pytest.skip("the plan of a small table says nothing on a server")
    term = Term("territory", ":", value)
    condition, params = contact_query.compile_query(places, term, per_row=True)
    sql = f"EXPLAIN QUERY PLAN SELECT c.id FROM contact c WHERE c.id = 4 AND {condition}"
    plan = [row[3] for row in places.rows(sql, **params)]
    assert not any(step.startswith("SCAN c") for step in plan)
    assert not any(step.startswith("SCAN x") for step in plan)
