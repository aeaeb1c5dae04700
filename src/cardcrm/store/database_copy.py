"""A whole box copied into another, whatever the engines: ids, journal, kept facts, search index.

Rows go over in batches, each kept on its own, in the order of their ids; so a copy that was broken
off goes on where the other side ends. A mark in the new box says until the end that it is not
whole, and who fills it: who goes on with a copy takes it over, should the other still be at it.
At last both boxes are read again and compared, table by table.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cardcrm.errors import ConflictError, StorageError
from cardcrm.store import derived, table_registry
from cardcrm.store.base import Store
from cardcrm.store.engine import Engine, transaction

Tell = Callable[[int], object]

BATCH = 10_000
MARK = "copying"  # the setting that a box has while it is filled
_MARK_ID = -1  # no other setting has it, and no sequence gives it out


def order() -> tuple[str, ...]:
    """Return every table that is copied: parents before children, the journal and settings last."""
    return (*table_registry.all_tables(), "setting", "step", "change")


_INDEXES = ("card_index", "text_index")

_GO_ON = "What was copied so far stays. Go on with it: the same command with --resume."


class _NotTheSameError(StorageError):
    """The two boxes differ in the end, so that going on would help nobody."""


@dataclass(frozen=True)
class Compared:
    """A table that is the same in both boxes: its rows, and a hash of all that is in them."""

    table: str
    rows: int
    hash: str


def total(store: Store) -> int:
    """How many rows a copy has to bring over and then compares; the index's among them."""
    engine = store.engine
    tables = [*order(), *(f"({getattr(engine, name)}) x" for name in _INDEXES)]
    return 2 * sum(int(store.value(f"SELECT count(*) FROM {table}")) for table in tables)


class _Count:
    """Counts rows and tells how many it were so far."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._done = tell, 0

    def add(self, rows: int) -> None:
        self._done += rows
        self._tell(self._done)


def copy(source: Store, target: Store, tell: Tell, *, resume: bool = False) -> list[Compared]:
    """Fill the target with all that is in the source, as it is at this moment; what was compared.

    ``tell`` hears how many of the `total` rows are done. Raises ConflictError if the target is not
    empty, with ``resume`` if it is no copy that was broken off, or if another copy takes it over;
    StorageError if the two are not the same in the end, as when the source was changed between the
    two runs.
    """
    if _is_marked(source):
        raise ConflictError(
            f"{source.engine.location} is a copy that is not finished", "Copy it when it is whole."
        )
    mark = _start(target, resume=resume)
    try:
        return _copy(source.engine, _Filled(target.engine, mark), _Count(tell))
    except _NotTheSameError:
        raise
    except StorageError as error:
        error.hint = _GO_ON
        raise


def _copy(one: Engine, other: "_Filled", count: _Count) -> list[Compared]:
    with one.snapshot():
        with other.engine.filling():
            for table in order():
                _copy_table(one, other, table, count)
            _sum(other)
            for name in _INDEXES:
                _copy_index(one, other, name, count)
            with other.kept():
                pass  # what was laid aside is put back by who fills it
        tables = (*order(), "contact_value")
        compared = [_compare(one, other.engine, table, count) for table in tables]
        compared += [_compare_index(one, other.engine, name, count) for name in _INDEXES]
    with other.kept():
        other.engine.execute("DELETE FROM setting WHERE id = :id", {"id": _MARK_ID})
    return compared


def _start(target: Store, *, resume: bool) -> str:
    """Mark the target as one's own to fill; the mark."""
    marked = _is_marked(target)
    if resume and not marked:
        raise ConflictError(
            "there is no copy that was broken off", "Leave --resume out to start one."
        )
    if marked and not resume:
        raise ConflictError(
            f"{target.engine.location} holds a copy that is not finished",
            "If it was broken off, go on with it: say --resume.",
        )
    for table in () if resume else order():
        if target.value(f"SELECT 1 FROM {table} LIMIT 1"):
            raise ConflictError(
                f"{target.engine.location} is not empty", "Nothing was changed. Name a new box."
            )
    engine, mark = target.engine, secrets.token_hex(8)
    with transaction(engine):
        engine.execute("DELETE FROM setting WHERE id = :id", {"id": _MARK_ID})
        engine.execute(
            "INSERT INTO setting (id, name, value) VALUES (:id, :name, :value)",
            {"id": _MARK_ID, "name": MARK, "value": mark},
        )
    return mark


def _is_marked(store: Store) -> bool:
    return bool(store.rows("SELECT 1 FROM setting WHERE id = :id", id=_MARK_ID))


