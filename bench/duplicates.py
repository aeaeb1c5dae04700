"""Measure `dupes`: its time, its memory, how both grow, and how right it is."""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench.databases import Plan
from bench.files import WATCH
from bench.measure import Line, command, environment, report
from cardcrm.records.contacts import contacts
from cardcrm.store import open_store
from tests.support import labeled_contacts
from tests.support.labeled_contacts import MEDIUM, REPORT, Person

TIME = 60_000.0  # ms for 100,000 contacts
MEMORY = 1024.0  # MiB
GROWTH = 10**1.2  # times as long for ten times as many contacts
LEAST, SURE = 0.7, 0.98  # scores at which pairs are listed, and merged by themselves
F1, PRECISION = 0.95, 0.99
CHUNK = 5000  # contacts that are added in one transaction
SIZES = (8_000, 80_000)  # people, of whom a fifth is entered twice or more


class Run(NamedTuple):
    """A run of `dupes`: milliseconds, peak MiB, and the pairs with their scores."""

    taken: float
    peak: float
    pairs: dict[tuple[int, int], float]


def measure(plan: Plan) -> list[Line]:
    """Measure `dupes` on a plan's database, and on labeled contacts of two sizes."""
    with tempfile.TemporaryDirectory(prefix="cardcrm-bench-") as name:
        runs: list[Run] = []
        for people in SIZES:
            entries = labeled_contacts.generate(REPORT, MEDIUM, people, seed=people)
            database = Path(name) / f"{people}.db"
            report(f"  making a database of {len(entries):,} labeled contacts")
            _fill(database, entries)
            runs.append(_run(database))
        return [
            *_cost_lines(f"{plan.contacts:,} contacts", _run(plan.path)),
            *_cost_lines(f"{len(entries):,} labeled contacts", runs[-1]),
            Line("`dupes`, ten times as many contacts", runs[-1].taken, runs[0].taken, GROWTH),
            *_quality_lines(entries, runs[-1]),
        ]


def _fill(database: Path, entries: list[Person]) -> None:
    with contextlib.closing(open_store(database, create=True)) as store:
        for start in range(0, len(entries), CHUNK):
            with store.transaction():
                for each in entries[start : start + CHUNK]:
                    contacts.add(store, each.draft)


def _run(database: Path) -> Run:
    """Run `dupes` in a process of its own."""
    report(f"  dupes on {database.name}")
    words = command("dupes", "--min", str(LEAST), "--format", "json")
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        # WATCH drops what its child prints, so that the pairs are read by a run of their own.
        watched = subprocess.run(
            [sys.executable, "-S", "-c", WATCH, *words],
            env=environment(database),
            capture_output=True,
            text=True,
            check=True,
        )
        taken = (time.perf_counter() - start) * 1000
        subprocess.run(words, env=environment(database), stdout=output, check=True)
        output.seek(0)
        found = json.load(output)
    pairs = {tuple(each["ids"]): each["score"] for each in found}
    return Run(taken, int(watched.stdout) / 1024, pairs)


def _cost_lines(size: str, run: Run) -> list[Line]:
    return [
        Line(f"`dupes`, {size}", run.taken, None, TIME, "ms"),
        Line(f"peak memory (MiB) of `dupes`, {size}, against 1 GiB", run.peak, MEMORY, 1.0),
    ]


def _quality_lines(entries: list[Person], run: Run) -> list[Line]:
    """Return the errors of the listed and of the surest pairs, against those allowed."""
    true = {(one + 1, other + 1) for one, other in labeled_contacts.true_pairs(entries)}
    right = len(run.pairs.keys() & true)
    f1 = 2 * right / (len(run.pairs) + len(true))
    sure = {ids for ids, score in run.pairs.items() if score >= SURE}
    precision = len(sure & true) / len(sure)
    return [
        Line("1 − F1 of `dupes`, against 0.05", 1 - f1, 1 - F1, 1.0),
        Line("wrong pairs of `dupes --auto 0.98`, against 0.01", 1 - precision, 1 - PRECISION, 1.0),
    ]
