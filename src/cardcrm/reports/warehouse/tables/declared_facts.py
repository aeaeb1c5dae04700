"""Facts that follow from the declarations of nouns: interactions, reminders and later ones.

A noun that is listed by itself, has a required day and a tie to contacts is a fact. Its dates,
numbers, amounts, choices and users become columns; texts stay in the database, so that a forgotten
contact has left none.
"""

from collections.abc import Iterable
from functools import singledispatch
from typing import Final, TypeGuard

from cardcrm.records import registry
from cardcrm.records.fields import (
    Choice,
    Day,
    Field,
    Flag,
    Instant,
    Integer,
    MoneyAmount,
    Number,
    Percent,
    Quantity,
    Reference,
    References,
    Text,
    UnitPriceAmount,
    User,
)
from cardcrm.records.record_type import RecordType
from cardcrm.reports.warehouse.star_sql import MONEY, PERCENT, QUANTITY, UNIT_PRICE
from cardcrm.reports.warehouse.star_table import (
    BY_MONTH,
    Source,
    StarColumn,
    StarTable,
    staged_types,
)

_OTHERS: Final = ("sale",)  # `fact_sale_line` has the sales
_KINDS: Final = (Reference, Flag, Integer, Day, Instant, Choice, User)


def declared_facts() -> list[StarTable]:
    """Return the facts of nouns, those that were added to the registry included."""
    found = (fact_of(each) for each in registry.listed_types() if each.name not in _OTHERS)
    return [each for each in found if each]


def fact_of(type_: RecordType) -> StarTable | None:
    """Return the fact of a noun; None if it has no required day or no tie to contacts."""
    day = next((each for each in type_.fields if isinstance(each, Day) and each.is_required), None)
    if day is None or not type_.contact_fields:
        return None
    own = [column for field in type_.fields for column in _columns_of(field)]
    columns = {each.name: each for each in reversed(own)}  # amounts may share their currency
    return StarTable(
        f"fact_{type_.name}",
        _meaning(type_),
        (
            StarColumn(f"{type_.name}_id", "BIGINT", f"{type_.name}, by its id", "r.id"),
            *(each for each in own if columns[each.name] is each),
        ),
        f"FROM r ORDER BY r.{day.column}, r.id",
        (_source(type_, day),),
        day=day.column,
        month=f"substr(r.{day.column}, 1, 7)",
        tables={type_.table_name: "", **{each.via: each.via_column for each in type_.links}},
    )


def _meaning(type_: RecordType) -> str:
    if type_.links:
        return f"One row for each {type_.name} and each contact who took part."
    return f"One row for each {type_.name}."


def _source(type_: RecordType, day: Day) -> Source:
    """Return the query for the rows of a noun, one for each contact that they are tied to."""
    types = staged_types(type_)
    columns = {"id": (types["id"], "r.id")}
    for field in type_.fields:
        columns |= {name: (types[name], f"r.{name}") for name in _raw(field)}
        if _is_participation(field):
            columns[field.to_column] = ("BIGINT", f"v.{field.to_column}")
    rows = f"FROM {type_.table_name} r"
    for link in type_.links:
        rows += f" JOIN {link.via} v ON v.{link.via_column} = r.id"
    return Source("r", columns, f"{rows} WHERE {BY_MONTH.format(day=f'r.{day.column}')}")


def _raw(field: Field) -> tuple[str, ...]:
    """Return the columns of the noun that a field is made from; texts stay in the database."""
    if isinstance(field, Text) or not isinstance(field, _KINDS):
        return ()
    names = (*field.columns, getattr(field, "instant", ""))
    return tuple(name for name in names if name and name != field.folded)


def _is_participation(field: Field) -> TypeGuard[References]:
    return isinstance(field, References) and bool(field.removed_by) and field.to == "contact"


def _columns_of(field: Field) -> Iterable[StarColumn]:
    """Return the columns of the star for a field, none for one that is computed from others."""
    return _make_columns(field) if field.columns or isinstance(field, References) else ()


@singledispatch
def _make_columns(_field: Field) -> Iterable[StarColumn]:
    """Return the columns of the star for a field by its type; other types have none."""
    return ()


@_make_columns.register
def _(field: References) -> Iterable[StarColumn]:
    return (_customer(field.to_column),) if _is_participation(field) else ()


@_make_columns.register
def _(field: Reference) -> Iterable[StarColumn]:
    is_customer = field.to == "contact" and field.column == "contact_id"
    return (_customer(field.column) if is_customer else _column(field, "BIGINT"),)


@_make_columns.register
def _(field: Day) -> Iterable[StarColumn]:
    day = f"TRY_CAST(r.{field.column} AS DATE)"
    yield StarColumn(field.column, "DATE", f"{field.phrase}, in `dim_date`", day)
    if field.instant:
        yield _moment(field.instant, f"{field.phrase}, where a time is known")


@_make_columns.register
def _(field: Instant) -> Iterable[StarColumn]:
    return (_moment(field.column, field.phrase),)


@_make_columns.register
def _(field: UnitPriceAmount) -> Iterable[StarColumn]:
    parts = f"r.{field.column} * 10000 + r.{field.rest}"
    return (_column(field, UNIT_PRICE, f"unit_price({parts}, r.{field.currency})"),)


@_make_columns.register
def _(field: MoneyAmount) -> Iterable[StarColumn]:
    yield _column(field, MONEY, f"major(r.{field.column}, r.{field.currency})")
    meaning = f"currency of {field.column}"
    yield StarColumn(field.currency, "VARCHAR", meaning, f"r.{field.currency}")


@_make_columns.register
def _(field: Flag) -> Iterable[StarColumn]:
    return (_column(field, "BOOLEAN", f"r.{field.column} <> 0"),)


@_make_columns.register
def _(field: Quantity) -> Iterable[StarColumn]:
    return (_column(field, QUANTITY, f"thousandths(r.{field.column})"),)


@_make_columns.register
def _(field: Percent) -> Iterable[StarColumn]:
    meaning = f"{field.phrase} in percent"
    return (StarColumn(field.column, PERCENT, meaning, f"thousandths(r.{field.column})"),)


@_make_columns.register
def _(field: Number) -> Iterable[StarColumn]:
    return (_column(field, "DOUBLE PRECISION"),)


@_make_columns.register
def _(field: Integer) -> Iterable[StarColumn]:
    return (_column(field, "BIGINT"),)


@_make_columns.register
def _(field: User) -> Iterable[StarColumn]:
    meaning = f"{field.phrase}, in `dim_user`"
    return (StarColumn(field.column, "VARCHAR", meaning, f"r.{field.column}"),)


@_make_columns.register
def _(field: Choice) -> Iterable[StarColumn]:
    return (_column(field, "VARCHAR"),)


def _column(field: Field, type_: str, sql: str = "") -> StarColumn:
    """Return the column of the star for that of a field, as it is stored unless by some SQL."""
    return StarColumn(field.column, type_, field.phrase, sql or f"r.{field.column}")


def _customer(column: str) -> StarColumn:
    return StarColumn("customer_id", "BIGINT", "customer, in `dim_customer`", f"r.{column}")


def _moment(name: str, meaning: str) -> StarColumn:
    return StarColumn(f"{name}_utc", "TIMESTAMP", meaning, f'moment(r."{name}")')
