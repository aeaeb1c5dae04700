"""Draw a sequence as lines of text: its steps from top to bottom, with the contacts at each."""

from typing import Final

from cardcrm.block_characters import bar
from cardcrm.records.sequences.plan import GOTO, MAIL, NOTIFY, SET, TASK, WAIT
from cardcrm.reports.sequences.results import Results, StepCounts, describe_step
from cardcrm.text import cell_width, sanitize, shorten

_MARKS: Final = {MAIL: "✉", WAIT: "│", TASK: "☐", SET: "=", NOTIFY: "!", GOTO: "↓"}
_NAME, _BAR = 26, 8  # cells


def draw_picture(found: Results) -> list[str]:
    """Return the counts of a sequence in a line, and a line for each step.

    The bar is the share of the contacts that reached the step.
    """
    return [_describe_totals(found), *(_draw_step(each, found.entered) for each in found.steps)]


def _describe_totals(found: Results) -> str:
    names = ("entered", "active", "done", "stopped")
    totals = " · ".join(f"{getattr(found, name):,} {name}" for name in names)
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in found.reasons)
    return f"{totals}: {reasons}" if reasons else totals


def _draw_step(step: StepCounts, entered: int) -> str:
    share = step.reached / entered if entered else 0.0
    name = shorten(sanitize(describe_step(step)), _NAME)
    name += " " * (_NAME - cell_width(name))
    counts = [
        (step.waiting, "waiting"),
        (step.done, "left" if step.action == WAIT else "done"),
        (step.skipped, "skipped"),
        (step.replied, "replied"),
    ]
    words = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    mark = _MARKS.get(step.action, "·")
    return f"{mark} {name} {bar(share, _BAR)} {step.reached:>6,}  {words}".rstrip()
