"""The full-text index of a SQLite file: its documents, and the searches that read it."""

from collections.abc import Iterable, Sequence

from cardcrm.store.engine import SearchIndex
from cardcrm.store.sqlite.connection import SqliteConnection
from cardcrm.store.sqlite.result_tables import SqliteResultTables
from cardcrm.store.sqlite.search import SearchSql, quoted


class SqliteSearchIndex(SearchSql, SearchIndex):
    """The search index of one file."""

    id_filter = "IN ({})"
    # Without the + SQLite would look up each of these ids in the index of words: 400 ms instead of
    # 3 ms for “jo smith” among 100,000 contacts.
    shared_id = "+w.id IN ({})"
    contacts_sql = "SELECT rowid AS id, names, rest FROM card_fts"
    texts_sql = "SELECT rowid AS id, body FROM text_fts"

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection

    def write_contacts(self, documents: Sequence[tuple[int, str, str]]) -> None:
        """Write documents of contacts and replace older ones."""
        with self._connection.errors():
            self._connection.driver.executemany(
                "INSERT OR REPLACE INTO card_fts (rowid, names, rest) VALUES (?, ?, ?)", documents
            )
            self._connection.driver.executemany(
                "INSERT OR REPLACE INTO name_fts (rowid, names) VALUES (?, ?)",
                ((contact, names) for contact, names, _ in documents),
            )

    def write_texts(self, documents: Sequence[tuple[int, str]]) -> None:
        """Write documents of interactions and notes and replace older ones."""
        with self._connection.errors():
            self._connection.driver.executemany(
                "INSERT OR REPLACE INTO text_fts (rowid, body) VALUES (?, ?)", documents
            )

    def remove(self, contacts: Iterable[int], texts: Iterable[int]) -> None:
        """Remove documents of contacts, and of interactions and notes."""
        with self._connection.errors():
            run = self._connection.driver.executemany
            ids = [(contact,) for contact in contacts]
            run("DELETE FROM card_fts WHERE rowid = ?", ids)
            run("DELETE FROM name_fts WHERE rowid = ?", ids)
            run("DELETE FROM text_fts WHERE rowid = ?", ((text,) for text in texts))

    def clear(self) -> None:
        """Empty the index, even a damaged one."""
        from cardcrm.store.sqlite import schema

        schema.recreate_index(self._connection)

    def search_ids(self, words: Sequence[str], limit: int) -> list[int]:
        """Return up to ``limit`` contacts that contain all words."""
        from cardcrm.store.sqlite import candidates

        return candidates.search_ids(self._connection, words, limit)

    def word_exists(self, word: str) -> bool:
        """Return whether any note or interaction has a word, or one that begins with it."""
        from cardcrm.store.sqlite import candidates

        return candidates.word_exists(self._connection, word)

    def candidate_ids(self, words: Sequence[str], limit: int) -> list[int] | None:
        """Return a few contacts that include all which contain the words together."""
        from cardcrm.store.sqlite import candidates

        return candidates.candidate_ids(self._connection, words, limit)

    @property
    def result_tables(self) -> SqliteResultTables:
        """Tables of results that this connection alone can see."""
        return SqliteResultTables(self._connection)

    def name_prefix_sql(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """Select contacts in whose names words begin with each of some words."""
        match = f"{quoted(words[0])} *"
        if len(words) > 1:
            from cardcrm.store.sqlite import candidates

            match = candidates.name_prefix_query(self._connection, words)
        return f"SELECT rowid FROM name_fts WHERE name_fts MATCH :{key}", {key: match}
