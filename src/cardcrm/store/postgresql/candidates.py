"""A few of the cards that hold some words, found in milliseconds in a box of any size (PostgreSQL).

A LIMIT tells the planner that it may read a table until enough rows were found, which takes a
second where none are. So a search looks at the first some rows, which is all that common words
need, and then asks the index as if all of its answers were wanted, but reads them only as far as
they are. The index is asked for the rarer words alone, for it gathers all entries of every word
before it compares them; the others are looked for in what it finds.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cardcrm.store.engine import Connection
from cardcrm.store.postgresql.search import on_card, pieces, spelled
from cardcrm.store.search_sql import digits_of

FIRST = 3000  # so many rows are looked at before the index is asked
MORE = 30_000  # so many, where those promise that it will not take all of them
RARE = 0.004  # words in less than this share of them are looked for in the index
CARDS_TRIED = 60  # so many cards with some of the words are looked through for the others
TEXTS_TRIED = 600


def search_ids(db: Connection, words: Sequence[str], limit: int) -> list[int]:
    """Ids of up to ``limit`` cards that hold all the folded words of three letters on."""
    long = [word for word in dict.fromkeys(words) if len(word) >= 3]
    if not long:
        return []
    found = dict.fromkeys(_on_cards(db, long, limit))
    if len(found) < limit:
        told = _told(db, long)
        found |= dict.fromkeys(_in_texts(db, told, limit))
        if len(found) < limit:
            found |= dict.fromkeys(_in_both(db, told, limit))
    return list(found)[:limit]


class _Word(NamedTuple):
    """A word as SQL looks for it, and the share of the first rows that hold it."""

    text: str
    condition: str
    share: float = 0


def _rarer(words: Sequence[_Word]) -> list[_Word]:
    """Those to ask the index for: the rare ones, else the two rarest."""
    rare = [word for word in words if word.share < RARE]
    return rare or sorted(words, key=lambda word: word.share)[:2]


def _all(words: Sequence[_Word]) -> str:
    return " AND ".join(word.condition for word in words)


def _among(db: Connection, table: str, all_: str, words: Sequence[_Word], params: Any) -> list[Any]:
    """The ids of those of some rows that hold all, then the share that holds each of the words."""
    counts = "".join(f", avg(CASE WHEN {word.condition} THEN 1 ELSE 0 END)" for word in words)
    sql = f"SELECT array_agg(id) FILTER (WHERE {all_}){counts} FROM ({table}) x"
    ((ids, *shares),) = db.rows(sql, params)
    return [ids or [], *shares]


def _shared(words: Sequence[_Word], shares: Sequence[Any]) -> list[_Word]:
    """Words with the shares that were found."""
    pairs = zip(words, shares, strict=True)
    return [word._replace(share=float(share or 0)) for word, share in pairs]


def _ids(db: Connection, sql: str, params: dict[str, Any], limit: int) -> list[int]:
    return [row[0] for row in db.rows(f"{sql} LIMIT :limit", {**params, "limit": limit})]


# on the cards themselves

_CARDS = "SELECT * FROM card_fts ORDER BY id LIMIT {}"


def _on_cards(db: Connection, texts: Sequence[str], limit: int) -> list[int]:
    """Cards that hold every word on the card itself."""
    params: dict[str, Any] = {}
    words = {text: _on_card(text, params) for text in texts}
    condition = _all(list(words.values()))
    named = dict.fromkeys(part for text in texts for part in _parts(text))
    parts = [words.get(part) or _on_card(part, params) for part in named]
    found, *shares = _among(db, _CARDS.format(FIRST), condition, parts, params)
    if 10 <= len(found) < limit:
        sql = f"SELECT id FROM ({_CARDS.format(MORE)}) x WHERE {condition}"
        found = _ids(db, sql, params, limit)
    if len(found) >= limit or not parts:
        return list(found)[:limit]
    rarer = _rarer(_shared(parts, shares))
    sql = (
        f"WITH x AS MATERIALIZED (SELECT * FROM card_fts WHERE {_all(rarer)}) "
        f"SELECT id FROM x WHERE {condition}"
    )
    return _ids(db, sql, params, limit)


def _on_card(text: str, params: dict[str, Any]) -> _Word:
    condition, more = on_card(text, f"w{len(params)}_")
    params |= more
    return _Word(text, condition)


def _parts(text: str) -> list[str]:
    """What of a word trigrams can look for: they are made of letters and digits alone.

    The parts of an address, each by itself, for some of them every card may hold.
    """
    long = [piece for piece in pieces(text) if len(piece) >= 3]
    if digits_of(text):  # a card may hold one or the other
        return [text] if long else []
    return long


# in notes and interactions


class _Told(NamedTuple):
    """The words as texts may hold them: those that none holds have no search; ``params`` of all."""

    words: list[_Word]
    lost: frozenset[str]
    first: list[int]
    params: dict[str, str]


_TEXTS = f"SELECT id, words FROM text_fts WHERE id > 0 ORDER BY id LIMIT {FIRST}"


def _told(db: Connection, texts: Sequence[str]) -> _Told:
    """How often texts hold each word, and the first interactions that hold all of them."""
    params = {f"m{number}": spelled(text) for number, text in enumerate(texts)}
    words = [
        _Word(text, f"words @@ CAST(:m{number} AS tsquery)") for number, text in enumerate(texts)
    ]
    found, *shares = _among(db, _TEXTS, _all(words), words, params)
    words = _shared(words, shares)
    unseen = [word.text for word in words if not word.share]
    return _Told(words, _nowhere(db, unseen), found, params)


def _nowhere(db: Connection, texts: Sequence[str]) -> frozenset[str]:
    """Which of some rare words no text holds.

    Of a word in several pieces the last may be the beginning of many; the others are enough here.
    """
    if not texts:
        return frozenset()
    tables, params = [], {}
    for number, text in enumerate(texts):
        before = " ".join(pieces(text)[:-1])
        params[f"m{number}"] = spelled(before, whole=True) if before else spelled(text)
        tables.append(
            f"x{number} AS MATERIALIZED "
            f"(SELECT id FROM text_fts WHERE words @@ CAST(:m{number} AS tsquery))"
        )
    looks = ", ".join(f"(SELECT id FROM x{number} LIMIT 1)" for number in range(len(texts)))
    (found,) = db.rows(f"WITH {', '.join(tables)} SELECT {looks}", params)
    return frozenset(text for text, id_ in zip(texts, found, strict=True) if id_ is None)


def _in_texts(db: Connection, told: _Told, limit: int) -> list[int]:
    """Cards with a note or an interaction that holds every word; the notes first."""
    if told.lost:
        return []
    texts = told.first
    if len(texts) < limit:
        texts = _ids(
            db,
            "WITH x AS MATERIALIZED "
            f"(SELECT id, words FROM text_fts WHERE {_all(_rarer(told.words))}) "
            f"SELECT id FROM x WHERE {_all(told.words)}",
            told.params,
            2 * limit,
        )
    interactions = [text for text in texts if text > 0][:limit]
    return [-text for text in texts if text < 0] + _took_part(db, interactions)


def _took_part(db: Connection, interactions: Sequence[int]) -> list[int]:
    """Who took part in interactions, in their order."""
    if not interactions:
        return []
    rows = db.rows(
        "SELECT contact_id FROM participant WHERE interaction_id = ANY(:ids) "
        "ORDER BY interaction_id, id",
        {"ids": list(interactions)},
    )
    return [row[0] for row in rows]


def _in_both(db: Connection, told: _Told, limit: int) -> Iterator[int]:
    """Cards that hold all words but one, and that one in a note or an interaction."""
    for word in told.words if len(told.words) > 1 else ():
        if word.text not in told.lost:
            others = [other.text for other in told.words if other is not word]
            cards = _on_cards(db, others, max(limit, CARDS_TRIED))
            yield from _with_texts(db, cards, word, told.params)


def _with_texts(
    db: Connection, cards: Sequence[int], word: _Word, params: dict[str, str]
) -> list[int]:
    """Those of some cards that have a word in their texts."""
    if not cards:
        return []
    rows = db.rows(
        "WITH x AS MATERIALIZED (SELECT p.contact_id, t.words FROM participant p "
        "JOIN text_fts t ON t.id = p.interaction_id WHERE p.contact_id = ANY(:cards) UNION ALL "
        "SELECT -id, words FROM text_fts WHERE id = ANY(:notes) LIMIT :most) "
        f"SELECT DISTINCT contact_id FROM x WHERE {word.condition}",
        {
            **params,
            "cards": list(cards),
            "notes": [-card for card in cards],
            "most": TEXTS_TRIED,
        },
    )
    found = {row[0] for row in rows}
    return [card for card in cards if card in found]
