"""Escape and unescape the text values of vCards."""

import re
from typing import Final

from cardcrm.formats.csv.cell_values import split_unescaped
from cardcrm.formats.text_encoding import normalize_text

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", ",": "\\,", ";": "\\;"})
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


def escape(text: str) -> str:
    """Return a text as a value."""
    if text.isalnum():  # as most parts of names are
        return text
    return normalize_text(text).translate(_ESCAPES)


def unescape(value: str) -> str:
    """Return a value without escapes."""
    if "\\" in value:
        value = _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return normalize_text(value)


def split_parts(value: str) -> list[str]:
    """Return the parts of a value between semicolons, without escapes."""
    return list(map(unescape, split_unescaped(value, ";")))


def split_list(value: str) -> list[str]:
    """Return the texts of a value between commas that are not empty, without escapes."""
    return [text for part in split_unescaped(value, ",") if (text := unescape(part))]
