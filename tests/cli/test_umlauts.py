"""An umlaut, and the two letters that Germans write for one, find each other."""

from collections.abc import Callable

import pytest

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def firm(typed: Typed) -> Typed:
    people = (("Ann Müller", "Köln"), ("Bob Mueller", "Koeln"), ("Cy Muller", "Koln"))
    for name, city in people:
        typed("add", name, "--city", city)
    typed("add", "Dee Ray", "--org", "Mueller Bau", "--note", "mag Gaerten")
    typed("remind", "2", "Gruesse", "--due", "fri")
    typed("log", "3", "die Gaerten")
    return typed


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("müller", "1 2 3 4 5"), ("Müller", "1 2 3 4 5"), ("mu\u0308ller", "1 2 3 4 5"),
        ("mueller", "1 2 4 5"), ("muller", "1 3"), ("MÜL", "1 2 3 4 5"),
        ("city:köln", "1 2 3"), ("city=Köln", "1 2 3"), ("city:koeln", "1 2"), ("city:koln", "1 3"),
        ("family:müller", "1 2 3"), ("org:müller", "4"), ("-city:köln", "4 5"),
        ("note:gärten", "4"), ("text:gärten", "3"), ("müller köln", "1 2 3"),
        ("müller or xyzzy", "1 2 3 4 5"), ("-müller", ""),
    ],
)  # fmt: skip
def test_an_umlaut_finds_both_spellings(firm: Typed, query: str, found: str) -> None:
    # Mueller Bau is number 4 or 5: it is added with its first person.
    rows = firm("find", query, "--format", "csv", "--columns", "name")[1].splitlines()[1:]
    names = {"1": "Ann Müller", "2": "Bob Mueller", "3": "Cy Muller", "4": "Dee Ray",
             "5": "Mueller Bau"}  # fmt: skip
    assert sorted(rows) == sorted(names[each] for each in found.split())


def test_lists_and_names_take_both_spellings(firm: Typed) -> None:
    assert firm("reminder", "list", "grüße", "--format", "ids")[1] == "1\n"
    assert firm("reminder", "list", "text:grüße", "--format", "ids")[1] == "1\n"
    assert firm("reminder", "list", "müller", "--format", "ids")[1] == "1\n"
    assert firm("interaction", "list", "gärten", "--format", "ids")[1] == "1\n"
    assert firm("show", "bob müller", "--format", "ids")[1] == "2\n"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tag:zwölf", "1\n2\n3\n"), ("tag:zwoelf", "1\n2\n"), ("tag:zwolf", "1\n3\n"),
        ("tag=Zwoelf", "1\n2\n"), ("-tag:zwoelf", "3\n"), ("tag!=zwölf", ""),
    ],
)  # fmt: skip
def test_tags_take_both_spellings(typed: Typed, query: str, found: str) -> None:
    for name, tag in (("Ann", "Zwölf"), ("Bob", "zwoelf"), ("Cy", "zwolf")):
        typed("add", name, "--tag", tag)
    assert typed("find", query, "--format", "ids")[1] == found
