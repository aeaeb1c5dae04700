"""Touches, cadences, snoozes and the status, as typed."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def now() -> str:
    return "2026-11-21T15:00"


@pytest.fixture
def run(typed: Run) -> Run:
    """Jane, a VIP with a cadence who was called long ago, and Bob, a VIP without one."""
    for words in (
        ["add", "Jane Doe", "--every", "30d", "--tag", "vip", "--phone", "+44 113 496 0123"],
        ["add", "Bob Ray", "--tag", "vip"],
        ["log", "jane", "spoke", "--kind", "call", "--on", "2026-10-01"],
        ["log", "bob", "spoke", "--kind", "call", "--on", "2026-10-02"],
    ):
        code, _, err = typed(*words)
        assert code == 0, err
    return typed


def losing(run: Run, *words: str, part: str = "losing_touch") -> list[str]:
    found = json.loads(run("due", *words, "--json")[1])[part]
    return [each["contact"] for each in found]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--kind", "call", "--no-answer"],
         ", outcome no answer: rang (an attempt without an answer does not restart the cadence)\n"),
        (["--kind", "call", "--outcome", "no answer"],
         ", outcome no answer: rang (an attempt without an answer does not restart the cadence)\n"),
        ([], ": rang (a note does not restart the cadence)\n"),
        (["--kind", "call"], ": rang\n"),
    ],
)  # fmt: skip
def test_log_says_what_does_not_restart_the_cadence(
    run: Run, words: list[str], answer: str
) -> None:
    code, _, err = run("log", "jane", "rang", *words)
    assert code == 0
    assert err.endswith(answer)
    assert losing(run) == ([] if answer == ": rang\n" else ["Jane Doe"])


def test_an_attempt_without_an_answer_has_that_outcome_either_way(run: Run) -> None:
    run("log", "jane", "rang", "--kind", "call", "--no-answer")
    run("log", "jane", "rang", "--kind", "call", "--outcome", "no answer")
    shown = ["interaction", "list", "no-answer:yes", "--columns", "outcome,no_answer"]
    assert json.loads(run(*shown, "--json")[1]) == [{"outcome": "no answer", "no_answer": True}] * 2
    assert run("interaction", "edit", "3", "--no-no-answer")[0] == 0
    assert json.loads(run("interaction", "show", "3", "--json")[1])["outcome"] is None
    assert run("interaction", "edit", "3", "--no-answer")[0] == 0
    assert json.loads(run("interaction", "show", "3", "--json")[1])["outcome"] == "no answer"


def test_log_says_nothing_of_cadences_where_there_is_none(run: Run) -> None:
    assert run("log", "bob", "rang")[2] == "logged note 3 with 2 Bob Ray: rang\n"


def test_the_flag_is_edited_filtered_and_shown(run: Run) -> None:
    run("log", "jane", "rang", "--kind", "call", "--no-answer", "--outcome", "voicemail")
    assert run("interaction", "list", "no-answer:yes", "--format", "ids")[1] == "3\n"
    assert "no answer, voicemail" in run("show", "jane")[1]
    assert json.loads(run("show", "jane", "--json")[1])["interactions"][0]["no_answer"] is True
    assert run("interaction", "edit", "3", "--no-no-answer")[0] == 0
    assert losing(run) == []


def test_the_line_of_a_lost_contact_has_the_number_to_call(run: Run) -> None:
    out = run("due")[1]
    assert "Jane Doe (every 30 days)\n     +44 113 496 0123 · call 1 Oct" in out.replace("\r", "")


def test_a_cadence_by_query_is_set_listed_and_removed(run: Run) -> None:
    code, _, err = run("config", "cadence", "tag:vip", "-tag:cold", "2w")
    assert (code, err) == (0, "cadence of tag:vip -tag:cold: 14 days, 2 contacts\n")
    assert json.loads(run("config", "cadence", "--json")[1]) == [
        {"id": 1, "query": "tag:vip -tag:cold", "every": 14}
    ]
    shown = run("config", "cadence")[1].splitlines()
    assert shown[1].split() == ["1", "tag:vip", "-tag:cold", "14", "days"]
    assert losing(run) == ["Bob Ray", "Jane Doe"]
    card = json.loads(run("show", "bob", "--json")[1])
    assert card["touch_by"] == "2026-10-16"
    assert card["cadence"] == {"days": 14, "rule": "tag:vip -tag:cold"}
    assert "every 14 days (tag:vip -tag:cold)" in run("show", "bob")[1]
    assert run("find", "cadence<0d", "--format", "ids")[1].split() == ["1", "2"]
    assert run("edit", "bob", "--every", "never")[2] == "changed 2 Bob Ray: every none → never\n"
    assert losing(run) == ["Jane Doe"]
    assert run("config", "cadence", "tag:vip", "-tag:cold", "none")[0] == 0
    assert run("config", "cadence")[2].startswith("no cadence by query")


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (["tag:vip"], 2, "no span given"),
        (["tag:vip", "soon"], 2, "soon"),
        (["tag:vip", "never"], 2, "--every never"),
        (["ctiy:leeds", "30d"], 2, "city"),
        (["segment:none-such", "30d"], 3, "none-such"),
        (["cadence<7d", "30d"], 2, "must not use cadence"),
        (["tag:cold", "none"], 3, "no cadence is set"),
        (["tag:vip", "--bogus", "30d"], 2, "--bogus"),
    ],
)
def test_a_cadence_that_makes_no_sense_is_refused(
    run: Run, words: list[str], code: int, part: str
) -> None:
    found, _, err = run("config", "cadence", *words)
    assert (found, part in err) == (code, True), err
    assert json.loads(run("config", "cadence", "--json")[1]) == []


def test_a_snooze_that_ends_before_the_cadence_says_so(run: Run) -> None:
    run("log", "jane", "spoke", "--kind", "call")
    assert run("snooze", "jane", "2w")[2] == (
        "Jane Doe: next touch by Mon 21 Dec anyway; a snooze until Sat 5 Dec changes nothing\n"
    )
    assert run("snooze", "jane", "21 dec")[2] == "Jane Doe: next touch by Mon 21 Dec\n"


def test_a_contact_is_snoozed_by_name_and_a_reminder_first(run: Run) -> None:
    code, _, err = run("snooze", "jane", "doe", "in", "2", "weeks")
    assert (code, err) == (0, "Jane Doe: next touch by Sat 5 Dec\n")
    assert losing(run) == []
    assert losing(run, "--days", "14", part="touch_soon") == ["Jane Doe"]
    assert "snoozed until Sat 5 Dec" in run("show", "jane")[1]
    run("remind", "jane", "write", "--due", "2027-03-01")
    assert run("snooze", "jane", "2027-04-01")[2].startswith("reminder 1, due 1 Apr 2027")
    assert json.loads(run("snooze", "jane", "fri", "--touch", "--json")[1]) == [
        {"contact_id": 1, "contact": "Jane Doe", "snoozed": "2026-11-27", "touch_by": "2026-11-27"}
    ]
    code, _, err = run("snooze", "bob", "2w")
    assert (code, "Bob Ray has no cadence" in err) == (2, True)


@pytest.mark.parametrize("command", ["show", "brief"])
def test_card_of_a_deceased_contact_counts_no_days_to_a_birthday(run: Run, command: str) -> None:
    run("edit", "jane", "--birthday", "1960-11-26")
    assert "66 in 5 days" in run(command, "jane")[1]
    run("edit", "jane", "--status", "deceased")
    shown = run(command, "jane")[1]
    assert "in 5 days" not in shown
    assert ("26 November 1960" in shown) == (command == "show")


def test_a_status_is_set_listed_filtered_and_brought_back_by_files(
    run: Run, tmp_path: Path
) -> None:
    run("edit", "jane", "--status", "Deceased")
    run("edit", "bob", "--every", "never")
    assert losing(run) == []
    assert run("find", "status:deceased", "--format", "ids")[1] == "1\n"
    assert "status deceased" in run("show", "jane")[1]
    out = run("find", "--columns", "name,status", "--format", "csv")[1]
    assert [*csv.reader(io.StringIO(out))][1:] == [["Jane Doe", "deceased"], ["Bob Ray", "active"]]
    for name in ("cards.csv", "cards.vcf"):
        file = tmp_path / name
        assert run("export", "--to", str(file))[0] == 0
        assert run("rm", "1", "2", "--yes")[0] == 0
        code, _, err = run("import", str(file))
        assert code == 0, err
        shown = [json.loads(run("show", who, "--json")[1]) for who in ("jane", "bob")]
        assert [(each["status"], each["every"]) for each in shown] == [
            ("deceased", 30),
            ("active", 0),
        ]
        run("undo")
        run("undo")
    assert run("db", "check")[0] == 0


def test_a_status_column_of_another_program_costs_no_row(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("Name,Email,Status\nAnn Lee,ann@example.org,Subscribed\n")
    code, _, err = run("import", str(file))
    assert code == 0, err
    found = json.loads(run("show", "ann", "--json")[1])
    assert (found["status"], [each["text"] for each in found["fields"]]) == (
        "active",
        ["Subscribed"],
    )
