"""Bulk output and input: a long list into a pipe, a large file into a database."""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import vocabulary
from bench.databases import Plan, RowGenerator
from bench.measure import (
    MISSING,
    Line,
    Runner,
    command,
    environment,
    paired_line,
    report,
    run_in_turns,
)

ROWS = 10_000
IMPORTED = 100_000
LIST = 5.0
EVERYTHING = 2.0
IMPORT = 4.0
SALES = 6.0
AGAIN = 0.5  # a second import of an unchanged file
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

# Bare loading: one table with two indexes and full text by a trigger, as in SQLite's manual.
LOAD = """
import csv, sqlite3, sys
db = sqlite3.connect(sys.argv[2])
db.execute("PRAGMA journal_mode = WAL")
db.execute("CREATE TABLE contact (id INTEGER PRIMARY KEY, name, email, phone, city, tags)")
db.execute("CREATE INDEX contact_name ON contact (name)")
db.execute("CREATE INDEX contact_email ON contact (email)")
db.execute("CREATE VIRTUAL TABLE contact_fts USING fts5 (name, email, phone, content = 'contact', "
           "content_rowid = 'id')")
db.execute("CREATE TRIGGER contact_added AFTER INSERT ON contact BEGIN "
           "INSERT INTO contact_fts (rowid, name, email, phone) "
           "VALUES (new.id, new.name, new.email, new.phone); END")
rows = csv.reader(open(sys.argv[1], newline="", encoding="utf-8"))
next(rows)
with db:
    db.executemany("INSERT INTO contact (name, email, phone, city, tags) "
                   "VALUES (?, ?, ?, ?, ?)", rows)
"""

# The quickest way: the full text is filled in one statement after all rows.
FILL = (
    LOAD.replace("AFTER INSERT", "AFTER DELETE").replace("new.", "old.")
    + """
with db:
    db.execute("INSERT INTO contact_fts (contact_fts) VALUES ('rebuild')")
"""
)

# Bare loading of sales: two tables, and the indexes by which a CRM looks at them.
LOAD_SALES = """
import csv, sqlite3, sys
db = sqlite3.connect(sys.argv[2])
db.execute("PRAGMA journal_mode = WAL")
db.execute("CREATE TABLE contact (id INTEGER PRIMARY KEY, name, email UNIQUE)")
db.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY, contact_id REFERENCES contact (id), "
           "on_date, amount, currency, ref UNIQUE)")
db.execute("CREATE INDEX sale_contact ON sale (contact_id, currency, on_date, amount)")
db.execute("CREATE INDEX sale_on ON sale (on_date)")
rows = csv.reader(open(sys.argv[1], newline="", encoding="utf-8"))
next(rows)
ids = {}
def read():
    for name, email, day, amount, currency, ref in rows:
        if email not in ids:
            found = db.execute("INSERT INTO contact (name, email) VALUES (?, ?)", (name, email))
            ids[email] = found.lastrowid
        yield ids[email], day, round(float(amount) * 100), currency, ref
with db:
    db.executemany("INSERT INTO sale (contact_id, on_date, amount, currency, ref) "
                   "VALUES (?, ?, ?, ?, ?)", read())
"""

# A small process between the bench and the measured one: a child inherits its parent's peak memory.
WATCH = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


# The bare script reads every row that `export --all` writes, and prints it.
DUMP = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for table in sys.argv[2:]:
    for row in db.execute(f"SELECT * FROM {table}"):
        print(*row, sep="\\t")
