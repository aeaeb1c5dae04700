"""The reports about products, `suggest` and `alert`, typed as a user types them."""

import datetime as dt
import json
import re

import pytest

from cardcrm.cli.run import main

DAYS = (47, 40, 33, 26)


@pytest.fixture
def typed(location, monkeypatch, capsys):
    """Type a command; return what it printed, on standard error as well."""
    monkeypatch.setenv("CARDCRM_DB", str(location))
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    monkeypatch.setenv("CARDCRM_CONFIG", "/dev/null")

    def run(*words, code=0):
        assert main(list(words)) == code
        out, err = capsys.readouterr()
        return out + err

    return run


def read(typed, *words):
    return json.loads(typed(*words, "--format", "json"))


@pytest.fixture
def shop(typed):
    """A shop whose customers buy a rose each week, some with a vase."""
    typed("add", "Jane Doe")
    typed("add", "Bob Ray")
    typed("add", "Ann Lee")
    for name, price, cost in (("Rose", "10", "4"), ("Vase", "30", "12"), ("Ribbon", "2", "1")):
        typed("product", "add", name, "--price", price, "--cost", cost, "--category", "Gifts")
    for days in DAYS:
        typed("sell", "jane", "--product", "Rose", "--on", _day(days))
    for who in ("bob", "ann"):
        typed("sell", who, "--product", "Rose", "--product", "Ribbon", "--on", _day(20))
    return typed


def _day(days):
    return (dt.date(2026, 11, 21) - dt.timedelta(days=days)).isoformat()


def test_an_empty_database_gets_a_clear_sentence_from_each_report(typed):
    typed("add", "Jane Doe")
    typed("product", "add", "Rose")
    for words, message in (
        (("report", "baskets"), "no sales with products"),
        (("report", "margins"), "no sales in"),
        (("report", "margins", "--by", "segment"), "no sales in GBP"),
        (("report", "products"), "no sales of products in"),
        (("report", "pricing", "rose"), "no sales of it in"),
        (("report", "promotion", "--product", "rose", "--from", "2026-05"), "no sales of it in"),
        (("suggest", "jane"), "nothing to suggest to Jane Doe"),
        (("alert", "list"), "no alerts"),
    ):
        assert message in typed(*words), words
        data = json.loads(re.split(r"\n(?=[a-z])", typed(*words, "--format", "json"))[0])
        assert data == [] or (data["reason"] and data["units_ratio"] is None), words


def test_baskets_are_rows_of_pairs(shop):
    (row,) = read(shop, "report", "baskets")
    assert row == {
        "product_id": 3, "product": "Ribbon", "other_product_id": 1, "other_product": "Rose",
        "count": 2, "support": 2 / 6, "confidence": 1.0, "confidence_back": 2 / 6, "lift": 1.0,
    }  # fmt: skip
    assert read(shop, "report", "baskets", "--over", "customers")[0]["support"] == 2 / 3
    assert "pairs of one need --min-count 1" in shop("report", "baskets", "--min-count", "5")
    assert read(shop, "report", "baskets", "--min-support", "0.5") == []


def test_margins_name_the_revenue_of_unknown_cost(shop):
    shop("sell", "bob", "50", "repair")
    rows = {row["name"]: row for row in read(shop, "report", "margins")}
    assert rows["Rose"]["margin"]["amount"] == "36.00"
    assert rows["(no product)"]["unknown_cost_revenue"]["amount"] == "50.00"
    assert rows["(no product)"]["margin"] is None
    assert "The cost of 1 line is unknown" in shop("report", "margins")
    assert "The cost of 1 sale is unknown" in shop("report", "margins", "--by", "customers")
    assert "Did you mean channel?" in shop("report", "margins", "--by", "chanel", code=2)


def test_products_have_a_repeat_rate(shop):
    rows = read(shop, "report", "products", "--sort", "repeat")
    assert [(row["product"], row["repeat_rate"]) for row in rows] == [
        ("Ribbon", 0.0), ("Rose", 1 / 3),
    ]  # fmt: skip
    assert "1 product never sold" in shop("report", "products")


def test_a_stated_day_is_compared(shop):
    data = read(shop, "report", "pricing", "rose", "--on", _day(30))
    assert data["change_found"] is False
    assert data["before"]["units"] == 2.0
    assert data["reason"].startswith("only 2 lines sold before")
    assert "no interval" in shop("report", "pricing", "rose", "--on", _day(30))
    assert "unknown product “tulip”" in shop("report", "pricing", "tulip", code=3)
    csv = shop("report", "pricing", "rose", "--on", _day(30), "--format", "csv")
    assert csv.startswith("product_id,product,currency,")


def test_a_product_may_be_named_by_a_part_that_only_one_has(shop):
    assert read(shop, "report", "pricing", "ros")["product"] == "Rose"
    assert "unknown product “x”" in shop("report", "pricing", "x", code=3)
    shop("product", "add", "Rosemary")
    assert read(shop, "report", "pricing", "rose")["product"] == "Rose"  # the whole name
    text = shop("report", "pricing", "ros", code=4)
    assert "2 products have “ros” in their names" in text
    assert "Rosemary" in text


