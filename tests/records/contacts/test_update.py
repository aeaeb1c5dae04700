"""Each field can be set and cleared, of one contact or many, and undone."""

import pytest

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.contacts import contacts, duplicates, update
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.contacts.update import Edit, PointMark, edit
from cardcrm.store import Store, journal


@pytest.fixture
def store(empty_store: Store) -> Store:
    contacts.add(
        empty_store,
        ContactDraft(
            name="Jane Doe",
            nicknames=("Janie",),
            points=(
                ContactPointDraft("phone", "0113 496 0123"),
                ContactPointDraft("email", "jane@a.example"),
            ),
            tags=("vip",),
        ),
    )
    contacts.add(empty_store, ContactDraft(name="Acme Ltd", kind="org"))
    contacts.add(
        empty_store, ContactDraft(name="Ann Lee", relations=(RelationDraft("spouse", "jane"),))
    )
    return empty_store


def put(store: Store, name: str, text: str, contact_id: int = 1) -> int:
    return edit(store, [contact_id], Edit(values=((name, text),)))


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("title", " head  of buying ", "head of buying"),
        ("note", "a\r\nb", "a\nb"),
        ("source", "fair", "fair"),
        ("stage", "Customer", "customer"),
        ("owner", "ann", "ann"),
        ("org", "acme ltd", "Acme Ltd"),
        ("name", "Jane Roe", "Jane Roe"),
        ("given", "Joan", "Joan"),
        ("family", "Roe", "Roe"),
        ("kind", "ORG", "org"),
    ],
)
def test_a_field_is_set_once_and_undone(store: Store, name: str, text: str, kept: str) -> None:
    before = contacts.details(store, 1)
    assert put(store, name, text) == 1
    assert getattr(contacts.get(store, 1), name) == kept
    assert put(store, name, text) == 0
    journal.undo(store)
    assert contacts.details(store, 1) == before


def test_a_renamed_contact_is_found_by_its_new_name(store: Store) -> None:
    put(store, "family", "Müller")
    assert resolve(store, "jane muller").id == 1
    with pytest.raises(NotFoundError):
        resolve(store, "doe")


def test_a_cadence_is_set_and_cleared(store: Store) -> None:
    put(store, "every", "30d")
    assert contacts.get(store, 1).touch_by == "2026-12-21"
    for nothing, days in (("", None), ("none", None), ("never", 0)):
        put(store, "every", "30d")
        put(store, "every", nothing)
        assert contacts.get(store, 1).cadence_days == days
        assert contacts.get(store, 1).touch_by is None


def test_an_address_is_added_changed_and_removed_when_empty(store: Store) -> None:
    put(store, "city", "Leeds")
    put(store, "street", "14 Mill Lane")
    assert [(a.street, a.city) for a in contacts.details(store, 1).addresses] == [
        ("14 Mill Lane", "Leeds")
    ]
    put(store, "street", "")
    put(store, "city", "")
    assert contacts.details(store, 1).addresses == ()


def test_a_birthday_is_replaced_and_cleared(store: Store) -> None:
    put(store, "birthday", "17 May 1980")
    put(store, "birthday", "18 May 1980")
    assert [each.day for each in contacts.details(store, 1).days] == ["1980-05-18"]
    put(store, "birthday", "")
    assert contacts.details(store, 1).days == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("name", " "),
        ("stage", "frozen"),
        ("kind", "robot"),
        ("every", "sometimes"),
        ("birthday", "31 feb"),
        ("colour", "red"),
    ],
)
def test_an_invalid_value_changes_nothing(store: Store, name: str, text: str) -> None:
    before = contacts.details(store, 1)
    with pytest.raises(UsageError):
        edit(store, [1], Edit(values=(("title", "boss"), (name, text))))
    assert contacts.details(store, 1) == before


def test_an_unknown_field_suggests_similar_ones(store: Store) -> None:
    with pytest.raises(UsageError) as caught:
        put(store, "titel", "boss")
    assert "title" in caught.value.hint


def test_an_organization_has_no_given_or_family_name(store: Store) -> None:
    for part in ("given", "family"):
        with pytest.raises(UsageError):
            put(store, part, "Jane", contact_id=2)
    assert contacts.get(store, 2).name == "Acme Ltd"


