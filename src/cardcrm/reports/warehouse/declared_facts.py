"""Facts that follow from the declarations of nouns: interactions, reminders and later ones.

A noun that is listed by itself, has a required day and a tie to contacts is a fact. Its dates,
numbers, amounts, choices and users become columns; texts stay in the database, so that a forgotten
contact has left none.
"""

from collections.abc import Iterator
from typing import Final

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
from cardcrm.reports.warehouse.sale_facts import FACT_SALE_LINE
from cardcrm.reports.warehouse.star_tables import (
    BY_MONTH,
    MONEY,
    PERCENT,
    QUANTITY,
    UNIT_PRICE,
    Source,
    StarColumn,
    StarTable,
)

_OTHERS: Final = ("sale",)  # `fact_sale_line` has the sales


def all_facts() -> list[StarTable]:
    """Return the facts of the star, those of nouns that were added to the registry included."""
    found = (fact_of(each) for each in registry.listed_types() if each.name not in _OTHERS)
    return [FACT_SALE_LINE, *(each for each in found if each)]


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
        day.column,
        {type_.table_name: "", **{each.via: each.via_column for each in type_.links}},
    )


def _meaning(type_: RecordType) -> str:
    if type_.links:
        return f"One row for each {type_.name} and each contact who took part."
    return f"One row for each {type_.name}."


def _source(type_: RecordType, day: Day) -> Source:
    """Return the query for the rows of a noun, one for each contact that they are tied to."""
    columns = {"id": ("BIGINT", "r.id")}
    columns |= {name: read for field in type_.fields for name, read in _raw(field)}
    rows = f"FROM {type_.table_name} r"
    for link in type_.links:
        rows += f" JOIN {link.via} v ON v.{link.via_column} = r.id"
    return Source("r", columns, f"{rows} WHERE {BY_MONTH.format(day=f'r.{day.column}')}")


def _raw(field: Field) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the columns of the database that a field is made from: their types and their SQL."""
    if isinstance(field, References):
        if _is_participation(field):
            yield field.to_column, ("BIGINT", f"v.{field.to_column}")
        return
    for name in (*field.columns, getattr(field, "instant", "")):
        type_ = _staged_type(field, name)
        if type_:
            yield name, (type_, f"r.{name}")


def _staged_type(field: Field, column: str) -> str:
    """Return the staged type of a column; empty for one that is left out."""
    if not column or column == field.folded or isinstance(field, Text):
        return ""
    if isinstance(field, Number):
        return "DOUBLE"
    if isinstance(field, Reference | Flag | Integer):
        return "VARCHAR" if column == getattr(field, "currency", "") else "BIGINT"
    return "VARCHAR" if isinstance(field, Day | Instant | Choice | User) else ""


def _is_participation(field: References) -> bool:
    return bool(field.removed_by) and field.to == "contact"


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
