"""Tests that an import recognizes rows that say nothing new, and no others."""

from typing import Any

import pytest

from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
)
from cardcrm.records.importing import bulk_import
from cardcrm.records.importing.match_candidates import CandidateReader
from cardcrm.records.importing.outcomes import CREATED, UNCHANGED
from cardcrm.records.importing.unchanged import find_unchanged
from cardcrm.store import Store

MAIL = ContactPointDraft("email", "Jane@Example.com")
PHONE = ContactPointDraft("phone", "+44 113 496 0123")
JANE = ContactDraft(
    name="Jane Doe",
    given="Jane",
    family="Doe",
    nicknames=("Janie",),
    org="Acme",
    title="Buyer",
    points=(MAIL, PHONE, ContactPointDraft("web", "https://example.com/Jane")),
    addresses=(AddressDraft("home", "1 High St", "Leeds", "", "LS1 1AA", "UK"),),
    days=(AnniversaryDraft("birthday", "1980-05-04"),),
    tags=("vip", "Garden"),
    note="Likes tea",
    fields=(("shoe size", "38"),),
    ref="shop:17",
)
GAPS = ContactDraft(name="Jane Doe", points=(PHONE,))


def list_unchanged(store: Store, *drafts: ContactDraft) -> list[int]:
    """Return the numbers of the drafts that are recognized without normalizing them."""
    fields = {each.name: each for each in custom_fields.list_fields(store)}
    reader = CandidateReader(store)
    reader.read_by_texts(drafts)
    return list(find_unchanged(drafts, reader.found.values(), fields))


def test_a_draft_that_was_imported_is_unchanged(store: Store) -> None:
    bulk_import.import_drafts(store, [JANE])
    assert list_unchanged(store, JANE, GAPS) == [0, 1]
    assert [each.status for each in bulk_import.import_drafts(store, [JANE, GAPS])] == [
        UNCHANGED,
        UNCHANGED,
    ]
    assert store.last_step is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Jane Roe"},
        {"name": "Doe, Jane"},
        {"kind": "org"},
        {"given": "Janet"},
        {"family": ""},
        {"prefix": "Dr."},
        {"nicknames": ("Jay",)},
        {"org": "Apex"},
        {"title": "Head buyer"},
        {"points": (MAIL, ContactPointDraft("phone", "+44 113 496 0124"))},
        {"points": (MAIL._replace(opted_out=True),)},
        {"points": (MAIL._replace(invalid=True),)},
        {"addresses": (AddressDraft("home", "2 High St", "Leeds", "", "LS1 1AA", "UK"),)},
        {"addresses": (JANE.addresses[0]._replace(latitude="53.8", longitude="-1.5"),)},
        {"days": (AnniversaryDraft("birthday", "1980-05-05"),)},
        {"days": (AnniversaryDraft("wedding", "1980-05-04"),)},
        {"tags": ("vip", "press")},
        {"note": "Likes coffee"},
        {"fields": (("shoe size", "39"),)},
        {"fields": (("hat size", "38"),)},
        {"source": "fair"},
        {"stage": "customer"},
        {"status": "archived"},
        {"owner": "kim"},
        {"every": "30d"},
        {"uid": "0190f1b2-0000-7000-8000-000000000001"},
        {"ref": "shop:18"},
        {"role": "Purchasing"},
        {"opted_out": ("email",)},
    ],
)
def test_a_draft_with_another_value_is_not(store: Store, change: dict[str, Any]) -> None:
    bulk_import.import_drafts(store, [JANE])
    assert list_unchanged(store, JANE._replace(**change)) == []


@pytest.mark.parametrize("odd", ["\0", "\ud800", "\x1b[2J"])
def test_odd_texts_do_not_reach_the_database_as_written(store: Store, odd: str) -> None:
    points = (
        ContactPointDraft("email", f"jane{odd}@example.com"),
        ContactPointDraft("phone", f"+44 113 {odd}496 0123"),
    )
    draft = ContactDraft(name="Jane", uid=f"7{odd}", ref=f"shop:{odd}17", points=points)
    assert [each.status for each in bulk_import.import_drafts(store, [draft])] == [CREATED]


def test_a_stored_opt_out_reaches_unchanged_drafts(store: Store) -> None:
    other = ContactDraft(name="Jim Doe", points=(PHONE, ContactPointDraft("email", "jim@x.org")))
    bulk_import.import_drafts(store, [GAPS, other])
    point = store.value("SELECT id FROM point WHERE contact_id = 1")
    with store.transaction():
        store.update("point", point, opted_out=1)
    assert list_unchanged(store, other) == [0]
    bulk_import.import_drafts(store, [other])
    assert [row[0] for row in store.rows("SELECT opted_out FROM point ORDER BY id")] == [1, 1, 0]
