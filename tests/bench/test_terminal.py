"""What the bench sees of a program is what stands on a terminal."""

import itertools
import os
import sys

from hypothesis import given
from hypothesis import strategies as st

from bench.terminal import COLUMNS, Glass, Terminal, reached

WRITTEN = (
    "\x1b[?1049h\x1b[2J\x1b[3;5H\x1b[1;38;2;1;2;3mAnn\x1b[0m \x1b]0;title\x07漢字\r\nnext\x1b[3;5HB"
)


def seen(*pieces: str) -> tuple[str, ...]:
    glass = Glass()
    for piece in pieces:
        glass.draw(piece)
    return glass.drawing


def test_letters_stand_where_the_cursor_was_without_their_colours():
    drawing = seen(WRITTEN)
    assert drawing[2] == "    Bnn 漢字".ljust(COLUMNS - 2)  # two letters of two cells each
    assert drawing[3].rstrip() == "next"
    assert not drawing[0].strip()


@given(st.lists(st.integers(0, len(WRITTEN)), max_size=4).map(sorted))
def test_it_matters_not_in_what_pieces_it_was_written(cuts):
    ends = [0, *cuts, len(WRITTEN)]
    assert seen(*(WRITTEN[a:b] for a, b in itertools.pairwise(ends))) == seen(WRITTEN)


def test_what_is_cleared_is_gone():
    assert not any(line.strip() for line in seen("text", "\x1b[2J"))


def test_a_part_is_reached_when_it_stands_as_it_stayed():
    shown = [(1.0, ("a", "x")), (1.5, ("b", "y")), (2.0, ("b", "z"))]
    assert reached(0.5, shown, lambda drawing: drawing[0]) == 1000
    assert reached(0.5, shown, lambda drawing: drawing[1]) == 1500
    assert reached(0.5, [], lambda drawing: drawing) is None


def test_a_program_is_seen_and_its_keys_are_answered():
    terminal = Terminal([sys.executable, "-c", "print(input('name? '))"], os.environ)
    try:
        assert terminal.appear(0.2)[-1][1][0].startswith("name?")
        terminal.press("ann\r")
        while not terminal.glass.drawing[1].strip():
            assert terminal.settle(0.2)
        assert terminal.glass.drawing[1].strip() == "ann"
    finally:
        terminal.close()
