"""Full-text search in PostgreSQL: the index tables, and SQL that queries them.

Contacts are found by any part of a name or contact point, with LIKE over a trigram index where the
server has pg_trgm; without it, every contact is read. Names and texts are split into words here,
not by the server, so that both engines have the same words; text search vectors hold them.
"""

from collections.abc import Sequence

from cardcrm.store.search_sql import escape_like
from cardcrm.store.word_match import MIN_LENGTH, notations, split_words

SEARCH = """
CREATE TABLE card_fts (
  id BIGINT PRIMARY KEY,
  names TEXT COLLATE "C" NOT NULL,
  rest TEXT COLLATE "C" NOT NULL,
  words TSVECTOR NOT NULL
);
CREATE TABLE text_fts (
  id BIGINT PRIMARY KEY,
  body TEXT COLLATE "C" NOT NULL,
  words TSVECTOR NOT NULL
);
"""

WORDS = """
CREATE INDEX IF NOT EXISTS card_fts_words ON card_fts USING gin (words);
CREATE INDEX IF NOT EXISTS text_fts_words ON text_fts USING gin (words);
"""

TRIGRAMS = """
CREATE INDEX IF NOT EXISTS card_fts_names ON card_fts USING gin (names {schema}.gin_trgm_ops);
CREATE INDEX IF NOT EXISTS card_fts_rest ON card_fts USING gin (rest {schema}.gin_trgm_ops);
"""

MAX_WORD = 200  # letters; a vector takes at most 2,046 bytes
MAX_POSITION = 16_383  # of a word in a text; a vector counts no further
MAX_LETTERS = 200_000  # of different words of one text; a vector holds a million bytes

# The planner knows nothing about prefixes of words, takes them for common, and would rather read
# all notes by their ids than query the index of words. It does not recognize the id in a sum.
_ALL_TEXTS = "words @@ CAST(:{key} AS tsquery) AND id + 0"

# Whether any text has a word. With a plain LIMIT the planner would read text by text, as if many
# had the word; told to plan for all of them, it queries the index where the word is not common.
WORD_EXISTS = """
WITH matches AS MATERIALIZED (SELECT 1 FROM text_fts WHERE words @@ CAST(:word AS tsquery))
SELECT 1 FROM matches LIMIT 1
"""


class SearchSql:
    """Searches of the index: each method returns SQL for ids of contacts, and its parameters."""

    def contact_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """Select contacts that hold every word, each of 3 letters or more, in their fields."""
        conditions = [field_condition(word, f"{key}{number}_") for number, word in enumerate(words)]
        where = " AND ".join(condition for condition, _ in conditions)
        params = {name: value for _, each in conditions for name, value in each.items()}
        return f"SELECT id FROM card_fts WHERE {where}", params

    def note_sql(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """Select contacts with a word, or one that begins with it, in their note."""
        return (
            f"SELECT -id AS id FROM text_fts WHERE {_ALL_TEXTS.format(key=key)} < 0",
            {key: word_query(word)},
        )

    def interaction_sql(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """Select interactions with a word, or one that begins with it, in text or outcome."""
        return (
            f"SELECT id FROM text_fts WHERE {_ALL_TEXTS.format(key=key)} > 0",
            {key: word_query(word)},
        )

    def name_prefix_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """Select contacts in whose names words begin with each of some words.

        The trigrams of long words are looked up more quickly than all words with a prefix. The
        server chooses the index, because it may lack the one of trigrams.
        """
        match = " & ".join(f"({query})" for query in map(word_query, words) if query)
        parts = {
            f"{key}{number}": part
            for number, part in enumerate(split_words(" ".join(words)))
            if len(part) >= MIN_LENGTH
        }
        sql = f"SELECT id FROM card_fts WHERE words @@ CAST(:{key} AS tsquery)"
        sql += "".join(f" AND names LIKE :{name}" for name in parts)
        return sql, {key: match} | {name: _like_pattern(part) for name, part in parts.items()}

    def some_words_sql(
        self, groups: Sequence[Sequence[str]], key: str
    ) -> tuple[str, dict[str, str]]:
        """Select contacts with some word of each group as a whole word of their names."""
        queries = [
            [phrase_query(split_words(word), is_prefix=False) for word in each] for each in groups
        ]
        match = " & ".join(f"({' | '.join(filter(None, each))})" for each in queries)
        return f"SELECT id FROM card_fts WHERE words @@ CAST(:{key} AS tsquery)", {key: match}

    def name_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """Select contacts whose names hold every word, each of 3 letters or more."""
        params = {f"{key}{number}": _like_pattern(word) for number, word in enumerate(words)}
        where = " AND ".join(f"names LIKE :{name}" for name in params)
        return f"SELECT id FROM card_fts WHERE {where}", params


def field_condition(word: str, key: str) -> tuple[str, dict[str, str]]:
    """Return SQL, with its parameters: the fields of a contact hold a word, or its digits."""
    params = {f"{key}{number}": _like_pattern(form) for number, form in enumerate(notations(word))}
    condition = " OR ".join(f"names LIKE :{name} OR rest LIKE :{name}" for name in params)
    return f"({condition})", params


def _like_pattern(word: str) -> str:
    return f"%{escape_like(word)}%".replace("\0", "")


def vector(text: str) -> str:
    """Return a folded text as a text search vector: each word with its positions.

    The vector may name a word more than once; the server merges them.
    """
    words = split_words(text)[:MAX_POSITION]
    if len(text) > MAX_WORD:
        words = [word[:MAX_WORD] for word in words]
        if len(text) > MAX_LETTERS:
            words = _first_words(words)
    return " ".join([f"'{word}':{position}" for position, word in enumerate(words, 1)])


def _first_words(words: Sequence[str]) -> list[str]:
    """Return the words before the first one that no longer fits into a vector."""
    seen: set[str] = set()
    room = MAX_LETTERS
    for index, word in enumerate(words):
        if word not in seen:
            seen.add(word)
            room -= len(word)
            if room < 0:
                return list(words[:index])
    return list(words)


def word_query(word: str) -> str:
    """Return a query for texts with a word; one of 3 letters or more may begin other words."""
    return phrase_query(split_words(word), is_prefix=len(word) >= MIN_LENGTH)


def phrase_query(parts: Sequence[str], *, is_prefix: bool) -> str:
    """Return a query for words in a row, the last perhaps a prefix; "" without words."""
    if not parts:
        return ""
    *before, last = parts
    end = f"'{last[:MAX_WORD]}'" + (":*" if is_prefix else "")
    return " <-> ".join([*(f"'{each[:MAX_WORD]}'" for each in before), end])
