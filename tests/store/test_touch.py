"""The last contact date, which follows every change, also through people."""

import pytest

from cardcrm import dates
from cardcrm.dates import parse_date
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import Store, integrity, journal


def said(store: Store, contact: int, day: str) -> int:
    when = parse_date(day, dates.now(), past=True)
    return interactions.log(store, [contact], "talked", kind="call", when=when).id


def last_on(store: Store, contact: int) -> str | None:
    assert not integrity.check_database(store, lambda _words: None)
    return contacts.get(store, contact).last_on


@pytest.fixture
def acme(store: Store) -> tuple[int, int, int]:
    """An organization and two who work there."""
    ann = contacts.add(store, ContactDraft(name="Ann", org="Acme"))
    bob = contacts.add(store, ContactDraft(name="Bob", org="Acme"))
    assert ann.org_id is not None
    return ann.org_id, ann.id, bob.id


def test_an_organization_is_spoken_with_through_its_people(
    store: Store, acme: tuple[int, int, int]
) -> None:
    org, ann, bob = acme
    update.edit(store, [org], update.Edit(values=(("every", "30d"),)))
    said(store, ann, "2026-11-01")
    said(store, bob, "2026-10-01")
    assert last_on(store, org) == "2026-11-01"
    assert contacts.get(store, org).touch_by == "2026-12-01"


def test_taking_it_back_takes_it_from_the_organization_too(
    store: Store, acme: tuple[int, int, int]
) -> None:
    org, ann, bob = acme
    said(store, bob, "2026-10-01")
    said(store, ann, "2026-11-01")
    journal.undo(store)
    assert last_on(store, org) == "2026-10-01"


def test_who_leaves_takes_what_was_said_along(store: Store, acme: tuple[int, int, int]) -> None:
    org, ann, bob = acme
    said(store, ann, "2026-11-01")
    said(store, bob, "2026-10-01")
    update.edit(store, [ann], update.Edit(values=(("org", "Apex"),)))
    assert last_on(store, org) == "2026-10-01"
    apex = contacts.get(store, ann).org_id
    assert apex is not None
    assert last_on(store, apex) == "2026-11-01"


def test_a_removed_person_no_longer_counts(store: Store, acme: tuple[int, int, int]) -> None:
    org, ann, _ = acme
    said(store, ann, "2026-11-01")
    contacts.remove(store, [ann])
    assert last_on(store, org) is None
    journal.undo(store)
    assert last_on(store, org) == "2026-11-01"


def test_a_mended_day_is_followed_and_a_mended_text_changes_none(
    store: Store, acme: tuple[int, int, int]
) -> None:
    org, ann, _ = acme
    talk = said(store, ann, "2026-11-10")
    interactions.edit(store, talk, text="talked about the fence")
    assert last_on(store, ann) == last_on(store, org) == "2026-11-10"
    interactions.edit(store, talk, when=parse_date("2026-11-03", dates.now(), past=True))
    assert last_on(store, ann) == last_on(store, org) == "2026-11-03"


@pytest.fixture
def north(store: Store, acme: tuple[int, int, int]) -> tuple[int, int, int]:
    """An organization, a part of it, and a person who works there."""
    jane = contacts.add(store, ContactDraft(name="Jane", org="Acme North"))
    assert jane.org_id is not None
    with store.transaction():
        update.set_field(store, jane.org_id, "org", "Acme")
    return acme[0], jane.org_id, jane.id


def test_what_is_said_goes_up_through_organizations_that_belong_to_others(
    store: Store, north: tuple[int, int, int]
) -> None:
    acme, branch, jane = north
    said(store, jane, "2026-11-10")
    assert last_on(store, acme) == last_on(store, branch) == "2026-11-10"
    said(store, branch, "2026-11-12")
    assert (last_on(store, acme), last_on(store, jane)) == ("2026-11-12", "2026-11-10")
    journal.undo(store)
    assert last_on(store, acme) == last_on(store, branch) == "2026-11-10"
    with store.transaction():
        update.set_field(store, branch, "org", "")
    assert last_on(store, acme) is None
    journal.undo(store)
    integrity.repair_database(store)
    assert last_on(store, acme) == "2026-11-10"


def test_organizations_that_belong_to_each_other_come_to_an_end(
    store: Store, north: tuple[int, int, int]
) -> None:
    acme, branch, _ = north
    with store.transaction():
        update.set_field(store, acme, "org", "Acme North")
    said(store, branch, "2026-11-12")
    assert contacts.get(store, acme).last_on == "2026-11-12"
    journal.undo(store)
    assert contacts.get(store, branch).org_id == acme
