"""Find a few contacts that contain some words, in milliseconds at any size (PostgreSQL).

A LIMIT tells the planner that it may read a table until it has found enough rows, which takes a
second where there are none. So a search reads the first rows of a table, which is enough for common
words, and then queries the index as if all answers were wanted, but reads them only as far as they
are. The index is asked for the rarer words alone, because it collects all entries of every word
before it compares them; the other words are checked in the rows that it returns.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cardcrm.store.engine import Connection
from cardcrm.store.postgresql.search import field_condition, phrase_query
from cardcrm.store.word_match import MIN_LENGTH, notations, split_words

FIRST_ROWS = 3000  # rows read before the index is queried
MORE_ROWS = 30_000  # rows read where the first ones promise that these will be enough
RARE = 0.004  # share of the first rows below which a word is looked up in the index
CONTACTS_CHECKED = 60  # contacts with some of the words that are checked for the others
TEXTS_CHECKED = 600


def search_ids(db: Connection, words: Sequence[str], limit: int) -> list[int]:
    """Return up to ``limit`` contacts that contain all folded words of 3 letters or more."""
    long = [word for word in dict.fromkeys(words) if len(word) >= MIN_LENGTH]
    if not long:
        return []
    found = dict.fromkeys(_ids_by_fields(db, long, limit))
    if len(found) < limit:
        in_texts = _sample_texts(db, long)
        found |= dict.fromkeys(_ids_by_text(db, in_texts, limit))
        if len(found) < limit:
            found |= dict.fromkeys(_ids_by_fields_and_text(db, in_texts, limit))
    return list(found)[:limit]


class _Word(NamedTuple):
    """A word, its SQL condition, and the share of the first rows that meet it."""

    text: str
    condition: str
    share: float = 0


def _rarer(words: Sequence[_Word]) -> list[_Word]:
    """Return the words to query the index for: the rare ones, or else the two rarest."""
    rare = [word for word in words if word.share < RARE]
    return rare or sorted(words, key=lambda word: word.share)[:2]


def _all_of(words: Sequence[_Word]) -> str:
    return " AND ".join(word.condition for word in words)


def _sample(
    db: Connection, table: str, condition: str, words: Sequence[_Word], params: Any
) -> tuple[list[int], list[_Word]]:
    """Return the ids of those rows of a table that meet a condition, and the words' shares."""
    shares = "".join(f", avg(CASE WHEN {word.condition} THEN 1 ELSE 0 END)" for word in words)
    sql = f"SELECT array_agg(id) FILTER (WHERE {condition}){shares} FROM ({table}) x"
    ((ids, *found),) = db.rows(sql, params)
    pairs = zip(words, found, strict=True)
    return ids or [], [word._replace(share=float(share or 0)) for word, share in pairs]


def _ids(db: Connection, sql: str, params: dict[str, Any], limit: int) -> list[int]:
    return [row[0] for row in db.rows(f"{sql} LIMIT :limit", {**params, "limit": limit})]


# Search in the fields of contacts

_CONTACTS = "SELECT * FROM card_fts ORDER BY id LIMIT {}"


def _ids_by_fields(db: Connection, texts: Sequence[str], limit: int) -> list[int]:
    """Return contacts that hold every word in their fields."""
    params: dict[str, Any] = {}
    words = {text: _field_word(text, params) for text in texts}
    condition = _all_of(list(words.values()))
    names = dict.fromkeys(part for text in texts for part in _indexed_parts(text))
    parts = [words.get(part) or _field_word(part, params) for part in names]
    found, parts = _sample(db, _CONTACTS.format(FIRST_ROWS), condition, parts, params)
    if 10 <= len(found) < limit:
        sql = f"SELECT id FROM ({_CONTACTS.format(MORE_ROWS)}) x WHERE {condition}"
        found = _ids(db, sql, params, limit)
    if len(found) >= limit or not parts:
        return list(found)[:limit]
    sql = (
        f"WITH x AS MATERIALIZED (SELECT * FROM card_fts WHERE {_all_of(_rarer(parts))}) "
        f"SELECT id FROM x WHERE {condition}"
    )
    return _ids(db, sql, params, limit)


def _field_word(text: str, params: dict[str, Any]) -> _Word:
    condition, more = field_condition(text, f"w{len(params)}_")
    params |= more
    return _Word(text, condition)


def _indexed_parts(text: str) -> list[str]:
    """Return the parts of a word that trigrams can find, which hold letters and digits alone.

    The parts of an address are looked up one by one, because every contact may hold some of them.
    """
    long = [part for part in split_words(text) if len(part) >= MIN_LENGTH]
    if len(notations(text)) > 1:  # a contact may hold either form
        return [text] if long else []
    return long


