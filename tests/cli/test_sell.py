"""`sell` and `product` from the command line."""

import json

import pytest


@pytest.fixture
def run(typed, monkeypatch):
    monkeypatch.setenv("CARDCRM_CURRENCY", "GBP")
    monkeypatch.setenv("TZ", "Europe/London")
    typed("add", "Jane Doe")
    return typed


@pytest.mark.parametrize(
    ("words", "amount", "currency", "text"),
    [
        ("12,50 flowers", "12.50", "GBP", "flowers"),
        ("€20", "20.00", "EUR", ""),
        ("20 EUR wreath", "20.00", "EUR", "wreath"),
        ("EUR 20 wreath", "20.00", "EUR", "wreath"),
        ("20 eur", "20.00", "EUR", ""),
        ("20 all the flowers", "20.00", "GBP", "all the flowers"),
        ("20 ALL", "20.00", "ALL", ""),
        ("20 top hats", "20.00", "GBP", "top hats"),
        ("12.00 500 roses", "12.00", "GBP", "500 roses"),
        ("12 50 roses", "12.00", "GBP", "50 roses"),
        ("1 234,56 flowers", "1234.56", "GBP", "flowers"),
        ("€1 234,56 flowers", "1234.56", "EUR", "flowers"),
        ("1 234,56 EUR flowers", "1234.56", "EUR", "flowers"),
        ("EUR 1 234 567.5 flowers", "1234567.50", "EUR", "flowers"),
        ("-1 234,56", "-1234.56", "GBP", ""),
        ("-12 wilted", "-12.00", "GBP", "wilted"),
        ("-12.50", "-12.50", "GBP", ""),
        ("-€3", "-3.00", "EUR", ""),
        ("8 --refund", "-8.00", "GBP", ""),
        ("8 --currency usd", "8.00", "USD", ""),
        ("0 sample", "0.00", "GBP", "sample"),
    ],
)
def test_amount_currency_and_text_are_distinguished(run, words, amount, currency, text):
    code, out, err = run("--format", "json", "sell", "jane", *words.split())
    assert (code, err) == (0, "")
    sale = json.loads(out)
    assert sale["amount"] == {"amount": amount, "currency": currency}
    assert (sale["text"], sale["is_new"], sale["contact"]) == (text or None, True, "Jane Doe")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["jane"], "no amount given"),
        (["jane", "flowers"], "invalid amount"),
        (["jane", "12.345"], "ambiguous amount"),
        (["jane", "1", "234", "flowers"], "ambiguous amount “1 234”: 1234, or 1 for “234 flowers”"),
        (["jane", "12", "500", "roses"], "ambiguous amount “12 500”: 12500, or 12"),
        (["jane", "9", "roses", "--cost", "1", "234,56"], "“234,56” may belong to the option 1"),
        (["jane", "2", "x", "rose"], "“2 x rose” starts with a quantity, not with an amount"),
        (["jane", "2x", "rose", "@", "5"], 'Write --line "2x rose @ 5"'),
        (["jane", "9", "--cost", "1.234"], "ambiguous amount"),
        (["jane", "9", "--product", "Rose", "--qty", "1,234"], "ambiguous quantity “1,234”"),
        (["jane", "--product", "Rose", "--price", "1.234"], "ambiguous price “1.234”"),
        (["jane", "12.345", "--product", "Rose"], "ambiguous amount"),
        (["jane", "12", "--typo"], "no such option: --typo"),
        (["jane", "12", "--qty", "2"], "no product given"),
        (["jane", "12 EUR", "--currency", "USD"], "not in USD"),
        (["jane", "12", "--product", "Rose", "--discount", "10%"], "before or after"),
        (["jane", "12", "--cost", "-3"], "negative"),
        (["jane", "12", "--on", "2026-11-22"], "in the future"),
        (["jane", "12", "--line", "2 x"], "names no product"),
    ],
)
def test_bad_input_gets_one_clear_line(run, words, complaint):
    code, out, err = run("sell", *words)
    assert (code, out) == (2, "")
    assert complaint in err
    assert err.startswith("error: ")


