"""Answers of edits, removals and the like: what was changed, from what to what."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Four contacts in Leeds."""
    monkeypatch.setenv("CARDCRM_TIMEZONE", "Europe/London")
    typed("add", "Linda Müller", "--org", "Acme", "--email", "l@x.example", "--city", "Leeds")
    for name in ("Ann Lee", "Bob Ray", "Cay Poe"):
        typed("add", name, "--city", "Leeds")
    return typed


EDITS = [
    (["--name", "Linda Maier"], "name Linda Müller → Linda Maier"),
    (["--title", "boss"], "title none → boss"),
    (["--every", "monthly"], "every none → 30 days"),
    (["--org", "Apex"], "organization Apex added, works at Acme → Apex"),
    (["--org", ""], "works at Acme → none"),
    (["--city", "York"], "address city Leeds → York"),
    (["--tag", "vip"], "tag vip added"),
    (["--remove", "l@x.example"], "email l@x.example removed"),
    (["--opt-out", "l@x.example"], "email l@x.example opted out no → yes"),
    (["--birthday", "1980-05-17"], "birthday added: 17 May 1980"),
    (["--set", "owner=ann"], "owner none → ann"),
    (["--note", "a\nb"], "note none → a b"),
    (["--prefix", "Dr.", "--given", "Linda M", "--family", "Maier"],
     "prefix none → Dr., name Linda Müller → Linda M Maier"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "change"), EDITS, ids=[each[0][0] for each in EDITS])
def test_an_edit_of_a_contact_names_each_change(
    shop: Typed, options: list[str], change: str
) -> None:
    tried = shop("edit", "linda", *options, "--dry-run")[2]
    assert tried.splitlines() == ["would change 1 contact:", f"  2 Linda Müller (Acme): {change}"]
    code, _, err = shop("edit", "linda", *options)
    assert (code, err.startswith("changed 2 Linda M"), err.endswith(f": {change}\n")) == (
        0, True, True,
    )  # fmt: skip
    shop("undo")
    assert json.loads(shop("edit", "linda", *options, "--json")[1])["changes"]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (["--birthday", "1961-04-03"], ["--birthday", "1961-04-04"],
         "birthday 3 Apr 1961 → 4 Apr 1961"),
        (["--day", "wedding=1990-05-01"], ["--day", "wedding=1990-05-02"],
         "wedding 1 May 1990 → 2 May 1990"),
        (["--set", "hat=red"], ["--set", "hat=blue"], "hat red → blue"),
        (["--street", "1 Mill Lane"], ["--street", "2 Mill Lane"],
         "address street 1 Mill Lane → 2 Mill Lane"),
    ],
)  # fmt: skip
def test_a_value_that_its_noun_names_has_no_second_name(
    shop: Typed, before: list[str], after: list[str], change: str
) -> None:
    shop("field", "add", "hat")
    shop("edit", "linda", *before)
    assert shop("edit", "linda", *after)[2] == f"changed 2 Linda Müller (Acme): {change}\n"


def changes(shop: Typed, *words: str) -> list[Any]:
    found = json.loads(shop(*words, "--json")[1])
    rows = found if isinstance(found, list) else [found]
    return [
        (each["id"], [(one["field"], one["old"], one["new"]) for one in each["changes"]])
        for each in rows
    ]


def test_json_has_the_changes_of_each_row(shop: Typed) -> None:
    assert changes(shop, "edit", "ann", "--title", "boss") == [(3, [("title", "", "boss")])]
    assert changes(shop, "edit", "ann", "--title", "boss") == [(3, [])]
    several = ("edit", "3", "4", "--title", "boss")
    assert changes(shop, *several, "--dry-run") == [(4, [("title", "", "boss")])]
    assert changes(shop, *several) == [(3, []), (4, [("title", "", "boss")])]
    shop("sell", "ann", "10")
    words = ("sale", "edit", "1", "--amount", "12")
    assert changes(shop, *words) == [(1, [("amount", "1000", "1200")])]


