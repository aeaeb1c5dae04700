"""Split and join the values in a CSV cell, and protect cells from spreadsheet formulas.

cardcrm's own export puts several values into one cell. Semicolons separate values, and bars
separate their parts (``jane@example.com|work; j@example.org|home``). A backslash escapes these
separators and itself.
"""

import csv
import re

from cardcrm.records.contacts.contact_points import split_label
from cardcrm.text import FORMULA_STARTS

_AFTER_APOSTROPHE = FORMULA_STARTS.union("'0123456789")
_UNTIL_SEPARATOR = {sign: re.compile(rf"(?:[^\\{sign}]|\\.|\\$)*", re.DOTALL) for sign in ";|,"}
_ESCAPED = re.compile(r"\\([\\;|,])")
_NEEDS_ESCAPE = re.compile(r"[\\;|]")
# Placeholders that people and programs write for a missing address or number.
_PLACEHOLDERS = frozenset(
    {"-", "--", "---", "–", "—", "?", "n/a", "#n/a", "n.a.", "na", "none", "null", "nil", "nan",
     "unknown", "keine", "k.a.", "unbekannt", "aucun", "inconnu", "ninguno", "geen", "onbekend"}
)  # fmt: skip
_NUMBER_SEPARATOR = re.compile(r"/|,|\||&|\b(?:or|and|oder|und|ou|et|o|y|of|en)\b", re.IGNORECASE)
_FLOAT = re.compile(r"(?<=\d{6})\.0+$")


def escape_formula(text: str) -> str:
    """Return the text for a CSV cell, with an apostrophe in front of a possible formula.

    Texts that look escaped already get another apostrophe, so that `unescape_formula` restores
    every text.
    """
    if text and (text[0] in FORMULA_STARTS or (text[0] == "'" and text[1:2] in _AFTER_APOSTROPHE)):
        return "'" + text
    return text


def unescape_formula(text: str) -> str:
    """Return a cell without the marks of spreadsheets for text: ``'0042``, ``="0042"``."""
    if text[:1] == "'" and text[1:2] in _AFTER_APOSTROPHE:
        return text[1:]
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        return text[2:-1].strip()
    return text


def join_values(values: list[list[str]]) -> str:
    """Join values, each a list of parts, into one cell; empty parts at the end are left out."""
    return "; ".join("|".join(_escape(part) for part in _trim_parts(parts)) for parts in values)


def split_values(cell: str) -> list[list[str]]:
    """Split a cell made by `join_values` into values, each a list of parts."""
    if "\\" not in cell:
        values = [[part.strip() for part in value.split("|")] for value in cell.split(";")]
    else:
        values = [
            [_unescape(part) for part in split_unescaped(value, "|")]
            for value in split_unescaped(cell, ";")
        ]
    return [parts for parts in values if any(parts)]


def split_list(cell: str, separators: str = ";") -> list[str]:
    """Split a cell of another program at ``:::``, line ends and any of ``separators``."""
    cell = cell.replace(":::", "\n")
    for separator in separators:
        cell = cell.replace(separator, "\n")
    return [value for part in cell.split("\n") if (value := part.strip())]


def is_placeholder(cell: str) -> bool:
    """Return whether a cell is a placeholder for a missing email address or phone number."""
    return cell.casefold() in _PLACEHOLDERS


def split_phone_numbers(cell: str) -> list[str]:
    """Split a cell into phone numbers, also at ``/``, a comma or a word for *or* or *and*.

    The cell is split only if each side is a full number, which keeps ``0221/123456``, extensions
    and pauses in one piece.
    """
    found: list[str] = []
    for value in split_list(cell, ";"):
        parts = [part.strip() for part in _NUMBER_SEPARATOR.split(value)]
        is_list = len(parts) > 1 and all(map(_is_long_number, parts))
        found += [_FLOAT.sub("", part) for part in (parts if is_list else [value])]
    return found


def _is_long_number(text: str) -> bool:
    number, _ = split_label(text)
    return sum(map(str.isdigit, number)) >= 7 and not number.strip("+0123456789()-. ")


def split_quoted(cell: str) -> list[str]:
    """Split a cell of quoted values, as Mailchimp writes tags."""
    return [value.strip() for value in next(csv.reader([cell], skipinitialspace=True), [])]


def _escape(text: str) -> str:
    return _NEEDS_ESCAPE.sub(r"\\\g<0>", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text.strip())


def split_unescaped(text: str, separator: str) -> list[str]:
    """Split at unescaped separators (``;``, ``|`` or ``,``); backslashes stay in the pieces."""
    if "\\" not in text:
        return text.split(separator)
    pieces, at = [], 0
    while True:
        match = _UNTIL_SEPARATOR[separator].match(text, at)
        assert match is not None  # the pattern matches the empty text
        pieces.append(match.group())
        at = match.end() + 1
        if at > len(text):
            return pieces


def _trim_parts(parts: list[str]) -> list[str]:
    end = len(parts)
    while end > 1 and not parts[end - 1]:
        end -= 1
    return parts[:end]
