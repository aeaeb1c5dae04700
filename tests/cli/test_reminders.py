"""`remind` and `done`: reminders without a contact, for a segment, and what follows them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Three contacts with a tag, of which a segment consists."""
    monkeypatch.setenv("CARDCRM_TIMEZONE", "Europe/London")
    for name in ("Jane Doe", "Ann Lee", "Bob Ray"):
        typed("add", name, "--tag", "vip")
    typed("segment", "add", "vips", "tag:vip")
    typed("segment", "add", "pair", "tag:vip -bob")
    return typed


def reminders(shop: Typed, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(shop("reminder", "list", "--json", *words)[1])
    return found


# without a contact


@pytest.mark.parametrize(
    "words", [["pay the rent"], ["pay", "the", "rent"], ["--no-contact", "pay", "the", "rent"]]
)
def test_a_reminder_may_stand_without_a_contact(shop: Typed, words: list[str]) -> None:
    code, _, err = shop("remind", *words, "--due", "fri")
    first, *notes = err.splitlines()
    assert (code, first) == (0, "reminder 1 without a contact, due Fri 27 Nov: pay the rent")
    assert notes == [] if words[0] == "--no-contact" else ["  no contact matches" in notes[0]]
    (row,) = reminders(shop)
    assert (row["contact"], row["contact_id"], row["text"]) == (None, None, "pay the rent")
    digest = json.loads(shop("due", "--json")[1])
    assert [each["contact"] for each in digest["coming"]] == [None]
    assert "pay the rent" in shop("due")[1]
    assert "pay the rent" in shop("due", "--format", "html")[1]
    assert ",pay the rent," in shop("due", "--format", "csv")[1]
    assert shop("due", "--format", "ids")[1] == "1\n"
    assert shop("due", "tag:vip")[1] == shop("due", "-tag:vip")[1] == ""
    assert shop("snooze", "1", "2w")[2] == "reminder 1, due Sat 5 Dec: pay the rent\n"
    assert shop("done", "1")[2] == "done 1: pay the rent\n"
    assert shop("undo")[0] == shop("redo")[0] == shop("db", "check")[0] == 0
    assert [each["id"] for each in reminders(shop, "who:none", "--all")] == [1]


@pytest.mark.parametrize("who", ["janne", "99", "#99", "x@y.example", "@nobody", "+44 1234 567890"])
def test_a_mistyped_name_is_no_task(shop: Typed, who: str) -> None:
    code, _, err = shop("remind", who, "call", "--due", "fri")
    assert (code, "add --no-contact" in err) == (3, True)
    assert reminders(shop) == []


def test_a_contact_may_be_given_and_taken_later(shop: Typed) -> None:
    shop("remind", "pay the rent", "--due", "fri")
    err = shop("reminder", "edit", "1", "--who", "bob")[2]
    assert err == "changed reminder 1 pay the rent (Bob Ray): contact none → Bob Ray\n"
    err = shop("reminder", "edit", "1", "--who", "")[2]
    assert err == "changed reminder 1 pay the rent: contact Bob Ray → none\n"


# a segment


def test_a_segment_is_reminded_in_one_step_after_asking(shop: Typed) -> None:
    words = ("remind", "@vips", "send", "the", "catalog", "--due", "fri")
    code, _, err = shop(*words)
    assert (code, "confirmation needed to add a reminder for 3 contacts" in err) == (2, True)
    assert shop(*words, "--dry-run")[2].splitlines() == [
        "would add a reminder for 3 contacts:",
        "  contact 1 Jane Doe",
        "  contact 2 Ann Lee",
        "  contact 3 Bob Ray",
    ]
    assert reminders(shop) == []
    assert shop(*words, "--yes")[2].splitlines() == [
        "added 3 reminders: send the catalog",
        "  reminder 1 for Jane Doe, due Fri 27 Nov",
        "  reminder 2 for Ann Lee, due Fri 27 Nov",
        "  reminder 3 for Bob Ray, due Fri 27 Nov",
    ]
    shop("undo")
    assert reminders(shop) == []
    assert shop("remind", "@pair", "call", "--due", "fri")[0] == 0
    assert [each["contact"] for each in reminders(shop)] == ["Jane Doe", "Ann Lee"]


def test_a_segment_is_logged_with_in_one_step(shop: Typed) -> None:
    words = ("log", "@vips", "sent", "it", "--kind", "mail", "--next", "ask", "--due", "fri")
    assert shop(*words)[0] == 2
    assert shop(*words, "--dry-run")[2].splitlines()[0] == "would log with 3 contacts:"
    first, *lines = shop(*words, "--yes")[2].splitlines()
    assert (first, len(lines)) == ("logged 3 interactions:", 3)
    assert lines[0] == ("  logged mail 1 with 1 Jane Doe: sent it; reminder 1 for Fri 27 Nov: ask")
    found = json.loads(shop("interaction", "list", "--json")[1])
    assert sorted(each["with"] for each in found) == ["Ann Lee", "Bob Ray", "Jane Doe"]
    shop("undo")
    assert json.loads(shop("interaction", "list", "--json")[1]) == reminders(shop) == []


def test_an_empty_segment_is_said_to_be_empty(shop: Typed) -> None:
    shop("segment", "add", "none", "tag:nothing")
    for verb in (["log", "@none", "x"], ["remind", "@none", "x", "--due", "fri"]):
        assert shop(*verb)[2] == "no contacts found; nothing was changed\n"


# done


def test_done_plans_the_next_step_and_says_when_it_was(shop: Typed) -> None:
    shop("remind", "jane", "send the quote", "--due", "fri")
    words = ("done", "1", "--on", "yesterday 9:00", "--log", "sent it", "--kind", "mail")
    _, out, _ = shop(*words, "--next", "call", "--due", "mon", "--promise", "--json")
    (row,) = json.loads(out)
    assert row["done"] == "2026-11-20T09:00:00Z"
    following = row["next_reminder"]
    assert (following["id"], following["due"], following["promise"]) == (2, "2026-11-23", True)
    card = json.loads(shop("show", "jane", "--json")[1])
    assert [(each["on"], each["kind"]) for each in card["interactions"]] == [("2026-11-20", "mail")]
    shop("undo")
    assert [each["id"] for each in reminders(shop)] == [1]
    assert shop("done", "1", "--next", "call", "--due", "mon")[2].splitlines() == [
        "done 1: send the quote (Jane Doe)",
        "reminder 3 for Jane Doe, due Mon 23 Nov: call",
    ]


@pytest.mark.parametrize(
    "words", [["--on", "tomorrow"], ["--due", "fri"], ["--promise"], ["--next", "x", "--due", "y"]]
)
def test_done_refuses_what_it_cannot_mean(shop: Typed, words: list[str]) -> None:
    shop("remind", "jane", "call", "--due", "fri")
    assert shop("done", "1", *words)[0] == 2
    assert [each["done"] for each in reminders(shop)] == [None]


def test_a_recurrence_counts_from_the_day_on_which_it_was_done(shop: Typed) -> None:
    shop("remind", "jane", "water", "--due", "2026-11-16", "--every", "daily")
    assert "on Tue 17 Nov" in shop("done", "1", "--on", "2026-11-17")[2]
    assert reminders(shop)[0]["due"] == "2026-11-18"


@pytest.mark.parametrize(
    ("query", "found"),
    [("every:14d", "1 2"), ("every:2w", "1 2"), ('every:"every 2 weeks"', "1 2"),
     ("every:biweekly", "1 2"), ("every=2w", "1"), ("every:12m", "3 4"), ("every:yearly", "3 4"),
     ("every:monthly", "5"), ("every:weekly", "7"), ('every:"14 days after done"', "6"),
     ("every:done", "6"), ("every:none", "8"), ("-every:2w", "3 4 5 6 7 8")],
)  # fmt: skip
def test_recurrence_is_found_in_any_words_for_it(typed: Typed, query: str, found: str) -> None:
    typed("add", "Ann")
    rules = ("2w", "14d until 2030-01-01", "yearly", "12 months", "monthly", "2w after done",
             "mon,thu", "once")  # fmt: skip
    for rule in rules:
        assert typed("remind", "1", "x", "--due", "2026-12-31", "--every", rule)[0] == 0
    assert typed("reminder", "list", query, "--format", "ids")[1].split() == found.split()
