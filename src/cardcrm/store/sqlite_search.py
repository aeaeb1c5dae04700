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
TABLES = ("card_fts", "name_fts", "text_fts")


class Searching:
    """The engine's searches: each gives SQL for ids of contacts, and its parameters."""

    def matching(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of contacts that a folded word finds."""
        notes, params = self.matching_notes(word, f"{key}t")
        history, _ = self.matching_history(word, f"{key}t")
        cards, more = _cards(word, key)
        return f"{cards} UNION {notes} UNION {history}", params | more

    def matching_notes(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of contacts with a word in the note on their card."""
        return (
            f"SELECT -rowid FROM text_fts WHERE text_fts MATCH :{key} AND rowid < 0",
            {key: _beginning(word)},
        )

    def matching_history(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of contacts with a word in an interaction."""
        return (
            "SELECT contact_id FROM participant WHERE interaction_id IN "
            f"(SELECT rowid FROM text_fts WHERE text_fts MATCH :{key} AND rowid > 0)",
            {key: _beginning(word)},
        )

    def matching_beginnings(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of cards in whose names words begin with each of these."""
        match = " AND ".join(f"{quoted(word)} *" for word in words)
        return f"SELECT rowid FROM name_fts WHERE name_fts MATCH :{key}", {key: match}

    def matching_names(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of cards whose names hold every word."""
        match = " AND ".join(quoted(word) for word in words)
        return "SELECT rowid FROM card_fts WHERE card_fts MATCH :" + key, {
            key: f"names : ({match})"
        }


def quoted(word: str) -> str:
    """A word as FTS5 takes it literally."""
    return '"' + word.replace('"', '""').replace("\0", "") + '"'


def _beginning(word: str) -> str:
    """A search for words that begin so; shorter ones only as they are, or they would find all."""
    return quoted(word) + (" *" if len(word) >= 3 else "")


def any_writing(word: str) -> str:
    """A search for a word; if it looks like a phone number, for its digits as well."""
    from cardcrm.store.search_words import digits_of

    return " OR ".join(map(quoted, (word, *digits_of(word))))


def _cards(word: str, key: str) -> tuple[str, dict[str, str]]:
    """SQL for the ids of cards that hold a word on the card itself."""
    if len(word) >= 3:  # a trigram index knows nothing shorter
        return f"SELECT rowid FROM card_fts WHERE card_fts MATCH :{key}c", {
            f"{key}c": any_writing(word)
        }
    from cardcrm.store.search_words import beginning_cards

    return beginning_cards(word, key)
