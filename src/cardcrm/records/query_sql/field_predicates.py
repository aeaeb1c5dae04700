"""Predicates for the columns of any noun, by the type of the field.

A condition may be NULL where a row has no value; `record_query` makes negations complete.
"""

from collections.abc import Callable
from typing import Any

from cardcrm.query import Term
from cardcrm.records.fields import (
    Choice,
    Day,
    Field,
    Flag,
    Instant,
    Integer,
    MoneyAmount,
    User,
)
from cardcrm.records.query_sql import date_predicates, predicates
from cardcrm.records.query_sql.predicates import Predicate, QueryContext

_AS_FILLED = {"yes": "any", "no": "none"}


def predicate(field: Field, alias: str) -> Predicate:
    """Return the predicate of a field of the row ``alias``."""
    for kind in type(field).__mro__:
        if kind in _PREDICATES:
            return _PREDICATES[kind](field, alias)
    raise AssertionError(f"no predicate for {type(field).__name__}")


def _text(field: Field, alias: str) -> Predicate:
    column = f"{alias}.{field.folded or field.column}"
    if field.match == "whole":
        return predicates.exact_text(f"coalesce({column}, '')")
    compare = predicates.text if field.folded else predicates.unfolded_text
    return compare(column, start=field.match == "start")


def _user(field: User, alias: str) -> Predicate:
    exact = predicates.exact_text(f"{alias}.{field.column}")

    def compiled(ctx: QueryContext, term: Term) -> str:
        if term.value.lower() != "me":
            return exact(ctx, term)
        return exact(ctx, Term(term.field, term.op, ctx.store.author.name))

    return compiled


def _number(field: Integer, alias: str) -> Predicate:
    def compiled(ctx: QueryContext, term: Term) -> str:
        def read(term: Term) -> Any:
            return field.parse(term.value, ctx.store)[field.column]

        return predicates.number(f"{alias}.{field.column}", read)(ctx, term)

    return compiled


def _instant(field: Instant, alias: str) -> Predicate:
    compared = date_predicates.instant(f"{alias}.{field.column}", past=field.is_past)

    def compiled(ctx: QueryContext, term: Term) -> str:
        word = _AS_FILLED.get(term.value.strip().lower(), term.value)  # done:yes
        return compared(ctx, Term(term.field, term.op, word))

    return compiled


_PREDICATES: dict[type[Field], Callable[[Any, str], Predicate]] = {
    Field: _text,
    Choice: lambda field, alias: predicates.choice(
        f"{alias}.{field.column}", field.choices, field.aliases
    ),
    User: _user,
    Flag: lambda field, alias: predicates.flag(f"{alias}.{field.column}"),
    Integer: _number,
    MoneyAmount: lambda field, alias: predicates.money_amount(
        f"{alias}.{field.column}", f"{alias}.{field.currency}"
    ),
    Day: lambda field, alias: date_predicates.day(
        f"{alias}.{field.column}",
        past=field.is_past,
        instant=field.instant and f"{alias}.{field.instant}",
    ),
    Instant: _instant,
}
