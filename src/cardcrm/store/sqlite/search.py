"""Full-text search in SQLite: the index tables, and SQL that queries them."""

from collections.abc import Sequence

from cardcrm.store.word_match import MIN_LENGTH, notations

# Names and contact points are found by any part of them, so they are indexed by trigrams; notes and
# interactions are long, so they are indexed by words. Names are indexed by words as well, because
# every command looks a contact up, mostly by the beginning of a name, and words give those ten
# times as quickly. All columns hold folded text (see `text.fold`).
SEARCH = """
CREATE VIRTUAL TABLE card_fts USING fts5 (names, rest, tokenize = 'trigram');
CREATE VIRTUAL TABLE name_fts USING fts5 (names, tokenize = 'unicode61');
CREATE VIRTUAL TABLE text_fts USING fts5 (body, tokenize = 'unicode61');
"""
TABLES = ("card_fts", "name_fts", "text_fts")

_LONG_WORD = 7  # letters


class SearchSql:
    """Searches of the index: each method returns SQL for ids of contacts, and its parameters."""

    def contact_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """Select contacts that hold every word, each of 3 letters or more, in their fields."""
        sampled = [word for word in words if len(words) > 1 and _is_quicker_sampled(word)]
        parts = [
            _every_third_trigram(word) if word in sampled else f"({match_notations(word)})"
            for word in words
        ]
        params = {key: " AND ".join(parts)}
        sql = f"SELECT rowid AS id FROM card_fts WHERE card_fts MATCH :{key}"
        for number, word in enumerate(sampled):
            params[f"{key}{number}"] = word
            sql += f" AND (instr(names, :{key}{number}) OR instr(rest, :{key}{number}))"
        return sql, params

    def note_sql(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """Select contacts with a word, or one that begins with it, in their note."""
        return (
            f"SELECT -rowid AS id FROM text_fts WHERE text_fts MATCH :{key} AND rowid < 0",
            {key: _match_text(word)},
        )

    def history_sql(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """Select contacts with a word, or one that begins with it, in an interaction."""
        return (
            "SELECT contact_id AS id FROM participant WHERE interaction_id IN "
            f"(SELECT rowid FROM text_fts WHERE text_fts MATCH :{key} AND rowid > 0)",
            {key: _match_text(word)},
        )

    def name_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """Select contacts whose names hold every word, each of 3 letters or more."""
        match = " AND ".join(quoted(word) for word in words)
        return "SELECT rowid FROM card_fts WHERE card_fts MATCH :" + key, {
            key: f"names : ({match})"
        }


def _is_quicker_sampled(word: str) -> bool:
    """Return whether to search for a third of a word's trigrams and check the contacts they find.

    FTS5 reads all positions of a trigram, and among a million contacts some have 100,000.
    """
    return len(word) >= _LONG_WORD and "\0" not in word and notations(word) == [word]


def _every_third_trigram(word: str) -> str:
    """Return an FTS5 query for every third trigram of a word, in any position."""
    starts = [*range(0, len(word) - 3, 3), len(word) - 3]
    return " AND ".join(quoted(word[start : start + 3]) for start in starts)


def quoted(word: str) -> str:
    """Return a word as FTS5 takes it literally."""
    return '"' + word.replace('"', '""').replace("\0", "") + '"'


def match_notations(word: str) -> str:
    """Return an FTS5 query for a word; for the digits as well if it looks like a phone number."""
    return " OR ".join(map(quoted, notations(word)))


def _match_text(word: str) -> str:
    """Return an FTS5 query for texts with a word; a long one may begin other words."""
    return quoted(word) + (" *" if len(word) >= MIN_LENGTH else "")
