"""A name of a built-in field means the built-in field, in every command that sets fields."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Result

Typed = Callable[..., Result]

# The text to type, and the key and the value of the card's JSON that it sets.
FIELDS = [
    ("title=CTO", "title", "CTO"),
    ("Job title=CTO", "title", "CTO"),
    ("job=CTO", "title", "CTO"),
    ("role=buyer", "role", "buyer"),
    ("org=Acme", "org", "Acme"),
    ("Company=Acme", "org", "Acme"),
    ("owner=ann", "owner", "ann"),
    ("stage=customer", "stage", "customer"),
    ("notes=likes tea", "note", "likes tea"),
    ("family name=Roe", "family", "Roe"),
    ("tags=vip, Garden club", "tags", ["Garden-club", "vip"]),
    ("nickname=Ace", "nicknames", ["Ace"]),
    ("city=Leeds", "address", "Leeds"),
    ("Town=Leeds", "address", "Leeds"),
    ("zip=LS1 4AP", "address", "LS1 4AP"),
    ("postal code=LS1 4AP", "address", "LS1 4AP"),
    ("email=a@b.example", "point", ["email", "a@b.example", ""]),
    ("Email address=a@b.example", "point", ["email", "a@b.example", ""]),
    ("phone=+44 113 496 0123", "point", ["phone", "+44 113 496 0123", ""]),
    ("mobile=+44 7700 900123", "point", ["phone", "+44 7700 900123", "mobile"]),
    ("Website=acme.example", "point", ["web", "acme.example", ""]),
    ("date of birth=1980-05-17", "birthday", "1980-05-17"),
]


def _read(data: dict[str, Any], key: str) -> object:
    """Return a value of the card, where points and addresses have a short form."""
    if key == "point":
        (point,) = data["contact_points"]
        return [point["kind"], point["address"], point["label"]]
    if key == "address":
        return "".join(str(each) for each in data["addresses"][0].values() if each is not None)
    return data["anniversaries"][0]["day"] if key == "birthday" else data[key]


@pytest.mark.parametrize(("pair", "key", "value"), FIELDS, ids=[each[0] for each in FIELDS])
@pytest.mark.parametrize("command", ["add", "edit", "bulk"])
def test_a_name_of_a_built_in_field_sets_it(
    typed: Typed, command: str, pair: str, key: str, value: object
) -> None:
    if command == "add":
        assert typed("add", "Jane Doe", "--field", pair)[0] == 0
    else:
        typed("add", "Jane Doe")
        where = ["jane"] if command == "edit" else ["--where", "jane"]
        assert typed("edit", *where, "--set", pair)[0] == 0
    who = typed("find", "--format", "ids", "kind:person")[1].strip()
    data = json.loads(typed("show", who, "--json")[1])
    assert (_read(data, key), data["fields"]) == (value, [])
    assert typed("field", "list", "--format", "ids")[1] == ""


@pytest.mark.parametrize("label", [each[0].partition("=")[0] for each in FIELDS])
def test_a_custom_field_of_such_a_name_is_refused(typed: Typed, label: str) -> None:
    code, _, words = typed("field", "add", label)
    assert code == 2
    assert "is a built-in field" in words


@pytest.mark.parametrize("label", ["value", "Orders", "last", "due", "segment", "created"])
def test_a_custom_field_of_a_word_of_queries_is_refused(typed: Typed, label: str) -> None:
    typed("add", "Jane Doe")
    assert typed("field", "add", label)[0] == 2
    assert typed("add", "Bob", "--field", f"{label}=1")[0] == 2
    assert typed("edit", "jane", "--set", f"{label}=1")[0] == 2


def test_two_values_for_one_field_are_refused(typed: Typed) -> None:
    code, _, words = typed("add", "Jane", "--title", "CEO", "--field", "job=CTO")
    assert code == 2
    assert "two values for title: “CEO” and “CTO”" in words
    assert typed("add", "Jane", "--title", "CTO", "--field", "job=CTO")[0] == 0


def test_a_column_that_was_added_to_our_own_file_is_a_built_in_field(
    typed: Typed, tmp_path: Path
) -> None:
    typed("add", "Jane Doe", "--org", "Acme")
    file = tmp_path / "all.csv"
    typed("export", "--to", str(file), "jane")
    header, row = file.read_text("utf-8").splitlines()
    file.write_text(f"{header},Email,Mobile\n{row},j@acme.example,+44 7700 900123\n", "utf-8")
    assert typed("import", str(file))[0] == 0
    data = json.loads(typed("show", "jane", "--json")[1])
    assert [(each["address"], each["label"]) for each in data["contact_points"]] == [
        ("j@acme.example", ""),
        ("+44 7700 900123", "mobile"),
    ]
    assert data["fields"] == []
