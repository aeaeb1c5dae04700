"""Gather the factors by which contacts may differ: who has a property, and how numbers are spread.

Each statement counts the contacts of a property, or of a number, in all and in the target.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cardcrm.money import count_decimals
from cardcrm.records.contacts import custom_fields
from cardcrm.reports.drivers.target import Target
from cardcrm.reports.market.dimension import NONE, find_dimension
from cardcrm.reports.scope import Scope
from cardcrm.store import Store

_FIELDS = (
    "kind", "stage", "source", "owner", "city", "region", "country", "language", "gender", "age",
)  # fmt: skip
_LEAST = 5  # contacts with a property
_FLAGS = {
    "has an email address": "EXISTS (SELECT 1 FROM point x WHERE x.contact_id = b.id "
    "AND x.kind = 'email')",
    "has a phone number": "EXISTS (SELECT 1 FROM point x WHERE x.contact_id = b.id "
    "AND x.kind = 'phone')",
    "has opted out": "EXISTS (SELECT 1 FROM point x WHERE x.contact_id = b.id AND x.opted_out = 1)",
    "has a known birthday": "EXISTS (SELECT 1 FROM yearly_day x WHERE x.contact_id = b.id "
    "AND x.label = 'birthday')",
    "works at an organization": "EXISTS (SELECT 1 FROM contact c WHERE c.id = b.id "
    "AND c.org_id IS NOT NULL)",
    "has a relation": "EXISTS (SELECT 1 FROM relation x WHERE x.contact_id = b.id)",
    "has had a refund": "EXISTS (SELECT 1 FROM sale x WHERE x.contact_id = b.id AND x.amount < 0)",
}


@dataclass(frozen=True)
class Property:
    """A property: the contacts that have it in the target, and among the others."""

    field: str
    value: str
    hits: int
    other_hits: int

    @property
    def name(self) -> str:
        """The property in words, such as ``city Leeds``."""
        return f"{self.field} {self.value}" if self.field else self.value


@dataclass(frozen=True)
class Spread:
    """A number: how often each value occurs in the target, and among the others."""

    name: str
    counts: dict[float, int]
    other_counts: dict[float, int]


@dataclass(frozen=True)
class Factors:
    """The sizes of both groups, and all that they are compared by."""

    size: int
    other_size: int
    properties: tuple[Property, ...] = ()
    spreads: tuple[Spread, ...] = ()


def read_factors(store: Store, scope: Scope, target: Target, least_size: int) -> Factors:
    """Return all factors but those that the target decides; none for too small groups."""
    sql = f"WITH {target.table} SELECT count(*), sum(hit) FROM base"
    total, hits = (int(each or 0) for each in store.rows(sql, **target.params)[0])
    if min(hits, total - hits) < least_size:
        return Factors(hits, total - hits)
    rows = [*_read_fields(store, scope, target), *_read_parts(store, target)]
    rows += _read_flags(store, target)
    properties = tuple(
        Property(field, value, int(found), int(count) - int(found))
        for field, value, found, count in rows
        if _LEAST <= count <= total - _LEAST and not target.decides(field or value, value)
    )
    spreads = tuple(
        each for each in _read_spreads(store, scope, target) if not target.decides(each.name)
    )
    return Factors(hits, total - hits, properties, spreads)


Row = tuple[str, str, int, int]  # field, value, contacts of the target, contacts


def _read_fields(store: Store, scope: Scope, target: Target) -> Iterator[Row]:
    """Yield the values of built-in and custom fields, which differ by more than case."""
    texts = [
        each.name for each in custom_fields.list_fields(store) if each.type in ("text", "choice")
    ]
    for name in (*_FIELDS, *texts):
        dimension = find_dimension(store, name, scope.today)
        valued, value, org = dimension.grouped_sql(store.engine.concat_function)
        rows = store.rows(
            f"WITH {target.table}, {valued} SELECT {value}, sum(b.hit), count(*) "
            f"FROM base b JOIN valued v ON v.id = b.id {org}GROUP BY {value}",
            **target.params,
        )
        label = dimension.label([(row[0], int(row[2])) for row in rows])
        sums: dict[str, list[int]] = {}
        for each, hits, count in rows:
            known = sums.setdefault(label(each), [0, 0])
            known[0] += int(hits)
            known[1] += int(count)
        for shown, (hits, count) in sorted(sums.items()):
            if shown != NONE:
                yield dimension.name, shown, hits, count


_PARTS = {
    "tag": "SELECT DISTINCT b.id, b.hit, t.name AS value FROM base b "
    "JOIN tag t ON t.contact_id = b.id",
    "product": "SELECT DISTINCT b.id, b.hit, p.name AS value FROM base b "
    "JOIN sale s ON s.contact_id = b.id JOIN sale_line l ON l.sale_id = s.id "
    "JOIN product p ON p.id = l.product_id WHERE l.amount > 0",
    "channel": "SELECT DISTINCT b.id, b.hit, i.kind AS value FROM base b "
    "JOIN participant p ON p.contact_id = b.id JOIN interaction i ON i.id = p.interaction_id",
}


def _read_parts(store: Store, target: Target) -> Iterator[Row]:
    """Yield tags, products bought and kinds of interactions."""
    for field, sql in _PARTS.items():
        rows = store.rows(
            f"WITH {target.table} SELECT value, sum(hit), count(*) FROM ({sql}) AS found "
            "GROUP BY value HAVING count(*) >= :least ORDER BY value",
            **target.params,
            least=_LEAST,
        )
        for value, hits, count in rows:
            yield field, value, int(hits), int(count)


def _read_flags(store: Store, target: Target) -> Iterator[Row]:
    sums = ", ".join(
        f"sum(CASE WHEN {each} THEN b.hit ELSE 0 END), sum(CASE WHEN {each} THEN 1 ELSE 0 END)"
        for each in _FLAGS.values()
    )
    found = store.rows(f"WITH {target.table} SELECT {sums} FROM base b", **target.params)[0]
    for at, name in enumerate(_FLAGS):
        yield "", name, int(found[2 * at] or 0), int(found[2 * at + 1] or 0)


_VALUE = (
    "FROM base b JOIN contact_value v ON v.contact_id = b.id AND v.own = 1 "
    "AND v.currency = :currency AND v.orders > 0 AND v.first_on <= :today"
)
_COUNTED = "(SELECT count(*) FROM participant p WHERE p.contact_id = b.id)"
_SPREADS = {
    "purchases": f"SELECT v.days AS value, b.hit {_VALUE}",
    "revenue": f"SELECT v.revenue AS value, b.hit {_VALUE}",
    "average order": f"SELECT v.revenue / v.orders AS value, b.hit {_VALUE}",
    "days since the first order": f"SELECT v.first_on AS value, b.hit {_VALUE}",
    "days since the last order": f"SELECT v.last_on AS value, b.hit {_VALUE}",
    "days since the last touch": "SELECT c.touched_on AS value, b.hit FROM base b "
    "JOIN contact c ON c.id = b.id",
    "interactions": f"SELECT {_COUNTED} AS value, b.hit FROM base b",
}


def _read_spreads(store: Store, scope: Scope, target: Target) -> Iterator[Spread]:
    """Yield the numbers of behavior, and those of custom fields."""
    scale = 10 ** count_decimals(scope.currency)
    for name, sql in _SPREADS.items():
        divisor = scale if name in ("revenue", "average order") else 1
        yield _read_spread(store, scope, target, name, sql, divisor)
    for each in custom_fields.list_fields(store):
        if each.type in ("number", "money"):
            sql = (
                "SELECT f.number AS value, b.hit FROM base b JOIN field_value f "
                f"ON f.contact_id = b.id AND f.field_id = {each.id}"
            )
            yield _read_spread(store, scope, target, each.label, sql, 1)


def _read_spread(
    store: Store, scope: Scope, target: Target, name: str, sql: str, divisor: int
) -> Spread:
    rows = store.rows(
        f"WITH {target.table} SELECT value, hit, count(*) FROM ({sql}) AS found "
        "WHERE value IS NOT NULL GROUP BY value, hit",
        **target.params,
    )
    both: tuple[dict[float, int], dict[float, int]] = ({}, {})
    for value, hit, count in rows:
        counts, number = both[0 if hit else 1], _to_number(value, scope, divisor)
        counts[number] = counts.get(number, 0) + int(count)
    return Spread(name, *both)


def _to_number(value: Any, scope: Scope, divisor: int) -> float:
    """Return a number, or the days since an ISO day."""
    if isinstance(value, str):
        return float((scope.today - dt.date.fromisoformat(value)).days)
    return float(value) / divisor
