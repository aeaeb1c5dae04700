"""End of the process: complete output, the right exit code, no traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import open_store

pytestmark = pytest.mark.slow

CARDS = 3000  # more than any buffer or pipe holds


@pytest.fixture(scope="module")
def database(shared_locations: Callable[[str], Path | str]) -> Path | str:
    path = shared_locations("cards")
    store = open_store(path, create=True)
    with store.transaction():
        for number in range(CARDS):
            contacts.add(store, ContactDraft(name=f"Jane Doe the {number}th of her name"))
    store.close()
    return path


def start(database: Path | str, *words: str, **how: Any) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[1] / "src"),
        "CARDCRM_DB": str(database),
        "CARDCRM_CONFIG": "/dev/null",
    }
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    command = [sys.executable, "-m", "cardcrm", *words]
    return subprocess.Popen(
        command, env=environment, text=True, stdin=subprocess.DEVNULL, **streams
    )


def test_all_data_is_written_before_exit(database: Path | str) -> None:
    process = start(database, "find")
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert out.count("\n") == CARDS + 1


def test_errors_set_exit_code_and_message(database: Path | str) -> None:
    process = start(database, "show", "nobody")
    out, err = process.communicate()
    assert (process.returncode, out) == (3, "")
    assert err.startswith("error: no contact matches")


def test_closed_reader_causes_no_message(database: Path | str) -> None:
    process = start(database, "find")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", [["find"], ["show", "1"]])
def test_full_disk_is_reported(database: Path | str, words: list[str]) -> None:
    with open("/dev/full", "w") as full:
        process = start(database, *words, stdout=full)
        err = process.communicate()[1]
    assert process.returncode == 5
    assert "No space left" in err
    assert "Traceback" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_unwritable_messages_do_not_fail_the_command(database: Path | str) -> None:
    with open("/dev/full", "w") as full:
        process = start(database, "tag", "1", "+vip", stderr=full)
        process.communicate()
        assert process.returncode == 0
        process = start(database, "show", "nobody", stderr=full)
        process.communicate()
        assert process.returncode == 3


@pytest.mark.parametrize(
    ("words", "closed", "code"),
    [
        (["find"], [1], 0),
        (["--help"], [1], 0),
        (["show", "1"], [0, 1, 2], 0),
        (["log", "1"], [0], 2),
        (["rm", "1"], [0], 2),
        (["show", "nobody"], [2], 3),
    ],
)
def test_closed_streams_are_tolerated(
    database: Path | str, words: list[str], closed: list[int], code: int
) -> None:
    process = start(database, *words, preexec_fn=lambda: [os.close(number) for number in closed])
    _, err = process.communicate()
    assert process.returncode == code
    assert "Traceback" not in err
