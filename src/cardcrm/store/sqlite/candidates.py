"""Find a few contacts that contain some words, in milliseconds at any size (SQLite).

FTS5 returns the entries of a word one after the other, so a LIMIT ends its work early; but it
collects *all* entries of a prefix before it returns the first. So a prefix is turned into the words
that begin with it, read from the vocabulary of the index, before it is looked up. For the same
reason each index is queried on its own: SQLite would complete a UNION before its LIMIT.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from cardcrm.store.search_sql import PREFIX_END
from cardcrm.store.sqlite.connection import SqliteConnection
from cardcrm.store.sqlite.search import match_notations, quoted
from cardcrm.store.store import placeholders
from cardcrm.store.word_match import MIN_LENGTH, split_words, text_pattern

WORDS_TRIED = 12  # words tried for one prefix
WORDS_LISTED = 60  # a prefix of more words counts as common
TEXTS_CHECKED = 600
CONTACTS_CHECKED = 60  # contacts with some of the words that are checked for the others


def search_ids(db: SqliteConnection, words: Sequence[str], limit: int) -> list[int]:
    """Return up to ``limit`` contacts that contain all folded words of 3 letters or more."""
    long = [word for word in dict.fromkeys(words) if len(word) >= MIN_LENGTH]
    found: dict[int, None] = {}
    for search in (_ids_by_fields, _ids_by_text, _ids_by_fields_and_text):
        if long and len(found) < limit:
            found |= dict.fromkeys(search(db, long, limit))
    return list(found)[:limit]


def word_exists(db: SqliteConnection, word: str) -> bool:
    """Return whether any text has a folded word, or one that begins with it."""
    match = text_query(db, word)
    if not match:
        return match is None
    sql = "SELECT 1 FROM text_fts WHERE text_fts MATCH :match LIMIT 1"
    return bool(db.rows(sql, {"match": match}))


def candidate_ids(db: SqliteConnection, words: Sequence[str], limit: int) -> list[int] | None:
    """Return up to ``limit`` contacts that include all which contain the folded words.

    Words that no text has must all be in the fields; otherwise the rarest word decides.
    """
    queries = {word: text_query(db, word) for word in words if len(word) >= MIN_LENGTH}
    in_fields = [word for word, match in queries.items() if match == ""]
    found = _ids_by_fields(db, in_fields, limit + 1) if in_fields else []
    if in_fields and len(found) <= limit:
        return found
    for word in sorted(queries, key=len, reverse=True):
        if (match := queries[word]) is not None:
            ids = set(_ids_by_fields(db, [word], limit + 1))
            if match and len(ids) <= limit:
                ids.update(_note_ids(db, match, limit + 1), _history_ids(db, match, limit + 1))
            if len(ids) <= limit:
                return list(ids)
    return None


def name_prefix_query(db: SqliteConnection, words: Sequence[str]) -> str:
    """Return an FTS5 query for names in which words begin with each of some words.

    The entries of a name as common as Aaron take 2 ms in a million contacts if they are collected
    for a prefix; looked up as the one word with that prefix, they come one after the other.
    """
    return " AND ".join(f"({_prefix_query(db, word)})" for word in words)


def _prefix_query(db: SqliteConnection, word: str) -> str:
    *_, last = split_words(word) or [""]
    # One or two letters after an apostrophe begin too many words to try each of them.
    if len(last) >= MIN_LENGTH:
        query, has_more = _first_words_query(db, word, WORDS_TRIED, "name_fts")
        if query and not has_more:
            return query
    return f"{quoted(word)} *"


def text_query(db: SqliteConnection, word: str) -> str | None:
    """Return an FTS5 query for all texts with a word or one that begins with it.

    "" where no text has one; None where too many words begin with it, such as those with one or two
    letters after an apostrophe.
    """
    *_, last = split_words(word) or [""]
    if 0 < len(last) < MIN_LENGTH <= len(word):
        return None
    query, has_more = _first_words_query(db, word, WORDS_LISTED)
    return None if has_more else query


def _first_words_query(
    db: SqliteConnection, word: str, most: int, index: str = "text_fts"
) -> tuple[str, bool]:
    """Return an FTS5 query for the first words that begin with a word, and whether more do.

    "" where no text has one.
    """
    *before, last = split_words(word) or [""]
    known = list(islice(_vocabulary(db, last, index), most + 1)) if last else []
    query = " OR ".join(quoted(" ".join([*before, each])) for each in known[:most])
    return query, len(known) > most


def _ids_by_fields(db: SqliteConnection, words: Sequence[str], limit: int) -> list[int]:
    match = " AND ".join(f"({match_notations(word)})" for word in words)
    return _ids(
        db, "SELECT rowid FROM card_fts WHERE card_fts MATCH :match LIMIT :limit", match, limit
    )


def _ids_by_text(db: SqliteConnection, words: Sequence[str], limit: int) -> list[int]:
    """Return contacts with a note or an interaction that holds every word."""
    match = _some_texts_query(db, words)
    if not match:
        return []
    return _note_ids(db, match, limit) + _history_ids(db, match, limit)


def _note_ids(db: SqliteConnection, match: str, limit: int) -> list[int]:
    sql = "SELECT -rowid FROM text_fts WHERE text_fts MATCH :match AND rowid < 0 LIMIT :limit"
    return _ids(db, sql, match, limit)


def _history_ids(db: SqliteConnection, match: str, limit: int) -> list[int]:
    sql = (
        "SELECT p.contact_id FROM (SELECT rowid AS id FROM text_fts "
        "WHERE text_fts MATCH :match AND rowid > 0 LIMIT :limit) t "
        "JOIN participant p ON p.interaction_id = t.id"
    )
    return _ids(db, sql, match, limit)


def _ids_by_fields_and_text(
    db: SqliteConnection, words: Sequence[str], limit: int
) -> Iterator[int]:
    """Yield contacts with all words but one in their fields, and that one in a text."""
    for word in words if len(words) > 1 else ():
        if _some_texts_query(db, [word]):
            others = [other for other in words if other != word]
            contacts = _ids_by_fields(db, others, max(limit, CONTACTS_CHECKED))
            yield from _with_text(db, contacts, word)


def _with_text(db: SqliteConnection, contacts: Sequence[int], word: str) -> list[int]:
    """Return those contacts that have a word, or one that begins with it, in a text.

    A query of the index for each text would take ten times as long as reading the texts.
    """
    marks, params = placeholders(contacts, "i")
    note_marks, note_params = placeholders([-contact for contact in contacts], "n")
    texts = db.rows(
        "SELECT p.contact_id, t.body FROM participant p JOIN text_fts t "
        f"ON t.rowid = p.interaction_id WHERE p.contact_id IN ({marks}) "
        f"UNION ALL SELECT -rowid, body FROM text_fts WHERE rowid IN ({note_marks}) LIMIT :most",
        {**params, **note_params, "most": TEXTS_CHECKED},
    )
    last = split_words(word)[-1]
    pattern = text_pattern(word, is_prefix=len(last) >= MIN_LENGTH)
    assert pattern is not None
    found = {contact for contact, body in texts if last in body and pattern.search(body)}
    return [contact for contact in contacts if contact in found]


def _ids(db: SqliteConnection, sql: str, match: str, limit: int) -> list[int]:
    return [row[0] for row in db.rows(sql, {"match": match, "limit": limit})]


def _some_texts_query(db: SqliteConnection, words: Iterable[str]) -> str:
    """Return an FTS5 query for texts that hold every word or one of the first that begin with it.

    "" where no text has one of the words.
    """
    parts = [_first_words_query(db, word, WORDS_TRIED)[0] for word in words]
    return " AND ".join(f"({part})" for part in parts) if all(parts) else ""


def _vocabulary(db: SqliteConnection, prefix: str, index: str) -> Iterator[str]:
    """Yield the words of an index that begin with a prefix; a short prefix stands for itself.

    The vocabulary has a row for every position of a word, so each word is looked up by a query of
    its own instead of reading past all positions of the word before.
    """
    if len(prefix) < MIN_LENGTH:
        yield prefix
        return
    db.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{index}_words "
        f"USING fts5vocab (main, {index}, instance)",
        {},
    )
    sql = f"SELECT term FROM temp.{index}_words WHERE term >= :least AND term < :end LIMIT 1"
    params = {"least": prefix, "end": prefix + PREFIX_END}
    while found := db.rows(sql, params):
        yield found[0][0]
        params["least"] = found[0][0] + "\x01"  # > would read all positions of the word first
