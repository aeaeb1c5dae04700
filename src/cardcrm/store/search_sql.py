"""SQL for word search that both engines share: how words are combined, and short words.

A word finds a contact by its fields, or by a text: its note or an interaction. Nearly all of
several words are in the fields, where one look-up in the index covers all of them. So the SQL first
asks for the contacts that hold every word there, and then, word by word, for those whose texts have
it; where no text has the word, the other words are not looked up again.
"""

from collections.abc import Sequence

from cardcrm.store.search_engine import SearchEngine
from cardcrm.store.word_match import MIN_LENGTH

PREFIX_END = "\U0010ffff"  # sorts behind every text that continues a prefix

_MAX_COMBINED = 5  # words looked up together; the length of that SQL grows by their square

# The rows by which a short word finds a contact: source, id of the contact, condition.
SHORT_WORD_SOURCES = (
    ("contact x", "x.id", "x.sort_key >= :{low} AND x.sort_key < :{high}"),
    ("contact x", "x.id", "x.name_key >= :{low} AND x.name_key < :{high}"),
    ("tag x", "x.contact_id", "x.name = :{low}"),
    ("nickname x", "x.contact_id", "x.name_key = :{low}"),
)


def escape_like(text: str) -> str:
    """Return a text in which LIKE takes every character literally, with a backslash as escape."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def short_word_condition(low: str, high: str) -> str:
    """Return SQL: a contact ``c`` is found by a short word; `low` and `high` name parameters."""
    return (
        f"(c.name_key >= :{low} AND c.name_key < :{high} "
        f"OR c.sort_key >= :{low} AND c.sort_key < :{high} "
        f"OR EXISTS (SELECT 1 FROM tag b WHERE b.contact_id = c.id AND b.name = :{low}) "
        f"OR EXISTS (SELECT 1 FROM nickname b WHERE b.contact_id = c.id AND b.name_key = :{low}))"
    )


def words_sql(engine: SearchEngine, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
    """Return SQL for the ids of the contacts that contain all of some folded words.

    The names of its parameters start with ``key``.
    """
    builder = _Builder(engine, key)
    combined, others = words[:_MAX_COMBINED], words[_MAX_COMBINED:]
    sql = " UNION ".join(
        [
            builder.in_fields(combined),
            *(builder.in_text_of_one(combined, index) for index in range(len(combined))),
        ]
    )
    return builder.intersect(sql, [builder.anywhere(word) for word in others]), builder.params


class _Builder:
    """Builds the SQL of one search and collects its parameters."""

    def __init__(self, engine: SearchEngine, key: str) -> None:
        self._engine = engine
        self._key = key
        self.params: dict[str, str] = {}

    def in_fields(self, words: Sequence[str]) -> str:
        """Return SQL for the contacts that hold every word in their fields."""
        long = [word for word in words if len(word) >= MIN_LENGTH]
        parts = [self._short_word(word) for word in words if len(word) < MIN_LENGTH]
        if long:
            sql, params = self._engine.contact_sql(long, self._next_key())
            self.params.update(params)
            parts = [sql, *parts]
        return self.intersect(parts[0], parts[1:])

    def in_text_of_one(self, words: Sequence[str], index: int) -> str:
        """Return SQL for the contacts with the word at an index in a text, and all the others.

        Earlier words must be in the fields, because contacts that hold them in a text are found by
        the SQL of those words already.
        """
        others = [
            *(self.in_fields([word]) for word in words[:index]),
            *map(self.anywhere, words[index + 1 :]),
        ]
        return self.intersect(self._in_texts(words[index]), others)

    def intersect(self, sql: str, others: Sequence[str]) -> str:
        """Return SQL for the ids of one search that each of the others gives as well."""
        if not others:
            return sql
        condition = " AND ".join(map(self._engine.shared_id.format, others))
        return f"SELECT w.id FROM ({sql}) AS w WHERE {condition}"

    def anywhere(self, word: str) -> str:
        """Return SQL for the contacts that hold a word in their fields or texts."""
        return f"{self.in_fields([word])} UNION {self._in_texts(word)}"

    def _in_texts(self, word: str) -> str:
        key = self._next_key()
        notes, params = self._engine.note_sql(word, key)
        history, _ = self._engine.history_sql(word, key)
        self.params.update(params)
        return f"{notes} UNION {history}"

    def _short_word(self, word: str) -> str:
        key = self._next_key()
        low, high = f"{key}a", f"{key}z"
        self.params.update({low: word, high: word + PREFIX_END})
        return " UNION ".join(
            f"SELECT {id_} AS id FROM {source} WHERE {condition.format(low=low, high=high)}"
            for source, id_, condition in SHORT_WORD_SOURCES
        )

    def _next_key(self) -> str:
        return f"{self._key}{len(self.params)}_"
