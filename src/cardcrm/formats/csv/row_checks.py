"""Recognize rows of a table that describe nothing, such as totals and repeated headers."""

import re
from collections.abc import Sequence
from typing import Final

_TOTALS: Final = frozenset(
    ("total", "totals", "grandtotal", "subtotal", "sum", "count", "average", "summe", "gesamt",
     "gesamtsumme", "zwischensumme", "anzahl", "insgesamt", "somme", "totalgeneral",
     "totalgénéral",
     "soustotal", "suma", "totale", "totalegenerale", "somma", "soma", "totaal", "eindtotaal",
     "subtotaal", "totalt", "summa", "razem", "łącznie", "ogółem")
)  # fmt: skip
_FOOTER: Final = re.compile(
    r"copyright|©|all rights reserved|confidential"
    r"|generated (?:by|on|at)|exported (?:by|on|at|from)"
    r"|report (?:run|date)|page \d+ of \d+|end of (?:file|report|list|data)|\*+\s*end\b"
    r"|^\d[\d.,]* (?:records?|rows?|contacts?|customers?|entries|results?)\b"
    r"|\b(?:records?|rows?|contacts?|customers?|entries|results?):\s*\d+$"
    r"|erstellt (?:am|von)|exportiert (?:am|von)|export(?:é|ado|ato) (?:le|el|il|em)\b",
    re.IGNORECASE,
)
_LETTERS: Final = re.compile(r"[\W\d_]+")
_NUMBER: Final = re.compile(r"[\s$€£¥A-Z%()+-]*[\d.,' ]*\d[\d.,' ]*[\s$€£¥A-Z%()-]*")
_LONGEST_FOOTER: Final = 300


def repeats_header(cells: Sequence[str], headers: Sequence[str]) -> bool:
    """Return whether a row has the headers in its cells; a single header may be a value."""
    return len(headers) > 1 and [*cells][: len(headers)] == [*headers]


def find_remark(cells: Sequence[str]) -> str:
    """Return why a row that is not empty describes nothing; empty if it may describe something."""
    first = next(filter(None, cells))
    if len(first) > _LONGEST_FOOTER:
        return ""
    if _LETTERS.sub("", first).casefold() in _TOTALS and _has_numbers_only(cells, first):
        return "this row is a total, not an entry"
    if len(cells) > 1 and sum(map(bool, cells)) == 1 and _FOOTER.search(first):
        return "this row is a remark, not an entry"
    return ""


def _has_numbers_only(cells: Sequence[str], first: str) -> bool:
    others = [cell for cell in cells if cell and cell != first]
    return all(_NUMBER.fullmatch(cell) for cell in others)
