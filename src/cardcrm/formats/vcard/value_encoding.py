"""Decode the bytes of values: quoted-printable, base64, and the character set of a vCard 2.1.

A file is read as UTF-8 in which other bytes stay as surrogates, so that the bytes of each value are
at hand when its character set is known.
"""

import base64
import binascii
import quopri
import re
from functools import lru_cache
from typing import Final

from cardcrm.formats.text_encoding import STRAY

WESTERN: Final = "cp1252"
_SHIFTS: Final = "\x1b"  # in the seven-bit character sets of East Asia
# A semicolon that is encoded belongs to the text, and so does a backslash before an n.
_ENCODED_SEMICOLON: Final = re.compile(r"(?<!=5C)(?<!=5c)(?<!\\)=3B", re.IGNORECASE)
_LITERAL_N: Final = re.compile(r"(\\|=5C)(?=n|=6E|=4E)", re.IGNORECASE)


def decode_quoted(text: str, charset: str, fallback: str) -> tuple[str, str]:
    """Return the text of a quoted-printable value, and the character set if it was a guess.

    Its separators stay as they are, and its characters are escaped where they would be separators.
    """
    marked = _ENCODED_SEMICOLON.sub(r"\\;", _LITERAL_N.sub(r"\\\\", text))
    return _decode(quopri.decodestring(_to_bytes(marked)), charset, fallback)


def decode_text(text: str, charset: str, fallback: str) -> tuple[str, str]:
    """Return a value read by its character set, and that set if it was a guess."""
    if text.isascii():
        is_shifted = charset and _SHIFTS in text
        return _decode(_to_bytes(text), charset, fallback) if is_shifted else (text, "")
    if not STRAY.search(text):  # valid UTF-8, which other character sets hardly ever are by chance
        return text, ""
    return _decode(_to_bytes(text), charset, fallback)


def decode_base64(text: str) -> bytes | None:
    """Return the bytes of a base64 value, or None if it is none."""
    packed = "".join(text.split())
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def decode_bytes(data: bytes, charset: str, fallback: str) -> tuple[str, str]:
    """Return the text of bytes, and the character set if it was a guess."""
    return _decode(data, charset, fallback)


def _to_bytes(text: str) -> bytes:
    """Return the bytes that a file had for a text; other surrogates are characters of no file."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _decode(data: bytes, charset: str, fallback: str) -> tuple[str, str]:
    if charset and (codec := _find_codec(charset)):
        try:
            return data.decode(codec), ""
        except UnicodeError:
            pass
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    guess = _find_codec(fallback) or WESTERN
    return data.decode(guess, "replace"), guess


@lru_cache(maxsize=64)
def _find_codec(name: str) -> str:
    """Return the name of Python's codec for a character set; "" if there is none for text."""
    import codecs

    try:
        found = codecs.lookup(name.strip().strip("\"'"))
        b"a".decode(found.name)
    except (LookupError, UnicodeError, ValueError):
        return ""
    return WESTERN if found.name in ("iso8859-1", "ascii") else found.name
