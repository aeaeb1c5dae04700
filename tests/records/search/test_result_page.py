"""Pages of results, one after the other."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import contact_query
from cardcrm.records.search.result_page import START, Position, find_page
from cardcrm.store import Store, open_store

NAMES = (
    "Ann Able",
    "Bob Able",
    "ann able",
    "Zoë Zander",
    "3M",
    "Łukasz Nowak",
    "漢字 商店",
    "éclair",
)


@pytest.fixture(scope="module")
def store(shared_locations) -> Iterator[Store]:
    opened = open_store(shared_locations("cards"), create=True)
    with opened.transaction("test"):
        for number, name in enumerate(NAMES):
            tags = ("even",) if number % 2 == 0 else ()
            contacts.add(opened, ContactDraft(name=name, tags=tags))
    yield opened
    opened.close()


@given(size=st.integers(1, 9), is_rare=st.booleans())
def test_pages_follow_each_other_without_gaps_and_repetitions(store, size, is_rare):
    node = contact_query.parse(store, "tag:even")
    found: list[int] = []
    after: Position | None = START
    while after is not None:
        page = find_page(store, node, size, after, is_rare=is_rare)
        found += [each.id for each in page.contacts]
        after = page.after
    tagged = store.rows(
        "SELECT id FROM contact WHERE id IN (SELECT contact_id FROM tag) ORDER BY sort_key, id"
    )
    assert found == [row[0] for row in tagged]
