"""Measure call mode: from Enter, which logs a call, to the card of the next contact.

The bound is that of a key with a new page: the call is written to the disk before the card turns.
"""

import shutil
import statistics
import tempfile
from pathlib import Path

from bench.databases import Plan
from bench.measure import Line, command, environment, percentile
from bench.screen import MOVED, OPENED, QUIET
from bench.terminal import Lines, Terminal, time_to_show

TURNS = 40
_CLOCK = 90  # the column from which on the head has the time
_CARD = slice(0, -5)  # lines above the outcomes, the line and the keys


def measure(plan: Plan) -> list[Line]:
    """Return a line on the turn to the next card, after a call was logged."""
    with tempfile.TemporaryDirectory() as folder:
        times = _turn_cards(Path(shutil.copy(plan.path, folder)))
    return [
        Line(
            f"turn in call mode, with the call logged, {plan.contacts:,} contacts, p95",
            percentile(times, 0.95),
            None,
            MOVED,
            "ms",
            f"{len(times)} cards, median {statistics.median(times):.0f}, worst {max(times):.0f}",
        )
    ]


def _turn_cards(path: Path) -> list[float]:
    """Return the ms of each turn."""
    terminal = Terminal(command("tui"), environment(path))
    times = []
    try:
        terminal.wait_for_output(OPENED)
        for key in "8\r":
            terminal.press(key)
            terminal.wait_until_idle(OPENED)
        for number in range(TURNS):
            terminal.press("likes the offer")
            terminal.wait_until_idle(QUIET)
            assert f" {number + 1} of " in terminal.screen.lines[0], terminal.screen.lines
            since = terminal.press("\r")
            taken = time_to_show(since, terminal.wait_until_idle(QUIET), _card)
            assert taken is not None, "the card was not turned"
            times.append(taken)
    finally:
        terminal.close()
    return times


def _card(lines: Lines) -> object:
    """Return the head without the time, and the card."""
    return lines[0][:_CLOCK], lines[_CARD]
