"""A month, week or year in words is all its days, in every filter by day."""

from collections.abc import Callable

import pytest

from tests.cli.conftest import Result

Typed = Callable[..., Result]
DAYS = ("2025-12-31", "2026-10-31", "2026-11-02", "2026-11-16", "2026-11-21")  # of sales
DUES = ("2026-11-22", "2026-11-23", "2026-11-29", "2026-12-31", "2027-01-01")


@pytest.fixture
def year(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> Typed:
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T09:00")
    for number, (day, due) in enumerate(zip(DAYS, DUES, strict=True), 1):
        typed("add", f"Person {number}")
        typed("sell", str(number), "5", "x", "--on", day)
        typed("remind", str(number), "y", "--due", due)
    return typed


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("bought:november", "3 4 5"), ("bought:nov", "3 4 5"), ("bought:dezember", "1"),
        ('bought:"nov 2026"', "3 4 5"), ('bought:"last month"', "2"), ('bought:"this week"', "4 5"),
        ('bought:"last year"', "1"), ("bought<november", "1 2"), ("bought>october", "3 4 5"),
        ("bought:2026-W45", "3"), ("-bought:november", "1 2"),
        ("bought:november,october", "2 3 4 5"),
        ('due:"this week"', "1"), ('due:"next week"', "2 3"), ("due:november", "1 2 3"),
        ('due:"next month"', "4"), ("due:january", "5"), ("due>november", "4 5"),
        ('due:"next year"', "5"), ("next:december", "4"), ("due:1nov", ""),
    ],
)  # fmt: skip
def test_a_period_in_words_is_all_its_days(year: Typed, query: str, found: str) -> None:
    assert year("find", query, "--format", "ids", "--sort", "id")[1].split() == found.split()


def test_lists_of_records_take_periods(year: Typed) -> None:
    assert year("sale", "list", "on:november", "--format", "ids")[1].split() == ["5", "4", "3"]
    assert year("reminder", "list", 'due:"next week"', "--format", "ids")[1].split() == ["2", "3"]


def test_a_week_that_does_not_exist_is_refused(year: Typed) -> None:
    assert year("find", "due:2026-W54")[::2] == (
        2, "error: invalid date “2026-w54”\nhint: For example: 2026-W05 or may 2026.\n",
    )  # fmt: skip
