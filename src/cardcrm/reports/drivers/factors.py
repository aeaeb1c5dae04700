"""Gather the factors by which contacts may differ: who has a property, and how numbers are spread.

Each statement counts the contacts of a property, or of a number, in all and in the target.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cardcrm.dates.day_numbers import count_days_since
from cardcrm.money import count_decimals
from cardcrm.records.contacts import custom_fields
from cardcrm.reports.dimension import (
    NONE,
    Dimension,
    build_values_sql,
    find_dimension,
)
from cardcrm.reports.drivers.target import Target
from cardcrm.reports.scope import Scope
from cardcrm.store import Store
from cardcrm.text import fold

# Fields that one statement reads together: their values seldom differ by more than a few thousand
# combinations.
_FIELDS = (
    ("kind", "stage", "source", "owner", "language", "gender"),
    ("city", "region", "country"),
    ("age",),
)
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
    properties = [
        Property(field, value, int(found), int(count) - int(found))
        for field, value, found, count in rows
        if _LEAST <= count <= total - _LEAST and not target.decided.includes(field or value, value)
    ]
    spreads = _read_spreads(store, scope, target)
    numbers = tuple(each for each in spreads if not target.decided.includes(each.name))
    different = _drop_repeated(store, properties, hits, total - hits)
    return Factors(hits, total - hits, tuple(different), numbers)


def _drop_repeated(
    store: Store, properties: Sequence[Property], size: int, other_size: int
) -> Iterator[Property]:
    """Yield properties, each difference once.

    Of a field with two values in all, such as person and org, only the one is yielded of which the
    target has more. A category that was bought by the buyers of one product alone is left out.
    """
    values: dict[str, list[Property]] = {}
    for each in properties:
        values.setdefault(each.field, []).append(each)
    sold = store.rows("SELECT name, category FROM product ORDER BY id")
    category_of = {row["name"]: fold(row["category"]) for row in sold}
    counts = {
        (category_of.get(each.value), each.hits, each.other_hits)
        for each in values.get("product", ())
    }
    for each in properties:
        pair = values[each.field] if each.field not in ("", *_PARTS) else ()
        is_less = each.hits * other_size < each.other_hits * size
        if len(pair) == 2 and is_less and _is_all(pair, size, other_size):
            continue
        if each.field == "category" and (fold(each.value), each.hits, each.other_hits) in counts:
            continue
        yield each


def _is_all(pair: Sequence[Property], size: int, other_size: int) -> bool:
    """Return whether each contact has one of two properties."""
    hits, others = sum(each.hits for each in pair), sum(each.other_hits for each in pair)
    return (hits, others) == (size, other_size)


Row = tuple[str, str, int, int]  # field, value, contacts of the target, contacts


def _read_fields(store: Store, scope: Scope, target: Target) -> Iterator[Row]:
    """Yield the values of built-in and custom fields, which differ by more than case."""
    custom = [
        each.name for each in custom_fields.list_fields(store) if each.type in ("text", "choice")
    ]
    for names in (*_FIELDS, *((name,) for name in custom)):
        dimensions = [find_dimension(store, name, scope.today) for name in names]
        sql = build_values_sql(dimensions, store.engine.concat_function)
        values = ", ".join(sql.values)
        rows = store.rows(
            f"WITH {target.table}, {sql.table} SELECT sum(b.hit), count(*), {values} "
            f"FROM base b JOIN valued v ON v.id = b.id {sql.join}GROUP BY {values}",
            **target.params,
        )
        for at, dimension in enumerate(dimensions, 2):
            yield from _sum_values(dimension, [(row[at], int(row[0]), int(row[1])) for row in rows])


def _sum_values(dimension: Dimension, rows: Sequence[tuple[Any, int, int]]) -> Iterator[Row]:
    """Yield the groups of a field, of rows that may repeat its values."""
    counts: dict[Any, list[int]] = {}
    for value, hits, count in rows:
        known = counts.setdefault(value, [0, 0])
        known[0] += hits
        known[1] += count
    label = dimension.label([(value, count) for value, (_, count) in counts.items()])
    sums: dict[str, list[int]] = {}
    for value, (hits, count) in counts.items():
        known = sums.setdefault(label(value), [0, 0])
        known[0] += hits
        known[1] += count
    for shown, (hits, count) in sorted(sums.items()):
        if shown != NONE:
            yield dimension.name, shown, hits, count


_PARTS = {
    "tag": "SELECT DISTINCT b.id, b.hit, t.name AS value FROM base b "
    "JOIN tag t ON t.contact_id = b.id",
    "product": "SELECT DISTINCT b.id, b.hit, p.name AS value FROM base b "
    "JOIN sale s ON s.contact_id = b.id JOIN sale_line l ON l.sale_id = s.id "
    "JOIN product p ON p.id = l.product_id WHERE l.amount > 0",
    "category": "SELECT DISTINCT b.id, b.hit, p.category AS value FROM base b "
    "JOIN sale s ON s.contact_id = b.id JOIN sale_line l ON l.sale_id = s.id "
    "JOIN product p ON p.id = l.product_id WHERE l.amount > 0 AND p.category <> ''",
    "sold by": "SELECT DISTINCT b.id, b.hit, s.channel AS value FROM base b "
    "JOIN sale s ON s.contact_id = b.id WHERE s.amount > 0 AND s.channel <> ''",
    "channel": "SELECT DISTINCT b.id, b.hit, i.kind AS value FROM base b "
    "JOIN participant p ON p.contact_id = b.id JOIN interaction i ON i.id = p.interaction_id",
}


def _read_parts(store: Store, target: Target) -> Iterator[Row]:
    """Yield tags, products and categories bought, and channels of sales and interactions."""
    every = " UNION ALL ".join(
        f"SELECT '{field}' AS field, value, hit FROM ({sql}) AS {field.replace(' ', '_')}"
        for field, sql in _PARTS.items()
    )
    rows = store.rows(
        f"WITH {target.table} SELECT field, value, sum(hit), count(*) FROM ({every}) AS found "
        "GROUP BY field, value HAVING count(*) >= :least ORDER BY field, value",
        **target.params,
        least=_LEAST,
    )
    for field, value, hits, count in rows:
        yield field, value, int(hits), int(count)


def _read_flags(store: Store, target: Target) -> Iterator[Row]:
    sums = ", ".join(
        f"sum(CASE WHEN {each} THEN b.hit ELSE 0 END), sum(CASE WHEN {each} THEN 1 ELSE 0 END)"
        for each in _FLAGS.values()
    )
    found = store.rows(f"WITH {target.table} SELECT {sums} FROM base b", **target.params)[0]
    for at, name in enumerate(_FLAGS):
        yield "", name, int(found[2 * at] or 0), int(found[2 * at + 1] or 0)


_NUMBERS = (
    "SELECT b.hit, v.days, v.revenue, v.orders, v.first_on, v.last_on, c.touched_on, "
    "(SELECT count(*) FROM participant p WHERE p.contact_id = b.id) "
    "FROM base b JOIN contact c ON c.id = b.id "
    "LEFT JOIN contact_value v ON v.contact_id = b.id AND v.own = 1 AND v.currency = :currency "
    "AND v.orders > 0 AND v.first_on <= :today"
)


def _read_spreads(store: Store, scope: Scope, target: Target) -> Iterator[Spread]:
    """Yield the numbers of behavior, and those of custom fields."""
    rows = store.rows(f"WITH {target.table} {_NUMBERS}", **target.params)
    hits, days, revenue, orders, first, last, touched, interactions = zip(*rows, strict=True)
    scale = 10 ** count_decimals(scope.currency)
    averages = [
        None if number is None else int(paid) // int(number)
        for paid, number in zip(revenue, orders, strict=True)
    ]
    yield _count("purchases", hits, days)
    yield _count("revenue", hits, revenue, scale)
    yield _count("average order", hits, averages, scale)
    for name, column in (("first order", first), ("last order", last), ("last touch", touched)):
        yield _count(f"days since the {name}", hits, _count_days(column, scope.today))
    yield _count("interactions", hits, interactions)
    for each in custom_fields.list_fields(store):
        if each.type in ("number", "money"):
            yield _read_custom(store, target, each)


def _count_days(column: Sequence[str | None], today: dt.date) -> list[int | None]:
    """Return the days since each ISO day; equal days, of which there are few, are read once."""
    known = {day: None if day is None else count_days_since(day, today) for day in set(column)}
    return [known[day] for day in column]


def _count(
    name: str, hits: Sequence[int], column: Sequence[float | None], divisor: int = 1
) -> Spread:
    """Return how often each number of a column occurs in the target, and among the others."""
    both: tuple[dict[float, int], dict[float, int]] = ({}, {})
    for (hit, value), count in Counter(zip(hits, column, strict=True)).items():
        if value is not None:
            both[0 if hit else 1][float(value) / divisor] = count
    return Spread(name, *both)


def _read_custom(store: Store, target: Target, field: custom_fields.Field) -> Spread:
    rows = store.rows(
        f"WITH {target.table} SELECT b.hit, f.number FROM base b JOIN field_value f "
        "ON f.contact_id = b.id AND f.field_id = :field",
        **target.params,
        field=field.id,
    )
    return _count(field.label, [row[0] for row in rows], [row[1] for row in rows])
