"""Write to streams whose encoding lacks some characters."""

import codecs
from collections.abc import Callable
from typing import TextIO

from cardcrm.text import cell_width, fold

Write = Callable[[str], object]

# ASCII replacements with the same width.
_REPLACEMENTS = {
    "…": "~", "⏎": "/", "·": "-", "•": "*", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"',
    "”": '"', "✓": "x", "→": ">", "←": "<", "€": "E", "─": "-", "│": "|", "\u00a0": " ",
}  # fmt: skip


def is_unicode(stream: TextIO) -> bool:
    """Return whether a stream accepts all characters, as streams without an encoding do."""
    encoding = getattr(stream, "encoding", None)
    return not encoding or encoding.lower().replace("_", "-").startswith("utf")


def make_writer(stream: TextIO, escape: str = "") -> Write:
    """Return a function that writes text and never fails for a character.

    ``escape`` chooses how to write characters that the stream lacks: ``json`` and
    ``xmlcharrefreplace`` escape them without loss; otherwise an ASCII character of the same width
    replaces them.
    """
    if is_unicode(stream):
        return stream.write
    if escape:
        # An HTML page declares UTF-8, so only ASCII may go to another encoding.
        encoding, handler = "ascii", escape if escape != "json" else "cardcrm.json"
    else:
        encoding, handler = stream.encoding, "cardcrm.plain"
    codecs.register_error("cardcrm.plain", _replace_missing)
    codecs.register_error("cardcrm.json", _json_escape)
    return lambda text: stream.write(text.encode(encoding, handler).decode(encoding))


def _replace_missing(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    missing = error.object[error.start : error.end]
    return "".join(_REPLACEMENTS.get(char) or _strip_accents(char) for char in missing), error.end


def _strip_accents(char: str) -> str:
    """Return the letter without accents, or question marks of the same width."""
    base = fold(char)
    if len(base) != 1 or not base.isascii():
        return "?" * cell_width(char)
    return base.upper() if char.isupper() else base


def _json_escape(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    import json

    missing = error.object[error.start : error.end]
    return json.dumps(missing)[1:-1], error.end
