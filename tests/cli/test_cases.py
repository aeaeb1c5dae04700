"""The commands of cases, from the first word to the report."""

import json
import sys

import pytest

from cardcrm.store import open_store

OK, FAILED, USAGE, NOT_FOUND, AMBIGUOUS = 0, 1, 2, 3, 4


@pytest.fixture
def now():
    return "2026-11-27T16:30"


def test_a_case_goes_from_the_first_word_to_the_solution(typed, monkeypatch):
    def say(*words, at="", code=OK):
        if at:
            monkeypatch.setenv("CARDCRM_NOW", at)
        found, out, err = typed(*words)
        assert found == code, err
        return (err + out).strip()

    def rows(*words, at=""):
        return json.loads(say(*words, "--format", "json", at=at))

    say("add", "Jane", "Doe")
    say("sla", "add", "desk", "--first", "1h", "--solve", "8h", "--hours", "mon-fri 9:00-17:00",
        "--zone", "UTC")  # fmt: skip
    monkeypatch.setenv("TZ", "UTC")
    opened = say("case", "open", "jane", "the heater", "leaks", "--priority", "high",
                 "--type", "incident")  # fmt: skip
    assert opened.startswith("opened case 1 of Jane Doe: the heater leaks")
    keys = ("id", "status", "first_response_due", "solution_due", "breached")
    assert [tuple(each[key] for key in keys) for each in rows("case", "list")] == [
        (1, "new", "2026-11-30T09:30:00Z", "2026-11-30T16:30:00Z", False)
    ]
    say("case", "list", "--check")
    say("case", "list", "--check", at="2026-11-30T10:00", code=FAILED)
    assert rows("case", "list", "breached:yes")[0]["breached"] is True
    assert rows("due")["cases_due"][0]["id"] == 1
    assert "(waiting on customer" in say("case", "reply", "1", "a photo, please", "--wait")
    assert "(waiting on us" in say("case", "note", "1", "--in", "here", at="2026-11-30T12:00")
    assert say("case", "solve", "1", "new valve", at="2026-11-30T12:30").startswith("solved case 1")
    shown = rows("case", "show", "1")
    assert [each["text"] for each in shown["conversation"]] == [
        "a photo, please", "here", "new valve",
    ]  # fmt: skip
    assert [each["text"] for each in rows("show", "jane")["interactions"]][:1] == ["new valve"]
    assert shown["solution_due"] == "2026-12-01T10:30:00Z"
    say("case", "rate", "1", "4", "quick")
    assert rows("report", "service")[0]["satisfaction"] == 4
    say("undo")
    assert rows("case", "show", "1")["rating"] is None


@pytest.fixture
def say(typed, monkeypatch):
    """Run a command as of a moment, and return its answer."""
    monkeypatch.setenv("CARDCRM_TIMEZONE", "UTC")

    def run(line, *text, at="", code=OK):
        if at:
            monkeypatch.setenv("CARDCRM_NOW", at)
        found, out, err = typed(*line.split(), *text)
        assert found == code, (line, out, err)
        return (err + out).strip()

    return run


HOURS = ("--hours", "mon-fri 9:00-17:00")
FRIDAY, MONDAY = "2026-11-27T16:30", "2026-11-30T09:31"


def rows(say, line, **more):
    return json.loads(say(f"{line} --format json", **more))


@pytest.mark.engines("sqlite", "postgresql")
def test_cron_learns_from_the_exit_code_that_a_deadline_was_missed(say):
    say("add Jane")
    say("sla add desk --first 1h", *HOURS)
    say("case open jane help")
    for line in ("case list --check", "due --check", "case list owner:ann --check"):
        say(line)
    say("case list --check", at=MONDAY, code=FAILED)
    say("due --check", code=FAILED)
    say("case list priority:low --check")
    say("case solve 1")
    say("case list --check")
    say("due --check")


