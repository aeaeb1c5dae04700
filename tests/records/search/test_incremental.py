"""Incremental search finds, letter by letter, what one SQL query finds, and counts it."""

import contextlib
import time
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardcrm.errors import UsageError
from cardcrm.records import sample
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.query_sql import contact_query
from cardcrm.records.search import incremental, result_cache
from cardcrm.records.search.filters import Filter, split_query
from cardcrm.records.search.incremental import IncrementalSearch
from cardcrm.records.search.result_page import find_page
from cardcrm.store import Locale, Store, open_store

NOW = "2026-11-21T10:00"
TYPED = (
    "priya raman", "order", "roses", "vip", "0113 496", "+44 113", "leeds", "under_score",
    "o'brien", "example.com", "zoë", "the", "e-mail", "(0)113", "st", "wedding order", "--an",
    "call about the", "müller", "x", "a", "price price", "xyz", "-order", "-vip", "-(a or xyz)",
)  # fmt: skip
FILTERS = (
    "", "tag:vip ", "-tag:vip ", "city:lee ", "stage:customer ", "kind:org ", "value>5 ", "due<7d ",
    "tag:vip stage:customer ", "-tag:vip city:leeds kind:person ", "(tag:vip or city:leeds) ",
    "-roses ", "note:any ", "tag:none -(text:call) ", "org:any orders:0 ", "email:example ",
)  # fmt: skip
EXTRA = (
    ContactDraft(name="Zoë O'Brien", note="under_score, priced the wed_ding", tags=("an",)),
    ContactDraft(name="Order Ltd", kind="org", note="x\ny roses for o'briel, ---an"),
    ContactDraft(
        name="Anna Order",
        points=(ContactPointDraft("phone", "0113 496 0999"),),
        note="call 496 about the price",
    ),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Iterator[Store]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDCRM_NOW", NOW)
        patch.setenv("TZ", "Europe/London")
        time.tzset()
        locale = Locale(sample.REGION, sample.CURRENCY, "Europe/London")
        path = tmp_path_factory.mktemp("incremental") / "cards.db"
        opened = open_store(path, create=True, locale=locale)
        sample.fill(opened)
        with opened.transaction("test"):
            for draft in EXTRA:
                contacts.add(opened, draft)
        yield opened
        opened.close()


def found(store: Store, text: str) -> list[int]:
    return [each.id for each in find_page(store, contact_query.parse(store, text), 1000).contacts]


def filter_of(store: Store, text: str) -> Filter:
    return split_query(contact_query.parse(store, text))


def letters(store: Store, lead: str, text: str) -> list[str]:
    """Return the text in the search box after each letter, where it is a valid query."""
    typed = []
    for end in range(1, len(text) + 1):
        with contextlib.suppress(UsageError):
            filter_of(store, lead + text[:end])
            typed.append(lead + text[:end])
    return typed


def pages_of(one: IncrementalSearch, store: Store, asked: Filter, size: int) -> list[int]:
    """Return the contacts of all pages, one after the other."""
    page = one.first_page(store, asked, size)
    passed = [each.id for each in page.contacts]
    while page.after is not None:
        assert len(page.contacts) <= size
        page = one.first_page(store, asked, size, page.after)
        passed += [each.id for each in page.contacts]
    return passed


@pytest.fixture(
    params=["as it is", "every word common", "every word common, every card sorted in"],
    autouse=True,
)
def size(request, monkeypatch) -> None:
    """Search a small database by the methods for a large one."""
    if request.param != "as it is":
        monkeypatch.setattr(
            "cardcrm.store.sqlite.result_tables.SqliteResultTables.is_common",
            lambda _self, _word: True,
        )
        monkeypatch.setattr(incremental, "READ_ANY", 0)
        monkeypatch.setattr(incremental, "READ_COMMON", 0)
    if request.param.endswith("in"):
        monkeypatch.setattr(incremental, "SORTED", 0)
        monkeypatch.setattr(incremental, "CHECKED_PER_ROW", 0)


@given(
    lead=st.sampled_from(FILTERS),
    text=st.sampled_from(TYPED),
    also=st.sampled_from(("", *TYPED)),
    size=st.integers(1, 30),
)
@example(lead="note:any ", text="order", also="--an", size=4)
@example(lead="-roses ", text="price price", also="-order", size=30)
@example(lead="note:any ", text="order", also="-tag:vip city:leeds", size=4)
def test_each_letter_finds_what_a_new_query_finds(store, lead, text, also, size):
    one = IncrementalSearch()
    for typed in letters(store, lead, f"{text} {also}".strip()):
        asked, wanted = filter_of(store, typed), found(store, typed)
        assert pages_of(one, store, asked, size) == wanted
        full = one.full_page(store, asked, size)
        assert [each.id for each in full.contacts] == wanted[:size]
        assert full.total == one.count(store, asked) == len(wanted)


@given(texts=st.lists(st.tuples(st.sampled_from(FILTERS), st.sampled_from(TYPED)), max_size=12))
def test_earlier_searches_do_not_change_the_result(store, texts):
    one = IncrementalSearch()
    for text in ("".join(parts) for parts in texts):
        asked = filter_of(store, text)
        assert one.count(store, asked) == len(found(store, text))
        assert one.has_conditions(asked) == any(
            not each.words and each.conditions == set(asked.conditions.nodes)
            for each in one._cache._results
        )


def test_a_change_drops_stored_results(store):
    one = IncrementalSearch()
    asked = filter_of(store, "tag:vip raman")
    before = one.count(store, asked)
    with store.transaction("test"):
        added = contacts.add(store, ContactDraft(name="Uma Raman", tags=("vip",)))
    assert one.count(store, asked) == before + 1
    with store.transaction("test"):
        contacts.remove(store, [added.id])
    assert one.count(store, asked) == before


def test_a_change_by_another_connection_drops_stored_results(store):
    one = IncrementalSearch()
    asked = filter_of(store, "tag:vip lagos")
    assert one.count(store, asked) == 0
    other = open_store(store.engine.path, locale=store.locale)
    with other.transaction("test"):
        added = contacts.add(other, ContactDraft(name="Ada Lagos", tags=("vip",)))
    assert one.count(store, asked) == 1
    with other.transaction("test"):
        contacts.remove(other, [added.id])
    other.close()
    assert one.count(store, asked) == 0


def test_a_result_no_longer_wanted_is_interrupted_and_can_be_stored_later(store, monkeypatch):
    monkeypatch.setattr("cardcrm.store.sqlite.result_tables.INTERRUPT_STEPS", 1)
    one = IncrementalSearch()
    asked = filter_of(store, "stage:customer order")
    assert one.first_page(store, asked, 5, is_wanted=lambda: False) is None
    assert one.count(store, asked, is_wanted=lambda: False) is None
    assert not one.prepare(store, asked, is_wanted=lambda: False)
    assert not one.has_conditions(asked)
    assert one.prepare(store, asked)
    assert one.has_conditions(asked)
    assert one.count(store, asked) == len(found(store, "stage:customer order"))


def test_the_least_recently_used_results_are_dropped(store, monkeypatch):
    monkeypatch.setattr(result_cache, "MAX_RESULTS", 3)
    one = IncrementalSearch()
    for text in letters(store, "tag:vip ", "order") + letters(store, "stage:customer ", "roses"):
        assert one.count(store, filter_of(store, text)) == len(found(store, text))
    numbers = {f"result{each.number}" for each in one._cache._results}
    assert len(numbers) == 3
    one.count(store, filter_of(store, "tag:vip raman"))
    there = store.rows("SELECT name FROM temp.sqlite_master WHERE name LIKE 'result%'")
    assert {f"result{each.number}" for each in one._cache._results} <= {row[0] for row in there}


def test_a_dropped_result_is_not_used(store, monkeypatch):
    monkeypatch.setattr(result_cache, "MAX_RESULTS", 2)
    monkeypatch.setattr(incremental, "READ_ANY", 0)
    monkeypatch.setattr(
        "cardcrm.store.sqlite.result_tables.SqliteResultTables.is_common",
        lambda _self, word: word != "leeds",
    )
    one = IncrementalSearch()
    asked = filter_of(store, "kind:person leeds order")
    one.prepare(store, asked)
    begun = one.count(store, filter_of(store, "kind:person ord"))
    assert 0 < begun < len(found(store, "kind:person leeds"))
    assert pages_of(one, store, asked, 30) == found(store, "kind:person leeds order")


@pytest.mark.parametrize(
    ("word", "other", "implied"),
    [
        ("order", "ord", True), ("order", "order", True), ("or", "o", False), ("ord", "or", False),
        ("o'br", "o'b", True), ("---an", "---", False), ("0113", "011", False),
        ("border", "ord", False), ("under_score", "under_", True),
    ],
)  # fmt: skip
def test_a_word_implies_its_prefix(word, other, implied):
    assert result_cache.implies(word, other) is implied
