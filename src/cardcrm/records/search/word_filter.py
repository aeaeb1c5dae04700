"""Check which of a few contacts contain words, by reading their stored texts."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from cardcrm.store import Store
from cardcrm.store.store import placeholders
from cardcrm.store.word_match import (
    MIN_LENGTH,
    StoredTexts,
    is_on_contact,
    split_words,
    text_pattern,
)

CHUNK = 100  # contacts whose texts are read together

T = TypeVar("T")


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield a sequence in parts of at most ``size`` items."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def words_in_texts(store: Store, words: Iterable[str]) -> set[str]:
    """Return the words that any note or interaction has: for others no text need be read."""
    return {word for word in words if store.engine.search.word_exists(word)}


def with_words(
    store: Store, ids: Sequence[int], words: Iterable[str], in_texts: Collection[str]
) -> set[int]:
    """Return those contacts that contain all folded words.

    ``in_texts`` are the words for which texts are read (see `words_in_texts`).
    """
    found = set(ids)
    for word in words:
        if found:
            on_contact = _with_word_in_fields(store, word, sorted(found))
            others = sorted(found - on_contact) if word in in_texts else ()
            found = on_contact | _with_word_in_texts(store, word, others)
    return found


def _with_word_in_fields(store: Store, word: str, ids: Sequence[int]) -> set[int]:
    read = _read_names_and_tag if len(word) < MIN_LENGTH else _read_fields
    return {id_ for id_, texts in read(store, word, ids) if is_on_contact(texts, word)}


def _read_names_and_tag(
    store: Store, word: str, ids: Sequence[int]
) -> Iterator[tuple[int, StoredTexts]]:
    """Yield what short words are compared with; of tags and nicknames only that of the word."""
    marks, params = placeholders(ids, "i")
    rows = store.rows(
        "SELECT c.id, c.name_key, c.sort_key, x.name, EXISTS (SELECT 1 FROM nickname k "
        "WHERE k.contact_id = c.id AND k.name_key = :word) FROM contact c LEFT JOIN tag x "
        f"ON x.contact_id = c.id AND x.name = :word WHERE c.id IN ({marks})",
        word=word,
        **params,
    )
    for row in rows:
        tags = (row[3],) if row[3] else ()
        nicknames = (word,) if row[4] else ()
        yield row[0], StoredTexts("", "", (row[1], row[2]), tags, (), nicknames)


def _read_fields(store: Store, _word: str, ids: Sequence[int]) -> Iterator[tuple[int, StoredTexts]]:
    marks, params = placeholders(ids, "i")
    index = store.engine.search.contacts_sql
    rows = store.rows(f"SELECT id, names, rest FROM ({index}) w WHERE id IN ({marks})", **params)
    for row in rows:
        yield row[0], StoredTexts(row[1], row[2])


def _with_word_in_texts(store: Store, word: str, ids: Sequence[int]) -> set[int]:
    """Return those contacts with a word in their note or an interaction.

    LIKE leaves out most texts before they are read.
    """
    pattern = text_pattern(word)
    if pattern is None or not ids:
        return set()
    marks, params = placeholders(ids, "i")
    note_marks, note_params = placeholders([-each for each in ids], "n")
    index = store.engine.search.texts_sql
    rows = store.rows(
        f"SELECT p.contact_id, w.body FROM participant p JOIN ({index}) w "
        f"ON w.id = p.interaction_id WHERE p.contact_id IN ({marks}) AND w.body LIKE :part "
        f"UNION ALL SELECT -w.id, w.body FROM ({index}) w WHERE w.id IN ({note_marks}) "
        "AND w.body LIKE :part",
        part=f"%{split_words(word)[-1]}%",  # letters and digits need no escape in LIKE
        **params,
        **note_params,
    )
    return {contact for contact, body in rows if pattern.search(body)}
