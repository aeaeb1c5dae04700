"""Copy a whole database into another, on any engine: ids, journal, derived data, search index.

Rows are copied in batches, each in its own transaction, in the order of their ids; so an
interrupted copy continues where the target ends. Until the end a marker in the target says that it
is incomplete and which process fills it: a process that continues a copy takes the marker over. At
the end both databases are read again and compared, table by table.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

from cardcrm.errors import ConflictError, StorageError
from cardcrm.store import table_registry
from cardcrm.store.derived import DerivedTable
from cardcrm.store.engine import Engine, SearchIndex, transaction
from cardcrm.store.store import Store

Progress = Callable[[int], object]

BATCH_SIZE = 10_000
MARKER = "copying"  # the setting that an incomplete copy has
_MARKER_ID = -1  # no other setting has it, and no sequence gives it out


def copied_tables() -> tuple[str, ...]:
    """Return every copied table: parents before children, the journal and settings last."""
    return (*table_registry.all_tables(), "place", "setting", "step", "change")


class _Documents(NamedTuple):
    """One half of the search index: its name in messages, and how to read and write it."""

    name: str
    sql: Callable[[SearchIndex], str]
    write: Callable[[SearchIndex, list[Any]], None]


_INDEXES = (
    _Documents(
        "contact index",
        lambda search: search.contacts_sql,
        lambda search, rows: search.write_contacts(rows),
    ),
    _Documents(
        "text index",
        lambda search: search.texts_sql,
        lambda search, rows: search.write_texts(rows),
    ),
)

_RESUME_HINT = "The rows copied so far are kept. Continue with the same command and --resume."


class _DifferenceError(StorageError):
    """The two databases differ at the end, so that resuming the copy would not help."""


@dataclass(frozen=True)
class TableComparison:
    """A table that is equal in both databases: its number of rows, and a hash of them."""

    table: str
    rows: int
    hash: str


def count_steps(store: Store) -> int:
    """Return the number of rows that a copy writes and then compares, the index included."""
    search = store.engine.search
    tables = [*copied_tables(), *(f"({index.sql(search)}) x" for index in _INDEXES)]
    return 2 * sum(int(store.value(f"SELECT count(*) FROM {table}")) for table in tables)


class _Counter:
    """Counts rows and reports their sum."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._done = progress, 0

    def add(self, rows: int) -> None:
        self._done += rows
        self._progress(self._done)


def copy_database(
    source: Store, target: Store, progress: Progress, *, resume: bool = False
) -> list[TableComparison]:
    """Fill the target with the content that the source has now; return the compared tables.

    ``progress`` is called with the number of rows done, of `count_steps`. Raises ConflictError for
    a target that is not empty, with ``resume`` for one that is not an interrupted copy, and when
    another copy takes over. Raises StorageError if the two differ at the end, as when the source
    was changed between two runs.
    """
    if _has_marker(source):
        raise ConflictError(
            f"{source.engine.location} is an incomplete copy", "Finish that copy first."
        )
    marker = _start(target, resume=resume)
    try:
        return _copy(source.engine, _Target(target.engine, marker), _Counter(progress))
    except _DifferenceError:
        raise
    except StorageError as error:
        error.hint = _RESUME_HINT
        raise


def _copy(source: Engine, target: "_Target", counter: _Counter) -> list[TableComparison]:
    with source.snapshot():
        with target.engine.bulk_load():
            for table in copied_tables():
                _copy_table(source, target, table, counter)
            _fill_derived_tables(target)
            for index in _INDEXES:
                _copy_index(source, target, index, counter)
            with target.transaction():
                pass  # only the process that owns the marker restores indexes
        tables = (*copied_tables(), *(each.table for each in _derived_tables()))
        compared = [_compare_table(source, target.engine, table, counter) for table in tables]
        compared += [_compare_index(source, target.engine, each, counter) for each in _INDEXES]
    with target.transaction():
        target.engine.execute("DELETE FROM setting WHERE id = :id", {"id": _MARKER_ID})
    return compared


def _start(target: Store, *, resume: bool) -> str:
    """Put this process's marker into the target and return it."""
    is_incomplete = _has_marker(target)
    if resume and not is_incomplete:
        raise ConflictError(
            "there is no interrupted copy to resume", "Omit --resume to start a copy."
        )
    if is_incomplete and not resume:
        raise ConflictError(
            f"{target.engine.location} is an incomplete copy",
            "If the copy was interrupted, continue it with --resume.",
        )
    for table in () if resume else copied_tables():
        if target.value(f"SELECT 1 FROM {table} LIMIT 1"):
            raise ConflictError(
                f"{target.engine.location} is not empty",
                "Nothing was changed. Name a new database.",
            )
    engine, marker = target.engine, secrets.token_hex(8)
    with transaction(engine):
        engine.execute("DELETE FROM setting WHERE id = :id", {"id": _MARKER_ID})
        engine.execute(
            "INSERT INTO setting (id, name, value) VALUES (:id, :name, :value)",
            {"id": _MARKER_ID, "name": MARKER, "value": marker},
        )
    return marker


