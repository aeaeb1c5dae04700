"""`value` from the command line."""

import json

import pytest


@pytest.fixture
def run(typed, monkeypatch):
    monkeypatch.setenv("CARDCRM_CURRENCY", "EUR")
    monkeypatch.setenv("TZ", "Europe/London")
    return typed


@pytest.fixture
def shop(run):
    for name in ("Jane Doe", "Bob Stone", "Ann Lee", "Acme Ltd", "Zoe Example"):
        run("add", name)
    run("sell", "jane", "1200", "--cost", "700", "--on", "2022-11-21")
    run("sell", "jane", "1200", "--cost", "740")
    run("sell", "bob", "100", "--cost", "50", "--on", "2026-11-01")
    run("sell", "ann", "60", "--on", "2026-03-01")
    run("sell", "acme", "-40")
    run("sell", "zoe", "800", "USD")
    return run


def test_database_without_sales_is_not_a_failure(run):
    run("add", "Jane Doe")
    for words in (["value"], ["value", "jane"], ["value", "--total"]):
        code, _, err = run(*words)
        assert code == 0
        assert "no sales yet: cardcrm sell" in err
    assert run("--format", "json", "value")[1] == "[]\n"


def test_table_fits_a_terminal_and_notes_name_assumptions(shop):
    shop("sell", "zoe", "12345.67", "--cost", "9000")
    code, out, err = shop("value")
    assert code == 0
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "5 customers, revenue 14,865.67 EUR" in out
    assert "left out: USD" in err
    assert "average purchase × purchases per year × expected years × margin rate" in err
    assert "3, assumed" in err
    assert "1 customer: costs missing" in err  # a refund needs no cost


def test_json_has_full_figures(shop):
    _, out, err = shop("--format", "json", "value", "--by", "clv")
    jane, ann, bob = json.loads(out)
    assert err == "not ranked: 1 customer who has no order; see: cardcrm value --by revenue\n"
    assert jane["name"] == "Jane Doe"
    assert jane["lifetime_value"] == {"amount": "720.00", "currency": "EUR"}  # 960 / 4 x 3
    assert jane["lifetime_basis"] == "margin"
    assert ann["lifetime_value"]["amount"] == "180.00"
    assert (ann["lifetime_basis"], ann["margin"]) == ("revenue", None)
    assert bob["lifetime_value"]["amount"] == "150.00"
    assert (jane["first_sale"], jane["last_sale"]) == ("2022-11-21", "2026-11-21")


def test_one_customer_shows_the_formula_with_numbers(shop):
    _, out, _ = shop("value", "jane")
    assert "= 1,200.00 × 0.50 per year × 3.0 years × 40.0% margin" in out
    assert "lifetime value  720.00 EUR" in out
    assert "no. 1 of 4" in out
    _, out, _ = shop("--format", "json", "value", "jane", "--years", "5")
    [euros] = json.loads(out)["by_currency"]
    assert euros["lifetime_value"]["amount"] == "1200.00"
    assert euros["margin_rate"] == 0.4


@pytest.mark.parametrize(
    ("sold", "formula"),
    [
        (["100 --cost 60", "-160"], "-360.00 EUR\n= -120.00 margin per year × 3.0 years"),
        (["100", "-160"], "-180.00 EUR\n= -60.00 revenue per year × 3.0 years"),
        (["100 --cost 60", "-100"], "-180.00 EUR\n= -60.00 margin per year × 3.0 years"),
    ],
)
def test_refunds_beyond_sales_give_a_negative_value(shop, sold, formula):
    for words in sold:
        assert shop("sell", "zoe", *words.split())[0] == 0
    before = json.loads(shop("--format", "json", "value", "--total", "--currency", "usd")[1])
    assert before["lifetime_value"]["amount"] == "2400.00"
    _, out, _ = shop("value", "zoe", "--currency", "eur")
    assert formula in "\n".join(" ".join(line.strip("│ ").split()) for line in out.splitlines())
    _, out, _ = shop("--format", "json", "value", "--by", "clv", "--currency", "eur")
    ranked = [float(row["lifetime_value"]["amount"]) for row in json.loads(out)]
    assert ranked == sorted(ranked, reverse=True)
    assert ranked[-1] < 0
    totals = json.loads(shop("--format", "json", "value", "--total", "--currency", "eur")[1])
    assert float(totals["lifetime_value"]["amount"]) == sum(ranked)


def test_totals_explain_the_formula_once(shop):
    _, out, err = shop("value", "--total")
    assert (out + err).count("average purchase") == 1


def test_totals_are_available_as_json(shop):
    _, out, _ = shop("--format", "json", "value", "--total")
    totals = json.loads(out)
    assert "without 1 customer whose costs are missing" in " ".join(
        shop("value", "--total")[1].replace("│", " ").split()
    )
    assert totals["customers"] == 4
    assert totals["revenue"] == {"amount": "2520.00", "currency": "EUR"}
    assert totals["lifetime_value"]["amount"] == "1050.00"
    assert totals["lifetime_years_basis"] == "assumed"


