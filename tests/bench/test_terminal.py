"""The bench sees of a program what a terminal shows of it."""

import itertools
import os
import sys

from hypothesis import given
from hypothesis import strategies as st

from bench.terminal import COLUMNS, Screen, Terminal, time_to_show

OUTPUT = (
    "\x1b[?1049h\x1b[>1u\x1b[2J"
    "\x1b[3;5H\x1b[1;38;2;1;2;3mAnn\x1b[0m \x1b]0;title\x07漢字\r\nnext\x1b[3;5HB"
)


def show(*pieces: str) -> tuple[str, ...]:
    screen = Screen()
    for piece in pieces:
        screen.feed(piece)
    return screen.lines


def test_characters_appear_at_the_cursor_without_their_colors():
    lines = show(OUTPUT)
    assert lines[2] == "    Bnn 漢字".ljust(COLUMNS - 2)  # two characters of two cells each
    assert lines[3].rstrip() == "next"
    assert not lines[0].strip()


@given(st.lists(st.integers(0, len(OUTPUT)), max_size=4).map(sorted))
def test_the_screen_does_not_depend_on_how_output_is_split(cuts):
    ends = [0, *cuts, len(OUTPUT)]
    assert show(*(OUTPUT[a:b] for a, b in itertools.pairwise(ends))) == show(OUTPUT)


def test_a_cleared_screen_is_empty():
    assert not any(line.strip() for line in show("text", "\x1b[2J"))


def test_the_time_is_that_of_the_first_final_content():
    frames = [(1.0, ("a", "x")), (1.5, ("b", "y")), (2.0, ("b", "z"))]
    assert time_to_show(0.5, frames, lambda lines: lines[0]) == 1000
    assert time_to_show(0.5, frames, lambda lines: lines[1]) == 1500
    assert time_to_show(0.5, [], lambda lines: lines) is None


def test_a_program_gets_keys_and_its_answer_is_seen():
    terminal = Terminal([sys.executable, "-c", "print(input('name? '))"], os.environ)
    try:
        assert terminal.wait_for_output(0.2)[-1][1][0].startswith("name?")
        terminal.press("ann\r")
        while not terminal.screen.lines[1].strip():
            assert terminal.wait_until_idle(0.2)
        assert terminal.screen.lines[1].strip() == "ann"
    finally:
        terminal.close()
