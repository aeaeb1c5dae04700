"""A stream of rows takes constant memory on both engines."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cardcrm
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import open_store

pytestmark = pytest.mark.slow

ROWS = 300_000
ROW_WIDTH = 400  # letters

PROGRAM = """
import json, sys
from cardcrm.store import open_store

# Rows without a table, so that only the memory of the program grows.
SQL = ('''
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
    SELECT i, :text || i FROM n
''')

def peak():  # in KiB; getrusage would include the parent process
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

store = open_store(sys.argv[2])
method, rows, text = getattr(store.engine, sys.argv[1]), int(sys.argv[3]), int(sys.argv[4])
def read(count):
    found = method(SQL, {"rows": count, "text": "x" * text})
    return sum(1 for _ in found)

read(5000)
before = peak()
count = read(rows)
print(json.dumps([count, peak() - before]))
"""


def measure_growth(method: str, place: str | Path) -> float:
    """Return the MiB by which a new process grows while it reads all rows with one method."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, method, str(place), str(ROWS), str(ROW_WIDTH)],
        env={**os.environ, "PYTHONPATH": str(Path(cardcrm.__file__).parent.parent)},
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count, kib = json.loads(done.stdout)
    assert count == ROWS
    return float(kib) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_long_stream_needs_no_more_memory_than_a_short_one(location):
    box = open_store(location, create=True)
    contacts.add(box, ContactDraft(name="Jane"))
    box.close()
    all_at_once = ROWS * ROW_WIDTH / 2**20
    assert measure_growth("rows", location) > all_at_once  # shows that the measurement works
    assert measure_growth("stream", location) < all_at_once / 10
