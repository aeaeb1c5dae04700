"""What goes in and out in bulk: a long list into a pipe, a large file into a box."""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.boxes import Maker, Plan, words
from bench.measure import MISSING, Line, Runner, against, command, environment, take_turns

ROWS = 10_000
IMPORTED = 100_000
LIST = 5.0
IMPORT = 4.0
MEMORY = 1.25

# The bare script selects and prints what `find` shows.
PRINT = f"""
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute('''
    SELECT c.id, c.name, o.name,
      (SELECT city FROM address a WHERE a.contact_id = c.id LIMIT 1),
      (SELECT value FROM point p WHERE p.contact_id = c.id AND p.kind = 'phone' LIMIT 1),
      (SELECT group_concat(name, ' ') FROM tag t WHERE t.contact_id = c.id), c.last_on
    FROM contact c LEFT JOIN contact o ON o.id = c.org_id ORDER BY c.sort_key LIMIT {ROWS}'''):
    print(*row, sep="\\t")
"""

# Bare loading: one table with two indexes, its full text kept by a trigger as in SQLite's manual.
LOAD = """
import csv, sqlite3, sys
db = sqlite3.connect(sys.argv[2])
db.execute("PRAGMA journal_mode = WAL")
db.execute("CREATE TABLE card (id INTEGER PRIMARY KEY, name, email, phone, city, tags)")
db.execute("CREATE INDEX card_name ON card (name)")
db.execute("CREATE INDEX card_email ON card (email)")
db.execute("CREATE VIRTUAL TABLE found USING fts5 (name, email, phone, content = 'card', "
           "content_rowid = 'id')")
db.execute("CREATE TRIGGER kept AFTER INSERT ON card BEGIN INSERT INTO found (rowid, name, email, "
           "phone) VALUES (new.id, new.name, new.email, new.phone); END")
rows = csv.reader(open(sys.argv[1], newline="", encoding="utf-8"))
next(rows)
with db:
    db.executemany("INSERT INTO card (name, email, phone, city, tags) VALUES (?, ?, ?, ?, ?)", rows)
"""

# The quickest way there is: the full text filled in one statement when all rows are in.
FILL = (
    LOAD.replace("AFTER INSERT", "AFTER DELETE").replace("new.", "old.")
    + """
with db:
    db.execute("INSERT INTO found (found) VALUES ('rebuild')")
"""
)

# Started between a large process and the measured one, for a child is told its parent's memory.
WATCH = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def measure_list(plan: Plan, runs: int) -> list[Line]:
    """`find` printing many rows into a pipe, against a script that selects and prints them."""
    env = environment(plan.path)
    runners = {
        "floor": Runner([sys.executable, "-c", PRINT, str(plan.path)]),
        "find": Runner(command("find", "--limit", str(ROWS)), env),
    }
    failed = take_turns(runners, runs)
    what = f"`find` printing {ROWS:,} rows, against a bare script"
    if failed:
        return [Line(what, note=" ".join(failed.values()))]
    return [against(what, runners["find"], runners["floor"], LIST)]


def measure_import(runs: int) -> list[Line]:
    """`import` of a CSV file against bare loading, and its memory against a quarter of the file.

    SQLite may keep some pages of the box in memory; a tenth of the file would not fill that yet.
    """
    what = f"`import` of {IMPORTED:,} CSV rows, against csv and sqlite3 alone"
    with _folder() as folder:
        large, small = folder / "large.csv", folder / "small.csv"
        _write_rows(large, IMPORTED)
        _write_rows(small, IMPORTED // 4)
        ours: list[float] = []
        floor: list[float] = []
        filled: list[float] = []
        peaks: list[float] = []
        for _ in range(max(runs // 7, 2)):
            box = folder / "box.db"
            for script, times in ((LOAD, floor), (FILL, filled)):
                line = [sys.executable, "-c", script, str(large), str(box)]
                times.append(_timed(line, box)[0])
            for path, times in ((small, []), (large, ours)):
                taken, peak, said = _timed(command("import", str(path)), box)
                if said:
                    return [Line(what, note=said)]
                times.append(taken)
                peaks.append(peak)
    return [
        Line(what, min(ours), min(floor), IMPORT),
        Line("the same, against full text filled afterwards", min(ours), min(filled)),
        Line(
            f"peak memory (MiB) of importing {IMPORTED:,} rows, against {IMPORTED // 4:,}",
            peaks[-1],
            peaks[-2],
            MEMORY,
        ),
    ]


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cardcrm-bench-") as name:
        yield Path(name)


def _write_rows(path: Path, count: int) -> None:
    """A file of contacts, as made up as those in the boxes."""
    maker = Maker(Plan("csv", count, 0, 0, 0))
    with path.open("w", encoding="utf-8") as file:
        file.write("name,email,phone,city,tags\n")
        for number in range(1, count + 1):
            given, family = maker.skewed(words.GIVEN), maker.skewed(words.FAMILY)
            file.write(
                f"{given} {family},card.{number}@example.com,+44 113 {number:07},"
                f"{maker.skewed(words.CITIES)},{maker.skewed(words.TAGS)}\n"
            )


def _timed(line: list[str], box: Path) -> tuple[float, float, str]:
    """A process on a fresh box: milliseconds, peak MiB, and what went wrong if anything did."""
    for file in box.parent.glob(f"{box.name}*"):
        file.unlink()
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-S", "-c", WATCH, *line],
        env=environment(box),
        capture_output=True,
        text=True,
        check=False,
    )
    taken = (time.perf_counter() - start) * 1000
    said = run.stderr.strip().splitlines()
    missing = any("No module named 'cardcrm.cli" in each for each in said)
    wrong = (MISSING if missing else said[-1]) if run.returncode else ""
    return taken, int(run.stdout or 0) / 1024, wrong