def test_the_most_valuable_customers_are_answered_first(say):
    say("add Jane")
    say("add Bob")
    say("mvc add bob")
    say("sla add desk --first 8h", *HOURS)
    say("sla add gold --first 1h --group mvc:yes --order 1", *HOURS)
    say("case open jane help")
    say("case open bob help")
    found = rows(say, "case list")
    assert [(each["contact"], each["sla"]) for each in found] == [("Bob", "gold"), ("Jane", "desk")]
    say("mvc rm bob")
    assert {each["sla"] for each in rows(say, "case list")} == {"desk"}


@pytest.mark.engines("sqlite", "postgresql")
def test_cases_are_sorted_by_each_deadline_and_its_service_level(say):
    for name in ("Jane", "Bob", "Ann"):
        say(f"add {name}")
    say("sla add Desk --first 1h --solve 4h --order 2 --priority normal", *HOURS)
    say("sla add alert --first 2h --solve 3h --order 1 --priority high", *HOURS)
    say("case open jane help", at="2026-11-27T09:00")
    say("case open bob help --priority high")
    say("case open ann help --priority low")

    def listed(sort):
        return [each["id"] for each in rows(say, f"case list --sort {sort}", at="2026-11-27T12:30")]

    assert (listed("first_response_due"), listed("solution_due")) == ([1, 2, 3], [2, 1, 3])
    assert (listed("-first_response_due"), listed("-solution_due")) == ([2, 1, 3], [1, 2, 3])
    assert (listed("sla"), listed("-sla")) == ([2, 1, 3], [1, 2, 3])
    assert (listed("breached"), listed("-breached")) == ([3, 2, 1], [2, 1, 3])
    answer = say("case list --sort uid", code=USAGE)
    assert "Sort by one of id, contact, text, status" in answer


def test_a_merged_case_is_not_opened_again_by_an_edit(say):
    say("add Jane")
    say("case open jane help")
    say("case open jane help again")
    say("case merge 1 2")
    refused = say("case edit 2 --status new", code=AMBIGUOUS)
    assert "case 2 was merged into case 1" in refused
    assert rows(say, "case show 2")["status"] == "closed"
    say("case edit 2 --priority high")


def test_a_case_that_is_solved_is_opened_again_only_on_purpose(say):
    say("add Jane")
    say("case open jane help")
    say("case solve 1")
    refused = say("case wait 1", code=AMBIGUOUS)
    assert refused.endswith("To work on it again: cardcrm case reopen 1")
    say("case close 1")


def test_a_slip_of_a_clumsy_hand_is_answered_with_what_to_write(say):
    say("add Jane")
    assert 'cardcrm case open jane "the heater leaks"' in say("case open jane", "", code=USAGE)
    say("case open jane help")
    assert "cardcrm case note 1 TEXT" in say("case reply 1 x --kind note", code=USAGE)
    assert "a case cannot be its own cause" in say("case edit 1 --cause 1", code=USAGE)
    hours = say("sla add desk --first 1h --hours", "", code=USAGE)
    assert "a service level needs an interval of hours" in hours


def test_opening_a_case_says_which_deadline_comes_first(say):
    say("add Jane")
    say("sla add desk --solve 4h", *HOURS)
    assert "solution due Mon 30 Nov 12:30 (desk)" in say("case open jane help", at=FRIDAY)
    say("sla edit desk --first 1h")
    assert "answer due Mon 30 Nov 09:30 (desk)" in say("case open jane help")


def test_an_empty_list_says_that_what_is_solved_would_be_found(say):
    say("add Jane")
    say("case open jane help")
    assert say("case list text:leak") == "no cases found"
    say("case solve 1")
    assert say("case list text:help") == "no open cases found; --all finds 1"
    assert say("case list solved text:leak") == "no cases found"


def test_times_of_service_levels_are_listed_as_they_are_typed(say):
    say("sla add desk --first 30m --solve 1h30m", *HOURS)
    header, line = say("sla list").splitlines()
    assert header.split()[:5] == ["id", "name", "first", "next", "solve"]
    assert line.split()[:4] == ["1", "desk", "30m", "1h30m"]
    assert rows(say, "sla list")[0]["solve_minutes"] == 90