def test_an_organization_cannot_work_at_itself(store: Store) -> None:
    with pytest.raises(UsageError):
        put(store, "org", "acme ltd", contact_id=2)


def test_many_contacts_change_in_one_step_or_not_at_all(store: Store) -> None:
    assert edit(store, [1, 2, 3], Edit(tags=("vip",), values=(("owner", "ann"),))) == 3
    assert edit(store, [1, 2, 3], Edit(tags=("vip",))) == 0
    journal.undo(store)
    assert [contacts.tags_of(store, each) for each in (1, 2, 3)] == [["vip"], [], []]
    with pytest.raises(NotFoundError):
        edit(store, [1, 99], Edit(values=(("owner", "bob"),)))
    assert contacts.get(store, 1).owner == ""


@pytest.mark.parametrize(
    "what", ["(0113) 496 0123", "JANE@a.example", "janie", "Janie", "+441134960123"]
)
def test_contact_points_and_nicknames_are_removed(store: Store, what: str) -> None:
    edit(store, [1], Edit(removals=(what,)))
    known = contacts.details(store, 1)
    assert len(known.points) + len(known.nicknames) == 2


def test_a_relation_is_removed_from_either_contact(store: Store) -> None:
    for card, what in ((1, "spouse=ann"), (3, "spouse=jane")):
        edit(store, [card], Edit(removals=(what,)))
        assert contacts.relations_of(store, 1) == []
        journal.undo(store)
        assert len(contacts.relations_of(store, 1)) == 1


def test_removing_an_unknown_part_fails(store: Store) -> None:
    with pytest.raises(NotFoundError):
        edit(store, [1], Edit(removals=("bob@a.example",)))


def test_tags_are_removed(store: Store) -> None:
    assert edit(store, [1], Edit(untag=("VIP", "cold"))) == 1
    assert contacts.tags_of(store, 1) == []


def test_contact_points_are_marked_and_unmarked(store: Store) -> None:
    marks = [
        PointMark("jane@a.example", column, is_set=True) for column in ("opted_out", "invalid")
    ]
    assert edit(store, [1], Edit(marks=(*marks,))) == 1
    assert edit(store, [1], Edit(marks=(*marks,))) == 0
    edit(store, [1], Edit(marks=(PointMark("Jane@a.example", "opted_out", is_set=False),)))
    point = contacts.points_of(store, 1)[1]
    assert (point.opted_out, point.invalid) == (False, True)
    with pytest.raises(NotFoundError):
        edit(store, [1], Edit(marks=(PointMark("x@a.example", "invalid", is_set=True),)))


@pytest.mark.parametrize("name", update.SETTABLE)
def test_every_settable_field_can_be_set(store: Store, name: str) -> None:
    odd = {"kind": "org", "stage": "customer", "birthday": "1 May", "every": "2w",
           "name_order": "family-first", "status": "closed",
           "timezone": "UTC", "latitude": "53.8", "longitude": "-1.55"}  # fmt: skip
    assert put(store, name, odd.get(name, "x")) == 1


def test_a_firm_is_an_organization(store: Store) -> None:
    put(store, "kind", "Firm")
    assert contacts.get(store, 1).kind == "org"


def test_an_added_number_is_of_the_country_of_the_address(store: Store) -> None:
    put(store, "country", "Germany")
    edit(
        store,
        [1],
        Edit(additions=ContactDraft(points=(ContactPointDraft("phone", "0221 1234567"),))),
    )
    assert contacts.points_of(store, 1)[-1].value == "+49 221 1234567"
    assert [double.id for double in duplicates.find_duplicates(store, KARL)] == [1]
    edit(store, [1], Edit(removals=("0221 1234567",)))
    assert "+49 221 1234567" not in [each.value for each in contacts.points_of(store, 1)]
    edit(store, [1], Edit(removals=("0113 496 0123",)))  # written before the country was told
    assert [each.kind for each in contacts.points_of(store, 1)] == ["email"]


KARL = ContactDraft(
    name="Karl Ott",
    points=(ContactPointDraft("phone", "0221 1234567"),),
    addresses=(AddressDraft(country="DE"),),
)


def test_a_number_in_a_draft_is_of_the_country_of_its_address(store: Store) -> None:
    karl = contacts.add(store, KARL)
    assert contacts.points_of(store, karl.id)[0].key == "492211234567"
