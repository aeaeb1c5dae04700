"""The columns by which contacts are listed and sorted, each with its SQL over a contact ``c``."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.query import Node
from cardcrm.records.contacts import custom_fields
from cardcrm.records.query_sql.compiler import compile_query
from cardcrm.store import Store
from cardcrm.store.engine import Row
from cardcrm.text import find_similar

Reader = Callable[[Any, Store], Any]


class ListColumn(NamedTuple):
    """A column: its key, its heading and its SQL.

    ``read`` turns a stored value into the one that is shown. ``sort`` is the SQL to sort by, where
    it differs. ``wide`` columns may shrink to ``least`` characters; ``right`` ones align right.
    """

    key: str
    title: str
    sql: str
    read: Reader | None = None
    sort: str = ""
    wide: bool = False
    right: bool = False
    least: int = 6

    @property
    def is_money(self) -> bool:
        """True if the cells are amounts."""
        return self.read is _amount


def _day(value: Any, _store: Store) -> dt.date | None:
    return dt.date.fromisoformat(value[:10]) if value else None


def _amount(value: Any, store: Store) -> Money | None:
    return None if value is None else Money(value, store.locale.currency)


def _first_contact_point(kind: str) -> str:
    return (
        f"(SELECT p.value FROM point p WHERE p.contact_id = c.id AND p.kind = '{kind}' "
        "ORDER BY p.invalid, p.id LIMIT 1)"
    )


def _address(column: str) -> str:
    return (
        f"(SELECT a.{column} FROM address a WHERE a.contact_id = c.id AND a.{column} <> '' "
        "ORDER BY a.id LIMIT 1)"
    )


def _sum(column: str) -> str:
    """Return SQL of a stored sum in the default currency, whose parameter `select` adds."""
    return (
        f"(SELECT v.{column} FROM contact_value v "
        "WHERE v.contact_id = c.id AND v.currency = :currency)"
    )


_COLUMNS = (
    ListColumn("id", "id", "c.id", right=True),
    ListColumn("name", "name", "c.name", sort="c.sort_key", wide=True, least=16),
    ListColumn("kind", "kind", "c.kind"),
    ListColumn("given", "given name", "c.given", wide=True),
    ListColumn("family", "family name", "c.family", wide=True),
    ListColumn(
        "org", "organization", "(SELECT o.name FROM contact o WHERE o.id = c.org_id)", wide=True
    ),
    ListColumn("title", "role", "c.title", wide=True),
    ListColumn("email", "email", _first_contact_point("email"), wide=True),
    ListColumn("phone", "phone", _first_contact_point("phone")),
    ListColumn("web", "web", _first_contact_point("web"), wide=True),
    ListColumn("street", "street", _address("street"), wide=True),
    ListColumn("city", "city", _address("city"), wide=True),
    ListColumn("region", "region", _address("region"), wide=True),
    ListColumn("postcode", "postcode", _address("postcode")),
    ListColumn("country", "country", _address("country")),
    ListColumn(
        "tags",
        "tags",
        "(SELECT {join}(t.name, ' ') FROM "
        "(SELECT name FROM tag WHERE contact_id = c.id ORDER BY name) t)",
        wide=True,
    ),
    ListColumn("stage", "stage", "c.stage"),
    ListColumn("source", "source", "c.source"),
    ListColumn("owner", "owner", "c.owner"),
    ListColumn("note", "note", "c.note", wide=True),
    ListColumn("every", "every (days)", "c.cadence_days", right=True),
    ListColumn("last", "last contact", "c.last_on", _day),
    ListColumn(
        "next",
        "next due",
        "(SELECT min(r.due_on) FROM reminder r WHERE r.contact_id = c.id AND r.done_at IS NULL)",
        _day,
    ),
    ListColumn("value", "value", _sum("revenue"), _amount, right=True),
    ListColumn("margin", "margin", _sum("margin"), _amount, right=True),
    ListColumn("orders", "orders", _sum("orders"), right=True),
    ListColumn("since", "first sale", _sum("first_on"), _day),
    ListColumn("bought", "last sale", _sum("last_on"), _day),
    ListColumn(
        "birthday",
        "birthday",
        "(SELECT d.day FROM yearly_day d WHERE d.contact_id = c.id AND d.label = 'birthday')",
    ),
    ListColumn("created", "created", "c.created_at", _day),
    ListColumn("updated", "updated", "c.updated_at", _day),
    ListColumn("uid", "uid", "c.uid"),
)

_STREAM_FROM = 1000  # rows; shorter lists are read at once
_NO_LIMIT = 2**62

COLUMNS: dict[str, ListColumn] = {column.key: column for column in _COLUMNS}
DEFAULT_COLUMNS = ("id", "name", "org", "city", "phone", "tags", "last")

_MAX_COLUMNS = 200


def find_columns(store: Store, names: Sequence[str]) -> list[ListColumn]:
    """Return the columns of some names, custom fields included. Raises UsageError."""
    if len(names) > _MAX_COLUMNS:
        raise UsageError(f"too many columns: {len(names)}", f"At most {_MAX_COLUMNS} fit.")
    return [COLUMNS.get(name) or _custom_column(store, name) for name in names]


def _custom_column(store: Store, name: str) -> ListColumn:
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
    number = custom.type in ("number", "money")
    return ListColumn(
        custom.name,
        custom.label,
        f"({value.format('text')})",
        sort=f"({value.format('number' if number else 'text_key')})",
        wide=True,
        right=number,
    )


def select(
    store: Store,
    node: Node,
    columns: Sequence[ListColumn],
    *,
    sort: str = "name",
    limit: int | None = None,
    offset: int = 0,
) -> Iterator[tuple[Any, ...]]:
    """Yield the contacts that a query finds, as rows of the columns' values.

    ``sort`` is the name of a column, with a leading ``-`` for descending order. Raises UsageError.
    """
    where, params = compile_query(store, node)
    shown = _engine_sql(store, ", ".join(column.sql for column in columns))
    is_long = limit is None or limit > _STREAM_FROM
    rows = (store.stream if is_long else store.engine.rows)(
        f"SELECT {shown} FROM contact c WHERE {where} ORDER BY {_order_by(store, sort)} "
        "LIMIT :limit OFFSET :offset",
        {
            **params,
            "currency": store.locale.currency,
            "limit": _NO_LIMIT if limit is None else limit,
            "offset": offset,
        },
    )
    readers = [column.read for column in columns]
    return (_read_row(store, readers, row) for row in rows) if any(readers) else map(tuple, rows)


def _read_row(store: Store, readers: Sequence[Reader | None], row: Row) -> tuple[Any, ...]:
    return tuple(
        value if read is None else read(value, store)
        for value, read in zip(row, readers, strict=True)
    )


def _engine_sql(store: Store, sql: str) -> str:
    """Return SQL with the function that joins texts on this engine."""
    return sql.replace("{join}", store.engine.concat_function)


def _order_by(store: Store, sort: str) -> str:
    column = find_columns(store, [sort.removeprefix("-")])[0]
    by = _engine_sql(store, column.sort or column.sql)
    if sort.startswith("-"):
        return f"{by} DESC NULLS LAST, c.id DESC"
    return f"{by} NULLS LAST, c.id" if column.key != "name" else f"{by}, c.id"


def count(store: Store, node: Node) -> int:
    """Count the contacts that a query finds."""
    where, params = compile_query(store, node)
    return int(store.value(f"SELECT count(*) FROM contact c WHERE {where}", **params))


def find_ids(store: Store, node: Node) -> list[int]:
    """Return the ids of the contacts that a query finds, in the order of their names."""
    where, params = compile_query(store, node)
    return [
        row[0]
        for row in store.rows(
            f"SELECT c.id FROM contact c WHERE {where} ORDER BY c.sort_key, c.id", **params
        )
    ]
