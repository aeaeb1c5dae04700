"""Facts that follow from the declarations of nouns: interactions, reminders and later ones.

A noun that is listed by itself, has a required day and a tie to contacts is a fact. Its dates,
numbers, amounts, choices and users become columns; texts stay in the database, so that a forgotten
contact has left none.
"""

from collections.abc import Iterator
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
    columns = (
        StarColumn(f"{type_.name}_id", "BIGINT", f"{type_.name}, by its id", "r.id"),
        *(column for field in type_.fields for column in _columns_of(field)),
    )
    return StarTable(
        f"fact_{type_.name}",
        _meaning(type_),
        columns,
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


def _columns_of(field: Field) -> Iterator[StarColumn]:  # noqa: C901, PLR0912 - one case a type
    name, column, meaning = field.column, f"r.{field.column}", field.phrase
    if isinstance(field, References):
        if _is_participation(field):
            yield _customer(field.to_column)
    elif not field.columns:  # computed from others
        return
    elif isinstance(field, Reference):
        is_customer = field.to == "contact" and name == "contact_id"
        yield _customer(name) if is_customer else StarColumn(name, "BIGINT", meaning, column)
    elif isinstance(field, Day):
        yield StarColumn(name, "DATE", f"{meaning}, in `dim_date`", f"TRY_CAST({column} AS DATE)")
        if field.instant:
            yield _moment(field.instant, f"{meaning}, where a time is known")
    elif isinstance(field, Instant):
        yield _moment(name, meaning)
    elif isinstance(field, UnitPriceAmount):
        parts = f"{column} * 10000 + r.{field.rest}"
        yield StarColumn(name, UNIT_PRICE, meaning, f"unit_price({parts}, r.{field.currency})")
    elif isinstance(field, MoneyAmount):
        yield StarColumn(name, MONEY, meaning, f"major({column}, r.{field.currency})")
        yield StarColumn(field.currency, "VARCHAR", f"currency of {name}", f"r.{field.currency}")
    elif isinstance(field, Flag):
        yield StarColumn(name, "BOOLEAN", meaning, f"{column} <> 0")
    elif isinstance(field, Quantity):
        yield StarColumn(name, QUANTITY, meaning, f"thousandths({column})")
    elif isinstance(field, Percent):
        yield StarColumn(name, PERCENT, f"{meaning} in percent", f"thousandths({column})")
    elif isinstance(field, Integer):
        yield StarColumn(name, "DOUBLE PRECISION" if isinstance(field, Number) else "BIGINT",
                         meaning, column)  # fmt: skip
    elif isinstance(field, User):
        yield StarColumn(name, "VARCHAR", f"{meaning}, in `dim_user`", column)
    elif isinstance(field, Choice):
        yield StarColumn(name, "VARCHAR", meaning, column)


def _customer(column: str) -> StarColumn:
    return StarColumn("customer_id", "BIGINT", "customer, in `dim_customer`", f"r.{column}")


def _moment(name: str, meaning: str) -> StarColumn:
    return StarColumn(f"{name}_utc", "TIMESTAMP", meaning, f'moment(r."{name}")')
