"""Detect the kind of the rows of a table, such as contacts or sales, by its header.

This module is mostly data. A signature is a set of headers that only files of one kind have
together; the first that fits counts, and a table without any has contacts.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final

from cardcrm.formats.csv.header_keys import fold_header

SIGNATURES: Final[tuple[tuple[str, str], ...]] = (
    ("lineitem quantity | lineitem name | financial status", "sales"),
    ("deal name | deal stage", "deals"),
    ("transaction id | gross sales", "sales"),
    ("captured | converted amount | currency", "sales"),
)
# Headers that name no part of a contact, but by which the header line of a table is found.
OTHER_HEADERS: Final = "date | amount | currency | total | ref | text | due"


def detect_kind(headers: Iterable[str]) -> str:
    """Return the kind of the rows below a header."""
    keys = set(map(fold_header, headers))
    for signature, kind in SIGNATURES:
        if _fold_all(signature) <= keys:
            return kind
    return "contacts"


def count_others(headers: Iterable[str]) -> int:
    """Return the number of headers that name no part of a contact, but are known."""
    return len(_fold_all(OTHER_HEADERS).intersection(map(fold_header, headers)))


@cache
def _fold_all(texts: str) -> frozenset[str]:
    return frozenset(fold_header(text) for text in texts.split("|"))
