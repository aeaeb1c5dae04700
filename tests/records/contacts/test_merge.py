"""Duplicates are found; a merge loses nothing and can be undone."""

import datetime as dt
from typing import Any

import pytest

from cardcrm.dates import DayTime
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, duplicates, merge, merged_ids
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.sales import sales
from cardcrm.store import Store, journal
from cardcrm.store.table_registry import all_tables

MAIL = ContactPointDraft("email", "jane@acme.example")


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: [tuple(row) for row in store.rows(f"SELECT * FROM {table} ORDER BY id")]
        for table in all_tables()
    } | {"value": [tuple(row) for row in store.rows("SELECT * FROM contact_value ORDER BY 1, 2")]}


def likely(store: Store, **told: Any) -> list[tuple[str, str]]:
    return [
        (each.name, each.reason) for each in duplicates.find_duplicates(store, ContactDraft(**told))
    ]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"name": "jane  DOE"}, "same name"),
        ({"name": "Doe, Jane"}, "same name"),
        ({"name": "Jane Dooe"}, "similar name"),
        ({"name": "Janey Doe"}, "form of the name"),
        (
            {"name": "J.", "points": (ContactPointDraft("email", "JANE@acme.example"),)},
            "same email",
        ),
        (
            {"name": "J.", "points": (ContactPointDraft("phone", "0113 496 0123"),)},
            "same phone",
        ),
    ],
)
def test_a_possible_duplicate_is_found(store: Store, told: dict[str, Any], why: str) -> None:
    phone = ContactPointDraft("phone", "+44 113 4960123")
    contacts.add(store, ContactDraft(name="Jane Doe", points=(MAIL, phone)))
    assert likely(store, **told) == [("Jane Doe", why)]


@pytest.mark.parametrize("name", ["Ann Lee", "Jane Smith", "John Doe", "J"])
def test_different_contacts_are_not_duplicates(store: Store, name: str) -> None:
    contacts.add(store, ContactDraft(name="Jane Doe", points=(MAIL,)))
    assert likely(store, name=name) == []


