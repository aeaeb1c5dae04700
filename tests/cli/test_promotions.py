"""`promotion`, and the codes of sales, files and mails."""

import json

import pytest


@pytest.fixture
def run(typed, monkeypatch):
    monkeypatch.setenv("CARDCRM_CURRENCY", "GBP")
    monkeypatch.setenv("CARDCRM_MAIL_HOST", "localhost")
    monkeypatch.setenv("CARDCRM_MAIL_FROM", "shop@example.com")
    typed("add", "Jane Doe", "--email", "jane@example.com")
    typed("promotion", "add", "spring10", "--discount", "10%", "--until", "2026-12-31")
    return typed


def results(run, *words):
    code, out, err = run("promotion", "results", *words, "--json")
    assert code == 0, err
    return {each["code"]: each for each in json.loads(out)}


def test_a_sale_says_the_discount_of_its_code(run):
    run("product", "add", "Rose", "--price", "25", "--cost", "10")
    code, _, err = run("sell", "jane", "--line", "2 x Rose", "--code", "Spring10")
    assert (code, err) == (
        0, "sold 45.00 GBP to 1 Jane Doe on Sat 21 Nov: 2 x Rose -10% (sale 1, code SPRING10)\n"
    )  # fmt: skip
    found = results(run)["SPRING10"]
    assert (found["redeemed"], found["new_customers"], found["discount_percent"]) == (1, 1, 10)
    assert found["discount_given"] == {"amount": "5.00", "currency": "GBP"}
    assert found["margin"] == {"amount": "25.00", "currency": "GBP"}


def test_a_code_and_a_day_of_one_edit_are_checked_together(run):
    run("sell", "jane", "20", "--on", "2026-11-01")
    run("promotion", "edit", "spring10", "--from", "2026-11-10")
    code, _, err = run("sale", "edit", "1", "--amount", "30", "--code", "spring10")
    assert (code, err.splitlines()[0]) == (
        2, "error: SPRING10 is valid from 2026-11-10, and the sale is of 2026-11-01"
    )  # fmt: skip
    words = ("--amount", "30", "--code", "spring10", "--on", "2026-11-12")
    code, _, err = run("sale", "edit", "1", *words)
    assert code == 0, err
    assert results(run)["SPRING10"]["redeemed"] == 1


def test_notes_name_what_is_left_out(run):
    run("sell", "jane", "20", "--code", "spring10")
    run("sell", "jane", "20 EUR", "--code", "spring10")
    _, out, err = run("promotion", "results")
    assert out.splitlines()[2].split() == [
        "SPRING10", "10%", "1", "1", "1", "20.00", "2.22",
    ]  # fmt: skip
    assert err.splitlines() == [
        "the cost of 1 sale is unknown: a revenue of 20.00 GBP is not in the margin",
        "only sales in GBP; left out: EUR (--currency EUR)",
    ]
    assert results(run, "--currency", "EUR")["SPRING10"]["redeemed"] == 1


FILE = """\
date,email,amount,ref,promotion
2026-11-01,jane@example.com,18,A1,spring10
2026-11-02,jane@example.com,20,A2,"XMAS, SPRING10"
2026-11-03,jane@example.com,20,A3,XMAS
2026-11-04,jane@example.com,-20,A4,SPRING10
2026-11-05,jane@example.com,20,A5,
"""


def test_a_file_redeems_known_codes_and_names_the_others(run, tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text(FILE, "utf-8")
    code, _, err = run("import", str(path))
    assert code == 0, err
    assert "1 code is unknown: XMAS; to count them, run `cardcrm promotion add XMAS`" in err
    assert results(run)["SPRING10"]["redeemed"] == 2
    run("promotion", "add", "XMAS")
    _, _, err = run("import", str(path))
    assert "0 sales created, 2 updated, 3 unchanged" in err
    assert "unknown" not in err
    assert {key: each["redeemed"] for key, each in results(run).items()} == {
        "SPRING10": 1, "XMAS": 2,
    }  # fmt: skip
    _, _, err = run("import", str(path))
    assert "0 sales created, 0 updated, 5 unchanged" in err


def test_an_exported_sale_is_imported_with_its_code(run, tmp_path):
    path = tmp_path / "sales.csv"
    run("sell", "jane", "20", "--code", "spring10")
    run("sale", "export", str(path))
    run("sale", "rm", "1", "--yes")
    run("sale", "import", str(path))
    assert results(run)["SPRING10"]["redeemed"] == 1


SHOPIFY = """\
Name,Email,Financial Status,Paid at,Currency,Subtotal,Total,Discount Code,Discount Amount,\
Lineitem quantity,Lineitem name,Lineitem price,Created at
#1001,jane@example.com,paid,2026-11-01 10:00:00 +0000,GBP,45.00,45.00,SPRING10,5.00,\
2,Rose,25.00,2026-11-01 10:00:00 +0000
"""


def test_an_order_of_a_shop_redeems_its_code(run, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(SHOPIFY, "utf-8")
    code, _, err = run("import", str(path))
    assert code == 0, err
    found = results(run)["SPRING10"]
    assert (found["redeemed"], found["revenue"]["amount"]) == (1, "45.00")


def test_a_mail_of_a_campaign_names_its_code(run, tmp_path):
    path = tmp_path / "offer.txt"
    path.write_text("{{ campaign.code }} {{ campaign.discount }} {{ campaign.until }}", "utf-8")
    run("template", "add", "offer", "--subject", "Roses", "--text", str(path))
    run("campaign", "add", "spring", "--segment", "has:email", "--template", "offer")
    code, _, err = run("mail", "jane", "--template", "offer", "--preview")
    assert code == 2
    assert "template offer for 1 Jane Doe needs a campaign" in err
    code, _, err = run("campaign", "send", "spring", "--yes")
    assert code == 2
    assert "the template offer names campaign.code, and the campaign has no promotion" in err
    run("promotion", "edit", "spring10", "--campaign", "spring", "--until", "")
    code, _, err = run("campaign", "send", "spring", "--yes")
    assert code == 2
    assert "the template offer names campaign.until, which SPRING10 lacks" in err
    run("promotion", "edit", "spring10", "--until", "2026-12-31")
    code, _, err = run("campaign", "send", "spring", "--yes")
    assert code == 0, err
    _, out, _ = run("campaign", "results", "spring", "--json")
    assert [each["code"] for each in json.loads(out)["promotions"]] == ["SPRING10"]
