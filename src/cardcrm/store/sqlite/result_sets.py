"""Sets of cards kept beside the box, in tables that this connection alone can see (SQLite).

What a filter finds is gathered once, within SQLite and without any of it passing through Python, so
that the words typed after it are looked for among these cards alone. With an id stands its sort key
once that was needed, so that the order of some thousand cards is not read from all of them again.
It takes a few bytes a card, in a file of the system's for what passes, which goes with the
connection.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from cardcrm.store.sqlite.candidates import texts_of
from cardcrm.store.sqlite.search import any_writing, quoted

OFTEN = 200_000  # instructions of SQLite's between two looks whether an answer is still wanted
PROBED = 400  # entries of a word that are read to tell how many there will be
COMMON_CARDS, COMMON_TEXTS = 50_000, 30_000  # entries of a word that take long to be gathered
COMMON_NAMES = 75000  # names, and sort keys, that begin with a letter or two

Select = tuple[str, dict[str, Any]]


class Sets:
    """The kept sets of one connection, each under a number; what a set was made of is for whoever
    keeps it to know.
    """

    def __init__(
        self, db: sqlite3.Connection, errors: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._db = db
        self._errors = errors

    def table_name(self, number: int) -> str:
        """The table with the ids of a set, and with those sort keys that are known."""
        return f"temp.kept{number}"

    def fill(
        self, number: int, selects: Iterable[Select], is_wanted: Callable[[], bool]
    ) -> int | None:
        """Keep the ids that any of some queries selects, each with a sort key or NULL; how many,
        None if it was broken off.
        """
        table = self._made(number)
        with self._errors():
            self._db.set_progress_handler(lambda: not is_wanted(), OFTEN)
            try:
                count = 0
                for sql, params in selects:
                    done = self._db.execute(f"INSERT OR IGNORE INTO {table} {sql}", params)
                    count += done.rowcount
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                    raise
            else:
                return count
            finally:
                self._db.set_progress_handler(None, 0)
        self.drop(number)
        return None

    def store_rows(self, number: int, cards: Sequence[tuple[int, str | None]]) -> int:
        """Keep these ids and sort keys; how many."""
        table = self._made(number)
        with self._errors():
            self._db.executemany(f"INSERT INTO {table} VALUES (?, ?)", cards)
        return len(cards)

    def fill_sort_keys(self, number: int) -> None:
        """Read the sort keys that are not known yet of the cards of a small set."""
        key = "(SELECT c.sort_key FROM contact c WHERE c.id = a.id)"
        with self._errors():
            self._db.execute(
                f"UPDATE {self.table_name(number)} AS a SET sort_key = {key} "
                "WHERE a.sort_key IS NULL"
            )

    def _made(self, number: int) -> str:
        table = self.table_name(number)
        self.drop(number)
        with self._errors():
            self._db.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, sort_key TEXT)")
        return table

    def drop(self, number: int) -> None:
        """Keep a set no longer."""
        with self._errors():
            self._db.execute(f"DROP TABLE IF EXISTS {self.table_name(number)}")

    def word_selects(self, word: str, within: str) -> list[Select]:
        """Queries for the cards of a table ("" is all there are) that a word finds."""
        parts = self._in_texts(word, within)
        if len(word) < 3:
            return [*self._begun(word, within), *parts]
        sql = f"{_cards('card_fts', 'card_fts.rowid', within)} WHERE card_fts MATCH :match"
        return [(sql, {"match": any_writing(word)}), *parts]

    def _begun(self, word: str, among: str) -> list[Select]:
        """Of a card found in several ways the first one counts, so that with its key leads."""
        sorted_so = f"{_cards('contact c', 'c.id', among, 'c.sort_key')} WHERE c.sort_key"
        named_so = f"{_cards('contact c', 'c.id', among)} WHERE c.name_key"
        tagged = f"{_cards('tag x', 'x.contact_id', among)} WHERE x.name = :low"
        params = {"low": word, "high": word + "\U0010ffff"}
        return [
            (f"{sorted_so} >= :low AND c.sort_key < :high", params),
            (f"{named_so} >= :low AND c.name_key < :high", params),
            (tagged, params),
        ]

    def _in_texts(self, word: str, among: str) -> list[Select]:
        match = self._told(word)
        if not match:
            return []
        found = "WHERE text_fts MATCH :match AND text_fts.rowid"
        talks = "text_fts CROSS JOIN participant p ON p.interaction_id = text_fts.rowid"
        noted = f"{_cards('text_fts', '-text_fts.rowid', among)} {found} < 0"
        told = f"{_cards(talks, 'p.contact_id', among)} {found} > 0"
        return [(noted, {"match": match}), (told, {"match": match})]

    def _told(self, word: str) -> str:
        """A search of the texts for a word; "" where none holds it.

        Words that begin so are looked for one by one where they are few: all entries of a beginning
        would be gathered before the first of them is given.
        """
        match = texts_of(self._db, word)
        return f"{quoted(word)} *" if match is None else match

    def is_common(self, word: str) -> bool:
        """Whether so much holds a word that all of it is better not gathered for a few cards."""
        if self._begins_many(word) if len(word) < 3 else self._is_on_many(word):
            return True
        match = self._told(word)
        if not match:
            return False
        last = self._last("SELECT max(id) FROM interaction")
        sql = "SELECT rowid FROM text_fts WHERE text_fts MATCH ? AND rowid > 0 LIMIT 1 OFFSET ?"
        return self._expected(sql, match, last) > COMMON_TEXTS

    def _begins_many(self, word: str) -> bool:
        begun = "SELECT 1 FROM contact WHERE {0} >= :low AND {0} < :high"
        both = f"{begun.format('name_key')} UNION ALL {begun.format('sort_key')}"
        params = {"low": word, "high": word + "\U0010ffff", "most": COMMON_NAMES}
        with self._errors():
            return bool(self._db.execute(f"{both} LIMIT 1 OFFSET :most", params).fetchone())

    def _is_on_many(self, word: str) -> bool:
        last = self._last("SELECT max(id) FROM contact")
        sql = "SELECT rowid FROM card_fts WHERE card_fts MATCH ? LIMIT 1 OFFSET ?"
        return self._expected(sql, any_writing(word), last) > COMMON_CARDS

    def _expected(self, sql: str, match: str, last: int) -> float:
        """How many entries a word will have: as thick as its first ones stand, up to a last id."""
        with self._errors():
            found = self._db.execute(sql, (match, PROBED)).fetchone()
        return PROBED * last / found[0] if found else 0

    def _last(self, sql: str) -> int:
        with self._errors():
            return int(self._db.execute(sql).fetchone()[0] or 0)


def _cards(source: str, id_: str, among: str, sort_key: str = "") -> str:
    """A query for cards, kept to those of a table, which is to come second in the join."""
    if not among:
        return f"SELECT {id_}, {sort_key or 'NULL'} FROM {source}"
    joined = f"FROM {source} CROSS JOIN {among} a ON a.id = {id_}"
    return f"SELECT a.id, {sort_key or 'a.sort_key'} {joined}"
