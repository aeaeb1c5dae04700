# ruff: noqa: E501 - the rows of files are as long as the programs write them
"""`import` of sales: the exports of shops and payment services, and tables made by hand."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Result

Import = Callable[..., dict[str, Any]]


@pytest.fixture
def run(typed: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("CARDCRM_CURRENCY", "GBP")
    monkeypatch.setenv("CARDCRM_REGION", "GB")
    monkeypatch.setenv("TZ", "Europe/London")
    time.tzset()
    return typed


@pytest.fixture
def read_file(run: Callable[..., Result], tmp_path: Path) -> Import:
    """Import a text as a file; return the answer."""

    def read(text: str, *options: str, name: str = "sales.csv") -> dict[str, Any]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        _, out, err = run("--json", "import", str(path), *options)
        assert out, err
        answer: dict[str, Any] = json.loads(out)
        return answer

    return read


@pytest.fixture
def list_sales(run: Callable[..., Result]) -> Callable[[], list[str]]:
    """Return the sales as lines: day, contact, amount, fee, text, reference."""

    def rows() -> list[str]:
        _, out, _ = run("--json", "sale", "list", "--sort", "on")
        found = []
        for each in json.loads(out or "[]"):
            paid = f"{each['amount']['amount']} {each['amount']['currency']}"
            fee = f" fee {each['fee']['amount']}" if each["fee"] else ""
            words = (each["on"], each["contact"], paid + fee, each["text"], each["ref"])
            found.append(" | ".join(each or "-" for each in words))
        return sorted(found)

    return rows


def counts(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    return (
        answer["created"], answer["updated"], answer["unchanged"], len(answer["refused"]),
    )  # fmt: skip


PLAIN = """name,email,date,amount,currency,ref
Jane Doe,jane@example.com,2026-03-01,120.50,EUR,R1
Jane Doe,jane@example.com,2026-03-02,-20.00,EUR,R2
Bob Ray,bob@example.com,2026-03-14,"1,234.50",USD,R3
Kim Lee,kim@example.com,2026-03-15,5000,JPY,R4
"""


def test_a_plain_table_becomes_sales_once(read_file: Import, list_sales) -> None:
    assert counts(read_file(PLAIN, "--as", "sales")) == (4, 0, 0, 0)
    assert list_sales() == [
        "2026-03-01 | Jane Doe | 120.50 EUR | - | R1",
        "2026-03-02 | Jane Doe | -20.00 EUR | - | R2",
        "2026-03-14 | Bob Ray | 1234.50 USD | - | R3",
        "2026-03-15 | Kim Lee | 5000 JPY | - | R4",
    ]
    assert counts(read_file(PLAIN)) == (0, 0, 4, 0)
    assert len(list_sales()) == 4


def test_the_answer_names_the_columns(read_file: Import) -> None:
    answer = read_file(PLAIN)
    assert answer["columns"][0] == {
        "column": "name", "as": "name", "kept": True, "count": 4, "guess": False, "reason": None,
    }  # fmt: skip
    assert [each["as"] for each in answer["columns"]] == [
        "name", "email", "date", "amount", "currency", "ref",
    ]  # fmt: skip
    assert answer["files"][0]["kind"] == "sales"
    assert answer["files"][0]["contacts"] == 3


def test_a_dry_run_says_the_same_and_changes_nothing(read_file: Import, run) -> None:
    assert counts(read_file(PLAIN, "--dry-run")) == (4, 0, 0, 0)
    run("add", "Zoe")
    assert json.loads(run("--json", "sale", "list")[1] or "[]") == []
    assert json.loads(run("--json", "find", "jane")[1] or "[]") == []


def test_undo_takes_all_batches_back(read_file: Import, run, list_sales) -> None:
    run("add", "Jane Doe", "--email", "jane@example.com")
    read_file(PLAIN)
    code, _, err = run("undo", "--yes")
    assert (code, list_sales()) == (0, []), err
    assert len(json.loads(run("--json", "find")[1])) == 1
    assert run("redo", "--yes")[0] == 0
    assert len(list_sales()) == 4
    assert run("db", "check")[0] == 0


def test_a_changed_row_updates_its_sale(read_file: Import, list_sales) -> None:
    read_file(PLAIN)
    assert counts(read_file(PLAIN.replace("120.50", "130.50"))) == (0, 1, 3, 0)
    assert list_sales()[0] == "2026-03-01 | Jane Doe | 130.50 EUR | - | R1"


BAD_ROWS = """name,email,date,amount,currency,ref
Jane Doe,jane@example.com,2026-03-01,10,EUR,R1
Jane Doe,jane@example.com,2026-13-01,10,EUR,R2
Jane Doe,jane@example.com,2026-03-01,ten,EUR,R3
Jane Doe,jane@example.com,2026-03-01,10,XXQ,R4
,,2026-03-01,10,EUR,R5
Jane Doe,jane@example.com,2027-03-01,10,EUR,R6
Jane Doe,jane@example.com,2026-03-01,12,EUR,R1
Jane Doe,jane@example.com,2026-03-01,,EUR,R8
TOTAL,,,10,,
"""


def test_bad_rows_are_refused_with_line_and_column(read_file: Import, list_sales) -> None:
    answer = read_file(BAD_ROWS)
    assert [(each["line"], each["column"], each["reason"]) for each in answer["refused"]] == [
        (3, "date", "impossible date “2026-13-01”"),
        (4, "amount", "invalid amount “ten”"),
        (5, "currency", "unknown currency “XXQ”"),
        (6, "name", "no contact is named; to give one: --customer WHO"),
        (7, "date", "2027-03-01 is in the future"),
        (8, "ref", "the reference “R1” is already that of line 2, over 10.00 EUR"),
        (9, "amount", "no amount"),
    ]
    assert answer["files"][0]["left_out"] == 1
    assert list_sales() == ["2026-03-01 | Jane Doe | 10.00 EUR | - | R1"]


def test_an_ambiguous_name_is_refused_with_the_candidates(read_file: Import, run) -> None:
    run("add", "Jane Doe", "--city", "Leeds")
    run("add", "Jane Doe", "--city", "York")
    [refused] = read_file("customer,date,amount,currency\nJane Doe,2026-03-01,5,GBP\n")["refused"]
    assert (refused["line"], refused["column"]) == (2, "customer")
    assert refused["reason"] == "2 contacts match “Jane Doe”: 1 Jane Doe (Leeds), 2 Jane Doe (York)"


def test_what_is_new_is_said_alike_in_a_dry_run(read_file: Import) -> None:
    text = (
        "name,date,amount,currency,product\nAnn,2026-03-01,5,GBP,Rose\nBob,2026-03-01,5,GBP,Vase\n"
    )
    new = [
        "2 contacts are new, as no known one matched; to refuse such rows: --known-only",
        "2 new products: Rose, Vase",
    ]
    for options in (["--dry-run"], []):
        assert read_file(text, *options)["warnings"][-2:] == new


def test_unknown_customers_may_be_refused(read_file: Import, run, list_sales) -> None:
    run("add", "Bob Ray", "--email", "bob@example.com")
    answer = read_file(PLAIN, "--known-only")
    assert counts(answer) == (1, 0, 0, 3)
    assert answer["refused"][0]["reason"] == "no contact matches “Jane Doe”"
    assert list_sales() == ["2026-03-14 | Bob Ray | 1234.50 USD | - | R3"]


def test_sales_without_a_customer_go_to_the_one_named(read_file: Import, run, list_sales) -> None:
    run("add", "Walk-in")
    text = "name,date,amount,currency\n,2026-03-01,5,GBP\n"
    assert counts(read_file(text)) == (0, 0, 0, 1)
    assert counts(read_file(text, "--customer", "walk-in")) == (1, 0, 0, 0)
    assert list_sales() == ["2026-03-01 | Walk-in | 5.00 GBP | - | -"]


@pytest.mark.parametrize(
    ("known", "row", "names"),
    [
        ("Jane Doe|jane@example.com", "J. Doe,JANE@example.com", {"Jane Doe"}),
        ("Jane Doe|", "Jane Doe,new@example.com", {"Jane Doe"}),
        ("Jane Doe|jane@example.com", "Jane Doe,", {"Jane Doe"}),
        ("Jane Doe|jane@example.com", '"Doe, Jane",', {"Jane Doe"}),
        ("Jane Doe|jane@example.com", "Jane Doe <jane@example.com>,", {"Jane Doe"}),
        ("Jane Doe|jane@example.com", "jane@example.com,", {"Jane Doe"}),
        ("Jane Doe|jane@example.com", "Jane Doe,other@example.com", {"Jane Doe"}),
    ],
)
def test_contacts_are_found_by_address_then_by_name(
    read_file: Import, run, known: str, row: str, names: set[str]
) -> None:
    name, _, email = known.partition("|")
    run("add", name, *(["--email", email] if email else []))
    read_file(f"name,email,date,amount,currency\n{row},2026-03-01,5,GBP\n")
    sales = json.loads(run("--json", "sale", "list")[1])
    assert {each["contact"] for each in sales} == names
    is_same = row != "Jane Doe,other@example.com"  # another address: another person
    assert len(json.loads(run("--json", "find")[1])) == (1 if is_same else 2)


# The exports of programs: made-up files of their shape, and the sales in them.

SHOPIFY = """\
Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Address1,Billing City,Billing Zip,Billing Country,Billing Phone,Notes,Cancelled at,Payment Reference,Refunded Amount,Outstanding Balance,Id,Lineitem discount
#1001,jane@example.com,paid,2026-05-01 23:30:00 -0500,EUR,90.90,5.00,0.00,95.90,TEN,10.00,2026-05-01 23:29:00 -0500,1,Matcha 100 g,62.95,MAT-100,Jane Doe,1 Main St,Leeds,'LS1 1AA,GB,+441134960123,gift,,c1.1,0.00,0.00,450789469,0
#1001,jane@example.com,,,,,,,,,,,1,Matcha 50 g,37.95,MAT-50,,,,,,,,,,,,,0
#1002,bob@example.com,partially_refunded,2026-05-03 10:00:00 +0000,EUR,20.00,0.00,3.80,23.80,,0.00,2026-05-03 10:00:00 +0000,2,Cup,10.00,CUP,Bob Ray,,,,,,,,c2.1,5.00,0.00,450789470,0
#1003,amy@example.com,refunded,2026-05-04 10:00:00 +0000,EUR,10.00,0.00,0.00,10.00,,0.00,2026-05-04 10:00:00 +0000,1,Cup,10.00,CUP,Amy Poe,,,,,,,2026-05-05 10:00:00 +0000,c3.1,10.00,0.00,450789471,0
#1004,zoe@example.com,voided,,EUR,10.00,0.00,0.00,10.00,,0.00,2026-05-04 10:00:00 +0000,1,Cup,10.00,CUP,Zoe Poe,,,,,,,2026-05-05 10:00:00 +0000,c4.1,0.00,0.00,450789472,0
#1005,zoe@example.com,pending,,EUR,10.00,0.00,0.00,10.00,,0.00,2026-05-04 10:00:00 +0000,1,Cup,10.00,CUP,Zoe Poe,,,,,,,,c5.1,0.00,10.00,450789473,0
"""

SQUARE_ITEMS = """\
Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Payment ID,Notes,Event Type,Customer ID,Customer Name
2026-09-13,22:02:11,Eastern Time (US & Canada),Ceramics,Speckled Mug,1.0,Regular,MUG-1,,"$1,218.00",-$3.00,"$1,215.00",$1.20,SQA1,PA1,,Payment,CUST1,Dee Example
2026-09-13,22:02:11,Eastern Time (US & Canada),Prints,Fern Print,2.0,Large,FERN-1,,$12.00,$0.00,$12.00,$0.96,SQA1,PA1,,Payment,CUST1,Dee Example
2026-09-20,09:00:00,Eastern Time (US & Canada),Prints,Fern Print,-1.0,Large,FERN-1,,-$6.00,$0.00,-$6.00,-$0.48,SQA1,PA1R,,Refund,CUST1,Dee Example
"""

SQUARE_TRANSACTIONS = """\
Date,Time,Time Zone,Gross Sales,Discounts,Net Sales,Tax,Tip,Partial Refunds,Total Collected,Source,Fees,Net Total,Transaction ID,Payment ID,Description,Event Type,Customer ID,Customer Name
2026-09-13,22:02:11,Eastern Time (US & Canada),"$1,230.00",-$3.00,"$1,227.00",$2.16,$2.00,$0.00,"$1,231.16",POS,-$36.93,"$1,194.23",SQA1,PA1,Speckled Mug x 1,Payment,CUST1,Dee Example
2026-09-20,09:00:00,Eastern Time (US & Canada),-$6.00,$0.00,-$6.00,-$0.48,$0.00,$0.00,-$6.48,POS,$0.00,-$6.48,SQA1,PA1R,Fern Print,Refund,CUST1,Dee Example
"""

STRIPE = """\
id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,Converted Currency,Fee,Status,Description,Customer ID,Customer Email,Invoice ID,Transfer
ch_1,2026-06-05 20:38:34,3125.00,0.00,usd,true,2800.00,0.00,eur,90.93,Paid,Website,cus_1,jane@example.com,in_1,po_1
ch_2,2026-06-05 23:38:34,50.00,20.00,eur,true,50.00,20.00,eur,1.25,Refunded,Order #77,cus_2,bob@example.com,,po_1
ch_3,2026-06-06 20:38:34,50.00,0.00,eur,false,50.00,0.00,eur,0,Failed,x,cus_2,bob@example.com,,
ch_4,2026-06-07 20:38:34,5000,0,jpy,true,30,0,eur,1,Paid,x,,kim@example.com,,
ch_5,2026-06-07 20:38:34,7.00,0,eur,true,7,0,eur,1,Pending,x,,kim@example.com,,
"""

PAYPAL = """\
"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Reference Txn ID","Invoice Number","Balance","Balance Impact"
"10/01/2026","10:00:00","CEST","Jana Mala","Express Checkout Payment","Completed","EUR","1,250.00","-43.40","1,206.60","jana@example.com","shop@example.com","1AB","","WC-777","1,206.60","Credit"
"10/13/2026","09:00:00","CEST","","Account Hold for Open Authorization","Completed","EUR","-10.00","0.00","-10.00","","","2CD","","","","Memo"
"10/14/2026","09:00:00","CEST","","General Withdrawal","Completed","EUR","-1,000.00","0.00","-1,000.00","","","3EF","","","206.60","Debit"
"10/15/2026","09:00:00","CEST","Peter","Express Checkout Payment","Pending","EUR","5.00","-0.40","4.60","p@example.com","","4GH","","","","Credit"
"10/16/2026","09:00:00","CEST","Jana Mala","Payment Refund","Completed","EUR","-250.00","8.00","-242.00","jana@example.com","","5IJ","1AB","WC-777","","Debit"
"""

PAYPAL_GERMAN = """\
"Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Gebühr","Netto","Absender E-Mail-Adresse","Empfänger E-Mail-Adresse","Transaktionscode","Artikelbezeichnung","Zugehöriger Transaktionscode","Rechnungsnummer","Guthaben"
"13.10.2026","10:00:00","CEST","Jana Mala","Handyzahlung","Abgeschlossen","EUR","1.250,00","-43,40","1.206,60","jana@example.com","shop@example.com","1AB","Vase","","","1.206,60"
"14.10.2026","10:00:00","CEST","","Allgemeine Abbuchung","Abgeschlossen","EUR","-100,00","0,00","-100,00","","","2AB","","","","1.106,60"
"""

WOO_EXPORTER = """\
order_id,order_number,order_date,paid_date,status,shipping_total,tax_total,order_total,order_subtotal,order_currency,payment_method,transaction_id,customer_id,billing_first_name,billing_last_name,billing_company,billing_email,billing_phone,billing_city,line_items,customer_note
501,501,2026-01-15 12:00:00,2026-01-15 12:01:00,completed,4.00,0,31.00,27.00,GBP,stripe,ch_W1,7,Ann,Lee,,ann@example.com,,Leeds,name:Cap|product_id:5|sku:CAP|quantity:2|total:18.00|tax:0;name:Pin|product_id:6|sku:PIN|quantity:1|total:9.00|tax:0,leave at door
502,502,2026-01-16 12:00:00,2026-01-16 12:01:00,refunded,0,0,9.00,9.00,GBP,stripe,ch_W2,8,Tom,Lee,,tom@example.com,,Leeds,name:Pin|quantity:1|total:9.00,
503,503,2026-01-17 12:00:00,,cancelled,0,0,9.00,9.00,GBP,stripe,,8,Tom,Lee,,tom@example.com,,Leeds,name:Pin|quantity:1|total:9.00,
"""

WOO_ITEMS = """\
Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),Company (Billing),Email (Billing),City (Billing),Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost
1001,Completed,2026-02-01 10:00,,Max,Muster,Muster GmbH,max@example.de,Berlin,5.00,45.00,4.90,0,44.90,7.17,A1,1,Tasse,3,10.00
1001,Completed,2026-02-01 10:00,,Max,Muster,Muster GmbH,max@example.de,Berlin,5.00,45.00,4.90,0,44.90,7.17,A2,2,Teller,1,15.00
"""

WOO_ANALYTICS = """\
Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items Sold,Coupon(s),N. Revenue
2026-03-01 10:00:00,88,€36.00,completed,Ann Lee,new,"2× Hoodie, 1× Cap",3,,36.00
"""

ODOO = """\
Order Reference,Order Date,Customer,Total,Untaxed Amount,Taxes,Status,Order Lines/Product,Order Lines/Quantity,Order Lines/Unit Price,Order Lines/Subtotal
S00014,2026-03-03 09:00:00,"Deco Addict, Jane Doe","1,120.00","1,100.00",20.00,Sales Order,Desk,1.0,"1,060.00","1,060.00"
,,,,,,,Chair,2.0,20.00,40.00
S00015,2026-03-04 09:00:00,Deco Addict,9.00,9.00,0.00,Quotation,Desk,1.0,9.00,9.00
"""

QUICKBOOKS_DETAIL = """\
Craig's Design,,,,,,,,
Sales by Customer Detail,,,,,,,,
,Date,Transaction Type,Num,Product/Service,Memo/Description,Qty,Sales Price,Amount,Balance
Amy's Birds,,,,,,,,,
,03/28/2026,Invoice,1021,Gardening,Weekly,4,25.00,100.00,100.00
,03/28/2026,Invoice,1021,Rocks,,1,39.60,39.60,139.60
,03/29/2026,Credit Memo,1026,Rocks,,-1,39.60,-39.60,100.00
Total for Amy's Birds,,,,,,,,$100.00,
Cool Cars Ltd,,,,,,,,,
,03/30/2026,Sales Receipt,1030,Design,,3,75.00,225.00,225.00
TOTAL,,,,,,,,$325.00,
"""

QUICKBOOKS_LIST = """\
Date,Transaction Type,Num,Name,Memo/Description,Due Date,Amount,Open Balance
01/05/2026,Invoice,1001,Cool Cars,,02/05/2026,"2,194.20",0.00
01/06/2026,Invoice,1002,Kate Whelan,,02/05/2026,225.00,225.00
01/07/2026,Invoice,1003,Amy Poe,,02/05/2026,100.00,40.00
01/20/2026,Payment,,Cool Cars,,,"-2,194.20",
01/21/2026,Estimate,E7,Cool Cars,,,50.00,
"""

ETSY = """\
Sale Date,Order ID,Full Name,Number of Items,Ship City,Ship State,Ship Country,Currency,Order Value,Shipping,Sales Tax,Order Total,Status,Card Processing Fees
03/05/26,3001,Amy Poe,1,Austin,TX,United States,USD,40.00,5.00,3.00,48.00,,1.69
"""

PROGRAMS = {
    "shopify": (SHOPIFY, 2, [
        "2026-05-02 | Jane Doe | 95.90 EUR | Matcha 100 g, Matcha 50 g; gift | #1001",
        "2026-05-03 | Bob Ray | -5.00 EUR | refund: Cup | #1002 refund",
        "2026-05-03 | Bob Ray | 23.80 EUR | Cup | #1002",
        "2026-05-04 | Amy Poe | -10.00 EUR | refund: Cup | #1003 refund",
        "2026-05-04 | Amy Poe | 10.00 EUR | Cup | #1003",
    ]),
    "square items": (SQUARE_ITEMS, 0, [
        "2026-09-14 | Dee Example | 1229.16 USD | Speckled Mug, Fern Print (Large) | SQA1",
        "2026-09-20 | Dee Example | -6.48 USD | Fern Print (Large) | SQA1 refund",
    ]),
    "square transactions": (SQUARE_TRANSACTIONS, 0, [
        "2026-09-14 | Dee Example | 1231.16 USD fee 36.93 | Speckled Mug x 1 | SQA1",
        "2026-09-20 | Dee Example | -6.48 USD | Fern Print | SQA1 refund",
    ]),
    "stripe": (STRIPE, 2, [
        "2026-06-05 | jane@example.com | 3125.00 USD | Website | ch_1",
        "2026-06-06 | bob@example.com | -20.00 EUR | refund: Order #77 | ch_2 refund",
        "2026-06-06 | bob@example.com | 50.00 EUR fee 1.25 | Order #77 | ch_2",
        "2026-06-07 | kim@example.com | 5000 JPY | x | ch_4",
    ]),
    "paypal": (PAYPAL, 3, [
        "2026-10-01 | Jana Mala | 1250.00 EUR fee 43.40 | - | 1AB",
        "2026-10-16 | Jana Mala | -250.00 EUR fee -8.00 | - | 5IJ",
    ]),
    "paypal in German": (PAYPAL_GERMAN, 1, [
        "2026-10-13 | Jana Mala | 1250.00 EUR fee 43.40 | Vase | 1AB",
    ]),
    "woocommerce exporter": (WOO_EXPORTER, 1, [
        "2026-01-15 | Ann Lee | 31.00 GBP | Cap, Pin; leave at door | 501",
        "2026-01-16 | Tom Lee | -9.00 GBP | refund: Pin | 502 refund",
        "2026-01-16 | Tom Lee | 9.00 GBP | Pin | 502",
    ]),
    "woocommerce items": (WOO_ITEMS, 0, [
        "2026-02-01 | Max Muster | 44.90 GBP | Tasse, Teller | 1001",
    ]),
    "woocommerce analytics": (WOO_ANALYTICS, 0, [
        "2026-03-01 | Ann Lee | 36.00 EUR | Hoodie, Cap | 88",
    ]),
    "odoo": (ODOO, 1, [
        "2026-03-03 | Jane Doe | 1120.00 GBP | Desk, Chair | S00014",
    ]),
    "quickbooks detail": (QUICKBOOKS_DETAIL, 2, [
        "2026-03-28 | Amy's Birds | 139.60 GBP | Weekly | 1021",
        "2026-03-29 | Amy's Birds | -39.60 GBP | Rocks | 1026",
        "2026-03-30 | Cool Cars Ltd | 225.00 GBP | Design | 1030",
    ]),
    "quickbooks list": (QUICKBOOKS_LIST, 3, [
        "2026-01-05 | Cool Cars | 2194.20 GBP | - | 1001",
        "2026-01-07 | Amy Poe | 60.00 GBP | - | 1003",
    ]),
    "etsy": (ETSY, 0, [
        "2026-03-05 | Amy Poe | 48.00 USD fee 1.69 | - | 3001",
    ]),
}  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_exports_of_programs_are_read_once(read_file: Import, list_sales, program: str) -> None:
    text, left_out, sales = PROGRAMS[program]
    answer = read_file(text)
    assert (answer["refused"], answer["files"][0]["left_out"]) == ([], left_out)
    assert list_sales() == sales
    assert counts(read_file(text)) == (0, 0, len(sales), 0)
    assert list_sales() == sales


def list_lines(run: Callable[..., Result]) -> list[str]:
    sales = json.loads(run("--json", "sale", "list", "--sort", "on")[1])
    found = []
    for each in sales:
        shown = json.loads(run("--json", "sale", "show", str(each["id"]))[1])
        for line in shown["lines"]:
            amount = line["amount"]["amount"]
            price = line["price"]["amount"]
            found.append(f"{each['ref']} {line['quantity']:g} {line['product']} {price} {amount}")
    return sorted(found)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (SHOPIFY, [
            "#1001 1 Matcha 100 g 62.95 56.72",
            "#1001 1 Matcha 50 g 37.95 34.18",
            "#1001 1 Shipping 5.00 5.00",
            "#1002 1 Tax 3.80 3.80",
            "#1002 2 Cup 10.00 20.00",
            "#1003 1 Cup 10.00 10.00",
            "#1003 refund -1 Cup 10.00 -10.00",
        ]),
        (WOO_ITEMS, [
            "1001 1 Shipping 4.90 4.90",
            "1001 1 Teller 15.00 13.33",
            "1001 3 Tasse 10.00 26.67",
        ]),
        (SQUARE_ITEMS, [
            "SQA1 1 Speckled Mug 1216.20 1216.20",
            "SQA1 2 Fern Print (Large) 6.48 12.96",
            "SQA1 refund -1 Fern Print (Large) 6.48 -6.48",
        ]),
    ],
)  # fmt: skip
def test_lines_add_up_to_the_sale(read_file: Import, run, text: str, lines: list[str]) -> None:
    read_file(text)
    assert list_lines(run) == lines


def test_a_refund_that_is_added_later_comes_in(read_file: Import, list_sales) -> None:
    read_file(SHOPIFY)
    later = SHOPIFY.replace("c1.1,0.00,0.00", "c1.1,95.90,0.00").replace(
        "#1001,jane@example.com,paid", "#1001,jane@example.com,refunded"
    )
    assert counts(read_file(later)) == (1, 0, 5, 0)
    refund = "2026-05-02 | Jane Doe | -95.90 EUR | refund: Matcha 100 g, Matcha 50 g; gift | #1001 refund"
    assert refund in list_sales()


def test_a_refund_larger_than_its_order_is_kept_and_told(read_file: Import, list_sales) -> None:
    head = "Name,Email,Financial Status,Paid at,Currency,Total,Refunded Amount,Lineitem quantity"
    text = (
        f"{head},Lineitem name,Lineitem price,Id\n"
        "#1,jo@x.example,refunded,2026-03-01,GBP,55.00,80.00,1,Rose,55.00,1\n"
        "#2,jo@x.example,refunded,2026-03-02,GBP,0.00,10.00,1,Lily,0.00,2\n"
    )
    answer = read_file(text)
    assert counts(answer) == (4, 0, 0, 0)
    assert "2 refunds are larger than the amount paid (line 2, 3)" in answer["warnings"]
    assert [each.split(" | ")[2] for each in list_sales()] == [
        "-80.00 GBP",
        "55.00 GBP",
        "-10.00 GBP",
        "0.00 GBP",
    ]
    assert counts(read_file(text)) == (0, 0, 4, 0)


def test_orders_of_two_shops_may_have_one_number(read_file: Import, list_sales) -> None:
    read_file(SHOPIFY)
    other = SHOPIFY.replace("4507894", "9907894").replace("@example.com", "@example.org")
    other = re.sub(r",c(\d)\.1,", r",d\1.1,", other)
    assert counts(read_file(other))[0] == 5
    assert len(list_sales()) == 10
    assert counts(read_file(other)) == (0, 0, 5, 0)


def test_a_payment_of_a_known_order_is_no_second_sale(read_file: Import, list_sales) -> None:
    read_file(WOO_EXPORTER)
    header, row, *_ = STRIPE.splitlines()
    by_id = row.replace("ch_1", "ch_W1").replace("3125.00", "31.00").replace("usd", "gbp")
    by_number = by_id.replace("ch_W1", "ch_9").replace("Website", "Order 501")
    text = f"{header}\n{by_id.replace(',eur,90.93', ',gbp,0.91')}\n{by_number}\n"
    assert counts(read_file(text)) == (0, 1, 1, 0)
    assert (
        "2026-01-15 | Ann Lee | 31.00 GBP fee 0.91 | Cap, Pin; leave at door | 501" in list_sales()
    )
    assert len(list_sales()) == 3


def test_an_order_of_a_known_payment_gives_it_lines(read_file: Import, run, list_sales) -> None:
    header, row, *_ = STRIPE.splitlines()
    paid = row.replace("ch_1", "ch_W1").replace("3125.00", "31.00").replace("usd", "gbp")
    read_file(f"{header}\n{paid.replace('jane@', 'ann@')}\n")
    read_file("\n".join(WOO_EXPORTER.splitlines()[:2]) + "\n")
    assert len(list_sales()) == 1
    assert len(list_lines(run)) == 3


def test_items_and_transactions_of_square_are_one_sale(read_file: Import, run, list_sales) -> None:
    read_file(SQUARE_TRANSACTIONS)
    read_file(SQUARE_ITEMS)
    assert [each.split(" | ")[2] for each in list_sales()] == [
        "1231.16 USD fee 36.93", "-6.48 USD",
    ]  # fmt: skip
    assert len(list_lines(run)) == 4  # with the tip


HEADERS = {
    "English": "Customer,Order Date,Order Total,Currency,Invoice No",
    "German": "Kunde;Rechnungsdatum;Gesamtbetrag;Währung;Rechnungsnummer",
    "French": "Client;Date de facture;Total TTC;Devise;N° facture",
    "Spanish": "Cliente;Fecha de factura;Importe total;Moneda;Número de factura",
    "Italian": "Cliente;Data fattura;Totale;Valuta;Numero fattura",
    "Portuguese": "Cliente;Data da fatura;Valor total;Moeda;Número da fatura",
    "Dutch": "Klant;Factuurdatum;Totaalbedrag;Valuta;Factuurnummer",
    "Swedish": "Kund;Fakturadatum;Totalbelopp;Valuta;Fakturanummer",
    "Polish": "Klient;Data faktury;Razem;Waluta;Numer faktury",
}


@pytest.mark.parametrize("language", HEADERS)
def test_headers_of_nine_languages_are_known(read_file: Import, list_sales, language: str) -> None:
    header = HEADERS[language]
    sign = ";" if ";" in header else ","
    row = sign.join(("Jane Doe", "2026-03-01", "12.50", "EUR", "F-1"))
    assert counts(read_file(f"{header}\n{row}\n")) == (1, 0, 0, 0)
    assert list_sales() == ["2026-03-01 | Jane Doe | 12.50 EUR | - | F-1"]


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        (("1.234", "12,50"), ["1234.00", "12.50"]),
        (("1,234", "12.50"), ["1234.00", "12.50"]),
        (("1.234,5", "1.000"), ["1234.50", "1000.00"]),
        (("1 234,50", "7"), ["1234.50", "7.00"]),
        (("1'234.50", "7"), ["1234.50", "7.00"]),
        (("(12.50)", "7"), ["-12.50", "7.00"]),
        (("12.50-", "+7"), ["-12.50", "7.00"]),
        (("-€1,234.50", "7"), ["-1234.50", "7.00"]),
        (("19.899999999999999", "7"), ["19.90", "7.00"]),
    ],
)
def test_numbers_are_read_as_the_file_shows(
    read_file: Import, run, cells: tuple[str, ...], amounts: list[str]
) -> None:
    rows = "".join(f"Jane;2026-03-0{at};{cell};EUR\n" for at, cell in enumerate(cells, 1))
    assert read_file(f"name;date;amount;currency\n{rows}")["refused"] == []
    sales = json.loads(run("--json", "sale", "list", "--sort", "on")[1])
    found = {each["on"]: each["amount"]["amount"] for each in sales}
    assert [found[f"2026-03-0{at}"] for at in (1, 2)] == amounts


@pytest.mark.parametrize(("region", "amount"), [("DE", "1234.00"), ("US", "1.23")])
def test_the_region_decides_where_the_file_does_not(
    read_file: Import, run, monkeypatch, region: str, amount: str
) -> None:
    monkeypatch.setenv("CARDCRM_REGION", region)
    answer = read_file("name,date,amount,currency\nJane,2026-03-01,1.234,EUR\n")
    if region == "US":
        assert answer["refused"][0]["reason"] == "“1.2340” has too many decimals for EUR"
        return
    [sale] = json.loads(run("--json", "sale", "list")[1])
    assert sale["amount"]["amount"] == amount
    assert any("decimal comma, as is usual in DE" in each for each in answer["warnings"])


def test_rows_without_an_id_are_known_by_their_values(read_file: Import, list_sales) -> None:
    text = "name,date,amount,currency,note\nJane,2026-03-01,5,EUR,tea\nJane,2026-03-01,5,EUR,tea\n"
    assert counts(read_file(text)) == (2, 0, 0, 0)
    assert counts(read_file(text)) == (0, 0, 2, 0)
    assert counts(read_file(text + "Jane,2026-03-02,5,EUR,tea\n")) == (1, 0, 2, 0)
    assert len(list_sales()) == 3


def test_rows_of_an_order_that_are_apart_are_one_sale(read_file: Import, list_sales) -> None:
    text = """Customer,Date,Order No,Product,Qty,Unit Price,Currency
