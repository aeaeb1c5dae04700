"""`report month` and the pages of reports, from the command line."""

import contextlib
import datetime as dt
import json
import re
import stat
from typing import TYPE_CHECKING

import pytest

from cardcrm.dates import DayTime
from cardcrm.dates.date_parts import add_months
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import sales
from cardcrm.records.sales.product_type import PRODUCT
from cardcrm.records.sales.sale_lines import LineDraft
from cardcrm.store import Locale, open_store
from tests.cli.test_pager import Terminal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run(typed, monkeypatch):
    monkeypatch.setenv("CARDCRM_CURRENCY", "EUR")
    monkeypatch.setenv("TZ", "Europe/London")
    return typed


FAY, RON, NORA, KIM, LEE, MO = NAMES = (
    "Fay Favorite", "Ron Rising", "New Nora", "Kim Kind", "Lee Late", "Mo Many",
)  # fmt: skip
ROSE, VASE, CARD = (LineDraft("Rose", 2000), LineDraft("Vase"), LineDraft("Card"))


def list_sales():
    """Yield a customer, a day, and an amount or products."""
    day = dt.date(2024, 10, 5)
    while day < dt.date(2026, 11, 1):
        if day < dt.date(2026, 6, 1):
            yield FAY, day, 500
        yield KIM, day, (ROSE, VASE)  # 30
        yield MO, day, (CARD,)  # 30
        day = add_months(day, 1)
    yield RON, dt.date(2026, 9, 2), 100
    yield RON, dt.date(2026, 10, 2), 250
    yield NORA, dt.date(2026, 10, 31), 40
    yield LEE, dt.date(2026, 11, 1), 60
    yield LEE, dt.date(2026, 10, 15), -10


@pytest.fixture
def shop(run, cli_location):
    """Fill a shop with a favorite who stopped buying, a rising star, and a pair of products."""
    run("add", FAY)
    locale = Locale("GB", "EUR")
    opened = contextlib.closing(open_store(cli_location, user="test", locale=locale))
    with opened as store, store.transaction("test"):
        ids = {name: contacts.add(store, ContactDraft(name)).id for name in NAMES[1:]}
        ids[FAY] = store.value("SELECT min(id) FROM contact")
        for name, price in (("Rose", "10"), ("Vase", "10"), ("Card", "30")):
            records.add(store, PRODUCT, {"name": name, "price": price})
        for name, day, sold in list_sales():
            lines = sold if isinstance(sold, tuple) else ()
            money = None if lines else Money(100 * sold, "EUR")
            sales.sell(store, ids[name], money, when=DayTime(day), lines=lines)
    return run


def read_month(run, *words):
    code, out, err = run("--format", "json", "report", "month", *words)
    assert code == 0, err
    return json.loads(out)


def amount(data):
    return data["amount"]


def test_month_is_compared_with_the_month_and_the_year_before(shop):
    data = read_month(shop)
    assert (data["month"], data["since"], data["until"]) == ("2026-10", "2026-10-01", "2026-10-31")
    assert (data["is_over"], data["currency"]) == (True, "EUR")
    # 30 by Kim, 30 by Mo, 250 by Ron, 40 by Nora, less the refund of 10
    assert (amount(data["revenue"]), data["orders"], data["customers"]) == ("340.00", 4, 4)
    assert amount(data["month_before"]["revenue"]) == "160.00"  # 30 + 30 + 100
    assert data["month_before"]["growth"] == pytest.approx((340 - 160) / 160)
    assert amount(data["year_before"]["revenue"]) == "560.00"  # 500 + 30 + 30
    assert (data["year_before"]["since"], data["year_before"]["until"]) == (
        "2025-10-01",
        "2025-10-31",
    )


def test_month_that_is_not_over_is_compared_over_the_same_days(shop):
    data = read_month(shop, "--month", "2026-11")
    assert (data["is_over"], data["until"]) == (False, "2026-11-21")
    assert (data["month_before"]["since"], data["month_before"]["until"]) == (
        "2026-10-01",
        "2026-10-21",
    )
    assert amount(data["month_before"]["revenue"]) == "300.00"  # without Nora on the 31st
    assert amount(data["revenue"]) == "60.00"


