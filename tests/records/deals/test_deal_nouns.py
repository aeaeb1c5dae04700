"""The nouns of deals in merge, deletion, privacy, archive, copy and check."""

import contextlib
import json

import pytest

from cardcrm.dates import DayTime, today
from cardcrm.errors import ConflictError
from cardcrm.formats import archive
from cardcrm.records import records
from cardcrm.records.archive import dump
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals import deals, moves, pipelines, stored_deals
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.deals.deals import Role, Step
from cardcrm.records.privacy import forget
from cardcrm.records.privacy.gather import gather
from cardcrm.records.references import remove_row
from cardcrm.records.sales.sale_lines import parse_line
from cardcrm.store import database_copy, integrity, journal, open_store

TABLES = ("deal", "deal_line", "deal_role", "stage_change")


@pytest.fixture
def people(store):
    """Add Jane and Bob of Acme, and a second Jane and a second Acme."""
    names = ("Jane Doe", "Bob Ray", "Jane D.", "Kim")
    ids = {name: contacts.add(store, ContactDraft(name)).id for name in names}
    for name in ("Acme", "Acme Ltd"):
        ids[name] = contacts.add(store, ContactDraft(name, kind="org")).id
    return ids


@pytest.fixture
def deal(store, people):
    """Add a deal of Jane with everything that a deal has; return its id."""
    texts = {"title": "Roof", "contact": f"#{people['Jane Doe']}", "org": f"#{people['Acme']}"}
    with store.transaction("deal add"):
        added = deals.add(
            store,
            texts,
            lines=[parse_line("2 x Tile @ 500", "GBP")],
            roles=[Role(people["Bob Ray"], "champion"), Role(people["Jane Doe"], "evaluator")],
            step=Step("call her", DayTime(today(""))),
        )
    with store.transaction("deal move"):
        moves.move(store, added.record.id, "demo")
    return added.record.id


def count(store, *tables):
    return [store.value(f"SELECT count(*) FROM {each}") for each in tables or TABLES]


def test_a_sound_database_has_sound_deals(store, deal):
    assert count(store) == [1, 1, 2, 2]
    assert integrity.check_database(store, lambda _words: None) == []


def test_merging_contacts_moves_their_deals_and_roles(store, deal, people):
    merge.merge(store, people["Jane D."], people["Jane Doe"])
    merge.merge(store, people["Kim"], people["Bob Ray"])
    merge.merge(store, people["Acme Ltd"], people["Acme"])
    found = stored_deals.get(store, deal)
    assert (found.contact_id, found.org_id) == (people["Jane D."], people["Acme Ltd"])
    roles = store.rows("SELECT contact_id, role FROM deal_role ORDER BY id")
    assert [tuple(each) for each in roles] == [
        (people["Kim"], "champion"), (people["Jane D."], "evaluator"),
    ]  # fmt: skip


def test_merging_the_contact_into_the_organization_of_a_deal_keeps_it(store, people):
    texts = {"title": "Roof", "contact": f"#{people['Acme Ltd']}", "org": f"#{people['Acme']}"}
    added = deals.add(store, texts).record
    merge.merge(store, people["Acme"], people["Acme Ltd"])
    found = stored_deals.get(store, added.id)
    assert (found.contact_id, found.org_id) == (people["Acme"], people["Acme"])


def test_a_role_that_both_contacts_have_is_there_once(store, deal, people):
    roles = [Role(people["Kim"], "champion"), Role(people["Kim"], "blocker")]
    deals.set_roles(store, deal, roles)
    other = deals.add(store, {"title": "Door", "contact": f"#{people['Jane Doe']}"}).record.id
    deals.set_roles(store, other, roles[:1])
    merge.merge(store, people["Bob Ray"], people["Kim"])
    sql = "SELECT deal_id, contact_id, role FROM deal_role WHERE contact_id = :id ORDER BY id"
    assert [tuple(each) for each in store.rows(sql, id=people["Bob Ray"])] == [
        (deal, people["Bob Ray"], "champion"),
        (deal, people["Bob Ray"], "blocker"),
        (other, people["Bob Ray"], "champion"),
    ]


def test_removing_the_contact_removes_the_deal_and_undo_restores_it(store, deal, people):
    before = list(dump.lines(store))
    with store.transaction("rm jane"):
        remove_row(store, "contact", people["Jane Doe"])
    assert count(store) == [0, 0, 0, 0]
    assert integrity.check_database(store, lambda _words: None) == []
    journal.undo(store)
    assert list(dump.lines(store)) == before


def test_removing_the_organization_or_a_deal_keeps_the_rest(store, deal, people):
    remove = [("contact", people["Acme"]), ("deal", deal)]
    with store.transaction("rm"):
        remove_row(store, *remove[0])
    assert stored_deals.get(store, deal).org_id is None
    with store.transaction("rm"):
        remove_row(store, *remove[1])
    assert count(store, *TABLES, "reminder") == [0, 0, 0, 0, 1]
    assert store.value("SELECT deal_id FROM reminder") is None


def test_a_product_a_stage_and_a_pipeline_of_a_deal_stay(store, deal):
    for noun, row_id in (("product", 1), ("stage", 2), ("pipeline", 1)):
        with store.transaction("rm"), pytest.raises(ConflictError):
            remove_row(store, noun, row_id)


def test_privacy_shows_the_deals_of_a_person_and_forget_erases_them(store, deal, people):
    found = gather(store, people["Jane Doe"])
    assert [each["title"] for each in found["deals"]] == ["Roof"]
    assert [each["role"] for each in found["deals"][0]["deal_roles"]] == ["champion", "evaluator"]
    assert [each["to"] for each in found["deals"][0]["stage_changes"]] == ["Qualification", "Demo"]
    assert [each["title"] for each in gather(store, people["Bob Ray"])["deals"]] == ["Roof"]
    forget.forget(store, people["Bob Ray"])
    assert count(store) == [1, 1, 1, 2]
    forget.forget(store, people["Jane Doe"])
    assert count(store) == [0, 0, 0, 0]
    texts = [str(tuple(each)) for each in store.rows("SELECT * FROM change")]
    assert not any("Roof" in each for each in texts)


def test_an_archive_holds_deals_and_restores_them(store, deal, locations, locale, tmp_path):
    pipelines.add_pipeline(store, "Weddings")
    moves.win(store, deal)
    lines = json.loads(json.dumps(list(dump.lines(store))))
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    with contextlib.closing(open_store(locations("other"), create=True, locale=locale)) as other:
        for _ in range(2):
            archive.read(other, path, lambda _done: None)
            assert list(dump.lines(other)) == lines
        assert other.value("SELECT count(*) FROM step") == 1


def test_a_copy_has_the_deals(store, deal, locations, locale):
    with contextlib.closing(open_store(locations("copy"), create=True, locale=locale)) as other:
        compared = database_copy.copy_database(store, other, lambda _done: None)
        rows = {each.table: each.rows for each in compared}
        assert [rows[each] for each in TABLES] == [1, 1, 2, 2]
        assert stored_deals.get(other, deal) == stored_deals.get(store, deal)


def test_undo_of_the_first_deal_leaves_the_default_pipeline(store, deal):
    journal.undo(store)
    journal.undo(store)
    assert count(store, "deal", "stage_change", "pipeline", "stage") == [0, 0, 1, 7]
    assert integrity.check_database(store, lambda _words: None) == []
    journal.redo(store)
    assert records.get(store, DEAL, deal).values["stage"] == "Qualification"
