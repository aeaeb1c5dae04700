"""The lens finds what finding everything anew would find, letter by letter, and how many."""

import contextlib
import time
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardcrm.errors import UsageError
from cardcrm.records import sample
from cardcrm.records.contacts import contacts, listing
from cardcrm.records.contacts.drafts import ContactDraft, PointDraft
from cardcrm.records.query_sql import compiler
from cardcrm.records.search import incremental, scan
from cardcrm.records.search.incremental import IncrementalSearch
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
        points=(PointDraft("phone", "0113 496 0999"),),
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
        path = tmp_path_factory.mktemp("lens") / "cards.db"
        opened = open_store(path, create=True, locale=locale)
        sample.fill(opened)
        with opened.transaction("test"):
            for draft in EXTRA:
                contacts.add(opened, draft)
        yield opened
        opened.close()


def found(store: Store, text: str) -> list[int]:
    return [slip.id for slip in listing.found(store, compiler.parse(store, text), 1000)]


def sieve(store: Store, text: str) -> scan.Sieve:
    return scan.parted(compiler.parse(store, text))


def letters(store: Store, lead: str, text: str) -> list[str]:
    """What stands in the search box at each letter, if it makes sense by then."""
    typed = []
    for end in range(1, len(text) + 1):
        with contextlib.suppress(UsageError):
            sieve(store, lead + text[:end])
            typed.append(lead + text[:end])
    return typed


def looked_at(one: IncrementalSearch, store: Store, asked: scan.Sieve, size: int) -> list[int]:
    """What comes piece by piece, until there is no more."""
    seen = one.look(store, asked, size)
    passed = [slip.id for slip in seen.slips]
    while seen.after is not None:
        assert len(seen.slips) <= size
        seen = one.look(store, asked, size, seen.after)
        passed += [slip.id for slip in seen.slips]
    return passed


@pytest.fixture(
    params=["as it is", "every word common", "every word common, every card sorted in"],
    autouse=True,
)
def size(request, monkeypatch) -> None:
    """A small box goes the ways of a large one."""
    if request.param != "as it is":
        monkeypatch.setattr(
            "cardcrm.store.sqlite.result_sets.Sets.is_common", lambda _self, _word: True
        )
        monkeypatch.setattr(incremental, "HANDY", 0)
        monkeypatch.setattr(incremental, "HELD", 0)
    if request.param.endswith("in"):
        monkeypatch.setattr(incremental, "SORTED", 0)
        monkeypatch.setattr(incremental, "MOST", 0)


@given(
    lead=st.sampled_from(FILTERS),
    text=st.sampled_from(TYPED),
    also=st.sampled_from(("", *TYPED)),
    size=st.integers(1, 30),
)
@example(lead="note:any ", text="order", also="--an", size=4)
@example(lead="-roses ", text="price price", also="-order", size=30)
@example(lead="note:any ", text="order", also="-tag:vip city:leeds", size=4)
def test_letter_by_letter_it_finds_what_is_found_anew(store, lead, text, also, size):
    one = IncrementalSearch()
    for typed in letters(store, lead, f"{text} {also}".strip()):
        asked, wanted = sieve(store, typed), found(store, typed)
        assert looked_at(one, store, asked, size) == wanted
        settled = one.settle(store, asked, size)
        assert [slip.id for slip in settled.slips] == wanted[:size]
        assert settled.total == one.count(store, asked) == len(wanted)


@given(texts=st.lists(st.tuples(st.sampled_from(FILTERS), st.sampled_from(TYPED)), max_size=12))
def test_whatever_was_asked_for_before_the_answer_is_the_same(store, texts):
    one = IncrementalSearch()
    for text in ("".join(parts) for parts in texts):
        asked = sieve(store, text)
        assert one.count(store, asked) == len(found(store, text))
        assert one.has(asked) == any(
            not each.words and each.terms == set(asked.rest.nodes) for each in one._kept
        )


def test_what_was_kept_is_let_go_of_when_anything_changes(store):
    one = IncrementalSearch()
    asked = sieve(store, "tag:vip raman")
    before = one.count(store, asked)
    with store.transaction("test"):
        added = contacts.add(store, ContactDraft(name="Uma Raman", tags=("vip",)))
    assert one.count(store, asked) == before + 1
    with store.transaction("test"):
        contacts.remove(store, added)
    assert one.count(store, asked) == before


def test_what_somebody_else_changes_is_seen_too(store):
    one = IncrementalSearch()
    asked = sieve(store, "tag:vip lagos")
    assert one.count(store, asked) == 0
    other = open_store(store.engine.path, locale=store.locale)
    with other.transaction("test"):
        added = contacts.add(other, ContactDraft(name="Ada Lagos", tags=("vip",)))
    assert one.count(store, asked) == 1
    with other.transaction("test"):
        contacts.remove(other, added)
    other.close()
    assert one.count(store, asked) == 0


def test_what_is_wanted_no_more_is_broken_off_and_begun_anew_later(store, monkeypatch):
    monkeypatch.setattr("cardcrm.store.sqlite.result_sets.OFTEN", 1)
    one = IncrementalSearch()
    asked = sieve(store, "stage:customer order")
    assert one.look(store, asked, 5, is_wanted=lambda: False) is None
    assert one.count(store, asked, is_wanted=lambda: False) is None
    assert not one.gather(store, asked, is_wanted=lambda: False)
    assert not one.has(asked)
    assert one.gather(store, asked)
    assert one.has(asked)
    assert one.count(store, asked) == len(found(store, "stage:customer order"))


def test_only_so_many_sets_are_kept(store, monkeypatch):
    monkeypatch.setattr(incremental, "SETS", 3)
    one = IncrementalSearch()
    for text in letters(store, "tag:vip ", "order") + letters(store, "stage:customer ", "roses"):
        assert one.count(store, sieve(store, text)) == len(found(store, text))
    numbers = {f"kept{each.number}" for each in one._kept}
    assert len(numbers) == 3
    one.count(store, sieve(store, "tag:vip raman"))
    there = store.rows("SELECT name FROM temp.sqlite_master WHERE name LIKE 'kept%'")
    assert {f"kept{each.number}" for each in one._kept} <= {row[0] for row in there}


def test_a_set_that_was_let_go_of_meanwhile_is_asked_no_more(store, monkeypatch):
    monkeypatch.setattr(incremental, "SETS", 2)
    monkeypatch.setattr(incremental, "HANDY", 0)
    monkeypatch.setattr(
        "cardcrm.store.sqlite.result_sets.Sets.is_common", lambda _self, word: word != "leeds"
    )
    one = IncrementalSearch()
    asked = sieve(store, "kind:person leeds order")
    one.gather(store, asked)
    begun = one.count(store, sieve(store, "kind:person ord"))
    assert 0 < begun < len(found(store, "kind:person leeds"))
    assert looked_at(one, store, asked, 30) == found(store, "kind:person leeds order")


@pytest.mark.parametrize(
    ("word", "other", "narrows"),
    [
        ("order", "ord", True), ("order", "order", True), ("or", "o", False), ("ord", "or", False),
        ("o'br", "o'b", True), ("---an", "---", False), ("0113", "011", False),
        ("border", "ord", False), ("under_score", "under_", True),
    ],
)  # fmt: skip
def test_a_longer_word_narrows_down_what_its_beginning_finds(word, other, narrows):
    assert incremental._narrows(word, other) is narrows
