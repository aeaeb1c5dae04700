"""Full-text search in SQLite: the indexes, and SQL that asks them."""

from collections.abc import Sequence

# Names and points are found by any part of them, so they are cut into trigrams; notes and
# interactions are long, so they are cut into words. Names are cut into words as well: WHO is asked
# at every command, mostly by beginnings of names, and words give those ten times as quickly. All
# hold folded text (see `text.fold`).
SEARCH = """
CREATE VIRTUAL TABLE card_fts USING fts5 (names, rest, tokenize = 'trigram');
CREATE VIRTUAL TABLE name_fts USING fts5 (names, tokenize = 'unicode61');
CREATE VIRTUAL TABLE text_fts USING fts5 (body, tokenize = 'unicode61');
"""
_LONG = 7  # letters
TABLES = ("card_fts", "name_fts", "text_fts")


class Searching:
    """The engine's searches: each gives SQL for ids of contacts, and its parameters."""

    def contact_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of cards that hold every word, each of three letters on."""
        long = [word for word in words if len(words) > 1 and _is_cheaper_read(word)]
        parts = [_thirds(word) if word in long else f"({any_writing(word)})" for word in words]
        params = {key: " AND ".join(parts)}
        sql = f"SELECT rowid AS id FROM card_fts WHERE card_fts MATCH :{key}"
        for number, word in enumerate(long):
            params[f"{key}{number}"] = word
            sql += f" AND (instr(names, :{key}{number}) OR instr(rest, :{key}{number}))"
        return sql, params

    def note_sql(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of contacts with a word in the note on their card."""
        return (
            f"SELECT -rowid AS id FROM text_fts WHERE text_fts MATCH :{key} AND rowid < 0",
            {key: _beginning(word)},
        )

    def history_sql(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of contacts with a word in an interaction."""
        return (
            "SELECT contact_id AS id FROM participant WHERE interaction_id IN "
            f"(SELECT rowid FROM text_fts WHERE text_fts MATCH :{key} AND rowid > 0)",
            {key: _beginning(word)},
        )

    def name_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of cards whose names hold every word."""
        match = " AND ".join(quoted(word) for word in words)
        return "SELECT rowid FROM card_fts WHERE card_fts MATCH :" + key, {
            key: f"names : ({match})"
        }


def _is_cheaper_read(word: str) -> bool:
    """Whether a word is better looked for by a third of its trigrams, and then in what they find.

    All the places of a trigram are read, and in a million cards some stand in a hundred thousand.
    """
    return len(word) >= _LONG and "\0" not in word and any_writing(word) == quoted(word)


def _thirds(word: str) -> str:
    """A search for the trigrams that a word is made of, wherever they stand."""
    starts = [*range(0, len(word) - 3, 3), len(word) - 3]
    return " AND ".join(quoted(word[start : start + 3]) for start in starts)


def quoted(word: str) -> str:
    """A word as FTS5 takes it literally."""
    return '"' + word.replace('"', '""').replace("\0", "") + '"'


def _beginning(word: str) -> str:
    """A search for words that begin so; shorter ones only as they are, or they would find all."""
    return quoted(word) + (" *" if len(word) >= 3 else "")


def any_writing(word: str) -> str:
    """A search for a word; if it looks like a phone number, for its digits as well."""
    from cardcrm.store.search_sql import digits_of

    return " OR ".join(map(quoted, (word, *digits_of(word))))
