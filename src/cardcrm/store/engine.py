"""The interface between the store and its database engines, SQLite and PostgreSQL."""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from cardcrm.store.search_engine import SearchEngine

Params = Mapping[str, Any]
Row = Any  # each engine has its own class; all support row["name"] and row[0]


class ColumnInfo(NamedTuple):
    """A column of a table: its name, the type of its values in Python, and whether it may be NULL.

    ``blank`` is the value that stands for none.
    """

    name: str
    type: type
    is_nullable: bool

    @property
    def blank(self) -> Any:
        """The value of a row that has none in this column."""
        return None if self.is_nullable else self.type()


class Connection(Protocol):
    """One open connection to one database. SQL takes ``:named`` parameters, never values."""

    name: str  # of the engine: "sqlite" or "postgresql"
    location: str  # as messages show it
    concat_function: str  # the aggregate that joins the texts of a group
    byte_length: str  # SQL for the number of bytes of a text {}
    days_between: str  # SQL for the days from a day {} to another
    json_value: str  # SQL for the text of the key {} in a JSON object {}
    epoch: str  # SQL for the seconds since 1970 of an instant {}
    ids_of_json: str  # SQL that selects the ids in the JSON list of a parameter {}
    for_update: str  # the end of a SELECT that locks the rows it reads
    is_remote: bool  # each statement costs a round trip to a server
    is_concurrent: bool  # other connections may write during the current transaction

    @property
    def version(self) -> str:
        """The version of the database program."""

    def rows(self, sql: str, params: Params) -> list[Row]:
        """Return all rows of a query."""

    def fetch_many(self, queries: Sequence[tuple[str, Params]]) -> list[list[Row]]:
        """Return all rows of each query; a server is asked in one round trip."""

    def stream(self, sql: str, params: Params) -> Iterator[Row]:
        """Yield the rows of a query, fetched as they are used."""

    def stream_tuples(self, sql: str, params: Params) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query as tuples, which unpack in half the time of a row."""

    def execute(self, sql: str, params: Params) -> int:
        """Run a statement and return the number of rows that it changed."""

    def execute_many(self, sql: str, params: Iterable[Params]) -> None:
        """Run one statement for each set of parameters."""

    def insert(self, table: str, values: Params) -> int:
        """Insert a row and return its new id."""

    def insert_rows(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> list[int]:
        """Insert up to a few hundred rows and return their new ids in the same order."""

    def insert_with_ids(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert rows that have their ids already."""

    def advance_sequence(self, table: str, last: int) -> None:
        """Give new rows only ids above ``last``."""

    def reserve_ids(self, table: str, count: int) -> int:
        """Return the first of ``count`` consecutive ids that no other connection will use.

        This needs an exclusive transaction.
        """

    def column_names(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's columns in their order."""

    def describe_columns(self, table: str) -> tuple[ColumnInfo, ...]:
        """Return the columns of a table in their order."""

    def begin(self, *, concurrent: bool = False) -> None:
        """Begin a transaction that writes; wait for other writers, then raise StorageError.

        Where the engine can, ``concurrent`` transactions write at the same time as each other.
        """

    def lock_contacts(self, contacts: Iterable[int], people: Iterable[int]) -> None:
        """Lock contacts, so that no concurrent transaction computes their derived data.

        The organizations of the ``people``, and the organizations above these, are locked as well.
        """

    def commit(self) -> None:
        """Commit the transaction; afterwards it survives a crash."""

    def rollback(self) -> None:
        """Undo all changes since `begin`."""

    def snapshot(self) -> contextlib.AbstractContextManager[None]:
        """Read the database as it is at one moment, while other connections write."""

    def data_version(self) -> int:
        """Return a number that changes when another connection commits; cheap to call often."""

    def try_lock(self, name: str) -> contextlib.AbstractContextManager[bool]:
        """Hold a lock that other programs see; False if another one holds it.

        The connection is of no other use meanwhile.
        """

    def limit_cache(self) -> None:
        """Use little memory for cached pages, in a program that stays open all day."""

    def close(self) -> None:
        """Close the connection."""


class SearchIndex(SearchEngine, Protocol):
    """The full-text index: reading it, and keeping it up to date.

    It has a document for each contact (its names, and its other fields), and one for each
    interaction and note. The id of a note's document is minus the id of its contact.
    """

    contacts_sql: str  # a query for the documents of contacts: id, names, rest
    texts_sql: str  # a query for the documents of interactions and notes: id, body

    def write_contacts(self, documents: Sequence[tuple[int, str, str]]) -> None:
        """Write documents of contacts (id, names, rest) and replace older ones."""

    def write_texts(self, documents: Sequence[tuple[int, str]]) -> None:
        """Write documents of interactions and notes (id, body) and replace older ones."""

    def remove(self, contacts: Iterable[int], texts: Iterable[int]) -> None:
        """Remove documents of contacts, and of interactions and notes."""

    def clear(self) -> None:
        """Empty the index, even a damaged one."""


class Maintenance(Protocol):
    """Checks and measures of one database."""

    def find_problems(self) -> list[str]:
        """Return what the engine's own integrity check finds; a server checks its own files."""
        return []

    def find_orphans(self) -> list[tuple[str, int, str]]:
        """Return rows whose foreign key points nowhere, as (table, id, other table).

        A server enforces foreign keys for every program.
        """
        return []

    def find_unreadable(self, table: str) -> list[int]:  # noqa: ARG002 - a file may be damaged
        """Return the ids of rows with a value of another type, or a text that is not UTF-8.

        A server checks every value that it stores.
        """
        return []

    def find_index_problems(self) -> list[str]:
        """Return what is wrong with the search index itself. Raises StorageError if unknown."""

    def count_rows(self) -> dict[str, int]:
        """Return the number of rows of every table, those of the search index included."""

    def other_tables(self, known: Collection[str]) -> list[str]:
        """Return the tables that are neither known nor those of the search index."""

    def sole_access(self) -> contextlib.AbstractContextManager[None]:
        """Keep other programs out while data is erased; a server needs no such thing.

        Raises StorageError while another program has the file open.
        """
        return contextlib.nullcontext()

    def erase_free_space(self) -> None:
        """Rewrite the tables and the search index, so that nothing of removed rows is left."""

    def database_size(self) -> int:
        """Return the size of the database in bytes."""

    def server_location(self) -> str | None:
        """Return user, server, database and schema of the connection; None for a file."""
        return None

    def count_connections(self) -> int | None:
        """Return the number of open connections; None for a file, whose users are unknown."""
        return None

    def clock_offset(self) -> float | None:
        """Return the seconds that the server's clock is ahead of this one; None for a file."""
        return None


class Engine(Connection, Protocol):
    """A connection with the search index, the maintenance and the bulk load of its database."""

    @property
    def search(self) -> SearchIndex:
        """The search index of the database."""

    @property
    def maintenance(self) -> Maintenance:
        """The checks and measures of the database."""

    def bulk_load(self) -> contextlib.AbstractContextManager[None]:
        """Fill an empty database that has no other users; rows may come in any order.

        Foreign keys and indexes are checked and built at the end. Raises ConflictError or
        StorageError for rows that break a constraint.
        """


@contextlib.contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Make all changes inside, or none; the journal does not record them."""
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