def test_sales_without_a_product_have_a_row_so_that_products_add_up(shop):
    revenue = sum(float(row["revenue"]["amount"]) for row in read(shop, "report", "products"))
    shop("sell", "jane", "12.50", "a card")
    rows = read(shop, "report", "products")
    assert (rows[-1]["product_id"], rows[-1]["product"]) == (None, "(no product)")
    assert sum(float(row["revenue"]["amount"]) for row in rows) == revenue + 12.5
    text = shop("report", "products")
    assert "(no product)" in text
    assert f"{revenue + 12.5:.2f}" in text.partition("total")[2]


def test_margins_by_segment_without_a_segment_lead_to_the_command(shop):
    assert "no segments yet: cardcrm segment add" in shop("report", "margins", "--by", "segment")
    shop("segment", "add", "vips", "tag:vip")
    assert "no segments yet" not in shop("report", "margins", "--by", "segment")


def test_a_promotion_needs_a_first_day_before_its_last(shop):
    given = ("report", "promotion", "--product", "rose", "--from")
    assert "is later than" in shop(*given, "2026-06", "--to", "2026-05", code=2)
    assert "no sales a week before" in shop(*given, _day(47))


def test_suggestions_have_reasons(shop):
    found = read(shop, "suggest", "jane")
    assert [(row["kind"], row["product"]) for row in found] == [
        ("reorder", "Rose"), ("cross-sell", "Ribbon"), ("up-sell", "Vase"),
    ]  # fmt: skip
    assert found[0]["expected_value"]["amount"] == "10.00"
    assert found[1]["confidence"] == 1.0
    assert found[2]["expected_value"] is None
    text = shop("suggest", "jane", "--limit", "1")
    assert f"Rose: every 7 days as a rule, last on {_day(26)}" in text
    shop("product", "edit", "Ribbon", "--retired")
    shop("sell", "jane", "--product", "Rose")
    assert [row["product"] for row in read(shop, "suggest", "jane")] == ["Vase"]


def test_nothing_is_suggested_to_a_contact_who_is_not_active(shop):
    shop("edit", "jane", "--status", "deceased")
    assert read(shop, "suggest", "jane") == []
    assert "nothing to suggest to Jane Doe: the contact is deceased" in shop("suggest", "jane")


def test_an_alert_is_shown_by_due_and_brief_until_it_is_dealt_with(shop):
    shop("sell", "jane", "--product", "Rose", "--on", _day(12))
    assert "1 alert, 1 new, 0 gone" in shop("alert", "refresh")
    (row,) = read(shop, "alert", "list")
    assert (row["kind"], row["contact"], row["product"]) == ("reorder", "Jane Doe", "Rose")
    assert read(shop, "due")["alerts"] == [row]
    assert read(shop, "brief", "jane")["alerts"] == [row]
    number = f"A{row['id']}"
    assert number in shop("brief", "jane")
    assert "Alerts" not in shop("due")  # nothing is due, and no person reads it now
    shop("remind", "jane", "call", "--due", "today")
    assert "Alerts" in shop("due")
    assert "takes no options" in shop("done", number, "--log", "rang", code=2)
    assert "dismissed reorder until Sat 5 Dec" in shop("snooze", number, "2w")
    assert read(shop, "alert", "list") == []
    shop("undo")
    assert "dismissed reorder until" in shop("done", number.lower())
    assert "unknown alert" in shop("alert", "dismiss", number, code=3)
    shop("undo")
    shop("sell", "jane", "--product", "Rose")
    assert read(shop, "alert", "list") == []


def test_alerts_can_be_limited_and_switched_off(shop, monkeypatch):
    shop("sell", "jane", "--product", "Rose", "--on", _day(12))
    assert len(read(shop, "alert", "list", "id:1", "--kind", "reorder")) == 1
    assert read(shop, "alert", "list", "id:2") == []
    assert read(shop, "alert", "list", "--kind", "margin") == []
    assert "unknown kind of alert" in shop("alert", "list", "--kind", "x", code=2)
    assert "invalid alert “x1”" in shop("alert", "dismiss", "x1", code=2)
    monkeypatch.setenv("CARDCRM_ALERT_DAYS", "0")
    assert read(shop, "due")["alerts"] == []


def test_the_title_of_alerts_has_the_number_of_all(shop):
    shop("sell", "jane", "--product", "Rose", "--on", _day(12))
    for each in ("Ann", "Ben", "Carl"):
        shop("add", each)
        for days in (45, 35, 25, 15):
            shop("sell", each, "--product", "Rose", "--on", _day(days))
    shop("alert", "refresh")
    text = shop("alert", "list", "--limit", "1")
    assert "Alerts (4)" in text
    assert "… and 3 more: --limit 0 shows all" in text
    assert "… and" not in shop("alert", "list", "--limit", "4")


@pytest.mark.parametrize("words", ["baskets", "margins", "products", "pricing rose"])
def test_reports_fit_a_narrow_terminal(shop, words, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = shop("report", *words.split()).splitlines()
    assert lines
    assert max(len(line) for line in lines) <= 80
