"""The groups of the nouns that have quick verbs as well: interactions, reminders and sales."""

import json
from collections.abc import Callable

import pytest

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop(typed: Typed) -> Typed:
    """Two contacts with something of each noun, on a Saturday evening."""
    for words in (
        ["add", "Jane Doe", "--tag", "vip"],
        ["add", "Bob Ray"],
        ["product", "add", "Boiler", "--price", "900"],
        ["log", "jane", "asked for a quote", "--kind", "call", "--on", "2026-11-05"],
        ["log", "bob", "a visit with @jane", "--kind", "visit", "--on", "2026-09-01"],
        ["remind", "jane", "send the quote", "--due", "wed", "--promise"],
        ["remind", "bob", "call back", "--due", "2027-01-10", "--for", "ann"],
        ["sell", "jane", "--product", "Boiler", "--on", "2026-11-10"],
        ["sell", "bob", "12", "flowers", "--on", "2026-10-10"],
    ):
        code, _, err = typed(*words)
        assert code == 0, err
    return typed


def ids(shop: Typed, noun: str, *words: str) -> list[int]:
    """The ids that a list shows, in their order."""
    code, out, err = shop(noun, "list", *words, "--format", "json")
    assert code == 0, err
    return [row["id"] for row in json.loads(out)]


@pytest.mark.parametrize(
    ("noun", "query", "found"),
    [
        ("interaction", "kind:call on>2026-10-01 who:jane", [1]),
        ("interaction", "who:jane", [1, 2]),
        ("interaction", "-who:bob", [1]),
        ("interaction", "on<30d", [1]),
        ("interaction", "quote", [1]),
        ("sale", "on>2026-11-01 product:boiler", [1]),
        ("sale", "-product:boiler", [2]),
        ("sale", "amount>100", [1]),
        ("sale", "flowers", [2]),
        ("reminder", "due<7d", [1]),
        ("reminder", "due>7d owner:ann", [2]),
        ("reminder", "promise:yes", [1]),
        ("reminder", "done:none who:tag:vip", [1]),
        ("product", "boil", [1]),
    ],
)
def test_every_noun_is_filtered_in_one_language(
    shop: Typed, noun: str, query: str, found: list[int]
) -> None:
    assert ids(shop, noun, query.replace("who:tag:vip", 'who:"tag:vip"')) == found


def test_lists_are_sorted_and_cut(shop: Typed) -> None:
    assert ids(shop, "sale", "--sort", "amount") == [2, 1]
    assert ids(shop, "interaction", "--sort", "on", "--limit", "1") == [2]
    code, out, _ = shop("reminder", "list", "--columns", "due,contact", "--format", "csv")
    assert (code, out) == (0, "due,contact\n2026-11-25,Jane Doe\n2027-01-10,Bob Ray\n")


def test_show_tells_all(shop: Typed) -> None:
    shown = json.loads(shop("interaction", "show", "2", "--format", "json")[1])
    assert (shown["kind"], shown["with"], shown["on"]) == (
        "visit",
        "Bob Ray, Jane Doe",
        "2026-09-01",
    )
    shown = json.loads(shop("sale", "show", "1", "--format", "json")[1])
    assert (shown["contact"], shown["product"]) == ("Jane Doe", "Boiler")


@pytest.mark.parametrize("noun", ["interaction", "reminder", "sale"])
def test_rm_removes_by_query_and_undo_restores(shop: Typed, noun: str) -> None:
    code, _, err = shop(noun, "rm", "--where", "who:bob", "--dry-run")
    assert code == 0, err
    assert err.startswith(f"would remove 1 {noun}:")
    assert len(ids(shop, noun)) == 2
    assert shop(noun, "rm", "--where", "who:bob", "--yes")[0] == 0
    assert len(ids(shop, noun)) == 1
    assert shop("undo")[0] == 0
    assert len(ids(shop, noun)) == 2
    assert shop("db", "check")[0] == 0
