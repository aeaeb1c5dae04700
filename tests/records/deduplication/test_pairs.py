"""Pairs of contacts get a score and reasons; what only looks like a duplicate gets a low one."""

import contextlib
from typing import Any

import pytest

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.deduplication import distinct, groups, pairs
from cardcrm.records.deduplication.pairs import Pair
from cardcrm.store import Store, journal

SURE, LIKELY, UNSURE = (0.98, 1.0), (0.7, 1.0), (0.0, 0.6)

LEEDS = AddressDraft(street="12 High Street", city="Leeds", postcode="LS1 4AB")
YORK = AddressDraft(street="4 Mill Lane", city="York", postcode="YO1 7HH")
FIRM = AddressDraft(street="1 Dock Road", city="Hull", postcode="HU1 1AA")


def person(
    name: str,
    *points: str,
    at: AddressDraft | None = None,
    born: str = "",
    **more: Any,
) -> ContactDraft:
    """Return a person with email addresses and phone numbers, told apart by the @."""
    drafts = (ContactPointDraft("email" if "@" in each else "phone", each) for each in points)
    return ContactDraft(
        name,
        points=tuple(drafts),
        addresses=(at,) if at else (),
        days=(AnniversaryDraft("birthday", born),) if born else (),
        **more,
    )


def org(name: str, *points: str, at: AddressDraft | None = None) -> ContactDraft:
    """Return an organization; a contact point without an @ or a + is its website."""
    drafts = (
        ContactPointDraft(
            "email" if "@" in each else "phone" if each.startswith("+") else "web", each
        )
        for each in points
    )
    return ContactDraft(name, "org", points=tuple(drafts), addresses=(at,) if at else ())


def add(store: Store, *drafts: ContactDraft) -> list[int]:
    return [contacts.add(store, each).id for each in drafts]


def pair_of(store: Store, *drafts: ContactDraft) -> Pair:
    """Return the pair that two contacts make, whatever its score."""
    ids = add(store, *drafts)
    found = pairs.find_pairs(store, least=0.0)
    return next(
        (each for each in found if each.ids == (ids[0], ids[1])),
        Pair(0.0, (), (ids[0], ids[1]), ("", "")),
    )


PHONE, OTHER_PHONE = "+44 113 496 0123", "+44 1904 960 777"


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (person("Robert Quill", PHONE), person("Bob Quill", PHONE), "form of the name: Robert"),
        (person("Robert Quill", PHONE), person("Quill Robert", PHONE), "same name in another"),
        (person("Robert Quill", PHONE), person("Quill, Robert", PHONE), "same name"),
        (person("Aleksandr Petrov", PHONE), person("Sasha Petrov", PHONE), "form of the name"),
        (person("Jürgen Müller", PHONE), person("Juergen Mueller", PHONE), "spelling of the name"),
        (person("José García", PHONE), person("Jose Garcia", PHONE), "same name"),
        (person("Sergei Ivanov", PHONE), person("Sergey Ivanoff", PHONE), "form of the name"),
        (person("Иван Петров", PHONE), person("Ivan Petrov", PHONE), "same name"),
        (person("Martin Quill", "m.quill7@x.example"), person("Matrin Quill", "m.quill7@x.example"),
         "similar name"),
        (person("Ann Quillford", PHONE), person("Ann Quilford", PHONE), "spelling of the name"),
        (person("Ann Quill", "ann.q17@x.example"), person("Ann Quill", "ann.q17@x.exampel"),
         "similar email"),
        (person("Ann Quill", PHONE), person("Ann Quill", "+44 113 496 0132"), "similar phone"),
        (person("Ann Quill", PHONE), person("Ann Quill", "00441134960123"), "same phone"),
        (person("Ann Quill", at=LEEDS),
         person("Ann Quill", at=LEEDS._replace(street="High St. 12")), "same address"),
        (person("Ann Quill", at=LEEDS._replace(street="Hauptstraße 5")),
         person("Ann Quill", at=LEEDS._replace(street="Hauptstr. 5")), "same address"),
        (person("Ann Quill", born="1980-05-17"), person("Ann Quill", born="1980-05-17"),
         "same birthday"),
        (person("Ann Quill", PHONE, at=LEEDS), person("Ann Quill", PHONE, at=YORK), "same phone"),
        (person("Ann Quill", at=AddressDraft(street="12 High Street, Leeds LS1 4AB")),
         person("Ann Quill", at=AddressDraft(street="12 High St, Leeds LS1 4AB")), "same address"),
        (person("Anna Maria Quill", PHONE), person("Anna Quill", PHONE), "same name"),
        (person("Ana García Márquez", PHONE, family="García Márquez", given="Ana"),
         person("Ana García", PHONE), "part of the name"),
    ],
)  # fmt: skip
def test_an_entry_of_the_same_person_is_sure(
    store: Store, first: ContactDraft, second: ContactDraft, reason: str
) -> None:
    pair = pair_of(store, first, second)
    assert SURE[0] <= pair.score <= SURE[1], pair
    assert any(each.startswith(reason) for each in pair.reasons), pair


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (person("Ann Quill"), person("Ann Quill")),
        (person("Ann Quill", "+44 113 0018635", "ann@x.example"),  # two extensions of an office
         person("Ann Quill", "+44 113 0018835", "a.quill@y.example")),
        (person("Ann Quill", PHONE), person("A. Quill", PHONE)),
        (person("Ann Quill", "ann.q17@x.example"), person("Ann Moss", "ann.q17@x.example")),
        (person("ann.q17@x.example", "ann.q17@x.example"),
         person("Ann Quill", "ann.q17@x.example", at=LEEDS)),
    ],
)  # fmt: skip
def test_less_evidence_is_likely_but_not_sure(
    store: Store, first: ContactDraft, second: ContactDraft
) -> None:
    pair = pair_of(store, first, second)
    assert LIKELY[0] <= pair.score < SURE[0], pair


