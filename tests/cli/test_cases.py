"""The commands of cases, from the first word to the report."""

import json

import pytest

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
