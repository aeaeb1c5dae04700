"""Medians of runs that take turns, so that what else the machine does hits all of them alike."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.boxes import NOW

FLOOR = [sys.executable, "-c", "import typer, sqlite3"]
USER = "bench"  # who changes the boxes, so that exactly these changes can be taken back
MISSING = "not there yet"


@dataclass(frozen=True)
class Line:
    """One line of the table: milliseconds measured and of the floor, or a ratio against it.

    ``bound`` is in the unit of what it bounds: ``x`` for the ratio, ``ms`` for the time itself.
    """

    what: str
    measured: float | None = None
    floor: float | None = None
    bound: float = 0.0
    unit: str = "x"
    note: str = ""
    paired: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times its floor it takes; by pairs of runs where they were measured so."""
        if self.paired is not None or not (self.measured and self.floor):
            return self.paired
        return self.measured / self.floor

    @property
    def ok(self) -> bool | None:
        """Whether it keeps its bound; None where nothing was measured or there is none."""
        value = self.ratio if self.unit == "x" else self.measured
        return None if value is None or not self.bound else value <= self.bound


@dataclass
class Runner:
    """A process to be timed: its words, what to do after each run, and the times it took (ms)."""

    words: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[], None] | None = None
    times: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Run it once, its output into a pipe nobody reads slowly."""
        start = time.perf_counter()
        done = subprocess.run(self.words, env=self.env or None, capture_output=True, check=False)
        self.times.append((time.perf_counter() - start) * 1000)
        if done.returncode:
            raise FailedError(done.stderr.decode(errors="replace").strip().splitlines() or ["?"])
        if self.after:
            self.after()

    @property
    def median(self) -> float:
        """The middle one of the times."""
        return statistics.median(self.times)


class FailedError(Exception):
    """A measured command did not work; the lines it said."""


def against(what: str, ours: "Runner", floor: "Runner", bound: float) -> Line:
    """A line for two runners that took turns: each run is held against its neighbour in time, as
    what else the machine does changes from second to second.
    """
    pairs = zip(ours.times, floor.times, strict=True)
    ratio = statistics.median(mine / bare for mine, bare in pairs)
    return Line(what, ours.median, floor.median, bound, paired=ratio)


def command(*words: str) -> list[str]:
    """The words that start cardcrm the way its users do: through the installed script if any."""
    script = Path(sys.executable).with_name("cardcrm")
    start = [str(script)] if script.exists() else [sys.executable, "-m", "cardcrm"]
    return [*start, *words]


def environment(box: Path | str) -> dict[str, str]:
    """The environment of a measured command: this box, a stopped clock, no settings file."""
    return {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "",
        "CARDCRM_DB": str(box),
        "CARDCRM_NOW": NOW,
        "CARDCRM_CONFIG": os.devnull + ".none",
        "CARDCRM_USER": USER,
    }


def take_turns(runners: Mapping[str, Runner], runs: int) -> dict[str, str]:
    """Run all of them in turns after one run each to warm up; those that failed, and why."""
    failed: dict[str, str] = {}
    for number in range(runs + 1):
        for name, runner in runners.items():
            if name in failed:
                continue
            try:
                runner.run()
            except FailedError as problem:
                lines = problem.args[0]
                missing = any("No module named 'cardcrm.cli" in line for line in lines)
                failed[name] = MISSING if missing else lines[-1]
        if number == 0:
            for runner in runners.values():
                runner.times.clear()
    return failed


def in_process(action: Callable[[], object]) -> float:
    """Milliseconds of one call in this process."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def percentile(times: Sequence[float], share: float) -> float:
    """The time that this share of the times does not exceed."""
    ranked = sorted(times)
    return ranked[min(int(share * len(ranked)), len(ranked) - 1)]
