"""The nouns of leads in merge, deletion, privacy, archive, copy and check."""

import contextlib
import json

import pytest

from cardcrm.formats import archive
from cardcrm.records.archive import dump
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.importing.history_drafts import LeadDraft, Party
from cardcrm.records.leads import lead_status, leads
from cardcrm.records.privacy import forget
from cardcrm.records.privacy.gather import gather
from cardcrm.records.references import remove_row
from cardcrm.store import database_copy, integrity, journal, open_store

TABLES = ("lead", "lead_change", "lead_rule")


@pytest.fixture
def lead(store):
    """Add a lead of Jane with a history and a deal; return it."""
    with store.transaction("lead add"):
        party = Party(email="jane@x.example", name="Jane Doe")
        new = leads.add(store, LeadDraft(0, "", party, "Roof", "web", "ann"))
    with store.transaction("lead convert"):
        leads.convert(store, new.lead.id, {"amount": "500"})
    with store.transaction("rule"):
        store.insert("lead_rule", query="source:web", points=20, owners="ann, bob")
    return lead_status.get(store, new.lead.id)


def count(store, *tables):
    return [store.value(f"SELECT count(*) FROM {each}") for each in tables or TABLES]


def test_a_sound_database_has_sound_leads(store, lead):
    assert count(store) == [1, 2, 1]
    assert integrity.check_database(store, lambda _words: None) == []


def test_undo_removes_all_that_a_conversion_did(store, lead):
    journal.undo(store)
    journal.undo(store)
    assert count(store, "lead", "lead_change", "deal", "contact") == [1, 1, 0, 1]
    journal.undo(store)
    assert count(store, "lead", "lead_change", "contact") == [0, 0, 0]


def test_a_merge_moves_the_leads(store, lead):
    other = contacts.add(store, ContactDraft("Jane D."))
    merge.merge(store, other.id, lead.contact_id)
    assert store.value("SELECT contact_id FROM lead") == other.id


def test_leads_go_with_their_contact_and_stay_without_their_deal(store, lead):
    with store.transaction("rm"):
        remove_row(store, "deal", lead.deal_id)
    assert store.value("SELECT deal_id FROM lead") is None
    before = list(dump.lines(store))
    with store.transaction("rm"):
        remove_row(store, "contact", lead.contact_id)
    assert count(store) == [0, 0, 1]
    journal.undo(store)
    assert list(dump.lines(store)) == before


def test_privacy_shows_the_leads_of_a_person_and_forget_erases_them(store, lead):
    found = gather(store, lead.contact_id)["leads"]
    assert [each["text"] for each in found] == ["Roof"]
    assert [each["status"] for each in found[0]["lead_changes"]] == ["assigned", "converted"]
    forget.forget(store, lead.contact_id)
    assert count(store) == [0, 0, 1]
    texts = [str(tuple(each)) for each in store.rows("SELECT * FROM change")]
    assert not any("Roof" in each for each in texts)


def test_an_archive_holds_leads_and_restores_them(store, lead, locations, locale, tmp_path):
    lines = json.loads(json.dumps(list(dump.lines(store))))
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    with contextlib.closing(open_store(locations("other"), create=True, locale=locale)) as other:
        for _ in range(2):
            archive.read(other, path, lambda _done: None)
            assert list(dump.lines(other)) == lines


def test_a_copy_has_the_leads(store, lead, locations, locale):
    with contextlib.closing(open_store(locations("copy"), create=True, locale=locale)) as other:
        compared = database_copy.copy_database(store, other, lambda _done: None)
        rows = {each.table: each.rows for each in compared}
        assert [rows[each] for each in TABLES] == [1, 2, 1]
        assert lead_status.get(other, lead.id) == lead
