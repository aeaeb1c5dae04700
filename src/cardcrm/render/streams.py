"""Writing to streams that may not hold every character."""

import codecs
from collections.abc import Callable
from typing import TextIO

from cardcrm.text import cell_width, fold

Write = Callable[[str], object]

# Plain stand-ins that take as many cells as what they stand for.
_PLAIN = {
    "…": "~", "⏎": "/", "·": "-", "•": "*", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"',
    "”": '"', "✓": "x", "→": ">", "←": "<", "€": "E", "─": "-", "│": "|", "\u00a0": " ",
}  # fmt: skip


def is_unicode(stream: TextIO) -> bool:
    """Whether the stream's encoding holds every character; one without an encoding does."""
    encoding = getattr(stream, "encoding", None)
    return not encoding or encoding.lower().replace("_", "-").startswith("utf")


def make_writer(stream: TextIO, instead: str = "") -> Write:
    """What writes text to ``stream`` and never fails for a character that it cannot encode.

    ``instead`` says what becomes of such characters: ``json`` escapes, ``xmlcharrefreplace``
    references (both lose nothing), else a plain character of the same width.
    """
    if is_unicode(stream):
        return stream.write
    if instead:
        # A page names its encoding, so nothing beyond ASCII goes out.
        encoding, handler = "ascii", instead if instead != "json" else "cardcrm.json"
    else:
        encoding, handler = stream.encoding, "cardcrm.plain"
    codecs.register_error("cardcrm.plain", _plain)
    codecs.register_error("cardcrm.json", _json_escape)
    return lambda text: stream.write(text.encode(encoding, handler).decode(encoding))


def _plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    missing = error.object[error.start : error.end]
    return "".join(_PLAIN.get(char) or _base(char) for char in missing), error.end


def _base(char: str) -> str:
    """The letter without its marks, or question marks in its width."""
    base = fold(char)
    if len(base) != 1 or not base.isascii():
        return "?" * cell_width(char)
    return base.upper() if char.isupper() else base


def _json_escape(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    import json

    missing = error.object[error.start : error.end]
    return json.dumps(missing)[1:-1], error.end
