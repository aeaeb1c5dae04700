"""SQLite: one local file. Everything that only SQLite understands stands here."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardcrm.errors import ConflictError, NoBoxError, StorageError
from cardcrm.store import files, schema
from cardcrm.store.engine import Params, Row
from cardcrm.store.sqlite_errors import locked, primary_code, translated
from cardcrm.store.sqlite_search import SEARCH, TABLES, Searching, quoted

if TYPE_CHECKING:
    from cardcrm.store.sqlite_sets import Sets

APPLICATION_ID = 0x63617264  # "card"

WORDS = {"identity": "INTEGER PRIMARY KEY AUTOINCREMENT", "key": "TEXT"}


class SqliteEngine(Searching):
    """A box in a file. ``create`` makes a new one; ``wait`` is in seconds, for other writers.

    ``raw`` opens a file as it is: not migrated, perhaps damaged, perhaps no box at all.
    """

    name = "sqlite"
    version = sqlite3.sqlite_version
    join = "group_concat"
    card_index = "SELECT rowid AS id, names, rest FROM card_fts"
    text_index = "SELECT rowid AS id, body FROM text_fts"
    is_shared = False
    among = "IN ({})"
    for_update = ""  # the write lock does that

    def __init__(
        self,
        path: Path,
        *,
        create: bool = False,
        readonly: bool = False,
        raw: bool = False,
        wait: float = 5.0,
    ) -> None:
        if not files.exists(path):
            _start(path, create=create)
        self._attach(path, readonly=readonly, wait=wait)
        if raw:
            return
        try:
            self._open(create=create, readonly=readonly)
        except BaseException:
            self._db.close()
            raise

    def _attach(self, path: Path, *, readonly: bool, wait: float) -> None:
        self.path, self.location, self._wait = path, str(path), wait
        self._inode = path.stat().st_ino
        place = _address(path, readonly=readonly)
        with self._errors():
            # The driver's own transactions would commit behind our back, so it is given none.
            self._db = sqlite3.connect(
                place, uri=isinstance(place, str), timeout=wait, isolation_level=None
            )
        self._db.row_factory = sqlite3.Row

    def _open(self, *, create: bool, readonly: bool) -> None:
        with self._errors():
            run = self._db.execute
            run("PRAGMA foreign_keys = ON")
            run("PRAGMA synchronous = FULL")
            run("PRAGMA cache_size = -16384")  # at most 16 MiB; a big import would thrash in 2
            version = run("PRAGMA user_version").fetchone()[0]
            if version == schema.VERSION and run("PRAGMA application_id").fetchone()[0] == (
                APPLICATION_ID
            ):
                return
        if not (create or version) and self.path.stat().st_size == 0:
            raise NoBoxError(
                f"{self.path} is empty: there is no card box in it",
                "If there was one, put a backup back: `cardcrm db restore FILE`. Else "
                "`cardcrm add NAME` starts one there.",
            )
        self._migrate(version, readonly=readonly)

    def _migrate(self, version: int, *, readonly: bool) -> None:
        self.refuse_strangers()
        if readonly:
            raise StorageError(
                f"{self.path} has an older layout and cannot be changed here",
                "Open it once with leave to write; it is backed up and brought up to date then.",
            )
        if version:
            self.copy_to(_older_copy(self.path, version))
        with self._errors():
            self._write_ahead()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._apply(self._db.execute("PRAGMA user_version").fetchone()[0])
                self._db.execute("COMMIT")
            except BaseException:
                self.rollback()
                raise

    def _write_ahead(self) -> None:
        """Switch to the write-ahead log. SQLite does not wait for others here, so we do."""
        self._patiently(lambda: self._db.execute("PRAGMA journal_mode = WAL"))

    def _patiently(self, act: Callable[[], object]) -> None:
        """Do what SQLite refuses at once while others use the file, until the wait is over."""
        end = time.monotonic() + self._wait
        while True:
            try:
                act()
            except sqlite3.OperationalError as error:
                if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                    raise
                time.sleep(0.02)
            else:
                return

    def refuse_strangers(self) -> int:
        """The file's layout. Raises StorageError if another or a newer program made it."""
        with self._errors():
            version: int = self._db.execute("PRAGMA user_version").fetchone()[0]
            ident = self._db.execute("PRAGMA application_id").fetchone()[0]
            tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if ident != APPLICATION_ID and (tables or version):
            raise StorageError(
                f"{self.path} is a database of another program",
                "Name another file with --db; cardcrm leaves this one as it is.",
            )
        if version > schema.VERSION:
            raise StorageError(
                f"{self.path} was written by a newer cardcrm (layout {version}, "
                f"this program knows {schema.VERSION})",
                "Update cardcrm; the file was not touched.",
            )
        return version

    def _apply(self, version: int) -> None:
        """Run the migrations that are missing; another process may have run them meanwhile."""
        for number, scripts in schema.MIGRATIONS:
            if number <= version:
                continue
            extra = (SEARCH,) if number == 1 else ()
            for script in (*scripts, *extra):
                for statement in schema.statements(script, **WORDS):
                    self._db.execute(statement)
        self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._db.execute(f"PRAGMA user_version = {schema.VERSION}")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
            raise translated(error, self.path, self._wait) from error

    def rows(self, sql: str, params: Params) -> list[Row]:
        """All rows of a query."""
        with self._errors():
            return self._db.execute(sql, params).fetchall()

    def stream(self, sql: str, params: Params) -> Iterator[Row]:
        """The rows of a query, fetched as they are used."""
        with self._errors():
            # Not `yield from`: that would close a cursor whose database may be closed already.
            for row in self._db.execute(sql, params):  # noqa: UP028
                yield row

    def execute(self, sql: str, params: Params) -> int:
        """Run a statement; the number of rows it changed."""
        with self._errors():
            return self._db.execute(sql, params).rowcount

    def execute_many(self, sql: str, params: Iterable[Params]) -> None:
        """Run one statement for many rows."""
        with self._errors():
            self._db.executemany(sql, params)

    def insert(self, table: str, values: Params) -> int:
        """Insert a row; the id it was given."""
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        with self._errors():
            cursor = self._db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def insert_several(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> list[int]:
        """Insert rows; the ids they were given, in their order."""
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        with self._errors():
            return [self._db.execute(sql, row).lastrowid or 0 for row in rows]

    def insert_many(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert rows that already hold their ids."""
        marks = ", ".join("?" * len(columns))
        with self._errors():
            self._db.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows
            )

    def reserve(self, table: str, count: int) -> int:  # noqa: ARG002 - the write lock reserves all
        """The first id after all that were ever given; the write lock keeps them ours."""
        found = self.rows("SELECT seq FROM sqlite_sequence WHERE name = :table", {"table": table})
        return int(found[0][0]) + 1 if found else 1

    def skip_ids(self, table: str, last: int) -> None:
        """Give out no id up to ``last`` any more."""
        params = {"table": table, "last": last}
        known = "UPDATE sqlite_sequence SET seq = max(seq, :last) WHERE name = :table"
        if not self.execute(known, params):
            self.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)", params)

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of a table's columns in their order."""
        with self._errors():
            cursor = self._db.execute(f"SELECT * FROM {table} LIMIT 0")
        return tuple(column[0] for column in cursor.description)

    def begin(self, *, together: bool = False) -> None:  # noqa: ARG002 - a file has one writer
        """Take the write lock; waits for other writers, then raises StorageError."""
        self.execute("BEGIN IMMEDIATE", {})
        if not self._is_in_place():
            self.rollback()
            if not files.exists(self.path):
                raise StorageError(
                    f"{self.path} is gone", "Nothing was changed. Put it back and do it again."
                )
            raise StorageError(
                f"{self.path} was replaced by another file meanwhile",
                "Nothing was changed. Do it again, and it goes into the new one.",
            )

    def _is_in_place(self) -> bool:
        """Whether the open file still has its name: a restore may have put another there."""
        try:
            return self.path.stat().st_ino == self._inode
        except OSError:
            return False

    def hold(self, cards: Iterable[int], people: Iterable[int]) -> None:
        """The write lock holds every card."""

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read everything as it is at one moment, while others go on writing."""
        self.execute("BEGIN", {})
        try:
            yield
        finally:
            self.rollback()

    def commit(self) -> None:
        """Commit; in WAL mode with synchronous=FULL the log is on disk when this returns."""
        self.execute("COMMIT", {})

    def rollback(self) -> None:
        """Leave everything as it was; SQLite may have rolled back by itself already."""
        if self._db.in_transaction:
            self.execute("ROLLBACK", {})

    def index_cards(self, cards: Sequence[tuple[int, str, str]]) -> None:
        """Write the search text of cards in place of any older one."""
        with self._errors():
            self._db.executemany(
                "INSERT OR REPLACE INTO card_fts (rowid, names, rest) VALUES (?, ?, ?)", cards
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO name_fts (rowid, names) VALUES (?, ?)",
                ((card, names) for card, names, _ in cards),
            )

    def index_texts(self, texts: Sequence[tuple[int, str]]) -> None:
        """Write the text of interactions and of notes (under minus the card's id)."""
        with self._errors():
            self._db.executemany(
                "INSERT OR REPLACE INTO text_fts (rowid, body) VALUES (?, ?)", texts
            )

    def unindex(self, cards: Iterable[int], texts: Iterable[int]) -> None:
        """Take cards and texts out of the search index."""
        with self._errors():
            run = self._db.executemany
            gone = [(card,) for card in cards]
            run("DELETE FROM card_fts WHERE rowid = ?", gone)
            run("DELETE FROM name_fts WHERE rowid = ?", gone)
            run("DELETE FROM text_fts WHERE rowid = ?", ((text,) for text in texts))

    @contextlib.contextmanager
    def filling(self) -> Iterator[None]:
        """While an empty box is filled: whether every row is there that others point to is looked
        at once, at the end.
        """
        self.execute("PRAGMA foreign_keys = OFF", {})
        try:
            yield
            for table, row, other in self.orphans()[:1]:
                raise StorageError(
                    f"{table} {row} points to a row of {other} that is not there",
                    "See `cardcrm db check` of the box it comes from.",
                )
        finally:
            self.execute("PRAGMA foreign_keys = ON", {})

    def clear_index(self) -> None:
        """Empty the search index, however damaged it is."""
        for table in TABLES:
            self.execute(f"DROP TABLE IF EXISTS {table}", {})
        for statement in schema.statements(SEARCH):
            self.execute(statement, {})

    def few(self, words: Sequence[str], limit: int) -> list[int]:
        """Ids of up to ``limit`` cards that hold all the words."""
        from cardcrm.store import sqlite_few

        with self._errors():
            return sqlite_few.few(self._db, words, limit)

    def is_told(self, word: str) -> bool:
        """Whether any note or interaction holds a word, or one that begins so."""
        from cardcrm.store import sqlite_few

        with self._errors():
            return sqlite_few.is_told(self._db, word)

    def narrow(self, words: Sequence[str], most: int) -> list[int] | None:
        """Ids of a few cards among which are all that hold the words."""
        from cardcrm.store import sqlite_few

        with self._errors():
            return sqlite_few.narrow(self._db, words, most)

    @property
    def sets(self) -> "Sets":
        """Sets of cards kept beside the box, by this connection."""
        from cardcrm.store.sqlite_sets import Sets

        return Sets(self._db, self._errors)

    def matching_beginnings(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of cards in whose names words begin with each of these."""
        match = f"{quoted(words[0])} *"
        if len(words) > 1:
            from cardcrm.store import sqlite_few

            with self._errors():
                match = sqlite_few.begun(self._db, words)
        return f"SELECT rowid FROM name_fts WHERE name_fts MATCH :{key}", {key: match}

    def copy_to(self, target: Path) -> None:
        """Copy the whole box into a new file while others go on using this one.

        Raises ConflictError if there is such a file; a copy that fails leaves none.
        """
        from cardcrm.store import sqlite_care

        files.make_private(target)
        try:
            sqlite_care.copy(self._db, self.path, target, self._wait)
            files.sync(target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise

    @contextlib.contextmanager
    def closed_to_others(self) -> Iterator[None]:
        """Hold the file alone, all of it in the one file, for as long as it is being replaced.

        Raises StorageError while any other program has it open.
        """
        try:
            # Leaving the write-ahead log is allowed to nobody but the file's only user.
            self._patiently(lambda: self._db.execute("PRAGMA journal_mode = DELETE"))
            self._db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if primary_code(error) == sqlite3.SQLITE_BUSY:
                raise locked(self.path, self._wait, readers=True) from error
            raise translated(error, self.path, self._wait) from error
        except sqlite3.DatabaseError as error:
            raise translated(error, self.path, self._wait) from error
        try:
            yield
        finally:
            self.rollback()
            if self._is_in_place():
                with self._errors():
                    self._write_ahead()

    def problems(self) -> list[str]:
        """What SQLite's own checks find wrong in the file; empty when all is well."""
        from cardcrm.store import sqlite_care

        return sqlite_care.problems(self._db, self.path, self._wait)

    def orphans(self) -> list[tuple[str, int, str]]:
        """Rows (table, id) that point to a row of another table which is not there."""
        with self._errors():
            return [
                (row[0], row[1], row[2]) for row in self._db.execute("PRAGMA foreign_key_check")
            ]

    def index_problems(self) -> list[str]:
        """What is wrong inside the search index itself; needs the write lock for a moment."""
        from cardcrm.store import sqlite_care

        return sqlite_care.index_problems(self._db, self.path, self._wait)

    def row_counts(self) -> dict[str, int]:
        """The number of rows of every table, those of the search index among them."""
        tables = self.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", {})
        return {name: self.rows(f'SELECT count(*) FROM "{name}"', {})[0][0] for (name,) in tables}

    def size(self) -> int:
        """The bytes of the file."""
        return self.path.stat().st_size

    def connections(self) -> int | None:
        """SQLite does not know who else has the file open."""
        return None

    def clock_ahead(self) -> None:
        """A file has no clock of its own."""

    def reading_connection(self) -> sqlite3.Connection:
        """The driver's connection, made unable to write here or to open any other file."""
        with self._errors():
            self._db.execute("PRAGMA query_only = ON")
        self._db.set_authorizer(
            lambda action, *_: (
                sqlite3.SQLITE_DENY
                if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH)
                else sqlite3.SQLITE_OK
            )
        )
        return self._db

    def data_version(self) -> int:
        """A number that changes whenever another connection has committed."""
        with self._errors():
            version: int = self._db.execute("PRAGMA data_version").fetchone()[0]
            return version

    def stay_small(self) -> None:
        """Keep 4 MiB of the file's pages; the system keeps those that are read again and again."""
        self.execute("PRAGMA cache_size = -4096", {})

    def close(self) -> None:
        """Close the file."""
        with self._errors():
            self._db.close()


def _address(path: Path, *, readonly: bool) -> Path | str:
    """The path, or where it can only be read the address that says so.

    The write-ahead log needs a file beside the box. Where none may be made and there is none, the
    box can be read as it stands only by saying that it will not change meanwhile.
    """
    is_sealed = not os.access(path.parent, os.W_OK) and not _has_log(path)
    if not (readonly or is_sealed):
        return path
    return f"{path.absolute().as_uri()}?mode=ro" + ("&immutable=1" if is_sealed else "")


def _has_log(path: Path) -> bool:
    """Whether changes stand in the log that are not yet in the file itself."""
    try:
        return files.beside(path, "-wal").stat().st_size > 0
    except OSError:
        return False


def _start(path: Path, *, create: bool) -> None:
    """Make the file of a new box, unless another process does so at this moment."""
    if not create:
        raise NoBoxError(
            f"there is no card box at {path}",
            "`cardcrm add NAME` or `cardcrm import FILE` starts one; `cardcrm demo` shows one.",
        )
    with contextlib.suppress(ConflictError):
        files.make_private(path)


def _older_copy(path: Path, version: int) -> Path:
    """A free name beside the file for the copy that is kept before a migration."""
    return files.free_name(path.with_name(f"{path.name}.layout-{version}.bak"))
