"""The pairs that are compared grow with the number of contacts, and not with its square."""

import pytest

from cardcrm.records.deduplication.blocks import candidate_pairs
from cardcrm.records.deduplication.profiles import Profile, build_address
from cardcrm.text import fold

MOST_PAIRS = 13  # for each contact and key: six neighbors in each of two orders, and some


def profile(number: int, given: str, family: str, **parts: tuple[object, ...]) -> Profile:
    name = f"{given} {family}"
    return Profile(
        number,
        "person",
        name,
        fold(name),
        (fold(given),),
        (),
        (fold(family),),
        tuple(fold(name).split()),
        "",
        "",
        0,
        **parts,  # type: ignore[arg-type]
    )


def letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:06}")


def count(profiles: list[Profile]) -> int:
    found = list(candidate_pairs(profiles, lambda _done: None))
    assert len(found) == len(set(found))
    assert all(first < second for first, second in found)
    return len(found)


@pytest.mark.parametrize(
    "parts",
    [
        {"emails": ("info@firm.example",)},
        {"phones": ("441134960123",)},
        {"addresses": (build_address("1 Dock Road", "hull", "HU1 1AA"),)},
    ],
    ids=str,
)
def test_what_thousands_share_makes_a_few_pairs_each(parts: dict[str, tuple[object, ...]]) -> None:
    people = [profile(each, letters(each), letters(each)[::-1], **parts) for each in range(3000)]
    assert 3000 < count(people) <= 3000 * MOST_PAIRS * 2


def test_thousands_of_one_name_make_a_few_pairs_each() -> None:
    people = [profile(each, "Ann", "Quill", phones=(f"4411349{each:05}",)) for each in range(3000)]
    assert count(people) <= 3000 * MOST_PAIRS * 8


def test_a_shared_email_of_two_is_always_compared() -> None:
    people = [profile(each, letters(each), letters(each)[::-1]) for each in range(500)]
    people[7] = people[7]._replace(emails=("ann@x.example",))
    people[400] = people[400]._replace(emails=("ann@x.example",))
    assert (7, 400) in set(candidate_pairs(people, lambda _done: None))
