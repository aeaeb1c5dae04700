"""Whole processes counted in instructions, which no other work on the machine moves.

Valgrind's cachegrind counts what a process itself executes, to three digits and the same in every
run; what the system does for it, reading a disk above all, is not in it. So a count says how much
the program does, and the clock how long one waits: growth is bounded by both.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.boxes import Plan
from bench.measure import FLOOR, Line, command, environment
from bench.shell import BOUNDS, GROWTH, commands, take_back

UNIT = "million instructions"
MISSING = "valgrind is not installed"
_COUNT = re.compile(r"I\s+refs:\s+([\d,]+)")


def measure(plans: Sequence[Plan]) -> list[Line]:
    """Every command on the smallest and the largest box against the floor, and their growth."""
    if shutil.which("valgrind") is None:
        return [Line(f"whole commands, {UNIT}", note=MISSING)]
    ends = list(dict.fromkeys((plans[0], plans[-1])))
    floor = count(FLOOR, environment(ends[0].path))
    counts = {(name, plan.name): _counted(name, plan) for plan in ends for name in BOUNDS}
    lines = [
        Line(f"`{name}`, {plan.cards:,} cards, {UNIT}", counts[name, plan.name], floor)
        for name in BOUNDS
        for plan in ends
    ]
    return lines + _growth(ends, counts)


def _counted(name: str, plan: Plan) -> float:
    """A command on a box, which is left as it was."""
    words, changes = commands(plan.path)[name]
    found = count(command(*words), environment(plan.path))
    if changes:
        take_back(plan.path)
    return found


def _growth(plans: Sequence[Plan], counts: Mapping[tuple[str, str], float]) -> list[Line]:
    small, large = plans[0], plans[-1]
    if small is large:
        return []
    return [
        Line(
            f"`{name}`, {large.cards:,} against {small.cards:,} cards, {UNIT}",
            counts[name, large.name],
            counts[name, small.name],
            GROWTH,
        )
        for name in BOUNDS
        if name != "--help"
    ]


def count(words: Sequence[str], env: Mapping[str, str]) -> float:
    """How many million instructions a process executes; text is hashed alike in every run.

    Raises CalledProcessError if it fails.
    """
    with tempfile.NamedTemporaryFile("r", suffix=".valgrind") as log:
        counter = ["valgrind", "--tool=cachegrind", "--cache-sim=no"]
        files = [f"--log-file={log.name}", "--cachegrind-out-file=/dev/null"]
        env = {**env, "PYTHONHASHSEED": "0"}
        subprocess.run([*counter, *files, *words], env=env, capture_output=True, check=True)
        return instructions(Path(log.name).read_text(encoding="utf-8"))


def instructions(log: str) -> float:
    """The count in what valgrind says, in millions. Raises LookupError if there is none."""
    found = _COUNT.search(log)
    if found is None:
        raise LookupError(f"valgrind counted nothing: {log}")
    return int(found[1].replace(",", "")) / 1e6