def test_lists_name_the_customers_and_products(shop):
    data = read_month(shop)
    assert [each["name"] for each in data["best_customers"]] == [
        "Ron Rising",
        "New Nora",
        "Kim Kind",
        "Mo Many",
    ]
    assert data["best_customers"][0]["share"] == pytest.approx(250 / 340)
    assert [each["name"] for each in data["customers_at_risk"]] == ["Fay Favorite"]
    assert [each["name"] for each in data["customers_won"]] == ["New Nora"]
    products = [(each["product"], amount(each["revenue"])) for each in data["best_products"]]
    assert products == [("Card", "30.00"), ("Rose", "20.00"), ("Vase", "10.00")]
    assert [(each["product"], each["other_product"]) for each in data["product_pairs"]] == [
        ("Rose", "Vase")
    ]
    assert len(data["revenue_by_month"]) == 24
    assert data["revenue_by_month"][0]["month"] == "2026-10"
    assert len(data["forecast"]) == 12
    assert "Call Fay Favorite" in " ".join(each["text"] for each in data["to_do"])


# a past month, and what is to be done


def list_to_dos(run, *words):
    return [each["text"].split(":")[0] for each in read_month(run, *words)["to_do"]]


def test_a_past_month_is_shown_as_it_was_at_its_end(shop):
    """Fay bought each month until May, so the risk begins in August."""
    assert read_month(shop, "--month", "2026-06")["customers_at_risk"] == []
    data = read_month(shop, "--month", "2026-08")
    (fay,) = data["customers_at_risk"]
    assert (fay["name"], fay["reason"]) == ("Fay Favorite", "every 31 days, silent for 118")
    assert data["forecast"][0]["month"] == "2026-09"
    assert data["revenue_by_month"][0]["month"] == "2026-08"
    assert read_month(shop, "--month", "2026-09")["customers_won"][0]["revenue"]["amount"] == (
        "100.00"  # Ron bought again in October
    )


def test_what_was_done_since_is_not_to_be_done(shop):
    assert list_to_dos(shop) == ["Call Fay Favorite", "Thank New Nora for the first order"]
    assert "what was done since is left out" in shop("report", "month")[1]
    shop("sell", "fay", "500", "--on", "2026-11-20")
    assert list_to_dos(shop) == ["Thank New Nora for the first order"]
    shop("log", "nora", "thanks for the order", "--kind", "call")
    assert list_to_dos(shop) == []


@pytest.mark.parametrize("is_done", [False, True])
def test_reminders_already_made_are_not_offered_again(shop, is_done):
    for each in read_month(shop)["to_do"]:
        assert shop(*each["command"].split()[1:])[0] == 0
    if is_done:
        assert shop("done", "1,2")[0] == 0
    assert list_to_dos(shop) == []
    assert list_to_dos(shop, "--month", "2026-11") == ["Thank Lee Late for the first order"]


def test_reminders_of_customers_at_risk_are_known(shop):
    shop("report", "at-risk", "--remind", "--yes")
    assert "Call Fay Favorite" not in list_to_dos(shop)


def test_promises_of_a_past_month_are_those_due_in_it(shop):
    shop("remind", "kim", "call", "--due", "2026-11-05", "--promise")
    assert list_to_dos(shop)[0] == "Call Fay Favorite"
    assert list_to_dos(shop, "--month", "2026-11")[0] == "1 promise is overdue"


def test_offers_are_for_buyers_who_lack_the_product(run):
    for at, sold in enumerate([("Pot", "Feed"), ("Pot", "Feed"), ("Pot",), ("Vase",)]):
        run("add", f"Customer {at}")
        words = [word for name in sold for word in ("--line", f"1 x {name} @ 5")]
        assert run("sell", f"Customer {at}", *words, "--on", f"2026-10-1{at}")[0] == 0
    (pair,) = read_month(run)["product_pairs"]
    assert (pair["product"], pair["other_product"]) == ("Pot", "Feed")
    assert pair["confidence"] == pytest.approx(2 / 3)
    offers = [each["text"] for each in read_month(run)["to_do"] if "Offer" in each["text"]]
    assert offers == ["Offer Feed to buyers of Pot: 33% of their baskets lack it"]


def test_a_month_that_is_not_over_is_named(shop):
    note = "2026-11 is not over; the month a year earlier is shown whole."
    shop("sell", "fay", "5", "--on", "2025-11-20")
    assert note in shop("report", "month", "--month", "2026-11")[1]
    assert note not in shop("report", "month", "--month", "2026-10")[1]


