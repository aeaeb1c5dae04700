"""A long result does not grow in memory: it comes by the thousand, on either engine."""

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
WIDE = 400  # letters

PROGRAM = """
import json, sys
from cardcrm.store import open_store

# Rows without a table, so that what grows is what the program holds.
SQL = ('''
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)
    SELECT i, :wide || i FROM n
''')

def peak():  # in KiB; what getrusage tells counts the process that this one was forked from
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

box = open_store(sys.argv[2])
how, rows, wide = getattr(box.engine, sys.argv[1]), int(sys.argv[3]), int(sys.argv[4])
def read(count):
    found = how(SQL, {"rows": count, "wide": "x" * wide})
    return sum(1 for _ in found)

read(5000)
before = peak()
count = read(rows)
print(json.dumps([count, peak() - before]))
"""


def grown(how: str, place: str | Path) -> float:
    """MiB by which a fresh process grows while it reads all rows, in one way of the engine's."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how, str(place), str(ROWS), str(WIDE)],
        env={**os.environ, "PYTHONPATH": str(Path(cardcrm.__file__).parent.parent)},
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count, kib = json.loads(done.stdout)
    assert count == ROWS
    return float(kib) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_stream_is_read_in_the_same_memory_however_long_it_is(location):
    box = open_store(location, create=True)
    contacts.add(box, ContactDraft(name="Jane"))
    box.close()
    all_at_once = ROWS * WIDE / 2**20
    assert grown("rows", location) > all_at_once  # what would be, and that it is seen here
    assert grown("stream", location) < all_at_once / 10
