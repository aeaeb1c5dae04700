"""Cards: what is told of a contact comes back as it was meant, once, and can be undone."""

import datetime as dt
from typing import Any

import pytest

from cardcrm.dates import When
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, parts, update
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    ContactDraft,
    DayDraft,
    PointDraft,
    RelationDraft,
)
from cardcrm.records.query_sql import columns, compiler
from cardcrm.records.sales import sales
from cardcrm.store import Store, journal
from cardcrm.store.table_registry import DERIVED_COLUMNS, TABLES


def content(store: Store) -> dict[str, list[dict[str, Any]]]:
    """All that a box holds, but for its journal."""
    return {
        table: [
            {name: row[name] for name in row.keys() if name not in DERIVED_COLUMNS}  # noqa: SIM118
            for row in store.rows(f"SELECT * FROM {table} ORDER BY id")
        ]
        for table in TABLES
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
        PointDraft("phone", "0113 496 0123", "work"),
        PointDraft("phone", "+44 113 496 0123"),
        PointDraft("email", "mailto:Jane@Acme.example"),
        PointDraft("email", "jane@acme.example"),
        PointDraft("web", "https://www.acme.example/"),
        PointDraft("web", "acme.example"),
        PointDraft("social", "@jane"),
    ),
    addresses=(
        AddressDraft("home", "14 Mill Lane", "Leeds", "", "LS1 4AP", "UK"),
        AddressDraft("again", "14 Mill Lane", "LEEDS", "", "LS1 4AP", "UK"),
        AddressDraft("empty"),
    ),
    days=(DayDraft("birthday", "17 May 1980"), DayDraft("Anniversary", "5 June")),
    tags=("VIP", "vip", "#garden club"),
    note="one\r\ntwo  ",
    fields=(("Shoe size", "39"), ("shoe size", "40")),
    source="fair",
    stage="Prospect",
    owner="ann",
    every="2w",
)


def test_a_card_comes_back_as_it_was_meant(store: Store) -> None:
    known = contacts.details(store, contacts.add(store, FULL).id)
    head = known.contact
    assert (head.name, head.given, head.family) == ("Jane Doe", "Jane", "Doe")
    assert (head.org, head.title, head.note) == ("Acme Ltd", "Head of Buying", "one\ntwo")
    assert (head.stage, head.owner, head.cadence_days) == ("prospect", "ann", 14)
    assert head.touch_on == "2026-12-05"
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
    assert known.tags == ("garden-club", "vip")
    assert [(each.name, each.text) for each in known.fields] == [("shoe-size", "40")]


def test_an_organisation_is_made_once(store: Store) -> None:
    first = contacts.add(store, ContactDraft(name="Jane Doe", org="Acme Ltd"))
    second = contacts.add(store, ContactDraft(name="Ann Lee", org="ACME  ltd"))
    assert first.org_id == second.org_id
    assert contacts.get(store, first.org_id or 0).kind == "org"


