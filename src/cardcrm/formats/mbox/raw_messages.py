"""Split an mbox file into messages, as bytes, one at a time.

An mbox file has a line ``From SENDER DATE`` before each message, and a ``>`` before each line of a
message that begins like that (RFC 4155). Programs differ in how they escape such lines, so one
begins a message only if it has a time and if a header follows.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

MAX_SIZE: Final = 32 << 20  # bytes kept of one message; the rest is skipped
MAX_LINE: Final = 1 << 16  # bytes of a line; a longer one comes in pieces
# Lines without blanks, which encode an attachment, are kept up to 2.3 MB: more text than an
# interaction takes. An attachment is only named.
_MAX_ENCODED_LINES: Final = 30_000
_ENCODED_LENGTH: Final = 60

_SEPARATOR = re.compile(rb"From [^\r\n]*\d:\d\d")
_PATCH = re.compile(rb"From [0-9a-f]{40} Mon Sep 17 00:00:00 2001")  # written by git format-patch
_HEADER = re.compile(rb">?From [^\r\n]*\d|[!-9;-~]+[ \t]*:")
_ESCAPED = re.compile(rb"(?m)^>(>*From )")
_BLANK = (b"\n", b"\r\n", b"")


class RawMessage(NamedTuple):
    """A message as bytes, the line where it starts (from 1), and its whole size in bytes.

    ``envelope`` is the line in front of it in an mbox file, ``name`` its file in a folder. The
    ``role`` is ``sent`` for a message of the user, or why it is left out, such as ``draft``.
    """

    line: int
    data: bytes
    size: int
    envelope: bytes = b""
    name: str = ""
    is_cut: bool = False
    role: str = ""


class _Collector:
    """Collects the lines of one message up to the limit of its size."""

    def __init__(self, line: int, envelope: bytes = b"") -> None:
        self.line = line
        self.envelope = envelope
        self.size = 0
        self._stored = 0
        self._encoded = 0
        self._lines: list[bytes] = []

    def add(self, line: bytes) -> None:
        """Add a line, unless it is one too many of an attachment or beyond the limit."""
        self.size += len(line)
        self._encoded = self._encoded + 1 if _is_encoded(line) else 0
        if self._encoded <= _MAX_ENCODED_LINES and self._stored < MAX_SIZE:
            self._lines.append(line)
            self._stored += len(line)

    def finish(self, name: str = "") -> RawMessage:
        """Return the message."""
        data = b"".join(self._lines)
        if self.envelope and b">From " in data:
            data = _ESCAPED.sub(rb"\1", data)
        is_cut = self._stored >= MAX_SIZE
        return RawMessage(self.line, data, self.size, self.envelope, name, is_cut)


def _is_encoded(line: bytes) -> bool:
    return len(line) > _ENCODED_LENGTH and b" " not in line


def is_separator(line: bytes, following: bytes) -> bool:
    """Return whether a line separates the messages of an mbox file, by the line that follows."""
    return (
        line.startswith(b"From ")
        and _SEPARATOR.match(line) is not None
        and _PATCH.match(line) is None
        and _HEADER.match(following) is not None
    )


def split_mbox(lines: Iterator[bytes], first_line: int = 1) -> Iterator[RawMessage]:
    """Yield the messages in the lines of an mbox file."""
    message: _Collector | None = None
    number, before = first_line - 1, b""
    line = next(lines, b"")
    while line:
        number += before[-1:] in (b"\n", b"")
        following = next(lines, b"")
        if line[:5] == b"From " and before in _BLANK and is_separator(line, following):
            if message is not None:
                yield message.finish()
            message = _Collector(number, line.rstrip())
        elif message is not None:
            message.add(line)
        before, line = line, following
    if message is not None:
        yield message.finish()


def join_message(lines: Iterator[bytes], name: str = "") -> RawMessage:
    """Return the only message that lines make."""
    message = _Collector(1)
    for line in lines:
        message.add(line)
    return message.finish(name)