def test_a_service_level_that_changes_says_what_it_does_to_open_cases(say):
    say("add Jane")
    say("sla add desk --first 1h", *HOURS)
    say("case open jane help")
    answer = say("sla edit desk --first 10m", at=MONDAY)
    assert "applies at once: 1 of 1 open case has a service level, 1 missed a deadline" in answer
    assert "0 missed a deadline" in say("sla edit desk --first 8h")


def test_a_zone_that_is_gone_is_named_and_loses_nothing(say, cli_location):
    say("add Jane")
    say("sla add desk --first 1h", *HOURS)
    say("case open jane help")
    store = open_store(cli_location)
    with store.transaction("zone"):
        store.update("sla", 1, zone="Europe/Atlantis")
    store.close()
    line = "service level desk is skipped: unknown time zone “Europe/Atlantis”"
    assert line in say("case list")
    (case,) = rows(say, "case list")
    assert (case["sla"], case["first_response_due"]) == (None, None)
    say("sla edit desk --zone UTC")
    assert [each["sla"] for each in rows(say, "case list")] == ["desk"]


def test_holidays_without_their_library_are_named(say, monkeypatch):
    say("add Jane")
    say("sla add desk --first 1h --holidays GB", *HOURS)
    say("case open jane help")
    monkeypatch.setitem(sys.modules, "holidays", None)
    assert "desk is skipped: public holidays need the library holidays" in say("case list")
    assert "public holidays need the library" in say(
        "sla add far --first 1h --holidays FR", *HOURS, code=FAILED
    )
    say("sla add own --first 1h --holidays 2026-11-30", *HOURS)
    (case,) = rows(say, "case list")
    assert (case["sla"], case["first_response_due"]) == ("own", "2026-12-01T09:30:00Z")


def test_cases_follow_contacts_that_are_merged_and_go_with_those_forgotten(say):
    say("add Jane Doe")
    say("add Jane Dow")
    say("case open 2 help")
    say("merge 1 2 --yes")
    assert [each["contact"] for each in rows(say, "case list")] == ["Jane Doe"]
    say("case reply 1 hello")
    say("forget 1 --yes")
    for line in ("case reply 1 hello", "case show 1", "case solve 1", "case note 1 x"):
        assert "unknown case 1" in say(line, code=NOT_FOUND)


def test_merging_cases_of_two_contacts_says_so(say):
    say("add Jane Doe")
    say("add Bob Roe")
    for who in ("jane", "jane", "bob"):
        say(f"case open {who} help")
    assert "was opened for" not in say("case merge 1 2")
    assert "case 3 was opened for Bob Roe, not Jane Doe" in say("case merge 1 3")
    say("undo")
    assert [each["contact"] for each in rows(say, "case list")] == ["Jane Doe", "Bob Roe"]


def test_two_agents_do_not_answer_one_case(say, monkeypatch):
    say("add Jane")
    say("case open jane help")
    monkeypatch.setenv("CARDCRM_USER", "ann")
    say("case claim 1")
    monkeypatch.setenv("CARDCRM_USER", "bob")
    assert "ann looks after case 1" in say("case claim 1", code=AMBIGUOUS)
    say("case claim 1 --force")
    assert [each["owner"] for each in rows(say, "case list")] == ["bob"]


@pytest.mark.parametrize(
    ("line", "code", "problem"),
    [
        ("case solve 1", AMBIGUOUS, "case 1 is already solved"),
        ("case rate 2 5", AMBIGUOUS, "case 2 is not solved"),
        ("case reopen 2", AMBIGUOUS, "case 2 is open"),
        ("case merge 1 9", NOT_FOUND, "unknown case 9"),
        ("case edit 2 --cause 2", USAGE, "a case cannot be its own cause"),
        ("case wait x", USAGE, "“x” must be the number of a case"),
        ("case assign 9 --to ann", NOT_FOUND, "unknown case 9"),
        ("case list due<2parsecs", USAGE, "invalid date “2parsecs”"),
    ],
)
def test_bad_input_has_one_clear_line(say, line, code, problem):
    say("add Jane")
    say("case open jane one")
    say("case open jane two")
    say("case solve 1")
    answer = say(line, code=code)
    assert answer.startswith(f"error: {problem}")
    assert len(answer.splitlines()) <= 2
