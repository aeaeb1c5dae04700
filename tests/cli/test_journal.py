"""`undo N`, `redo N` and `journal --who`: several steps, and the history of one contact."""

import json
import shlex
from collections.abc import Callable

import pytest

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop(typed: Typed) -> Typed:
    for name in ("Jane Doe", "Ann Lee", "Bob Ray", "Cay Poe"):
        typed("add", name)
    return typed


def names(shop: Typed) -> list[str]:
    return [each["name"] for each in json.loads(shop("find", "--json")[1])]


def test_several_commands_are_undone_and_redone(shop: Typed) -> None:
    code, _, err = shop("undo", "2")
    assert (code, [line.partition(" (")[0] for line in err.splitlines()]) == (
        0, ['undone: add "Cay Poe"', 'undone: add "Bob Ray"'],
    )  # fmt: skip
    assert names(shop) == ["Jane Doe", "Ann Lee"]
    steps = json.loads(shop("redo", "2", "--json")[1])
    assert [each["command"] for each in steps] == ['add "Bob Ray"', 'add "Cay Poe"']
    assert names(shop) == ["Jane Doe", "Ann Lee", "Cay Poe", "Bob Ray"]
    (step,) = json.loads(shop("undo", "--json")[1])
    assert (step["command"], step["state"]) == ('add "Cay Poe"', "undone")


def test_three_commands_are_undone_after_asking(shop: Typed) -> None:
    code, _, err = shop("undo", "3")
    named = 'undo 3 commands: add "Cay Poe"; add "Bob Ray"; add "Ann Lee"'
    assert (code, named in err) == (2, True)
    assert len(names(shop)) == 4
    assert shop("undo", "3", "--yes")[0] == 0
    assert names(shop) == ["Jane Doe"]
    assert shop("redo", "3", "--yes")[0] == 0
    assert len(names(shop)) == 4


@pytest.mark.parametrize("words", [["undo", "5"], ["undo", "0"], ["undo", "x"], ["redo", "2"]])
def test_an_impossible_number_changes_nothing(shop: Typed, words: list[str]) -> None:
    shop("undo") if words[0] == "redo" else None
    before = names(shop)
    assert shop(*words, "--yes")[0] == 2
    assert names(shop) == before


def test_the_history_of_one_contact(shop: Typed) -> None:
    shop("log", "jane", "met", "--with", "ann")
    shop("interaction", "edit", "1", "met again")
    shop("remind", "jane", "call", "--due", "fri")
    shop("reminder", "rm", "1", "--yes")
    shop("sell", "bob", "10")
    shop("tag", "ann", "+vip")
    shop("edit", "jane", "--title", "boss")

    def commands(who: str) -> list[str]:
        return [each["command"] for each in json.loads(shop("journal", "--who", who, "--json")[1])]

    assert commands("jane") == [
        "edit jane --title boss", "reminder rm 1 --yes", "remind jane call --due fri",
        'interaction edit 1 "met again"', "log jane met --with ann", 'add "Jane Doe"',
    ]  # fmt: skip
    assert commands("ann") == [
        "tag ann +vip", 'interaction edit 1 "met again"', "log jane met --with ann",
        'add "Ann Lee"',
    ]  # fmt: skip
    assert commands("bob") == ["sell bob 10", 'add "Bob Ray"']
    assert commands("cay") == ['add "Cay Poe"']
    assert shop("journal", "1", "--who", "cay")[0] == 2
    assert shop("journal", "--who", "")[0] == 2


def test_the_history_of_an_imported_contact(
    shop: Typed, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("files") / "new.csv"
    file.write_text("name,city\nDora Fay,Leeds\nElla Gray,York\n")
    assert shop("import", str(file))[0] == 0
    shop("edit", "dora", "--city", "York")
    (edit, added) = json.loads(shop("journal", "--who", "dora", "--json")[1])
    assert (edit["command"], added["command"].split()[0]) == ("edit dora --city York", "import")


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["edit", "bob ray", "--city", "York"], 'edit "bob ray" --city York'),
        (["edit", "bob", "--note", ""], 'edit bob --note ""'),
        (["edit", "bob", "--note", "it's $5!"], "edit bob --note 'it'\"'\"'s $5!'"),
        (["log", "bob", "zahlt 5 € für Tee"], 'log bob "zahlt 5 € für Tee"'),
        (["tag", "bob", "+vip"], "tag bob +vip"),
    ],
)
def test_a_command_in_the_journal_can_be_repeated(
    shop: Typed, words: list[str], command: str
) -> None:
    shop("edit", "bob", "--note", "before")
    assert shop(*words)[0] == 0
    (step,) = json.loads(shop("journal", "--limit", "1", "--json")[1])
    assert step["command"] == command
    assert shlex.split(command) == words
