"""Kinds of derived data: what is stored beside the records so that it need not be computed.

Each kind is declared once beside its nouns, by an instance of a class below: queries, a function
that computes rows from their results, and where these rows are stored. `store.derived_refresh`
writes it for the rows that a transaction touched; `db check` proves and rebuilds it from that
declaration.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from cardcrm.store.engine import Engine, Row
from cardcrm.store.word_match import text_document

Chunk = tuple[str, Mapping[str, int]]  # text for IN (…): the names of parameters, and their values
Select = tuple[str, Mapping[str, int]]  # SQL and its parameters
Rows = list[tuple[Any, ...]]  # the first column is the id, or decides on it


def to_tuples(rows: Iterable[Row]) -> Rows:
    """Return rows as they were read."""
    return [tuple(row) for row in rows]


class Derived(ABC):
    """A kind of derived data, whose rows each belong to a ``noun``.

    ``queries`` with ``IN ({marks})`` select what ``parse`` computes the rows from. ``source`` is
    the table of the rows that it belongs to. ``problem`` says in a finding what is wrong with it.
    """

    area = "derived"
    locks_contacts = True  # concurrent transactions must not compute it for the same contacts
    spread = ""  # the column with the id of the row whose data depends on this, if any

    def __init__(
        self,
        noun: str,
        problem: str,
        queries: Sequence[str],
        parse: Callable[..., Rows] = to_tuples,
        *,
        source: str = "contact",
    ) -> None:
        self.noun, self.problem, self.source = noun, problem, source
        self.queries, self.parse = queries, parse

    def all_ids(self, engine: Engine) -> str:  # noqa: ARG002 - the index differs by engine
        """Return SQL for the ids of all rows that have such data, or should have it."""
        return f"SELECT id FROM {self.source}"

    @abstractmethod
    def stored_query(self, engine: Engine, chunk: Chunk) -> Select:
        """Return the query for the stored rows of some ids."""

    @abstractmethod
    def refresh(self, engine: Engine, chunk: Chunk) -> Iterable[int]:
        """Write the data of some ids; return further ids whose data depends on it."""

    def compute(self, engine: Engine, chunk: Chunk) -> Rows:
        """Return the rows that should be stored for some ids."""
        return self.parse(*engine.fetch_many(self._queries(chunk)))

    def compare(self, engine: Engine, chunk: Chunk) -> tuple[Rows, Rows]:
        """Return the computed and the stored rows of some ids."""
        queries = [*self._queries(chunk), self.stored_query(engine, chunk)]
        *found, stored = engine.fetch_many(queries)
        return self.parse(*found), to_tuples(stored)

    def _queries(self, chunk: Chunk) -> list[Select]:
        marks, params = chunk
        return [(sql.format(marks=marks), params) for sql in self.queries]


class DerivedColumns(Derived):
    """Columns of the table that the data belongs to."""

    def __init__(
        self,
        problem: str,
        columns: Sequence[str],
        queries: Sequence[str],
        parse: Callable[..., Rows] = to_tuples,
        *,
        spread: str = "",
        source: str = "contact",
    ) -> None:
        super().__init__(source, problem, queries, parse, source=source)
        self.columns, self.spread = columns, spread
        self.locks_contacts = source == "contact"

    def stored_query(self, engine: Engine, chunk: Chunk) -> Select:  # noqa: ARG002
        """Return the query for the stored columns."""
        marks, params = chunk
        columns = ", ".join(self.columns)
        return f"SELECT id, {columns} FROM {self.source} WHERE id IN ({marks})", params

    def refresh(self, engine: Engine, chunk: Chunk) -> Iterable[int]:
        """Write the columns that have changed."""
        marks, params = chunk
        names = ("id", *self.columns)
        select = f"SELECT {', '.join(names)}, {self.spread or 'NULL'} FROM {self.source}"
        stored_query = f"{select} WHERE id IN ({marks})", params
        *found, stored = engine.fetch_many([*self._queries(chunk), stored_query])
        known = {tuple(row)[:-1] for row in stored}
        further = {row[0]: row[-1] for row in stored}
        changed = [row for row in self.parse(*found) if row not in known]
        sets = ", ".join(f"{name} = :{name}" for name in self.columns)
        engine.execute_many(
            f"UPDATE {self.source} SET {sets} WHERE id = :id",
            [dict(zip(names, row, strict=True)) for row in changed],
        )
        return {further[row[0]] for row in changed if further[row[0]]}


class DerivedTable(Derived):
    """A table of its own, ``table``, whose first column is the id of a contact."""

    def __init__(self, problem: str, table: str, columns: str, query: str) -> None:
        super().__init__("contact", problem, [query])
        self.table, self.columns = table, columns
        self._key = columns.partition(",")[0]

    def all_ids(self, engine: Engine) -> str:
        """Return SQL for all contacts, and for those that rows are stored for."""
        return f"{super().all_ids(engine)} UNION SELECT {self._key} FROM {self.table}"

    def stored_query(self, engine: Engine, chunk: Chunk) -> Select:  # noqa: ARG002
        """Return the query for the stored rows."""
        marks, params = chunk
        return f"SELECT {self.columns} FROM {self.table} WHERE {self._key} IN ({marks})", params

    def refresh(self, engine: Engine, chunk: Chunk) -> Iterable[int]:
        """Replace the rows."""
        marks, params = chunk
        engine.execute(f"DELETE FROM {self.table} WHERE {self._key} IN ({marks})", params)
        self._insert(engine, marks, params)
        return ()

    def fill(self, engine: Engine) -> None:
        """Replace all rows at once."""
        engine.execute(f"DELETE FROM {self.table}", {})
        self._insert(engine, f"SELECT id FROM {self.source}", {})

    def _insert(self, engine: Engine, marks: str, params: Mapping[str, int]) -> None:
        select = self.queries[0].format(marks=marks)
        engine.execute(f"INSERT INTO {self.table} ({self.columns}) {select}", params)


class ContactDocument(Derived):
    """Documents of the contact index: id, names and the rest."""

    area = "index"

    def all_ids(self, engine: Engine) -> str:
        """Return SQL for all contacts, and for those that documents are stored for."""
        return f"{super().all_ids(engine)} UNION SELECT id FROM ({engine.search.contacts_sql}) x"

    def stored_query(self, engine: Engine, chunk: Chunk) -> Select:
        """Return the query for the stored documents."""
        marks, params = chunk
        return f"SELECT * FROM ({engine.search.contacts_sql}) x WHERE id IN ({marks})", params

    def refresh(self, engine: Engine, chunk: Chunk) -> Iterable[int]:
        """Write documents, and remove those of contacts that are gone."""
        rows = self.compute(engine, chunk)
        engine.search.write_contacts(rows)
        engine.search.remove(set(chunk[1].values()) - {row[0] for row in rows}, ())
        return ()


class TextDocument(Derived):
    """Documents of the text index: id, and the folded text of some columns of a table.

    Notes, the documents of contacts, have the negated ids of these; an empty note has none.
    """

    area = "index"
    locks_contacts = False

    def __init__(self, noun: str, source: str, columns: Sequence[str]) -> None:
        self._sign = -1 if source == "contact" else 1
        select = f"SELECT {self._sign} * id, {', '.join(columns)} FROM {source}"
        query = f"{select} WHERE id IN ({{marks}})"
        self.columns = columns
        problem = "with outdated search text"
        super().__init__(noun, problem, [query], self._to_documents, source=source)

    def _to_documents(self, rows: Iterable[Row]) -> Rows:
        texts = [(row[0], "\n".join(tuple(row)[1:]).strip()) for row in rows]
        return [(id_, text_document(text)) for id_, text in texts if text or self._sign > 0]

    def all_ids(self, engine: Engine) -> str:
        """Return SQL for all rows of the table, and for those that documents are stored for."""
        stored = f"SELECT {self._sign} * id AS id FROM ({engine.search.texts_sql}) x"
        return f"{super().all_ids(engine)} UNION SELECT id FROM ({stored}) y WHERE id > 0"

    def stored_query(self, engine: Engine, chunk: Chunk) -> Select:
        """Return the query for the stored documents."""
        ids = {name: self._sign * id_ for name, id_ in chunk[1].items()}
        return f"SELECT * FROM ({engine.search.texts_sql}) x WHERE id IN ({chunk[0]})", ids

    def refresh(self, engine: Engine, chunk: Chunk) -> Iterable[int]:
        """Write documents, and remove those of rows that are gone or without a text."""
        rows = self.compute(engine, chunk)
        engine.search.write_texts(rows)
        ids = {self._sign * id_ for id_ in chunk[1].values()}
        engine.search.remove((), ids - {row[0] for row in rows})
        return ()
