"""Split the text of a vCard into its properties: unfold lines, read names and parameters.

The grammar is that of RFC 6350 and RFC 2426, and of version 2.1, whose parameters may have no name
(``TEL;WORK;VOICE:``). Programs add to it: blank lines between the lines, base64 lines without
indent, spaces around names. A line without a property has an empty name.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from cardcrm.formats.vcard.value_encoding import decode_quoted, decode_text

NO_RANK: Final = 101  # of values without a preference, which come after those with one
_NAME: Final = re.compile(r"(?:([\w-]+)\.)?([A-Za-z0-9][\w/.-]*)", re.ASCII)
_PARAMS: Final = re.compile(r';((?:"[^"]*"|[^;"])*)')
_VALUES: Final = re.compile(r'"[^"]*"|[^,"]+')
_QUOTED: Final = frozenset(("QUOTED-PRINTABLE", "QP"))
_BASE64: Final = frozenset(("BASE64", "B"))
_ENCODINGS: Final = _QUOTED | _BASE64 | {"7BIT", "8BIT"}
_PLACES: Final = frozenset(("INLINE", "URL", "URI", "CONTENT-ID", "CID"))
_CARETS: Final = {"^n": "\n", "^N": "\n", "^^": "^", "^'": '"'}  # RFC 6868


class Head(NamedTuple):
    """The part of a property before its value: group, name in capitals, parameters.

    ``types`` are in lower case. ``rank`` is 1 for the most preferred value. ``encoding`` is
    ``quoted``, ``base64`` or "".
    """

    group: str
    name: str
    params: dict[str, tuple[str, ...]]
    types: tuple[str, ...]
    rank: int = NO_RANK
    encoding: str = ""
    charset: str = ""

    def first(self, param: str) -> str:
        """Return the first value of a parameter; "" without one."""
        return self.params.get(param, ("",))[0]


class ContentLine(NamedTuple):
    """One property: its head, its value with escapes, and the text that it was read from.

    ``guess`` is the character set that was assumed for a value that is not UTF-8.
    """

    head: Head
    value: str
    raw: str
    guess: str = ""


def read_lines(lines: Sequence[str], fallback: str) -> Iterator[ContentLine]:
    """Yield the properties of a vCard; ``fallback`` is the character set of other bytes than UTF-8.

    A line that begins no property has an empty name.
    """
    for text in _unfold(lines):
        start, colon, value = text.partition(":")
        if '"' in start:
            start, colon, value = _split_quoted(text)
        if not start.isascii():
            start, _ = decode_text(start, "", fallback)
        head = parse_head(start) if colon else _NOTHING
        if head.encoding or head.charset or not text.isascii() or not head.name:
            yield _decode(head, value if head.name else text, text, fallback)
        else:
            yield ContentLine(head, value, text)


def _unfold(lines: Sequence[str]) -> Iterator[str]:
    """Yield each property on one line."""
    parts: list[str] = []
    encoding = ""
    for line in lines:
        if not line:
            continue
        if parts:
            last = parts[-1]
            if encoding == "quoted" and last.endswith("="):
                parts[-1] = last[:-1]
                parts.append(line)
                continue
            if line[0] in " \t":
                parts.append(line[1:])
                continue
            if encoding == "base64" and ":" not in line:
                parts.append(line)
                continue
            yield "".join(parts) if len(parts) > 1 else last
        parts = [line]
        encoding = parse_head(line.partition(":")[0]).encoding if ";" in line else ""
    if parts:
        yield "".join(parts)


def _decode(head: Head, value: str, raw: str, fallback: str) -> ContentLine:
    """Return a property whose value has an encoding or a character set of its own."""
    if head.encoding == "quoted":
        value, guess = decode_quoted(value, head.charset, fallback)
    else:
        value, guess = decode_text(value, head.charset, fallback)
    return ContentLine(head, value, raw, guess)


def _split_quoted(text: str) -> tuple[str, str, str]:
    """Split a line at the first colon outside of quotes, or at the first one if these are open."""
    is_quoted = False
    for at, char in enumerate(text):
        if char == '"':
            is_quoted = not is_quoted
        elif char == ":" and not is_quoted:
            return text[:at], ":", text[at + 1 :]
    return text.partition(":")


_NOTHING: Final = Head("", "", {}, ())


@lru_cache(maxsize=4096)  # the contacts of a file repeat them
def parse_head(text: str) -> Head:
    """Return the head of a property; one without a name for other text."""
    name, *_ = text.partition(";")
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return _NOTHING
    params: dict[str, tuple[str, ...]] = {}
    for each in _PARAMS.findall(text[len(name) :]):
        key, values = _parse_param(each)
        if values:
            params[key] = (*params.get(key, ()), *values)
    types = tuple(word for each in params.get("TYPE", ()) for word in each.lower().split(","))
    types = tuple(filter(None, map(str.strip, types)))
    encoding = params.get("ENCODING", ("",))[0].upper()
    return Head(
        found[1] or "",
        found[2].upper(),
        params,
        types,
        _rank(params, types),
        "quoted" if encoding in _QUOTED else "base64" if encoding in _BASE64 else "",
        params.get("CHARSET", ("",))[0],
    )


def _parse_param(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the name and the values of a parameter; one without a name is named by its value."""
    key, equals, value = text.partition("=")
    key = key.strip().upper()
    if not equals:
        word = text.strip().strip('"')
        name = "ENCODING" if key in _ENCODINGS else "VALUE" if key in _PLACES else "TYPE"
        return name, (word,) if word else ()
    values = (each.strip().strip('"') for each in _VALUES.findall(value))
    return key, tuple(_replace_carets(each) for each in values if each)


def _replace_carets(text: str) -> str:
    if "^" not in text:
        return text
    return re.sub(r"\^[nN^']", lambda found: _CARETS[found[0]], text)


def _rank(params: dict[str, tuple[str, ...]], types: tuple[str, ...]) -> int:
    number = params.get("PREF", ("",))[0]
    if number.isascii() and number.isdigit():
        return max(1, min(int(number[:4]), NO_RANK - 1))
    return 1 if "pref" in types else NO_RANK
