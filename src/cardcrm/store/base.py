"""The store: what every record function reads and writes through.

Every change goes through `insert`, `load`, `update` or `delete` inside a `transaction`; each is
written to the journal and brings the kept facts up to date in the same transaction, so that one
command is one step that can be undone.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from cardcrm.errors import ConflictError, ConnectionLostError, NotFoundError
from cardcrm.store import derived, table_registry
from cardcrm.store.change_log import Author, ChangeLog
from cardcrm.store.engine import Engine, Row
from cardcrm.store.fetch import Query
from cardcrm.store.table_registry import DERIVED_COLUMNS, IGNORED_COLUMNS, DirtySet

T = TypeVar("T")


def local_author(name: str = "") -> Author:
    """The named user, else the system's, at this machine."""
    user = name or _login_name()
    host = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return Author(user, host)


def _login_name() -> str:
    """The login name; a cron job has none in USER, yet must be the same author as the shell."""
    for variable in ("LOGNAME", "USER", "USERNAME"):
        if os.environ.get(variable):
            return os.environ[variable]
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return "someone"


class Locale(NamedTuple):
    """How a firm writes: region of its phone numbers, its currency, its time zone ("" is local)."""

    region: str = "GB"
    currency: str = "EUR"
    zone: str = ""


class Store:
    """One open box. ``command`` is what the journal says was done; the face sets it.

    ``changes_made`` counts the changes since the box was opened. ``heed`` is called with every one
    of them, and now and then while kept facts are reckoned; what it raises breaks the transaction
    off, which is how long work is stopped. ``foresee`` is told, when all is changed, how often it
    will yet be called for the kept facts.
    """

    def __init__(
        self, engine: Engine, author: Author, command: str = "", locale: Locale | None = None
    ) -> None:
        self.engine = engine
        self.author = author
        self.command = command
        self.locale = locale or Locale()
        self._stale: DirtySet | None = None
        self._noted = ChangeLog(engine)
        self.changes_made = 0
        self.heed: Callable[[], None] = derived.unheeded
        self.foresee: Callable[[int], None] = derived.unforeseen

    # reading

    def rows(self, sql: str, **params: Any) -> list[Row]:
        """All rows of a query with ``:named`` parameters."""
        return self.engine.rows(sql, params)

    def row(self, sql: str, **params: Any) -> Row | None:
        """The first row, or None."""
        found = self.engine.rows(sql, params)
        return found[0] if found else None

    def value(self, sql: str, **params: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.engine.rows(sql, params)
        return found[0][0] if found else None

    def fetch(self, query: Query[T]) -> T:
        """Run one query and return its result."""
        return query.parse(self.engine.rows(query.sql, query.params))

    def fetch_many(self, queries: Sequence[Query[T]]) -> list[T]:
        """Run several queries and return their results; a server is asked in one round trip."""
        found = self.engine.fetch_many([(each.sql, each.params) for each in queries])
        return [each.parse(rows) for each, rows in zip(queries, found, strict=True)]

    def stream(self, sql: str, params: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of a query, fetched as they are used."""
        return self.engine.stream(sql, params)

    # changing

    @contextlib.contextmanager
    def transaction(self, command: str = "", *, concurrent: bool = False) -> Iterator[None]:
        """All changes inside, or none. One inside another joins it.

        A transaction is exclusive, so what it reads before it writes still holds when it writes. A
        ``concurrent`` one may run at the same time as others of its kind: it must not conclude more
        from what it reads than that the rows it refers to exist.
        """
        if self._stale is not None:
            assert concurrent or not self.engine.is_concurrent, "the outer one must be exclusive"
            yield
            return
        self.command = command or self.command
        self.engine.begin(concurrent=concurrent)
        self._stale = DirtySet()
        self._noted.start(self.author, self.command)
        made = self.changes_made
        try:
            yield
            self.foresee(derived.handfuls(self._stale))
            derived.refresh(self.engine, self._stale, self.heed)
            self._noted.write()
            self._commit()
        except BaseException:
            self._noted.step, self.changes_made = None, made
            self.engine.rollback()
            raise
        finally:
            self._stale = None

    @property
    def is_changing(self) -> bool:
        """Whether a transaction is under way."""
        return self._stale is not None

    def _commit(self) -> None:
        """Commit; where the server went without an answer, find out whether it did."""
        try:
            self.engine.commit()
        except ConnectionLostError as error:
            if not error.is_commit_unknown:
                raise
            from cardcrm.store.lost_commit import confirm_commit

            self.engine.rollback()
            confirm_commit(self.engine, self._noted.proof, error)

    @contextlib.contextmanager
    def batch(self, step: int | None) -> Iterator[None]:
        """A transaction that goes on with the step of an earlier one; see `last_step`."""
        with self.transaction():
            self._noted.step = step
            yield

    @property
    def last_step(self) -> int | None:
        """The journal step of the latest transaction; None if it changed nothing."""
        return self._noted.step

    def insert(self, table: str, **values: Any) -> int:
        """Insert a row and return its id."""
        row_id = self.engine.insert(table, values)
        self.note("insert", table, row_id, None, values)
        self._mark_new(table, row_id, values)
        return row_id

    def insert_several(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows that all have the same columns, some hundred with a statement."""
        for start in range(0, len(rows), derived.CHUNK):
            handful = rows[start : start + derived.CHUNK]
            values = [tuple(row.values()) for row in handful]
            ids = self.engine.insert_rows(table, tuple(rows[0]), values)
            for row_id, row in zip(ids, handful, strict=True):
                self.note("insert", table, row_id, None, row)
                self._mark_new(table, row_id, row)

    def load(
        self,
        table: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
        empty: Sequence[str] = (),
    ) -> None:
        """Insert many rows at once; the first column is the id, got from `reserve`.

        Columns left out keep their default. Those named as ``empty`` are left out too: nothing is
        in them, and undo notices if others have filled them since.
        """
        if not rows:
            return
        self.engine.insert_with_ids(table, columns, rows)
        told: dict[str, Any] = {"columns": columns, "rows": rows}
        self.note("load", table, rows[0][0], None, {**told, "empty": empty} if empty else told)
        table_registry.table(table).mark_loaded(self._changing, columns, rows)

    def indexed(self, cards: Sequence[tuple[int, str, str]]) -> None:
        """Hand over the search text of cards just loaded, so that it need not be read back."""
        self.engine.search.write_contacts(cards)
        self._changing.contacts -= {card[0] for card in cards}

    def unload(
        self,
        table: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
        empty: Sequence[str] = (),
    ) -> None:
        """Delete again what `load` has inserted. Raises ConflictError if a row is no longer so."""
        names = ", ".join((*columns, *empty))
        entry, dirty = table_registry.table(table), self._changing
        for start in reversed(
            range(0, len(rows), derived.CHUNK)
        ):  # later rows may refer to earlier
            there = {row[0]: row for row in rows[start : start + derived.CHUNK]}
            marks, params = placeholders(there, "i")
            found = self.rows(f"SELECT {names} FROM {table} WHERE id IN ({marks})", **params)
            now = {row[0]: row for row in found}
            for row_id, row in there.items():
                if row_id not in now or not _is_still(now[row_id], columns, row, empty):
                    raise ConflictError(f"{table} {row_id} was changed since")
                values = dict(zip(columns, row, strict=True))
                entry.mark_dirty(dirty, row_id, values, new=False)
            self.engine.execute(f"DELETE FROM {table} WHERE id IN ({marks})", params)
        ids = [row[0] for row in rows]
        self.note(
            "unload", table, ids[0], {"columns": ["id"], "rows": [[each] for each in ids]}, None
        )

    def reserve(self, table: str, count: int) -> int:
        """The first of ``count`` consecutive free ids, for `load`."""
        return self.engine.reserve_ids(table, count)

    def update(self, table: str, row_id: int, **values: Any) -> bool:
        """Change a row's columns; False, and no journal entry, if they were so already."""
        if not values:
            return False
        entry = table_registry.table(table)
        columns = ", ".join([*values, *filter(None, [entry.parent_column])])
        before = self.row(
            f"SELECT {columns} FROM {table} WHERE id = :id{self.engine.for_update}", id=row_id
        )
        if before is None:
            raise NotFoundError(f"there is no {table} {row_id} any more")
        changed = {name: value for name, value in values.items() if before[name] != value}
        if not changed:
            return False
        old = {name: before[name] for name in changed}
        sets = ", ".join(f"{name} = :{name}" for name in changed)
        self.engine.execute(f"UPDATE {table} SET {sets} WHERE id = :id", {**changed, "id": row_id})
        self._mark_employer(table, old)
        self.note("update", table, row_id, old, changed)
        self._mark_both(table, row_id, before, changed)
        return True

    def delete(self, table: str, row_id: int) -> None:
        """Delete a row; what refers to it must have gone before."""
        before = self.row(
            f"SELECT * FROM {table} WHERE id = :id{self.engine.for_update}", id=row_id
        )
        if before is None:
            return
        old = {name: before[name] for name in before.keys() if name != "id"}  # noqa: SIM118
        self.engine.execute(f"DELETE FROM {table} WHERE id = :id", {"id": row_id})
        kept_free = {name: value for name, value in old.items() if name not in DERIVED_COLUMNS}
        self.note("delete", table, row_id, kept_free, None)
        table_registry.table(table).mark_dirty(self._changing, row_id, old, new=False)
        self._mark_employer(table, old)

    def delete_where(self, table: str, column: str, value: Any) -> None:
        """Delete every row of a table whose column has the value, each journalled."""
        rows = f"SELECT id FROM {table} WHERE {column} = :value ORDER BY id"
        for row in self.rows(rows, value=value):
            self.delete(table, row[0])

    def _mark_new(self, table: str, row_id: int, values: Mapping[str, Any]) -> None:
        """Mark the kept facts of a new row: of what it leaves empty there is nothing to keep."""
        filled = {name: value for name, value in values.items() if value}
        table_registry.table(table).mark_dirty(self._changing, row_id, filled, new=True)

    def _mark_both(self, table: str, row_id: int, before: Row, changed: Mapping[str, Any]) -> None:
        """Mark the card that a row belonged to and the one that it belongs to now."""
        entry = table_registry.table(table)
        parent = entry.parent_column
        owner = {parent: before[parent]} if parent else {}
        entry.mark_dirty(self._changing, row_id, {**changed, **owner}, new=False)
        if parent in changed:
            entry.mark_dirty(self._changing, row_id, changed, new=False)
        if table == "contact" and "org_id" in changed:
            self._changing.touches.add(row_id)

    def _mark_employer(self, table: str, old: Mapping[str, Any]) -> None:
        """An organisation that somebody leaves may have been spoken with through them alone."""
        if table == "contact" and old.get("org_id"):
            self._changing.touches.add(old["org_id"])

    # the journal's own part

    @property
    def _changing(self) -> DirtySet:
        assert self._stale is not None, "changes need a transaction"
        return self._stale

    @contextlib.contextmanager
    def stepping(self, kind: str) -> Iterator[None]:
        """A transaction whose step undoes or redoes another; `aim_at` says which."""
        self._noted.kind = kind
        try:
            with self.transaction():
                yield
        finally:
            self._noted.kind = "do"

    def aim_at(self, target: int) -> None:
        """Name the step that this step takes back or does again; it is one even without changes."""
        self._noted.begin_step(target)

    def note(self, op: str, table: str, row_id: int, old: Any, new: Any) -> None:
        """Note one change for the journal."""
        self.changes_made += 1
        self.heed()
        self._noted.line(op, table, row_id, old, new)

    def apply_raw(self, table: str, row_id: int, values: Mapping[str, Any]) -> None:
        """Insert a row under a given id, as undo and redo do, and journal it."""
        self.engine.insert(table, {"id": row_id, **values})
        self.note("insert", table, row_id, None, values)
        self._mark_new(table, row_id, values)

    def close(self) -> None:
        """End the connection."""
        self.engine.close()


def _is_still(row: Row, columns: Sequence[str], said: Sequence[Any], empty: Sequence[str]) -> bool:
    """Whether a row says what it said; a time stamp and kept facts are not what a row says."""
    return not any(row[name] for name in empty) and all(
        row[name] == value
        for name, value in zip(columns, said, strict=True)
        if name not in IGNORED_COLUMNS
    )


def placeholders(values: Iterable[Any], key: str) -> tuple[str, dict[str, Any]]:
    """Text for ``IN (…)`` and its parameters: ``:k0, :k1`` and ``{"k0": …}``."""
    params = {f"{key}{number}": value for number, value in enumerate(values)}
    return ", ".join(f":{name}" for name in params) or "NULL", params