Jane,2026-03-01,A-1,Rose,2,1.50,EUR
Bob,2026-03-01,A-2,Vase,1,9.00,EUR
Jane,2026-03-01,A-1,Vase,1,9.00,EUR
"""
    assert counts(read_file(text)) == (2, 0, 0, 0)
    assert list_sales() == [
        "2026-03-01 | Bob | 9.00 EUR | Vase | A-2",
        "2026-03-01 | Jane | 12.00 EUR | Rose, Vase | A-1",
    ]


HEAD_OF_LINES = "Customer,Date,Order No,Product,Quantity,Price,Total,Cost,Currency\n"


@pytest.mark.parametrize(
    ("rows", "amount", "cost", "lines"),
    [
        (("Roll,2,2.10,4.20,1.80", "Jam,1,5.50,5.50,2.00"), "9.70", "3.80",
         ["A-1 1 Jam 5.50 5.50", "A-1 2 Roll 2.10 4.20"]),
        (("Jam,1,5.50,5.50,2.00", "Tea,1,5.50,5.50,"), "11.00", None,
         ["A-1 1 Jam 5.50 5.50", "A-1 1 Tea 5.50 5.50"]),
        (("Roll,2,,4.20,1.80", "Jam,1,,5.00,2.00"), "9.20", "3.80",
         ["A-1 1 Jam 5.00 5.00", "A-1 2 Roll 2.10 4.20"]),
        (("Roll,2,2.10,9.70,3.80", "Jam,1,5.50,9.70,3.80"), "9.70", "3.80",
         ["A-1 1 Jam 5.50 5.50", "A-1 2 Roll 2.10 4.20"]),
        (("Roll,2,2.10,9.70,3.80", "Jam,1,5.50,,"), "9.70", "3.80",
         ["A-1 1 Jam 5.50 5.50", "A-1 2 Roll 2.10 4.20"]),
    ],
)  # fmt: skip
def test_a_total_is_that_of_the_line_or_of_the_order(
    read_file: Import, run, rows, amount, cost, lines
) -> None:
    text = "".join(f"Jane,2026-03-01,A-1,{each},EUR\n" for each in rows)
    read_file(HEAD_OF_LINES + text)
    (sale,) = json.loads(run("--json", "sale", "list")[1])
    assert (sale["amount"]["amount"], sale["cost"] and sale["cost"]["amount"]) == (amount, cost)
    assert list_lines(run) == lines
    assert counts(read_file(HEAD_OF_LINES + text)) == (0, 0, 1, 0)


def test_a_new_buyer_who_refuses_marketing_gets_no_mailings(read_file: Import, run) -> None:
    run("add", "Kim Old", "--email", "kim@example.com")
    head = "Name,Email,Financial Status,Accepts Marketing,Currency,Total,Created at,Lineitem name,"
    orders = [
        ("#1", "ann@example.com", "no", "Ann New"),
        ("#2", "bob@example.com", "yes", "Bob New"),
        ("#3", "kim@example.com", "no", "Kim Old"),
        ("#4", "dan@example.com", "yes", "Dan New"),
        ("#5", "dan@example.com", "no", "Dan New"),
    ]
    rows = "".join(
        f"{ref},{email},paid,{answer},GBP,5.00,2026-03-01,Rose,1,{name}\n"
        for ref, email, answer, name in orders
    )
    answer = read_file(f"{head}Lineitem quantity,Billing Name\n{rows}")
    assert counts(answer) == (5, 0, 0, 0)
    used = [each for each in answer["columns"] if each["column"] == "Accepts Marketing"]
    assert [(each["as"], each["kept"], each["count"]) for each in used] == [
        ("mail consent", True, 5)
    ]
    shown = [json.loads(run("show", who, "--json")[1]) for who in ("ann", "bob", "kim", "dan")]
    points = [each["contact_points"][0]["opted_out"] for each in shown]
    assert points == [True, False, False, True]


def test_a_forgotten_buyer_comes_back_only_when_asked(read_file: Import, run, list_sales) -> None:
    text = "name,email,date,amount,currency\nJane Doe,jane@example.com,2026-03-01,5,GBP\n"
    read_file(text)
    assert run("forget", "jane", "--yes")[0] == 0
    [refused] = read_file(text)["refused"]
    assert refused["reason"].endswith("; `import --anyway` brings it back")
    assert counts(read_file(text, "--anyway")) == (1, 0, 0, 0)
    assert "2026-03-01 | Jane Doe | 5.00 GBP | - | -" in list_sales()


def test_no_file_of_bad_rows_holds_a_forgotten_buyer(
    read_file: Import, run, tmp_path: Path
) -> None:
    head = "name,email,date,amount,currency\n"
    read_file(f"{head}Jane Doe,jane@example.com,2026-03-01,5,GBP\n")
    run("forget", "jane", "--yes")
    rows = "Jane Doe,jane@example.com,{},{},GBP\nJo Roe,jo@example.com,{},{},GBP\n"
    for day, amount in (("never", "5"), ("2026-03-01", "much")):
        answer = read_file(
            f"{head}Jane Doe,jane@example.com,2026-03-02,5,GBP\n"
            + rows.format(day, amount, day, amount)
        )
        assert len(answer["refused"]) == 3
    activities = "name,email,date,kind,text\nJane Doe,jane@example.com,never,call,hello\n"
    read_file(activities, "--as", "interactions", name="calls.csv")
    written = "".join(each.read_text() for each in tmp_path.glob("*.bad*"))
    assert written.count("jo@example.com") == 2
    assert "jane" not in written.lower()


def test_a_lead_who_paid_is_a_customer(read_file: Import, run) -> None:
    run("add", "Jane Doe", "--email", "jane@example.com")
    read_file(PLAIN)
    assert json.loads(run("--json", "show", "jane")[1])["stage"] == "customer"
    assert json.loads(run("--json", "show", "bob")[1])["stage"] == "customer"


def test_columns_given_by_hand_are_remembered(read_file: Import, list_sales) -> None:
    text = "name,date,takings,amount,currency\nJane,2026-03-01,5,9,EUR\n"
    options = ("--as", "sales", "--map", "takings=amount", "--map", "amount=ignore")
    assert counts(read_file(text, *options)) == (1, 0, 0, 0)
    assert list_sales() == ["2026-03-01 | Jane | 5.00 EUR | - | -"]
    assert counts(read_file(text, "--as", "sales")) == (0, 0, 1, 0)


def test_a_column_cannot_be_given_an_unknown_field(run, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(PLAIN)
    code, _, err = run("import", str(path), "--map", "amount=amuont")
    assert code == 2
    assert "unknown field “amuont” of sales" in err
    assert "Did you mean amount?" in err


def test_rows_below_a_heading_belong_to_its_contact(read_file: Import, list_sales) -> None:
    answer = read_file(
        "customer,date,amount\nJane Doe,,\n,2026-03-01,10\nTotal Jane Doe,,10\nBob Ray,,\n"
        ",2026-03-02,20\nKim,2026-03-03,5\n,2026-03-04,7\n",
        "--as",
        "sales",
    )
    assert counts(answer) == (4, 0, 0, 0)
    assert list_sales() == [
        "2026-03-01 | Jane Doe | 10.00 GBP | - | -",
        "2026-03-02 | Bob Ray | 20.00 GBP | - | -",
        "2026-03-03 | Kim | 5.00 GBP | - | -",
        "2026-03-04 | Bob Ray | 7.00 GBP | - | -",
    ]


@pytest.mark.parametrize(
    ("mode", "expected", "amount", "text"),
    [
        ("--update", (0, 2, 0, 0), "130.00", "tea"),
        ("--fill", (0, 1, 1, 0), "120.00", "tea"),
        ("--skip", (0, 0, 2, 0), "120.00", "-"),
    ],
)
def test_known_sales_are_updated_filled_or_left(
    read_file: Import, list_sales, mode: str, expected: tuple[int, ...], amount: str, text: str
) -> None:
    before = "name,date,amount,currency,ref,text\nJane,2026-03-01,{},EUR,R1,{}\n"
    before += "Jane,2026-03-02,7,EUR,R2,{}\n"
    read_file(before.format("120", "", "cup"))
    assert counts(read_file(before.format("130", "tea", "mug"), mode)) == expected
    assert list_sales()[0] == f"2026-03-01 | Jane | {amount} EUR | {text} | R1"


def test_a_workbook_is_read_as_a_table(run, tmp_path: Path, list_sales) -> None:
    import xlsxwriter

    path = tmp_path / "sales.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(
            (("name", "date", "amount", "currency", "ref"), ("Jane", "2026-03-01", 1.5, "EUR", 7))
        ):
            sheet.write_row(at, 0, row)
    code, _, err = run("import", str(path))
    assert (code, list_sales()) == (0, ["2026-03-01 | Jane | 1.50 EUR | - | 7"]), err


TAXED = """\
Order No,Date,Customer,Email,Total,VAT,Sales channel
A1,2026-03-01,Jane Doe,jane@x.example,24.00,4.00,Online store
A2,2026-03-02,Bob Ray,bob@x.example,10.00,,POS
A3,2026-03-03,Bob Ray,bob@x.example,5.00,0.00,Telephone
A4,2026-03-04,Bob Ray,bob@x.example,-12.00,2.00,Flea market
A5,2026-03-05,Bob Ray,bob@x.example,3.00,9.00,
"""
RATED = """\
Order No,Date,Customer,Product,Qty,Unit price,Amount,VAT rate
B1,2026-03-01,Jane Doe,Rose,2,10.00,20.00,20%
B1,2026-03-01,Jane Doe,Vase,1,5.00,5.00,20%
B2,2026-03-02,Jane Doe,Rose,1,10.00,10.00,0.05
B3,2026-03-03,Jane Doe,Rose,1,10.00,10.00,20%
B3,2026-03-03,Jane Doe,Vase,1,10.00,10.00,7%
"""
GERMAN = """\
Rechnungsnr;Datum;Kunde;Bruttobetrag;MwSt;Vertriebskanal
R1;01.03.2026;Max Muster;119,00;19,00;Laden
"""


@pytest.fixture
def list_taxes(run: Callable[..., Result]) -> Callable[[], list[str]]:
    """Return the sales as lines: reference, tax, rate, channel, and the taxes of the lines."""

    def rows() -> list[str]:
        found = []
        for each in json.loads(run("--json", "sale", "list", "--sort", "ref")[1] or "[]"):
            lines = json.loads(run("--json", "sale", "show", str(each["id"]))[1])["lines"]
            taxes = [line["tax"] and line["tax"]["amount"] for line in lines]
            tax = each["tax"] and each["tax"]["amount"]
            words = [each["ref"], tax, each["tax_rate"], each["channel"], *taxes]
            found.append(" ".join(str(word) for word in words))
        return found

    return rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TAXED, ["A1 4.00 None web", "A2 None None shop", "A3 0.00 None phone",
                 "A4 -2.00 None Flea market", "A5 None None None"]),
        (RATED, ["B1 4.16 20 None 3.33 0.83", "B2 0.48 5 None 0.48", "B3 None None None None None"]),
        (GERMAN, ["R1 19.00 None shop"]),
    ],
)  # fmt: skip
def test_taxes_and_channels_are_read_once(read_file: Import, list_taxes, text, expected) -> None:
    count = len(expected)
    assert counts(read_file(text)) == (count, 0, 0, 0)
    assert list_taxes() == expected
    assert counts(read_file(text)) == (0, 0, count, 0)
    assert list_taxes() == expected


def test_shops_sell_on_the_web_and_tills_in_the_shop(read_file: Import, run) -> None:
    for text in (SHOPIFY, WOO_ITEMS, SQUARE_TRANSACTIONS, ODOO):
        read_file(text)
    found = json.loads(run("--json", "sale", "list")[1])
    assert {each["channel"] for each in found} == {"web", "shop", None}


def test_another_amount_without_its_tax_makes_the_tax_unknown(
    read_file: Import, list_taxes
) -> None:
    read_file(TAXED)
    changed = "Order No,Date,Customer,Email,Total\nA1,2026-03-01,Jane Doe,jane@x.example,30.00\n"
    assert counts(read_file(changed)) == (0, 1, 0, 0)
    assert list_taxes()[0] == "A1 None None web"