def test_currencies_limits_and_queries_choose_what_is_shown(shop):
    names = [row["name"] for row in json.loads(shop("--format=json", "value", "--limit=2")[1])]
    assert names == ["Jane Doe", "Bob Stone"]
    [zoe] = json.loads(shop("--format", "json", "value", "--currency", "usd")[1])
    assert zoe["share"] == 1.0
    [ann] = json.loads(shop("--format", "json", "value", "--where", "ann")[1])
    assert ann["name"] == "Ann Lee"
    assert shop("--format", "ids", "value", "--limit", "1")[1] == "1\n"


@pytest.mark.parametrize(
    "words", [["--by", "size"], ["--currency", "XYZ"], ["--years", "0"], ["--years", "nan"]]
)
def test_bad_options_are_refused(shop, words):
    code, out, err = shop("value", *words)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")


def test_other_currency_does_not_report_no_sales_at_all(shop):
    assert shop("value", "--currency", "JPY")[2].startswith("no sales in JPY")


@pytest.mark.parametrize("more", [[], ["--total"], ["--format", "csv"], ["--format", "table"]])
def test_a_query_without_customers_shows_no_customers(shop, more):
    _, out, err = shop("value", "--where", "tag:nobody-has-it", *more)
    assert "Jane" not in out
    assert "2,520" not in out
    assert "no matching customers with sales in EUR\n" in err


def test_totals_are_those_of_the_query(shop):
    totals = json.loads(shop("--json", "value", "--total", "--where", "ann or bob")[1])
    assert (totals["customers"], totals["revenue"]["amount"]) == (2, "160.00")


def test_who_is_not_ranked_is_said(shop):
    _, out, err = shop("value", "--by", "margin")
    assert "Ann Lee" not in out
    assert "not ranked: 1 customer whose margin is unknown (a cost is missing)" in err


def test_an_organization_says_that_it_includes_its_people(run):
    run("add", "Jane Doe", "--org", "Acme Ltd")
    run("sell", "jane", "500")
    run("sell", "acme", "100")
    assert "600.00 EUR in 2 orders since Sat 21 Nov" in run("show", "acme")[1]
    shown = " ".join(run("show", "acme")[1].replace("│", " ").split())
    assert "on average, with the sales of 1 person" in shown
    assert "includes the sales of 1 person" in " ".join(run("value", "acme")[1].split())
    _, out, err = run("value")
    assert "Acme Ltd + 1 person" in out
    assert "2 customers, revenue 600.00 EUR" in out
    assert "an organization's figures include its people's; the total counts a sale once" in err
    [acme, jane] = json.loads(run("--json", "value")[1])
    assert (acme["revenue"]["amount"], acme["people_count"]) == ("600.00", 1)
    assert (jane["revenue"]["amount"], jane["people_count"]) == ("500.00", 0)


def test_contact_without_sales_points_to_the_organization(run):
    run("add", "Jane Doe", "--org", "Acme Ltd")
    assert "Acme" not in run("value", "jane")[2]
    run("sell", "acme", "50")
    assert "Acme Ltd has sales: cardcrm value 1\n" in run("value", "jane")[2]


def test_the_shell_shows_sums_by_currency_or_with_their_rates(run, tmp_path):
    for words in (["add", "Jane Doe"], ["sell", "jane", "100"], ["sell", "jane", "50", "USD"]):
        assert run(*words)[0] == 0
    assert "in all" not in run("show", "jane")[1] + run("value", "jane")[1]
    assert json.loads(run("value", "--total", "--json")[1])["other_revenue"] == [
        {"amount": "50.00", "currency": "USD"}
    ]
    file = tmp_path / "rates.csv"
    file.write_text("date,currency,rate\n2026-11-20,USD,0.92\n")
    assert run("config", "rates", str(file))[2] == "read 1 rate, 1 of them new or different\n"
    for words in (["show", "jane"], ["value", "jane"], ["value", "--total"]):
        shown = " ".join(run(*words)[1].replace("│", " ").split())
        assert "146.00 EUR" in shown
        assert "1 USD = 0.92 EUR (2026-11-20)" in shown
        assert (
            json.loads(run(*words, "--json")[1])["all_currencies"]["revenue"]["amount"] == "146.00"
        )


def test_list_with_sums_names_their_currency(shop):
    said = "of sales in EUR; not included: USD"
    assert shop("find", "zoe", "--columns", "name,value,margin")[2].strip() == (
        f"value and margin {said}"
    )
    assert shop("find", "--sort", "-value")[2].strip() == f"value {said}"
    assert shop("find", "--columns", "name,orders")[2] == ""


def test_without_sales_the_figures_together_are_a_sentence(typed) -> None:
    typed("add", "Jane Doe")
    assert typed("value", "--total")[1:] == ("", "no sales yet: cardcrm sell WHO --product NAME\n")
    assert '"customers": 0' in typed("value", "--total", "--json")[1]


def test_without_sales_before_nothing_is_compared(typed) -> None:
    typed("add", "Jane Doe")
    by_currency = ("report", "revenue", "--by", "currency")
    assert typed(*by_currency)[1:] == ("", "no sales yet: cardcrm sell WHO AMOUNT\n")
    typed("sell", "jane", "5", "--on", "2026-11-02")
    assert typed(*by_currency)[2] == "2025-12-01 to 2026-11-21; no sales before that\n"
    _, _, err = typed(*by_currency, "--from", "2020", "--to", "2020")
    assert err == "no sales from 2020-01-01 to 2020-12-31\n"
