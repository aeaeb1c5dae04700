"""Complete queries: the names of fields, and the values of fields that have few.

Tags, segments and cities are read from their indexes, one look-up a value. Owners and sources have
no index, so only the contacts added last are read. This takes milliseconds in any database.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from cardcrm.query import Term, unparse
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.query_fields import FILTERS
from cardcrm.records.fields import Choice
from cardcrm.records.sales import rfm
from cardcrm.store import Query, Store
from cardcrm.store.fetch import first_column

MAX_VALUES = 200  # of one field
LATEST = 20_000  # contacts whose owners and sources are read

_LAST_WORD = re.compile(r'(?P<before>(?:.*[\s(])?-?)(?P<word>[^\s("]*)$', re.DOTALL)
_TERM = re.compile(r"(?P<field>[A-Za-z][\w.-]*)(?P<op>:|=)(?P<before>(?:[^,]*,)*)(?P<value>.*)")

Values = Mapping[str, Sequence[str]]


def list_values(store: Store, field: str) -> list[str]:
    """Return the first values of a field by name; nothing for a field with free values."""
    if field in _CONSTANTS:
        return [*_CONSTANTS[field]]
    if field in _QUERIES:
        return store.fetch(_QUERIES[field])
    custom = custom_fields.find(store, field) if field not in FILTERS else None
    return [*custom.choices] if custom is not None else []


def list_fields(store: Store) -> list[str]:
    """Return the names of the fields that a query may filter by."""
    return sorted({*FILTERS, *(each.name for each in custom_fields.list_fields(store))})


def list_fields_and_values(store: Store) -> tuple[list[str], dict[str, list[str]]]:
    """Return the names of all fields, and the values of those that have few, in one round trip."""
    queries: list[Query[Any]] = [custom_fields.fields_query(), *_QUERIES.values()]
    custom, *read = store.fetch_many(queries)
    values = {field: [*each] for field, each in _CONSTANTS.items()}
    values |= zip(_QUERIES, read, strict=True)
    values |= {each.name: [*each.choices] for each in custom if each.choices}
    return sorted({*FILTERS, *(each.name for each in custom)}), values


def complete_query(
    text: str, fields: Collection[str], values_of: Callable[[str], Sequence[str]]
) -> list[str]:
    """Return the whole text with its last word completed in each possible way.

    A field comes with its colon; ``values_of`` returns the values of a field.
    """
    before, word = _split_last_word(text)
    term = _TERM.fullmatch(word)
    if term is None:
        prefix = word.lower()
        return [f"{before}{each}:" for each in fields if prefix and each.startswith(prefix)]
    prefix = term["value"].lower()
    start = f"{before}{term['field']}{term['op']}{term['before']}"
    values = (each for each in values_of(term["field"].lower()) if each.lower().startswith(prefix))
    return [f"{start}{_quote_value(each)}" for each in values]


def is_incomplete(text: str, values: Values) -> bool:
    """Return whether a query ends in a word that has no meaning yet.

    That is a minus sign, a field without its value, or part of a value of a field that has no value
    of just this text.
    """
    _, word = _split_last_word(text)
    if text.endswith("-") and not word:
        return True
    term = _TERM.fullmatch(word)
    if term is None or not term["value"]:
        return bool(re.fullmatch(r"[A-Za-z][\w.-]*(?:[:=,]|:?[<>]=?|!=)", word)) or bool(term)
    prefix = term["value"].lower()
    known = [each.lower() for each in values.get(term["field"].lower(), ())]
    return prefix not in known and any(each.startswith(prefix) for each in known)


def _split_last_word(text: str) -> tuple[str, str]:
    """Return the text before the last word, with the minus sign of the word, and the last word."""
    match = _LAST_WORD.match(text)
    return (match["before"], match["word"]) if match else (text, "")


def _quote_value(value: str) -> str:
    """Return a value with the quotes that it needs in a query."""
    is_literal = value.lower() in ("any", "none")
    return unparse(Term("x", ":", value, is_literal)).removeprefix("x:")


def _indexed(table: str, column: str) -> Query[list[str]]:
    """Build a query that reads each value of an indexed column once, however common it is."""
    sql = f"""
        WITH RECURSIVE each(value) AS (
          SELECT min({column}) FROM {table} WHERE {column} > ''
          UNION ALL
          SELECT (SELECT min({column}) FROM {table} WHERE {column} > each.value)
          FROM each WHERE each.value IS NOT NULL
        )
        SELECT value FROM each WHERE value IS NOT NULL LIMIT :most
    """
    return Query(sql, {"most": MAX_VALUES}, first_column)


def _latest(column: str) -> Query[list[str]]:
    """Build a query that reads the values of a column among the contacts added last."""
    sql = (
        f"SELECT DISTINCT {column} FROM (SELECT {column} FROM contact ORDER BY id DESC "
        f"LIMIT :latest) AS w WHERE {column} <> '' ORDER BY {column} LIMIT :most"
    )
    return Query(sql, {"latest": LATEST, "most": MAX_VALUES}, first_column)


_CONSTANTS: Values = {
    name: each.field.choices for name, each in FILTERS.items() if isinstance(each.field, Choice)
} | {"rfm": tuple(map(rfm.slug, rfm.STANDINGS))}
_QUERIES: Mapping[str, Query[list[str]]] = {
    "tag": _indexed("tag", "name"),
    "segment": _indexed("segment", "name"),
    "city": _indexed("address", "city_key"),
    "owner": _latest("owner"),
    "source": _latest("source"),
}