"""
DUMPED = (
    "contact", "nickname", "point", "address", "yearly_day", "tag", "field_value", "relation",
    "job", "interaction", "participant", "reminder", "product", "sale", "sale_line", "rate",
    "segment",
)  # fmt: skip


def measure_everything(plan: Plan, runs: int) -> list[Line]:
    """Measure `export --all` into a pipe, against a script that prints the rows."""
    runners = {
        "floor": Runner([sys.executable, "-c", DUMP, str(plan.path), *DUMPED]),
        "export": Runner(command("export", "--all", "-"), environment(plan.path)),
    }
    failed = run_in_turns(runners, runs)
    label = f"`export --all` of {plan.contacts:,} contacts, against printing the rows"
    if failed:
        return [Line(label, note=" ".join(failed.values()))]
    return [paired_line(label, runners["export"], runners["floor"], EVERYTHING)]


def measure_list(plan: Plan, runs: int) -> list[Line]:
    """Measure `find` with many rows into a pipe, against a script with the same query."""
    env = environment(plan.path)
    runners = {
        "floor": Runner([sys.executable, "-c", PRINT, str(plan.path)]),
        "find": Runner(command("find", "--limit", str(ROWS)), env),
    }
    failed = run_in_turns(runners, runs)
    label = f"`find` printing {ROWS:,} rows, against a bare script"
    if failed:
        return [Line(label, note=" ".join(failed.values()))]
    return [paired_line(label, runners["find"], runners["floor"], LIST)]


def measure_import(runs: int) -> list[Line]:
    """Measure `import` of CSV against bare loading, once more, and against a quarter of the file.

    A tenth of the file would not fill SQLite's page cache yet.
    """
    label = f"`import` of {IMPORTED:,} CSV rows, against csv and sqlite3 alone"
    with temporary_folder() as folder:
        large, small = folder / "large.csv", folder / "small.csv"
        write_rows(large, IMPORTED)
        write_rows(small, IMPORTED // 4)
        cardcrm_times: list[float] = []
        floor: list[float] = []
        filled: list[float] = []
        second: list[float] = []
        peaks: list[float] = []
        for number in range(count := max(runs // 7, 2)):
            report(f"  import {number + 1} of {count}")
            database = folder / "database.db"
            for script, times in ((LOAD, floor), (FILL, filled)):
                line = [sys.executable, "-c", script, str(large), str(database)]
                times.append(run_timed(line, database)[0])
            for path, times in ((small, []), (large, cardcrm_times)):
                taken, peak, message = run_timed(command("import", str(path)), database)
                if message:
                    return [Line(label, note=message)]
                times.append(taken)
                peaks.append(peak)
            second.append(run_timed(command("import", str(large)), database, keep=True)[0])
    return [
        Line(label, min(cardcrm_times), min(floor), IMPORT),
        Line(
            f"`import` of {IMPORTED:,} CSV rows, against full text filled afterwards",
            min(cardcrm_times),
            min(filled),
        ),
        Line(
            f"`import` of the same {IMPORTED:,} CSV rows again",
            min(second),
            min(cardcrm_times),
            AGAIN,
        ),
        Line(
            f"peak memory (MiB) of importing {IMPORTED:,} rows, against {IMPORTED // 4:,}",
            peaks[-1],
            peaks[-2],
            MEMORY,
        ),
    ]


def measure_sales(runs: int) -> list[Line]:
    """Measure `import` of sales against bare loading, once more, and against half of them.

    A quarter of them would neither fill SQLite's page cache nor a second batch.
    """
    label = f"`import` of {IMPORTED:,} sales, against csv and sqlite3 alone"
    with temporary_folder() as folder:
        large, small = folder / "large.csv", folder / "small.csv"
        _write_sales(large, IMPORTED)
        _write_sales(small, IMPORTED // 2)
        database = folder / "database.db"
        first: list[float] = []
        second: list[float] = []
        floor: list[float] = []
        for number in range(count := max(runs // 7, 2)):
            report(f"  sales {number + 1} of {count}")
            line = [sys.executable, "-c", LOAD_SALES, str(large), str(database)]
            floor.append(run_timed(line, database)[0])
            _, small_peak, _ = run_timed(command("import", str(small)), database)
            taken, peak, message = run_timed(command("import", str(large)), database)
            if message:
                return [Line(label, note=message)]
            first.append(taken)
            second.append(run_timed(command("import", str(large)), database, keep=True)[0])
    return [
        Line(label, min(first), min(floor), SALES),
        Line(f"`import` of the same {IMPORTED:,} sales again", min(second), min(first), AGAIN),
        Line(
            f"peak memory (MiB) of importing {IMPORTED:,} sales, against {IMPORTED // 2:,}",
            peak,
            small_peak,
            MEMORY,
        ),
    ]


def _write_sales(path: Path, count: int) -> None:
    """Write a file of generated sales to a tenth as many customers, the first ones more often."""
    generator = RowGenerator(Plan("sales", count, 0, 0, 0))
    customers = range(1, max(count // 10, 1) + 1)
    with path.open("w", encoding="utf-8") as file:
        file.write("name,email,date,amount,currency,ref\n")
        for number in range(1, count + 1):
            customer = generator.pick_skewed(customers)
            given = vocabulary.GIVEN[customer % len(vocabulary.GIVEN)]
            family = vocabulary.FAMILY[customer % len(vocabulary.FAMILY)]
            pence = 100 + int(generator.rand() * 50_000)
            file.write(
                f"{given} {family},customer.{customer}@example.com,"
                f"{generator.pick(generator.days)},{pence / 100:.2f},GBP,R{number:07}\n"
            )


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cardcrm-bench-") as name:
        yield Path(name)


def write_rows(path: Path, count: int) -> None:
    """Write a file of generated contacts."""
    generator = RowGenerator(Plan("csv", count, 0, 0, 0))
    with path.open("w", encoding="utf-8") as file:
        file.write("name,email,phone,city,tags\n")
        for number in range(1, count + 1):
            given, family = (
                generator.pick_skewed(vocabulary.GIVEN),
                generator.pick_skewed(vocabulary.FAMILY),
            )
            file.write(
                f"{given} {family},contact.{number}@example.com,+44 113 {number:07},"
                f"{generator.pick_skewed(vocabulary.CITIES)},{generator.pick_skewed(vocabulary.TAGS)}\n"
            )


def run_timed(line: list[str], database: Path, *, keep: bool = False) -> tuple[float, float, str]:
    """Run a process on a new database; return milliseconds, peak MiB and the error if it failed.

    With ``keep`` the database stays as the last process has left it.
    """
    for file in () if keep else list(database.parent.glob(f"{database.name}*")):
        file.unlink()
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-S", "-c", WATCH, *line],
        env=environment(database),
        capture_output=True,
        text=True,
        check=False,
    )
    taken = (time.perf_counter() - start) * 1000
    message = run.stderr.strip().splitlines()
    missing = any("No module named 'cardcrm.cli" in each for each in message)
    error = (MISSING if missing else message[-1]) if run.returncode else ""
    return taken, int(run.stdout or 0) / 1024, error
