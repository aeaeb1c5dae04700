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


class SearchSql:
    """Searches of the index: each method returns SQL for ids of contacts, and its parameters."""

    def contact_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """Select contacts that hold every word, each of 3 letters or more, in their fields."""
        match = " AND ".join(f"({match_notations(word)})" for word in words)
        return f"SELECT rowid AS id FROM card_fts WHERE card_fts MATCH :{key}", {key: match}

    def note_sql(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """Select contacts with a word, or one that begins with it, in their note."""
        return (
            f"SELECT -rowid AS id FROM text_fts WHERE text_fts MATCH :{key} AND rowid < 0",
            {key: _match_text(word)},
        )

    def interaction_sql(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """Select interactions with a word, or one that begins with it, in text or outcome."""
        return (
            f"SELECT rowid AS id FROM text_fts WHERE text_fts MATCH :{key} AND rowid > 0",
            {key: _match_text(word)},
        )

    def some_words_sql(
        self, groups: Sequence[Sequence[str]], key: str
    ) -> tuple[str, dict[str, str]]:
        """Select contacts with some word of each group as a whole word of their names."""
        match = " AND ".join(f"({' OR '.join(map(quoted, group))})" for group in groups)
        return f"SELECT rowid FROM name_fts WHERE name_fts MATCH :{key}", {key: match}

    def name_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """Select contacts whose names hold every word, each of 3 letters or more."""
        match = " AND ".join(quoted(word) for word in words)
        return "SELECT rowid FROM card_fts WHERE card_fts MATCH :" + key, {
            key: f"names : ({match})"
        }


def quoted(word: str) -> str:
    """Return a word as FTS5 takes it literally."""
    return '"' + word.replace('"', '""').replace("\0", "") + '"'


def match_notations(word: str) -> str:
    """Return an FTS5 query for a word; for the digits as well if it looks like a phone number."""
    return " OR ".join(map(quoted, notations(word)))


def _match_text(word: str) -> str:
    """Return an FTS5 query for texts with a word; a long one may begin other words."""
    return quoted(word) + (" *" if len(word) >= MIN_LENGTH else "")
