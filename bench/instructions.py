"""Count the instructions of whole processes, which other work on the machine does not change.

Valgrind's cachegrind counts what a process itself executes, to three digits and the same in every
run; work of the system for it, such as reading a disk, is not included. So a count says how much
the program does, the clock how long its user waits; both bound the growth.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.databases import Plan
from bench.measure import FLOOR, Line, command, environment, report
from bench.shell import BOUNDS, GROWTH, command_environment, commands, undo_last_command

UNIT = "million instructions"
MISSING = "valgrind is not installed"
_COUNT = re.compile(r"I\s+refs:\s+([\d,]+)")


def measure(plans: Sequence[Plan]) -> list[Line]:
    """Measure commands on the smallest and largest database against the floor, and their growth."""
    if shutil.which("valgrind") is None:
        return [Line(f"whole commands, {UNIT}", note=MISSING)]
    ends = list(dict.fromkeys((plans[0], plans[-1])))
    floor = count(FLOOR, environment(ends[0].path))
    counts = {(name, plan.name): _count_command(name, plan) for plan in ends for name in BOUNDS}
    lines = [
        Line(f"`{name}`, {plan.contacts:,} contacts, {UNIT}", counts[name, plan.name], floor)
        for name in BOUNDS
        for plan in ends
    ]
    return lines + _growth(ends, counts)


def _count_command(name: str, plan: Plan) -> float:
    """Count a command on a database and undo its change."""
    report(f"  {name}, {plan.contacts:,} contacts")
    words, changes = commands(plan.path)[name]
    found = count(command(*words), command_environment(name, plan.path))
    if changes:
        undo_last_command(plan.path)
    return found


def _growth(plans: Sequence[Plan], counts: Mapping[tuple[str, str], float]) -> list[Line]:
    small, large = plans[0], plans[-1]
    if small is large:
        return []
    return [
        Line(
            f"`{name}`, {large.contacts:,} against {small.contacts:,} contacts, {UNIT}",
            counts[name, large.name],
            counts[name, small.name],
            GROWTH,
        )
        for name in BOUNDS
        if name != "--help"
    ]


def count(words: Sequence[str], env: Mapping[str, str]) -> float:
    """Return the million instructions of a process, with the same string hashes in every run.

    Raises CalledProcessError if it fails.
    """
    with tempfile.NamedTemporaryFile("r", suffix=".valgrind") as log:
        counter = ["valgrind", "--tool=cachegrind", "--cache-sim=no"]
        files = [f"--log-file={log.name}", "--cachegrind-out-file=/dev/null"]
        env = {**env, "PYTHONHASHSEED": "0"}
        subprocess.run([*counter, *files, *words], env=env, capture_output=True, check=True)
        return parse_log(Path(log.name).read_text(encoding="utf-8"))


def parse_log(log: str) -> float:
    """Return the count in valgrind's log, in millions. Raises LookupError if there is none."""
    found = _COUNT.search(log)
    if found is None:
        raise LookupError(f"no instruction count from valgrind: {log}")
    return int(found[1].replace(",", "")) / 1e6
