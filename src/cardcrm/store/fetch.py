"""Queries as values, so that several can go to a server in one round trip.

A round trip to a server costs more than most of the queries that it carries, and the details of one
contact need more than a dozen of them. Functions named `…_query` build a query; `Store.fetch` and
`Store.fetch_many` run it.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from cardcrm.store.engine import Params, Row

T = TypeVar("T")


class Query(NamedTuple, Generic[T]):
    """One SQL query with ``:named`` parameters, and the function that reads its rows."""

    sql: str
    params: Params
    parse: Callable[[list[Row]], T]


def first_value(rows: Sequence[Row]) -> Any:
    """Return the first column of the first row; None without rows."""
    return rows[0][0] if rows else None


def count_of(rows: Sequence[Row]) -> int:
    """Return the number that a ``SELECT count(*)`` or a sum gives."""
    return int(rows[0][0])


def first_column(rows: Sequence[Row]) -> list[Any]:
    """Return the first column of every row."""
    return [row[0] for row in rows]
