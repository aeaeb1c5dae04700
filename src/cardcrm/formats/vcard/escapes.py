"""Escape and unescape the text values of vCards."""

import re
from typing import Final

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
