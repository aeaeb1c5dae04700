"""Contracts in the digest of what is due."""

import datetime as dt

import pytest

from cardcrm.query import Term
from cardcrm.records import records
from cardcrm.records.assets import contracts
from cardcrm.records.assets.contract_type import CONTRACT
from cardcrm.records.contacts import contacts as people
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.reports.due import build_digest

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def shop(store):
    """Add two customers, of whom ann looks after the second."""
    people.add(store, ContactDraft("Jane Doe"))
    people.add(store, ContactDraft("Bob", owner="ann", tags=("vip",)))
    return store


def add(store, text, contact="#1", **texts):
    values = {"contact": contact, "text": text, "start": "2020-01-01", **texts}
    return records.add(store, CONTRACT, values).id


def due(store, **options):
    rows = build_digest(store, TODAY, **options).contracts.rows
    return [(each.text, each.event, each.on.isoformat()) for each in rows]


def test_a_day_for_notice_shows_until_it_has_passed(shop):
    add(shop, "today", end="2027-02-21", renewal="12m", notice="3m")
    add(shop, "soon", end="2027-02-28", renewal="12m", notice="3m", contact="#2")
    add(shop, "passed", end="2027-02-20", renewal="12m", notice="3m")
    assert due(shop) == [("today", "notice", "2026-11-21")]
    assert due(shop, ahead=9) == [
        ("today", "notice", "2026-11-21"), ("soon", "notice", "2026-11-30"),
    ]  # fmt: skip
    assert due(shop, ahead=9, owner="ann") == [("soon", "notice", "2026-11-30")]
    assert due(shop, ahead=9, query=Term("tag", ":", "vip")) == [("soon", "notice", "2026-11-30")]


def test_a_renewed_contract_shows_the_notice_of_its_term_now(shop):
    add(shop, "old", end="2020-11-30", renewal="12m", notice="1w")
    assert due(shop) == [("old", "notice", "2026-11-23")]


def test_a_contract_that_does_not_renew_itself_is_due_at_its_end_until_it_is_ended(shop):
    add(shop, "over", end="2026-11-19", notice="1m")
    add(shop, "ends", end="2026-11-25")
    canceled = add(shop, "canceled", end="2026-11-21", renewal="12m")
    contracts.end_contract(shop, canceled, dt.date(2026, 11, 22))
    assert due(shop) == [
        ("over", "end", "2026-11-19"), ("canceled", "end", "2026-11-22"),
        ("ends", "end", "2026-11-25"),
    ]  # fmt: skip
    digest = build_digest(shop, TODAY)
    assert [each.text for each in digest.only(overdue=True, today=False).contracts.rows] == ["over"]
    assert digest.only(overdue=False, today=True).contracts.rows == ()
    contracts.end_contract(shop, 1, TODAY)
    assert ("over", "end", "2026-11-19") not in due(shop)


def test_a_limit_keeps_the_total(shop):
    for number in range(3):
        add(shop, str(number), end="2026-11-25")
    part = build_digest(shop, TODAY, limit=2).contracts
    assert ([each.text for each in part.rows], part.total) == (["0", "1"], 3)
