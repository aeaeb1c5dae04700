"""Cases in the digest of what is due."""

import datetime as dt

import pytest

from cardcrm.query import Term
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.service import cases
from cardcrm.records.service.case_type import CASE
from cardcrm.records.service.sla_type import SLA
from cardcrm.reports.due import build_digest

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def shop(store):
    """Add two customers, of whom ann looks after the second, and a case of each."""
    contacts.add(store, ContactDraft("Jane Doe"))
    contacts.add(store, ContactDraft("Bob", owner="ann", tags=("vip",)))
    for who, text, opened in (
        ("#1", "late", "2026-11-21 14:00"), ("#2", "today", "2026-11-21 19:30"),
        ("#1", "waits", "2026-11-20 9:00"), ("#1", "solved", "2026-11-20 9:00"),
        ("#2", "answered", "2026-11-21 19:00"),
    ):  # fmt: skip
        records.add(store, CASE, {"contact": who, "text": text, "opened": opened})
    return store


def add_sla(store, **times):
    records.add(store, SLA, {"name": "desk", "hours": "24/7", "first": "3h", **times})


def due(store, **options):
    return [(each.text, each.is_late) for each in build_digest(store, TODAY, **options).cases.rows]


def test_without_a_service_level_no_case_is_due(shop):
    assert due(shop) == []


def test_cases_are_due_whose_deadline_was_missed_or_ends_today(shop):
    add_sla(shop)
    cases.solve(shop, 4)
    with shop.transaction("reply"):
        shop.insert("interaction", uid="u", kind="mail", direction="out", on_date="2026-11-21",
                    at="2026-11-21T19:10:00Z", text="Hello", created_at="2026-11-21T19:10:00Z",
                    case_id=5)  # fmt: skip
    records.edit(shop, SLA, [1], {"zone": "UTC"})
    assert due(shop) == [("waits", True), ("late", True), ("today", False)]
    digest = build_digest(shop, TODAY)
    assert [each.text for each in digest.only(overdue=True, today=False).cases.rows] == [
        "waits", "late",
    ]  # fmt: skip
    assert [each.text for each in digest.only(overdue=False, today=True).cases.rows] == ["today"]


def test_the_digest_of_an_owner_or_a_query_has_its_cases(shop):
    add_sla(shop)
    assert {text for text, _ in due(shop, owner="ann")} == {"today", "answered"}
    assert {text for text, _ in due(shop, query=Term("tag", ":", "vip"))} == {"today", "answered"}
    assert len(due(shop, limit=2)) == 2
    assert build_digest(shop, TODAY, limit=2).cases.total == 5
