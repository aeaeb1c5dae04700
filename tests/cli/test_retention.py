"""The reports on who stays, and the program for the best customers, as they are typed."""

import json
from collections.abc import Callable

import pytest

Typed = Callable[..., tuple[int, str, str]]

SALES = (
    ("Jane", "100", "2026-01-05"), ("Jane", "100", "2026-02-05"), ("Jane", "100", "2026-03-05"),
    ("Bob", "50", "2026-01-20"), ("Bob", "20", "2026-03-31"),
    ("Kim", "70", "2026-02-28"), ("Ann", "10", "2026-11-02"), ("Lee", "5", "2026-10-02"),
)  # fmt: skip


@pytest.fixture
def shop(typed: Typed) -> Typed:
    for name in ("Jane", "Bob", "Kim", "Ann", "Lee"):
        typed("add", name)
    for who, amount, day in SALES:
        assert typed("sell", who, amount, "--on", day)[0] == 0
    return typed


def read(shop: Typed, *words: str) -> list[dict[str, object]]:
    code, out, err = shop(*words, "--json")
    assert code == 0, err
    found: list[dict[str, object]] = json.loads(out)
    return found


def test_retention_by_month(shop: Typed) -> None:
    rows = read(shop, "report", "retention", "--by", "month")
    assert [row["period"] for row in rows] == [f"2026-{month:02}" for month in range(1, 11)]
    assert rows[1] == {
        "period": "2026-02", "customers_before": 2, "retained": 1, "lost": 1, "new_customers": 1,
        "returned": 0, "customers": 2, "retention": 0.5, "defection_rate": 0.5,
    }  # fmt: skip
    assert (rows[2]["returned"], rows[2]["customers"]) == (1, 2)
    assert rows[0]["retention"] is None


def test_cohorts_carry_all_measures_for_programs(shop: Typed) -> None:
    rows = read(shop, "report", "cohorts", "--by", "quarter", "--measure", "revenue")
    assert rows[0] == {
        "cohort": "2026-Q1", "cohort_size": 3, "age": 0, "period": "2026-Q1", "customers": 3,
        "share": 1.0, "revenue": {"amount": "440.00", "currency": "GBP"},
    }  # fmt: skip
    assert [(row["cohort"], row["age"]) for row in rows] == [
        ("2026-Q1", 0), ("2026-Q1", 1), ("2026-Q1", 2),
    ]  # fmt: skip


def test_the_triangle_fits_80_columns(shop: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for measure in ("share", "customers", "revenue"):
        out = shop("report", "cohorts", "--measure", measure)[1]
        assert max(map(len, out.splitlines()[:-1])) <= 80


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("report", "retention", "--by", "week"), "a week is too short"),
        (("report", "cohorts", "--measure", "shares"), "unknown measure “shares”"),
        (("report", "rfm", "--since", "tomorrow"), "is not over"),
        (("report", "at-risk", "fri"), "unexpected argument “fri”"),
        (("find", "rfm:champion-of"), "unknown RFM standing “champion-of”"),
        (("mvc", "set", "0%"), "invalid share “0%”"),
        (("mvc", "set", "20%", "--by", "height"), "unknown measure “height”"),
        (("mvc", "set", "20%", "--cadence", "never"), "invalid cadence “never”"),
        (("mvc", "give", "Jane"), "no benefit given"),
    ],
)
def test_a_wrong_line_names_problem_and_remedy(
    shop: Typed, words: tuple[str, ...], problem: str
) -> None:
    code, out, err = shop(*words)
    assert (code, out) == (2, "")
    assert problem in err
    assert "hint:" in err


@pytest.mark.parametrize(
    "words",
    [("retention",), ("cohorts",), ("rfm",), ("at-risk",), ("subscriptions",),
     ("at-risk", "--remind", "--save", "lost")],
)  # fmt: skip
def test_without_sales_a_report_says_what_is_missing(typed: Typed, words: tuple[str, ...]) -> None:
    code, out, err = typed("report", *words)
    assert (code, out) == (0, "")
    assert err.strip()
    assert typed("report", *words, "--json")[1].strip() == "[]"