def _has_marker(store: Store) -> bool:
    return bool(store.rows("SELECT 1 FROM setting WHERE id = :id", id=_MARKER_ID))


class _Target:
    """The database that is filled, as long as no other process takes it over."""

    def __init__(self, engine: Engine, marker: str) -> None:
        self.engine, self._marker = engine, marker

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a transaction that the journal does not record."""
        with transaction(self.engine):
            self._refuse_other_copy()
            yield

    def _refuse_other_copy(self) -> None:
        found = self.engine.rows("SELECT value FROM setting WHERE id = :id", {"id": _MARKER_ID})
        if [row[0] for row in found] != [self._marker]:
            raise ConflictError(
                f"another process took over the copy to {self.engine.location}",
                "Let that one finish; nothing is copied twice.",
            )


def _copy_table(source: Engine, target: _Target, table: str, counter: _Counter) -> None:
    names = source.column_names(table)
    last = int(target.engine.rows(f"SELECT coalesce(max(id), 0) FROM {table}", {})[0][0])
    last = max(last, 0)
    sql = f"SELECT {', '.join(names)} FROM {table}"
    done = source.rows(f"SELECT count(*) FROM {table} WHERE id <= :last", {"last": last})[0][0]
    counter.add(int(done))
    for rows in _batches(source, sql, last):
        with target.transaction():
            target.engine.insert_with_ids(table, names, rows)
        counter.add(len(rows))
    with target.transaction():
        target.engine.advance_sequence(table, source.reserve_ids(table, 1) - 1)


def _batches(engine: Engine, sql: str, last: int) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of a query in the order of their ids, which are the first column."""
    batch = f"SELECT * FROM ({sql}) x WHERE id > :last ORDER BY id LIMIT {BATCH_SIZE}"
    while rows := [tuple(row) for row in engine.rows(batch, {"last": last})]:
        yield rows
        last = rows[-1][0]


def _derived_tables() -> list[DerivedTable]:
    """Return the tables that are computed in the target: sums of sales."""
    return [each for each in table_registry.derived_kinds() if isinstance(each, DerivedTable)]


def _fill_derived_tables(target: _Target) -> None:
    for derived in _derived_tables():
        with target.transaction():
            derived.fill(target.engine)


def _copy_index(source: Engine, target: _Target, index: _Documents, counter: _Counter) -> None:
    sql = index.sql(source.search)
    highest = f"SELECT max(id) FROM ({index.sql(target.engine.search)}) x"
    last = target.engine.rows(highest, {})[0][0]
    last = -(2**62) if last is None else last
    done = source.rows(f"SELECT count(*) FROM ({sql}) x WHERE id <= :last", {"last": last})[0][0]
    counter.add(int(done))
    for rows in _batches(source, sql, last):
        with target.transaction():
            index.write(target.engine.search, rows)
        counter.add(len(rows))


def _compare_table(
    source: Engine, target: Engine, table: str, counter: _Counter
) -> TableComparison:
    columns = source.column_names(table)
    condition = f"WHERE id <> {_MARKER_ID} " if table == "setting" else ""
    order = ", ".join(columns[:3])  # the longest key is that of the sums of sales
    sql = f"SELECT {', '.join(columns)} FROM {table} {condition}ORDER BY {order}"
    return _compare(table, *_hash_both(source, target, lambda _engine: sql), counter)


def _compare_index(
    source: Engine, target: Engine, index: _Documents, counter: _Counter
) -> TableComparison:
    hashes = _hash_both(
        source, target, lambda each: f"SELECT * FROM ({index.sql(each.search)}) x ORDER BY id"
    )
    return _compare(index.name, *hashes, counter)


def _hash_both(
    source: Engine, target: Engine, sql: Callable[[Engine], str]
) -> tuple[tuple[int, str], tuple[int, str]]:
    """Return the hashes of both databases; a server is read while a file is."""
    if source.is_remote == target.is_remote:
        return _hash_rows(source, sql(source)), _hash_rows(target, sql(target))
    with ThreadPoolExecutor(1) as pool:
        remote, local = (source, target) if source.is_remote else (target, source)
        pending = pool.submit(_hash_rows, remote, sql(remote))
        found = _hash_rows(local, sql(local))
    return (pending.result(), found) if source.is_remote else (found, pending.result())


def _compare(
    table: str, source: tuple[int, str], target: tuple[int, str], counter: _Counter
) -> TableComparison:
    counter.add(source[0])
    if source != target:
        raise _DifferenceError(
            f"the copy differs: {table} has {target[0]:,} rows instead of {source[0]:,}"
            if source[0] != target[0]
            else f"the copy differs: rows of {table} are not equal",
            "If the source was changed since the copy began, start again with an empty database.",
        )
    return TableComparison(table, *source)


def _hash_rows(engine: Engine, sql: str) -> tuple[int, str]:
    """Return the number of rows, and a hash of all of them in their order."""
    digest, rows = hashlib.blake2b(digest_size=16), 0
    for row in engine.stream(sql, {}):
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
        rows += 1
    return rows, digest.hexdigest()
