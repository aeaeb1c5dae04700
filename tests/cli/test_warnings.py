"""Warnings reach people and programs: on standard error in every format, and in the JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result

Typed = Callable[..., Result]

# Commands, and how a warning of theirs begins.
COMMANDS = [
    (["add", "Jane Doe"], "possible duplicate of 1 Jane Doe (same name)"),
    (["add", "Cay", "--email", "j@x.example"], "possible duplicate of 1 Jane Doe (same email)"),
    (["add", "Cay", "--phone", "12"], "“12” is stored as written"),
    (["add", "Cay", "--phone", "0113 496 0123"], "1 phone number without a country code"),
    (["add", "Cay", "--field", "mobile=12"], "“12” is stored as written"),
    (["edit", "bob", "--phone", "12"], "“12” is stored as written"),
    (["edit", "bob", "--set", "phone=12"], "“12” is stored as written"),
    (["edit", "bob", "--email", "J@x.example"], "possible duplicate of 1 Jane Doe (same email)"),
    (["edit", "bob", "--name", "Jane Doe"], "possible duplicate of 1 Jane Doe (same name)"),
    (["edit", "bob", "--name", "Jane Do"], "possible duplicate of 1 Jane Doe (similar name)"),
    (["edit", "jane", "bob", "--phone", "12"], "“12” is stored as written"),
    (["log", "jane", "hi", "@noone"], "@noone matches no contact, or several"),
    (["log", "@people", "hi", "@noone", "--yes"], "@noone matches no contact, or several"),
    (["done", "1", "--log", "met @noone"], "@noone matches no contact, or several"),
    (["remind", "rent", "is", "due", "--due", "fri"], "no contact matches “rent”"),
    (["sell", "jane", "10", "--product", "Bolt"], "added product 1 Bolt"),
]


@pytest.fixture
def shop(typed: Typed) -> Typed:
    typed("add", "Jane Doe", "--email", "j@x.example")
    typed("add", "Bob Ray", "--email", "b@x.example")
    typed("remind", "jane", "call", "--due", "fri")
    typed("segment", "add", "people", "kind:person")
    return typed


@pytest.mark.parametrize(("words", "start"), COMMANDS, ids=[" ".join(each[0]) for each in COMMANDS])
@pytest.mark.parametrize("format_", ["table", "json", "csv"])
def test_a_warning_is_on_standard_error_and_in_the_json(
    shop: Typed, words: list[str], start: str, format_: str
) -> None:
    code, out, err = shop(*words, "--format", format_)
    assert code == 0
    mark = "  " if format_ == "table" else "warning: "
    assert [line for line in err.splitlines() if line.startswith(f"{mark}{start}")]
    if format_ == "json":
        data = json.loads(out)
        for each in data if isinstance(data, list) else [data]:
            assert each["warnings"][0].startswith(start)


def test_without_a_warning_there_is_none(shop: Typed) -> None:
    for words in (["add", "Cay Poe"], ["edit", "bob", "--title", "CTO"], ["log", "bob", "hi"]):
        _, out, err = shop(*words, "--json")
        assert "warnings" not in json.loads(out)
        assert err == ""


def test_an_import_warns_in_the_json_of_its_file(shop: Typed, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Name,Phone\nCay Poe,12\n", "utf-8")
    _, out, err = shop("import", str(file), "--json")
    start = "1 invalid phone number kept as written"
    assert [each for each in json.loads(out)["warnings"] if each.startswith(start)]
    assert f"warning: {start}" in err


def test_an_edit_that_names_no_one_else_is_no_duplicate(shop: Typed) -> None:
    assert "possible duplicate" not in shop("edit", "bob", "--name", "Robert Ray")[2]
    assert "possible duplicate" not in shop("edit", "bob", "--email", "b@x.example")[2]


def test_an_import_names_likely_duplicates(shop: Typed, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    rows = ("Jane Doe,jd@other.example", "Cay Poe,c@x.example", "Bob Ray,bob@other.example")
    file.write_text("\n".join(("Name,Email", *rows)), "utf-8")
    said = (
        "2 possible duplicates added; contacts with the same name exist: "
        "line 2 Jane Doe (contact 1), line 4 Bob Ray (contact 2); to merge: "
        "cardcrm merge 1 3, cardcrm merge 2 5"
    )
    assert said in shop("import", str(file), "--json")[2]
    assert "possible duplicate" not in shop("import", str(file))[2]
