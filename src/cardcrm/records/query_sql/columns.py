"""Lists of contacts: the columns that are shown, and the contacts that a query finds."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.money import Money, parse_money
from cardcrm.query import ALL, Node
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.query_fields import (
    COLUMNS,
    Kilometers,
    MoneySum,
    MoneyText,
    QueryField,
    Standing,
    Tags,
)
from cardcrm.records.fields import ChangeDay, Day, Field, Number, Text
from cardcrm.records.query_sql.contact_query import compile_query
from cardcrm.sheet import List
from cardcrm.store import Store
from cardcrm.store.engine import Row
from cardcrm.text import find_similar

Reader = Callable[[Any, Store], Any]

_STREAM_FROM = 1000  # rows; shorter lists are read at once
_NO_LIMIT = 2**62

DEFAULT_COLUMNS = ("id", "name", "org", "city", "phone", "tags", "last")

_MAX_COLUMNS = 200


def find_columns(store: Store, names: Sequence[str], node: Node = ALL) -> list[QueryField]:
    """Return the columns of some names, custom fields included, for what a query finds.

    Raises UsageError.
    """
    if len(names) > _MAX_COLUMNS:
        raise UsageError(f"too many columns: {len(names)}", f"At most {_MAX_COLUMNS} fit.")
    return [_find_column(store, name, node) for name in names]


def _find_column(store: Store, name: str, node: Node) -> QueryField:
    found = COLUMNS.get(name) or _custom_column(store, name)
    if isinstance(found.field, Kilometers):
        from cardcrm.records.query_sql.distance_column import build_distance_column

        return build_distance_column(store, found.field, node)
    if not isinstance(found.field, Standing):
        return found
    from cardcrm.records.query_sql.standing_column import build_standing_column

    return build_standing_column(store, found.field)


def _custom_column(store: Store, name: str) -> QueryField:
    custom = custom_fields.find(store, name) if name else None
    if custom is None:
        similar = find_similar(
            name, [*COLUMNS, *(each.name for each in custom_fields.list_fields(store))]
        )
        raise UsageError(
            f"unknown column “{name}”",
            f"Did you mean {similar[0]}?" if similar else f"Choose from: {', '.join(COLUMNS)}.",
        )
    value = (
        f"SELECT v.{{}} FROM field_value v WHERE v.contact_id = c.id AND v.field_id = {custom.id}"
    )
    is_number = custom.type in ("number", "money")
    types = {"number": Number, "money": MoneyText}
    field = types.get(custom.type, Text)(
        "text", key=custom.name, json_key=custom.name.replace("-", "_"), label=custom.label
    )
    sort = value.format("number" if is_number else "text_key")
    return QueryField(field, listed=f"({value.format('text')})", sort=f"({sort})")


def select(
    store: Store,
    node: Node,
    columns: Sequence[QueryField],
    *,
    sort: str = "name",
    limit: int | None = None,
    offset: int = 0,
    each: str = "",
) -> Iterator[tuple[Any, ...]]:
    """Yield the contacts that a query finds, as rows of the columns' values.

    ``sort`` is the name of a column, with a leading ``-`` for descending order. With ``each``, a
    contact has a row for each of its values of that column, and none without. Raises UsageError.
    """
    where, params = compile_query(store, node)
    joined, value = _join_each(each)
    shown = _engine_sql(
        store,
        ", ".join(value if each == column.field.key else column.listed for column in columns),
    )
    is_long = limit is None or limit > _STREAM_FROM
    order = f"{_order_by(store, sort, node)}{', e.id' if each else ''}"
    rows = (store.stream if is_long else store.engine.rows)(
        f"SELECT {shown} FROM contact c{joined} WHERE {where} "
        f"ORDER BY {order} LIMIT :limit OFFSET :offset",
        {
            **params,
            "currency": store.locale.currency,
            "limit": _NO_LIMIT if limit is None else limit,
            "offset": offset,
        },
    )
    readers = [  # one value of a column has no list to read
        None if each == column.field.key else _READERS.get(type(column.field)) for column in columns
    ]
    return (_read_row(store, readers, row) for row in rows) if any(readers) else map(tuple, rows)


EACH = {
    "email": ("point", "e.value", "AND e.kind = 'email' AND e.invalid = 0"),
    "phone": ("point", "e.value", "AND e.kind = 'phone' AND e.invalid = 0"),
    "web": ("point", "e.value", "AND e.kind IN ('web', 'social') AND e.invalid = 0"),
    "tags": ("tag", "CASE WHEN e.written = '' THEN e.name ELSE e.written END", ""),
}

SINGLE_KEYS = {"tags": "tag"}  # the key in JSON of one value where all values are a list


def check_each(column: str) -> None:
    """Raise UsageError for a column of which a contact cannot have several values."""
    if column and column not in EACH:
        raise UsageError(f"--each cannot list “{column}”", f"Choose from: {', '.join(EACH)}.")


def _join_each(column: str) -> tuple[str, str]:
    """Return SQL that joins the values of a column, and the value."""
    if not column:
        return "", ""
    table, value, condition = EACH[column]
    return f" JOIN {table} e ON e.contact_id = c.id {condition}", value


def _day(value: Any, store: Store) -> dt.date | None:
    """Return the day of an ISO date, or the local day of an instant."""
    if not value or len(value) == 10:
        return dt.date.fromisoformat(value) if value else None
    return dates.from_instant(value, store.locale.zone).date()


def _tags(value: Any, store: Store) -> List:  # noqa: ARG001
    return List(value.split() if value else ())


def _amount(value: Any, store: Store) -> Money | None:
    return None if value is None else Money(value, store.locale.currency)


def _money(value: Any, store: Store) -> Money | None:
    return parse_money(value, store.locale.currency, negative=True) if value else None


def _kilometers(value: Any, store: Store) -> float | None:  # noqa: ARG001
    if value is None:
        return None
    from cardcrm.geodesy import to_kilometers

    return round(to_kilometers(value), 2)


_READERS: Mapping[type[Field], Reader] = {
    Day: _day,
    ChangeDay: _day,
    Tags: _tags,
    MoneySum: _amount,
    MoneyText: _money,
    Kilometers: _kilometers,
}


def _read_row(store: Store, readers: Sequence[Reader | None], row: Row) -> tuple[Any, ...]:
    return tuple(
        value if read is None else read(value, store)
        for value, read in zip(row, readers, strict=True)
    )


def _engine_sql(store: Store, sql: str) -> str:
    """Return SQL with the function that joins texts on this engine."""
    return sql.replace("{join}", store.engine.concat_function)


def _order_by(store: Store, sort: str, node: Node) -> str:
    column = find_columns(store, [sort.removeprefix("-")], node)[0]
    by = _engine_sql(store, column.sort or column.listed)
    if sort.startswith("-"):
        return f"{by} DESC NULLS LAST, c.id DESC"
    return f"{by} NULLS LAST, c.id" if column.field.key != "name" else f"{by}, c.id"


def count(store: Store, node: Node) -> int:
    """Count the contacts that a query finds."""
    where, params = compile_query(store, node)
    return int(store.value(f"SELECT count(*) FROM contact c WHERE {where}", **params))


def find_ids(store: Store, node: Node, sort: str = "name") -> list[int]:
    """Return the ids of the contacts that a query finds, in the order of a column, as `select`."""
    where, params = compile_query(store, node)
    sql = f"SELECT c.id FROM contact c WHERE {where} ORDER BY {_order_by(store, sort, node)}"
    return [row[0] for row in store.rows(sql, **params, currency=store.locale.currency)]
