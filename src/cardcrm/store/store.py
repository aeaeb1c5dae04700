"""The store: what every record function reads and writes through.

Every change goes through `insert`, `load`, `update` or `delete` inside a `transaction`. Each is
written to the journal and updates the derived data in the same transaction, so that a command is
one step that can be undone.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from cardcrm.errors import ConflictError, ConnectionLostError, NotFoundError
from cardcrm.store import table_registry
from cardcrm.store.derived import Derived
from cardcrm.store.derived_refresh import CHUNK, DirtySet, ignore_estimate, ignore_progress, refresh
from cardcrm.store.engine import Engine, Row
from cardcrm.store.fetch import Query
from cardcrm.store.journal_writer import Author, JournalWriter
from cardcrm.store.table_registry import DERIVED_COLUMNS, IGNORED_COLUMNS
from cardcrm.text import normalize_line

T = TypeVar("T")


def local_author(name: str = "") -> Author:
    """Return the named user, or else the one who is logged in, at this machine."""
    user = name or _login_name()
    host = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    if not (user + host).isprintable() or user != user.strip():
        user, host = normalize_line(user) or "someone", normalize_line(host)
    return Author(user, host)


def _login_name() -> str:
    """Return the login name; a cron job lacks USER, yet is the same author as the shell."""
    for variable in ("LOGNAME", "USER", "USERNAME"):
        if os.environ.get(variable):
            return os.environ[variable]
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return "someone"


class Locale(NamedTuple):
    """The region of a firm's phone numbers, its currency, and its time zone ("" is local).

    These defaults apply where neither the settings nor the system name others.
    """

    region: str = "GB"
    currency: str = "GBP"
    zone: str = ""


class Store:
    """An open database. ``command`` is what the journal records as the cause of a change.

    ``changes_made`` counts the changes since the database was opened. ``on_progress`` is called for
    each of them and for each chunk of derived data; an exception that it raises cancels the
    transaction, which is how long work is stopped. ``on_estimate`` is called with the number of
    chunks once all changes are made.
    """

    def __init__(
        self, engine: Engine, author: Author, command: str = "", locale: Locale | None = None
    ) -> None:
        self.engine = engine
        self.author = author
        self.command = command
        self.locale = locale or Locale()
        self._dirty: DirtySet | None = None
        self._log = JournalWriter(engine)
        self.changes_made = 0
        self.on_progress: Callable[[], None] = ignore_progress
        self.on_estimate: Callable[[int], None] = ignore_estimate

    # Reading

    def rows(self, sql: str, **params: Any) -> list[Row]:
        """Return all rows of a query with ``:named`` parameters."""
        return self.engine.rows(sql, params)

    def row(self, sql: str, **params: Any) -> Row | None:
        """Return the first row, or None."""
        found = self.engine.rows(sql, params)
        return found[0] if found else None

    def value(self, sql: str, **params: Any) -> Any:
        """Return the first column of the first row, or None."""
        found = self.engine.rows(sql, params)
        return found[0][0] if found else None

    def fetch(self, query: Query[T]) -> T:
        """Run one query and return its result."""
        return query.parse(self.engine.rows(query.sql, query.params))

    def fetch_many(self, queries: Sequence[Query[T]]) -> list[T]:
        """Run several queries and return their results; a server is asked in one round trip."""
        found = self.engine.fetch_many([(each.sql, each.params) for each in queries])
        return [each.parse(rows) for each, rows in zip(queries, found, strict=True)]

    def count_rows(self, table: str) -> int:
        """Return the number of rows of a table."""
        return int(self.value(f"SELECT count(*) FROM {table}"))

    def stream(self, sql: str, params: Mapping[str, Any]) -> Iterator[Row]:
        """Yield the rows of a query, fetched as they are used."""
        return self.engine.stream(sql, params)

    def stream_tuples(self, sql: str, params: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query as tuples, for reports over millions of them."""
        return self.engine.stream_tuples(sql, params)

    # Changing

    @contextlib.contextmanager
    def transaction(self, command: str = "", *, concurrent: bool = False) -> Iterator[None]:
        """Make all changes inside, or none. A transaction inside another one joins it.

        A transaction is exclusive, so what it reads before it writes still holds when it writes. A
        ``concurrent`` one may run at the same time as others of its kind: it must not conclude more
        from what it reads than that the rows it refers to exist.
        """
        if self._dirty is not None:
            assert concurrent or not self.engine.is_concurrent, "the outer one must be exclusive"
            yield
            return
        self.command = command or self.command
        self.engine.begin(concurrent=concurrent)
        self._dirty = DirtySet()
        self._log.start(self.author, self.command)
        made = self.changes_made
        try:
            yield
            self.on_estimate(self._dirty.count_chunks())
            refresh(self.engine, self._dirty, self.on_progress)
            self._log.write()
            self._commit()
        except BaseException:
            self._log.step, self.changes_made = None, made
            self.engine.rollback()
            raise
        finally:
            self._dirty = None

    @property
    def is_changing(self) -> bool:
        """True while a transaction is open."""
        return self._dirty is not None

    def _commit(self) -> None:
        """Commit; if the connection is lost, find out whether the server committed."""
        try:
            self.engine.commit()
        except ConnectionLostError as error:
            if not error.is_commit_unknown:
                raise
            from cardcrm.store.lost_commit import confirm_commit

            self.engine.rollback()
            confirm_commit(self.engine, self._log.proof, error)

    @contextlib.contextmanager
    def continue_step(self, step: int | None) -> Iterator[None]:
        """Run a transaction that adds to the step of an earlier one; see `last_step`.

        Without a step it has its own, or that of the transaction around it.
        """
        with self.transaction():
            if step is not None:
                self._log.step = step
            yield

    @contextlib.contextmanager
    def unrecorded(self) -> Iterator[None]:
        """Make changes, inside a transaction, that the journal does not record.

        They are what a new database begins with, which no undo reverts.
        """
        before, self._log.is_silent = self._log.is_silent, True
        try:
            yield
        finally:
            self._log.is_silent = before

    @contextlib.contextmanager
    def erasing(self) -> Iterator[None]:
        """Run a transaction that the journal does not record and that cannot be undone."""
        self._log.is_silent = True
        try:
            with self.transaction():
                yield
        finally:
            self._log.is_silent = False

    @property
    def last_step(self) -> int | None:
        """The journal step of the latest transaction; None if it changed nothing."""
        return self._log.step

    def write_journal(self) -> int | None:
        """Write the entries of the open transaction, and return its step; None without a change."""
        self._log.write()
        return self._log.step

    def insert(self, table: str, **values: Any) -> int:
        """Insert a row and return its id."""
        values = {**table_registry.table(table).with_filled_keys(values)}
        row_id = self.engine.insert(table, values)
        self._add_new(table, row_id, values)
        return row_id

    def insert_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows that all have the same columns, some hundred with each statement."""
        with_keys = table_registry.table(table).with_keys
        for start in range(0, len(rows), CHUNK):
            chunk = [with_keys(row) for row in rows[start : start + CHUNK]]
            values = [tuple(row.values()) for row in chunk]
            ids = self.engine.insert_rows(table, tuple(chunk[0]), values)
            for row_id, row in zip(ids, chunk, strict=True):
                self._add_new(table, row_id, row)

    def load(
        self,
        table: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
        empty: Sequence[str] = (),
    ) -> None:
        """Insert many rows at once; the first column is the id, got from `reserve`.

        Columns left out keep their default. Those named as ``empty`` are left out as well, and undo
        reports a conflict if they have been filled since.
        """
        if not rows:
            return
        columns, rows = table_registry.table(table).load_keys(columns, rows)
        self.engine.insert_with_ids(table, columns, rows)
        loaded: dict[str, Any] = {"columns": columns, "rows": rows}
        self.log_change(
            "load", table, rows[0][0], None, {**loaded, "empty": empty} if empty else loaded
        )
        table_registry.table(table).mark_loaded(self._changing, columns, rows)

    def mark_fresh(self, kind: Derived, ids: Iterable[int]) -> None:
        """Do not compute derived data of rows that it was just written for."""
        self._changing.discard(kind, ids)

    def unload(
        self,
        table: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
        empty: Sequence[str] = (),
    ) -> None:
        """Delete what `load` has inserted. Raises ConflictError if a row has changed since."""
        names = ", ".join((*columns, *empty))
        entry, dirty = table_registry.table(table), self._changing
        # Later rows may refer to earlier ones, so the last chunk goes first.
        for start in reversed(range(0, len(rows), CHUNK)):
            there = {row[0]: row for row in rows[start : start + CHUNK]}
            marks, params = placeholders(there, "i")
            found = self.rows(f"SELECT {names} FROM {table} WHERE id IN ({marks})", **params)
            now = {row[0]: row for row in found}
            for row_id, row in there.items():
                if row_id not in now or not _is_unchanged(now[row_id], columns, row, empty):
                    raise ConflictError(f"{table} {row_id} was changed since")
                values = dict(zip(columns, row, strict=True))
                entry.mark_dirty(dirty, row_id, values, values)
            self.engine.execute(f"DELETE FROM {table} WHERE id IN ({marks})", params)
        ids = [row[0] for row in rows]
        self.log_change(
            "unload", table, ids[0], {"columns": ["id"], "rows": [[each] for each in ids]}, None
        )

    def reserve(self, table: str, count: int) -> int:
        """Return the first of ``count`` consecutive free ids, for `load`."""
        return self.engine.reserve_ids(table, count)

    def update(self, table: str, row_id: int, **values: Any) -> bool:
        """Change the columns of a row; return False, and log nothing, if they are the same."""
        if not values:
            return False
        entry = table_registry.table(table)
        values = {**entry.with_keys(values)}
        columns = ", ".join(dict.fromkeys([*values, *entry.other_ids]))
        before = self.row(
            f"SELECT {columns} FROM {table} WHERE id = :id{self.engine.for_update}", id=row_id
        )
        if before is None:
            raise NotFoundError(f"{table} {row_id} no longer exists")
        changed = {name: value for name, value in values.items() if before[name] != value}
        if not changed:
            return False
        old = {name: before[name] for name in changed}
        sets = ", ".join(f"{name} = :{name}" for name in changed)
        self.engine.execute(f"UPDATE {table} SET {sets} WHERE id = :id", {**changed, "id": row_id})
        self.log_change("update", table, row_id, old, changed)
        others = {name: before[name] for name in entry.other_ids}
        entry.mark_dirty(self._changing, row_id, changed, others)
        return True

    def delete(self, table: str, row_id: int) -> None:
        """Delete a row; the rows that refer to it must be deleted before."""
        before = self.row(
            f"SELECT * FROM {table} WHERE id = :id{self.engine.for_update}", id=row_id
        )
        if before is None:
            return
        old = {name: before[name] for name in before.keys() if name != "id"}  # noqa: SIM118
        self.engine.execute(f"DELETE FROM {table} WHERE id = :id", {"id": row_id})
        own = {name: value for name, value in old.items() if name not in DERIVED_COLUMNS}
        self.log_change("delete", table, row_id, own, None)
        table_registry.table(table).mark_dirty(self._changing, row_id, old, old)

    def delete_where(self, table: str, column: str, value: Any) -> None:
        """Delete every row of a table whose column has the value."""
        rows = f"SELECT id FROM {table} WHERE {column} = :value ORDER BY id"
        for row in self.rows(rows, value=value):
            self.delete(table, row[0])

    def _add_new(self, table: str, row_id: int, values: Mapping[str, Any]) -> None:
        """Log a new row and mark its derived data, to which an empty column adds nothing."""
        self.log_change("insert", table, row_id, None, values)
        filled = {name: value for name, value in values.items() if value}
        table_registry.table(table).mark_new(self._changing, row_id, filled)

    # The journal

    @property
    def _changing(self) -> DirtySet:
        assert self._dirty is not None, "changes need a transaction"
        return self._dirty

    @contextlib.contextmanager
    def undo_step(self, kind: str) -> Iterator[None]:
        """Run a transaction whose step undoes or redoes another; see `set_target`."""
        self._log.kind = kind
        try:
            with self.transaction():
                yield
        finally:
            self._log.kind = "do"

    def set_target(self, target: int) -> None:
        """Name the step that this step undoes or redoes; it is written even without a change."""
        self._log.begin_step(target)

    def log_change(self, op: str, table: str, row_id: int, old: Any, new: Any) -> None:
        """Log one change for the journal."""
        self.changes_made += 1
        self.on_progress()
        self._log.add(op, table, row_id, old, new)

    def insert_as(self, table: str, row_id: int, values: Mapping[str, Any]) -> None:
        """Insert a row under a given id, as undo and redo do."""
        values = table_registry.table(table).with_filled_keys(values)
        self.engine.insert(table, {"id": row_id, **values})
        self._add_new(table, row_id, values)

    def close(self) -> None:
        """Close the connection."""
        self.engine.close()


def _is_unchanged(
    row: Row, columns: Sequence[str], loaded: Sequence[Any], empty: Sequence[str]
) -> bool:
    """Return whether a row still holds what was loaded, time stamps and derived data aside."""
    return not any(row[name] for name in empty) and all(
        row[name] == value
        for name, value in zip(columns, loaded, strict=True)
        if name not in IGNORED_COLUMNS
    )


def placeholders(values: Iterable[Any], key: str) -> tuple[str, dict[str, Any]]:
    """Return text for ``IN (…)`` and its parameters: ``:k0, :k1`` and ``{"k0": …}``."""
    params = {f"{key}{number}": value for number, value in enumerate(values)}
    return ", ".join(f":{name}" for name in params) or "NULL", params
