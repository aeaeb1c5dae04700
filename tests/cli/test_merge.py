"""`merge` shows two contacts side by side, and takes the value of either for each field."""

import io
import json
import sys
from collections.abc import Callable

import pytest

from cardcrm.cli.session import Session

Result = tuple[int, str, str]
Typed = Callable[..., Result]


@pytest.fixture
def quill(typed: Typed) -> Typed:
    """Run commands where Ann Quill is contacts 1 and 2, with different values."""
    typed("field", "add", "shoe size")
    typed("add", "Ann Quill", "--title", "Buyer", "--email", "ann@x.example", "--stage", "prospect",
          "--birthday", "1980-05-17", "--every", "30d", "--field", "shoe size=39")  # fmt: skip
    typed("add", "Anne Quill", "--title", "Head of buying", "--org", "Quill Ltd", "--phone",
          "+44 113 496 0123", "--stage", "customer", "--birthday", "1980-05-18", "--every", "7d",
          "--field", "shoe size=40", "--source", "fair")  # fmt: skip
    typed("log", "3", "called")
    return typed


def merged(typed: Typed, *words: str) -> dict[str, str]:
    """Return what a merge would make, field by field."""
    data = typed("merge", "1", "3", "--dry-run", "--format", "json", *words)[1]
    return {each["key"]: each["merged"] for each in json.loads(data)}


def test_a_dry_run_shows_both_and_changes_nothing(quill: Typed) -> None:
    code, data, _ = quill("merge", "1", "3", "--dry-run", "--format", "json")
    assert code == 0
    found = {each.pop("key"): each for each in json.loads(data)}
    assert found["title"] == {"first": "Buyer", "second": "Head of buying", "merged": "Buyer"}
    assert found["org"] == {"first": "", "second": "Quill Ltd", "merged": "Quill Ltd"}
    assert found["interactions"] == {"first": "", "second": "1", "merged": "1"}
    assert found["nicknames"] == {"first": "", "second": "", "merged": "Anne Quill"}
    assert quill("find", "--count")[1] == "3\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), ("Ann Quill", "Buyer", "1980-05-17", "30 days", "39", "prospect")),
        (("--prefer", "A"), ("Ann Quill", "Buyer", "1980-05-17", "30 days", "39", "prospect")),
        (("--prefer", "b"),
         ("Anne Quill", "Head of buying", "1980-05-18", "7 days", "40", "customer")),
        (("--take", "title=B", "--take", "birthday=B"),
         ("Ann Quill", "Head of buying", "1980-05-18", "30 days", "39", "prospect")),
        (("--prefer", "B", "--take", "name=A", "--take", "shoe size=A"),
         ("Ann Quill", "Head of buying", "1980-05-18", "7 days", "39", "customer")),
        (("--take", "title=Chair", "--take", "every=14d", "--take", "name=Annie Quill"),
         ("Annie Quill", "Chair", "1980-05-17", "14 days", "39", "prospect")),
    ],
)  # fmt: skip
def test_each_field_takes_the_chosen_value(
    quill: Typed, words: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    keys = ("name", "title", "birthday", "every", "shoe-size", "stage")
    made = merged(quill, *words)
    assert tuple(made[key] for key in keys) == expected
    assert quill("merge", "1", "3", "--yes", *words)[0] == 0
    row = quill("find", "--format", "csv", "--no-header", "--columns", "id,name,title", "ann")[1]
    assert row == f"1,{expected[0]},{expected[1]}\n"


def test_what_is_not_kept_goes_into_the_note(quill: Typed) -> None:
    note = merged(quill, "--take", "title=B")["note"].split("\n")
    assert note == [
        "title before merging contact 3: Buyer",
        "cadence of merged contact 3: 7 days",
        "stage of merged contact 3: customer",
        "birthday of merged contact 3: 1980-05-18",
        "shoe size of merged contact 3: 40",
    ]


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(Session, "can_ask", True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_a_terminal_asks_for_each_field_that_differs(
    quill: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "", "2", "x", "1", "", "2", "", "y")
    code, _, message = quill("merge", "1", "3")
    assert code == 0
    assert "≠ role" in message
    assert "role: 1 Buyer  2 Head of buying  [1] " in message
    assert "merged 3 Anne Quill (Quill Ltd) into 1 Ann Quill (Quill Ltd)" in message
    card = json.loads(quill("show", "1", "--format", "json")[1])
    assert (card["name"], card["title"]) == ("Ann Quill", "Head of buying")


@pytest.mark.parametrize("lines", [("q",), ("2", "2", "1", "1", "1", "1", "n")])
def test_a_no_changes_nothing(
    quill: Typed, monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...]
) -> None:
    answer(monkeypatch, *lines)
    code, _, message = quill("merge", "1", "3")
    assert code == 1
    assert "nothing was changed" in message
    assert quill("find", "--count")[1] == "3\n"


def test_fields_that_are_given_are_not_asked_for(
    quill: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "y")
    assert quill("merge", "1", "3", "--prefer", "B", "--take", "title=A")[0] == 0
    card = json.loads(quill("show", "1", "--format", "json")[1])
    assert (card["name"], card["title"]) == ("Anne Quill", "Buyer")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--prefer", "C"), "--prefer must be A or B, not “C”"),
        (("--take", "title"), "--take “title” has no ="),
        (("--take", "shape=B"), "neither contact has a field “shape”"),
        (("--take", "email=B"), "email: the values of both contacts stay"),
    ],
)
def test_mistakes_get_one_line(quill: Typed, words: tuple[str, ...], message: str) -> None:
    code, _, error = quill("merge", "1", "3", "--yes", *words)
    assert code == 2
    assert message in error
    assert quill("find", "--count")[1] == "3\n"


@pytest.mark.parametrize("words", [("show", "3"), ("log", "3", "hello"), ("tag", "#3", "+vip")])
def test_the_number_of_a_merged_contact_leads_to_the_remaining_one(
    quill: Typed, words: tuple[str, ...]
) -> None:
    quill("merge", "1", "3", "--yes")
    code, data, message = quill(*words)
    assert code == 0
    assert "3 was merged into 1 Ann Quill" in message
    assert "Ann Quill" in data + message.partition("into 1 Ann Quill")[2] or words[0] == "tag"


def test_a_number_is_followed_through_several_merges_and_parted_by_undo(quill: Typed) -> None:
    quill("merge", "1", "3", "--yes")
    quill("add", "Anna Quill")
    quill("merge", "4", "1", "--yes")
    for number in ("1", "3"):
        assert json.loads(quill("show", number, "--format", "json")[1])["id"] == 4
    quill("undo", "--yes")
    assert json.loads(quill("show", "3", "--format", "json")[1])["id"] == 1
    quill("undo", "2", "--yes")
    assert json.loads(quill("show", "3", "--format", "json")[1])["id"] == 3
