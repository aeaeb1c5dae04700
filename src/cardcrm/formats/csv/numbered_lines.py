"""Numbered lines of a text, with a way back and a bound on what one line may cost."""

from collections import deque
from typing import Final, TextIO

MAX_LINE: Final = 16 << 20  # characters kept of one line; what is beyond is read over


class Lines:
    """The lines of a stream that was opened with ``newline=""``, each with its line end.

    ``number`` is that of the line taken last, from 1. A line of more than MAX_LINE characters comes
    cut to that length.
    """

    def __init__(self, stream: TextIO) -> None:
        self.number = 0
        self._readline = stream.readline
        self._back: deque[str] = deque()

    def take(self) -> str:
        """The next line; empty at the end."""
        if self._back:
            self.number += 1
            return self._back.popleft()
        line = self._readline(MAX_LINE)
        if line:
            self.number += 1
            if len(line) == MAX_LINE:
                self._skip_rest(line)
        return line

    def give_back(self, lines: list[str]) -> None:
        """Put back the lines taken last, in their order."""
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)

    def _skip_rest(self, line: str) -> None:
        while line and line[-1] not in "\r\n":
            line = self._readline(MAX_LINE)
