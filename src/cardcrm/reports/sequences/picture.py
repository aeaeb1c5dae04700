"""Draw a sequence as lines of text: its steps from top to bottom, with the contacts at each."""

from typing import Final

from cardcrm.block_characters import bar
from cardcrm.records.sequences.plan import GOTO, MAIL, NOTIFY, SET, TASK, WAIT
from cardcrm.reports.sequences.results import Results, StepCounts, describe_step
from cardcrm.text import cell_width, sanitize, shorten

_MARKS: Final = {MAIL: "✉", WAIT: "│", TASK: "☐", SET: "=", NOTIFY: "!", GOTO: "↓"}
_BAR: Final = 8  # cells
_NAME: Final = 26  # cells that a step has at least
_FIXED: Final = 2 + 1 + _BAR + 1 + 6 + 2  # cells beside the step and the words


def draw_picture(found: Results, width: int = 0) -> list[str]:
    """Return the counts of a sequence in a line, and a line for each step.

    The bar is the share of the contacts that reached the step. Steps are as wide as ``width`` cells
    of the screen leave them.
    """
    names = [sanitize(describe_step(each)) for each in found.steps]
    words = [_count(each) for each in found.steps]
    room = width - _FIXED - max(map(cell_width, words), default=0)
    cells = max(_NAME, min(room, max(map(cell_width, names), default=0)))
    shares = [each.reached / found.entered if found.entered else 0.0 for each in found.steps]
    lines = [
        f"{_MARKS.get(step.action, '·')} {_pad(name, cells)} {bar(share, _BAR)} "
        f"{step.reached:>6,}  {text}".rstrip()
        for step, name, share, text in zip(found.steps, names, shares, words, strict=True)
    ]
    return [_describe_totals(found), *lines]


def _describe_totals(found: Results) -> str:
    names = ("entered", "active", "done", "stopped")
    totals = " · ".join(f"{getattr(found, name):,} {name}" for name in names)
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in found.reasons)
    return f"{totals}: {reasons}" if reasons else totals


def _pad(name: str, cells: int) -> str:
    name = shorten(name, cells)
    return name + " " * (cells - cell_width(name))


def _count(step: StepCounts) -> str:
    """Return how many contacts are at a step, and went through it."""
    counts = [
        (step.waiting, "waiting"),
        (step.done, "left" if step.action == WAIT else "done"),
        (step.skipped, "skipped"),
        (step.replied, "replied"),
    ]
    return ", ".join(f"{count:,} {word}" for count, word in counts if count)
