"""Partners in undo, merge, deletion, privacy, archive, copy and check."""

import contextlib
import datetime as dt
import json

import pytest

from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.formats import archive
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.archive import dump
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.partners import agreements, registrations
from cardcrm.records.partners.partner_rules import find_active, list_agreements
from cardcrm.records.partners.partner_type import PARTNER
from cardcrm.records.partners.testimonial_type import TESTIMONIAL
from cardcrm.records.privacy import forget
from cardcrm.records.privacy.gather import gather
from cardcrm.records.query_sql import record_query
from cardcrm.records.references import remove_row
from cardcrm.store import database_copy, integrity, journal, open_store

TABLES = ("partner", "payout", "registration", "testimonial")
DAY = dt.date(2026, 11, 20)
UNTIL = dt.date(2027, 1, 31)


def agree(store, contact_id, **texts):
    return records.add(store, PARTNER, {"contact": f"#{contact_id}", "commission": "10%", **texts})


@pytest.fixture
def dealer(store):
    """Blooms, who registered Jane, got money and a deal; Jane gave a testimonial."""
    for name in ("Blooms", "Jane", "Rose"):
        contacts.add(store, ContactDraft(name))
    agree(store, 1, **{"from": "2026-01-01", "until": "2026-12-31", "text": "exclusive"})
    registrations.register(store, 1, 2, UNTIL, "tables")
    agreements.pay(store, 1, Money(500, "GBP"), DAY, "transfer")
    records.add(store, DEAL, {"title": "Hall", "contact": "#2", "opened": "today"})
    records.add(store, TESTIMONIAL, {"contact": "#2", "text": "Great"})
    return store


def count(store):
    return [store.value(f"SELECT count(*) FROM {each}") for each in TABLES]


def find(store, type_, query):
    return record_query.ids(store, type_, record_query.parse(type_, query))


def test_a_sound_database_has_sound_partners(dealer):
    assert count(dealer) == [1, 1, 1, 1]
    assert integrity.check_database(dealer, lambda _words: None) == []


def test_each_change_is_one_step_of_undo(dealer):
    steps = (
        lambda: agreements.pay(dealer, 1, Money(5, "GBP"), DAY),
        lambda: registrations.register(dealer, 1, 2, UNTIL + dt.timedelta(days=1)),
        lambda: agree(dealer, 1, **{"from": "2027-01-01"}),
        lambda: agreements.end_agreement(dealer, 1, DAY),
        lambda: records.remove(dealer, PARTNER, [1]),
    )
    states = []
    for run in steps:
        states.append(list(dump.lines(dealer)))
        run()
        assert list(dump.lines(dealer)) != states[-1]
    for before in reversed(states):
        journal.undo(dealer)
        assert list(dump.lines(dealer)) == before
    assert integrity.check_database(dealer, lambda _words: None) == []


def test_agreements_follow_each_other_and_never_overlap(dealer):
    for days in (
        {"from": "2026-12-31"}, {"from": "2025-01-01", "until": "2026-01-01"},
        {"from": "2026-05-01", "until": "2026-06-01"}, {"from": "2025-01-01"},
    ):  # fmt: skip
        with pytest.raises(ConflictError, match="Blooms is already a partner from 2026-01-01"):
            agree(dealer, 1, **days)
    agree(dealer, 1, **{"from": "2027-01-01", "commission": "12%"})
    agree(dealer, 1, **{"from": "2025-01-01", "until": "2025-12-31"})
    known = list_agreements(dealer, 1)
    active = [find_active(known, day) for day in ("2026-12-31", "2027-01-01", "2024-12-31")]
    assert [each and each.commission for each in active] == [10_000, 12_000, None]
    with pytest.raises(ConflictError, match="from 2027-01-01"):
        records.edit(dealer, PARTNER, [1], {"until": ""})
    with pytest.raises(UsageError, match="before it begins"):
        records.edit(dealer, PARTNER, [1], {"until": "2025-01-01"})
    with pytest.raises(NotFoundError, match="no agreement with Blooms is in force on 2024"):
        agreements.end_agreement(dealer, 1, dt.date(2024, 1, 1))
    with pytest.raises(NotFoundError, match="Jane is not a partner"):
        agreements.end_agreement(dealer, 2, DAY)


def test_a_payout_belongs_to_the_agreement_of_its_day(dealer):
    agree(dealer, 1, **{"from": "2025-01-01", "until": "2025-12-31"})
    paid = agreements.pay(dealer, 1, Money(7, "GBP"), dt.date(2025, 6, 1))
    assert paid.columns["partner_id"] == 2
    with pytest.raises(UsageError, match="in the future"):
        agreements.pay(dealer, 1, Money(7, "GBP"), dt.date(2026, 11, 22))


def test_a_customer_is_asked_once(dealer):
    with pytest.raises(ConflictError, match="was already asked on 2026-11-21"):
        records.add(dealer, TESTIMONIAL, {"contact": "#2"})
    with pytest.raises(UsageError, match="is before the question"):
        records.edit(dealer, TESTIMONIAL, [1], {"answered": "2026-11-01"})
    record = records.add(dealer, TESTIMONIAL, {"contact": "#3"})
    assert record.values["answered"] is None
    records.edit(dealer, TESTIMONIAL, [record.id], {"text": "Nice"})
    answered = records.get(dealer, TESTIMONIAL, record.id).values["answered"]
    assert answered == dt.date(2026, 11, 21)


def test_a_merge_keeps_all_and_the_newest_agreement_counts(dealer):
    agree(dealer, 3, **{"from": "2026-06-01", "commission": "5%"})
    merge.merge(dealer, 3, 1)
    assert count(dealer) == [2, 1, 1, 1]
    assert find_active(list_agreements(dealer, 3), "2026-11-20").commission == 5_000
    assert dealer.value("SELECT partner_id FROM registration") == 3
    assert find(dealer, DEAL, "partner:rose") == [1]


def test_the_rows_go_with_their_contacts(dealer):
    with dealer.transaction():
        remove_row(dealer, "contact", 1)
    assert count(dealer) == [0, 0, 0, 1]
    assert dealer.value("SELECT partner_id FROM deal") is None
    journal.undo(dealer)
    assert count(dealer) == [1, 1, 1, 1]


def test_privacy_gathers_and_erases(dealer):
    found = gather(dealer, 1)
    assert [each["text"] for each in found["partners"]] == ["exclusive"]
    assert [each["text"] for each in found["partners"][0]["payouts"]] == ["transfer"]
    assert found["registrations"][0]["contact"] == "Jane"
    assert gather(dealer, 2)["testimonials"][0]["text"] == "Great"
    forget.forget(dealer, 1)
    assert count(dealer) == [0, 0, 0, 1]
    assert "exclusive" not in "".join(map(str, dump.lines(dealer)))
    forget.forget(dealer, 2)
    assert count(dealer) == [0, 0, 0, 0]


def test_an_archive_and_a_copy_hold_all(dealer, locations, locale, tmp_path):
    lines = json.loads(json.dumps(list(dump.lines(dealer))))
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    with contextlib.closing(open_store(locations("other"), create=True, locale=locale)) as other:
        for _ in range(2):
            archive.read(other, path, lambda _done: None)
            assert list(dump.lines(other)) == lines
    with contextlib.closing(open_store(locations("copy"), create=True, locale=locale)) as other:
        compared = database_copy.copy_database(dealer, other, lambda _done: None)
        rows = {each.table: each.rows for each in compared}
        assert [rows[each] for each in TABLES] == [1, 1, 1, 1]
        assert find(other, DEAL, "partner:blooms") == [1]
