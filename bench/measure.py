"""Time runs that take turns, so that other work on the machine affects all of them alike."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.databases import FOLDER, NOW

FLOOR = [sys.executable, "-c", "import typer, sqlite3"]
USER = "bench"  # the author of the measured changes, by which they are undone
MISSING = "not there yet"
_STARTED = time.perf_counter()


def report(text: str) -> None:
    """Report progress on standard error, with the seconds since the start."""
    seconds = time.perf_counter() - _STARTED
    print(f"{seconds:6.0f} s  {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Line:
    """One line of the table: milliseconds measured and of the floor, or a ratio against it.

    ``bound`` is in the unit of what it bounds: ``x`` for the ratio, ``ms`` for the time itself.
    """

    label: str
    measured: float | None = None
    floor: float | None = None
    bound: float = 0.0
    unit: str = "x"
    note: str = ""
    paired: float | None = None

    @property
    def ratio(self) -> float | None:
        """The measured time in units of its floor; the median over pairs for paired runs."""
        if self.paired is not None or not (self.measured and self.floor):
            return self.paired
        return self.measured / self.floor

    @property
    def ok(self) -> bool | None:
        """True if the bound holds; None without a bound or a measurement."""
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
        """Run the process once and capture its output."""
        start = time.perf_counter()
        done = subprocess.run(self.words, env=self.env or None, capture_output=True, check=False)
        self.times.append((time.perf_counter() - start) * 1000)
        if done.returncode:
            raise FailedError(done.stderr.decode(errors="replace").strip().splitlines() or ["?"])
        if self.after:
            self.after()

    @property
    def median(self) -> float:
        """The median of the times."""
        return statistics.median(self.times)


class FailedError(Exception):
    """A measured command failed; the argument is the lines it wrote."""


def paired_line(label: str, measured: "Runner", floor: "Runner", bound: float) -> Line:
    """Return a line for two runners that took turns.

    Each run is compared with its neighbor in time, as other work on the machine changes from second
    to second.
    """
    pairs = zip(measured.times, floor.times, strict=True)
    ratio = statistics.median(mine / bare for mine, bare in pairs)
    return Line(label, measured.median, floor.median, bound, paired=ratio)


def command(*words: str) -> list[str]:
    """Return the words that start cardcrm, by the installed script if there is one."""
    script = Path(sys.executable).with_name("cardcrm")
    start = [str(script)] if script.exists() else [sys.executable, "-m", "cardcrm"]
    return [*start, *words]


def environment(database: Path | str) -> dict[str, str]:
    """Return the environment of a measured command: its database, a stopped clock, nothing of ours.

    Settings, or unsaved text to report at the start of the screen, would change what is measured.
    """
    return {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "",
        "CARDCRM_DB": str(database),
        "CARDCRM_NOW": NOW,
        "CARDCRM_CONFIG": os.devnull,
        "XDG_DATA_HOME": str(FOLDER),
        "CARDCRM_USER": USER,
    }


def run_in_turns(runners: Mapping[str, Runner], runs: int) -> dict[str, str]:
    """Run all in turns after one warm-up run each; return the error of each that failed."""
    failed: dict[str, str] = {}
    for number in range(runs + 1):
        report(f"  run {number} of {runs}")
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


def time_call(action: Callable[[], object]) -> float:
    """Return the milliseconds of one call in this process."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def percentile(times: Sequence[float], share: float) -> float:
    """Return the time that this share of the times does not exceed."""
    ranked = sorted(times)
    return ranked[min(int(share * len(ranked)), len(ranked) - 1)]
