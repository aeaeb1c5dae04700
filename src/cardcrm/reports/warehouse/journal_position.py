"""The position of an export in the journal, and the months that later changes have touched."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cardcrm.errors import StorageError
from cardcrm.reports.warehouse.star_table import StarTable
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.store import placeholders

_MONTH: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


class Position(NamedTuple):
    """The last change of the journal with its moment, and the number of forgotten traits.

    `forget` is not in the journal, but leaves hashes.
    """

    change: int
    at: str
    forgotten: int


def read_position(store: Store) -> Position:
    """Return the present position."""
    sql = (
        "SELECT c.id, s.at FROM change c JOIN step s ON s.id = c.step_id "
        "WHERE c.id = (SELECT max(id) FROM change)"
    )
    change, at = store.row(sql) or (0, "")
    return Position(change, at, store.value("SELECT coalesce(max(id), 0) FROM forgotten"))


def continues(store: Store, position: Position) -> bool:
    """Return whether the journal has gone on from a position.

    It has not where a backup was restored, or where `forget` has removed the last change.
    """
    present = read_position(store)
    at = store.value(
        "SELECT s.at FROM change c JOIN step s ON s.id = c.step_id WHERE c.id = :id",
        id=position.change,
    )
    return (at or "") == position.at and present.forgotten >= position.forgotten


def count_by_month(store: Store, fact: StarTable) -> dict[str, int]:
    """Return the rows of a fact by month, in order. Raises StorageError for a damaged day."""
    table = next(iter(fact.tables))
    sql = f"SELECT substr({fact.day}, 1, 7), count(*) FROM {table} GROUP BY 1 ORDER BY 1"
    months = {row[0]: row[1] for row in store.rows(sql)}
    for month in months:
        if not _MONTH.fullmatch(month):  # months become names of folders
            raise StorageError(
                f"a {table} has the day “{month}…”, which is not a date", "See `cardcrm db check`."
            )
    return months


def find_touched_months(store: Store, fact: StarTable, since: int) -> set[str]:
    """Return the months of a fact in which a row was changed after a change of the journal."""
    months: set[str] = set()
    ids: dict[str, set[int]] = {name: set() for name in fact.tables}
    whole = next(iter(fact.tables))
    marks, params = placeholders(fact.tables, "t")
    sql = f"SELECT tbl, op, row_id, old, new FROM change WHERE id > :since AND tbl IN ({marks})"
    for table, op, row_id, old, new in store.stream(sql, {"since": since, **params}):
        for row in _rows_of(op, row_id, old, new):
            column = fact.tables[table]
            if table == whole and fact.day in row:
                months.add(row[fact.day][:7])
            elif column in row:
                ids[whole].add(row[column])
            else:
                ids[table].add(row["id"])
    for table, column in fact.tables.items():
        tied = f"w.id IN (SELECT p.{column} FROM {table} p WHERE p.id IN ({{}}))"
        condition = "w.id IN ({})" if table == whole else tied
        sql = f"SELECT DISTINCT substr(w.{fact.day}, 1, 7) FROM {whole} w WHERE {condition}"
        # Rows that are gone are missing: the change that deleted them has their day.
        for marks, params in chunks(ids[table]):
            months.update(row[0] for row in store.rows(sql.format(marks), **params))
    return months


def _rows_of(op: str, row_id: int, old: str, new: str) -> Iterator[Mapping[str, Any]]:
    """Yield the values of the rows of a change, before and after it, each with its id."""
    for text in filter(None, (old, new)):
        data = json.loads(text)
        if op in ("load", "unload"):
            yield from (dict(zip(data["columns"], row, strict=True)) for row in data["rows"])
        else:
            yield {"id": row_id, **data}
