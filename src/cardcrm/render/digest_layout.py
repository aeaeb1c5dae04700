"""Lay out the entries of a digest in columns for the width of a terminal or a mail.

Names and tasks are wrapped, never cut; only the latest interaction is shortened to fit on one more
line.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from cardcrm.text import cell_width, shorten

_WIDEST = 120
_UNLIMITED = 10**6
_MIN_NOTE = 24  # cells for the latest interaction beside the phone number
_BOLD, _DIM, _RED, _YELLOW = "1", "2", "1;31", "1;33"
Words = list[tuple[str, str]]  # words with their styles


class Entry(NamedTuple):
    """One entry of the digest, as sanitized text.

    ``number`` is the id for `done`; ``extra`` follows the task in parentheses.
    """

    when: str
    who: str
    what: str
    extra: str
    reach: str
    last: str
    number: str = ""
    promise: bool = False


class Block(NamedTuple):
    """A part of the digest with its title; ``more`` counts the hidden entries."""

    title: str
    entries: tuple[Entry, ...]
    more: str = ""
    late: bool = False


def _count_cells(text: str) -> int:
    """Return the cells that a text takes, without importing Rich for our own “…”."""
    return cell_width(text.replace("…", "."))


def _shorten(text: str, room: int) -> str:
    return text if _count_cells(text) <= room else shorten(text.replace(" …", ""), room)


def _split_words(text: str, room: int) -> tuple[str, str]:
    """Return the words that fit, and the rest; a word longer than ``room`` is cut."""
    if _count_cells(text) <= room:
        return text, ""
    end = text.rfind(" ", 0, room + 1)
    while end > 0 and _count_cells(text[:end]) > room:
        end = text.rfind(" ", 0, end)
    return (text[:end], text[end + 1 :]) if end > 0 else (_shorten(text, room), "")


class DigestLayout:
    """Lays out blocks of entries with columns for ids, marks and dates."""

    def __init__(self, blocks: Sequence[Block], color: bool, cells: int) -> None:
        self.blocks = blocks
        self.color = color
        self.cells = min(cells, _WIDEST) if cells else _UNLIMITED
        entries = [entry for block in blocks for entry in block.entries]
        self.number = max((len(entry.number) for entry in entries), default=0)
        self.when = max((len(entry.when) for entry in entries), default=0)
        self.hang = self.number + 5  # below the dates, so that the latest interaction has room
        self.indent = self.hang + self.when + 2

    def _paint(self, text: str, codes: str) -> str:
        return f"\x1b[{codes}m{text}\x1b[0m" if codes and self.color else text

    def lay_out(self, headline: str) -> Iterator[str]:
        """Yield the lines of a digest: its headline and its blocks."""
        rest = headline
        while rest:
            line, rest = _split_words(rest, self.cells)
            yield self._paint(line, _BOLD)
        for block in self.blocks:
            yield ""
            yield from self.lay_out_block(block)
        if any(entry.promise for block in self.blocks for entry in block.entries):
            yield ""
            yield self._paint("! promised to the contact", _DIM)

    def lay_out_block(self, block: Block) -> Iterator[str]:
        """Yield the title, the entries and how many more there are."""
        yield self._paint(block.title, _RED if block.late else _BOLD)
        for entry in block.entries:
            yield from self._lay_out_entry(entry, late=block.late)
        if block.more:
            yield self._paint("  " + block.more, _DIM)

    def _lay_out_entry(self, entry: Entry, *, late: bool) -> Iterator[str]:
        mark = self._paint("!", _YELLOW) if entry.promise else " "
        when = self._paint(entry.when.ljust(self.when), _RED if late else "")
        start = f"  {entry.number.rjust(self.number)} {mark} {when}  "
        who = entry.who + (":" if entry.what else "")
        words = [(word, _BOLD) for word in who.split()] + [(w, "") for w in entry.what.split()]
        if entry.extra:
            words += [(word, _DIM) for word in f"({entry.extra})".split()]
        for at, line in enumerate(self._wrap(words)):
            yield (start if at == 0 else " " * self.indent) + line
        for line in self._lay_out_reach(entry) if entry.reach or entry.last else ():
            yield " " * self.hang + line

    def _lay_out_reach(self, entry: Entry) -> Iterator[str]:
        """Yield phone or email and the latest interaction, on one line if they fit, else on two."""
        room = max(self.cells - self.hang, _MIN_NOTE)
        left = room - _count_cells(entry.reach) - 3
        if left >= min(_MIN_NOTE, _count_cells(entry.last)):
            first, rest = _split_words(entry.last, left)
            yield entry.reach + self._paint(" · " + first, _DIM)
        else:
            rest = entry.last
            yield entry.reach
        if rest:
            yield self._paint(_shorten(rest, room), _DIM)

    def _wrap(self, words: Words) -> Iterator[str]:
        """Yield the words wrapped into lines; a word longer than a line gets its own line."""
        room = max(self.cells - self.indent, _MIN_NOTE)
        if sum(_count_cells(word) + 1 for word, _ in words) <= room + 1:
            yield self._join_words(words)
            return
        line: Words = []
        used = 0
        for word, style in words:
            needed = _count_cells(word) + bool(line)
            if line and used + needed > room:
                yield self._join_words(line)
                line, used, needed = [], 0, _count_cells(word)
            line.append((word, style))
            used += needed
        yield self._join_words(line)

    def _join_words(self, words: Iterable[tuple[str, str]]) -> str:
        runs = groupby(words, key=lambda pair: pair[1])
        return " ".join(
            self._paint(" ".join(word for word, _ in run), style) for style, run in runs
        )
