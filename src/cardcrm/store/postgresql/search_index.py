"""Write the search index of a database on a server."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from cardcrm.store.postgresql.search import vector

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


class Connection(Protocol):
    """The part of the engine that writes the index."""

    is_filling: bool

    def execute(self, sql: str, params: Any) -> int:
        """Run a statement and return the number of rows that it changed."""

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write many rows with COPY."""


def write_contacts(db: Connection, contacts: Sequence[tuple[int, str, str]]) -> None:
    """Write the search text of contacts in place of any older one."""
    if db.is_filling:
        columns = ("id", "names", "rest", "words")
        db.copy_in("card_fts", columns, ((*each, vector(each[1])) for each in contacts))
    elif contacts:
        ids, names, rest = (list(column) for column in zip(*contacts, strict=True))
        words = [vector(name) for name in names]
        db.execute(_CONTACTS, {"ids": ids, "names": names, "rest": rest, "words": words})


def write_texts(db: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Write the text of interactions and of notes (under minus the contact's id)."""
    if db.is_filling:
        columns = ("id", "body", "words")
        db.copy_in("text_fts", columns, ((*text, vector(text[1])) for text in texts))
    elif texts:
        ids, bodies = (list(column) for column in zip(*texts, strict=True))
        words = [vector(body) for body in bodies]
        db.execute(_TEXTS, {"ids": ids, "bodies": bodies, "words": words})


def remove(db: Connection, contacts: Iterable[int], texts: Iterable[int]) -> None:
    """Remove contacts and texts from the search index."""
    for table, ids in (("card_fts", list(contacts)), ("text_fts", list(texts))):
        if ids:
            db.execute(f"DELETE FROM {table} WHERE id = ANY(:ids)", {"ids": ids})
