"""Reports about deals in the shell, and the targets of users."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Typed = Callable[..., tuple[int, str, str]]
REPORTS = {
    "pipeline": {"pipeline", "stage", "probability", "currency", "deals", "amount", "weighted"},
    "pipeline --by-month": {"month", "currency", "opened_deals", "won", "lost", "open_deals"},
    "conversion": {"stage", "definition", "deals", "next_deals", "next_rate", "cumulative_rate"},
    "conversion --by-month": {"pipeline", "month", "stage", "definition", "deals"},
    "activity --by-month": {"month", "touch_count", "won", "lost"},
    "slippage --by month": {"group", "deals", "moves"},
    "velocity": {"currency", "open_deals", "mean_won", "win_rate", "mean_days", "velocity"},
    "winrate": {"currency", "won", "lost", "win_rate", "low", "high", "value_rate"},
    "winrate --by source": {"group", "won", "lost"},
    "performance": {"user", "month", "currency", "target_amount", "won_amount", "attainment"},
    "stage-times": {"stage", "stays", "mean_days", "median_days"},
    "lost-reasons": {"lost_reason", "deals", "share"},
    "slippage": {"deals", "moved_deals", "moves", "median_days"},
    "activity": {"touch_count", "won", "lost", "win_rate"},
}
NO_PAST = ("pipeline", "performance")


@pytest.fixture
def now() -> str:
    """A day late in November."""
    return "2026-11-23T12:00"


@pytest.fixture
def firm(typed: Typed) -> Typed:
    """Three deals: one is won, one lost, one open, in two currencies."""
    typed("add", "Jane Doe", "--org", "Acme")
    add = ("deal", "add", "Roof", "--contact", "jane", "--opened", "2026-11-01")
    typed(*add, "--amount", "1000", "--source", "fair")
    typed(*add, "--amount", "500", "--source", "web")
    typed(*add, "--amount", "80 USD", "--close", "2026-11-30")
    typed("deal", "move", "1", "demo")
    typed("deal", "win", "1")
    typed("deal", "lose", "2", "--reason", "pricing")
    return typed


def read(typed: Typed, *words: str) -> list[dict[str, Any]]:
    """Return the JSON of a command that is a list."""
    code, out, _ = typed(*words, "--format", "json")
    assert code == 0
    found: list[dict[str, Any]] = json.loads(out)
    return found


@pytest.mark.parametrize("words", REPORTS)
def test_each_report_has_its_keys_and_explains_them(firm: Typed, words: str) -> None:
    rows = read(firm, "report", *words.split())
    assert rows
    assert REPORTS[words] <= rows[0].keys()
    definitions = read(firm, "report", *words.split(), "--explain")
    assert all(each["figure"] and each["definition"] for each in definitions)
    code, out, err = firm("report", *words.split(), "--explain")
    assert (code, bool(out)) == (0, True)
    for each in definitions:
        assert f"{each['figure']}: {each['definition'][:20]}" in err


@pytest.mark.parametrize("words", [*REPORTS, "responses"])
def test_a_report_without_deals_has_a_sentence(typed: Typed, words: str) -> None:
    code, out, err = typed("report", *words.split())
    assert (code, out) == (0, "")
    assert err.startswith("no ")
    assert len(err.splitlines()) == 1
    assert read(typed, "report", *words.split()) == []


def test_currencies_have_rows_of_their_own(firm: Typed) -> None:
    open_ = read(firm, "report", "pipeline")
    assert [(each["currency"], each["weighted"]["amount"]) for each in open_] == [("USD", "8.00")]
    (found,) = read(firm, "report", "winrate")
    assert (found["win_rate"], found["value_rate"]) == (0.5, 1000 / 1500)
    (velocity,) = (each for each in read(firm, "report", "velocity") if each["currency"] == "GBP")
    assert (velocity["open_deals"], velocity["velocity"]["amount"]) == (0, "0.00")
    (other,) = read(firm, "report", "velocity", "--currency", "usd")
    assert (other["open_deals"], other["velocity"]) == (1, None)
    assert other["reason"] == "no deal with an amount was won in these days"


def test_a_target_is_set_again_undone_and_reached(firm: Typed, tmp_path: Path) -> None:
    firm("target", "set", "ann", "2026-12", "20000")
    user = read(firm, "deal", "list", "--all")[0]["owner"]
    out = firm("target", "set", user, "nov", "4000")[2]
    assert "target of" in firm("target", "set", user, "nov", "2000")[1] + out
    (found,) = read(firm, "report", "performance", "--currency", "GBP")
    assert (found["user"], found["month"]) == (user, "2026-11")
    assert (found["attainment"], found["missing_amount"]["amount"]) == (0.5, "1000.00")
    targets = read(firm, "target", "list")
    assert [(each["user"], each["month"]) for each in targets] == [
        (user, "2026-11"), ("ann", "2026-12"),
    ]  # fmt: skip
    firm("undo", "--yes")
    (found,) = read(firm, "report", "performance", "--currency", "GBP")
    assert found["target_amount"]["amount"] == "4000.00"
    code, _, err = firm("target", "add", "--user", "ann", "--month", "2026-12", "--amount", "1")
    assert (code, "ann has a target for 2026-12 already" in err) == (4, True)
    assert firm("target", "edit", "1", "--user", user, "--month", "2026-11")[0] == 4
    archive = tmp_path / "all.jsonl"
    assert firm("export", "--all", str(archive))[0] == 0
    assert '"2026-12"' in archive.read_text("utf-8")
    firm("target", "rm", "1,2", "--yes")
    assert read(firm, "target", "list") == []
    assert firm("import", str(archive))[0] == 0
    assert len(read(firm, "target", "list")) == 2
    assert firm("db", "check")[0] == 0


def test_moves_are_seen_by_both_definitions(firm: Typed) -> None:
    rows = read(firm, "report", "conversion", "--pipeline", "sales")
    found = {(each["definition"], each["stage"]): each for each in rows}
    assert found["any", "Qualification"]["deals"] == 3
    assert (found["any", "Demo"]["deals"], found["any", "Won"]["deals"]) == (1, 1)
    assert found["strict", "Won"]["deals"] == 0  # it skipped three stages
    assert found["any", "Qualification"]["lost"] == 1
    assert found["any", "Won"]["next_rate"] is None
    assert len(read(firm, "report", "conversion", "--where", "acme")) == 12
    assert firm("report", "conversion", "--pipeline", "nothing")[0] == 3


def test_moves_of_the_expected_close_are_counted_unless_undone(firm: Typed) -> None:
    for day in ("2026-12-10", "2026-12-05", "2027-01-04"):
        firm("deal", "edit", "3", "--close", day)
    firm("deal", "edit", "3", "--amount", "90 USD")
    firm("deal", "edit", "3", "--close", "2027-06-01")
    firm("undo", "--yes")
    (found,) = read(firm, "report", "slippage")
    assert (found["deals"], found["moved_deals"], found["share"]) == (1, 1, 1.0)
    assert (found["moves"], found["later_moves"], found["median_days"]) == (3, 2, 10)
    firm("redo")
    assert read(firm, "report", "slippage")[0]["moves"] == 4
    assert read(firm, "report", "slippage", "--to", "2026-10")[0]["moves"] == 0


def test_answers_are_measured_by_user(typed: Typed) -> None:
    typed("add", "Jane Doe")
    typed("log", "jane", "a question", "--kind", "mail", "--in", "--on", "2026-11-02 09:00")
    typed("log", "jane", "an answer", "--kind", "call", "--on", "2026-11-02 12:00")
    typed("log", "jane", "another", "--kind", "mail", "--in", "--on", "2026-11-05 09:00")
    found = {each["user"]: each for each in read(typed, "report", "responses", "--by-month")}
    assert found[None]["questions"] == 1
    (answered,) = (each for user, each in found.items() if user)
    assert (answered["median_hours"], answered["within_day"]) == (3.0, 1.0)
    assert answered["month"] == "2026-11"


def test_a_part_of_the_deals_is_not_compared_with_the_whole_target(firm: Typed) -> None:
    user = read(firm, "deal", "list", "--all")[0]["owner"]
    firm("target", "set", user, "nov", "2000")
    firm("log", "jane", "hello", "--kind", "call", "--on", "2026-11-20")
    for words in (["--pipeline", "sales"], ["--where", "acme"]):
        found = read(firm, "report", "performance", *words, "--currency", "GBP")
        assert [(each["won_amount"]["amount"], each["touches"]) for each in found] == [
            ("1000.00", 1)
        ]
        keys = ("target_amount", "attainment", "missing_amount", "coverage")
        assert [found[0][key] for key in keys] == [None] * 4
        assert "targets are for all deals of a user" in firm("report", "performance", *words)[2]
    (found,) = read(firm, "report", "performance", "--owner", user, "--currency", "GBP")
    assert found["attainment"] == 0.5
    firm("add", "John Roe")
    (found,) = read(firm, "report", "performance", "--where", "john or acme", "--currency", "GBP")
    assert found["touches"] == 1
    assert read(firm, "report", "performance", "--where", "john") == []


def test_days_that_a_report_cannot_take_are_refused(firm: Typed) -> None:
    for words in ("pipeline --from 2026-06", "pipeline --to 2026-06"):
        code, out, err = firm("report", *words.split())
        assert (code, out) == (2, "")
        assert "--from and --to need --by-month" in err
    for words in ("--of deals --from 2026", "--by-owner --to 2026-06"):
        code, out, err = firm("report", "forecast", *words.split())
        assert (code, out) == (2, "")
        assert "--from and --to are about the sales of the past" in err
    assert firm("report", "winrate", "--from", "2026-08", "--to", "2026-07")[0] == 2


@pytest.mark.parametrize("words", [each for each in REPORTS if each not in NO_PAST])
def test_days_to_come_are_refused(firm: Typed, words: str) -> None:
    code, out, err = firm("report", *words.split(), "--from", "2027-01-01")
    assert (code, out) == (2, "")
    assert "--from 2027-01-01 is still to come" in err


@pytest.mark.parametrize("words", ["pipeline", "velocity", "winrate", "pipeline --by-month"])
def test_people_see_the_currency_of_each_row(
    firm: Typed, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for amount, after in (("50 USD", ("deal", "win", "4")), ("60", ("deal", "list"))):
        firm("deal", "add", "Door", "--contact", "jane", "--amount", amount)
        firm(*after)
    words_ = ("report", *words.split(), "--format", "table")
    _, head, *lines = firm(*words_)[1].split("Open deals by stage\n")[-1].splitlines()
    if words == "pipeline":
        head, *lines = firm(*words_)[1].split("Open deals by stage\n")[-1].splitlines()
    at = head.split().index("in")
    assert {"GBP", "USD"} <= {line.split()[at] for line in lines if len(line.split()) > at}
    one = firm(*words_, "--currency", "GBP")[1]
    assert ", in GBP\n" in one


def test_no_name_is_cut_at_80_columns(firm: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    firm("pipeline", "add", "Maintenance contracts")
    add = ("deal", "add", "Care", "--contact", "jane", "--opened", "2026-11-01")
    firm(*add, "--pipeline", "maintenance", "--amount", "99999")
    firm("deal", "move", "4", "negotiation")
    for user in ("Margaret Fairweather", "bob"):
        firm("target", "set", user, "nov", "20000")
        firm("deal", "add", "Gate", "--contact", "jane", "--amount", "12345", "--owner", user)
    for words in ("conversion", "pipeline", "stage-times"):
        out = firm("report", words, "--format", "table")[1]
        assert "…" not in out
        assert {"Maintenance", "contracts"} <= {*out.split()}
        assert max(map(len, out.splitlines())) <= 80
    out = firm("report", "performance", "--format", "table")[1]
    assert "Margaret" in out
    assert "Fairweather" in out


def test_an_unknown_user_is_named_with_the_nearest(firm: Typed) -> None:
    firm("deal", "add", "Gate", "--contact", "jane", "--owner", "Margaret")
    for words in ("pipeline", "performance", "forecast", "velocity"):
        code, out, err = firm("report", words, "--owner", "me,margret")
        assert (code, out) == (3, "")
        assert "unknown user “margret”" in err
        assert "Margaret" in err
    assert len(read(firm, "report", "pipeline", "--owner", "margaret")) == 1
    assert read(firm, "report", "winrate", "--owner", "margaret") == []
    code, _, err = firm("target", "set", "margret", "nov", "10")
    assert (code, "margret has no records yet. Did you mean Margaret?" in err) == (0, True)
    assert "yet" not in firm("target", "set", "margaret", "nov", "10")[2]
    assert {each["user"] for each in read(firm, "target", "list")} == {"margret", "Margaret"}
    assert firm("target", "set", " ", "nov", "10")[0] == 2


def test_performance_draws_what_was_won_against_the_target(firm: Typed, tmp_path: Path) -> None:
    user = read(firm, "report", "performance", "--currency", "GBP")[0]["user"]
    firm("target", "set", user, "2026-11", "2000")
    page = tmp_path / "page.html"
    assert firm("report", "performance", "--html", str(page))[0] == 0
    text = page.read_text("utf-8")
    assert all(each in text for each in ("Won against target", "2026-11 won", "2026-11 target"))
