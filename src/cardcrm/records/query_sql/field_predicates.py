"""Predicates for the columns of any noun, by the type of the field.

A condition may be NULL where a row has no value; negations are made complete by
`predicates.QueryContext.leaf`.
"""

from collections.abc import Callable
from typing import Any

from cardcrm.errors import UsageError
from cardcrm.query import Term
from cardcrm.records.fields import (
    Choice,
    Condition,
    Day,
    Field,
    Flag,
    Instant,
    Integer,
    LateField,
    MoneyAmount,
    PartialDay,
    Purpose,
    Recurrence,
    Reference,
    References,
    Text,
    UnitPriceAmount,
    User,
    normalize_purpose,
    yes_or_no,
)
from cardcrm.records.query_sql import date_predicates, predicates, text_predicates
from cardcrm.records.query_sql.predicates import Predicate, QueryContext

_AS_FILLED = {"yes": "any", "no": "none"}


def predicate(field: Field, alias: str) -> Predicate:
    """Return the predicate of a field of the row ``alias``."""
    for kind in type(field).__mro__:
        if kind in _PREDICATES:
            return _PREDICATES[kind](field, alias)
    raise AssertionError(f"no predicate for {type(field).__name__}")


def is_text(field: Field) -> bool:
    """Return whether a field is filtered by text, in which ae may stand for ä."""
    return type(field) is Field or isinstance(field, Text | User | Reference | References)


def _text(field: Field, alias: str) -> Predicate:
    return text_predicates.field_text(field, alias)


def _purpose(field: Purpose, alias: str) -> Predicate:
    """Filter by a purpose, compared in its normal form."""
    column = f"{alias}.{field.column}"

    def compiled(ctx: QueryContext, term: Term) -> str:
        op = "=" if term.op == ":" else term.op
        return text_predicates.compare_text(ctx, column, op, normalize_purpose(term.value))

    return predicates.allow_blank(column, compiled)


def _user(field: User, alias: str) -> Predicate:
    named = text_predicates.text(
        text_predicates.key_sql(alias, field), f"{alias}.{field.column}", match="whole"
    )

    def compiled(ctx: QueryContext, term: Term) -> str:
        if term.value.strip().lower() != "me":
            return named(ctx, term)
        return named(ctx, Term(term.field, term.op, ctx.store.author.name))

    return compiled


def _number(field: Integer, alias: str) -> Predicate:
    def compiled(ctx: QueryContext, term: Term) -> str:
        def read(term: Term) -> Any:
            return field.parse(term.value, ctx.store)[field.column]

        return predicates.number(field.sort_sql(alias), read, field.blank)(ctx, term)

    return compiled


def _recurrence(field: Recurrence, alias: str) -> Predicate:
    """Filter by a recurrence: in any words for it, or by a part of the rule.

    ``every:monthly`` finds a rule with days or limits too, and ``every=monthly`` none with limits.
    """
    column = f"{alias}.{field.column}"
    by_text = text_predicates.field_text(field, alias)

    def compiled(ctx: QueryContext, term: Term) -> str:
        from cardcrm.dates.recurrence_rule import list_writings

        if term.op not in (":", "="):
            return by_text(ctx, term)
        try:
            writings = list_writings(field.normalize(term.value))
        except UsageError:
            return by_text(ctx, term)
        conditions = [_has_rule(ctx, column, each, is_whole=term.op == "=") for each in writings]
        return f"({' OR '.join(conditions)})"

    return predicates.allow_blank(column, compiled)


def _has_rule(ctx: QueryContext, column: str, rule: str, *, is_whole: bool) -> str:
    whole = f"{column} = {ctx.param(rule)}"
    if is_whole:
        return whole
    longer = f"{column} LIKE {ctx.param(rule + ';%')}"
    others = [f"{column} LIKE {ctx.param(f'{rule};{part}=%')}" for part in ("INTERVAL", "AFTER")]
    return f"({whole} OR {longer} AND NOT ({' OR '.join(others)}))"


def _instant(field: Instant, alias: str) -> Predicate:
    compared = date_predicates.instant(f"{alias}.{field.column}", past=field.is_past)

    def compiled(ctx: QueryContext, term: Term) -> str:
        word = _AS_FILLED.get(term.value.strip().lower(), term.value)  # done:yes
        return compared(ctx, Term(term.field, term.op, word))

    return compiled


def _condition(field: Condition, alias: str) -> Predicate:
    def compiled(ctx: QueryContext, term: Term) -> str:
        sql = field.write_sql(ctx.store, ctx.param, alias)
        return f"({sql})" if yes_or_no(field.key, term.value) else f"NOT ({sql})"

    return predicates.unordered(compiled)


def _late(field: LateField, alias: str) -> Predicate:
    return lambda ctx, term: field.write_filter(ctx, term, alias)


_PREDICATES: dict[type[Field], Callable[[Any, str], Predicate]] = {
    Field: _text,
    Condition: _condition,
    Choice: lambda field, alias: predicates.choice(
        f"{alias}.{field.column}", field.choices, field.aliases, field.groups
    ),
    Purpose: _purpose,
    User: _user,
    Flag: lambda field, alias: predicates.flag(f"{alias}.{field.column}"),
    Integer: _number,
    MoneyAmount: lambda field, alias: predicates.money_amount(
        field.sort_sql(alias), f"{alias}.{field.currency}"
    ),
    UnitPriceAmount: lambda field, alias: predicates.unit_price(
        field.sort_sql(alias), f"{alias}.{field.currency}"
    ),
    Day: lambda field, alias: date_predicates.day(
        f"{alias}.{field.column}",
        past=field.is_past,
        instant=field.instant and f"{alias}.{field.instant}",
    ),
    # The first day of a month or year stands for it.
    PartialDay: lambda field, alias: date_predicates.day(
        f"substr({alias}.{field.column} || '-01-01', 1, 10)", past=True
    ),
    Instant: _instant,
    LateField: _late,
    Recurrence: _recurrence,
}
