"""Messages to a terminal: wrapping, color, and streams that are closed or full."""

import os
import sys
from typing import TextIO

_DUMB = ("", "dumb", "unknown", "emacs")
# DEC's terminals before the VT241, and the consoles of some systems.
_MONOCHROME = ("vt52", "vt1", "vt22", "vt3", "vt4", "vt5", "sun", "cons25-m", "wyse", "adm", "hp")


def is_terminal(stream: TextIO) -> bool:
    """Return whether a stream is a terminal."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def terminal_width(stream: TextIO) -> int:
    """Return the columns that COLUMNS asks for, or those of a terminal; 0 for a pipe or a file."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isascii() and wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    return os.get_terminal_size(stream.fileno()).columns if is_terminal(stream) else 0


def is_dumb() -> bool:
    """Return whether the terminal can only write line after line."""
    return os.environ.get("TERM", "") in _DUMB


def has_color(stream: TextIO) -> bool:
    """Return whether to write color codes to a stream, unless a setting says so.

    NO_COLOR (https://no-color.org) comes before FORCE_COLOR and CLICOLOR_FORCE, and these before
    the kind of terminal.
    """
    if os.environ.get("NO_COLOR"):
        return False
    forced = (os.environ.get(name, "") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))
    if any(value not in ("", "0") for value in forced):
        return True
    is_off = os.environ.get("CLICOLOR") == "0"
    return is_terminal(stream) and not is_dumb() and not is_off and not _is_monochrome()


def _is_monochrome() -> bool:
    """Return whether the name of the terminal is one that has no colors, as in terminfo."""
    name = os.environ.get("TERM", "")
    return name.startswith(_MONOCHROME) or name.endswith(("-m", "-mono", "-nocolor"))


def paint(text: str, color_code: int, *, color: bool) -> str:
    """Return a text in an ANSI color."""
    return f"\033[{color_code}m{text}\033[0m" if color else text


def write_message(text: str, width: int | None = None) -> None:
    """Write lines to standard error, replacing what its encoding cannot hold.

    Lines are wrapped at a ``width``; without one on a terminal only, as programs look for an error
    in one piece. A message that cannot be written, as on a full disk, is dropped: the command
    itself succeeded.
    """
    encoding = sys.stderr.encoding or "utf-8"
    columns = message_width() if width is None else width
    text = "\n".join(wrap_line(line, columns) for line in text.split("\n"))
    try:
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding, "replace") + "\n")
    except BrokenPipeError:
        raise
    except OSError:
        return


def message_width() -> int:
    """Return the columns at which messages are wrapped; 0 for a pipe or a file."""
    return terminal_width(sys.stderr) if is_terminal(sys.stderr) else 0


def wrap_line(line: str, columns: int) -> str:
    """Break a line between words, where a terminal would break it within a word."""
    if not columns or len(line) <= columns:
        return line
    import textwrap

    indent = line[: len(line) - len(line.lstrip())] + "  "
    return textwrap.fill(
        line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
