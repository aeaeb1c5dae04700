"""Contacts are stored as they were meant, once, and can be undone."""

import datetime as dt
from typing import Any

import pytest

from cardcrm.dates import DayTime
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.contact_type import KIND
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.records.sales import sales
from cardcrm.store import Store, journal
from cardcrm.store.table_registry import DERIVED_COLUMNS, all_tables


def content(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of a database but the journal."""
    return {
        table: [
            {name: row[name] for name in row.keys() if name not in DERIVED_COLUMNS}  # noqa: SIM118
            for row in store.rows(f"SELECT * FROM {table} ORDER BY id")
        ]
        for table in all_tables()
    }


def sums(store: Store) -> list[tuple[Any, ...]]:
    sql = "SELECT * FROM contact_value ORDER BY contact_id, currency"
    return [tuple(row) for row in store.rows(sql)]


FULL = ContactDraft(
    name="Doe,  Jane",
    nicknames=("Janie", "janie", " "),
    org="Acme Ltd",
    title="Head of  Buying",
    points=(
        ContactPointDraft("phone", "0113 496 0123", "work"),
        ContactPointDraft("phone", "+44 113 496 0123"),
        ContactPointDraft("email", "mailto:Jane@Acme.example"),
        ContactPointDraft("email", "jane@acme.example"),
        ContactPointDraft("web", "https://www.acme.example/"),
        ContactPointDraft("web", "acme.example"),
        ContactPointDraft("social", "@jane"),
    ),
    addresses=(
        AddressDraft("home", "14 Mill Lane", "Leeds", "", "LS1 4AP", "UK"),
        AddressDraft("again", "14 Mill Lane", "LEEDS", "", "LS1 4AP", "UK"),
        AddressDraft("empty"),
    ),
    days=(AnniversaryDraft("birthday", "17 May 1980"), AnniversaryDraft("Anniversary", "5 June")),
    tags=("VIP", "vip", "#garden club"),
    note="one\r\ntwo  ",
    fields=(("Shoe size", "39"), ("shoe size", "40")),
    source="fair",
    stage="Prospect",
    owner="ann",
    every="2w",
)


def test_a_draft_is_normalized_and_stored(store: Store) -> None:
    known = contacts.details(store, contacts.add(store, FULL).id)
    head = known.contact
    assert (head.name, head.given, head.family) == ("Jane Doe", "Jane", "Doe")
    assert (head.org, head.title, head.note) == ("Acme Ltd", "Head of Buying", "one\ntwo")
    assert (head.stage, head.owner, head.cadence_days) == ("prospect", "ann", 14)
    assert head.touch_by == "2026-12-05"
    assert known.nicknames == ("Janie",)
    assert [(each.kind, each.key, each.label) for each in known.points] == [
        ("phone", "441134960123", "work"),
        ("email", "jane@acme.example", ""),
        ("web", "acme.example", ""),
        ("social", "@jane", ""),
    ]
    assert [each.label for each in known.addresses] == ["home"]
    assert [(each.label, each.day) for each in known.days] == [
        ("birthday", "1980-05-17"),
        ("anniversary", "--06-05"),
    ]
    assert known.tags == ("garden-club", "VIP")
    assert [(each.name, each.text) for each in known.fields] == [("shoe-size", "39; 40")]


def test_an_organization_is_added_once(store: Store) -> None:
    first = contacts.add(store, ContactDraft(name="Jane Doe", org="Acme Ltd"))
    second = contacts.add(store, ContactDraft(name="Ann Lee", org="ACME  ltd"))
    assert first.org_id == second.org_id
    assert contacts.get(store, first.org_id or 0).kind == "org"


def test_a_person_of_that_name_is_not_taken_for_the_organization(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Acme"))
    assert contacts.add(store, ContactDraft(name="Jane", org="Acme")).org_id != 1


@pytest.mark.parametrize(
    ("told", "parts"),
    [
        (ContactDraft(name="Jane van Doe"), ("Jane van Doe", "Jane", "van Doe")),
        (ContactDraft(name="Cher"), ("Cher", "Cher", "")),
        (ContactDraft(given="Jane", family="Doe"), ("Jane Doe", "Jane", "Doe")),
        (ContactDraft(name="Dr Jane Doe", given="Jane"), ("Dr Jane Doe", "Jane", "Doe")),
        (ContactDraft(name="Doe, Roe, Ltd", kind="org"), ("Doe, Roe, Ltd", "", "")),
    ],
)
def test_names_have_parts(store: Store, told: ContactDraft, parts: tuple[str, ...]) -> None:
    contact = contacts.add(store, told)
    assert (contact.name, contact.given, contact.family) == parts


@pytest.mark.parametrize(
    "draft",
    [
        ContactDraft(),
        ContactDraft(name=" \t"),
        ContactDraft(name="x" * 201),
        ContactDraft(name="x", kind="robot"),
        ContactDraft(name="x", stage="frozen"),
        ContactDraft(name="x", every="sometimes"),
        ContactDraft(name="x", tags=("a:b",)),
        ContactDraft(name="x", points=(ContactPointDraft("email", "x@y"),)),
        ContactDraft(name="x", points=(ContactPointDraft("phone", "call me"),)),
        ContactDraft(name="x", points=(ContactPointDraft("web", " "),)),
        ContactDraft(name="x", days=(AnniversaryDraft("birthday", "31 feb"),)),
        ContactDraft(name="x", days=(AnniversaryDraft("birthday", "2031-01-01"),)),
    ],
)
def test_an_invalid_draft_stores_nothing(store: Store, draft: ContactDraft) -> None:
    with pytest.raises(UsageError):
        contacts.add(store, draft._replace(org="Acme"))
    assert not any(content(store).values())


def test_an_unknown_relation_stores_nothing(store: Store) -> None:
    with pytest.raises(NotFoundError):
        contacts.add(store, ContactDraft(name="x", relations=(RelationDraft("spouse", "nobody"),)))
    assert not any(content(store).values())


def test_works_at_sets_the_organization_of_the_contact(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Acme Ltd", kind="org"))
    works = RelationDraft("Works at", "acme")
    contacts.add(store, ContactDraft(name="Ann Lee", relations=(works,)))
    assert contacts.get(store, 2).org == "Acme Ltd"
    assert contacts.relations_of(store, 1) == contacts.relations_of(store, 2) == []
    assert columns.find_ids(store, contact_query.parse(store, "org:acme")) == [2]
    assert columns.find_ids(store, contact_query.parse(store, 'relation:"works at"')) == [1, 2]
    update.edit(store, [2], update.Edit(removals=("works at=Acme Ltd",)))
    assert contacts.get(store, 2).org == ""


def test_an_old_database_with_both_shows_the_organization_once(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Ann Lee", org="Acme Ltd"))
    person, org = (
        store.value("SELECT id FROM contact WHERE kind = :kind", kind=kind) for kind in KIND.choices
    )
    with store.transaction("as it was kept before"):
        store.insert("relation", contact_id=person, kind="works at", other_id=org)
    assert contacts.relations_of(store, person) == contacts.relations_of(store, org) == []


def test_working_at_a_person_is_a_relation(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Bob Ray"))
    works = RelationDraft("works at", "bob")
    contacts.add(store, ContactDraft(name="Ann Lee", relations=(works,)))
    assert contacts.get(store, 2).org_id is None
    assert [each.kind for each in contacts.relations_of(store, 2)] == ["works at"]


def test_relations_appear_with_both_contacts(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Ann Lee"))
    spouse = RelationDraft("Spouse", "ann")
    contacts.add(store, ContactDraft(name="Bob Ray", relations=(spouse, spouse)))
    assert [(r.kind, r.other, r.inverse) for r in contacts.relations_of(store, 2)] == [
        ("spouse", "Ann Lee", False)
    ]
    assert [(r.kind, r.other, r.inverse) for r in contacts.relations_of(store, 1)] == [
        ("spouse", "Bob Ray", True)
    ]


def test_an_opt_out_survives_a_second_addition(store: Store) -> None:
    contacts.add(store, ContactDraft(name="x", points=(ContactPointDraft("email", "a@b.example"),)))
    out = ContactPointDraft("email", "A@b.example", opted_out=True)
    both = ContactDraft(points=(out, ContactPointDraft("email", "a@b.example")))
    update.edit(store, [1], update.Edit(additions=both))
    assert [(each.value, each.opted_out) for each in contacts.points_of(store, 1)] == [
        ("a@b.example", True)
    ]


def crowd(store: Store) -> None:
    """Add two contacts with all parts and a common history."""
    contacts.add(store, FULL)
    contacts.add(store, ContactDraft(name="Ann Lee", relations=(RelationDraft("spouse", "doe"),)))
    jane, ann = 2, 3
    assert contacts.get(store, jane).name == "Jane Doe"
    interactions.log(store, [jane, ann], "both")
    interactions.log(store, [jane], "jane alone")
    reminders.add(store, jane, "call", DayTime(dt.date(2026, 12, 1)))
    sales.sell(store, jane, Money(1200, "GBP"), lines=[sales.LineDraft("Soap")])


def test_removal_takes_all_parts_and_undo_restores_them(store: Store) -> None:
    crowd(store)
    before, worth = content(store), sums(store)
    contacts.remove(store, [2])
    after = content(store)
    assert [row["text"] for row in after["interaction"]] == ["both"]
    for table in ("point", "address", "reminder", "sale", "sale_line", "relation", "field_value"):
        assert after[table] == []
    assert sums(store) == []
    journal.undo(store)
    assert content(store) == before
    assert sums(store) == worth
    journal.redo(store)
    assert content(store) == after


def test_people_stay_when_their_organization_is_removed(store: Store) -> None:
    crowd(store)
    contacts.remove(store, [1])
    assert contacts.get(store, 2).org == ""


def test_undo_of_an_addition_removes_the_new_organization(store: Store) -> None:
    contacts.add(store, FULL)
    journal.undo(store)
    assert not any(rows for table, rows in content(store).items())


def test_an_unknown_id_is_not_found(store: Store) -> None:
    for read in (contacts.get, contacts.details):
        with pytest.raises(NotFoundError):
            read(store, 7)