def test_a_person_of_that_name_is_no_organisation(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Acme"))
    assert contacts.add(store, ContactDraft(name="Jane", org="Acme")).org_id != 1


@pytest.mark.parametrize(
    ("told", "parts"),
    [
        (ContactDraft(name="Jane van Doe"), ("Jane van Doe", "Jane van", "Doe")),
        (ContactDraft(name="Cher"), ("Cher", "Cher", "")),
        (ContactDraft(given="Jane", family="Doe"), ("Jane Doe", "Jane", "Doe")),
        (ContactDraft(name="Dr Jane Doe", given="Jane"), ("Dr Jane Doe", "Jane", "")),
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
        ContactDraft(name="x", points=(PointDraft("email", "x@y"),)),
        ContactDraft(name="x", points=(PointDraft("phone", "call me"),)),
        ContactDraft(name="x", points=(PointDraft("web", " "),)),
        ContactDraft(name="x", days=(DayDraft("birthday", "31 feb"),)),
        ContactDraft(name="x", days=(DayDraft("birthday", "2031-01-01"),)),
    ],
)
def test_what_cannot_be_is_refused_whole(store: Store, draft: ContactDraft) -> None:
    with pytest.raises(UsageError):
        contacts.add(store, draft._replace(org="Acme"))
    assert not any(content(store).values())


def test_a_relation_to_nobody_leaves_no_half_card(store: Store) -> None:
    with pytest.raises(NotFoundError):
        contacts.add(store, ContactDraft(name="x", relations=(RelationDraft("spouse", "nobody"),)))
    assert not any(content(store).values())


def test_whoever_works_at_an_organisation_has_it_as_theirs_and_says_so_once(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Acme Ltd", kind="org"))
    works = RelationDraft("Works at", "acme")
    contacts.add(store, ContactDraft(name="Ann Lee", relations=(works,)))
    assert contacts.get(store, 2).org == "Acme Ltd"
    assert contacts.relations_of(store, 1) == contacts.relations_of(store, 2) == []
    assert columns.find_ids(store, compiler.parse(store, "org:acme")) == [2]
    assert columns.find_ids(store, compiler.parse(store, 'relation:"works at"')) == [1, 2]
    update.edit(store, [2], update.Edit(less=("works at=Acme Ltd",)))
    assert contacts.get(store, 2).org == ""


def test_a_box_that_says_both_shows_it_once(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Ann Lee", org="Acme Ltd"))
    person, org = (
        store.value("SELECT id FROM contact WHERE kind = :kind", kind=kind)
        for kind in contacts.KINDS
    )
    with store.transaction("as it was kept before"):
        store.insert("relation", contact_id=person, kind="works at", other_id=org)
    assert contacts.relations_of(store, person) == contacts.relations_of(store, org) == []


def test_one_may_work_at_a_person(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Bob Ray"))
    works = RelationDraft("works at", "bob")
    contacts.add(store, ContactDraft(name="Ann Lee", relations=(works,)))
    assert contacts.get(store, 2).org_id is None
    assert [each.kind for each in contacts.relations_of(store, 2)] == ["works at"]


def test_relations_are_seen_from_both_cards(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Ann Lee"))
    spouse = RelationDraft("Spouse", "ann")
    contacts.add(store, ContactDraft(name="Bob Ray", relations=(spouse, spouse)))
    assert [(r.kind, r.other, r.inverse) for r in contacts.relations_of(store, 2)] == [
        ("spouse", "Ann Lee", False)
    ]
    assert [(r.kind, r.other, r.inverse) for r in contacts.relations_of(store, 1)] == [
        ("spouse", "Bob Ray", True)
    ]


def test_a_point_opted_out_stays_so_when_told_again(store: Store) -> None:
    contacts.add(store, ContactDraft(name="x", points=(PointDraft("email", "a@b.example"),)))
    out = PointDraft("email", "A@b.example", opted_out=True)
    with store.transaction():
        parts.add_points(store, 1, [out, PointDraft("email", "a@b.example")])
    assert [(each.value, each.opted_out) for each in contacts.points_of(store, 1)] == [
        ("a@b.example", True)
    ]


def crowd(store: Store) -> None:
    """Two cards with everything on them, and what they share."""
    contacts.add(store, FULL)
    contacts.add(store, ContactDraft(name="Ann Lee", relations=(RelationDraft("spouse", "doe"),)))
    jane, ann = 2, 3
    assert contacts.get(store, jane).name == "Jane Doe"
    interactions.log(store, [jane, ann], "both")
    interactions.log(store, [jane], "jane alone")
    reminders.add(store, jane, "call", When(dt.date(2026, 12, 1)))
    sales.sell(store, jane, Money(1200, "GBP"), lines=[sales.LineDraft("Soap")])


def test_a_card_goes_with_all_that_is_on_it_and_comes_back_by_undo(store: Store) -> None:
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


def test_people_outlive_their_organisation(store: Store) -> None:
    crowd(store)
    contacts.remove(store, [1])
    assert contacts.get(store, 2).org == ""


def test_an_added_card_is_undone_with_the_organisation_it_made(store: Store) -> None:
    contacts.add(store, FULL)
    journal.undo(store)
    assert not any(rows for table, rows in content(store).items())


def test_an_unknown_card_is_not_found(store: Store) -> None:
    for read in (contacts.get, contacts.details):
        with pytest.raises(NotFoundError):
            read(store, 7)
