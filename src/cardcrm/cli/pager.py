"""Output longer than the terminal, shown in a pager such as less."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from typing import IO, TextIO, cast

OFF = "none"  # the setting that turns the pager off


class PagerClosedError(Exception):
    """The user left the pager before the end of the output."""


@contextlib.contextmanager
def page_output(out: TextIO, command: str | None) -> Iterator[TextIO]:
    """Yield a stream to write to in place of a terminal; a pager shows what exceeds its height.

    ``command`` starts the pager; None means that of the environment. Returns once the pager is
    closed. The rest of the output is dropped when the user leaves the pager early.
    """
    words = _split_command(command or os.environ.get("PAGER", "less"))
    rows, columns = _terminal_size(out)
    if not words or not rows or os.environ.get("TERM", "dumb") == "dumb":
        yield out
        return
    paged = _PagedOutput(out, words, rows, columns)
    try:
        yield cast("TextIO", paged)
    except PagerClosedError:
        pass
    finally:
        paged.finish()


def _split_command(command: str) -> list[str]:
    """Return the words of a command; none for one that shows output as it is."""
    import shlex

    try:
        words = shlex.split(command)
    except ValueError:  # an open quotation mark
        return []
    return [] if words in (["cat"], [OFF]) else words


def _terminal_size(out: TextIO) -> tuple[int, int]:
    """Return the rows and columns of a terminal; 0 if they are unknown."""
    try:
        size = os.get_terminal_size(out.fileno())
    except (OSError, ValueError):
        return 0, 0
    return size.lines, size.columns


class _PagedOutput:
    """The part of a text stream that renderers use."""

    def __init__(self, out: TextIO, words: list[str], rows: int, columns: int) -> None:
        self.encoding = out.encoding
        self._out, self._words = out, words
        self._rows, self._columns = rows, columns or 80
        self._lines = 0
        self._waiting: list[str] | None = []  # output that may yet fit the screen
        self._process: subprocess.Popen[str] | None = None

    def write(self, text: str) -> int:
        """Write text, and start the pager once it no longer fits the screen."""
        if self._waiting is None:
            self._send(text)
            return len(text)
        self._waiting.append(text)
        self._lines += sum(1 + len(line) // self._columns for line in text.split("\n")) - 1
        if self._lines >= self._rows:
            self._flush(self._start())
        return len(text)

    def flush(self) -> None:
        """Flush nothing: the pager shows its first screen as soon as that is complete."""

    def finish(self) -> None:
        """Write what fits the screen, or wait until the user has closed the pager.

        The interrupt key belongs to the pager meanwhile.
        """
        if self._process is None:
            self._flush(None)
            return
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            with contextlib.suppress(BrokenPipeError):
                _stdin(self._process).close()
            self._process.wait()
        finally:
            signal.signal(signal.SIGINT, before)

    def _start(self) -> subprocess.Popen[str] | None:
        """Start the pager; None if there is no such program."""
        self._out.flush()
        try:
            return subprocess.Popen(
                self._words,
                stdin=subprocess.PIPE,
                env=_pager_environment(os.environ),
                text=True,
                encoding=self.encoding,
                errors=self._out.errors or "strict",
            )
        except OSError:
            return None

    def _flush(self, process: subprocess.Popen[str] | None) -> None:
        """Write the waiting text, and let all that follows take the same way."""
        text = "".join(self._waiting or ())
        self._waiting, self._process = None, process
        if text:
            self._send(text)

    def _send(self, text: str) -> None:
        if self._process is None:
            self._out.write(text)
            return
        try:
            _stdin(self._process).write(text)
        except BrokenPipeError as error:
            raise PagerClosedError from error


def _stdin(process: "subprocess.Popen[str]") -> IO[str]:
    assert process.stdin is not None
    return process.stdin


def _pager_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the pager, in which less shows colors.

    Without options of the user, less ends by itself if the output fits the screen (F), and leaves
    it there (X), as it does for git.
    """
    less = environment.get("LESS")
    if less is None:
        less = "FRX"
    elif "R" not in less and "r" not in less:
        less = f"{less} -R".lstrip()
    return {**environment, "LESS": less, "LV": environment.get("LV", "-c")}
