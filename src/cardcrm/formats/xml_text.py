"""Texts in files of XML, which allows fewer characters than Unicode has."""

import re
from typing import Final

_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def drop_forbidden(text: str) -> str:
    """Return a text without the characters that make a file of XML unreadable."""
    return _NOT_IN_XML.sub("", text)
