"""A few of the cards that hold some words, found in milliseconds in a box of any size (SQLite).

FTS5 gives the entries of a word one after the other, so a LIMIT ends its work early; but it gathers
*all* entries of a word's beginning before it gives the first. So beginnings are turned into the
words that begin so, read from the index's vocabulary, before they are looked for. For the same
reason each index is asked on its own: a UNION would be made whole before its LIMIT.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from cardcrm.store.sqlite.search import any_writing, quoted

WORDS_TRIED = 12  # so many words are tried for a beginning
WORDS_KNOWN = 60  # a beginning of more words is taken for a common one
TEXTS_TRIED = 600
CARDS_TRIED = 60  # so many cards with some of the words are looked through for the others


def search_ids(db: sqlite3.Connection, words: Sequence[str], limit: int) -> list[int]:
    """Ids of up to ``limit`` cards that hold all the folded words of three letters on."""
    long = [word for word in dict.fromkeys(words) if len(word) >= 3]
    found: dict[int, None] = {}
    for search in (_on_cards, _in_texts, _in_both):
        if long and len(found) < limit:
            found |= dict.fromkeys(search(db, long, limit))
    return list(found)[:limit]


def word_exists(db: sqlite3.Connection, word: str) -> bool:
    """Whether any text holds a folded word, or one that begins so."""
    match = texts_of(db, word)
    if not match:
        return match is None
    held = db.execute("SELECT 1 FROM text_fts WHERE text_fts MATCH ? LIMIT 1", (match,))
    return held.fetchone() is not None


def candidate_ids(db: sqlite3.Connection, words: Sequence[str], most: int) -> list[int] | None:
    """Ids of up to so many cards among which are all that hold the folded words.

    Words that stand in no text must all stand on the card; else the rarest word decides.
    """
    long = {word: texts_of(db, word) for word in words if len(word) >= 3}
    on_card = [word for word, match in long.items() if match == ""]
    found = _on_cards(db, on_card, most + 1) if on_card else []
    if on_card and len(found) <= most:
        return found
    for word in sorted(long, key=len, reverse=True):
        if (match := long[word]) is not None:
            all_ = set(_on_cards(db, [word], most + 1))
            if match and len(all_) <= most:
                all_.update(_noted(db, match, most + 1), _told(db, match, most + 1))
            if len(all_) <= most:
                return list(all_)
    return None


def begun(db: sqlite3.Connection, words: Sequence[str]) -> str:
    """A search for names in which words begin with each of these.

    A name as common as Aaron has its entries gathered as a beginning, which takes 2 ms in a million
    cards, and asked as the one word that begins so gives them one after the other.
    """
    return " AND ".join(f"({_begun(db, word)})" for word in words)


def _begun(db: sqlite3.Connection, word: str) -> str:
    *before, last = _pieces(word) or [""]
    # A letter or two behind an apostrophe begin a word too, but too many to be tried one by one.
    is_long = len(last) >= 3
    known = list(islice(_words(db, last, "name_fts"), WORDS_TRIED + 1)) if is_long else []
    if 0 < len(known) <= WORDS_TRIED:
        return " OR ".join(quoted(" ".join([*before, each])) for each in known)
    return f"{quoted(word)} *"


def texts_of(db: sqlite3.Connection, word: str) -> str | None:
    """A search for all texts with a word or one that begins so; "" where there are none, None
    where too many words begin so, as they do with a last letter or two behind an apostrophe.
    """
    *before, last = _pieces(word) or [""]
    if 0 < len(last) < 3 <= len(word):
        return None
    known = list(islice(_words(db, last), WORDS_KNOWN + 1)) if last else []
    if len(known) > WORDS_KNOWN:
        return None
    return " OR ".join(quoted(" ".join([*before, each])) for each in known)


def _on_cards(db: sqlite3.Connection, words: Sequence[str], limit: int) -> list[int]:
    """Cards that hold every word on the card itself."""
    match = " AND ".join(f"({any_writing(word)})" for word in words)
    return _ids(
        db, "SELECT rowid FROM card_fts WHERE card_fts MATCH :match LIMIT :limit", match, limit
    )


def _in_texts(db: sqlite3.Connection, words: Sequence[str], limit: int) -> list[int]:
    """Cards with a note or an interaction that holds every word."""
    match = _spelled(db, words)
    if not match:
        return []
    return _noted(db, match, limit) + _told(db, match, limit)


def _noted(db: sqlite3.Connection, match: str, limit: int) -> list[int]:
    sql = "SELECT -rowid FROM text_fts WHERE text_fts MATCH :match AND rowid < 0 LIMIT :limit"
    return _ids(db, sql, match, limit)


def _told(db: sqlite3.Connection, match: str, limit: int) -> list[int]:
    sql = (
        "SELECT p.contact_id FROM (SELECT rowid AS id FROM text_fts "
        "WHERE text_fts MATCH :match AND rowid > 0 LIMIT :limit) t "
        "JOIN participant p ON p.interaction_id = t.id"
    )
    return _ids(db, sql, match, limit)


def _in_both(db: sqlite3.Connection, words: Sequence[str], limit: int) -> Iterator[int]:
    """Cards that hold all words but one, and that one in a note or an interaction."""
    for word in words if len(words) > 1 else ():
        if _spelled(db, [word]):
            others = [other for other in words if other != word]
            yield from _told_of(db, _on_cards(db, others, max(limit, CARDS_TRIED)), word)


def _told_of(db: sqlite3.Connection, cards: Sequence[int], word: str) -> list[int]:
    """Those of some cards that have a word, or one that begins so, in their texts.

    Asking the index text by text would cost ten times as much as reading the texts.
    """
    marks = ", ".join("?" * len(cards))
    texts = db.execute(
        "SELECT p.contact_id, t.body FROM participant p JOIN text_fts t "
        f"ON t.rowid = p.interaction_id WHERE p.contact_id IN ({marks}) "
        f"UNION ALL SELECT -rowid, body FROM text_fts WHERE rowid IN ({marks}) LIMIT ?",
        (*cards, *(-card for card in cards), TEXTS_TRIED),
    )
    pieces = _pieces(word)
    # To the index an underscore stands between words, to `re` it is part of one.
    begins = re.compile(r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, pieces)) + _end(pieces))
    fitting = {card for card, body in texts if pieces[-1] in body and begins.search(body)}
    return [card for card in cards if card in fitting]


def _end(pieces: Sequence[str]) -> str:
    """What ends a word that is too short to be looked for as a beginning."""
    return "" if len(pieces[-1]) >= 3 else r"(?![^\W_])"


def _ids(db: sqlite3.Connection, sql: str, match: str, limit: int) -> list[int]:
    return [row[0] for row in db.execute(sql, {"match": match, "limit": limit})]


def _pieces(word: str) -> list[str]:
    """The words that the index of texts makes of one: ``o'brien`` is two."""
    return "".join(char if char.isalnum() else " " for char in word).split()


def _spelled(db: sqlite3.Connection, words: Iterable[str]) -> str:
    """A search for texts that hold every word or one that begins so; "" where some have none."""
    parts = []
    for word in words:
        *before, last = _pieces(word) or [""]
        spellings = list(islice(_words(db, last), WORDS_TRIED)) if last else []
        if not spellings:
            return ""
        parts.append(" OR ".join(quoted(" ".join([*before, each])) for each in spellings))
    return " AND ".join(f"({part})" for part in parts)


def _words(db: sqlite3.Connection, start: str, index: str = "text_fts") -> Iterator[str]:
    """The words of an index that begin so; a short one only as it is.

    The vocabulary has a row for every place where a word stands, so each further word is asked for
    anew instead of reading past all the places of the one before.
    """
    if len(start) < 3:
        yield start
        return
    db.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{index}_words "
        f"USING fts5vocab (main, {index}, instance)"
    )
    sql = f"SELECT term FROM temp.{index}_words WHERE term >= :least AND term < :end LIMIT 1"
    params = {"least": start, "end": start + "\U0010ffff"}
    while found := db.execute(sql, params).fetchone():
        yield found[0]
        params["least"] = found[0] + "\x01"  # a plain > would read all places of the word first
