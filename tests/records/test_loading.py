"""Loading many drafts: what is there already is known again, filled up and never overwritten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardcrm.errors import ConflictError
from cardcrm.records import contacts, editing, loading
from cardcrm.records.drafting import drafts
from cardcrm.records.drafts import (
    AddressDraft,
    ContactDraft,
    DayDraft,
    PointDraft,
    RelationDraft,
)
from cardcrm.store import Store, checking, journal, open_store
from cardcrm.store.base import Author


@pytest.fixture
def store(place: Path | str) -> Iterator[Store]:
    box = open_store(place, user="ann", create=True)
    yield box
    box.close()


def mail(address: str) -> PointDraft:
    return PointDraft("email", address)


JANE = ContactDraft(
    name="Jane Doe",
    nicknames=("Janey",),
    org="Acme",
    title="buyer",
    points=(mail("jane@example.com"), PointDraft("phone", "+44 113 496 0123", "work")),
    addresses=(AddressDraft(city="Leeds"),),
    days=(DayDraft("birthday", "1980-05-17"),),
    tags=("vip",),
    note="likes peonies",
    fields=(("shoe size", "38"),),
    source="fair",
    stage="customer",
    owner="ann",
    every="30d",
)


def statuses(store: Store, *told: ContactDraft) -> list[str]:
    return [outcome.status for outcome in loading.load(store, told)]


def test_everything_a_draft_says_is_kept(store: Store) -> None:
    assert statuses(store, JANE) == ["added"]
    jane = next(each for each in drafts(store, range(1, 9)) if each.name == "Jane Doe")
    told = ("nicknames", "org", "title", "points", "addresses", "days", "tags", "note", "fields")
    for name in (*told, "source", "stage", "owner", "every"):
        assert getattr(jane, name) == getattr(JANE, name), name


def test_the_same_again_changes_nothing(store: Store) -> None:
    statuses(store, JANE)
    before = journal.steps(store)
    assert statuses(store, JANE) == ["same"]
    assert journal.steps(store) == before


def test_what_a_card_lacks_is_filled_and_what_it_says_stays(store: Store) -> None:
    statuses(
        store, ContactDraft(name="Jane Doe", title="chief", points=(mail("jane@example.com"),))
    )
    assert statuses(store, JANE) == ["filled"]
    jane = contacts.details(store, 1)
    assert jane.contact.title == "chief"
    assert jane.contact.org == "Acme"
    assert jane.tags == ("vip",)
    assert statuses(store, JANE) == ["same"]


def test_more_points_on_a_known_card_need_no_change_of_its_head(store: Store) -> None:
    statuses(store, ContactDraft(name="Jane", points=(mail("jane@example.com"),)))
    more = ContactDraft(name="Jane", points=(mail("jane@example.com"), mail("j@example.org")))
    assert statuses(store, more) == ["filled"]
    assert [point.value for point in contacts.points_of(store, 1)] == [
        "jane@example.com",
        "j@example.org",
    ]


def test_two_people_of_one_name_stay_two(store: Store) -> None:
    first = ContactDraft(name="John Smith", points=(mail("john@example.com"),))
    second = ContactDraft(name="John Smith", points=(mail("js@example.org"),))
    assert statuses(store, first, second) == ["added", "added"]
    assert statuses(store, first, second) == ["same", "same"]


def test_two_people_with_one_address_stay_two(store: Store) -> None:
    shared = (mail("office@example.com"),)
    ann, bob = (ContactDraft(name=name, points=shared) for name in ("Ann Lee", "Bob Lee"))
    assert statuses(store, ann, bob) == ["added", "added"]


def test_a_row_twice_in_one_file_makes_one_card(store: Store) -> None:
    assert statuses(store, JANE, JANE) == ["added", "same"]


def test_a_uid_knows_a_card_again_whatever_its_name(store: Store) -> None:
    statuses(store, ContactDraft(name="Jane Doe", uid="u-1"))
    assert statuses(store, ContactDraft(name="Jane Smith", uid="u-1")) == ["same"]


def test_a_bare_name_in_another_town_is_another_person(store: Store) -> None:
    here = ContactDraft(name="Jo King", addresses=(AddressDraft(city="Leeds"),))
    there = ContactDraft(name="Jo King", addresses=(AddressDraft(city="York"),))
    assert statuses(store, here, there) == ["added", "added"]


def test_a_bad_draft_leaves_the_others_alone(store: Store) -> None:
    bad = ContactDraft(name="Bad", points=(mail("not an address"),))
    outcomes = loading.load(store, [JANE, bad, ContactDraft(name="Tom")])
    assert [outcome.status for outcome in outcomes] == ["added", "bad", "added"]
    assert "no e-mail address" in outcomes[1].problem


def test_an_organisation_is_made_once(store: Store) -> None:
    both = [ContactDraft(name=name, org="Acme") for name in ("Ann", "Bob")]
    statuses(store, *both, ContactDraft(name="Acme", kind="org"))
    assert store.value("SELECT count(*) FROM contact WHERE kind = 'org'") == 1


def test_a_stage_of_another_program_is_understood_or_kept(store: Store) -> None:
    statuses(
        store,
        ContactDraft(name="Ann", stage="Subscriber"),
        ContactDraft(name="Bob", stage="Zebra"),
    )
    assert contacts.get(store, 1).stage == "lead"
    bob = contacts.details(store, 2)
    assert bob.contact.stage == "other"
    assert [value.text for value in bob.fields] == ["Zebra"]


def test_relations_wait_until_all_cards_are_there(store: Store) -> None:
    told = ContactDraft(name="Jane", relations=(RelationDraft("spouse", "Tom"),))
    loading.load(store, [told, ContactDraft(name="Tom")])
    lost = loading.relate(store, [(1, "spouse", "Tom"), (1, "cousin", "Nobody")])
    assert [(each.kind, each.other) for each in contacts.relations_of(store, 1)] == [
        ("spouse", "Tom")
    ]
    assert lost == [(1, "cousin", "Nobody")]
    assert contacts.details(store, 1).fields[0].text == "Nobody"


def test_several_batches_are_one_step_to_undo(store: Store) -> None:
    loading.load(store, [JANE])
    loading.load(store, [ContactDraft(name="Tom")], store.last_step)
    assert len(journal.steps(store)) == 1
    journal.undo(store)
    assert store.value("SELECT count(*) FROM contact") == 0


def test_undo_does_not_take_back_what_others_have_added_to(store: Store) -> None:
    loading.load(store, [ContactDraft(name="Tom")])
    (tom,) = (row[0] for row in store.rows("SELECT id FROM contact"))
    store.author = Author("bob", "till")
    with store.transaction():
        editing.put(store, tom, "title", "gardener")
    store.author = Author("ann", "till")
    with pytest.raises(ConflictError, match="was changed since"):
        journal.undo(store)
    assert store.value("SELECT title FROM contact") == "gardener"


def test_what_is_loaded_is_found_like_what_is_added(store: Store) -> None:
    loading.load(store, [JANE, ContactDraft(name="Bo", nicknames=("Müller ", "Ó  Riordan"))])
    assert checking.check(store, lambda _words: None) == []


def test_a_trial_leaves_no_trace(store: Store) -> None:
    loading.trial(store, lambda: statuses(store, JANE) and None)
    assert store.value("SELECT count(*) FROM contact") == 0
    assert journal.steps(store) == []