class _Filled:
    """The box that is filled, as long as nobody else goes on with it."""

    def __init__(self, engine: Engine, mark: str) -> None:
        self.engine, self._mark = engine, mark

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """A transaction of the engine alone: a copy is no step of the journal."""
        with transaction(self.engine):
            self._refuse_two()
            yield

    def _refuse_two(self) -> None:
        found = self.engine.rows("SELECT value FROM setting WHERE id = :id", {"id": _MARK_ID})
        if [row[0] for row in found] != [self._mark]:
            raise ConflictError(
                f"another copy has gone on with {self.engine.location}",
                "Let that one finish; nothing is copied twice.",
            )


def _copy_table(one: Engine, other: _Filled, table: str, count: _Count) -> None:
    names = one.columns(table)
    last = int(other.engine.rows(f"SELECT coalesce(max(id), 0) FROM {table}", {})[0][0])
    last = max(last, 0)
    sql = f"SELECT {', '.join(names)} FROM {table}"
    done = one.rows(f"SELECT count(*) FROM {table} WHERE id <= :last", {"last": last})[0][0]
    count.add(int(done))
    for rows in _batches(one, sql, last):
        with other.kept():
            other.engine.insert_many(table, names, rows)
        count.add(len(rows))
    with other.kept():
        other.engine.advance_sequence(table, one.reserve(table, 1) - 1)


def _batches(engine: Engine, sql: str, last: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a query by their ids, which come first."""
    batch = f"SELECT * FROM ({sql}) x WHERE id > :last ORDER BY id LIMIT {BATCH}"
    while rows := [tuple(row) for row in engine.rows(batch, {"last": last})]:
        yield rows
        last = rows[-1][0]


def _sum(other: _Filled) -> None:
    """The sums of sales, reckoned where they are wanted."""
    with other.kept():
        other.engine.execute("DELETE FROM contact_value", {})
        sums = derived.SUMS.format(marks="SELECT id FROM contact")
        other.engine.execute(f"INSERT INTO contact_value ({derived.SUM_COLUMNS}) {sums}", {})


def _copy_index(one: Engine, other: _Filled, name: str, count: _Count) -> None:
    sql = getattr(one, name)
    there = f"SELECT max(id) FROM ({getattr(other.engine, name)}) x"
    last = other.engine.rows(there, {})[0][0]
    last = -(2**62) if last is None else last
    done = one.rows(f"SELECT count(*) FROM ({sql}) x WHERE id <= :last", {"last": last})[0][0]
    count.add(int(done))
    write = other.engine.index_cards if name == "card_index" else other.engine.index_texts
    for rows in _batches(one, sql, last):
        with other.kept():
            write(rows)
        count.add(len(rows))


def _compare(one: Engine, other: Engine, table: str, count: _Count) -> Compared:
    names = ", ".join(one.columns(table))
    skipped = f"WHERE id <> {_MARK_ID} " if table == "setting" else ""
    sql = f"SELECT {names} FROM {table} {skipped}ORDER BY 1, 2"
    return _same(table, *_hashes(one, other, lambda _engine: sql), count)


def _compare_index(one: Engine, other: Engine, name: str, count: _Count) -> Compared:
    mine, theirs = _hashes(one, other, lambda each: _index_sql(each, name))
    return _same(name.replace("_", " "), mine, theirs, count)


def _index_sql(engine: Engine, name: str) -> str:
    return f"SELECT * FROM ({getattr(engine, name)}) x ORDER BY id"


def _hashes(
    one: Engine, other: Engine, sql: Callable[[Engine], str]
) -> tuple[tuple[int, str], tuple[int, str]]:
    """What `_hashed` finds in both boxes; a server looks up its rows while a file is read."""
    if one.name == other.name:
        return _hashed(one, sql(one)), _hashed(other, sql(other))
    from concurrent.futures import ThreadPoolExecutor

    server, file = (one, other) if other.name == "sqlite" else (other, one)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(_hashed, server, sql(server))
        found = {file.name: _hashed(file, sql(file)), server.name: asked.result()}
    return found[one.name], found[other.name]


def _same(table: str, mine: tuple[int, str], theirs: tuple[int, str], count: _Count) -> Compared:
    count.add(mine[0])
    if mine != theirs:
        raise _NotTheSameError(
            f"the copy is not the same: {table} has {theirs[0]:,} rows, {mine[0]:,} were expected"
            if mine[0] != theirs[0]
            else f"the copy is not the same: rows of {table} differ",
            "If the box was changed since the copy began: start anew into an empty box.",
        )
    return Compared(table, *mine)


def _hashed(engine: Engine, sql: str) -> tuple[int, str]:
    """The number of rows, and a hash of them all in their order."""
    hash_, rows = hashlib.blake2b(digest_size=16), 0
    for row in engine.stream(sql, {}):
        hash_.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
        rows += 1
    return rows, hash_.hexdigest()
