"""Search in PostgreSQL: the two indexes, and SQL that asks them. The answers are SQLite's.

Cards are found by any part of a name or point, with LIKE over an index of trigrams where the server
has them (pg_trgm); without, every card is looked at. Names and texts are cut into words here, not
there, so that both engines have the same words; text search vectors hold them.
"""

import re
from collections.abc import Sequence

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

LONGEST_WORD = 200  # letters; a vector takes no more than 2,046 bytes
LAST_PLACE = 16_383  # of a word in a text; a vector counts no further
MOST_LETTERS = 200_000  # of different words of one text; a vector holds a million bytes

# Of the beginning of a word the planner knows nothing, takes it for common, and would rather read
# all notes by their ids than ask the index of words. Of a sum it does not see that it is the id.
_ALL_TEXTS = "words @@ CAST(:{key} AS tsquery) AND id + 0"

# Whether any text holds a word. For the first one the planner would read text by text, as if the
# word stood in many; told to plan for all of them, it asks the index where the word is not common.
TOLD = """
WITH told AS MATERIALIZED (SELECT 1 FROM text_fts WHERE words @@ CAST(:word AS tsquery))
SELECT 1 FROM told LIMIT 1
"""


class Searching:
    """The engine's searches: each gives SQL for ids of contacts, and its parameters."""

    def contact_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of cards that hold every word, each of three letters on."""
        held = [on_card(word, f"{key}{number}_") for number, word in enumerate(words)]
        condition = " AND ".join(each for each, _ in held)
        params = {name: value for _, each in held for name, value in each.items()}
        return f"SELECT id FROM card_fts WHERE {condition}", params

    def note_sql(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of contacts with a word in the note on their card."""
        return (
            f"SELECT -id AS id FROM text_fts WHERE {_ALL_TEXTS.format(key=key)} < 0",
            {key: beginning(word)},
        )

    def history_sql(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of contacts with a word in an interaction."""
        return (
            "SELECT contact_id AS id FROM participant WHERE interaction_id IN "
            f"(SELECT id FROM text_fts WHERE {_ALL_TEXTS.format(key=key)} > 0)",
            {key: beginning(word)},
        )

    def name_prefix_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of cards in whose names words begin with each of these.

        The trigrams of long words are quicker to look up than all words that begin so; which of the
        two indexes is asked is the server's to say, which may not have the first.
        """
        match = " & ".join(f"({part})" for part in map(beginning, words) if part)
        held = {
            f"{key}{number}": part
            for number, part in enumerate(pieces(" ".join(words)))
            if len(part) >= 3
        }
        sql = f"SELECT id FROM card_fts WHERE words @@ CAST(:{key} AS tsquery)"
        sql += "".join(f" AND names LIKE :{name}" for name in held)
        return sql, {key: match} | {name: _part(part) for name, part in held.items()}

    def name_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of cards whose names hold every word."""
        params = {f"{key}{number}": _part(word) for number, word in enumerate(words)}
        held = " AND ".join(f"names LIKE :{name}" for name in params)
        return f"SELECT id FROM card_fts WHERE {held}", params


def on_card(word: str, key: str) -> tuple[str, dict[str, str]]:
    """That a card holds a word, or its digits; and the parameters of that."""
    from cardcrm.store.search_sql import digits_of

    spellings = (word, *digits_of(word))
    params = {f"{key}{place}": _part(each) for place, each in enumerate(spellings)}
    held = " OR ".join(f"names LIKE :{name} OR rest LIKE :{name}" for name in params)
    return f"({held})", params


def _part(word: str) -> str:
    """A pattern of LIKE for texts that hold a word anywhere."""
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("\0", "")
    return f"%{plain}%"


def pieces(text: str) -> list[str]:
    """The words of a folded text: letters and digits, whatever stands between."""
    return re.findall(r"[^\W_]+", text)


def vector(text: str) -> str:
    """A folded text as PostgreSQL writes a text search vector: each word with its places.

    It may name a word more than once; the server puts them together.
    """
    words = pieces(text)[:LAST_PLACE]
    if len(text) > LONGEST_WORD:
        words = [word[:LONGEST_WORD] for word in words]
        if len(text) > MOST_LETTERS:
            words = _without_the_last(words)
    return " ".join([f"'{word}':{place}" for place, word in enumerate(words, 1)])


def _without_the_last(words: Sequence[str]) -> list[str]:
    """The words up to the first that a vector has no room for."""
    seen: set[str] = set()
    left = MOST_LETTERS
    for place, word in enumerate(words):
        if word not in seen:
            seen.add(word)
            left -= len(word)
            if left < 0:
                return list(words[:place])
    return list(words)


def beginning(word: str) -> str:
    """A search for words that begin so; shorter ones only as they are, or they would find all."""
    return _query(pieces(word), whole=len(word) < 3)


def spelled(word: str, *, whole: bool = False) -> str:
    """The same for the quick search, where it is the last piece of a word that may be too short."""
    parts = pieces(word)
    return _query(parts, whole=whole or not parts or len(parts[-1]) < 3)


def _query(parts: Sequence[str], *, whole: bool) -> str:
    """Words one after the other, the last as a ``whole`` or as a beginning; "" for none."""
    if not parts:
        return ""
    *before, last = parts
    end = f"'{last[:LONGEST_WORD]}'" + ("" if whole else ":*")
    return " <-> ".join([*(f"'{each[:LONGEST_WORD]}'" for each in before), end])
