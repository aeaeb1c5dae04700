"""What a term of a query means for each type of field, as SQL over the rows of any noun.

Every condition may be null where a row has no value; `record_query` makes a negation the
complement all the same.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.money import parse_money
from cardcrm.query import And, Node, Not, Or, Term, Word
from cardcrm.records import registry
from cardcrm.records.fields import (
    Choice,
    Day,
    Field,
    Flag,
    Instant,
    Integer,
    Key,
    MoneyAmount,
    Reference,
    References,
    User,
    yes_or_no,
)
from cardcrm.records.query_sql import compiler
from cardcrm.records.query_sql.date_predicates import bounds, by_days
from cardcrm.records.query_sql.predicates import Filter, folded, is_any, is_none, lowered, same

_ABSENT = "({0} IS NULL OR {0} = '')"


def condition(f: Filter, field: Field, alias: str, term: Term) -> str:
    """Return SQL that is true where a field of the row ``alias`` fits a term."""
    for kind in type(field).__mro__:
        if kind in _CONDITIONS:
            return _CONDITIONS[kind](f, field, alias, term)
    raise AssertionError(f"no condition for {type(field).__name__}")


def contains(f: Filter, column: str, term: Term, *, is_folded: bool) -> str:
    """Return SQL for a text that contains the value, or is the same for ``=``."""
    if (found := _presence(column, term, _ABSENT)) is not None:
        return found
    return (folded if is_folded else lowered)(f, column, term)


def _text(f: Filter, field: Field, alias: str, term: Term) -> str:
    return contains(f, field.sort_sql(alias), term, is_folded=bool(field.folded))


def _key(f: Filter, field: Field, alias: str, term: Term) -> str:
    """Return SQL for a text that is the same as a whole."""
    column = f"{alias}.{field.column}"
    if (found := _presence(column, term, _ABSENT)) is not None:
        return found
    return f"lower({column}) {same(term)} {f.param(term.value.strip().lower())}"


def _choice(f: Filter, field: Choice, alias: str, term: Term) -> str:
    column = f"{alias}.{field.column}"
    if (found := _presence(column, term, _ABSENT)) is not None:
        return found
    return f"{column} {same(term)} {f.param(field.choice(term.value))}"


def _user(f: Filter, field: User, alias: str, term: Term) -> str:
    column = f"{alias}.{field.column}"
    if (found := _presence(column, term, _ABSENT)) is not None:
        return found
    name = field.parse(term.value, f.store)[field.column]
    return f"lower({column}) {same(term)} {f.param(name.lower())}"


def _flag(f: Filter, field: Flag, alias: str, term: Term) -> str:
    is_set = yes_or_no(field.label, term.value or "no")
    return f"{alias}.{field.column} = {f.param(int(is_set))}"


def _number(f: Filter, field: Integer, alias: str, term: Term) -> str:
    column = f"{alias}.{field.column}"
    if (found := _presence(column, term)) is not None:
        return found
    value = field.parse(term.value, f.store)[field.column]
    return f"{column} {same(term)} {f.param(value)}"


def _money(f: Filter, field: MoneyAmount, alias: str, term: Term) -> str:
    """Return SQL that compares an amount with those of the same currency."""
    column = f"{alias}.{field.column}"
    if (found := _presence(column, term)) is not None:
        return found
    amount = parse_money(term.value, f.store.locale.currency, negative=True)
    compared = f"{column} {same(term)} {f.param(amount.minor)}"
    return f"({alias}.{field.currency} = {f.param(amount.currency)} AND {compared})"


def _day(f: Filter, field: Day, alias: str, term: Term) -> str:
    """Return SQL that compares a local day; a span looks the way that the field looks."""
    column = f"{alias}.{field.column}"
    if (found := _presence(column, term)) is not None:
        return found
    return by_days(f, column, bounds(f, term, past=field.is_past))


def _instant(f: Filter, field: Instant, alias: str, term: Term) -> str:
    """Return SQL that compares an instant with local days."""
    column = f"{alias}.{field.column}"
    if (found := _presence(column, term)) is not None:
        return found
    op, first, last = bounds(f, term, past=field.is_past)
    zone = f.store.locale.zone
    start = dates.to_instant(first, dt.time(), zone)
    end = dates.to_instant(last, dt.time(23, 59, 59), zone)
    return by_days(f, column, (op, start, end))


def _reference(f: Filter, field: Reference, alias: str, term: Term) -> str:
    """Return SQL for rows whose reference is to a row that fits."""
    column = f"{alias}.{field.column}"
    if (found := _presence(column, term)) is not None:
        return found
    return f"{column} IN ({_fitting(f, field.to, term)})"


def _references(f: Filter, field: References, alias: str, term: Term) -> str:
    """Return SQL for rows that a table in between ties to a row that fits."""
    tied = f"SELECT v.{field.via_column} FROM {field.via} v"
    if is_none(term) or is_any(term):
        return f"{alias}.id {'NOT ' if is_none(term) else ''}IN ({tied})"
    fitting = _fitting(f, field.to, term)
    return f"{alias}.id IN ({tied} WHERE v.{field.to_column} IN ({fitting}))"


_CONDITIONS: dict[type[Field], Callable[[Filter, Any, str, Term], str]] = {
    Field: _text,
    Key: _key,
    Choice: _choice,
    User: _user,
    Flag: _flag,
    Integer: _number,
    MoneyAmount: _money,
    Day: _day,
    Instant: _instant,
    Reference: _reference,
    References: _references,
}


def _presence(column: str, term: Term, absent: str = "{0} IS NULL") -> str | None:
    """Return SQL for a term that asks whether there is a value at all, else None."""
    if is_none(term):
        return absent.format(column)
    return f"NOT {absent.format(column)}" if is_any(term) else None


def _fitting(f: Filter, to: str, term: Term) -> str:
    """Return SQL for the ids of the rows of a noun that a term means."""
    if to == "contact":
        return f"SELECT c.id FROM contact c WHERE {_contact(f, term)}"
    type_ = registry.record_type(to)
    number = term.value.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        return f"SELECT n.id FROM {to} n WHERE n.id = {f.param(int(number))}"
    titled = type_.field_of_column(type_.title_column)
    if titled is None:
        raise UsageError(f"{term.field}: name a {to} by its number", f"For example: {term.field}:1")
    return f"SELECT n.id FROM {to} n WHERE {condition(f, titled, 'n', term)}"


def _contact(f: Filter, term: Term) -> str:
    """Return SQL for the contacts that a value names: an id, a name, or a query of its own."""
    number = term.value.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 10:
        return f"c.id = {f.param(int(number))}"
    node = compiler.parse(f.store, term.value)
    if _is_words(node):
        named = tuple(Term(name, term.op, term.value) for name in ("name", "nick", "email"))
        node = Or(named)
    return f"({compiler.compile_node(f, node)})"


def _is_words(node: Node) -> bool:
    """Return whether a query is nothing but words, so that it is meant as a name."""
    if isinstance(node, And):
        return all(map(_is_words, node.nodes))
    return isinstance(node, Word) and not isinstance(node, Not)