def test_reminders_and_segment_are_one_step(shop: Typed) -> None:
    risks = read(shop, "report", "at-risk")
    assert [(risk["name"], risk["reason"]) for risk in risks] == [
        ("Jane", "usually buys every 30 days, silent for 261")
    ]
    code, _, err = shop("report", "at-risk", "--remind", "mon", "--save", "lost")
    assert code == 0
    assert "added 1 reminder" in err
    assert "saved the segment lost: 1 contact" in err
    (made,) = read(shop, "reminder", "list")
    assert (made["text"], made["due"]) == (
        "win back: usually buys every 30 days, silent for 261", "2026-11-23",
    )  # fmt: skip
    assert "1 had one already" in shop("report", "at-risk", "--remind")[2]
    assert len(read(shop, "reminder", "list")) == 1
    shop("undo")
    assert read(shop, "reminder", "list") == []
    assert read(shop, "segment", "list") == []


def test_a_cut_list_of_customers_at_risk_says_so(shop: Typed) -> None:
    for day in ("2025-01-05", "2025-01-09", "2025-01-12"):
        shop("sell", "Lee", "900", "--on", day)
    _, out, err = shop("report", "at-risk", "--limit", "1")
    assert "Lee" in out
    assert "Jane" not in out
    assert "shown: the first 1; --limit 0 shows all" in err
    assert "shown:" not in shop("report", "at-risk", "--limit", "2")[2]


def test_rfm_report_and_filter_agree(shop: Typed) -> None:
    for row in read(shop, "report", "rfm"):
        assert read(shop, "find", f'rfm:"{row["standing"]}"', "--count") == {
            "count": row["customers"]
        }
    assert {row["name"] for row in read(shop, "find", "rfm:xx5")} == {"Jane"}
    assert shop("segment", "add", "best", "rfm:5xx")[0] == 0
    assert {row["name"] for row in read(shop, "find", "segment:best")} == {
        row["name"] for row in read(shop, "find", "rfm:5xx")
    }


def test_members_are_marked_and_leave_again(shop: Typed) -> None:
    rows = read(shop, "mvc", "set", "20%", "--cadence", "30d")
    assert rows == [{"id": 1, "name": "Jane", "membership": "new"}]
    assert "MVC member" in shop("show", "Jane")[1]
    assert "MVC member" in shop("brief", "Jane")[1]
    shop("remind", "Jane", "call", "--due", "today")
    assert "Jane (MVC)" in shop("due")[1]
    assert [row["name"] for row in read(shop, "find", "mvc:yes")] == ["Jane"]
    (member,) = read(shop, "mvc", "list")
    assert (member["cadence_days"], member["touch_by"], member["fulfilled"]) == (
        30, "2026-12-21", True,
    )  # fmt: skip
    shop("mvc", "rm", "Jane")
    assert read(shop, "mvc", "list") == []
    shop("undo")
    assert len(read(shop, "mvc", "list")) == 1


def test_a_gift_costs_what_its_benefit_costs(shop: Typed) -> None:
    shop("benefit", "add", "Free", "delivery", "--every", "90d", "--cost", "12")
    shop("mvc", "add", "Jane")
    assert shop("mvc", "give", "Jane", "free", "delivery")[0] == 0
    assert shop("mvc", "give", "Jane", "Free", "delivery", "--cost", "3 EUR")[0] == 0
    assert [gift["cost"] for gift in read(shop, "gift", "list", "--sort", "id")] == [
        {"amount": "12.00", "currency": "GBP"}, {"amount": "3.00", "currency": "EUR"},
    ]  # fmt: skip
    effect = read(shop, "mvc", "report")
    assert (effect[0]["benefit_count"], effect[0]["change_rate"]) == (2, None)
    assert effect[0]["benefit_cost"] == {"amount": "12.00", "currency": "GBP"}
    assert "too early to tell" in shop("mvc", "report")[2]
    assert shop("benefit", "rm", "Free delivery", "--yes")[0] == 4


def test_forgetting_a_member_erases_its_gifts(shop: Typed) -> None:
    shop("benefit", "add", "Basket")
    shop("mvc", "add", "Bob")
    shop("mvc", "give", "Bob", "Basket")
    assert shop("forget", "Bob", "--yes")[0] == 0
    assert read(shop, "gift", "list") == []
    assert read(shop, "mvc", "list") == []


def test_the_program_counts_the_days_since_joining(shop: Typed) -> None:
    shop("mvc", "add", "jane")
    shop("benefit", "add", "Free delivery")
    _, _, err = shop("mvc", "give", "jane", "Free delivery")
    assert err == "gave gift 1 Free delivery on Sat 21 Nov (Jane)\n"
    _, _, err = shop("mvc", "report")
    assert "too early to tell: 30 days since joining are needed; so far: 1" in err