def test_a_person_is_not_a_duplicate_of_an_organization(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Doe", kind="org"))
    assert likely(store, name="Doe") == []


KEEP = ContactDraft(
    name="Jane Doe",
    title="Buyer",
    note="keeps bees",
    tags=("vip",),
    points=(MAIL, ContactPointDraft("phone", "0113 496 0123")),
    days=(AnniversaryDraft("birthday", "1980-05-17"),),
    fields=(("shoe size", "39"),),
    relations=(RelationDraft("spouse", "john"),),
)
OTHER = ContactDraft(
    name="Jane D. Doe",
    title="Head of Buying",
    org="Acme",
    note="prefers mornings",
    tags=("vip", "garden"),
    points=(
        ContactPointDraft("email", "Jane@acme.example", opted_out=True),
        ContactPointDraft("email", "jane@home.example"),
    ),
    addresses=(AddressDraft(city="Leeds"),),
    days=(AnniversaryDraft("birthday", "1980-05-18"), AnniversaryDraft("anniversary", "5 June")),
    fields=(("shoe size", "40"), ("car", "van")),
    relations=(RelationDraft("spouse", "john"), RelationDraft("friend", "Jane Doe")),
    stage="prospect",
    owner="ann",
    every="30d",
)


@pytest.fixture
def pair(store: Store) -> tuple[int, int]:
    """Add two contacts of one person, each with a history."""
    contacts.add(store, ContactDraft(name="John Roe"))
    keep = contacts.add(store, KEEP).id
    other = contacts.add(store, OTHER).id
    contacts.add(store, ContactDraft(name="Bob Ray", relations=(RelationDraft("boss", "D. Doe"),)))
    interactions.log(store, [keep], "first", when=DayTime(dt.date(2026, 11, 1)))
    interactions.log(store, [other], "second", when=DayTime(dt.date(2026, 11, 2)))
    interactions.log(store, [keep, other], "both", when=DayTime(dt.date(2026, 11, 3)))
    reminders.add(store, other, "call", DayTime(dt.date(2026, 12, 1)))
    sales.sell(store, keep, Money(1000, "GBP"))
    sales.sell(store, other, Money(2500, "GBP"), lines=[sales.LineDraft("Soap")])
    return keep, other


def test_a_merge_moves_everything_once(store: Store, pair: tuple[int, int]) -> None:
    keep, other = pair
    uid = contacts.get(store, other).uid
    head = merge.merge(store, keep, other)
    known = contacts.details(store, keep)
    assert (head.title, head.org, head.owner, head.cadence_days) == ("Buyer", "Acme", "ann", 30)
    assert head.stage == "customer"
    assert known.tags == ("garden", "vip")
    assert [(each.value, each.opted_out) for each in known.points] == [
        ("jane@acme.example", True),
        ("+44 113 496 0123", False),
        ("jane@home.example", False),
    ]
    assert [each.day for each in known.days] == ["1980-05-17", "--06-05"]
    assert [(each.name, each.text) for each in known.fields] == [
        ("shoe-size", "39"),
        ("car", "van"),
        ("merged-from", f"uid:{uid}"),
    ]
    assert known.nicknames == ("Jane D. Doe",)
    assert [each.text for each in interactions.timeline(store, keep)] == ["both", "second", "first"]
    assert [each.text for each in reminders.open_of(store, keep)] == ["call"]
    assert [each.amount.minor for each in sales.of_contact(store, keep)] == [2500, 1000]
    assert head.last_on == "2026-11-03"
    revenue = "SELECT revenue FROM contact_value WHERE contact_id = :id"
    assert store.value(revenue, id=keep) == 3500


def test_relations_are_moved_without_a_self_reference(store: Store, pair: tuple[int, int]) -> None:
    merge.merge(store, *pair)
    told = [(each.kind, each.other) for each in contacts.relations_of(store, pair[0])]
    assert sorted(told) == [("boss", "Bob Ray"), ("spouse", "John Roe")]


def test_differences_go_into_the_note(store: Store, pair: tuple[int, int]) -> None:
    note = merge.merge(store, *pair).note
    for told in ("keeps bees", "prefers mornings", "Head of Buying", "1980-05-18", "40"):
        assert told in note


@pytest.mark.parametrize(
    ("keep", "other", "stage", "noted"),
    [
        ("customer", "partner", "customer", "partner"),
        ("partner", "customer", "partner", "customer"),
        ("lead", "lapsed", "lapsed", ""),
        ("other", "lead", "other", ""),
        ("prospect", "prospect", "prospect", ""),
    ],
)
def test_the_other_stage_goes_into_the_note(
    store: Store, keep: str, other: str, stage: str, noted: str
) -> None:
    for told in (keep, other):
        contacts.add(store, ContactDraft(name="Jane Doe", stage=told))
    merged = merge.merge(store, 1, 2)
    assert merged.stage == stage
    assert merged.note == (f"stage of merged contact 2: {noted}" if noted else "")


def test_a_stage_set_by_a_user_wins_over_an_automatic_one(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Jane Doe"))
    contacts.add(store, ContactDraft(name="J. Doe", stage="partner"))
    sales.sell(store, 1, Money(1000, "GBP"))
    assert contacts.get(store, 1).stage == "customer"
    assert merge.merge(store, 1, 2).stage == "partner"


def test_another_cadence_goes_into_the_note(store: Store) -> None:
    for every in ("30d", "7d"):
        contacts.add(store, ContactDraft(name="Jane Doe", every=every))
    merged = merge.merge(store, 1, 2)
    assert merged.cadence_days == 30
    assert merged.note == "cadence of merged contact 2: 7 days"


def test_all_ids_of_merged_contacts_are_kept(store: Store) -> None:
    cards = [contacts.add(store, ContactDraft(name=f"J{n}", ref=f"r{n}")) for n in range(3)]
    before = content(store)
    merge.merge(store, 2, 3)
    merge.merge(store, 1, 2)
    assert merged_ids.ids_of(store, 1) == [
        f"uid:{cards[2].uid}", "ref:r2", f"uid:{cards[1].uid}", "ref:r1",
    ]  # fmt: skip
    for _ in range(2):
        journal.undo(store)
    assert content(store) == before


def test_an_invalid_address_stays_invalid(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Jane", points=(MAIL,)))
    contacts.add(store, ContactDraft(name="Jo", points=(MAIL._replace(invalid=True),)))
    merge.merge(store, 1, 2)
    assert [point.invalid for point in contacts.points_of(store, 1)] == [True]


def test_different_kinds_are_not_merged(store: Store) -> None:
    contacts.add(store, ContactDraft(name="BP", kind="org"))
    contacts.add(store, ContactDraft(name="Bo Li"))
    with pytest.raises(UsageError, match="BP is an organization and Bo Li is a person"):
        merge.merge(store, 1, 2)


def test_the_name_of_the_merged_contact_finds_the_remaining_one(
    store: Store, pair: tuple[int, int]
) -> None:
    merge.merge(store, *pair)
    with pytest.raises(NotFoundError):
        contacts.get(store, pair[1])
    assert resolve(store, "jane d. doe").id == pair[0]
    assert resolve(store, "jane@home.example").id == pair[0]


def test_a_merge_is_one_step(store: Store, pair: tuple[int, int]) -> None:
    before = content(store)
    merge.merge(store, *pair)
    after = content(store)
    journal.undo(store)
    assert content(store) == before
    journal.redo(store)
    assert content(store) == after


def test_organizations_merge_with_their_people(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Jane Doe", org="Acme"))
    contacts.add(store, ContactDraft(name="Ann Lee", org="Acme Ltd"))
    acme, ltd = resolve(store, "acme").id, resolve(store, "acme ltd").id
    merge.merge(store, ltd, acme)
    assert {contacts.get(store, each).org for each in (2, 4)} == {"Acme Ltd"}


def test_one_contact_or_different_kinds_are_not_merged(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Jane Doe", org="Acme"))
    before = content(store)
    for keep, other in ((1, 1), (1, 2)):
        with pytest.raises(UsageError):
            merge.merge(store, keep, other)
    with pytest.raises(NotFoundError):
        merge.merge(store, 1, 99)
    assert content(store) == before
