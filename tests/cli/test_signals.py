"""End of a process: its exit code, and complete output."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cardcrm.store import open_store

pytestmark = pytest.mark.slow


def run(*words: str, stdout=subprocess.PIPE, db="") -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "CARDCRM_DB": str(db), "CARDCRM_CONFIG": os.devnull}
    return subprocess.run(
        [sys.executable, "-m", "cardcrm", *words], env=env, stdout=stdout, stderr=-1, check=False
    )


@pytest.fixture
def database(location):
    open_store(location, create=True).close()
    return location


def test_output_is_complete_before_exit(database):
    assert run("add", "Jane Doe", db=database).returncode == 0
    found = run("find", "jane", "--format", "json", db=database)
    assert found.returncode == 0
    assert b"Jane Doe" in found.stdout
    if isinstance(database, Path):
        assert not database.with_name("cards.db-wal").exists(), (
            "the database is closed, one file again"
        )


def test_exit_code_reports_success_or_failure(database):
    assert run("find", "nosuchfield:x", db=database).returncode == 2
    assert run("find", "--nonsense", db=database).returncode == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a full device")
def test_unwritable_output_is_a_failure(database):
    run("add", "Jane Doe", db=database)
    with open("/dev/full", "wb") as full:
        assert run("find", db=database, stdout=full).returncode not in (0, None)


def test_closed_reader_ends_the_process_quietly(database):
    run("add", "Jane Doe", db=database)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = run("find", db=database, stdout=closed)
    assert done.returncode == 141
    assert b"Traceback" not in done.stderr