def test_a_new_shop_sees_its_first_month(run):
    run("add", "Jane Doe")
    run("sell", "jane", "240")
    data = read_month(run)
    assert (data["month"], amount(data["revenue"])) == ("2026-11", "240.00")
    assert [each["month"] for each in data["revenue_by_month"]] == ["2026-11"]
    assert [each["name"] for each in data["customers_won"]] == ["Jane Doe"]
    run("sell", "jane", "10", "--on", "2026-10-31")
    assert read_month(run)["month"] == "2026-10"


def test_the_sum_at_risk_names_its_customers(run):
    for at in range(12):
        run("add", f"Customer {at}")
        for month in (1, 2, 3):
            run("sell", f"Customer {at}", "100", "--on", f"2026-0{month}-01")
    text = run("report", "month")[1]
    assert "These 10 of 12: about " in text


def test_sections_without_data_say_what_is_missing(run):
    run("add", "Jane Doe")
    data = read_month(run)
    assert amount(data["revenue"]) == "0.00"
    assert (
        data["best_customers"]
        == data["best_products"]
        == data["product_pairs"]
        == data["forecast"]
        == []
    )
    missing = {each["section"]: each["reason"] for each in data["missing"]}
    assert missing["best_customers"] == "No sales in October 2026."
    assert set(missing) == {
        "revenue_by_month", "best_customers", "customers_at_risk", "customers_won", "cohorts",
        "best_products", "product_pairs", "forecast",
    }  # fmt: skip
    code, out, _ = run("report", "month")
    assert code == 0
    assert "No sales in October 2026." in out


def test_refunds_alone_are_no_revenue_of_a_best_customer(run):
    run("add", "Jane Doe")
    run("sell", "jane", "-50", "--on", "2026-10-10")
    data = read_month(run)
    missing = {each["section"]: each["reason"] for each in data["missing"]}
    assert (amount(data["revenue"]), data["orders"]) == ("-50.00", 0)
    assert missing["best_customers"] == "No customer has more sales than refunds in October 2026."


def test_csv_has_the_figures_as_numbers_in_one_row(shop):
    head, row = shop("--format", "csv", "report", "month")[1].splitlines()
    figures = dict(zip(head.split(","), row.split(","), strict=True))
    assert (figures["month"], figures["currency"], figures["revenue"]) == (
        "2026-10",
        "EUR",
        "340.00",
    )
    assert (figures["revenue_month_before"], figures["growth_month"]) == ("160.00", "1.125")


def test_one_sale_is_enough_for_a_page(run, tmp_path):
    run("add", "Jane Doe")
    run("sell", "jane", "12.50", "--on", "2026-10-10")
    data = read_month(run)
    assert amount(data["revenue"]) == "12.50"
    assert data["month_before"]["growth"] is None
    assert run("report", "month", "--html", str(tmp_path / "page.html"))[0] == 0


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--month", "2026-13"), 2, "invalid year or month “2026-13”"),
        (("--month", "2026"), 2, "“2026” is not a month"),
        (("--month", "yesterday"), 2, "“yesterday” is not a month"),
        (("--month", "2027-01"), 2, "2027-01 has not begun"),
        (("--currency", "XXQ"), 2, "XXQ"),
    ],
)
def test_bad_months_are_refused(run, words, code, message):
    run("add", "Jane Doe")
    got, out, err = run("report", "month", *words)
    assert (got, out) == (code, "")
    assert message in err


def test_currencies_are_never_mixed(shop):
    shop("sell", "ron", "9999", "USD", "--on", "2026-10-03")
    assert amount(read_month(shop)["revenue"]) == "340.00"
    assert amount(read_month(shop, "--currency", "usd")["revenue"]) == "9999.00"
    assert "only sales in EUR" in shop("report", "month")[2]


# the page


