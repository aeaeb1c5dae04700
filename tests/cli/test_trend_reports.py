"""`report forecast, market, channels, touches, sources, drivers, clusters` in the shell."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

Typed = Callable[..., tuple[int, str, str]]
FORECAST_KEYS = [
    "month", "currency", "weighted", "low", "high", "deals", "commit", "best_case",
    "without_amount", "trend", "trend_low", "trend_high", "so_far", "method",
]  # fmt: skip
SUBJECTS = ("forecast", "market", "channels", "touches", "sources", "drivers lapsed", "clusters")


@pytest.fixture
def shop(typed: Typed, tmp_path: Path) -> Typed:
    """A shop of 30 customers over three years, with a season and twice as much from the fair."""
    people, sold = ["ref,name,email,source,city,tags"], ["customer email,date,amount,product"]
    for who in range(30):
        source, city = ("fair", "web")[who % 2], ("Leeds", "York", "")[who % 3]
        people.append(f"c{who},Person {who},p{who}@x.example,{source},{city},")
    for at in range(37):
        year, month = 2023 + (at + 10) // 12, (at + 10) % 12 + 1
        for who in range(30):
            if who % 2 == 0 or at % 12 == who // 3:
                amount = (10 + at) * (3 if month == 12 else 1) * (1 + (who % 2 == 0))
                sold.append(f"p{who}@x.example,{year}-{month:02}-{1 + who % 20:02},{amount},Roses")
    for name, lines in (("people", people), ("sales", sold)):
        (tmp_path / f"{name}.csv").write_text("\n".join(lines))
        assert typed("import", str(tmp_path / f"{name}.csv"))[0] == 0
    return typed


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_empty_database_has_a_sentence_and_no_figure(typed: Typed, subject: str) -> None:
    code, out, err = typed("report", *subject.split())
    assert (code, out) == (0, "")
    assert err.startswith("no ")
    assert len(err.splitlines()) == 1
    code, out, _ = typed("report", *subject.split(), "--json")
    assert code == 0
    assert json.loads(out) == []


def test_three_months_have_no_forecast(typed: Typed) -> None:
    typed("add", "Jane Doe")
    for month in ("08", "09", "10", "11"):
        typed("sell", "jane", "100", "--on", f"2026-{month}-05")
    reason = (
        "no forecast: it needs at least 6 complete months, and 24 for seasons; there are 3: "
        "2026-08 to 2026-10"
    )
    assert typed("report", "forecast") == (0, "", f"{reason}\n")
    assert json.loads(typed("report", "forecast", "--json")[1]) == []
    answer = json.loads(typed("report", "forecast", "--backtest", "--json")[1])
    assert (answer["forecast"], answer["reason"], answer["mae"]) == ([], reason, None)


def test_a_forecast_names_its_method_and_the_naive_ones(shop: Typed) -> None:
    answer = json.loads(shop("report", "forecast", "--backtest", "--json")[1])
    assert answer["method"] == "seasonal trend"
    assert answer["mae"] < answer["seasonal_naive_mae"] < answer["naive_mae"]
    months = answer["forecast"]
    assert [each["month"] for each in months[:2]] == ["2026-11", "2026-12"]
    assert len(answer["past"]) == 36  # without the month of today
    assert all(each["low"] <= each["expected"] <= each["high"] for each in months)
    december = next(each for each in months if each["month"] == "2026-12")
    assert december["expected"] == max(each["expected"] for each in months)
    _, out, err = shop("report", "forecast", "--months", "2")
    assert "naive           the last month, repeated" in out
    assert "used: seasonal trend" in out
    total, method, _ = err.splitlines()
    assert total.startswith("expected 2026-11 to 2026-12: ")
    assert method.startswith("from 36 complete months, 2023-11 to 2026-10, by the method")
    shop("sell", "p0@x.example", "50000")
    answer = json.loads(shop("report", "forecast", "--backtest", "--json")[1])
    first = answer["forecast"][0]
    assert 50_000 < first["so_far"] <= first["low"] <= first["expected"] <= first["high"]
    assert answer["forecast"][1] == months[1]
    assert answer["total"] == pytest.approx(sum(each["expected"] for each in answer["forecast"]))
    page = json.loads(shop("report", "month", "--json")[1])["forecast"]
    assert [each["expected"] for each in page] == [each["expected"] for each in answer["forecast"]]
    rows = list(csv.DictReader(io.StringIO(shop("report", "forecast", "--format", "csv")[1])))
    assert [*rows[0]] == FORECAST_KEYS
    assert len(rows) == 12
    assert {row["method"] for row in rows} == {"seasonal trend"}
    assert [float(row["trend"]) for row in rows] == [
        each["expected"] for each in answer["forecast"]
    ]


@pytest.mark.parametrize("figure", ["orders", "new", "lost"])
def test_numbers_are_forecast_too(shop: Typed, figure: str) -> None:
    words = ("report", "forecast", "--of", figure, "--months", "3", "--json")
    rows = json.loads(shop(*words)[1])
    assert len(rows) == 3
    assert all(each["trend"] >= 0 and each["method"] for each in rows)
    assert [*rows[0]] == ["month", "currency", *FORECAST_KEYS[9:]]
    answer = json.loads(shop(*words, "--backtest")[1])
    assert (answer["figure"], len(answer["forecast"])) == (figure, 3)


def test_deals_and_the_trend_of_sales_are_one_list(shop: Typed) -> None:
    add = ("deal", "add", "Roof", "--contact", "p0@x.example", "--close", "2026-12-15")
    shop(*add, "--amount", "100000", "--probability", "50")
    shop(*add, "--amount", "100000", "--probability", "100")
    shop(*add, "--amount", "80 USD")
    shop(*add, "--amount", "70000")
    shop("deal", "lose", "4", "--reason", "pricing")
    rows = json.loads(shop("report", "forecast", "--json")[1])
    assert [*rows[0]] == FORECAST_KEYS
    found = {(each["month"], each["currency"]): each for each in rows}
    december = found["2026-12", "GBP"]
    assert (december["weighted"], december["deals"]) == (150_000, 2)
    assert (december["low"], december["high"]) == (100_000, 200_000)
    assert (december["commit"], december["best_case"]) == (100_000, 200_000)
    assert december["trend_low"] <= december["trend"] <= december["trend_high"]
    dollars = found["2026-12", "USD"]
    assert (dollars["weighted"], dollars["trend"], dollars["method"]) == (8, None, None)
    january = found["2027-01", "GBP"]
    assert (january["weighted"], january["low"], january["deals"]) == (0, None, 0)
    assert january["trend"] > 0
    out, err = shop("report", "forecast")[1:]
    assert "Open deals by expected close" in out
    assert "Revenue by trend, in GBP" in out
    assert "used: seasonal trend" in out
    assert "weighted: amount × probability" in err
    rows = json.loads(shop("report", "forecast", "--of", "deals", "--json")[1])
    assert [*rows[0]] == FORECAST_KEYS[:9]
    assert [each["currency"] for each in rows] == ["GBP", "USD"]
    rows = json.loads(shop("report", "forecast", "--by-owner", "--json")[1])
    assert [each["owner"] for each in rows] == [rows[0]["owner"]] * 2
    rows = json.loads(shop("report", "forecast", "--of", "deals", "--explain", "--json")[1])
    assert "weighted" in [each["figure"] for each in rows]
    assert shop("report", "forecast", "--of", "new", "--by-owner")[0] == 2


def test_market_shares_are_remembered_until_they_are_forgotten(shop: Typed) -> None:
    words = ("report", "market", "--size", "leeds=100000", "--size", "york=20 customers")
    rows = json.loads(shop(*words, "--json")[1])
    leeds = next(each for each in rows if each["group"] == "Leeds")
    assert leeds["market_share"] == float(leeds["revenue"]["amount"]) / 100_000
    york = next(each for each in rows if each["group"] == "York")
    assert york["market_share"] == york["customers"] / 20
    assert sum(each["share"] for each in rows) == pytest.approx(1)

    def shares(*more: str) -> dict[str, float | None]:
        found = json.loads(shop("report", "market", *more, "--json")[1])
        return {each["group"]: each["market_share"] for each in found}

    assert set(shares().values()) == {None}
    kept = shares(*words[2:], "--remember")
    assert shares() == kept
    assert shares("--size", "leeds=50000")["Leeds"] == 2 * (kept["Leeds"] or 0)
    assert shares("--forget", "Leeds")["Leeds"] is None
    shop("undo", "--yes")
    assert shares() == kept
    assert shop("db", "check")[0] == 0


def test_a_market_size_without_a_group_is_named(shop: Typed) -> None:
    code, _, err = shop("report", "market", "--size", "leads=5")
    assert (code, err) == (0, "  no group “leads” for a market size\n")


def test_groups_are_shown_up_to_a_limit_and_still_add_up(shop: Typed) -> None:
    every = json.loads(shop("report", "market", "--json")[1])
    few = json.loads(shop("report", "market", "--limit", "1", "--json")[1])
    assert [each["group"] for each in few] == [every[0]["group"], "2 others"]
    total = sum(float(each["revenue"]["amount"]) for each in every)
    assert sum(float(each["revenue"]["amount"]) for each in few) == total


def test_programs_get_every_group_and_every_expected_order(typed: Typed, tmp_path: Path) -> None:
    days = ("2026-09-01", "2026-10-01", "2026-11-01")
    lines = [f"Customer {who},{day},{who + 1}.00" for who in range(25) for day in days]
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(["name,date,amount", *lines]), encoding="utf-8")
    assert typed("import", str(file), "--as", "sales")[0] == 0
    for words in (("market", "--by", "name"), ("next-orders",)):
        assert len(json.loads(typed("report", *words, "--json")[1])) == 25
        assert len(json.loads(typed("report", *words, "--limit", "3", "--json")[1])) in (3, 4)


def test_answers_of_calls_and_mails(typed: Typed) -> None:
    typed("add", "Jane Doe", "--email", "jane@x.example")
    for day in range(1, 7):
        typed("log", "jane", "hello", "--kind", "call", "--on", f"2026-11-{day:02} 10:00")
    typed("log", "jane", "hello", "--kind", "call", "--no-answer", "--on", "2026-11-09 16:00")
    typed("log", "jane", "offer", "--kind", "mail", "--out", "--on", "2026-11-02 09:00")
    typed("log", "jane", "thanks", "--kind", "mail", "--in", "--on", "2026-11-05 09:00")
    rows = json.loads(typed("report", "channels", "jane", "--json")[1])
    found = {each["name"]: each for each in rows}
    assert (found["call"]["attempts"], found["call"]["answered"]) == (7, 6)
    assert found["call"]["answer_rate"] == 6 / 7
    assert (found["mail"]["attempts"], found["mail"]["answered"]) == (1, 1)
    assert found["mail"]["answer_rate"] is None  # one attempt says too little
    assert found["mail"]["low"] < 0.3
    assert found["10:00"]["attempts"] == 6
    err = typed("report", "channels", "jane")[2]
    assert err.startswith("best time to call, Jane Doe: 10:00 (")
    assert json.loads(typed("brief", "jane", "--json")[1])["best_hour"] == "10:00"
    typed("edit", "jane", "--phone", "0113 496 0123")
    assert "answers best at 10:00" in typed("brief", "jane")[1]
    typed("add", "Bob Ray")
    typed("log", "bob", "hello", "--kind", "call", "--on", "2026-11-02 10:00")
    assert json.loads(typed("brief", "bob", "--json")[1])["best_hour"] is None


def test_the_sources_of_customers_who_stay(shop: Typed) -> None:
    rows = json.loads(shop("report", "sources", "--json")[1])
    assert [each["group"] for each in rows] == ["fair", "web"]
    assert (rows[0]["repeat_share"], rows[0]["retention"]) == (1, 1)


def test_drivers_name_the_source(shop: Typed) -> None:
    rows = json.loads(shop("report", "drivers", "high-value", "--where", "city:any", "--json")[1])
    assert all(each["adjusted_p_value"] <= 0.05 for each in rows)
    rows = json.loads(shop("report", "drivers", "source:fair", "--json")[1])
    assert rows[0]["factor"] == "purchases"
    assert rows[0]["effect"] == 1
    assert "not found" not in shop("report", "drivers", "source:fair")[2]
    assert shop("report", "drivers", "sorce:fair")[0] == 2


def test_clusters_become_segments_after_a_question(shop: Typed) -> None:
    rows = json.loads(shop("report", "clusters", "--json")[1])
    assert sum(each["customers"] for each in rows) == 30
    code, _, err = shop("report", "clusters", "--save", "group")
    assert (code, "--yes" in err) == (2, True)
    shop("report", "clusters", "--save", "group", "--yes")
    for each in rows:
        count = shop("find", f"segment:group-{each['cluster']}", "--count")[1]
        assert int(count) == each["customers"]
    shop("undo", "--yes")
    assert shop("segment", "list", "--json")[1] == "[]\n"


@pytest.mark.parametrize("subject", ["revenue", "market", "touches"])
def test_days_to_come_are_named(typed: Typed, subject: str) -> None:
    typed("add", "Jane Doe")
    typed("sell", "jane", "100")
    code, out, err = typed("report", subject, "--from", "2027-02-01")
    assert (code, out, err) == (0, "", "the days from 2027-02-01 are still to come\n")


def test_an_unknown_field_is_refused_with_all_of_them(shop: Typed) -> None:
    for words in (("market",), ("sources",), ("revenue",)):
        code, _, err = shop("report", *words, "--by", "foo")
        assert code == 2
        for name in ("city", "country", "source", "owner", "organization", "tag", "rfm", "age"):
            assert f"{name}," in err
    assert "Did you mean city?" in shop("report", "market", "--by", "citty")[2]


def test_contacts_are_grouped_by_their_standing(shop: Typed) -> None:
    listed = json.loads(shop("find", "--columns", "name,rfm", "--sort", "-rfm", "--json")[1])
    counts = Counter(each["rfm"] for each in listed)
    for name, count in counts.items():
        assert int(shop("find", f"rfm:{name.lower().replace(' ', '-')}", "--count")[1]) == count
    assert (listed[0]["rfm"], listed[-1]["rfm"]) == ("Potential loyal", "Lost")
    back = json.loads(shop("find", "--columns", "name,rfm", "--sort", "rfm", "--json")[1])
    assert back == listed[::-1]
    for subject, key in (("market", "group"), ("sources", "group"), ("revenue", "rfm")):
        rows = json.loads(shop("report", subject, "--by", "rfm", "--json")[1])
        assert {each[key] for each in rows} == set(counts)
        if subject == "sources":
            assert {each[key]: each["customers"] for each in rows} == counts


def test_an_organization_counts_under_itself(typed: Typed) -> None:
    typed("add", "Acme", "--kind", "org")
    typed("add", "Jane Doe", "--org", "Acme")
    typed("sell", "acme", "100")
    typed("sell", "jane", "20")
    rows = json.loads(typed("report", "revenue", "--by", "organization", "--json")[1])
    assert [(each["organization"], each["revenue"]["amount"]) for each in rows] == [
        ("Acme", "120.00")
    ]
