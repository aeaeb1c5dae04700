"""SQLite: one local file. Everything that only SQLite understands stands here."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cardcrm.errors import ConflictError, StorageError
from cardcrm.store import schema
from cardcrm.store.engine import Params, Row

APPLICATION_ID = 0x63617264  # "card"

WORDS = {"identity": "INTEGER PRIMARY KEY AUTOINCREMENT", "key": "TEXT"}

# Names and points are found by any part of them, so they are cut into trigrams; notes and
# interactions are long, so they are cut into words. Both hold folded text (see `text.fold`).
SEARCH = """
CREATE VIRTUAL TABLE card_fts USING fts5 (names, rest, tokenize = 'trigram');
CREATE VIRTUAL TABLE text_fts USING fts5 (body, tokenize = 'unicode61');
"""


class SqliteEngine:
    """A box in a file. ``create`` makes a new one; ``wait`` is in seconds, for other writers."""

    name = "sqlite"
    join = "group_concat"

    def __init__(
        self, path: Path, *, create: bool = False, readonly: bool = False, wait: float = 5.0
    ) -> None:
        self.path = path
        self.location = str(path)
        self._wait = wait
        fresh = not path.exists()
        if fresh:
            _prepare(path, create=create)
        self._db = self._connect(readonly=readonly)
        try:
            self._open(fresh=fresh, readonly=readonly)
        except BaseException:
            self._db.close()
            raise

    def _connect(self, *, readonly: bool) -> sqlite3.Connection:
        with self._errors():
            if readonly:
                uri = f"{self.path.absolute().as_uri()}?mode=ro"
                db = sqlite3.connect(uri, uri=True, timeout=self._wait, isolation_level=None)
            else:
                db = sqlite3.connect(self.path, timeout=self._wait, isolation_level=None)
            db.row_factory = sqlite3.Row
            return db

    def _open(self, *, fresh: bool, readonly: bool) -> None:
        with self._errors():
            run = self._db.execute
            run("PRAGMA foreign_keys = ON")
            run("PRAGMA synchronous = FULL")
            version = run("PRAGMA user_version").fetchone()[0]
            if version == schema.VERSION and run("PRAGMA application_id").fetchone()[0] == (
                APPLICATION_ID
            ):
                return
        self._migrate(version, fresh=fresh, readonly=readonly)

    def _migrate(self, version: int, *, fresh: bool, readonly: bool) -> None:
        self._refuse_strangers(version)
        if readonly:
            raise StorageError(
                f"{self.path} has an older layout and cannot be changed here",
                "Open it once with leave to write; it is backed up and brought up to date then.",
            )
        if version and not fresh:
            self.copy_to(_older_copy(self.path, version))
        with self._errors():
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._apply(self._db.execute("PRAGMA user_version").fetchone()[0])
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def _refuse_strangers(self, version: int) -> None:
        with self._errors():
            ident = self._db.execute("PRAGMA application_id").fetchone()[0]
            tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if ident != APPLICATION_ID and tables:
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
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def _translated(self, error: sqlite3.Error) -> Exception:
        if isinstance(error, sqlite3.IntegrityError):
            return ConflictError(
                f"that contradicts what is kept already ({error})", "Nothing was changed."
            )
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return self._busy()
        message, hint = _WHAT_WENT_WRONG.get(
            code, ("could not be used: " + str(error), "See `cardcrm db check`.")
        )
        return StorageError(f"{self.path} {message}", hint)

    def _busy(self) -> StorageError:
        from cardcrm.store.holders import holders

        held = holders(self.path)
        return StorageError(
            f"{self.path} is locked by another program"
            + (f": {', '.join(held)}" if held else "")
            + f" (waited {self._wait:g} s)",
            "Nothing was changed. Try again when it has finished, or set lock-wait higher.",
        )

    def rows(self, sql: str, params: Params) -> list[Row]:
        """All rows of a query."""
        with self._errors():
            return self._db.execute(sql, params).fetchall()

    def stream(self, sql: str, params: Params) -> Iterator[Row]:
        """The rows of a query, fetched as they are used."""
        with self._errors():
            yield from self._db.execute(sql, params)

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

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of a table's columns in their order."""
        with self._errors():
            cursor = self._db.execute(f"SELECT * FROM {table} LIMIT 0")
        return tuple(column[0] for column in cursor.description)

    def begin(self) -> None:
        """Take the write lock; waits for other writers, then raises StorageError."""
        self.execute("BEGIN IMMEDIATE", {})

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
            run("DELETE FROM card_fts WHERE rowid = ?", ((card,) for card in cards))
            run("DELETE FROM text_fts WHERE rowid = ?", ((text,) for text in texts))

    def matching(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of contacts that a folded word finds."""
        notes, params = self.matching_notes(word, f"{key}t")
        history, _ = self.matching_history(word, f"{key}t")
        text_sql = f"{notes} UNION {history}"
        if len(word) < 3:  # a trigram index knows nothing so short; names are found by their start
            params |= {f"{key}a": word, f"{key}z": word + "\U0010ffff"}
            return (
                f"SELECT id FROM contact WHERE name_key >= :{key}a AND name_key < :{key}z "
                f"UNION SELECT id FROM contact WHERE sort_key >= :{key}a AND sort_key < :{key}z "
                f"UNION SELECT contact_id FROM tag WHERE name = :{key}a UNION {text_sql}",
                params,
            )
        params[f"{key}c"] = any_writing(word)
        return f"SELECT rowid FROM card_fts WHERE card_fts MATCH :{key}c UNION {text_sql}", params

    def matching_notes(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of contacts with a word in the note on their card."""
        return (
            f"SELECT -rowid FROM text_fts WHERE text_fts MATCH :{key} AND rowid < 0",
            {key: _beginning(word)},
        )

    def matching_history(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of contacts with a word in an interaction."""
        return (
            "SELECT contact_id FROM participant WHERE interaction_id IN "
            f"(SELECT rowid FROM text_fts WHERE text_fts MATCH :{key} AND rowid > 0)",
            {key: _beginning(word)},
        )

    def matching_names(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of cards whose names hold every word."""
        match = " AND ".join(quoted(word) for word in words)
        return "SELECT rowid FROM card_fts WHERE card_fts MATCH :" + key, {
            key: f"names : ({match})"
        }

    def few(self, words: Sequence[str], limit: int) -> list[int]:
        """Ids of up to ``limit`` cards that hold all the words."""
        from cardcrm.store import sqlite_few

        with self._errors():
            return sqlite_few.few(self._db, words, limit)

    def copy_to(self, target: Path) -> None:
        """Copy the whole box into a new file while others go on using this one."""
        with self._errors():
            _touch(target)
            copy = sqlite3.connect(target)
            try:
                self._db.backup(copy)
                # A copy is one file: without this it would want its log beside it.
                copy.execute("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()

    def problems(self) -> list[str]:
        """What SQLite's own checks find wrong in the file; empty when all is well."""
        with self._errors():
            found = [row[0] for row in self._db.execute("PRAGMA integrity_check")]
            found = [] if found == ["ok"] else found
            found += [
                f"{row[0]} {row[1]} points to a missing {row[2]}"
                for row in self._db.execute("PRAGMA foreign_key_check")
            ]
        for table in ("card_fts", "text_fts"):
            try:
                self._db.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
            except sqlite3.DatabaseError as error:
                found.append(f"the search index {table} is damaged: {error}")
        return found

    def data_version(self) -> int:
        """A number that changes whenever another connection has committed."""
        with self._errors():
            version: int = self._db.execute("PRAGMA data_version").fetchone()[0]
            return version

    def close(self) -> None:
        """Close the file."""
        with self._errors():
            self._db.close()


def quoted(word: str) -> str:
    """A word as FTS5 reads a phrase."""
    return '"' + word.replace('"', '""').replace("\0", "") + '"'


def _beginning(word: str) -> str:
    """A search for words that begin so; shorter ones only as they are, or they would find all."""
    return quoted(word) + (" *" if len(word) >= 3 else "")


def any_writing(word: str) -> str:
    """A search for a word; if it looks like a phone number, for its digits as well.

    The index holds numbers in international form, so the zeros or the (0) of national writing go.
    """
    plain = word.replace("(0)", "")
    if plain.strip("0123456789+()-./ "):
        return quoted(word)
    digits = "".join(filter(str.isdigit, plain)).lstrip("0")
    return f"{quoted(word)} OR {quoted(digits)}" if len(digits) >= 3 else quoted(word)


def _prepare(path: Path, *, create: bool) -> None:
    if not create:
        raise StorageError(
            f"there is no card box at {path}",
            "`cardcrm add NAME` starts one; `cardcrm demo` shows a filled one.",
        )
    _touch(path)


def _touch(path: Path) -> None:
    """Make an empty file that only its owner may read."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except FileNotFoundError as error:
        raise StorageError(
            f"the folder {path.parent} does not exist", "Make it first, or name another file."
        ) from error
    except OSError as error:
        raise StorageError(f"{path} cannot be made: {error.strerror}") from error


def _older_copy(path: Path, version: int) -> Path:
    """A free name beside the file for the copy that is kept before a migration."""
    number = 0
    while True:
        tail = f"-{number}" if number else ""
        copy = path.with_name(f"{path.name}.layout-{version}{tail}.bak")
        if not copy.exists():
            return copy
        number += 1


_WHAT_WENT_WRONG = {
    sqlite3.SQLITE_FULL: (
        "could not be written: the disk is full",
        "Nothing was changed. Make room and try again.",
    ),
    sqlite3.SQLITE_READONLY: (
        "may only be read",
        "Nothing was changed. Check the file's and its folder's permissions.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "Check that it is a file, that its folder exists and that both may be written.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "is damaged",
        "Keep a copy, then restore the last backup: `cardcrm db restore FILE`.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "is not a card box (or it is badly damaged)",
        "Name another file with --db, or restore a backup: `cardcrm db restore FILE`.",
    ),
    sqlite3.SQLITE_IOERR: (
        "could not be read or written (disk error or disk full)",
        "Nothing was changed. Check the disk.",
    ),
    sqlite3.SQLITE_PERM: ("may not be opened", "Check the file's permissions."),
    sqlite3.SQLITE_AUTH: ("may not be opened", "Check the file's permissions."),
    sqlite3.SQLITE_TOOBIG: ("cannot hold a text that long", "Nothing was changed."),
}
