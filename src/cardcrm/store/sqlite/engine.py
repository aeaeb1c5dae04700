"""SQLite: one local file. What only SQLite understands stands here and in sqlite_*.py."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cardcrm.errors import StorageError
from cardcrm.store import migrations, private_files
from cardcrm.store.sqlite.connection import APPLICATION_ID, SqliteStatements
from cardcrm.store.sqlite.search import Searching, quoted

if TYPE_CHECKING:
    from cardcrm.store.sqlite.result_sets import Sets


class SqliteEngine(SqliteStatements, Searching):
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
    is_remote = False
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
        if not private_files.exists(path):
            from cardcrm.store.sqlite import schema as sqlite_schema

            sqlite_schema.start(path, create=create)
        super().__init__(path, readonly=readonly, wait=wait)
        if raw:
            return
        try:
            self._open(create=create, readonly=readonly)
        except BaseException:
            self._db.close()
            raise

    def _open(self, *, create: bool, readonly: bool) -> None:
        with self._errors():
            run = self._db.execute
            run("PRAGMA foreign_keys = ON")
            run("PRAGMA synchronous = FULL")
            run("PRAGMA cache_size = -16384")  # at most 16 MiB; a big import would thrash in 2
            version = run("PRAGMA user_version").fetchone()[0]
            if version == migrations.VERSION and run("PRAGMA application_id").fetchone()[0] == (
                APPLICATION_ID
            ):
                return
        from cardcrm.store.sqlite import schema as sqlite_schema

        sqlite_schema.migrate(self, create=create, readonly=readonly)

    def refuse_strangers(self) -> int:
        """The file's layout. Raises StorageError if another or a newer program made it."""
        from cardcrm.store.sqlite import schema as sqlite_schema

        return sqlite_schema.refuse_strangers(self)

    # transactions

    def begin(self, *, together: bool = False) -> None:  # noqa: ARG002 - a file has one writer
        """Take the write lock; waits for other writers, then raises StorageError."""
        self.execute("BEGIN IMMEDIATE", {})
        if not self.is_in_place():
            self.rollback()
            if not private_files.exists(self.path):
                raise StorageError(
                    f"{self.path} is gone", "Nothing was changed. Put it back and do it again."
                )
            raise StorageError(
                f"{self.path} was replaced by another file meanwhile",
                "Nothing was changed. Do it again, and it goes into the new one.",
            )

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

    # search

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

    def clear_index(self) -> None:
        """Empty the search index, however damaged it is."""
        from cardcrm.store.sqlite import schema as sqlite_schema

        sqlite_schema.make_index_anew(self)

    def few(self, words: Sequence[str], limit: int) -> list[int]:
        """Ids of up to ``limit`` cards that hold all the words."""
        from cardcrm.store.sqlite import candidates

        with self._errors():
            return candidates.few(self._db, words, limit)

    def word_exists(self, word: str) -> bool:
        """Whether any note or interaction holds a word, or one that begins so."""
        from cardcrm.store.sqlite import candidates

        with self._errors():
            return candidates.word_exists(self._db, word)

    def narrow(self, words: Sequence[str], most: int) -> list[int] | None:
        """Ids of a few cards among which are all that hold the words."""
        from cardcrm.store.sqlite import candidates

        with self._errors():
            return candidates.narrow(self._db, words, most)

    @property
    def sets(self) -> "Sets":
        """Sets of cards kept beside the box, by this connection."""
        from cardcrm.store.sqlite.result_sets import Sets

        return Sets(self._db, self._errors)

    def matching_beginnings(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """SQL for the ids of cards in whose names words begin with each of these."""
        match = f"{quoted(words[0])} *"
        if len(words) > 1:
            from cardcrm.store.sqlite import candidates

            with self._errors():
                match = candidates.begun(self._db, words)
        return f"SELECT rowid FROM name_fts WHERE name_fts MATCH :{key}", {key: match}

    # looking after the file

    def copy_to(self, target: Path) -> None:
        """Copy the whole box into a new file while others go on using this one.

        Raises ConflictError if there is such a file; a copy that fails leaves none.
        """
        from cardcrm.store.sqlite import maintenance

        maintenance.copy(self, target)

    def problems(self) -> list[str]:
        """What SQLite's own checks find wrong in the file; empty when all is well."""
        from cardcrm.store.sqlite import maintenance

        return maintenance.problems(self)

    def orphans(self) -> list[tuple[str, int, str]]:
        """Rows (table, id, other table) that point to a row which is not there."""
        return [(row[0], row[1], row[2]) for row in self.rows("PRAGMA foreign_key_check", {})]

    def index_problems(self) -> list[str]:
        """What is wrong inside the search index itself; needs the write lock for a moment."""
        from cardcrm.store.sqlite import maintenance

        return maintenance.index_problems(self)

    def row_counts(self) -> dict[str, int]:
        """The number of rows of every table, those of the search index among them."""
        from cardcrm.store.sqlite import maintenance

        return maintenance.row_counts(self)

    def size(self) -> int:
        """The bytes of the file."""
        return self.path.stat().st_size

    def reached(self) -> None:
        """A file is where its path says."""

    def connections(self) -> int | None:
        """SQLite does not know who else has the file open."""
        return None

    def clock_ahead(self) -> None:
        """A file has no clock of its own."""
