"""Predicates on what a contact bought: sums of sales, their dates and products."""

from collections.abc import Callable
from operator import eq, ge, gt, le, lt

from cardcrm import money
from cardcrm.query import Term
from cardcrm.records.query_sql.date_predicates import day
from cardcrm.records.query_sql.predicates import (
    Predicate,
    QueryContext,
    child,
    equality,
    is_any,
    is_none,
    whole_number,
)
from cardcrm.records.query_sql.text_predicates import text

_COMPARE = {"<": lt, "<=": le, "=": eq, ">": gt, ">=": ge}
_OPPOSITE = {"<": ">=", "<=": ">", "=": "<>", ">": "<=", ">=": "<"}


def money_sum(column: str) -> Predicate:
    """Filter by a sum of money; a contact without sales has 0, in every currency."""

    def read(ctx: QueryContext, term: Term) -> tuple[int, str]:
        amount = money.parse_money(term.value, ctx.store.locale.currency, negative=True)
        return amount.minor, f"x.total = 1 AND x.currency = {ctx.param(amount.currency)}"

    return _sum(column, read)


def sale_count(ctx: QueryContext, term: Term) -> str:
    """Filter by the number of sales in all currencies; a contact without sales has 0."""
    if is_none(term) or is_any(term):
        return child("contact_value", lambda _ctx, _term: "1 = 1")(ctx, term)
    op, number = equality(term), whole_number(term)
    if _COMPARE[op](0, number):
        return f"NOT {_totalled(ctx, f'sum(x.orders) {_OPPOSITE[op]} {ctx.param(number)}')}"
    return _totalled(ctx, f"sum(x.orders) {op} {ctx.param(number)}")


def sale_day(column: str) -> Predicate:
    """Filter by the day of the first or last sale in any currency.

    Refunds count where there is nothing else, as in the sums of each currency.
    """
    beyond = f"y.{column} {'<' if column == 'first_on' else '>'} x.{column}"
    better = (
        "SELECT 1 FROM contact_value y WHERE y.contact_id = x.contact_id AND y.total = 1 "
        f"AND y.currency <> x.currency AND ((y.orders > 0) > (x.orders > 0) "
        f"OR (y.orders > 0) = (x.orders > 0) AND {beyond})"
    )
    compared = day(f"x.{column}", past=True)
    return child(
        "contact_value",
        lambda ctx, term: f"{compared(ctx, term)} AND NOT EXISTS ({better})",
        where="x.total = 1",
    )


def _totalled(ctx: QueryContext, condition: str) -> str:
    """Return SQL: a condition holds for the sums of a contact over all currencies."""
    own = f"AND x.contact_id = {ctx.alias}.id " if ctx.per_row else ""
    return (
        f"{ctx.alias}.id IN (SELECT x.contact_id FROM contact_value x WHERE x.total = 1 {own}"
        f"GROUP BY x.contact_id HAVING {condition})"
    )


def _sum(column: str, read: Callable[[QueryContext, Term], tuple[int, str]]) -> Predicate:
    def condition(ctx: QueryContext, term: Term) -> str:
        number, rows = read(ctx, term)
        return _number_or_zero(ctx, column, equality(term), number, rows)

    def compiled(ctx: QueryContext, term: Term) -> str:
        if is_none(term) or is_any(term):
            return child("contact_value", condition)(ctx, term)
        return condition(ctx, term)

    return compiled


def _number_or_zero(ctx: QueryContext, column: str, op: str, number: int, rows: str) -> str:
    """Compare a sum that counts as 0 without sales, and matches nothing where it is unknown."""
    held = ctx.has("contact_value", f"{rows} AND x.{column} {op} {ctx.param(number)}")
    if not _COMPARE[op](0, number):
        return held
    if column == "margin":  # unknown where the cost of a sale is missing
        return f"({held} OR NOT {ctx.has('contact_value', rows)})"
    opposite = f"x.{column} {_OPPOSITE[op]} {ctx.param(number)}"
    return f"NOT {ctx.has('contact_value', f'{rows} AND {opposite}')}"


def product(ctx: QueryContext, term: Term) -> str:
    """Filter by the name of a product in any sale of the contact."""
    if is_none(term) or is_any(term):
        bought = ctx.has("sale", "EXISTS (SELECT 1 FROM sale_line l WHERE l.sale_id = x.id)")
        return f"NOT {bought}" if is_none(term) else bought
    named = text("p.name_key", "p.name")(ctx, term)
    lines = "sale_line l JOIN product p ON p.id = l.product_id"
    if ctx.per_row:
        return ctx.has("sale", f"EXISTS (SELECT 1 FROM {lines} WHERE l.sale_id = x.id AND {named})")
    return (
        f"{ctx.alias}.id IN (SELECT s.contact_id FROM {lines} "
        f"JOIN sale s ON s.id = l.sale_id WHERE {named})"
    )


def standing(ctx: QueryContext, term: Term) -> str:
    """Filter by the RFM standing or scores in the default currency: ``champions``, ``5xx``."""
    from cardcrm.records.query_sql import standing_predicate

    return standing_predicate.standing(ctx, term)
