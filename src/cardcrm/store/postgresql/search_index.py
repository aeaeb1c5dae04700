"""The full-text index of a database on a server: its documents, and the searches that read it."""

from collections.abc import Iterable, Sequence

from cardcrm.store import search_sql
from cardcrm.store.engine import SearchIndex
from cardcrm.store.postgresql.search import WORD_EXISTS, SearchSql, vector, word_query
from cardcrm.store.postgresql.transactions import PostgresTransactions

_CONTACTS = (
    "INSERT INTO card_fts (id, names, rest, words) "
    "SELECT id, names, rest, CAST(words AS tsvector) FROM unnest(CAST(:ids AS "
    "BIGINT[]), CAST(:names AS TEXT[]), CAST(:rest AS TEXT[]), CAST(:words AS TEXT[])) "
    "AS t (id, names, rest, words) ON CONFLICT (id) DO UPDATE "
    "SET names = excluded.names, rest = excluded.rest, words = excluded.words"
)
_TEXTS = (
    "INSERT INTO text_fts (id, body, words) SELECT id, body, CAST(words AS tsvector) "
    "FROM unnest(CAST(:ids AS BIGINT[]), CAST(:bodies AS TEXT[]), "
    "CAST(:words AS TEXT[])) AS t (id, body, words) ON CONFLICT (id) DO UPDATE "
    "SET body = excluded.body, words = excluded.words"
)


class PostgresSearchIndex(SearchSql, SearchIndex):
    """The search index of one database on a server."""

    # With IN the planner expects a search to return many ids, and would read all contacts.
    id_filter = "= ANY (ARRAY({}))"
    shared_id = "w.id IN ({})"
    contacts_sql = "SELECT id, names, rest FROM card_fts"
    texts_sql = "SELECT id, body FROM text_fts"

    def __init__(self, connection: PostgresTransactions) -> None:
        self._connection = connection

    def write_contacts(self, documents: Sequence[tuple[int, str, str]]) -> None:
        """Write documents of contacts and replace older ones."""
        if self._connection.is_bulk_loading:
            columns = ("id", "names", "rest", "words")
            rows = ((*each, vector(each[1])) for each in documents)
            self._connection.copy_in("card_fts", columns, rows)
        elif documents:
            ids, names, rest = (list(column) for column in zip(*documents, strict=True))
            words = [vector(name) for name in names]
            params = {"ids": ids, "names": names, "rest": rest, "words": words}
            self._connection.execute(_CONTACTS, params)

    def write_texts(self, documents: Sequence[tuple[int, str]]) -> None:
        """Write documents of interactions and notes and replace older ones."""
        if self._connection.is_bulk_loading:
            rows = ((*each, vector(each[1])) for each in documents)
            self._connection.copy_in("text_fts", ("id", "body", "words"), rows)
        elif documents:
            ids, bodies = (list(column) for column in zip(*documents, strict=True))
            words = [vector(body) for body in bodies]
            self._connection.execute(_TEXTS, {"ids": ids, "bodies": bodies, "words": words})

    def remove(self, contacts: Iterable[int], texts: Iterable[int]) -> None:
        """Remove documents of contacts, and of interactions and notes."""
        for table, ids in (("card_fts", list(contacts)), ("text_fts", list(texts))):
            if ids:
                self._connection.execute(f"DELETE FROM {table} WHERE id = ANY(:ids)", {"ids": ids})

    def clear(self) -> None:
        """Empty the index, and add trigrams if the server has them by now."""
        from cardcrm.store.postgresql import schema

        schema.recreate_index(self._connection)

    def search_ids(self, words: Sequence[str], limit: int) -> list[int]:
        """Return up to ``limit`` contacts that contain all words."""
        from cardcrm.store.postgresql import candidates

        return candidates.search_ids(self._connection, words, limit)

    def word_exists(self, word: str) -> bool:
        """Return whether any note or interaction has a word, or one that begins with it."""
        return bool(self._connection.rows(WORD_EXISTS, {"word": word_query(word)}))

    def candidate_ids(self, words: Sequence[str], limit: int) -> list[int] | None:
        """Return a few contacts that include all which contain the words together."""
        sql, params = search_sql.words_sql(self, words, "w")
        rows = self._connection.rows(
            f"SELECT * FROM ({sql}) AS f LIMIT :most", {**params, "most": limit + 1}
        )
        return [row[0] for row in rows] if len(rows) <= limit else None
