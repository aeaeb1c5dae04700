"""Lists in groups: the values of a column with their numbers of rows."""

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Result

Typed = Callable[..., Result]


@pytest.fixture
def shop(typed: Typed) -> Typed:
    typed("add", "Jane Doe", "--city", "Leeds", "--tag", "VIP", "--tag", "church")
    typed("add", "Bob Ray", "--city", "York", "--tag", "vip")
    typed("add", "Cay Poe", "--city", "leeds")
    typed("add", "Dan Fox")
    typed("log", "jane", "called", "--kind", "call", "--on", "2026-11-01")
    typed("log", "jane", "met", "--on", "2026-11-01 14:00")
    typed("log", "bob", "hi", "--with", "jane")
    typed("remind", "jane", "b", "--due", "fri", "--priority", "2")
    typed("remind", "bob", "a", "--due", "fri")
    typed("remind", "bob", "c", "--due", "today")
    typed("done", "3")
    typed("sell", "jane", "10", "--on", "2026-10-02")
    typed("sell", "bob", "20")
    return typed


@pytest.mark.parametrize(
    ("words", "groups"),
    [
        (["find", "--by", "city"], [("Leeds", 2), (None, 1), ("York", 1)]),
        (["find", "tag:vip", "--by", "city"], [("Leeds", 1), ("York", 1)]),
        (["find", "--by", "tags"], [("VIP", 2), ("church", 1)]),
        (["find", "--by", "city", "--limit", "1"], [("Leeds", 2)]),
        (["tag"], [("VIP", 2), ("church", 1)]),
        (["interaction", "list", "--by", "kind"], [("note", 2), ("call", 1)]),
        (["interaction", "list", "--by", "on"], [("2026-11-01", 2), ("2026-11-21", 1)]),
        (["interaction", "list", "who:bob", "--by", "kind"], [("note", 1)]),
        (["sale", "list", "--by", "contact"], [("Bob Ray", 1), ("Jane Doe", 1)]),
        (["reminder", "list", "--by", "who"], [("Bob Ray", 1), ("Jane Doe", 1)]),
        (["reminder", "list", "--all", "--by", "contact"], [("Bob Ray", 2), ("Jane Doe", 1)]),
        (["find", "nobody", "--by", "city"], []),
    ],
    ids=lambda each: " ".join(map(str, each)) if isinstance(each, list) else "",
)
def test_a_list_is_counted_by_a_column(
    shop: Typed, words: list[str], groups: list[tuple[str | None, int]]
) -> None:
    code, out, _ = shop(*words, "--json")
    assert code == 0
    assert [tuple(each.values()) for each in json.loads(out)] == groups


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["find", "--by", "nope"], "unknown column “nope”"),
        (["find", "--by", "city,org"], "--by takes one column"),
        (["find", "--by", "city", "--columns", "name"], "--by does not take --columns"),
        (["sale", "list", "--by", "nope"], "unknown column “nope”"),
    ],
)
def test_a_group_that_makes_no_sense_is_refused(shop: Typed, words: list[str], said: str) -> None:
    code, _, err = shop(*words)
    assert (code, said in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["interaction", "list", "kind:call"], "1"),
        (["interaction", "list", "on:2026-11-01", "--sort", "id"], "1 2"),
        (["interaction", "list", "who:bob"], "3"),
        (["reminder", "list", "--all", "done:any"], "3"),
        (["reminder", "list", "--sort", "-priority"], "1 2"),
        (["reminder", "list", "--sort", "text"], "2 1"),
        (["sale", "list", "on:2026-10"], "1"),
        (["sale", "list", "on>=2026-10-01", "on<2026-11-01"], "1"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_lists_over_all_contacts(shop: Typed, words: list[str], ids: str) -> None:
    assert " ".join(shop(*words, "--format", "ids")[1].split()) == ids


def test_a_count_and_groups_exclude_each_other(typed: Callable[..., Result]) -> None:
    typed("add", "Jane Doe", "--city", "Leeds")
    assert typed("find", "--count", "--by", "city")[::2] == (
        2, "error: --by does not take --count\nhint: Leave one of them out.\n",
    )  # fmt: skip


@pytest.mark.parametrize("words", [("edit", "@big-ones", "--owner", "ann"), ("rm", "@Big Ones")])
def test_a_segment_in_place_of_a_contact_says_how_to_name_it(
    typed: Callable[..., Result], words: tuple[str, ...]
) -> None:
    typed("add", "Jane Doe", "--city", "Leeds")
    typed("segment", "add", "big-ones", "city:leeds")
    code, _, message = typed(*words)
    assert (code, message.splitlines()[1]) == (
        3,
        "hint: That is a segment: `cardcrm find segment:big-ones` lists its contacts; "
        "edit and rm take --where segment:big-ones.",
    )
