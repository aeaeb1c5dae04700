"""Complete queries: the names of fields, and the values of fields that have few.

Tags, segments and cities are read from their indexes, one look-up a value. Owners and sources have
no index, so only the contacts added last are read. This takes milliseconds in any database.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from cardcrm.query import FIELDS, Term, unparse
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.contacts import KINDS, STAGES
from cardcrm.store import Store
from cardcrm.store.ahead import asked_ahead

MAX_VALUES = 200  # of one field
LATEST = 20_000  # contacts whose owners and sources are read

_LAST_WORD = re.compile(r'(?P<before>(?:.*[\s(])?-?)(?P<word>[^\s("]*)$', re.DOTALL)
_TERM = re.compile(r"(?P<field>[A-Za-z][\w.-]*)(?P<op>:|=)(?P<before>(?:[^,]*,)*)(?P<value>.*)")

Values = Mapping[str, Sequence[str]]


def list_values(store: Store, field: str) -> list[str]:
    """Return the first values of a field by name; nothing for a field with free values."""
    read = _READ.get(field)
    if read is not None:
        return read(store)
    custom = custom_fields.find(store, field) if field not in FIELDS else None
    return [*custom.choices] if custom is not None else []


def list_all_values(store: Store) -> dict[str, list[str]]:
    """Return the values of all fields that have few."""
    with asked_ahead(store, custom_fields.fields, *_READ.values()):
        custom = {
            each.name: [*each.choices] for each in custom_fields.fields(store) if each.choices
        }
        return {field: read(store) for field, read in _READ.items()} | custom


def list_fields(store: Store) -> list[str]:
    """Return the names of the fields that a query may filter by."""
    return sorted({*FIELDS, *(each.name for each in custom_fields.fields(store))})


def list_fields_and_values(store: Store) -> tuple[list[str], dict[str, list[str]]]:
    """Return the names and the values of fields, read together."""
    with asked_ahead(store, custom_fields.fields, *_READ.values()):
        return list_fields(store), list_all_values(store)


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
    return unparse(Term("x", ":", value)).removeprefix("x:")


def _read_indexed(table: str, column: str) -> Callable[[Store], list[str]]:
    """Return a function that reads each value of an indexed column once, however common it is."""
    sql = f"""
        WITH RECURSIVE each(value) AS (
          SELECT min({column}) FROM {table} WHERE {column} > ''
          UNION ALL
          SELECT (SELECT min({column}) FROM {table} WHERE {column} > each.value)
          FROM each WHERE each.value IS NOT NULL
        )
        SELECT value FROM each WHERE value IS NOT NULL LIMIT :most
    """
    return lambda store: [row[0] for row in store.rows(sql, most=MAX_VALUES)]


def _read_latest(column: str) -> Callable[[Store], list[str]]:
    """Return a function that reads the values of a column among the contacts added last."""
    sql = (
        f"SELECT DISTINCT {column} FROM (SELECT {column} FROM contact ORDER BY id DESC "
        f"LIMIT :latest) AS w WHERE {column} <> '' ORDER BY {column} LIMIT :most"
    )
    return lambda store: [row[0] for row in store.rows(sql, latest=LATEST, most=MAX_VALUES)]


_READ: dict[str, Callable[[Store], list[str]]] = {
    "kind": lambda _: list(KINDS),
    "stage": lambda _: list(STAGES),
    "tag": _read_indexed("tag", "name"),
    "segment": _read_indexed("segment", "name"),
    "city": _read_indexed("address", "city_key"),
    "owner": _read_latest("owner"),
    "source": _read_latest("source"),
}