def test_a_bulk_edit_lists_its_changes(shop: Typed) -> None:
    words = ("edit", "--where", "city:leeds -linda", "--owner", "ann")
    lines = [
        "  3 Ann Lee: owner none → ann",
        "  5 Cay Poe: owner none → ann",
        "  4 Bob Ray: owner none → ann",
    ]
    shop("edit", "bob", "--owner", "ann")
    assert shop(*words, "--dry-run")[2].splitlines() == [
        "would change 2 of 3 contacts:", *lines[:2]
    ]  # fmt: skip
    code, _, err = shop(*words)
    assert (code, "contact 3 Ann Lee; contact 5 Cay Poe; contact 4 Bob Ray" in err) == (2, True)
    assert shop(*words, "--yes")[2].splitlines() == ["changed 2 of 3 contacts:", *lines[:2]]


def test_a_long_list_ends_with_the_number_of_the_others(shop: Typed) -> None:
    for number in range(9):
        shop("add", f"Row {number}", "--city", "Leeds")
    err = shop("rm", "--where", "city:leeds", "--dry-run")[2]
    assert err.splitlines()[0] == "would remove 13 contacts:"
    assert (len(err.splitlines()), err.splitlines()[-1]) == (12, "  and 3 more")
    code, _, err = shop("rm", "--where", "city:leeds")
    assert (code, "remove 13 contacts and everything recorded about them: " in err) == (2, True)
    assert "; and 10 more" in err
    assert len(json.loads(shop("rm", "--where", "city:leeds", "--dry-run", "--json")[1])) == 13
    assert shop("rm", "--where", "city:leeds", "--yes")[2].splitlines()[-1] == "  and 3 more"


@pytest.mark.parametrize("words", [["edit", "--owner", "x"], ["tag", "+x"], ["rm", "--yes"]])
@pytest.mark.parametrize("format_", ["json", "csv", "ids"])
def test_a_query_that_finds_nothing_lists_nothing(
    shop: Typed, words: list[str], format_: str
) -> None:
    out = shop(words[0], "--where", "tag:nope", *words[1:], "--format", format_)[1]
    assert "Linda" not in out
    assert json.loads(out) == [] if format_ == "json" else len(out.splitlines()) <= 1


def test_several_contacts_are_tagged(shop: Typed) -> None:
    assert shop("tag", "3", "4", "+x")[2].splitlines() == [
        "changed 2 of 2 contacts:", "  3 Ann Lee: tag x added", "  4 Bob Ray: tag x added",
    ]  # fmt: skip
    assert shop("tag", "3", "4", "5", "+y")[0] == 2
    assert shop("tag", "3,4", "cay", "+y", "--yes")[0] == 0
    assert shop("find", "tag:y", "--format", "ids")[1].split() == ["3", "5", "4"]
    assert shop("tag", "ann", "lee", "bob", "-y")[0] == 0
    assert shop("find", "tag:y", "--format", "ids")[1].split() == ["5"]
    assert shop("tag", "ann", "vip", "+z")[0] == 3
    assert shop("tag", "3", "2026")[0] == 3


@pytest.mark.parametrize(
    ("words", "name", "query"),
    [
        (["Big", "Spenders", "value>1000"], "big-spenders", "value>1000"),
        (["Big Spenders", "leeds", "plumber"], "big-spenders", "leeds plumber"),
        (["far", "-city:leeds", "or", "city:york"], "far", "-city:leeds or city:york"),
        (["plumbers", "plumber"], "plumbers", "plumber"),
    ],
)
def test_the_name_of_a_segment_needs_no_quotes(
    shop: Typed, words: list[str], name: str, query: str
) -> None:
    code, _, err = shop("segment", "add", *words)
    assert (code, err.startswith(f"saved the segment {name}, {query}: ")) == (0, True)
    spoken = name.replace("-", " ").split()
    assert shop("segment", "show", *spoken)[0] == 0
    assert shop("segment", "edit", *spoken, "tag:vip")[0] == 0
    assert shop("segment", "rm", *spoken, "--yes")[0] == 0


