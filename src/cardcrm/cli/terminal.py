"""Messages to a terminal: wrapping, color, and streams that are closed or full."""

import os
import sys
from typing import TextIO


def is_terminal(stream: TextIO) -> bool:
    """Return whether a stream is a terminal."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def terminal_width(stream: TextIO) -> int:
    """Return the columns of a terminal; 0 for a pipe or a file."""
    return os.get_terminal_size(stream.fileno()).columns if is_terminal(stream) else 0


def paint(text: str, color_code: int, *, color: bool) -> str:
    """Return a text in an ANSI color."""
    return f"\033[{color_code}m{text}\033[0m" if color else text


def write_message(text: str) -> None:
    """Write lines to standard error, replacing what its encoding cannot hold.

    A message that cannot be written, as on a full disk, is dropped: the command itself succeeded.
    """
    encoding = sys.stderr.encoding or "utf-8"
    columns = terminal_width(sys.stderr)
    text = "\n".join(wrap_line(line, columns) for line in text.split("\n"))
    try:
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding, "replace") + "\n")
    except BrokenPipeError:
        raise
    except OSError:
        return


def wrap_line(line: str, columns: int) -> str:
    """Break a line between words, where a terminal would break it within a word."""
    if not columns or len(line) <= columns:
        return line
    import textwrap

    indent = line[: len(line) - len(line.lstrip())] + "  "
    return textwrap.fill(
        line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