def test_amount_follows_from_the_catalog(run):
    run("product", "add", "Rose", "bouquet", "--price", "24.50", "--cost", "9.80")
    code, out, err = run(
        "sell", "jane", "--product", "rose bouquet", "--qty", "2", "--line", "Vase @ 5 -10%", "gift"
    )
    assert (code, out) == (0, "")
    assert "sold 53.50 GBP to 1 Jane Doe on Sat 21 Nov" in err
    assert "2 x Rose bouquet, 1 x Vase -10%" in err
    assert "added product 2 Vase\n" in err
    assert "if you meant Rose bouquet" in run("sell", "jane", "5", "--product", "rose boquet")[2]


def test_a_text_that_names_a_product_is_pointed_out(run):
    run("product", "add", "Table flowers", "--price", "6")
    err = run("sell", "jane", "24", "table", "flowers")[2]
    assert "recorded without the product Table flowers" in err
    assert 'cardcrm sale edit 1 --product "Table flowers" --qty N' in err
    run("sale", "edit", "1", "--product", "Table flowers", "--qty", "4")
    sale = json.loads(run("--format", "json", "sale", "show", "1")[1])
    assert (sale["amount"]["amount"], sale["lines"][0]["quantity"]) == ("24.00", 4)
    for words in (["5", "vase"], ["--product", "Table flowers", "table flowers"]):
        assert "without the product" not in run("sell", "jane", *words)[2]


def test_repeated_reference_changes_nothing(run):
    assert run("sell", "jane", "5", "--ref", "A1")[0] == 0
    code, _, err = run("sell", "jane", "5", "--ref", "A1")
    assert code == 0
    assert "no change: sale 1 already has the reference A1" in err
    assert run("sell", "jane", "6", "--ref", "A1")[0] == 4


def test_editing_an_amount_keeps_cost_and_currency(run):
    run("product", "add", "Vase", "--cost", "9")
    run("sell", "jane", "--product", "Vase", "--qty", "3", "30 USD", "--cost", "10 USD")
    result = json.loads(run("--format", "json", "sale", "edit", "1", "31.00")[1])
    assert result["amount"] == {"amount": "31.00", "currency": "USD"}
    assert result["cost"] == {"amount": "10.00", "currency": "USD"}
    code, _, err = run("sale", "edit", "1", "300.00", "EUR")
    assert (code, "had a cost of 10.00 USD" in err, "Give --cost" in err) == (2, True, True)
    assert run("sale", "edit", "1", "300.00", "EUR", "--cost", "90 EUR")[0] == 0


def test_sale_is_edited_by_id(run):
    run("sell", "jane", "12.50", "flowers", "--cost", "5")
    code, _, err = run("sale", "edit", "1", "14.50", "roses", "--on", "yesterday")
    assert (code, err.strip()) == (
        0,
        "changed sale 1 14.50 GBP roses (Jane Doe): amount 12.50 GBP → 14.50 GBP, "
        "for flowers → roses, on Sat 21 Nov → Fri 20 Nov",
    )
    sale = json.loads(run("--format", "json", "sale", "edit", "1", "--ref", "A1")[1])
    assert (sale["amount"]["amount"], sale["ref"], sale["on"]) == ("14.50", "A1", "2026-11-20")
    assert sale["cost"]["amount"] == "5.00"
    assert run("sale", "edit", "1", "14.50")[2].startswith("no change to sale 1")
    assert run("sale", "edit", "1")[0] == 2
    assert run("sale", "edit", "9", "3.00")[0] == 3
    assert run("undo")[0] == 0
    assert run("sell", "--refund", "8")[0] == 3  # WHO is required


def test_sales_are_removed_after_asking(run):
    run("sell", "jane", "5")
    run("sell", "jane", "6")
    assert run("sale", "rm", "1")[0] == 2  # no one can confirm
    assert run("sale", "rm", "1", "9", "--yes")[0] == 3
    code, _, err = run("sale", "rm", "#1", "2", "--yes")
    assert code == 0
    assert err.splitlines() == [
        "removed 2 sales; to restore: cardcrm undo",
        "  sale 1 5.00 GBP (Jane Doe)",
        "  sale 2 6.00 GBP (Jane Doe)",
    ]
    assert run("sale", "rm", "1", "--yes")[0] == 3
    run("undo")
    assert run("sale", "rm", "1", "--yes")[0] == 0


