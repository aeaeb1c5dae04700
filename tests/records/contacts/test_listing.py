"""The drawer read a window at a time is the drawer read whole."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.records.contacts import contacts, listing
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.listing import PARTS, Anchor
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


def test_the_parts_hold_every_card_once(store):
    assert sum(listing.count(store, part) for part in PARTS) == len(NAMES)
    for slip in listing.window(store, Anchor("", 0), 100):
        part = PARTS[listing.part_of(slip.sort_key)]
        assert part.low <= slip.sort_key < part.high


def test_parts_follow_each_other_without_a_gap():
    assert all(one.high == other.low for one, other in itertools.pairwise(PARTS))


@given(skip=st.integers(0, 20), size=st.integers(1, 20))
def test_a_window_from_either_end_is_a_piece_of_the_whole(store, skip, size):
    all_ = whole(store)
    ahead = listing.window(store, Anchor("", skip), size)
    assert [slip.id for slip in ahead] == all_[skip : skip + size]
    back = listing.window(store, Anchor(PARTS[-1].high, skip, backwards=True), size)
    end = max(len(all_) - skip, 0)
    assert [slip.id for slip in back] == all_[max(end - size, 0) : end]


def test_every_card_is_found_at_its_place(store):
    starts = [0]
    for part in PARTS:
        starts.append(starts[-1] + listing.count(store, part))
    for place, contact_id in enumerate(whole(store)):
        part, before = listing.place_of(store, contact_id)
        assert starts[part] + before == place
    assert listing.place_of(store, 10**9) is None


def test_summaries_come_in_the_order_asked_for_and_without_those_that_are_gone(store):
    assert [slip.id for slip in listing.fetch_summaries(store, [3, 999, 1])] == [3, 1]
