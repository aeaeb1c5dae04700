"""`dupes` lists likely duplicates, merges the surest, and remembers which contacts differ."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cardcrm.cli.run import main
from tests.support.databases import Location

Result = tuple[int, str, str]
Typed = Callable[..., Result]


@pytest.fixture
def quill(typed: Typed) -> Typed:
    """Run commands where Ann Quill is contacts 1 and 2, and 3 and 4 may be one."""
    typed("add", "Ann Quill", "--email", "ann.quill@x.example", "--city", "Leeds")
    typed("add", "Anne Quill", "--email", "ann.quill@x.example", "--phone", "+44 113 496 0123")
    typed("add", "Ben Moss", "--city", "York")
    typed("add", "Moss, Ben")
    return typed


def list_json(typed: Typed, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(typed("dupes", *words, "--format", "json")[1])
    return found


def test_pairs_are_listed_with_score_reasons_and_ids(quill: Typed) -> None:
    sure, likely = list_json(quill)
    assert sure == {
        "score": 1.0,
        "ids": [1, 2],
        "names": ["Ann Quill", "Anne Quill"],
        "reasons": ["same email", "same family name", "form of the name: Ann – Anne"],
    }
    assert (likely["ids"], likely["reasons"]) == ([3, 4], ["same name"])
    assert 0.7 <= likely["score"] < 0.98


def test_people_read_a_table_and_what_to_do(quill: Typed) -> None:
    code, table, message = quill("dupes", "--limit", "1")
    assert code == 0
    assert table.splitlines()[1].split()[:3] == ["1.00", "1", "2"]
    assert message == (
        "1 of 2 likely pairs; to merge: cardcrm merge 1 2; "
        "if they are different: cardcrm dupes --not 1 2\n"
    )


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (("--min", "0.98"), [[1, 2]]),
        (("city:york",), [[3, 4]]),
        (("city:hull",), []),
        (("--min", "1", "moss"), []),
    ],
)
def test_a_query_and_a_score_limit_the_pairs(
    quill: Typed, words: tuple[str, ...], ids: list[list[int]]
) -> None:
    assert [each["ids"] for each in list_json(quill, *words)] == ids


def test_the_ids_of_a_pair_are_two_words_of_a_line(quill: Typed) -> None:
    assert quill("dupes", "--format", "ids")[1] == "1 2\n3 4\n"
    assert quill("dupes", "--format", "csv", "--no-header")[1].splitlines()[0] == (
        '1.0,1 2,"Ann Quill, Anne Quill","same email, same family name, form of the name: '
        'Ann – Anne"'
    )


def test_the_surest_are_merged_in_one_step(quill: Typed) -> None:
    code, _, message = quill("dupes", "--auto", "0.98", "--dry-run")
    assert (code, message) == (
        0,
        "1 pair:\n"
        "  1.00  1 Ann Quill and 2 Anne Quill: same email, same family name, "
        "form of the name: Ann – Anne\n"
        "would merge 1 contact into another one\n",
    )
    assert quill("dupes", "--auto", "0.98")[0] == 2
    assert quill("find", "--count")[1] == "4\n"
    message = quill("dupes", "--auto", "0.98", "--yes")[2]
    assert message == ("merged 1 contact into another one; to separate them again: cardcrm undo\n")
    assert quill("find", "--count")[1] == "3\n"
    assert quill("dupes", "--auto", "0.98", "--yes")[2] == (
        "no pairs are that sure; nothing was changed\n"
    )
    quill("undo")
    assert quill("find", "--count")[1] == "4\n"


def test_sisters_of_one_household_are_listed_but_not_merged(typed: Typed) -> None:
    for name in ("Anne Lee", "Anna Lee"):
        typed("add", name, "--street", "12 High Street", "--city", "Leeds")
    (pair,) = json.loads(typed("dupes", "--json")[1])
    assert (pair["ids"], pair["score"]) == ([1, 2], 0.97)
    assert typed("dupes", "--auto", "0.98", "--yes")[2] == (
        "no pairs are that sure; nothing was changed\n"
    )


def test_different_contacts_never_come_again(quill: Typed) -> None:
    assert quill("dupes", "--not", "1", "2")[2] == (
        "1 Ann Quill and 2 Anne Quill are different contacts\n"
    )
    assert "as recorded before" in quill("dupes", "--not", "2", "1")[2]
    assert [each["ids"] for each in list_json(quill)] == [[3, 4]]
    quill("dupes", "--not", "3", "4")
    assert quill("dupes")[2] == "no likely duplicates; 2 pairs marked as different\n"
    assert quill("dupes", "--maybe", "1", "2")[2] == (
        "1 Ann Quill and 2 Anne Quill may be duplicates again\n"
    )
    assert len(list_json(quill)) == 1
    quill("undo", "2", "--yes")
    assert len(list_json(quill)) == 1
    assert "no duplicate" in quill("journal", "--limit", "9")[1] + quill("journal", "5")[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--min", "1.5"), "--min must be between 0 and 1"),
        (("--auto", "0.5"), "--auto must be between 0.9 and 1"),
        (("--not", "1", "1"), "both names mean the same contact"),
        (("--not", "1", "2", "--auto", "0.98"), "--not and --maybe stand alone"),
        (("city:leeds", "--not", "1", "2"), "--not and --maybe stand alone"),
        (("--not", "1", "zzz"), "no contact matches “zzz”"),
        (("nosuch:field",), "unknown field"),
    ],
)
def test_mistakes_get_one_line(quill: Typed, words: tuple[str, ...], message: str) -> None:
    code, data, error = quill("dupes", *words)
    assert code in (2, 3)
    assert data == ""
    assert message in error


def test_an_empty_database_has_none(typed: Typed, cli_location: Location) -> None:
    typed("add", "Ann")
    assert list_json(typed) == []
    assert main(["dupes"]) == 0
