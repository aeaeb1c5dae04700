"""What a term of a query means for each type of field, as SQL over the rows of any noun.

Every condition may be null where a row has no value; `record_query` makes a negation the
complement all the same.
"""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cardcrm import dates
from cardcrm import money as money_parser
from cardcrm.errors import UsageError
from cardcrm.query import And, Node, Not, Or, Term, Word
from cardcrm.records.query_sql.date_predicates import bounds, by_days
from cardcrm.records.query_sql.predicates import Filter, folded, is_any, is_none, lowered, same

if TYPE_CHECKING:
    from cardcrm.records.fields import References

_ABSENT = "({0} IS NULL OR {0} = '')"


def text(f: Filter, column: str, term: Term, *, is_folded: bool) -> str:
    """Return SQL for a text that contains the value, or is the same for ``=``."""
    if (found := _presence(column, term, _ABSENT)) is not None:
        return found
    return (folded if is_folded else lowered)(f, column, term)


def whole(f: Filter, column: str, term: Term) -> str:
    """Return SQL for a text that is the same, or compares as text."""
    if (found := _presence(column, term, _ABSENT)) is not None:
        return found
    return f"{column} {same(term)} {f.param(term.value.strip())}"


def word(f: Filter, column: str, term: Term, read: Callable[[str], str]) -> str:
    """Return SQL for one of a few words; ``read`` checks the word."""
    if (found := _presence(column, term, _ABSENT)) is not None:
        return found
    return f"{column} {same(term)} {f.param(read(term.value))}"


def number(f: Filter, column: str, term: Term, read: Callable[[str], Any]) -> str:
    """Return SQL that compares a number; ``read`` parses the value."""
    if (found := _presence(column, term)) is not None:
        return found
    return f"{column} {same(term)} {f.param(read(term.value))}"


def money(f: Filter, column: str, currency: str, term: Term) -> str:
    """Return SQL that compares an amount with those of the same currency."""
    if (found := _presence(column, term)) is not None:
        return found
    amount = money_parser.parse_money(term.value, f.store.locale.currency, negative=True)
    compared = f"{column} {same(term)} {f.param(amount.minor)}"
    return f"({currency} = {f.param(amount.currency)} AND {compared})"


def day(f: Filter, column: str, term: Term, *, past: bool) -> str:
    """Return SQL that compares a local day."""
    if (found := _presence(column, term)) is not None:
        return found
    return by_days(f, column, bounds(f, term, past=past))


def instant(f: Filter, column: str, term: Term, *, past: bool) -> str:
    """Return SQL that compares an instant with local days."""
    if (found := _presence(column, term)) is not None:
        return found
    op, first, last = bounds(f, term, past=past)
    zone = f.store.locale.zone
    start = dates.to_instant(first, dt.time(), zone)
    end = dates.to_instant(last, dt.time(23, 59, 59), zone)
    return by_days(f, column, (op, start, end))


def reference(f: Filter, column: str, to: str, term: Term) -> str:
    """Return SQL for rows whose reference is to a row that fits."""
    if (found := _presence(column, term)) is not None:
        return found
    return f"{column} IN ({_fitting(f, to, term)})"


def references(f: Filter, field: "References", alias: str, term: Term) -> str:
    """Return SQL for rows that a table in between ties to a row that fits."""
    tied = f"SELECT v.{field.via_column} FROM {field.via} v"
    if is_none(term) or is_any(term):
        return f"{alias}.id {'NOT ' if is_none(term) else ''}IN ({tied})"
    fitting = _fitting(f, field.to, term)
    return f"{alias}.id IN ({tied} WHERE v.{field.to_column} IN ({fitting}))"


def _presence(column: str, term: Term, absent: str = "{0} IS NULL") -> str | None:
    """Return SQL for a term that asks whether there is a value at all, else None."""
    if is_none(term):
        return absent.format(column)
    return f"NOT {absent.format(column)}" if is_any(term) else None


def _fitting(f: Filter, to: str, term: Term) -> str:
    """Return SQL for the ids of the rows of a noun that a term means."""
    if to == "contact":
        return f"SELECT c.id FROM contact c WHERE {_contact(f, term)}"
    from cardcrm.records import registry

    type_ = registry.record_type(to)
    number_ = term.value.removeprefix("#")
    if number_.isascii() and number_.isdigit() and len(number_) < 19:
        return f"SELECT n.id FROM {to} n WHERE n.id = {f.param(int(number_))}"
    titled = type_.field_of_column(type_.title_column)
    if titled is None:
        raise UsageError(f"{term.field}: name a {to} by its number", f"For example: {term.field}:1")
    return f"SELECT n.id FROM {to} n WHERE {titled.condition(f, 'n', term)}"


def _contact(f: Filter, term: Term) -> str:
    """Return SQL for the contacts that a value names: an id, a name, or a query of its own."""
    from cardcrm.records.query_sql import compiler

    number_ = term.value.removeprefix("#")
    if number_.isascii() and number_.isdigit() and len(number_) < 10:
        return f"c.id = {f.param(int(number_))}"
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