def test_catalog_is_listed_changed_and_cleared(run):
    run("product", "add", "Rose", "--price", "2", "--sku", "R1")
    assert run("product", "edit", "R1", "--price", "2.50", "--name", "Red rose")[0] == 0
    _, out, _ = run("--format", "json", "product", "list")
    [rose] = json.loads(out)
    assert (rose["name"], rose["price"]["amount"]) == ("Red rose", "2.50")
    assert run("product", "edit", "red rose")[0] == 2
    run("product", "edit", "red rose", "--retired")
    assert "all products are retired" in run("product", "list")[2]
    assert "Red rose" in run("product", "list", "--all")[1]
    assert run("product", "rm", "red", "rose", "--yes")[0] == 0
    assert run("product", "rm", "red", "rose", "--yes")[0] == 3


def test_several_products_get_a_line_each(run):
    run("product", "add", "Rose", "--price", "3")
    run("product", "add", "Vase", "--price", "12.50")
    code, _, words = run("sell", "jane", "--product", "rose", "--product", "vase")
    assert code == 0
    assert "sold 15.50 GBP" in words
    assert "1 x Rose, 1 x Vase" in words


def test_quantity_for_several_products_is_refused(run):
    run("product", "add", "Rose", "--price", "3")
    run("product", "add", "Vase", "--price", "12.50")
    words = ("--product", "rose", "--qty", "2", "--product", "vase", "--qty", "1")
    code, _, message = run("sell", "jane", *words)
    assert code == 2
    assert "--qty is given 2 times" in message
    one = ("--product", "rose", "--qty", "2", "--product", "vase")
    assert "apply to one product only" in run("sell", "jane", *one)[2]
    assert "--line" in message


def test_a_second_number_may_be_an_amount_or_a_sale(run):
    run("sell", "jane", "5")
    run("sell", "jane", "6")
    code, _, err = run("sale", "edit", "1", "2", "--on", "yesterday")
    assert (code, "“2” may be the number of a sale or an amount" in err) == (2, True)
    assert run("sale", "edit", "1", "--amount", "2")[0] == 0
    assert run("sale", "edit", "1,2", "--on", "yesterday")[2].startswith("changed 2 of 2 sales:")


def test_a_product_without_a_price_is_told_from_an_unknown_one(run):
    run("product", "add", "Vase")
    code, _, err = run("sell", "jane", "--product", "vase")
    assert (code, "“Vase” has no price in the catalog\n" in err, "product edit" in err) == (
        2,
        True,
        True,
    )
    code, _, err = run("sell", "jane", "--product", "Vaze")
    assert (code, "unknown product “Vaze”" in err, "product add" in err) == (3, True, True)
    assert "Did you mean Vase?" in err


def test_a_product_that_a_sale_added_has_its_last_price_as_a_remedy(run):
    run("sell", "jane", "--line", "2 x Rose @ 5")
    code, _, err = run("sell", "jane", "--line", "Rose")
    assert code == 2
    assert "“Rose” has no price in the catalog; it was last sold for 5.00 GBP" in err
    assert 'cardcrm product edit "Rose" --price "5.00 GBP"' in err


def test_a_line_given_as_a_product_leads_to_the_option_for_lines(run):
    code, _, err = run("sell", "jane", "--product", "2 x Rose @ 5")
    assert (code, 'Write --line "2 x Rose @ 5".' in err) == (2, True)


def test_a_new_product_is_reported_with_those_of_a_similar_name(run):
    run("product", "add", "Rose", "bouquet", "--price", "24.50")
    err = run("sell", "jane", "5", "--product", "rose")[2]
    assert "added product 2 rose; if you meant Rose bouquet: cardcrm undo" in err


@pytest.mark.parametrize(
    ("line", "part"),
    [("Shirt 10% off", "10% off"), ("Shirt 12.5 %", "12.5 %"), ("Shirt x 3", "x 3")],
)
def test_a_line_names_the_whole_part_that_it_could_not_read(run, line, part):
    message = run("sell", "jane", "--line", line)[2].splitlines()[0]
    assert message == f"error: “{part}” in the new product “{line}” may not be part of its name"