@pytest.mark.parametrize("words", [["a", "b", "c"], ["tag:vip", "best"], ["best"], ["best", ""]])
def test_an_unclear_segment_is_refused(shop: Typed, words: list[str]) -> None:
    assert shop("segment", "add", *words)[0] == 2
    assert json.loads(shop("segment", "list", "--json")[1]) == []


@pytest.mark.parametrize("option", ["--phone", "--email", "--web", "--social"])
@pytest.mark.parametrize("verb", [["add", "Zed"], ["edit", "ann"]])
def test_a_label_needs_a_value(shop: Typed, option: str, verb: list[str]) -> None:
    code, _, err = shop(*verb, option, "work: ")
    assert (code, "is a label without a value" in err) == (2, True)


def test_a_new_organization_is_announced(shop: Typed) -> None:
    message = shop("add", "Zed", "--org", "Newco")[2]
    assert message == "added 7 Zed (Newco); added the organization 6 Newco\n"
    assert shop("add", "Zoe", "--org", "newco")[2].startswith("added 8 Zoe (Newco)\n")
    added = json.loads(shop("add", "Ida", "--org", "Other", "--json")[1])
    assert added["added_org"] == {"id": 9, "name": "Other"}
    assert json.loads(shop("add", "Eve", "--org", "Other", "--json")[1])["added_org"] is None


def test_several_cards_are_shown(shop: Typed) -> None:
    out = shop("show", "3", "4")[1]
    assert out.index("Ann Lee") < out.index("Bob Ray")
    assert [each["name"] for each in json.loads(shop("show", "3,4", "--json")[1])] == [
        "Ann Lee", "Bob Ray",
    ]  # fmt: skip
    assert shop("show", "3", "4", "--format", "ids")[1].split() == ["3", "4"]
    assert shop("show", "3", "99")[0] == 3
    shop("edit", "ann", "--phone", "0113 496 0123")
    assert json.loads(shop("show", "0113", "496", "0123", "--json")[1])["name"] == "Ann Lee"


def test_a_count_is_a_bare_number(shop: Typed) -> None:
    assert shop("find", "--count")[:2] == (0, "5\n")
    assert shop("find", "--count", "nobody")[:2] == (0, "0\n")
    assert json.loads(shop("find", "--count", "--json")[1]) == {"count": 5}
    assert shop("find", "--count", "--format", "csv")[1] == "count\n5\n"


def test_a_priority_of_none_is_not_shown(shop: Typed) -> None:
    shop("remind", "ann", "call", "--due", "fri")
    assert shop("reminder", "list")[1].splitlines()[1].split() == [
        "1",
        "Ann",
        "Lee",
        "call",
        "2026-11-27",
    ]
    assert "priority" not in shop("reminder", "show", "1")[1]
    assert (
        shop("reminder", "list", "--columns", "priority", "--format", "csv")[1] == "priority\n0\n"
    )
    assert json.loads(shop("reminder", "show", "1", "--json")[1])["priority"] == 0


def test_what_is_due_by_the_day(shop: Typed) -> None:
    for text, due in (("late", "2026-11-10"), ("now", "today"), ("soon", "fri")):
        shop("remind", "ann", text, "--due", due)

    def texts(*words: str) -> list[str]:
        found = json.loads(shop("due", *words, "--json")[1])
        rows = (*found["overdue"], *found["today"], *found["coming"])
        return [each["text"] for each in rows]

    assert texts() == ["late", "now", "soon"]
    assert texts("--overdue") == ["late"]
    assert texts("--today") == ["now"]
    assert texts("--overdue", "--today") == ["late", "now"]
    assert shop("due", "--today", "--check")[0] == 0
    assert shop("due", "--overdue", "--check")[0] == 1
    assert shop("due", "today")[0] == shop("due", "overdue")[0] == 2
