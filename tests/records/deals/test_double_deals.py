"""Open deals of one customer about one product: a plain loop finds the same ones."""

import random

import pytest

from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals import deals, moves
from cardcrm.records.deals.double_deals import double_sql, doubles_query, find_doubles
from cardcrm.records.sales.sale_lines import LineDraft
from cardcrm.store import Locale


@pytest.fixture
def locale():
    return Locale("GB", "GBP")


def read_plan(store, sql, params):
    if store.engine.name != "sqlite":
        pytest.skip("the plan of a small table says nothing on a server")
    return [row[3] for row in store.rows(f"EXPLAIN QUERY PLAN {sql}", **params)]


def test_doubles_are_those_of_a_plain_loop(store):
    rng = random.Random(11)
    people = {1: None, 2: None, 3: 1, 4: 1, 5: 2, 6: None}  # the organizations by contact
    for id_, org in people.items():
        draft = ContactDraft(f"Name {id_}", kind="person" if id_ > 2 else "org")
        contacts.add(store, draft)
        if org:
            with store.transaction("test"):
                store.update("contact", id_, org_id=org)
    known = {}
    for name in ("Vase", "Tray", "Bowl"):
        with store.transaction("test"):
            store.insert("product", name=name, name_key=name.lower())
    for _ in range(25):
        who, name = rng.choice(list(people)), rng.choice(("Vase", "Tray", "Bowl", ""))
        texts = {"title": "Roof", "contact": f"#{who}"}
        lines = [LineDraft(name, price=Money(100, "GBP"))] if name else []
        id_ = deals.add(store, texts, lines=lines).record.id
        is_open = rng.random() < 0.8
        if not is_open:
            moves.win(store, id_, has_sale=False)
        if is_open and name:
            known[id_] = ({who, people[who]} - {None}, name)
    expected = {
        id_: [
            other
            for other, (customers, name) in known.items()
            if other != id_ and customers & known[id_][0] and name == known[id_][1]
        ]
        for id_ in known
    }
    assert any(expected.values())
    assert {id_: [each.id for each in find_doubles(store, id_)] for id_ in known} == expected
    rows = store.rows(f"SELECT d.id FROM deal d WHERE {double_sql('d')} ORDER BY d.id")
    assert [row[0] for row in rows] == [id_ for id_, others in expected.items() if others]


def test_the_doubles_of_a_deal_are_read_by_its_customer(store):
    query = doubles_query(1)
    plan = read_plan(store, query.sql, query.params)
    assert not any("deal_open" in step or "deal_status" in step for step in plan)


def test_a_list_looks_for_the_doubles_of_each_deal_by_its_customer(store):
    plan = read_plan(
        store, f"SELECT d.id FROM deal d WHERE d.id = :id AND {double_sql('d')}", {"id": 1}
    )
    assert not any("deal_open" in step or "deal_status" in step for step in plan)
    assert any("s USING COVERING INDEX deal_contact" in step for step in plan)
    assert any("s USING COVERING INDEX deal_org" in step for step in plan)
