"""Predicates: what a filter field means, as SQL on a column or on the rows of a child table.

Each factory takes the SQL of its column, such as ``c.stage``, and returns a `Predicate`. The kind
of record and its table alias are the caller's, so that the same predicates serve every noun.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cardcrm import money
from cardcrm.errors import UsageError
from cardcrm.query import Term
from cardcrm.store import Store
from cardcrm.text import find_similar, fold

_ROW = 50  # conditions joined without brackets


@dataclass(eq=False, repr=False)
class OpenSegments:
    """The segments that a query is inside of while it is compiled, and the sum of those used."""

    names: list[str] = field(default_factory=list)
    count: int = 0
    size: int = 0  # characters


@dataclass(eq=False, repr=False)  # both methods would take 0.2 ms of every search
class QueryContext:
    """One query while it is compiled: its parameters, and the table that it filters.

    ``alias`` is the alias of that table, and ``link`` the column by which child tables refer to it.
    With ``per_row`` the condition is tried on a few rows only, so each looks at its own child rows;
    otherwise all matching child rows are collected first, which is quicker over a whole table.
    ``is_required`` is false inside exclusions and alternatives, ``is_negated`` true inside
    exclusions, and ``is_rule`` true in a rule that gives contacts a cadence.
    """

    store: Store
    alias: str = "c"
    link: str = "contact_id"
    per_row: bool = False
    params: dict[str, Any] = field(default_factory=dict)
    segments: OpenSegments = field(default_factory=OpenSegments)
    is_required: bool = True
    is_negated: bool = False
    is_rule: bool = False

    def param(self, value: Any) -> str:
        """Add a parameter and return its name with the colon."""
        name = f"q{len(self.params)}"
        self.params[name] = value
        return f":{name}"

    def subquery(self) -> "QueryContext":
        """Return a context for a query inside this one that shares its parameters."""
        return QueryContext(
            self.store,
            self.alias,
            self.link,
            params=self.params,
            segments=self.segments,
            is_rule=self.is_rule,
        )

    @contextmanager
    def optional(self) -> Iterator[None]:
        """Compile conditions that a row may fail and still be found."""
        before, self.is_required = self.is_required, False
        yield
        self.is_required = before

    @contextmanager
    def negated(self) -> Iterator[None]:
        """Compile conditions that a row must fail."""
        before, self.is_negated = self.is_negated, True
        with self.optional():
            yield
        self.is_negated = before

    def leaf(self, condition: str) -> str:
        """Return a condition that is false instead of NULL where it is negated.

        NULL would be false after NOT as well, and a negation is to be the complement.
        """
        return f"coalesce(({condition}), FALSE)" if self.is_negated else condition

    def exists(self, table: str, condition: str) -> str:
        """Return SQL: the record has a row ``x`` in a child table that meets a condition."""
        return (
            f"EXISTS (SELECT 1 FROM {table} x WHERE x.{self.link} = {self.alias}.id "
            f"AND {condition})"
        )

    def has(self, table: str, condition: str) -> str:
        """Return SQL with the meaning of `exists`, in the form that is quicker here."""
        own = f"x.{self.link} = {self.alias}.id AND " if self.per_row else ""
        return f"{self.alias}.id IN (SELECT x.{self.link} FROM {table} x WHERE {own}{condition})"

    def in_ids(self, search: Callable[[str], tuple[str, dict[str, str]]]) -> str:
        """Return SQL: the record is among the ids that a search of the index selects.

        ``search`` gets the prefix of its parameter names and returns its SQL and parameters.
        """
        sql, params = search(f"q{len(self.params)}_")
        self.params |= params
        return f"{self.alias}.id IN ({sql})"

    def is_among(self, column: str, ids: Sequence[int]) -> str:
        """Return SQL: a column holds one of some ids."""
        import json

        listed = self.store.engine.ids_of_json.format(self.param(json.dumps(ids)))
        return f"{column} IN ({listed})"


Predicate = Callable[[QueryContext, Term], str]


def is_none(term: Term) -> bool:
    """Return whether a term asks for records without a value."""
    value = term.value.strip().lower()
    return term.op in (":", "=") and (not value or (value == "none" and not term.is_literal))


def is_any(term: Term) -> bool:
    """Return whether a term asks for records with any value."""
    is_word = term.value.strip().lower() == "any" and not term.is_literal
    return is_word and term.op in (":", "=")


def equality(term: Term) -> str:
    """Return the SQL operator of a term for which ``:`` means equality."""
    return "=" if term.op == ":" else term.op


def is_yes(term: Term) -> bool:
    """Return whether a term of a yes-or-no field says yes. Raises UsageError."""
    value = term.value.strip().lower()
    if value in ("yes", "y", "true", "1", "any"):
        return True
    if value in ("no", "n", "false", "0", "none", ""):
        return False
    raise UsageError(
        f"{term.field} must be yes or no, not “{term.value}”", f"Write {term.field}:yes."
    )


def whole_number(term: Term) -> int:
    """Return the value of a term as a whole number. Raises UsageError."""
    try:
        return money.parse_whole_number(term.value, term.field)
    except UsageError as error:
        error.hint = error.hint or f"For example: {term.field}>2"
        raise


def refuse_order(term: Term) -> None:
    """Raise UsageError for a comparison with < or > of a field that has no order."""
    if term.op not in (":", "="):
        raise UsageError(
            f"{term.field} takes no {term.op}", f"Write {term.field}:{term.value or 'any'}."
        )


def unordered(predicate: Predicate) -> Predicate:
    """Filter by a field that has no order: without <, <=, > and >=."""

    def compiled(ctx: QueryContext, term: Term) -> str:
        refuse_order(term)
        return predicate(ctx, term)

    return compiled


def allow_null(column: str, predicate: Predicate) -> Predicate:
    """Filter by a column that is NULL where there is no value."""

    def compiled(ctx: QueryContext, term: Term) -> str:
        if is_none(term) or is_any(term):
            return f"{column} IS {'' if is_none(term) else 'NOT '}NULL"
        return predicate(ctx, term)

    return compiled


def allow_blank(column: str, predicate: Predicate) -> Predicate:
    """Filter by a column that is an empty text where there is no value."""

    def compiled(ctx: QueryContext, term: Term) -> str:
        if is_none(term) or is_any(term):
            return f"{column} {'=' if is_none(term) else '<>'} ''"
        return predicate(ctx, term)

    return compiled


def choice(
    column: str,
    choices: Sequence[str],
    aliases: Mapping[str, str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Predicate:
    """Filter by a column that holds one of a few words.

    ``aliases`` maps other words to them, and ``groups`` a word to several of them.
    """

    def compiled(ctx: QueryContext, term: Term) -> str:
        word = fold(term.value)
        word = (aliases or {}).get(word, word)
        if members := (groups or {}).get(word):
            refuse_order(term)
            return f"{column} IN ({', '.join(map(ctx.param, members))})"
        if word not in choices and not (is_none(term) or is_any(term)):
            similar = find_similar(word, choices, limit=1)
            suggestion = f"Did you mean {similar[0]}? " if similar else ""
            raise UsageError(
                f"unknown {term.field} “{term.value}”",
                f"{suggestion}Choose one of: {', '.join((*choices, *(groups or ())))}.",
            )
        refuse_order(term)
        return equals(column)(ctx, Term(term.field, term.op, word))

    return compiled


def equals(column: str) -> Predicate:
    """Filter by a column of words that are stored in one form."""
    return allow_blank(
        column, lambda ctx, term: f"{column} {equality(term)} {ctx.param(fold(term.value))}"
    )


def number(
    column: str, read: Callable[[Term], float] = whole_number, blank: float | None = None
) -> Predicate:
    """Filter by a column of numbers, ``blank`` or NULL where there is none.

    ``read`` reads a term's value.
    """
    return allow_null(
        column if blank is None else f"nullif({column}, {blank})",
        lambda ctx, term: f"{column} {equality(term)} {ctx.param(read(term))}",
    )


def money_amount(column: str, currency: str) -> Predicate:
    """Filter by an amount in minor units and the column of its currency.

    A value without a currency is in the default one; different currencies never compare.
    """

    def compiled(ctx: QueryContext, term: Term) -> str:
        amount = money.parse_money(term.value, ctx.store.locale.currency, negative=True)
        return (
            f"{currency} = {ctx.param(amount.currency)} "
            f"AND {column} {equality(term)} {ctx.param(amount.minor)}"
        )

    return allow_null(column, compiled)


def unit_price(price: str, currency: str) -> Predicate:
    """Filter by SQL of a price in ten-thousandths of a minor unit, as `money_amount` does.

    In a query a comma before three digits groups them, as it would otherwise separate values.
    """

    def compiled(ctx: QueryContext, term: Term) -> str:
        amount = money.parse_unit_price(term.value.replace(",", ""), ctx.store.locale.currency)
        return (
            f"{currency} = {ctx.param(amount.currency)} "
            f"AND {price} {equality(term)} {ctx.param(amount.parts)}"
        )

    return allow_null(price, compiled)


def flag(column: str) -> Predicate:
    """Filter by a column that is 1 for yes and 0 for no."""
    return unordered(lambda _ctx, term: f"{column} = {int(is_yes(term))}")


def reference(column: str, table: str, predicate: Predicate) -> Predicate:
    """Filter by another record that a column refers to.

    ``predicate`` says which rows of its table match; there the alias of the table is ``r``.
    """

    def compiled(ctx: QueryContext, term: Term) -> str:
        return f"{column} IN (SELECT r.id FROM {table} r WHERE {predicate(ctx.subquery(), term)})"

    return allow_null(column, compiled)


def child(table: str, predicate: Predicate, *, where: str = "", filled: str = "1 = 1") -> Predicate:
    """Filter by the rows of a child table, where the alias of the table is ``x``.

    Only rows that meet ``where`` count, and for ``none`` and ``any`` only those with a value, for
    which ``filled`` is true.
    """
    prefix = f"{where} AND " if where else ""

    def compiled(ctx: QueryContext, term: Term) -> str:
        if is_none(term):
            return "NOT " + ctx.exists(table, prefix + filled)
        if is_any(term):
            return ctx.exists(table, prefix + filled)
        return ctx.has(table, prefix + predicate(ctx, term))

    return compiled


def join_balanced(operator: str, conditions: Sequence[str]) -> str:
    """Join conditions in nested groups: SQLite refuses a row of 1,000.

    PostgreSQL joins a table for each condition of a row, and the time to order the joins grows
    with the cube of their number; it plans a group with ``IS TRUE`` apart from the others.
    """
    if len(conditions) <= _ROW:
        return f" {operator} ".join(f"({each})" for each in conditions) or "1 = 0"
    size = -(-len(conditions) // _ROW)
    starts = range(0, len(conditions), size)
    groups = [join_balanced(operator, conditions[start : start + size]) for start in starts]
    return join_balanced(operator, [groups[0], *(f"({each}) IS TRUE" for each in groups[1:])])
