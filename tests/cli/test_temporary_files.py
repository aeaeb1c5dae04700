"""A signal that ends a command leaves no private text behind, in real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import open_store

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="POSIX signals")]

SOURCE = Path(__file__).parents[2] / "src"
SIGNALS = [signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def hangup() -> Iterator[None]:
    """Let SIGHUP end processes, also where the tests were started with it ignored (nohup)."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The folder where the commands write their temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def start(tmp_path: Path, temporary: Path) -> Callable[..., "subprocess.Popen[bytes]"]:
    """Start a command whose temporary files are in `temporary`."""

    def started(
        *words: str, stream: int = subprocess.PIPE, **variables: str
    ) -> "subprocess.Popen[bytes]":
        environment = {
            **os.environ,
            "PYTHONPATH": str(SOURCE),
            "TMPDIR": str(temporary),
            "CARDCRM_DB": str(tmp_path / "cards.db"),
            "CARDCRM_CONFIG": os.devnull,
            **variables,
        }
        command = [sys.executable, "-m", "cardcrm", *words]
        return subprocess.Popen(
            command, env=environment, stdin=stream, stdout=stream, stderr=stream
        )

    return started


def end(process: "subprocess.Popen[bytes]", number: int, is_ready: Callable[[], object]) -> None:
    """Send a signal once a condition holds, and expect the process to end by it."""
    try:
        for _ in range(3000):
            if is_ready():
                break
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        else:
            pytest.fail("the command did not get that far")
        process.send_signal(number)
        assert process.wait(60) == 128 + number
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", SIGNALS)
def test_no_text_of_the_editor_is_left(
    start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path, temporary: Path, number: int
) -> None:
    store = open_store(tmp_path / "cards.db", create=True)
    contacts.add(store, ContactDraft("Ann Test", note="a private note"))
    store.close()
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho more >> "$1"\nexec sleep 60\n')
    editor.chmod(0o700)
    terminal, ours = os.openpty()
    process = start("edit", "ann", stream=ours, EDITOR=str(editor), VISUAL="", TERM="xterm")
    os.close(ours)

    def is_written() -> bool:
        return any("more" in file.read_text() for file in temporary.iterdir())

    end(process, number, is_written)
    os.close(terminal)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", SIGNALS)
def test_no_input_of_a_pipe_is_left(
    start: Callable[..., "subprocess.Popen[bytes]"], temporary: Path, number: int
) -> None:
    process = start("import")
    assert process.stdin is not None
    process.stdin.write(b"name\n" + b"Ann Test\n" * 100_000)
    process.stdin.flush()
    end(process, number, lambda: any(temporary.rglob("*")))
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", SIGNALS)
def test_no_database_of_a_dry_run_is_left(
    start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path, temporary: Path, number: int
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name\n" + "".join(f"Ann Test{each}\n" for each in range(300_000)))
    process = start("import", "--dry-run", str(file))
    end(process, number, lambda: any(temporary.rglob("trial.db")))
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "cards.db").exists()
