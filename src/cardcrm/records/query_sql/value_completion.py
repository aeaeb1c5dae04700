"""What a query is likely to be completed to: its fields, and their values where they are few.

Tags, segments and towns are read from their indexes, one look a value; for owners and sources,
which have none, the cards that were added last are read. So it takes milliseconds in any box.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from cardcrm.query import FIELDS, Term, unparse
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.contacts import KINDS, STAGES
from cardcrm.store import Query, Store
from cardcrm.store.fetch import first_column

MOST = 200  # values of a field
LATEST = 20_000  # cards whose owners and sources are read

_LAST = re.compile(r'(?P<lead>(?:.*[\s(])?-?)(?P<word>[^\s("]*)$', re.DOTALL)
_TERM = re.compile(r"(?P<field>[A-Za-z][\w.-]*)(?P<op>:|=)(?P<known>(?:[^,]*,)*)(?P<begun>.*)")

Values = Mapping[str, Sequence[str]]


def values(store: Store, field: str) -> list[str]:
    """The first values of a field by name; none for a field that takes any."""
    if field in _CONSTANTS:
        return [*_CONSTANTS[field]]
    if field in _QUERIES:
        return store.fetch(_QUERIES[field])
    custom = custom_fields.find(store, field) if field not in FIELDS else None
    return [*custom.choices] if custom is not None else []


def all_values(store: Store) -> dict[str, list[str]]:
    """Return the values of all fields that have few, for one round trip to a server."""
    return all_known(store)[1]


def all_fields(store: Store) -> list[str]:
    """The names that a query may filter by."""
    return sorted({*FIELDS, *(each.name for each in custom_fields.fields(store))})


def all_known(store: Store) -> tuple[list[str], dict[str, list[str]]]:
    """Return the names of `all_fields` and the values of `all_values`, read in one round trip."""
    queries: list[Query[Any]] = [custom_fields.fields_query(), *_QUERIES.values()]
    custom, *read = store.fetch_many(queries)
    known = {field: [*each] for field, each in _CONSTANTS.items()}
    known |= zip(_QUERIES, read, strict=True)
    known |= {each.name: [*each.choices] for each in custom if each.choices}
    return sorted({*FIELDS, *(each.name for each in custom)}), known


def completed(text: str, known: Collection[str], of: Callable[[str], Sequence[str]]) -> list[str]:
    """The whole text with its last word completed in each way that fits.

    ``known`` are the fields, ``of`` tells the values of one. A field comes with its colon.
    """
    lead, word = _parted(text)
    term = _TERM.fullmatch(word)
    if term is None:
        begins = word.lower()
        return [f"{lead}{each}:" for each in known if begins and each.startswith(begins)]
    begun = term["begun"].lower()
    start = f"{lead}{term['field']}{term['op']}{term['known']}"
    fitting = (each for each in of(term["field"].lower()) if each.lower().startswith(begun))
    return [f"{start}{_written(each)}" for each in fitting]


def is_begun(text: str, of: Values) -> bool:
    """Whether a query ends in the middle of a word that stands for nothing yet.

    That is a minus or a field without its value, or the beginning of a value that a field has,
    where nothing has just this value.
    """
    _, word = _parted(text)
    if text.endswith("-") and not word:
        return True
    term = _TERM.fullmatch(word)
    if term is None or not term["begun"]:
        return bool(re.fullmatch(r"[A-Za-z][\w.-]*(?:[:=,]|:?[<>]=?|!=)", word)) or bool(term)
    begun = term["begun"].lower()
    like = [each.lower() for each in of.get(term["field"].lower(), ())]
    return begun not in like and any(each.startswith(begun) for each in like)


def _parted(text: str) -> tuple[str, str]:
    """What stands before the last word, with its minus, and the last word."""
    match = _LAST.match(text)
    return (match["lead"], match["word"]) if match else (text, "")


def _written(value: str) -> str:
    """A value as it is written in a query."""
    return unparse(Term("x", ":", value)).removeprefix("x:")


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
    return Query(sql, {"most": MOST}, first_column)


def _latest(column: str) -> Query[list[str]]:
    """Build a query that reads the values of a column among the contacts added last."""
    sql = (
        f"SELECT DISTINCT {column} FROM (SELECT {column} FROM contact ORDER BY id DESC "
        f"LIMIT :latest) AS w WHERE {column} <> '' ORDER BY {column} LIMIT :most"
    )
    return Query(sql, {"latest": LATEST, "most": MOST}, first_column)


_CONSTANTS: Values = {"kind": KINDS, "stage": STAGES}
_QUERIES: Mapping[str, Query[list[str]]] = {
    "tag": _indexed("tag", "name"),
    "segment": _indexed("segment", "name"),
    "city": _indexed("address", "city_key"),
    "owner": _latest("owner"),
    "source": _latest("source"),
}