ALIKE = [
    ("Anne Quill", "Anna Quill"),
    ("Ann Quill", "Anna Quill"),
    ("Maria Quill", "Marie Quill"),
    ("Marie Quill", "Mary Quill"),
    ("Sofie Quill", "Sofia Quill"),
    ("Julia Quill", "Juliane Quill"),
    ("Bill Quill", "Billy Quill"),
    ("René Quill", "Renée Quill"),  # a man and a woman
    ("Malina Quill", "Milina Quill"),  # names that the program does not know
    ("Elowen Quill", "Elo Quill"),
    ("Anna Maria Quill", "Maria Quill"),
    ("Jean-Luc Quill", "Jean-Marc Quill"),
    ("Anna Maria Quill", "Anna Louise Quill"),
    ("J. Quill", "Jane Quill"),
    ("J. Quill", "J. Quill"),
    ("Quill, Anne", "Anna Quill"),
]


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_names_that_are_only_alike_are_listed_but_not_sure_in_a_household(
    store: Store, first: str, second: str
) -> None:
    pair = pair_of(store, person(first, PHONE, at=LEEDS), person(second, PHONE, at=LEEDS))
    assert LIKELY[0] <= pair.score < SURE[0], pair


@pytest.mark.parametrize(
    "shared",
    [
        {"at": LEEDS},
        {"points": (PHONE,)},
        {"points": (PHONE, "the.quills@x.example"), "at": LEEDS},
        {"points": ("quill@x.example",), "org": "Quill & Sons"},
        {"points": ("info@quill.example",)},
        {"points": (PHONE,), "at": LEEDS, "org": "Quill & Sons"},
    ],
)
def test_what_a_household_or_an_office_shares_does_not_make_sisters_one(
    store: Store, shared: dict[str, Any]
) -> None:
    points, more = shared.get("points", ()), {k: v for k, v in shared.items() if k != "points"}
    pair = pair_of(
        store, person("Anne Quill", *points, **more), person("Anna Quill", *points, **more)
    )
    assert LIKELY[0] <= pair.score < SURE[0], pair


