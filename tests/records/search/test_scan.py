"""Going through the drawer card by card finds what gathering everything and sorting it finds."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.records import sample
from cardcrm.records.contacts import contacts, listing
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import compiler
from cardcrm.records.search import scan
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
    return [slip.id for slip in listing.found(store, compiler.parse(store, text), 1000)]


def sieve(store: Store, text: str) -> scan.Sieve:
    found = scan.sieve_of(compiler.parse(store, text))
    assert found is not None
    return found


def is_short(word: str) -> bool:
    """Whether a word, or what stands behind its apostrophe, is found in texts only as it is."""
    return len(word) < 3 or len(word.rpartition("'")[2]) < 3


QUERIES = st.tuples(
    st.lists(st.sampled_from(FILTERS), max_size=2), st.lists(st.sampled_from(WORDS), max_size=2)
).map(lambda parts: " ".join(filter(None, [*parts[0], *parts[1]])))


@given(text=QUERIES, size=st.integers(1, 9), moment=st.sampled_from((0.0, 1.0)))
def test_bit_by_bit_it_finds_all_in_the_order_of_the_drawer(store, text, size, moment):
    passed: list[int] = []
    after: scan.Place | None = scan.START
    while after is not None:
        sifted = scan.sift(store, sieve(store, text), size, after, moment)
        assert len(sifted.slips) <= size
        passed += [slip.id for slip in sifted.slips]
        after = sifted.after
    assert passed == all_found(store, text)


@given(text=QUERIES, size=st.integers(1, 60))
def test_by_way_of_a_rare_word_it_finds_the_first_of_the_same(store, text, size):
    gathered = scan.gather(store, sieve(store, text), size)
    wanted = all_found(store, text)
    if gathered is not None:
        assert [slip.id for slip in gathered.slips] == wanted[:size]
        assert (gathered.after is None) == (len(wanted) <= size)
    else:
        assert all(map(is_short, sieve(store, text).words))


def test_a_word_that_too_many_cards_have_is_not_rare(store):
    assert store.engine.search.candidate_ids(["example.com"], 5) is None
    assert set(store.engine.search.candidate_ids(["raman"], 1000)) == set(all_found(store, "raman"))


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
def test_words_are_narrowed_down_without_losing_a_card(store, words):
    narrowed = store.engine.search.candidate_ids([fold(word) for word in words], 1000)
    if narrowed is not None:
        assert set(all_found(store, " ".join(words))) <= set(narrowed)


@pytest.mark.parametrize(
    "text", ["note:roses", "-roses", "(roses or tag:vip)", "tag:vip -(text:call)", "segment:none"]
)
def test_what_only_the_index_knows_is_left_to_it(store, text):
    assert scan.sieve_of(compiler.parse(store, text)) is None
