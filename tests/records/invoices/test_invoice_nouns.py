"""Invoices in merge, deletion, privacy, archive and check."""

import contextlib
import json

import pytest

from cardcrm.formats import archive
from cardcrm.records import records
from cardcrm.records.archive import dump
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals import deals
from cardcrm.records.invoices import invoices
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.privacy import forget
from cardcrm.records.privacy.gather import gather
from cardcrm.records.quotes import quotes
from cardcrm.records.quotes.offered_line import parse_quote_line
from cardcrm.records.references import remove_row
from cardcrm.store import integrity, journal, open_store


@pytest.fixture
def people(store):
    return [contacts.add(store, ContactDraft(name)).id for name in ("Jane Doe", "Jane D.")]


@pytest.fixture
def invoice(store, people):
    """Add an invoice for a quote of Jane, a part of which was paid; return its id."""
    deal = deals.add(store, {"title": "Roof", "contact": f"#{people[0]}"}).record.id
    lines = [parse_quote_line("2 x Tile @ 500 tax 20%", "GBP")]
    quote = quotes.add(store, {"deal": f"#{deal}"}, lines).record.id
    with store.transaction("invoice add"):
        texts = {"quote": str(quote), "text": "for Jane Doe"}
        added = records.add(store, INVOICE, texts).id
    with store.transaction("invoice paid"):
        invoices.pay(store, added, records.get(store, INVOICE, added).values["net"])
    return added


def check(store):
    return integrity.check_database(store, lambda _words: None)


def test_a_payment_and_an_invoice_are_undone_one_by_one(store, invoice):
    assert check(store) == []
    journal.undo(store)
    assert records.get(store, INVOICE, invoice).values["paid"] is None
    journal.undo(store)
    assert store.count_rows("invoice") == 0
    journal.redo(store)
    assert store.count_rows("invoice") == 1


def test_merging_contacts_moves_their_invoices(store, invoice, people):
    merge.merge(store, people[1], people[0])
    assert records.get(store, INVOICE, invoice).columns["contact_id"] == people[1]


def test_removing_the_quote_keeps_the_invoice(store, invoice):
    with store.transaction("rm"):
        remove_row(store, "quote", 1)
    assert records.get(store, INVOICE, invoice).columns["quote_id"] is None
    assert check(store) == []


def test_privacy_shows_invoices_and_forget_keeps_or_erases_them(store, invoice, people):
    assert [each["number"] for each in gather(store, people[0])["invoices"]] == ["R-0001"]
    forget.forget(store, people[0])
    row = store.row("SELECT * FROM invoice")
    assert (row["number"], row["amount"], row["text"]) == ("R-0001", 100_000, "")
    assert check(store) == []
    texts = [str(tuple(each)) for each in store.rows("SELECT * FROM change")]
    assert not any("Jane Doe" in each for each in texts)
    forget.forget(store, people[1], erases_sales=True)
    assert store.count_rows("quote") == 0


def test_an_archive_holds_invoices_and_restores_them(store, invoice, locations, locale, tmp_path):
    lines = json.loads(json.dumps(list(dump.lines(store))))
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    with contextlib.closing(open_store(locations("other"), create=True, locale=locale)) as other:
        for _ in range(2):
            archive.read(other, path, lambda _done: None)
            assert list(dump.lines(other)) == lines


@pytest.mark.parametrize("damage", ["paid = 4000", "paid = NULL", "paid_on = '2026-11-23'"])
def test_a_check_proves_and_repairs_what_was_paid(store, invoice, damage):
    before = records.get(store, INVOICE, invoice).values
    store.engine.execute(f"UPDATE invoice SET {damage} WHERE id = :id", {"id": invoice})
    found = [each.message for each in check(store)]
    assert found == [f"1 invoice with a wrong sum of payments: {invoice}"]
    integrity.repair_database(store)
    assert check(store) == []
    assert records.get(store, INVOICE, invoice).values == before


def test_an_invoice_over_nothing_is_sound_without_payments(store, people):
    texts = {"contact": f"#{people[0]}", "amount": "0", "paid": "0"}
    added = records.add(store, INVOICE, texts).id
    assert check(store) == []
    records.edit(store, INVOICE, [added], {"paid_on": "today"})
    assert check(store) == []
    assert records.get(store, INVOICE, added).values["paid_on"] is not None