@pytest.mark.parametrize(
    ("first", "second"), [("Anne Quill", "Anna Quill"), ("J. Quill", "Jane Quill")]
)
@pytest.mark.parametrize(
    "more",
    [
        {"points": (ContactPointDraft("email", "anne.q17@x.example"),)},
        {"points": (ContactPointDraft("social", "@anneq17", "mastodon"),)},
        {"days": (AnniversaryDraft("birthday", "1980-05-17"),)},
    ],
)
def test_a_personal_detail_makes_names_that_are_only_alike_sure(
    store: Store, first: str, second: str, more: dict[str, Any]
) -> None:
    pair = pair_of(store, ContactDraft(first, **more), ContactDraft(second, **more))
    assert SURE[0] <= pair.score, pair


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Robert Quill", "Bob Quill"),
        ("Thomas Quill", "Tom Quill"),
        ("Elizabeth Quill", "Liz Quill"),
        ("Johanna Quill", "Hanna Quill"),
        ("Anthony Quill", "Tony Quill"),
        ("Sergei Quill", "Sergey Quill"),
        ("Zoë Quill", "Zoe Quill"),
        ("Anna M. Quill", "Anna Maria Quill"),
        ("Jean-Luc Quill", "Jean Quill"),
        ("Martin Quill", "Matrin Quill"),  # two letters in the wrong order
    ],
)
def test_a_known_form_of_a_name_is_sure_in_a_household(
    store: Store, first: str, second: str
) -> None:
    pair = pair_of(store, person(first, at=LEEDS), person(second, at=LEEDS))
    assert SURE[0] <= pair.score, pair


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # spouses, brothers, twins, mother and daughter
        *((person(f"{one} Quill", PHONE, at=LEEDS), person(f"{other} Quill", PHONE, at=LEEDS))
          for one, other in (("Tim", "Tom"), ("Jan", "Jana"), ("Hans", "Hanna"), ("John", "Joan"))),
        (person("Ann Quill", PHONE, at=LEEDS), person("Tom Quill", PHONE, at=LEEDS)),
        (person("Paul Quill", PHONE, at=LEEDS), person("Paula Quill", PHONE, at=LEEDS)),
        (person("Andreas Quill", PHONE, at=LEEDS), person("Andrea Quill", PHONE, at=LEEDS)),
        (person("Mario Quill", PHONE, at=LEEDS), person("Maria Quill", PHONE, at=LEEDS)),
        (person("Tim Quill", PHONE, at=LEEDS, born="2001-02-03"),
         person("Tom Quill", PHONE, at=LEEDS, born="2001-02-03")),
        (person("Emma Quill", PHONE, at=LEEDS), person("Emily Quill", PHONE, at=LEEDS)),
        (person("Ann Quill", "quills@x.example", PHONE),
         person("Ben Quill", "quills@x.example", PHONE)),
        (person("Mr Quill", PHONE, at=LEEDS), person("Mrs Quill", PHONE, at=LEEDS)),
        # generations
        (person("Tom Quill Sr.", PHONE, at=LEEDS), person("Tom Quill Jr.", PHONE, at=LEEDS)),
        (person("Tom Quill", PHONE, at=LEEDS), person("Tom Quill Jr.", PHONE, at=LEEDS)),
        (person("Tom Quill", PHONE, at=LEEDS, born="1950-03-01"),
         person("Tom Quill", PHONE, at=LEEDS, born="1981-07-09")),
        (person("Tom Quill", PHONE, at=LEEDS, born="1960-01-01"),
         person("Tom Quill", PHONE, at=LEEDS, born="1990-01-01")),
        # namesakes
        (person("Ann Quill", "ann@x.example", at=LEEDS),
         person("Ann Quill", "aq@y.example", at=YORK)),
        (person("Ann Quill", "ann1@x.example", PHONE, at=LEEDS),
         person("Ann Quill", "ann2@x.example", OTHER_PHONE, at=YORK)),
        # colleagues
        (person("Ann Quill", "info@quill.example", PHONE, at=FIRM, org="Quill"),
         person("Ben Moss", "info@quill.example", PHONE, at=FIRM, org="Quill")),
        (person("Anna Schmidt", PHONE, at=FIRM, org="Quill"),
         person("Anna Meier", PHONE, at=FIRM, org="Quill")),
    ],
)  # fmt: skip
def test_a_different_person_is_not_likely(
    store: Store, first: ContactDraft, second: ContactDraft
) -> None:
    assert pair_of(store, first, second).score < UNSURE[1]


@pytest.mark.parametrize(
    ("first", "second", "least", "most"),
    [
        (org("Acme GmbH", "acme.example"), org("Acme", "acme.example"), 0.98, 1.0),
        (org("Acme Ltd"), org("ACME Limited"), 0.7, 0.98),
        (org("Müller & Söhne GmbH & Co. KG", PHONE), org("Mueller und Soehne", PHONE), 0.98, 1.0),
        (org("Seabrook Foods", PHONE), org("Seabrok Foods", PHONE), 0.98, 1.0),
        (org("Acme Garden", "acme.example"), org("Acme", "acme.example"), 0.7, 1.0),
        (org("Apex Partners"), org("Apex Holdings"), 0.0, 0.5),
        (org("Acme 1 Ltd", PHONE), org("Acme 2 Ltd", PHONE), 0.0, 0.5),
        (org("Harbor Cafe", at=LEEDS), org("Harbor Bank", at=LEEDS), 0.0, 0.5),
    ],
)
def test_organizations_are_compared_without_their_legal_forms(
    store: Store, first: ContactDraft, second: ContactDraft, least: float, most: float
) -> None:
    assert least <= pair_of(store, first, second).score <= most


