"""Parse the parts of a mail (MIME) up to a stated depth, on the bytes of the message.

The standard parser compares every line with the boundaries of all parts around it and recurses
without a limit; here a part is a range of the same bytes, so depth costs no memory. The standard
library reads the headers of a part.
"""

import binascii
import functools
import re
from collections.abc import Iterator, Mapping
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser
from itertools import islice
from typing import Final, NamedTuple

from cardcrm.formats.mbox.charsets import decode
from cardcrm.formats.mbox.mime_headers import decode_base64, decode_header

MAX_DEPTH: Final = 20  # levels of parts within parts; deeper ones are not read
MAX_PARTS: Final = 1_000  # parts of one message; further ones are not read
_MAX_HEAD: Final = 1 << 18  # bytes of the headers of a part
_MAX_CONTENT: Final = 8 << 20  # bytes of a part that are decoded, which hold the longest text
_MAX_INNER: Final = 50  # headers of a part within a message
# The standard library takes quadratic time for parameters.
_MAX_PARAMETERS: Final = 4_000  # characters of a header with parameters

_HEAD_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_INNER = re.compile(
    rb"(?im)^(?:content-[a-z-]+|message-id|subject)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*\n?"
)
_BOUNDARY_END = re.compile(rb"(--)?[ \t]*\r?(?:\n|\Z)")
_LINE_END = re.compile(rb"\r?\n\Z")
_MESSAGES: Final = ("message/rfc822", "message/global")
# The standard library raises all of these for damaged parameters.
_DAMAGED: Final = (ValueError, TypeError, LookupError, AttributeError, AssertionError)


class Part(NamedTuple):
    """A part of a message: its headers, and where its content is in the bytes of the message."""

    data: bytes
    headers: "Message[str, str]"
    start: int
    end: int
    depth: int = 0
    parts: "tuple[Part, ...]" = ()
    type: str = "text/plain"
    named: Mapping[str, list[str]] = {}  # headers by name in lower case, unfolded

    @property
    def family(self) -> str:
        """The content type up to the slash."""
        return self.type.partition("/")[0]

    @property
    def is_message(self) -> bool:
        """True for a part that is a message of its own, such as a forwarded one."""
        return self.type in _MESSAGES

    @property
    def encoding(self) -> str:
        """The transfer encoding in lower case."""
        return str(self.headers.get("Content-Transfer-Encoding", "")).strip().lower()

    @property
    def disposition(self) -> str:
        """The word ``attachment`` or ``inline``, or empty."""
        return str(self.headers.get("Content-Disposition", "")).partition(";")[0].strip().lower()

    @property
    def file_name(self) -> str:
        """The name of the attached file, without its folder; empty if there is none."""
        name = _parameter(self.headers.get_filename)
        return decode_header(name).replace("\\", "/").rpartition("/")[2][:200]

    def count_levels(self) -> int:
        """Return how many levels of parts there are, this one included."""
        return 1 + max((each.count_levels() for each in self.parts), default=0)

    def headers_named(self, name: str) -> list[str]:
        """Return the headers of a name as they came, unfolded, with surrogates for odd bytes."""
        return self.named.get(name.lower(), [])

    def header(self, name: str) -> str:
        """Return the decoded text of the first header of a name; empty if there is none."""
        found = self.named.get(name.lower())
        return decode_header(found[0]) if found else ""

    def parameter(self, name: str) -> str:
        """Return a parameter of the content type; empty if it is missing."""
        return _parameter(functools.partial(self.headers.get_param, name, ""))

    def content(self) -> bytes:
        """Return the decoded content."""
        data = self.data[self.start : min(self.end, self.start + _MAX_CONTENT)]
        if self.encoding == "base64":
            return decode_base64(data)
        return binascii.a2b_qp(data) if self.encoding == "quoted-printable" else data

    def text(self) -> str:
        """Return the decoded content as text with LF line ends."""
        text = decode(self.content(), self.parameter("charset"))
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")

    def ranges(self) -> Iterator[tuple[int, int]]:
        """Yield where the parts of a part are: between the lines with its boundary."""
        if self.is_message:
            yield self.start, self.end
        boundary = self.parameter("boundary").encode("utf-8", "surrogateescape").rstrip()
        if self.family != "multipart" or not boundary:
            return
        start = -1
        for begin, end, is_last in self._boundaries(b"\n--" + boundary):
            if start >= 0:
                yield start, self._trim(start, begin)
            if is_last:
                return
            start = end
        if start >= 0:
            yield start, self.end

    def _boundaries(self, marker: bytes) -> Iterator[tuple[int, int, bool]]:
        """Yield the lines with a boundary: begin, end, and whether it is the last one."""
        at = self.data.find(marker, max(0, self.start - 1), self.end)
        while at >= 0:
            rest = _BOUNDARY_END.match(self.data, at + len(marker), self.end)
            if rest:
                yield at + 1, rest.end(), bool(rest[1])
            at = self.data.find(marker, at + 1, self.end)

    def _trim(self, start: int, end: int) -> int:
        """Return an end without the line end that belongs to the boundary after it."""
        found = _LINE_END.search(self.data, max(start, end - 2), end)
        return found.start() if found else end


def _parameter(read: object) -> str:
    """Return what a function of the standard library reads; empty if it fails."""
    assert callable(read)
    try:
        found = read()
    except _DAMAGED:
        return ""
    if isinstance(found, tuple):  # RFC 2231: character set, language, text
        charset, _, text = found
        return decode(text.encode("latin-1", "replace"), charset or "")
    return str(found or "")


def parse_message(data: bytes) -> Part:
    """Return a message with all its parts, up to the limits."""
    start = len(data) - len(data.lstrip(b"\xef\xbb\xbf\r\n"))
    return _parse(data, start, len(data), 0, iter(range(MAX_PARTS)))


def _parse(data: bytes, start: int, end: int, depth: int, budget: Iterator[int]) -> Part:
    """Return the part that a range of bytes holds; each one takes a number from the budget."""
    part = _parse_head(data, start, end, depth)
    if depth >= MAX_DEPTH:
        return part
    ranges = (found for found, _ in zip(part.ranges(), budget, strict=False))
    return part._replace(parts=tuple(_parse(data, *each, depth + 1, budget) for each in ranges))


def _select_inner(head: bytes) -> bytes:
    """Return the headers of a part that are looked at: parsing all takes 7 µs each."""
    return b"".join(found[0] for found in islice(_INNER.finditer(head), _MAX_INNER))


def _parse_headers(head: bytes) -> "Message[str, str]":
    headers = BytesHeaderParser(policy=policy.compat32).parsebytes(head)
    for name in ("Content-Type", "Content-Disposition"):
        value = str(headers.get(name, ""))
        if len(value) > _MAX_PARAMETERS:
            headers.replace_header(name, value[:_MAX_PARAMETERS])
    return headers


def _parse_head(data: bytes, start: int, end: int, depth: int) -> Part:
    if depth and data[start : start + 1] in (b"\n", b"\r"):  # a part without headers
        return Part(data, Message(policy.compat32), start, end, depth)
    found = _HEAD_END.search(data, start, min(end, start + _MAX_HEAD))
    head = data[start : found.start() if found else min(end, start + _MAX_HEAD)]
    headers = _parse_headers(head if depth == 0 else _select_inner(head))
    named: dict[str, list[str]] = {}
    for key, value in headers.raw_items():
        named.setdefault(key.lower(), []).append(_FOLD.sub(" ", str(value)))
    start = found.end() if found else end
    return Part(data, headers, start, end, depth, (), headers.get_content_type(), named)
