"""Every search finds the contacts that the reference matcher finds, on both engines."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.query import And, Word
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.records.query_sql import columns
from cardcrm.records.search import incremental, prefix, scan
from cardcrm.records.search.filters import Filter
from cardcrm.records.search.incremental import IncrementalSearch
from cardcrm.records.search.result_page import START, Position
from cardcrm.store import Locale, Store, open_store
from cardcrm.store.word_match import (
    StoredTexts,
    contains_word,
    is_in_text,
    is_on_contact,
    notations,
    search_word,
    split_words,
)
from cardcrm.text import fold


@dataclass(frozen=True)
class Written:
    """A contact that a test writes, with its interactions."""

    draft: ContactDraft
    history: tuple[str, ...]


PIECES = (
    "an", "ann", "anna", "order", "orders", "border", "o'brien", "Zoë", "zo", "Müller", "x", "st",
    "St.", "under_score", "_", "e-mail", "50%", "vip", "wedding", "wed", "0113", "496", "+44",
    "Łódź", "jane@acme.example", "acme", "d'Arc", "v1.5", "a", "roses,", "(see", "0113-496",
    "李小龙", "Иванов", "naïve", "(0)113", "\\", "Straße",
)  # fmt: skip
SEPARATORS = (" ", "\n", "-", "_", "'", ", ", "")
PHONES = ("0113 496 0123", "+44 113 496 0999", "020 7946 0018")

piece = st.sampled_from(PIECES)
prose = st.lists(st.tuples(piece, st.sampled_from(SEPARATORS)), max_size=6).map(
    lambda parts: "".join(text for part in parts for text in part)
)
contact = st.builds(
    lambda name, note, tags, phone, city, history: Written(
        ContactDraft(
            name=" ".join(["N", *name]),
            note=note,
            tags=tags,
            points=(ContactPointDraft("phone", phone),) if phone else (),
            addresses=(AddressDraft(city=city),) if city else (),
        ),
        history,
    ),
    st.lists(piece, max_size=3),
    prose,
    st.lists(st.sampled_from(("vip", "an", "x", "orders")), max_size=2, unique=True).map(tuple),
    st.sampled_from(("", *PHONES)),
    st.sampled_from(("", "Leeds", "St Ives", "An")),
    st.lists(prose.filter(str.strip), max_size=2).map(tuple),
)
part = piece.flatmap(
    lambda text: st.tuples(st.integers(0, len(text)), st.integers(1, 6)).map(
        lambda cut: text[cut[0] : cut[0] + cut[1]]
    )
)
word = st.one_of(piece, part, st.sampled_from(("0113 496 0123", "n an", "zoe", "0044 113 496")))
words = st.lists(word.map(fold).filter(bool), min_size=1, max_size=2)


@pytest.fixture(scope="module")
def store(shared_locations) -> Iterator[Store]:
    opened = open_store(shared_locations("cards"), create=True, locale=Locale("GB", "GBP", "UTC"))
    yield opened
    opened.close()


def write(store: Store, written: Sequence[Written]) -> list[int]:
    ids = []
    with store.transaction():
        for each in written:
            ids.append(contacts.add(store, each.draft).id)
            for text in each.history:
                interactions.log(store, [ids[-1]], text)
    return ids


def stored_texts(store: Store, id_: int) -> StoredTexts:
    """Read the texts of a contact from the tables and indexes that hold them."""
    engine = store.engine
    fields = store.row(
        f"SELECT names, rest FROM ({engine.search.contacts_sql}) w WHERE id = :id", id=id_
    )
    keys = store.row("SELECT name_key, sort_key FROM contact WHERE id = :id", id=id_)
    tags = store.rows("SELECT name FROM tag WHERE contact_id = :id", id=id_)
    nicknames = store.rows("SELECT name_key FROM nickname WHERE contact_id = :id", id=id_)
    bodies = store.rows(
        f"SELECT body FROM ({engine.search.texts_sql}) w WHERE id = -:id OR id IN "
        "(SELECT interaction_id FROM participant WHERE contact_id = :id)",
        id=id_,
    )
    return StoredTexts(
        fields["names"], fields["rest"], tuple(keys), [row[0] for row in tags],
        [row[0] for row in bodies], [row[0] for row in nicknames],
    )  # fmt: skip


def find_by_sql(store: Store, words: Sequence[str]) -> set[int]:
    return set(columns.find_ids(store, And(tuple(map(Word, words)))))


def find_by_scan(store: Store, words: Sequence[str]) -> set[int]:
    found: set[int] = set()
    after: Position | None = START
    while after is not None:
        page = scan.scan(store, Filter(tuple(words), And(())), 2, after)
        found |= {each.id for each in page.contacts}
        after = page.after
    return found


def find_by_candidates(store: Store, words: Sequence[str]) -> set[int] | None:
    page = scan.scan_candidates(store, Filter(tuple(words), And(())), 1000)
    return None if page is None else {each.id for each in page.contacts}


def find_incrementally(store: Store, words: Sequence[str]) -> set[int] | None:
    """Narrow the result down letter by letter."""
    if store.engine.search.result_tables is None:
        return None
    search = IncrementalSearch()
    *before, last = words
    for end in range(1, len(last) + 1):
        filter_ = Filter((*before, last[:end]), And(()))
        page = search.full_page(store, filter_, 1000)
    found = {each.id for each in page.contacts}
    assert page.total == len(found)
    return found


def find_incrementally_by_index(store: Store, words: Sequence[str]) -> set[int] | None:
    """Look each word up, as a large database requires, instead of reading few contacts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(incremental, "READ_ANY", 0)
        patch.setattr(incremental, "READ_COMMON", 0)
        return find_incrementally(store, words)


