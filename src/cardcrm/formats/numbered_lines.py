"""Read numbered lines with push-back and a limit on the length of a line."""

from collections import deque
from typing import Final, TextIO

MAX_LINE_SIZE: Final = 16 << 20  # characters kept of one line; the rest is skipped


class NumberedLines:
    """The lines of a stream that was opened with ``newline=""``, each with its line end.

    ``number`` is the number of the last line read, from 1. A line longer than MAX_LINE_SIZE is cut
    to that length.
    """

    def __init__(self, stream: TextIO) -> None:
        self.number = 0
        self._readline = stream.readline
        self._pushed_back: deque[str] = deque()

    def read(self) -> str:
        """Return the next line; empty at the end."""
        if self._pushed_back:
            self.number += 1
            return self._pushed_back.popleft()
        line = self._readline(MAX_LINE_SIZE)
        if line:
            self.number += 1
            if len(line) == MAX_LINE_SIZE:
                self._skip_rest(line)
        return line

    def push_back(self, lines: list[str]) -> None:
        """Push back the last lines read, given in their order."""
        self._pushed_back.extendleft(reversed(lines))
        self.number -= len(lines)

    def _skip_rest(self, line: str) -> None:
        while line and line[-1] not in "\r\n":
            line = self._readline(MAX_LINE_SIZE)
