"""Escape and unescape the text values of vCards."""

import re
from typing import Final

from cardcrm.formats.text_encoding import normalize_text
from cardcrm.text import drop_controls

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", ",": "\\,", ";": "\\;"})
_URL_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n"})  # , and ; are part of a URL
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


def escape(text: str) -> str:
    """Return a text as a value."""
    return normalize_text(drop_controls(text)).translate(_ESCAPES)


def escape_url(url: str) -> str:
    """Return a web or social address as a value."""
    return normalize_text(drop_controls(url)).translate(_URL_ESCAPES)


def unescape(value: str) -> str:
    """Return a value without escapes."""
    if "\\" in value:
        value = _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return normalize_text(value)
