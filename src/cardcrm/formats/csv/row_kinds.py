"""Detect the kind of the rows of a table, such as contacts or sales, by its header."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.history.columns import find_likely_rows, find_program, looks_like_sales, score
from cardcrm.formats.history.programs import ACTIVITIES

_DEALS: Final = "deal name | deal stage"


def detect_kind(headers: Iterable[str]) -> str:
    """Return the kind of the rows below a header; a table without any sign has contacts."""
    headers = list(headers)
    if _fold_all(_DEALS) <= set(map(fold_header, headers)):
        return "deals"
    program = find_program(headers)
    if program is not None:
        return "interactions" if program.holds == ACTIVITIES else program.holds
    return "sales" if looks_like_sales(headers) else "contacts"


def describe_doubt(headers: Sequence[str]) -> list[str]:
    """Return a note if the rows of a table that is read as contacts may be others."""
    rows = find_likely_rows(headers)
    return [f"the rows may be {rows}; to import them as such: --as {rows}"] if rows else []


def count_others(headers: Iterable[str]) -> int:
    """Return the number of headers that name no part of a contact, but are known."""
    return score(list(headers))


@cache
def _fold_all(texts: str) -> frozenset[str]:
    return frozenset(fold_header(text) for text in texts.split("|"))
