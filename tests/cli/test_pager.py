"""Output longer than the terminal: a pager, in a real pseudo-terminal, and never in a pipe."""

import codecs
import fcntl
import os
import pty
import select
import shutil
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardcrm.cli.run import main

SOURCE = str(Path(__file__).parents[2] / "src")
ROWS = 10
LAST = "Zara Zeta"
COMMAND = ("find", "--limit", "0")

needs_less = pytest.mark.skipif(shutil.which("less") is None, reason="there is no less")


class Terminal:
    """A terminal of ten rows with the program in it."""

    def __init__(self, *words: str, **environment: str) -> None:
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(self.master, (ROWS, 80))
        self.output = ""
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cardcrm", *words],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**os.environ, "PYTHONPATH": SOURCE, "TERM": "xterm", **environment},
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )  # fmt: skip
        os.close(slave)

    def read(self) -> str:
        while select.select([self.master], [], [], 0.05)[0]:
            try:
                self.output += self._decode(os.read(self.master, 65536))
            except OSError:  # the program has ended
                break
        return self.output

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + 20
        while text not in self.read():
            assert time.monotonic() < end, self.output[-1000:]

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> int:
        """Return the exit code; the program must end by itself."""
        end = time.monotonic() + 20
        while self.process.poll() is None:
            assert time.monotonic() < end, self.read()[-1000:]
            self.read()
        self.read()
        os.close(self.master)
        return self.process.returncode


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Thirty contacts."""
    for name in ("PAGER", "LESS", "CARDCRM_PAGER", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CARDCRM_DB", str(tmp_path / "cards.db"))
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    for number in range(29):
        assert main(["add", f"Ann{chr(65 + number % 26)}{number} Abel"]) == 0
    assert main(["add", LAST]) == 0
    return


@needs_less
def test_long_output_stops_after_a_screen_until_the_user_goes_on() -> None:
    terminal = Terminal(*COMMAND)
    terminal.wait_for("\r\n:")  # the prompt of less
    assert LAST not in terminal.read()
    assert "\x1b[" in terminal.output  # colors, as without a pager
    assert "ESC[" not in terminal.output
    terminal.press("G")
    terminal.wait_for(LAST)
    assert terminal.process.poll() is None
    terminal.press("q")
    assert terminal.end() == 0


@needs_less
@pytest.mark.parametrize("options", ["-i", "-iM", "FX"])
def test_less_shows_colors_whatever_its_options_are(options: str) -> None:
    terminal = Terminal(*COMMAND, LESS=options)
    terminal.wait_for("Abel")
    terminal.press("q")
    assert terminal.end() == 0
    assert "ESC[" not in terminal.output


@needs_less
def test_leaving_the_pager_early_is_a_success() -> None:
    count = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 200000)"
    terminal = Terminal("db", "sql", f"{count} select i from n")
    terminal.wait_for("\r\n:")
    terminal.press("q")
    assert terminal.end() == 0
    assert "error" not in terminal.output


@needs_less
def test_the_interrupt_key_leaves_the_pager_open_and_the_terminal_sound() -> None:
    terminal = Terminal(*COMMAND)
    terminal.wait_for("\r\n:")
    terminal.press("\x03")
    time.sleep(0.2)
    assert terminal.process.poll() is None
    terminal.press("G")
    terminal.wait_for(LAST)
    terminal.press("q")
    assert terminal.end() == 0
    assert "Traceback" not in terminal.output


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        ((*COMMAND, "--no-pager"), {}),
        (("--no-pager", *COMMAND), {}),
        (COMMAND, {"PAGER": "cat"}),
        (COMMAND, {"PAGER": ""}),
        (COMMAND, {"CARDCRM_PAGER": "none", "PAGER": "less"}),
        (COMMAND, {"TERM": "dumb"}),
        (COMMAND, {"PAGER": "/no/such/program"}),
        (COMMAND, {"PAGER": "less 'unfinished"}),
        (("find", "zara"), {}),
    ],
    ids=["after", "before", "cat", "empty", "setting", "dumb", "missing", "quote", "short"],
)
def test_output_is_shown_as_it_is_without_a_pager(
    words: tuple[str, ...], environment: dict[str, str]
) -> None:
    terminal = Terminal(*words, **environment)
    assert terminal.end() == 0
    assert LAST in terminal.output


def test_the_pager_of_the_setting_gets_the_whole_output(tmp_path: Path) -> None:
    program = tmp_path / "my pager"
    program.write_text(f'#!/bin/sh\ncat > "{tmp_path}/paged"\n')
    program.chmod(0o755)
    terminal = Terminal(*COMMAND, CARDCRM_PAGER=f'"{program}"', PAGER="cat")
    assert terminal.end() == 0
    paged = (tmp_path / "paged").read_text()
    assert paged.count("Abel") == 29
    assert LAST in paged


def test_a_pipe_never_gets_a_pager(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cardcrm", *COMMAND],
        env={**os.environ, "PYTHONPATH": SOURCE, "PAGER": f"touch {tmp_path}/started"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert LAST in done.stdout
    assert not (tmp_path / "started").exists()