# Search in notes and interactions


class _TextWords(NamedTuple):
    """The words as conditions on texts, with the ``params`` of all.

    ``missing`` are the words that no text has, ``first`` the first texts that hold all words.
    """

    words: list[_Word]
    missing: frozenset[str]
    first: list[int]
    params: dict[str, str]


_TEXTS = f"SELECT id, words FROM text_fts WHERE id > 0 ORDER BY id LIMIT {FIRST_ROWS}"


def _text_word_query(word: str) -> str:
    """Return a query for a word; only a last part of 3 letters or more may begin other words."""
    parts = split_words(word)
    return phrase_query(parts, is_prefix=bool(parts) and len(parts[-1]) >= MIN_LENGTH)


def _sample_texts(db: Connection, texts: Sequence[str]) -> _TextWords:
    """Return how often texts hold each word, and the first interactions that hold all of them."""
    params = {f"m{number}": _text_word_query(text) for number, text in enumerate(texts)}
    words = [
        _Word(text, f"words @@ CAST(:m{number} AS tsquery)") for number, text in enumerate(texts)
    ]
    found, words = _sample(db, _TEXTS, _all_of(words), words, params)
    unseen = [word.text for word in words if not word.share]
    return _TextWords(words, _missing(db, unseen), found, params)


def _missing(db: Connection, texts: Sequence[str]) -> frozenset[str]:
    """Return the rare words that no text has.

    The last part of a word may begin many others; where there are parts before it, these decide.
    """
    if not texts:
        return frozenset()
    tables, params = [], {}
    for number, text in enumerate(texts):
        before = split_words(text)[:-1]
        query = phrase_query(before, is_prefix=False) if before else _text_word_query(text)
        params[f"m{number}"] = query
        tables.append(
            f"x{number} AS MATERIALIZED "
            f"(SELECT id FROM text_fts WHERE words @@ CAST(:m{number} AS tsquery))"
        )
    firsts = ", ".join(f"(SELECT id FROM x{number} LIMIT 1)" for number in range(len(texts)))
    (found,) = db.rows(f"WITH {', '.join(tables)} SELECT {firsts}", params)
    return frozenset(text for text, id_ in zip(texts, found, strict=True) if id_ is None)


def _ids_by_text(db: Connection, in_texts: _TextWords, limit: int) -> list[int]:
    """Return contacts with a note or an interaction that holds every word; notes come first."""
    if in_texts.missing:
        return []
    texts = in_texts.first
    if len(texts) < limit:
        texts = _ids(
            db,
            "WITH x AS MATERIALIZED "
            f"(SELECT id, words FROM text_fts WHERE {_all_of(_rarer(in_texts.words))}) "
            f"SELECT id FROM x WHERE {_all_of(in_texts.words)}",
            in_texts.params,
            2 * limit,
        )
    interactions = [text for text in texts if text > 0][:limit]
    return [-text for text in texts if text < 0] + _participants(db, interactions)


def _participants(db: Connection, interactions: Sequence[int]) -> list[int]:
    """Return the contacts of interactions, in the order of these."""
    if not interactions:
        return []
    rows = db.rows(
        "SELECT contact_id FROM participant WHERE interaction_id = ANY(:ids) "
        "ORDER BY interaction_id, id",
        {"ids": list(interactions)},
    )
    return [row[0] for row in rows]


def _ids_by_fields_and_text(db: Connection, in_texts: _TextWords, limit: int) -> Iterator[int]:
    """Yield contacts with all words but one in their fields, and that one in a text."""
    for word in in_texts.words if len(in_texts.words) > 1 else ():
        if word.text not in in_texts.missing:
            others = [other.text for other in in_texts.words if other is not word]
            contacts = _ids_by_fields(db, others, max(limit, CONTACTS_CHECKED))
            yield from _with_text(db, contacts, word, in_texts.params)


def _with_text(
    db: Connection, contacts: Sequence[int], word: _Word, params: dict[str, str]
) -> list[int]:
    """Return those contacts that have a word in a text."""
    if not contacts:
        return []
    rows = db.rows(
        "WITH x AS MATERIALIZED (SELECT p.contact_id, t.words FROM participant p "
        "JOIN text_fts t ON t.id = p.interaction_id WHERE p.contact_id = ANY(:contacts) UNION ALL "
        "SELECT -id, words FROM text_fts WHERE id = ANY(:notes) LIMIT :most) "
        f"SELECT DISTINCT contact_id FROM x WHERE {word.condition}",
        {
            **params,
            "contacts": list(contacts),
            "notes": [-contact for contact in contacts],
            "most": TEXTS_CHECKED,
        },
    )
    found = {row[0] for row in rows}
    return [contact for contact in contacts if contact in found]
