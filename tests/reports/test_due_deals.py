"""The deals that rot, in the digest of what is due: a plain loop finds the same ones."""

import datetime as dt
import random

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals import deals, pipelines, stages
from cardcrm.reports import due_deals
from cardcrm.reports.due_queries import Scope
from cardcrm.store import Locale

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def locale():
    return Locale("GB", "GBP")


@pytest.fixture
def now():
    return "2026-11-23T12:00"


def read_rotting(store, limit):
    stages_ = [row[0] for row in store.rows("SELECT id FROM stage WHERE kind = 'open'")]
    found = due_deals.read_deals(store, Scope(), TODAY, [], stages_, limit)
    return [row["id"] for row in found.rotting], found.total


def test_rotting_deals_are_those_of_a_plain_loop_the_longest_in_their_stage_first(store):
    rng = random.Random(4)
    jane = contacts.add(store, ContactDraft("Jane Doe")).id
    pipelines.ensure_default(store)
    known = [each for each in stages.list_stages(store, 1) if each.kind == "open"]
    expected = []
    for _ in range(40):
        stage, age = rng.choice(known), rng.randint(0, 40)
        close = rng.choice((None, TODAY - dt.timedelta(days=1), TODAY, TODAY + dt.timedelta(9)))
        day = (TODAY - dt.timedelta(days=age)).isoformat()
        texts = {"title": "Roof", "contact": f"#{jane}", "stage": stage.name, "opened": day}
        deal_id = deals.add(store, texts | {"close": str(close or "")}).record.id
        rots = stage.rotting_days is not None and age > stage.rotting_days
        if rots and (close is None or close >= TODAY):
            expected.append((day, deal_id))
    ids = [deal_id for _, deal_id in sorted(expected)]
    assert read_rotting(store, 100) == (ids, len(ids))
    assert read_rotting(store, 3) == (ids[:3], len(ids))


def test_the_first_rotting_deals_are_read_by_an_index(store):
    if store.engine.name != "sqlite":
        pytest.skip("the plan of a small table says nothing on a server")
    pipelines.ensure_default(store)
    query = due_deals.rotting_query(store, Scope(), TODAY, 5)
    plan = [row[3] for row in store.rows(f"EXPLAIN QUERY PLAN {query.sql}", **query.params)]
    assert any("USING INDEX deal_entered (status=? AND entered_on<?)" in step for step in plan)
    assert not any("TEMP B-TREE" in step for step in plan)
