"""Split an mbox file into messages, as bytes, one at a time.

An mbox file has a line ``From SENDER DATE`` before each message, and a ``>`` before each line of a
message that begins like that (RFC 4155). Programs differ in how they escape such lines, so one
begins a message only if it has a time and if a header follows.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

MAX_SIZE: Final = 32 << 20  # bytes kept of one message; the rest is skipped
CHUNK: Final = 1 << 20  # bytes read at once
_LOOKAHEAD: Final = 1 << 12  # bytes that tell a separator: its line and the header after it
# Lines without blanks encode an attachment, which is only named. As many as hold the longest text
# of an interaction are kept.
_MAX_ENCODED: Final = 2_300_000  # bytes
_SHRINK_SIZE: Final = 8 << 20  # bytes of a message above which such lines are dropped

_SEPARATOR = re.compile(rb"From [^\r\n]{0,1000}\d:\d\d")
_PATCH = re.compile(rb"From [0-9a-f]{40} Mon Sep 17 00:00:00 2001")  # written by git format-patch
_HEADER = re.compile(rb">?From [^\r\n]*\d|[!-9;-~]+[ \t]*:")
_ESCAPED = re.compile(rb"(?m)^>(>*From )")
_ENCODED = re.compile(rb"(?m)^(?:[!-~]{60,998}+\r?\n){100,}+")

Read = Callable[[int], bytes]


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
    """Collects the bytes of one message up to the limit of its size."""

    def __init__(self, line: int, envelope: bytes = b"") -> None:
        self.line = line
        self.envelope = envelope
        self.size = 0
        self._stored = 0
        self._limit = _SHRINK_SIZE
        self._pieces: list[bytes] = []

    def add(self, piece: bytes) -> None:
        """Add bytes, unless they are beyond the limit."""
        self.size += len(piece)
        if self._stored >= MAX_SIZE:
            return
        self._pieces.append(piece)
        self._stored += len(piece)
        if self._stored >= self._limit:
            self._shrink()

    def _shrink(self) -> None:
        """Drop what is too much of each attachment."""
        data = _ENCODED.sub(lambda found: found[0][:_MAX_ENCODED], b"".join(self._pieces))
        self._pieces = [data]
        self._stored = len(data)
        self._limit = max(_SHRINK_SIZE, 2 * self._stored)

    def finish(self, name: str = "") -> RawMessage:
        """Return the message."""
        data = b"".join(self._pieces)
        if self.envelope and b">From " in data:
            data = _ESCAPED.sub(rb"\1", data)
        is_cut = self._stored >= MAX_SIZE
        return RawMessage(self.line, data, self.size, self.envelope, name, is_cut)


def is_separator(text: bytes) -> bool:
    """Return whether a text begins with a line that separates the messages of an mbox file."""
    if not text.startswith(b"From ") or not _SEPARATOR.match(text) or _PATCH.match(text):
        return False
    end = text.find(b"\n")
    return end >= 0 and _HEADER.match(text, end + 1) is not None


def split_mbox(read: Read) -> Iterator[RawMessage]:
    """Yield the messages of an mbox file; text before the first one is part of none."""
    message: _Collector | None = None
    buffer, done, number = b"\n\n", 2, 1  # the bytes before `done` are only looked back at
    is_end = False
    while not is_end:
        chunk = read(CHUNK)
        is_end = not chunk
        buffer += chunk
        limit = len(buffer) if is_end else max(done, len(buffer) - _LOOKAHEAD)
        for start in _find_separators(buffer, done, limit):
            if message is not None:
                message.add(buffer[done:start])
                yield message.finish()
            number += buffer.count(b"\n", done, start)
            end = buffer.find(b"\n", start) + 1
            message = _Collector(number, buffer[start:end].rstrip())
            number, done = number + 1, end
        limit = max(done, limit)
        if message is not None:
            message.add(buffer[done:limit])
        number += buffer.count(b"\n", done, limit)
        keep = max(0, limit - 3)
        buffer, done = buffer[keep:], limit - keep
    if message is not None:
        yield message.finish()


def _find_separators(buffer: bytes, start: int, end: int) -> Iterator[int]:
    """Yield where separators begin; an empty line is before each."""
    at = buffer.find(b"\nFrom ", max(0, start - 1))
    while 0 <= at < end - 1:
        is_blank = buffer[max(0, at - 2) : at].endswith((b"\n", b"\n\r"))
        if is_blank and is_separator(buffer[at + 1 : at + 1 + _LOOKAHEAD]):
            yield at + 1
        at = buffer.find(b"\nFrom ", at + 1)


def join_message(read: Read, name: str = "") -> RawMessage:
    """Return the only message of a stream."""
    message = _Collector(1)
    while chunk := read(CHUNK):
        message.add(chunk)
    return message.finish(name)
