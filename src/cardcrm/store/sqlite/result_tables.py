"""Results of filters and words, stored in temporary tables of one connection (SQLite).

SQLite collects the result of a filter once, without passing it through Python, so that the words
typed after it are looked up among these contacts alone. A sort key is stored with an id once it was
needed, so that it is read only once. A result takes a few bytes a contact, in a temporary file of
the system that goes with the connection.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence

from cardcrm.store.search_engine import Select
from cardcrm.store.search_sql import PREFIX_END, SHORT_WORD_SOURCES
from cardcrm.store.sqlite.candidates import text_query
from cardcrm.store.sqlite.connection import SqliteConnection
from cardcrm.store.sqlite.search import match_notations, quoted
from cardcrm.store.word_match import MIN_LENGTH

INTERRUPT_STEPS = 200_000  # instructions of SQLite between two checks of `is_wanted`
SAMPLE_SIZE = 400  # entries of a word read to estimate how many there are
COMMON_CONTACTS, COMMON_TEXTS = 50_000, 30_000  # entries of a word that take long to collect
COMMON_NAMES = 75_000  # names and sort keys with a prefix of one or two letters


class SqliteResultTables:
    """The stored results of one connection, each under a number of the caller's."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._db = connection

    def table_name(self, number: int) -> str:
        """Return the table of a result: ids, and the sort keys that are known."""
        return f"temp.result{number}"

    def fill(
        self, number: int, selects: Iterable[Select], is_wanted: Callable[[], bool]
    ) -> int | None:
        """Store the ids that any of some queries selects, each with a sort key or NULL.

        Return their number; None if the result was no longer wanted before it was complete.
        """
        table = self._create(number)
        driver = self._db.driver
        with self._db.errors():
            driver.set_progress_handler(lambda: not is_wanted(), INTERRUPT_STEPS)
            try:
                inserts = [(f"INSERT OR IGNORE INTO {table} {sql}", more) for sql, more in selects]
                return sum(driver.execute(*insert).rowcount for insert in inserts)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                    raise
            finally:
                driver.set_progress_handler(None, 0)
        self.drop(number)
        return None

    def store_rows(self, number: int, rows: Sequence[tuple[int, str | None]]) -> int:
        """Store ids with their sort keys and return their number."""
        table = self._create(number)
        self._db.insert_with_ids(table, ("id", "sort_key"), rows)
        return len(rows)

    def fill_sort_keys(self, number: int) -> None:
        """Read the sort keys of a small result that are not known yet."""
        key = "(SELECT c.sort_key FROM contact c WHERE c.id = a.id)"
        table = self.table_name(number)
        self._db.execute(f"UPDATE {table} AS a SET sort_key = {key} WHERE a.sort_key IS NULL", {})

    def _create(self, number: int) -> str:
        table = self.table_name(number)
        self.drop(number)
        self._db.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, sort_key TEXT)", {})
        return table

    def drop(self, number: int) -> None:
        """Drop the table of a result."""
        self._db.execute(f"DROP TABLE IF EXISTS {self.table_name(number)}", {})

    def word_selects(self, word: str, within: str) -> list[Select]:
        """Return queries for the contacts of a table ("" for all) that contain a word."""
        selects = self._text_selects(word, within)
        if len(word) < MIN_LENGTH:
            return [*_short_word_selects(word, within), *selects]
        sql = f"{_select('card_fts', 'card_fts.rowid', within)} WHERE card_fts MATCH :match"
        return [(sql, {"match": match_notations(word)}), *selects]

    def _text_selects(self, word: str, within: str) -> list[Select]:
        match = self._text_query(word)
        if not match:
            return []
        condition = "WHERE text_fts MATCH :match AND text_fts.rowid"
        history = "text_fts CROSS JOIN participant p ON p.interaction_id = text_fts.rowid"
        in_notes = f"{_select('text_fts', '-text_fts.rowid', within)} {condition} < 0"
        in_history = f"{_select(history, 'p.contact_id', within)} {condition} > 0"
        return [(in_notes, {"match": match}), (in_history, {"match": match})]

    def _text_query(self, word: str) -> str:
        """Return an FTS5 query for texts with a word; "" where no text has it.

        Where few words begin with it, they are looked up one by one: FTS5 collects all entries of a
        prefix before it returns the first.
        """
        match = text_query(self._db, word)
        return f"{quoted(word)} *" if match is None else match

    def is_common(self, word: str) -> bool:
        """Return whether collecting all contacts with a word takes long."""
        is_short = len(word) < MIN_LENGTH
        if self._begins_many_names(word) if is_short else self._is_in_many_fields(word):
            return True
        match = self._text_query(word)
        if not match:
            return False
        sql = "SELECT rowid FROM text_fts WHERE text_fts MATCH :match AND rowid > 0"
        return self._estimate_entries(sql, match, "interaction") > COMMON_TEXTS

    def _begins_many_names(self, word: str) -> bool:
        begins = "SELECT 1 FROM contact WHERE {0} >= :low AND {0} < :high"
        both = f"{begins.format('name_key')} UNION ALL {begins.format('sort_key')}"
        params = {"low": word, "high": word + PREFIX_END, "most": COMMON_NAMES}
        return bool(self._db.rows(f"{both} LIMIT 1 OFFSET :most", params))

    def _is_in_many_fields(self, word: str) -> bool:
        sql = "SELECT rowid FROM card_fts WHERE card_fts MATCH :match"
        return self._estimate_entries(sql, match_notations(word), "contact") > COMMON_CONTACTS

    def _estimate_entries(self, sql: str, match: str, table: str) -> float:
        """Estimate the entries of a word, taking its first ones as typical of the whole table."""
        params = {"match": match, "skip": SAMPLE_SIZE}
        found = self._db.rows(f"{sql} LIMIT 1 OFFSET :skip", params)
        last = self._db.rows(f"SELECT max(id) FROM {table}", {})[0][0] or 0
        return SAMPLE_SIZE * last / found[0][0] if found else 0


def _short_word_selects(word: str, within: str) -> list[Select]:
    """Return queries for a short word, those with a sort key first: only one row of an id stays."""
    params = {"low": word, "high": word + PREFIX_END}
    return [
        (
            f"{_select(source, id_, within, 'x.sort_key' if 'sort_key' in condition else '')} "
            f"WHERE {condition.format(low='low', high='high')}",
            params,
        )
        for source, id_, condition in SHORT_WORD_SOURCES
    ]


def _select(source: str, id_: str, within: str, sort_key: str = "") -> str:
    """Return a query for contacts, limited to those of a table, which joins as the second one."""
    if not within:
        return f"SELECT {id_}, {sort_key or 'NULL'} FROM {source}"
    joined = f"FROM {source} CROSS JOIN {within} a ON a.id = {id_}"
    return f"SELECT a.id, {sort_key or 'a.sort_key'} {joined}"
