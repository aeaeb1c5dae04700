"""The contact list, read a window at a time."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.records.contacts import contacts, listing
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.listing import LETTER_RANGES, Anchor
from cardcrm.store import Store, open_store

NAMES = (
    "Ann Able", "Bob Able", "ann able", "Zoë Zander", "3M", "Ærø", "Łukasz Nowak", "漢字 商店",
    "Œuvre", "d'Arc Jeanne", "Mia", "Max Muster", "Mo Muster", "Müller", "éclair", "{odd}",
)  # fmt: skip


@pytest.fixture(scope="module")
def store(shared_locations) -> Store:
    opened = open_store(shared_locations("cards"), create=True)
    with opened.transaction("test"):
        for name in NAMES:
            kind = "org" if name in ("3M", "漢字 商店") else "person"
            contacts.add(opened, ContactDraft(name=name, kind=kind))
    yield opened
    opened.close()


def whole(store: Store) -> list[int]:
    return [row[0] for row in store.rows("SELECT id FROM contact ORDER BY sort_key, id")]


def test_the_letter_ranges_hold_every_contact_once(store):
    assert sum(listing.count_range(store, part) for part in LETTER_RANGES) == len(NAMES)
    for slip in listing.fetch_window(store, Anchor("", 0), 100):
        part = LETTER_RANGES[listing.range_index(slip.sort_key)]
        assert part.low <= slip.sort_key < part.high


def test_letter_ranges_have_no_gaps():
    assert all(one.high == other.low for one, other in itertools.pairwise(LETTER_RANGES))


@given(skip=st.integers(0, 20), size=st.integers(1, 20))
def test_a_window_from_either_end_is_a_slice_of_the_list(store, skip, size):
    all_ = whole(store)
    ahead = listing.fetch_window(store, Anchor("", skip), size)
    assert [slip.id for slip in ahead] == all_[skip : skip + size]
    back = listing.fetch_window(store, Anchor(LETTER_RANGES[-1].high, skip, backwards=True), size)
    end = max(len(all_) - skip, 0)
    assert [slip.id for slip in back] == all_[max(end - size, 0) : end]


def test_every_contact_is_found_at_its_position(store):
    starts = [0]
    for part in LETTER_RANGES:
        starts.append(starts[-1] + listing.count_range(store, part))
    for place, contact_id in enumerate(whole(store)):
        part, before = listing.find_position(store, contact_id)
        assert starts[part] + before == place
    assert listing.find_position(store, 10**9) is None


def test_summaries_keep_the_order_of_ids_and_skip_removed_contacts(store):
    assert [slip.id for slip in listing.fetch_summaries(store, [3, 999, 1])] == [3, 1]
