"""Scanning finds what one SQL query finds, in the order of the names."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.records import sample
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import contact_query
from cardcrm.records.search import scan
from cardcrm.records.search.filters import Filter, scannable_filter
from cardcrm.records.search.result_page import START, Position, find_page
from cardcrm.store import Locale, Store, open_store
from cardcrm.text import fold

NOW = "2026-11-21T10:00"
WORDS = (
    "a", "an", "pr", "priya", "raman", "order", "ord", "der", "vip", "0113", "496", "+44 113",
    "leeds", "florist", "under", "score", "example.com", "zo", "zoë", "_", "quote", "x", "o'brien",
    "o'b", "o'br", "wedding", "call", "the", "e-mail", "(0)113", "price", "st",
)  # fmt: skip
FILTERS = (
    "", "tag:vip", "-tag:vip", "city:lee", "tag:none", "stage:customer", "org:acme", "name:an",
    "name:raman", "email:example", "phone:0113", "value>5", "value<5", "orders:0", "due<7d",
    "promise:call", "birthday:may", "nick:an", "product:rose", "country:uk", "bought>3d",
    "(tag:vip or city:leeds)", "kind:org", "has:email", "title:ow", "org:any", "-has:sale",
)  # fmt: skip
EXTRA = (
    ContactDraft(
        name="Zoë O'Brien", note="under_score, priced the wed_ding for o'briel", tags=("an",)
    ),
    ContactDraft(name="Order Ltd", kind="org", note="x\ny"),
)


@pytest.fixture(scope="module")
def store(shared_locations) -> Iterator[Store]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDCRM_NOW", NOW)
        patch.setenv("TZ", "Europe/London")
        time.tzset()
        locale = Locale(sample.REGION, sample.CURRENCY, "Europe/London")
        opened = open_store(shared_locations("cards"), create=True, locale=locale)
        sample.fill(opened)
        with opened.transaction("test"):
            for draft in EXTRA:
                contacts.add(opened, draft)
        yield opened
        opened.close()


def all_found(store: Store, text: str) -> list[int]:
    return [each.id for each in find_page(store, contact_query.parse(store, text), 1000).contacts]


def filter_of(store: Store, text: str) -> Filter:
    found = scannable_filter(contact_query.parse(store, text))
    assert found is not None
    return found


def is_short(word: str) -> bool:
    """Return whether a word, or its part after an apostrophe, matches only whole words."""
    return len(word) < 3 or len(word.rpartition("'")[2]) < 3


QUERIES = st.tuples(
    st.lists(st.sampled_from(FILTERS), max_size=2), st.lists(st.sampled_from(WORDS), max_size=2)
).map(lambda parts: " ".join(filter(None, [*parts[0], *parts[1]])))


@given(text=QUERIES, size=st.integers(1, 9), duration=st.sampled_from((0.0, 1.0)))
def test_a_scan_finds_everything_page_by_page_in_the_order_of_the_names(
    store, text, size, duration
):
    passed: list[int] = []
    after: Position | None = START
    while after is not None:
        page = scan.scan(store, filter_of(store, text), size, after, duration)
        assert len(page.contacts) <= size
        passed += [each.id for each in page.contacts]
        after = page.after
    assert passed == all_found(store, text)


@given(text=QUERIES, size=st.integers(1, 60))
def test_the_candidates_of_a_rare_word_give_the_first_page(store, text, size):
    page = scan.scan_candidates(store, filter_of(store, text), size)
    wanted = all_found(store, text)
    if page is not None:
        assert [each.id for each in page.contacts] == wanted[:size]
        assert (page.after is None) == (len(wanted) <= size)
    else:
        assert all(map(is_short, filter_of(store, text).words))


def test_a_word_that_many_contacts_contain_has_no_candidates(store):
    assert store.engine.search.candidate_ids(["example.com"], 5) is None
    assert set(store.engine.search.candidate_ids(["raman"], 1000)) == set(all_found(store, "raman"))


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
def test_candidates_include_every_contact_with_the_words(store, words):
    candidates = store.engine.search.candidate_ids([fold(word) for word in words], 1000)
    if candidates is not None:
        assert set(all_found(store, " ".join(words))) <= set(candidates)


@pytest.mark.parametrize(
    "text", ["note:roses", "-roses", "(roses or tag:vip)", "tag:vip -(text:call)", "segment:none"]
)
def test_queries_that_need_the_index_cannot_be_scanned(store, text):
    assert scannable_filter(contact_query.parse(store, text)) is None