def test_a_person_and_an_organization_are_no_pair(store: Store) -> None:
    add(store, person("Ann Quill", PHONE), org("Ann Quill", PHONE))
    assert pairs.find_pairs(store, least=0.0) == []


def test_an_initial_that_fits_two_people_is_neither(store: Store) -> None:
    add(
        store,
        person("Ann Quill", PHONE, at=LEEDS),
        person("Alice Quill", PHONE, at=LEEDS),
        person("A. Quill", PHONE, at=LEEDS),
    )
    assert pairs.find_pairs(store) == []


def test_an_address_says_less_the_more_people_have_it(store: Store) -> None:
    add(store, person("Jan Meier", at=FIRM), person("Jan Maier", at=FIRM))
    (alone,) = pairs.find_pairs(store)
    add(store, *(person(f"X{number} Y{number}", at=FIRM) for number in range(40)))
    (crowded,) = pairs.find_pairs(store)
    assert (alone.ids, crowded.ids) == ((1, 2), (1, 2))
    assert crowded.score < alone.score - 0.005


def test_a_query_limits_one_contact_of_each_pair(store: Store) -> None:
    ids = add(store, *(person(name, f"{name[:3]}@x.example") for name in ("Ann Quill",) * 2))
    ids += add(store, *(person("Bob Moss", "bob.moss@x.example") for _ in range(2)))
    assert [each.ids for each in pairs.find_pairs(store, ids=[ids[3]])] == [(ids[2], ids[3])]
    assert len(pairs.find_pairs(store)) == 2


def test_contacts_that_are_different_or_related_are_left_out(store: Store) -> None:
    first, second = add(store, person("Ann Quill", PHONE), person("Ann Quill", PHONE))
    assert distinct.add_distinct(store, second, first)
    assert not distinct.add_distinct(store, first, second)
    assert pairs.find_pairs(store) == []
    assert distinct.remove_distinct(store, first, second)
    assert len(pairs.find_pairs(store)) == 1
    mother = add(store, person("Ann Quill", PHONE, relations=(RelationDraft("mother", "1"),)))[0]
    assert {each.ids for each in pairs.find_pairs(store)} == {(first, second), (second, mother)}
    with pytest.raises(UsageError, match="same contact"):
        distinct.add_distinct(store, first, first)


def test_different_contacts_stay_so_after_a_merge(store: Store) -> None:
    first, second, third = add(store, *(person("Ann Quill", PHONE) for _ in range(3)))
    distinct.add_distinct(store, second, third)
    merge.merge(store, first, second)
    assert pairs.find_pairs(store) == []
    contacts.remove(store, [third])
    assert distinct.count_distinct(store) == 0


def test_a_group_is_merged_in_one_step_and_parted_again(store: Store) -> None:
    ids = add(store, *(person("Ann Quill", "ann.quill@x.example", PHONE) for _ in range(3)))
    found = groups.group_pairs(pairs.find_pairs(store, least=0.98))
    assert found == [tuple(ids)]
    assert groups.merge_groups(store, found, lambda _done: None) == [ids[0]]
    assert store.value("SELECT count(*) FROM contact") == 1
    journal.undo(store)
    assert store.value("SELECT count(*) FROM contact") == 3


def test_pairs_with_a_third_contact_are_no_group() -> None:
    def pair(score: float, *ids: int) -> Pair:
        return Pair(score, (), (ids[0], ids[1]), ("", ""))

    assert groups.group_pairs([pair(0.99, 1, 2), pair(0.98, 2, 3)]) == [(1, 2)]
    every = [pair(0.99, 1, 2), pair(0.98, 2, 3), pair(0.98, 1, 3), pair(0.98, 5, 9)]
    assert groups.group_pairs(every) == [(1, 2, 3), (5, 9)]


def test_progress_can_stop_the_search(store: Store) -> None:
    add(store, person("Ann Quill", PHONE), person("Ann Quill", PHONE))

    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    with contextlib.suppress(KeyboardInterrupt):
        pairs.find_pairs(store, progress=pairs.Progress(stop, stop, stop))
    assert len(pairs.find_pairs(store)) == 1
