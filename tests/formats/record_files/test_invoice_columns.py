"""Invoices of other programs: their headers, what was paid, and rows of another kind."""

import pytest

from cardcrm.formats.record_files.invoice_columns import adapt
from cardcrm.formats.record_files.row_import import import_rows
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.invoices.invoice_type import INVOICE

pytestmark = pytest.mark.engines("sqlite", "postgresql")

STRIPE = """\
id,Amount Due,Amount Paid,Currency,Customer Email,Date (UTC),Due Date (UTC),Number,Paid,Status,\
Tax,Total
in_1,100.00,0.00,gbp,jane@example.com,2026-10-05 14:23,2026-11-04 14:23,AB-1,false,open,16.67,100.00
in_2,50.00,50.00,gbp,jane@example.com,2026-10-06 14:23,,AB-2,true,paid,,50.00
in_3,50.00,0.00,gbp,jane@example.com,2026-10-06 14:23,,AB-3,false,void,,50.00
in_4,50.00,0.00,gbp,jane@example.com,2026-10-06 14:23,,AB-4,false,draft,,50.00
"""
QUICKBOOKS = """\
Petal & Stem
Invoice List
"January - November, 2026"

Date,Transaction Type,Num,Name,Memo/Description,Due Date,Amount,Open Balance
01/15/2026,Invoice,1001,Jane Doe,roof,02/14/2026,"1,450.00",450.00
01/25/2026,Payment,22,Jane Doe,,,"-1,000.00",
03/15/2026,Invoice,1002,Jane Doe,,04/14/2026,20.00,0.00
"""
PLAIN = """\
Invoice No.,Client,Invoice Date,Total,Balance Due
7,Jane Doe,2026-10-01,99.50,99.50
"""


@pytest.fixture
def jane(store):
    points = (ContactPointDraft("email", "jane@example.com"),)
    contacts.add(store, ContactDraft("Jane Doe", points=points))
    return store


def read(store, tmp_path, text, name="invoices.csv"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return import_rows(store, INVOICE, path)


def list_invoices(store):
    keys = ("number", "on", "due", "amount", "tax", "open", "text")
    found = records.select(store, INVOICE, records.Selection(sort="id"))
    return [tuple(str(each.values[key] or "") for key in keys) for each in found]


def money(minor):
    return f"Money(minor={minor}, currency='GBP')"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (STRIPE, [
            ("AB-1", "2026-10-05", "2026-11-04", money(10_000), money(1667), money(10_000), ""),
            ("AB-2", "2026-10-06", "2026-11-05", money(5000), "", money(0), ""),
        ]),
        (QUICKBOOKS, [
            ("1001", "2026-01-15", "2026-02-14", money(145_000), "", money(45_000), "roof"),
            ("1002", "2026-03-15", "2026-04-14", money(2000), "", money(0), ""),
        ]),
        (PLAIN, [("7", "2026-10-01", "2026-10-31", money(9950), "", money(9950), "")]),
    ],
    ids=["stripe", "quickbooks", "plain"],
)  # fmt: skip
def test_the_invoices_of_a_program_are_read_once(jane, tmp_path, text, wanted):
    assert read(jane, tmp_path, text)[:2] == (len(wanted), 0)
    assert list_invoices(jane) == wanted
    assert read(jane, tmp_path, text)[:2] == (0, 0)


def test_a_newer_list_says_what_was_paid_since(jane, tmp_path):
    read(jane, tmp_path, QUICKBOOKS)
    newer = QUICKBOOKS.replace('"1,450.00",450.00', '"1,450.00",0.00')
    assert read(jane, tmp_path, newer)[:2] == (0, 1)
    assert records.get(jane, INVOICE, 1).values["paid_on"] is not None


def test_our_own_rows_stay_as_they_are():
    texts = {"number": "R1", "contact": "Jane", "status": "void", "shade": "blue"}
    assert adapt(texts) is texts


@pytest.mark.parametrize(
    ("texts", "paid"),
    [
        ({"Paid": "true"}, "12.50"), ({"Paid": "No"}, None), ({"Balance": "12.50"}, None),
        ({"Balance": "$2.50"}, "10.00"), ({"Amount Paid": "3.00", "Balance": "1.00"}, "3.00"),
    ],
)  # fmt: skip
def test_what_was_paid_follows_from_what_there_is(texts, paid):
    found = adapt({"Num": "1", "Date": "2026-10-01", "Amount": "12.50", **texts})
    assert found is not None
    assert found.get("paid") == paid
