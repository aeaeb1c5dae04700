"""PostgreSQL: one box in a schema of a server's database, for many writers at once.

Writers are of two kinds. Ordinary ones (see `Store.transaction`) hold the box one at a time, as in
SQLite, so whatever they read before they write still holds. Those that say ``together`` hold it
with others of their kind, and lock the cards whose kept facts they will reckon before they reckon.
Both are advisory locks of the transaction, so that they go through a connection pooler, and end
with the connection whatever happens to the program.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg

from cardcrm.errors import NoBoxError, StorageError
from cardcrm.store import address, schema
from cardcrm.store.engine import Params, Row
from cardcrm.store.postgres_errors import OLDEST, translated, unreachable
from cardcrm.store.postgres_line import reach
from cardcrm.store.postgres_news import CHANNEL, News
from cardcrm.store.postgres_rows import columns_of
from cardcrm.store.postgres_rows import translated as parametrised
from cardcrm.store.postgres_search import TOLD, Searching, beginning

# Every box of a server has its own lock: this number and one made of its schema's name.
_LOCK = "{kind}(1667330660, hashtext(current_schema()))"
_ALONE = _LOCK.format(kind="pg_advisory_xact_lock")
_TOGETHER = _LOCK.format(kind="pg_advisory_xact_lock_shared")

# Whatever the server's custom is: who has waited has to see what was written meanwhile.
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"

FETCHED = 2000  # so many rows of a stream are held at once


class PostgresEngine(Searching):
    """A box on a server. ``create`` makes its tables; ``wait`` is in seconds, for other writers."""

    name = "postgresql"
    join = "string_agg"
    card_index = "SELECT id, names, rest FROM card_fts"
    text_index = "SELECT id, body FROM text_fts"
    # Not IN: the planner expects so many ids of a search that it would read all cards beside it.
    among = "= ANY (ARRAY({}))"
    for_update = " FOR NO KEY UPDATE"  # rows that refer to it may come meanwhile
    sets = None  # it has its own indexes for every question, and a replica keeps nothing

    def __init__(
        self,
        location: str,
        *,
        create: bool = False,
        readonly: bool = False,
        raw: bool = False,
        wait: float = 5.0,
    ) -> None:
        self.location = address.shown(location)
        self._address, self._readonly, self.wait = location, readonly, wait
        self.is_writing = self.is_shared = self.is_filling = False
        self._streams = self._turn = 0  # the turn goes up with every transaction
        self._is_streaming = False
        self._news = News()
        self._db = self._connect(wait)
        try:
            self._refuse_old_servers()
            if not raw:
                self._open(create=create)
        except BaseException:
            self._db.close()
            raise

    def _connect(self, patience: float, *, known: bool = False) -> psycopg.Connection[Any]:
        try:
            return reach(self._address, patience, known=known)
        except psycopg.ProgrammingError as error:  # words of an address may hold its password
            raise StorageError(
                "the address of the server makes no sense",
                "For example: postgresql://user@host/name, service=NAME, or pg: for PG* variables.",
            ) from error
        except psycopg.Error as error:
            raise unreachable(error, self.location) from error

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The driver's connection, for the other rooms of this engine."""
        return self._db

    @property
    def version(self) -> str:
        """The server's version, such as 15.18."""
        major, minor = divmod(self._db.info.server_version, 10_000)
        return f"{major}.{minor}"

    def _refuse_old_servers(self) -> None:
        if self._db.info.server_version < OLDEST * 10_000:
            raise StorageError(
                f"{self.location} runs PostgreSQL {self.version}, which is too old",
                f"It must be {OLDEST} or newer.",
            )

    # the tables

    def _open(self, *, create: bool) -> None:
        version = self.layout()
        if version == schema.VERSION:
            return
        if version > schema.VERSION:
            raise StorageError(
                f"{self.location} was written by a newer cardcrm (layout {version}, "
                f"this program knows {schema.VERSION})",
                "Update cardcrm; nothing was touched.",
            )
        if not version and not create:
            raise NoBoxError(
                f"there is no card box at {self.location}",
                "`cardcrm add NAME` starts one there.",
            )
        if self._readonly:
            raise StorageError(
                f"{self.location} has an older layout and cannot be changed here",
                "Open it once with leave to write; make a copy with pg_dump before.",
            )
        self.migrate()

    def layout(self) -> int:
        """The number of the box's layout; 0 where there is no box."""
        try:
            found = self._db.execute("SELECT max(layout) FROM cardcrm_meta").fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
        except psycopg.Error as error:
            raise translated(error, self.location, self.wait) from error
        return int(found[0] or 0) if found else 0

    def migrate(self) -> None:
        """Run the migrations that are missing."""
        from cardcrm.store import postgres_tables

        postgres_tables.migrate(self)

    # reading and writing

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.Error, UnicodeEncodeError) as error:
            raise translated(error, self.location, self.wait) from error

    def _run(self, sql: str, params: Params) -> psycopg.Cursor[Any]:
        """Run one statement; outside a transaction once more if the line or a replica broke it off.

        A replica does so to a long query when what it reads is cleared away on the primary.
        """
        try:
            return self._db.execute(parametrised(sql), params)
        except (psycopg.OperationalError, psycopg.errors.SerializationFailure) as error:
            clashed = isinstance(error, psycopg.errors.SerializationFailure)
            if self.is_writing or not (clashed or self._db.closed):
                raise translated(error, self.location, self.wait) from error
        except (psycopg.Error, UnicodeEncodeError) as error:
            raise translated(error, self.location, self.wait) from error
        if self._db.closed:
            self.reconnect(self.wait)
        with self._errors():
            return self._db.execute(parametrised(sql), params)

    def reconnect(self, patience: float = 0) -> None:
        """Nothing was under way, so nobody needs to know that the server was gone meanwhile.

        One that is about to come back is waited for, at most so many seconds.
        """
        self._db = self._connect(patience, known=True)
        self._news.reconnected(self)

    def rows(self, sql: str, params: Params) -> list[Row]:
        """All rows of a query."""
        cursor = self._run(sql, params)
        with self._errors():
            return cursor.fetchall()

    def stream(self, sql: str, params: Params) -> Iterator[Row]:
        """The rows of a query, fetched by the thousand as they are used.

        The server gives them out from a cursor of its own, which lives in a transaction.
        """
        all_are_wanted = "SET LOCAL cursor_tuple_fraction = 1"
        alone = not self.is_writing and not self._is_streaming
        self._run(f"BEGIN READ ONLY; {all_are_wanted}" if alone else all_are_wanted, {})
        self._is_streaming = self._is_streaming or alone
        self._streams += 1
        name, turn = f"stream{self._streams}", self._turn
        with self._errors():
            self._db.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {parametrised(sql)}", params)
        try:
            while rows := self._fetch(name):
                yield from rows
                if len(rows) < FETCHED:
                    break
        finally:
            if turn == self._turn:  # else its transaction has ended, and the cursor with it
                if alone:
                    self.rollback()
                else:
                    with contextlib.suppress(psycopg.OperationalError):
                        self._db.execute(f"CLOSE {name}")

    def _fetch(self, stream: str) -> list[Row]:
        with self._errors():
            return self._db.execute(f"FETCH {FETCHED} FROM {stream}").fetchall()

    def script(self, text: str) -> None:
        """Run statements without parameters, each after the other."""
        with self._errors():
            self._db.execute(text)

    def execute(self, sql: str, params: Params) -> int:
        """Run a statement; the number of rows it changed."""
        return self._run(sql, params).rowcount

    def execute_many(self, sql: str, params: Iterable[Params]) -> None:
        """Run one statement for many rows."""
        many = list(params)
        if len(many) == 1:  # the driver's way for many asks once more
            self.execute(sql, many[0])
        elif many:
            with self._errors():
                self._db.cursor().executemany(parametrised(sql), many)

    def insert(self, table: str, values: Params) -> int:
        """Insert a row; the id it was given."""
        marks = ", ".join(f":{name}" for name in values)
        sql = f"INSERT INTO {table} ({columns_of(list(values))}) VALUES ({marks}) RETURNING id"
        row_id: int = self.rows(sql, values)[0][0]
        return row_id

    def insert_several(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> list[int]:
        """Insert rows with one statement; the ids they were given, in their order."""
        marks = ", ".join(["%s"] * len(columns))
        several = ", ".join([f"({marks})"] * len(rows))
        sql = f"INSERT INTO {table} ({columns_of(columns)}) VALUES {several} RETURNING id"
        with self._errors():
            found = self._db.execute(sql, [value for row in rows for value in row]).fetchall()
        return sorted(row[0] for row in found)  # they are given out in the order of the rows

    def insert_many(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert rows that already hold their ids, and give none of these out again."""
        self.copy_in(table, columns, rows)
        if "id" in columns and rows:
            place = list(columns).index("id")
            self.skip_ids(table, max(row[place] for row in rows))

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows with COPY."""
        copy = f"COPY {table} ({columns_of(columns)}) FROM STDIN"
        with self._errors(), self._db.cursor() as cursor, cursor.copy(copy) as stream:
            for row in rows:
                stream.write_row(row)

    def skip_ids(self, table: str, last: int) -> None:
        """Give out no id up to ``last`` any more."""
        self.rows(
            f"SELECT setval('{table}_id_seq', greatest(:last, last_value)) FROM {table}_id_seq",
            {"last": last},
        )

    def reserve(self, table: str, count: int) -> int:  # noqa: ARG002 - holding the box reserves all
        """The first id after all that were ever given; holding the box keeps them ours."""
        assert not self.is_shared, "ids are reserved by who holds the box alone"
        sql = f"SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM {table}_id_seq"
        return int(self.rows(sql, {})[0][0])

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of a table's columns in their order."""
        found = self._run(f"SELECT * FROM {table} LIMIT 0", {}).description or ()
        return tuple(column.name for column in found)

    # transactions

    def begin(self, *, together: bool = False) -> None:
        """Hold the box, alone or with others who write ``together``; waits, then StorageError."""
        if self._is_streaming:  # whoever reads on has nothing to read from
            self.rollback()
        self._refuse_to_write()
        wait = max(1, round(self.wait * 1000))
        lock = _TOGETHER if together else _ALONE
        script = f"{_BEGIN}; SET LOCAL lock_timeout = '{wait}ms'; SELECT {lock}"
        if self.is_filling:  # the last of all commits, which ends the filling, waits for the disk
            script += "; SET LOCAL synchronous_commit = off"
        self.is_writing, self.is_shared = True, together
        try:
            try:
                self._db.execute(script)
            except psycopg.OperationalError:
                # While it is filled commits do not wait for the disk: the last may be gone, too.
                if not self._db.closed or self.is_filling:
                    raise
                self.reconnect(self.wait)
                self._db.execute(script)
        except psycopg.Error as error:
            self.rollback()
            raise translated(error, self.location, self.wait) from error
        except BaseException:
            self.is_writing = False
            raise

    def _refuse_to_write(self) -> None:
        if self._readonly:  # not a setting of the connection: a pooler gives that to others too
            raise StorageError(
                f"{self.location} may only be read (it was opened so)", "Nothing was changed."
            )

    def hold(self, cards: Iterable[int], people: Iterable[int]) -> None:
        """Keep others from reckoning the kept facts of cards, and see what they have written.

        All are locked in their order, with one statement, so that no two wait for each other.
        """
        sql = (
            "WITH RECURSIVE held (id) AS (SELECT unnest(CAST(:people AS BIGINT[])) "
            "UNION SELECT c.org_id FROM contact c JOIN held ON held.id = c.id) "
            "SELECT id FROM contact WHERE id = ANY (ARRAY(SELECT id FROM held "
            "UNION SELECT unnest(CAST(:cards AS BIGINT[])))) ORDER BY id FOR NO KEY UPDATE"
        )
        self.rows(sql, {"cards": list(cards), "people": list(people)})

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read everything as it is at one moment, while others go on writing."""
        self._run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", {})
        self.is_writing = True
        try:
            yield
        finally:
            self.rollback()

    def commit(self) -> None:
        """Commit; with the server's usual settings the change is on its disk when this returns."""
        try:
            self._db.execute(f"SELECT pg_notify('{CHANNEL}', current_schema()); COMMIT")
        except psycopg.Error as error:
            keeping = self._db.closed
            raise translated(error, self.location, self.wait, keeping=keeping) from error
        self.is_writing = self.is_shared = False
        self._turn += 1

    def rollback(self) -> None:
        """Leave everything as it was; a server that has gone has done so by itself."""
        self.is_writing = self.is_shared = self._is_streaming = False
        self._turn += 1
        if not self._db.closed:
            with contextlib.suppress(psycopg.OperationalError):
                self._db.execute("ROLLBACK")

    # search

    @contextlib.contextmanager
    def filling(self) -> Iterator[None]:
        """While an empty box is filled: it is sorted and looked through once, at the end."""
        from cardcrm.store import postgres_filling

        postgres_filling.lay_aside(self)
        self.is_filling = True
        try:
            yield
        finally:
            self.is_filling = False
        postgres_filling.put_back(self)

    def index_cards(self, cards: Sequence[tuple[int, str, str]]) -> None:
        """Write the search text of cards in place of any older one."""
        from cardcrm.store import postgres_index

        postgres_index.write_cards(self, cards)

    def index_texts(self, texts: Sequence[tuple[int, str]]) -> None:
        """Write the text of interactions and of notes (under minus the card's id)."""
        from cardcrm.store import postgres_index

        postgres_index.write_texts(self, texts)

    def unindex(self, cards: Iterable[int], texts: Iterable[int]) -> None:
        """Take cards and texts out of the search index."""
        from cardcrm.store import postgres_index

        postgres_index.remove(self, cards, texts)

    def clear_index(self) -> None:
        """Empty the search index, and give it trigrams if the server has come to know them."""
        from cardcrm.store import postgres_tables

        self.execute("DROP TABLE IF EXISTS card_fts, text_fts", {})
        postgres_tables.make_index(self)

    def few(self, words: Sequence[str], limit: int) -> list[int]:
        """Ids of up to ``limit`` cards that hold all the words."""
        from cardcrm.store import postgres_few

        return postgres_few.few(self, words, limit)

    def is_told(self, word: str) -> bool:
        """Whether any note or interaction holds a word, or one that begins so."""
        return bool(self.rows(TOLD, {"word": beginning(word)}))

    def narrow(self, words: Sequence[str], most: int) -> list[int] | None:
        """Ids of a few cards among which are all that hold the words."""
        from cardcrm.store import searching

        sql, params = searching.matching(self, words, "w")
        rows = self.rows(f"SELECT * FROM ({sql}) AS f LIMIT :most", {**params, "most": most + 1})
        return [row[0] for row in rows] if len(rows) <= most else None

    # what is wrong, and what is new

    def problems(self) -> list[str]:
        """The server looks after its own files."""
        return []

    def orphans(self) -> list[tuple[str, int, str]]:
        """The server lets nothing point to what is not there."""
        return []

    def index_problems(self) -> list[str]:
        """The server looks after its own indexes."""
        return []

    def row_counts(self) -> dict[str, int]:
        """The number of rows of every table, those of the search index among them."""
        from cardcrm.store import postgres_care

        return postgres_care.row_counts(self)

    def size(self) -> int:
        """The bytes that the box takes on the server, indexes and all."""
        from cardcrm.store import postgres_care

        return postgres_care.size(self)

    def connections(self) -> int:
        """How many connections the database has at this moment, this one among them."""
        from cardcrm.store import postgres_care

        return postgres_care.connections(self)

    def clock_ahead(self) -> float:
        """By how many seconds the server's clock is ahead of this machine's."""
        from cardcrm.store import postgres_care

        return postgres_care.clock_ahead(self)

    def data_version(self) -> int:
        """A number that changes whenever another connection has committed."""
        return self._news.version(self)

    @contextlib.contextmanager
    def reading(self) -> Iterator[psycopg.Connection[Any]]:
        """The driver's connection in a transaction that can only read."""
        self._run("BEGIN READ ONLY", {})
        try:
            yield self._db
        finally:
            self.rollback()

    def stay_small(self) -> None:
        """The box is in the server's memory, not in ours."""

    def close(self) -> None:
        """End the connection."""
        self._db.close()
