"""How a process ends: with its exit code, and not before everything is written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cardcrm.store import open_store

pytestmark = pytest.mark.slow


def run(*words: str, stdout=subprocess.PIPE, db="") -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "CARDCRM_DB": str(db), "CARDCRM_CONFIG": os.devnull + ".none"}
    return subprocess.run(
        [sys.executable, "-m", "cardcrm", *words], env=env, stdout=stdout, stderr=-1, check=False
    )


@pytest.fixture
def box(location):
    open_store(location, create=True).close()
    return location


def test_all_that_was_said_is_written_before_the_end(box):
    assert run("add", "Jane Doe", db=box).returncode == 0
    found = run("find", "jane", "--format", "json", db=box)
    assert found.returncode == 0
    assert b"Jane Doe" in found.stdout
    if isinstance(box, Path):
        assert not box.with_name("cards.db-wal").exists(), "the box is closed, one file again"


def test_the_exit_code_tells_how_it_went(box):
    assert run("find", "nosuchfield:x", db=box).returncode == 2
    assert run("find", "--nonsense", db=box).returncode == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a full device")
def test_output_that_cannot_be_written_is_no_success(box):
    run("add", "Jane Doe", db=box)
    with open("/dev/full", "wb") as full:
        assert run("find", db=box, stdout=full).returncode not in (0, None)


def test_a_reader_that_has_gone_ends_it_quietly(box):
    run("add", "Jane Doe", db=box)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = run("find", db=box, stdout=closed)
    assert done.returncode == 141
    assert b"Traceback" not in done.stderr
