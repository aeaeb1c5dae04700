"""Imports recognize stored contacts, fill their gaps and overwrite nothing."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.errors import ConflictError
from cardcrm.records.contacts import contacts, merge, update
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.stored_drafts import read_drafts
from cardcrm.records.importing import bulk_import
from cardcrm.records.importing.contact_outcomes import ContactOutcome
from cardcrm.records.importing.dry_run import dry_run
from cardcrm.records.importing.relation_import import add_relations
from cardcrm.store import Store, integrity, journal
from cardcrm.store.journal_writer import Author
from cardcrm.store.table_registry import all_tables


def mail(address: str) -> ContactPointDraft:
    return ContactPointDraft("email", address)


JANE = ContactDraft(
    name="Jane Doe",
    nicknames=("Janey",),
    org="Acme",
    title="buyer",
    points=(mail("jane@example.com"), ContactPointDraft("phone", "+44 113 496 0123", "work")),
    addresses=(AddressDraft(city="Leeds"),),
    days=(AnniversaryDraft("birthday", "1980-05-17"),),
    tags=("vip",),
    note="likes peonies",
    fields=(("shoe size", "38"),),
    source="fair",
    stage="customer",
    owner="ann",
    every="30d",
)


def statuses(store: Store, *told: ContactDraft) -> list[str]:
    return [outcome.status for outcome in bulk_import.import_drafts(store, told)]


def test_everything_in_a_draft_is_stored(store: Store) -> None:
    assert statuses(store, JANE) == ["created"]
    jane = next(each for each in read_drafts(store, range(1, 9)) if each.name == "Jane Doe")
    told = ("nicknames", "org", "title", "points", "addresses", "days", "tags", "note", "fields")
    for name in (*told, "source", "stage", "owner", "every"):
        assert getattr(jane, name) == getattr(JANE, name), name


def test_a_second_import_changes_nothing(store: Store) -> None:
    statuses(store, JANE)
    before = journal.steps(store)
    assert statuses(store, JANE) == ["unchanged"]
    assert journal.steps(store) == before


def test_an_import_fills_gaps_and_overwrites_nothing(store: Store) -> None:
    statuses(
        store, ContactDraft(name="Jane Doe", title="chief", points=(mail("jane@example.com"),))
    )
    assert statuses(store, JANE) == ["updated"]
    jane = contacts.details(store, 1)
    assert jane.contact.title == "chief"
    assert jane.contact.org == "Acme"
    assert jane.tags == ("vip",)
    assert statuses(store, JANE) == ["unchanged"]


def test_new_contact_points_alone_update_a_contact(store: Store) -> None:
    statuses(store, ContactDraft(name="Jane", points=(mail("jane@example.com"),)))
    more = ContactDraft(name="Jane", points=(mail("jane@example.com"), mail("j@example.org")))
    assert statuses(store, more) == ["updated"]
    assert [point.value for point in contacts.points_of(store, 1)] == [
        "jane@example.com",
        "j@example.org",
    ]


def test_two_people_of_one_name_stay_two(store: Store) -> None:
    first = ContactDraft(name="John Smith", points=(mail("john@example.com"),))
    second = ContactDraft(name="John Smith", points=(mail("js@example.org"),))
    assert statuses(store, first, second) == ["created", "created"]
    assert statuses(store, first, second) == ["unchanged", "unchanged"]


def test_two_people_with_one_address_stay_two(store: Store) -> None:
    shared = (mail("office@example.com"),)
    ann, bob = (ContactDraft(name=name, points=shared) for name in ("Ann Lee", "Bob Lee"))
    assert statuses(store, ann, bob) == ["created", "created"]


def test_a_repeated_row_adds_one_contact(store: Store) -> None:
    assert statuses(store, JANE, JANE) == ["created", "unchanged"]


def test_a_uid_matches_whatever_the_name(store: Store) -> None:
    statuses(store, ContactDraft(name="Jane Doe", uid="u-1"))
    assert statuses(store, ContactDraft(name="Jane Smith", uid="u-1")) == ["updated"]
    assert contacts.details(store, 1).contact.name == "Jane Smith"


def test_the_same_name_in_another_town_is_another_person(store: Store) -> None:
    here = ContactDraft(name="Jo King", addresses=(AddressDraft(city="Leeds"),))
    there = ContactDraft(name="Jo King", addresses=(AddressDraft(city="York"),))
    assert statuses(store, here, there) == ["created", "created"]


def test_a_bad_draft_leaves_the_others_alone(store: Store) -> None:
    bad = ContactDraft(name=" ")
    outcomes = bulk_import.import_drafts(store, [JANE, bad, ContactDraft(name="Tom")])
    assert [outcome.status for outcome in outcomes] == ["created", "refused", "created"]
    assert outcomes[1].problem == "a contact needs a name"


def test_an_organization_is_added_once(store: Store) -> None:
    both = [ContactDraft(name=name, org="Acme") for name in ("Ann", "Bob")]
    statuses(store, *both, ContactDraft(name="Acme", kind="org"))
    assert store.value("SELECT count(*) FROM contact WHERE kind = 'org'") == 1


def test_a_stage_of_another_program_is_translated_or_kept(store: Store) -> None:
    statuses(
        store,
        ContactDraft(name="Ann", stage="Subscriber"),
        ContactDraft(name="Bob", stage="Zebra"),
    )
    assert contacts.get(store, 1).stage == "lead"
    bob = contacts.details(store, 2)
    assert bob.contact.stage == "other"
    assert [value.text for value in bob.fields] == ["Zebra"]


def test_relations_are_added_after_all_contacts(store: Store) -> None:
    told = ContactDraft(name="Jane", relations=(RelationDraft("spouse", "Tom"),))
    bulk_import.import_drafts(store, [told, ContactDraft(name="Tom")])
    lost = add_relations(store, [(1, "spouse", "Tom"), (1, "cousin", "Nobody")])
    assert [(each.kind, each.other) for each in contacts.relations_of(store, 1)] == [
        ("spouse", "Tom")
    ]
    assert lost == [(1, "cousin", "Nobody")]
    assert contacts.details(store, 1).fields[0].text == "Nobody"


def test_several_batches_are_one_step_to_undo(store: Store) -> None:
    bulk_import.import_drafts(store, [JANE])
    bulk_import.import_drafts(store, [ContactDraft(name="Tom")], store.last_step)
    assert len(journal.steps(store)) == 1
    journal.undo(store)
    assert store.value("SELECT count(*) FROM contact") == 0


def test_undo_refuses_where_others_have_made_changes(store: Store) -> None:
    bulk_import.import_drafts(store, [ContactDraft(name="Tom")])
    (tom,) = (row[0] for row in store.rows("SELECT id FROM contact"))
    store.author = Author("bob", "till")
    with store.transaction():
        update.set_field(store, tom, "title", "gardener")
    store.author = Author("ann", "till")
    with pytest.raises(ConflictError, match="was changed since"):
        journal.undo(store)
    assert store.value("SELECT title FROM contact") == "gardener"


def test_imported_contacts_are_indexed_like_added_ones(store: Store) -> None:
    bulk_import.import_drafts(
        store, [JANE, ContactDraft(name="Bo", nicknames=("Müller ", "Ó  Riordan"))]
    )
    assert integrity.check_database(store, lambda _words: None) == []


def test_a_later_opt_out_is_taken_over_and_never_cleared(store: Store) -> None:
    statuses(store, ContactDraft(name="Jane", points=(mail("jane@example.com"),)))
    gone = mail("jane@example.com")._replace(opted_out=True, invalid=True)
    out = ContactDraft(name="Jane", points=(gone,))
    assert statuses(store, out) == ["updated"]
    for told in (out, JANE._replace(name="Jane"), out):
        statuses(store, told)
        (point, *_) = contacts.points_of(store, 1)
        assert (point.opted_out, point.invalid) == (True, True)
    assert statuses(store, out) == ["unchanged"]


def test_an_opt_out_further_down_the_file_counts(store: Store) -> None:
    jane = ContactDraft(name="Jane", points=(mail("jane@example.com"),))
    out = jane._replace(points=(ContactPointDraft("email", "jane@example.com", opted_out=True),))
    assert statuses(store, jane, out) == ["created", "updated"]
    assert [point.opted_out for point in contacts.points_of(store, 1)] == [True]
    both = jane._replace(name="Jo", points=(*jane.points, *out.points))
    statuses(store, both)
    assert [point.opted_out for point in contacts.points_of(store, 2)] == [True]


def john(city: str = "", email: str = "", **told: str) -> ContactDraft:
    return ContactDraft(
        name="John Smith",
        points=(mail(email),) if email else (),
        addresses=(AddressDraft(city=city),) if city else (),
        **told,
    )


def test_an_address_is_not_given_to_a_namesake(store: Store) -> None:
    rows = (john("Leeds", "js1@x.com"), john("York"), john(), john(email="js2@x.com"))
    assert statuses(store, *rows) == ["created", "created", "unchanged", "created"]
    york = next(
        each for each in read_drafts(store, [1, 2, 3]) if each.addresses == rows[1].addresses
    )
    assert york.points == ()
    assert statuses(store, *rows) == ["unchanged"] * 4


@pytest.mark.parametrize(
    ("there", "told", "status"),
    [
        (john(), john("York"), "updated"),  # a list of names alone, and then with a town
        (john(), john(email="js1@x.com"), "created"),
        (john("York"), john("York", "js1@x.com"), "created"),
        (john(email="js1@x.com"), john("York"), "created"),
        (john(email="js1@x.com"), john(), "unchanged"),
        (john(org="Acme"), john(org="Acme", email="js1@x.com"), "updated"),
        (john(org="Acme"), john(org="Apex"), "created"),
        (john(ref="1"), john(ref="2"), "created"),
        (
            ContactDraft(name="Jo", addresses=(AddressDraft("", "1 High St", "Leeds"),)),
            ContactDraft(
                name="Jo",
                addresses=(AddressDraft("", "1 High St", "Leeds"),),
                points=(mail("jo@x.com"),),
            ),
            "updated",
        ),
        (
            ContactDraft(name="Acme", kind="org"),
            ContactDraft(name="Acme", kind="org", points=(mail("info@acme.com"),)),
            "updated",
        ),
    ],
)
def test_a_name_alone_is_weak_evidence(
    store: Store, there: ContactDraft, told: ContactDraft, status: str
) -> None:
    assert statuses(store, there) == ["created"]
    assert statuses(store, told) == [status]
    assert statuses(store, there, told) == ["unchanged", "unchanged"]


def test_a_draft_that_matches_two_namesakes_goes_to_neither(store: Store) -> None:
    two = [john(org="Acme", email=f"js{n}@x.com") for n in (1, 2)]
    assert statuses(store, *two) == ["created", "created"]
    told = john(org="Acme", title="buyer")
    assert statuses(store, told) == ["created"]
    assert statuses(store, *two, told) == ["unchanged"] * 3


def test_a_merged_contact_is_recognized(store: Store) -> None:
    told = [
        ContactDraft(name="Jane Doe", points=(mail("jane@a.com"),), ref="1"),
        ContactDraft(name="J. Doe", points=(mail("jd@b.com"),), ref="2"),
        ContactDraft(name="Jayne Doe", uid="u-3"),
        ContactDraft(name="Jane Dough"),
    ]
    assert statuses(store, *told) == ["created"] * 4
    for other in (2, 3, 4):
        merge.merge(store, 1, other)
    assert statuses(store, *told) == ["unchanged"] * 4
    assert statuses(store, ContactDraft(name="Jane D", uid="u-3")) == ["unchanged"]
    assert statuses(store, ContactDraft(name="J. Doe", ref="2")) == ["unchanged"]
    jane, doe = contacts.get(store, 1), ContactDraft(name="J. Doe", points=(mail("x@x.com"),))
    assert jane.name == "Jane Doe"
    assert statuses(store, doe) == ["created"]


def test_a_merged_organization_is_not_added_again(store: Store) -> None:
    statuses(store, ContactDraft(name="Ann", org="Acme"), ContactDraft(name="Bob", org="Acme Ltd"))
    orgs = [row[0] for row in store.rows("SELECT id FROM contact WHERE kind = 'org' ORDER BY id")]
    merge.merge(store, *orgs)
    assert statuses(store, ContactDraft(name="Bob", org="Acme Ltd", title="boss")) == ["updated"]
    assert statuses(store, ContactDraft(name="Cy", org="Acme Ltd")) == ["created"]
    assert store.value("SELECT count(*) FROM contact WHERE kind = 'org'") == 1


@pytest.mark.parametrize(
    "written", ["Zenith", "ZENITH", "zénith", "Apex", "Old Ltd", "Muller", "Cafe"]
)
def test_search_text_has_the_stored_name_of_the_organization(store: Store, written: str) -> None:
    for name, nickname in (("Zenith", "Apex"), ("Old Ltd", ""), ("Müller", ""), ("Café", "")):
        nicknames = (nickname,) if nickname else ()
        statuses(store, ContactDraft(name=name, kind="org", nicknames=nicknames))
    merge.merge(store, 1, 2)
    statuses(store, ContactDraft(name="Bob Ray", org=written), ContactDraft(name="Cy", org=written))
    statuses(store, ContactDraft(name="Dan"))
    statuses(store, ContactDraft(name="Dan", org=written))
    assert integrity.check_database(store, lambda _words: None) == []


def test_a_contact_named_by_its_address_takes_a_name(store: Store) -> None:
    bare = ContactDraft(name="jane@x.com", points=(mail("jane@x.com"),))
    jane = ContactDraft(name="Jane Doe", points=(mail("jane@x.com"),))
    assert statuses(store, bare) == ["created"]
    assert statuses(store, jane) == ["updated"]
    assert contacts.get(store, 1).name == "Jane Doe"
    assert statuses(store, bare, jane) == ["unchanged", "unchanged"]
    assert statuses(store, jane._replace(name="Bob Ray")) == ["created"]
    assert integrity.check_database(store, lambda _words: None) == []


def test_two_organizations_with_one_nickname_duplicate_no_person(store: Store) -> None:
    rows = (
        ContactDraft(name="John Smith", kind="org", nicknames=("Smith",)),
        ContactDraft(name="Jo Bell", org="Smith"),
        ContactDraft(name="Jo Bell", kind="org", nicknames=("Smith",)),
    )
    assert [statuses(store, row) for row in rows] == [["created"]] * 3
    assert [statuses(store, row) for row in rows] == [["unchanged"]] * 3


def test_an_organization_is_added_only_for_a_contact_that_takes_it(store: Store) -> None:
    pat = ContactDraft(name="Pat Lee", org="Old Co", points=(mail("p@x.com"),))
    statuses(store, pat)
    assert statuses(store, pat._replace(org="New Co")) == ["unchanged"]
    assert store.value("SELECT count(*) FROM contact") == 2


def test_an_added_organization_gets_its_uid_from_its_own_row(
    store: Store,
) -> None:
    zed, bob = (ContactDraft(name=name, org="New Org") for name in ("Zed", "Bob"))
    org = ContactDraft(name="New Org", kind="org", uid="u-org", points=(mail("i@n.com"),))
    first, second, third = bulk_import.import_drafts(store, [zed, org, bob])
    assert (first.added_org, second.status, second.contact_id) == (1, "created", 1)
    assert third.added_org == 0
    assert contacts.get(store, 1).uid == "u-org"
    assert statuses(store, zed, org, bob) == ["unchanged"] * 3
    assert statuses(store, org._replace(uid="another")) == ["unchanged"]
    assert contacts.get(store, 1).uid == "u-org"


def test_a_row_of_its_own_may_come_in_a_later_batch(store: Store) -> None:
    (first,) = bulk_import.import_drafts(store, [ContactDraft(name="Zed", org="New Org")])
    org = ContactDraft(name="New Org", kind="org", uid="u-org", note="new")
    (second,) = bulk_import.import_drafts(store, [org], store.last_step, {first.added_org})
    assert (second.status, second.contact_id) == ("created", first.added_org)
    assert contacts.get(store, first.added_org).uid == "u-org"
    journal.undo(store)
    assert store.value("SELECT count(*) FROM contact") == 0


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Clients (2020)", "Clients-2020"),
        ("Red: Family", "Red-Family"),
        ('"vip"', "vip"),
        ("Garden Club", "Garden-Club"),
        ("-x,", "x"),
    ],
)
def test_a_tag_of_another_program_becomes_one_of_ours(store: Store, told: str, kept: str) -> None:
    assert statuses(store, ContactDraft(name="Jane", tags=(told, "::"))) == ["created"]
    assert contacts.tags_of(store, 1) == [kept]


FEW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
EMAILS = st.sampled_from(["a@x.com", "b@x.com", "c@x.com"])


def _told(**told: Any) -> ContactDraft:
    return ContactDraft(**told)


ROWS = st.builds(
    _told,
    name=st.sampled_from(["John Smith", "J. Smith", "Smith", "a@x.com"]),
    kind=st.sampled_from(["person", "person", "org"]),
    nicknames=st.sampled_from([(), ("J. Smith",), ("Smith",)]),
    org=st.sampled_from(["", "Acme", "Apex", "Smith"]),
    points=st.lists(EMAILS.map(mail), max_size=2, unique=True).map(tuple),
    addresses=st.sampled_from(
        [(), (AddressDraft(city="Leeds"),), (AddressDraft("", "1 High St", "York"),)]
    ),
    tags=st.sampled_from([(), ("vip",)]),
    note=st.sampled_from(["", "likes peonies"]),
    ref=st.sampled_from(["", "", "1", "2"]),
    uid=st.sampled_from(["", "", "", "u-1"]),
)


def once(rows: list[ContactDraft]) -> list[ContactDraft]:
    """Return the rows of a file, in which each uid occurs once."""
    seen: set[str] = set()
    told = []
    for row in rows:
        told.append(row._replace(uid="") if row.uid in seen else row)
        seen.add(row.uid)
    return told


FILES = st.lists(ROWS, max_size=7).map(once)


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: [tuple(row) for row in store.rows(f"SELECT * FROM {table} ORDER BY id")]
        for table in all_tables()
    }


@given(rows=FILES, batch=st.sampled_from([1, 2, 9]))
@FEW
def test_any_rows_imported_twice_change_nothing(
    store: Store, rows: list[ContactDraft], batch: int
) -> None:
    def work() -> None:
        in_batches(store, rows, batch)
        before = everything(store)
        assert {each.status for each in in_batches(store, rows, batch)} <= {"unchanged"}
        assert everything(store) == before

    dry_run(store, work)


def in_batches(store: Store, rows: list[ContactDraft], size: int) -> list[ContactOutcome]:
    found: list[ContactOutcome] = []
    waiting: set[int] = set()
    seen: set[int] = set()
    first_new = 1 + (store.value("SELECT max(id) FROM contact") or 0)
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        outcomes = bulk_import.import_drafts(store, some, None, waiting, first_new, seen=seen)
        for each in outcomes:
            waiting.discard(each.contact_id)
            waiting |= {each.added_org} - {0}
        found += outcomes
    return found


@given(rows=FILES)
@FEW
def test_rows_of_one_contact_are_connected(store: Store, rows: list[ContactDraft]) -> None:
    """Check rows with email addresses; a row without one matches too easily."""

    def work() -> None:
        cards: dict[int, list[set[str]]] = {}
        for row, outcome in zip(rows, bulk_import.import_drafts(store, rows), strict=True):
            if row.points or "@" in row.name:
                joins = {point.value for point in row.points}
                joins |= {row.name} if "@" in row.name else set()
                joins |= {row.uid, f"ref {row.ref}"} - {"", "ref "}
                cards.setdefault(outcome.contact_id, []).append(joins)
        for joined in cards.values():
            assert hangs_together(joined)

    dry_run(store, work)


def hangs_together(parts: list[set[str]]) -> bool:
    whole, rest = set(parts[0]), parts[1:]
    while near := [part for part in rest if part & whole]:
        whole = whole.union(*near)
        rest = [part for part in rest if part not in near]
    return not rest


def test_a_dry_run_leaves_no_trace(store: Store) -> None:
    dry_run(store, lambda: statuses(store, JANE) and None)
    assert store.value("SELECT count(*) FROM contact") == 0
    assert journal.steps(store) == []
