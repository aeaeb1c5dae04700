"""One cell: several values in it, what spreadsheets do to it, and what a formula may not do.

cardcrm's own export puts several values of a card into one cell: values stand between semicolons,
their parts between bars (``jane@example.com|work; j@example.org|home``), and a backslash before one
of these signs, or before itself, takes its meaning away.
"""

import csv
import re
from datetime import date, timedelta

_FORMULA = "=+-@\t\r\n"  # with one of these a cell starts a formula in some spreadsheet
_AFTER_APOSTROPHE = frozenset("=+-@\t\r\n'0123456789")
_PIECE = {sign: re.compile(rf"(?:[^\\{sign}]|\\.|\\$)*", re.DOTALL) for sign in ";|,"}
_ESCAPED = re.compile(r"\\([\\;|,])")
_NEEDS_ESCAPE = re.compile(r"[\\;|]")
# Excel counts days from 1899-12-30 (it believes in a 29th of February 1900).
_EXCEL_EPOCH = date(1899, 12, 30)
# What people and programs write into the cell of an address or number that there is not.
_NOTHING = frozenset(
    {"-", "--", "---", "–", "—", "?", "n/a", "#n/a", "n.a.", "na", "none", "null", "nil", "nan",
     "unknown", "keine", "k.a.", "unbekannt", "aucun", "inconnu", "ninguno", "geen", "onbekend"}
)  # fmt: skip
_OR = re.compile(r"/|,|\||&|\b(?:or|and|oder|und|ou|et|o|y|of|en)\b", re.IGNORECASE)
_FLOAT = re.compile(r"(?<=\d{6})\.0+$")
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?$")


def guard(text: str) -> str:
    """The text for a CSV cell, behind an apostrophe if a spreadsheet would reckon with it.

    Texts that begin as a guarded one would are guarded too, so that ``unguard`` gives back each.
    """
    if text and (text[0] in _FORMULA or (text[0] == "'" and text[1:2] in _AFTER_APOSTROPHE)):
        return "'" + text
    return text


def unguard(text: str) -> str:
    """A cell without the signs that keep it text in a spreadsheet: ``'0042``, ``="0042"``."""
    if text[:1] == "'" and text[1:2] in _AFTER_APOSTROPHE:
        return text[1:]
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        return text[2:-1].strip()
    return text


def join(values: list[list[str]]) -> str:
    """Values of parts as one cell; empty parts at the end of a value are left out."""
    return "; ".join("|".join(_escape(part) for part in _trimmed(parts)) for parts in values)


def split(cell: str) -> list[list[str]]:
    """The values of a cell that ``join`` made, each a list of its parts."""
    if "\\" not in cell:
        values = [[part.strip() for part in value.split("|")] for value in cell.split(";")]
    else:
        values = [[_plain(part) for part in cut(value, "|")] for value in cut(cell, ";")]
    return [parts for parts in values if any(parts)]


def several(cell: str, signs: str = ";") -> list[str]:
    """The values in another program's cell: between ``:::``, line ends or any of ``signs``."""
    cell = cell.replace(":::", "\n")
    for sign in signs:
        cell = cell.replace(sign, "\n")
    return [value for part in cell.split("\n") if (value := part.strip())]


def is_nothing(cell: str) -> bool:
    """Whether a cell says that there is no e-mail address or phone number."""
    return cell.casefold() in _NOTHING


def numbers(cell: str) -> list[str]:
    """The phone numbers in a cell: also two between ``/``, a comma or a word for *or* or *and*.

    What has a number on one side only stays one: ``0221/123456``, an extension, a pause.
    """
    found: list[str] = []
    for value in several(cell, ";"):
        parts = [part.strip() for part in _OR.split(value)]
        many = len(parts) > 1 and all(map(_is_long_number, parts))
        found += [_FLOAT.sub("", part) for part in (parts if many else [value])]
    return found


def _is_long_number(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= 7 and not text.strip("+0123456789()-. ")


def quoted(cell: str) -> list[str]:
    """The values of a cell in which each stands in quotes, as Mailchimp writes tags."""
    return [value.strip() for value in next(csv.reader([cell], skipinitialspace=True), [])]


def day_of(cell: str) -> str:
    """A day as written, but for what programs add: Excel's day number, a time of midnight."""
    if len(cell) == 5 and cell.isascii() and cell.isdigit():
        return (_EXCEL_EPOCH + timedelta(days=int(cell))).isoformat()
    return _MIDNIGHT.sub("", cell)


def _escape(text: str) -> str:
    return _NEEDS_ESCAPE.sub(r"\\\g<0>", text)


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text.strip())


def cut(text: str, sign: str) -> list[str]:
    """Pieces between signs (``;``, ``|`` or ``,``) that no backslash precedes; backslashes stay."""
    if "\\" not in text:
        return text.split(sign)
    pieces, at = [], 0
    while True:
        match = _PIECE[sign].match(text, at)
        assert match is not None  # the pattern matches the empty text
        pieces.append(match.group())
        at = match.end() + 1
        if at > len(text):
            return pieces


def _trimmed(parts: list[str]) -> list[str]:
    end = len(parts)
    while end > 1 and not parts[end - 1]:
        end -= 1
    return parts[:end]