def test_page_is_one_private_file_without_links(shop, tmp_path):
    file = tmp_path / "october.html"
    code, out, err = shop("report", "month", "--month", "2026-10", "--html", str(file))
    assert (code, out, err) == (0, "", f"wrote {file}\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    page = file.read_text("utf-8")
    assert not re.search(r"https?:|<script|<link|<img|@import|url\(", page)
    assert page.count("<svg") == 8
    assert page.count("<title id=") == page.count("<desc id=") == 8
    assert "October 2026" in page
    assert "Fay Favorite" in page
    assert list(tmp_path.glob(".cardcrm-*")) == []


def test_page_replaces_a_file_only_with_force(shop, tmp_path):
    file = tmp_path / "page.html"
    file.write_text("mine")
    code, _, err = shop("report", "month", "--html", str(file))
    assert code == 4
    assert "already exists" in err
    assert file.read_text() == "mine"
    assert shop("report", "month", "--html", str(file), "--force")[0] == 0
    assert file.read_text("utf-8").startswith("<!doctype html>")


def test_page_can_go_to_standard_output(shop):
    code, out, err = shop("report", "month", "--html", "-")
    assert (code, err) == (0, "")
    assert out.startswith("<!doctype html>")
    assert out.endswith("</html>\n")


def test_json_answers_with_the_path_of_the_page(shop, tmp_path):
    file = tmp_path / "page.html"
    code, out, _ = shop("--format", "json", "report", "month", "--html", str(file))
    assert (code, json.loads(out)) == (0, {"path": str(file)})


def test_page_in_a_missing_folder_is_refused(shop, tmp_path):
    code, _, err = shop("report", "month", "--html", str(tmp_path / "none" / "page.html"))
    assert code == 3
    assert "does not exist" in err


def test_hostile_names_are_escaped(run, tmp_path):
    run("add", "<script>alert('x')</script> & Söhne")
    run("sell", "alert", "10", "--on", "2026-10-10")
    file = tmp_path / "page.html"
    run("report", "month", "--html", str(file))
    page = file.read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; Söhne" in page


def test_pipes_and_data_formats_have_no_charts(shop):
    for words in (["report", "month"], ["--format", "html", "report", "month"]):
        assert "█" not in shop(*words)[1]
        assert "<svg" not in shop(*words)[1]


NEEDED = {
    "drivers": ["lapsed"],
    "pricing": ["rose"],
    "promotion": ["--product", "rose", "--from", "2026-05", "--to", "2026-05"],
}


def test_every_report_writes_a_page(shop, tmp_path):
    listing = shop("report", "--help")[1]
    names = re.findall(r"^│ ([a-z][a-z-]+) ", listing, re.MULTILINE)
    assert len(names) == 37
    for name in names:
        file: Path = tmp_path / f"{name}.html"
        words = ("report", name, *NEEDED.get(name, []), "--html", str(file))
        code, _, err = shop(*words)
        assert code == 0, (name, err)
        page = file.read_text("utf-8")
        assert page.startswith("<!doctype html>"), name
        assert not re.search("https?:", page), name
        assert shop(*words)[0] == 4, name
        out = shop("--format", "csv", *words, "--force")[:2]
        assert out == (0, f"path\n{file}\n"), name
        assert file.read_text("utf-8") == page, name  # laid out for people in every format


# the terminal


@pytest.mark.parametrize(
    ("words", "environment", "is_drawn"),
    [
        ((), {}, True),
        ((), {"NO_COLOR": "1"}, True),
        ((), {"CARDCRM_CHARTS": "no"}, False),
        (("--format", "json"), {}, False),
        (("--format", "csv"), {}, False),
        (("--format", "markdown"), {}, False),
    ],
)
def test_terminal_gets_charts_above_the_table(shop, words, environment, is_drawn):
    """Run in a real pseudo-terminal, as pipes get no charts."""
    screen = Terminal(*words, "report", "products", PAGER="cat", **environment)
    assert screen.end() == 0
    assert ("█" in screen.output) == is_drawn
    assert ("\x1b[36m" in screen.output) == (is_drawn and not environment)


def test_terminal_without_block_characters_gets_ascii(shop):
    screen = Terminal("report", "products", PAGER="cat", PYTHONIOENCODING="ascii")
    assert screen.end() == 0
    assert "=====" in screen.output
    assert screen.output.isascii()


def test_terminal_shows_the_charts_of_a_month(shop):
    screen = Terminal("report", "month", PAGER="cat")
    assert screen.end() == 0
    text = screen.output
    assert text.index("Best customers of October 2026") < text.index("█")
    assert "░" in text  # the band of the forecast, or the cells of the cohorts