COMPLETE: dict[str, Callable[[Store, Sequence[str]], set[int] | None]] = {
    "SQL": find_by_sql,
    "scan": find_by_scan,
    "candidates": find_by_candidates,
    "incremental": find_incrementally,
    "incremental, by index": find_incrementally_by_index,
}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    written=st.lists(contact, min_size=1, max_size=4),
    searched=st.lists(words, min_size=1, max_size=4),
)
def test_every_search_agrees_with_the_reference(store, written, searched):
    ids = write(store, written)
    texts = {id_: stored_texts(store, id_) for id_ in ids}
    try:
        for typed in searched:
            each = [search_word(word) for word in typed]
            expected = {id_ for id_ in ids if all(contains_word(texts[id_], word) for word in each)}
            for name, find in COMPLETE.items():
                found = find(store, each)
                assert found is None or found == expected, (name, each)
            candidates = store.engine.search.candidate_ids(each, 1000)
            assert candidates is None or expected <= set(candidates), each
            for word in each:
                if any(is_in_text(body, word) for id_ in ids for body in texts[id_].bodies):
                    assert store.engine.search.word_exists(word), word
                check_prefix_search(store, texts, word)
    finally:
        contacts.remove(store, ids)


def check_prefix_search(store: Store, texts: dict[int, StoredTexts], word: str) -> None:
    """Check the quick search, which adds names with the prefix and matches short ends as words."""
    if " " in word:
        return
    begins = {
        id_ for id_, each in texts.items() if any(key.startswith(word) for key in each.name_keys)
    }
    expected = {id_ for id_, each in texts.items() if contains_word(each, word)}
    found = set(prefix.search_ids(store, word, 1000))
    if len(word) < 3:
        assert found == begins, word
        return
    assert begins <= found <= begins | expected, word
    parts = split_words(word)
    if not parts or len(parts[-1]) >= 3:
        assert found == begins | expected, word


JANE = StoredTexts(
    "jane o'brien",
    "acme ltd\nleeds\nvip\n441134960123",
    name_keys=("jane o'brien", "o'brien jane"),
    tags=("vip", "an"),
    bodies=("ordered roses for o'brien, re-order under_score",),
)


@pytest.mark.parametrize(
    ("word", "is_found"),
    [
        ("brie", True), ("jane", True), ("eed", True), ("acme ltd", True), ("tom", False),
        ("0113 496 0123", True), ("(0)113 496", True), ("+44 113", True), ("99", False),
        ("ja", True), ("o'", True), ("ne", False), ("vi", False), ("an", True), ("ltd l", False),
        ("rose", True), ("oses", False), ("order", True), ("score", True), ("fo", False),
        ("for", True), ("o'brien", True), ("roses-for", True), ("roses o'brien", False),
        ("---", False), ("re", True), ("e", False),
    ],
)  # fmt: skip
def test_the_reference_finds_a_contact_by(word, is_found):
    assert contains_word(JANE, word) is is_found


def test_a_short_word_is_found_in_texts_only_as_a_whole():
    assert is_in_text("an order", "an")
    assert not is_in_text("another order", "an")
    assert not is_on_contact(StoredTexts("anna", name_keys=("hanna",)), "an")


def test_a_phone_number_is_also_its_digits():
    assert notations("0113 496-0123") == ["0113 496-0123", "1134960123"]
    assert notations("+44 (0)113") == ["+44 (0)113", "44113"]
    assert notations("00") == ["00"]
    assert notations("v1.5") == ["v1.5"]
