"""`report revenue`: sums of sales by period, held against sums in Python."""

import csv
import datetime as dt
import io
import json
import random
from collections import defaultdict
from collections.abc import Callable

import pytest

Typed = Callable[..., tuple[int, str, str]]
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def shop(typed: Typed) -> Typed:
    typed("add", "Jane Doe", "--tag", "vip")
    typed("add", "Bob Ray")
    return typed


def test_revenue_by_month(shop: Typed) -> None:
    shop("sell", "jane", "100", "--cost", "60", "--on", "2026-10-31")
    shop("sell", "jane", "50", "--on", "2026-11-01")
    shop("sell", "bob", "20", "--refund", "--on", "2026-11-02")
    shop("sell", "bob", "7 EUR", "--on", "2026-11-03")
    out = shop("report", "revenue", "--last", "2", "--format", "csv")[1]
    assert [row.split(",") for row in out.splitlines()] == [
        ["period", "revenue", "currency", "net", "tax", "tax_unknown", "share", "sale_count",
         "refunds", "margin", "revenue_before", "growth", "is_over"],
        ["2026-10", "100.00", "GBP", "", "", "100.00", f"{100 / 130}", "1", "0.00", "40.00", "",
         "", "yes"],
        ["2026-11", "30.00", "GBP", "", "", "30.00", f"{30 / 130}", "2", "-20.00", "-20.00", "", "",
         "no"],
    ]  # fmt: skip
    words = ("report", "revenue", "--by", "months", "--last", "1", "--currency", "gbp", "--json")
    assert json.loads(shop(*words, "--where", "tag:vip")[1]) == [
        {
            "period": "2026-11",
            "revenue": {"amount": "50.00", "currency": "GBP"},
            "net": None,
            "tax": None,
            "tax_unknown": {"amount": "50.00", "currency": "GBP"},
            "share": 1.0,
            "sale_count": 1,
            "refunds": {"amount": "0.00", "currency": "GBP"},
            "margin": None,
            "revenue_before": None,
            "growth": None,
            "is_over": False,
        }
    ]


def _name(by: str, day: dt.date) -> str:
    if by == "week":
        return day.strftime("%G-W%V")
    if by == "quarter":
        return f"{day.year}-Q{-(-day.month // 3)}"
    return day.strftime({"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}[by])


@pytest.mark.parametrize("by", ["day", "week", "month", "quarter", "year"])
def test_every_period_holds_against_a_plain_sum(shop: Typed, by: str) -> None:
    chance = random.Random(by)
    expected: dict[str, int] = defaultdict(int)
    for _ in range(12):
        day = TODAY - dt.timedelta(days=chance.randrange(900))
        amount = chance.randrange(1, 10_000)
        shop("sell", "jane", f"{amount}", "--on", day.isoformat())
        expected[_name(by, day)] += amount
    out = shop("report", "revenue", "--by", by, "--last", "1000", "--format", "csv")[1]
    rows = list(csv.DictReader(io.StringIO(out)))
    found = {row["period"]: float(row["revenue"]) for row in rows if float(row["revenue"])}
    assert found == expected
    assert len({row["period"] for row in rows}) == len(rows) == 1000
    assert rows[-1]["period"] == _name(by, TODAY)


@pytest.mark.parametrize(
    ("words", "code"),
    [(["--by", "moth"], 2), (["--last", "0"], 2), (["--currency", "XXQ"], 2), ([], 0)],
)
def test_what_cannot_be_summed_is_said(shop: Typed, words: list[str], code: int) -> None:
    found, out, err = shop("report", "revenue", *words)
    assert (found, out, bool(err)) == (code, "", True)


CURRENCY_REPORTS = (
    "revenue --by month", "revenue --by customer", "market", "touches", "sources", "forecast",
    "drivers lapsed", "clusters", "margins",
)  # fmt: skip


@pytest.mark.parametrize("words", CURRENCY_REPORTS)
def test_a_report_over_one_of_several_currencies_names_them(shop: Typed, words: str) -> None:
    note = "only sales in GBP; left out: EUR, USD (--currency EUR)"
    shop("sell", "jane", "100")
    assert note not in shop("report", *words.split())[2]
    shop("sell", "jane", "7 EUR")
    shop("sell", "jane", "7 USD")
    assert note in shop("report", *words.split())[2]
    assert "only sales in JPY" in shop("report", *words.split(), "--currency", "JPY")[2]


def test_a_segment_with_an_invalid_query_is_left_out_and_named(shop: Typed) -> None:
    shop("sell", "jane", "100", "--cost", "60")
    shop("field", "add", "color")
    shop("segment", "add", "best", "tag:vip")
    shop("segment", "add", "red", "color:red")
    shop("segment", "add", "reds", "segment:red")
    shop("field", "rm", "color", "--yes")
    for words in (("revenue", "--by", "segment"), ("margins", "--by", "segment")):
        code, out, err = shop("report", *words)
        assert (code, "best" in out, "red" in out) == (0, True, False)
        for name in ("red", "reds"):
            assert f"left out: segment {name} (unknown field “color”" in err
            assert f"cardcrm segment edit {name} QUERY" in err
