"""Sets of cards kept beside the box, in tables that this connection alone can see (SQLite).

What a filter finds is gathered once, within SQLite and without any of it passing through Python, so
that the words typed after it are looked for among these cards alone. An id takes a few bytes, in a
file of the system's for what passes, which goes with the connection.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from cardcrm.store.sqlite_few import texts_of
from cardcrm.store.sqlite_search import any_writing, quoted

OFTEN = 500_000  # instructions of SQLite's between two looks whether an answer is still wanted
PROBED = 400  # entries of a word that are read to tell how many there will be
COMMON_CARDS, COMMON_TEXTS = 50_000, 30_000  # entries of a word that take long to be gathered
COMMON_NAMES = 20_000  # names that begin with a letter or two

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

    def table(self, number: int) -> str:
        """The table with the ids of a set."""
        return f"temp.kept{number}"

    def fill(
        self, number: int, selects: Iterable[Select], is_wanted: Callable[[], bool]
    ) -> int | None:
        """Keep the ids that any of some queries selects; how many, None if it was broken off."""
        table = self.table(number)
        self.drop(number)
        with self._errors():
            self._db.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
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

    def put(self, number: int, ids: Sequence[int]) -> int:
        """Keep these ids; how many."""
        self.drop(number)
        with self._errors():
            self._db.execute(f"CREATE TABLE {self.table(number)} (id INTEGER PRIMARY KEY)")
            self._db.executemany(
                f"INSERT INTO {self.table(number)} VALUES (?)", ((each,) for each in ids)
            )
        return len(ids)

    def drop(self, number: int) -> None:
        """Keep a set no longer."""
        with self._errors():
            self._db.execute(f"DROP TABLE IF EXISTS {self.table(number)}")

    def holding(self, word: str, among: str) -> list[Select]:
        """Queries for the ids of the cards of a table ("" is all there are) that a word finds."""
        parts = self._in_texts(word, among)
        if len(word) < 3:
            params = {"low": word, "high": word + "\U0010ffff"}
            for key in ("name_key", "sort_key"):
                joined = _among(among, "c.id")
                where = f"WHERE c.{key} >= :low AND c.{key} < :high"
                parts.append((f"SELECT c.id FROM contact c {joined} {where}", params))
            joined = _among(among, "x.contact_id")
            tagged = f"SELECT x.contact_id FROM tag x {joined} WHERE x.name = :low"
            return [*parts, (tagged, params)]
        joined = _among(among, "card_fts.rowid")
        sql = f"SELECT card_fts.rowid FROM card_fts {joined} WHERE card_fts MATCH :match"
        return [(sql, {"match": any_writing(word)}), *parts]

    def _in_texts(self, word: str, among: str) -> list[Select]:
        match = self._told(word)
        if not match:
            return []
        noted = (
            f"SELECT -text_fts.rowid FROM text_fts {_among(among, '-text_fts.rowid')} "
            "WHERE text_fts MATCH :match AND text_fts.rowid < 0"
        )
        told = (
            "SELECT p.contact_id FROM text_fts "
            "CROSS JOIN participant p ON p.interaction_id = text_fts.rowid "
            f"{_among(among, 'p.contact_id')} WHERE text_fts MATCH :match AND text_fts.rowid > 0"
        )
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
        where = "contact WHERE {0} >= :low AND {0} < :high LIMIT 1 OFFSET :most"
        params = {"low": word, "high": word + "\U0010ffff", "most": COMMON_NAMES}
        with self._errors():
            return any(
                self._db.execute(f"SELECT 1 FROM {where.format(key)}", params).fetchone()
                for key in ("name_key", "sort_key")
            )

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


def _among(table: str, id_: str) -> str:
    """A join that keeps a query to the cards of a table; it is to come second."""
    return f"CROSS JOIN {table} a ON a.id = {id_}" if table else ""
