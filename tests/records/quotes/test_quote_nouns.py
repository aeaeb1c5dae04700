"""Quotes in merge, deletion, privacy, archive, copy and check."""

import contextlib
import json

import pytest

from cardcrm.formats import archive
from cardcrm.records import records
from cardcrm.records.archive import dump
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals import deals
from cardcrm.records.privacy import forget
from cardcrm.records.privacy.gather import gather
from cardcrm.records.quotes import quotes
from cardcrm.records.quotes.offered_line import parse_quote_line
from cardcrm.records.quotes.quote_type import QUOTE
from cardcrm.records.references import remove_row
from cardcrm.store import database_copy, integrity, journal, open_store

TABLES = ("quote", "quote_line")


@pytest.fixture
def people(store):
    return [contacts.add(store, ContactDraft(name)).id for name in ("Jane Doe", "Jane D.")]


@pytest.fixture
def quote(store, people):
    """Add a quote of Jane that was sent and revised; return the id of its last version."""
    deal = deals.add(store, {"title": "Roof", "contact": f"#{people[0]}"}).record.id
    lines = [
        parse_quote_line("2 x Tile @ 500 -10% tax 20%", "GBP"),
        parse_quote_line("1 x Lamp @ 5", "GBP", optional=True),
    ]
    texts = {"deal": f"#{deal}", "note": "for Jane Doe"}
    with store.transaction("quote add"):
        first = quotes.add(store, texts, lines).record.id
    with store.transaction("quote send"):
        quotes.send(store, first)
    with store.transaction("quote revise"):
        return quotes.revise(store, first, {}).id


def count(store):
    return [store.value(f"SELECT count(*) FROM {each}") for each in TABLES]


def check(store):
    return integrity.check_database(store, lambda _words: None)


def test_a_sound_database_has_sound_quotes(store, quote):
    assert count(store) == [2, 4]
    assert check(store) == []


def test_merging_contacts_moves_their_quotes(store, quote, people):
    merge.merge(store, people[1], people[0])
    assert records.get(store, QUOTE, quote).columns["contact_id"] == people[1]
    journal.undo(store)
    assert records.get(store, QUOTE, quote).columns["contact_id"] == people[0]


@pytest.mark.parametrize("table", ["contact", "deal"])
def test_removing_what_a_quote_is_for_removes_it_and_undo_restores_it(store, quote, people, table):
    before = list(dump.lines(store))
    with store.transaction("rm"):
        remove_row(store, table, 1)
    assert count(store) == [0, 0]
    assert check(store) == []
    journal.undo(store)
    assert list(dump.lines(store)) == before


def test_undo_and_redo_of_a_revision_bring_back_each_state(store, quote):
    journal.undo(store)
    assert count(store) == [1, 2]
    assert store.value("SELECT status FROM quote") == "sent"
    journal.redo(store)
    rows = store.rows("SELECT version, status FROM quote ORDER BY id")
    assert [tuple(each) for each in rows] == [(1, "replaced"), (2, "draft")]


def test_privacy_shows_the_quotes_of_a_person_and_forget_erases_them(store, quote, people):
    found = gather(store, people[0])
    assert [each["number"] for each in found["quotes"]] == ["Q-0001", "Q-0001"]
    forget.forget(store, people[0])
    assert count(store) == [0, 0]
    texts = [str(tuple(each)) for each in store.rows("SELECT * FROM change")]
    assert not any("Jane Doe" in each for each in texts)


def test_an_archive_holds_quotes_and_restores_them(store, quote, locations, locale, tmp_path):
    lines = json.loads(json.dumps(list(dump.lines(store))))
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    with contextlib.closing(open_store(locations("other"), create=True, locale=locale)) as other:
        for _ in range(2):
            archive.read(other, path, lambda _done: None)
            assert list(dump.lines(other)) == lines
        deal = f"#{records.get(other, QUOTE, quote).columns['deal_id']}"
        line = [parse_quote_line("1 x Tile @ 5", "GBP")]
        assert quotes.add(other, {"deal": deal}, line).record.values["number"] == "Q-0002"


def test_a_copy_has_the_quotes(store, quote, locations, locale):
    with contextlib.closing(open_store(locations("copy"), create=True, locale=locale)) as other:
        compared = database_copy.copy_database(store, other, lambda _done: None)
        rows = {each.table: each.rows for each in compared}
        assert [rows[each] for each in TABLES] == [2, 4]
        assert records.get(other, QUOTE, quote) == records.get(store, QUOTE, quote)
