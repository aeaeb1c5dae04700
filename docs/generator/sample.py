"""Run commands on the sample database, with a fixed clock and environment."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from docs.generator.lists import NOW


@contextlib.contextmanager
def sample_database() -> Iterator[Path]:
    """Create the sample database in a temporary folder and make it the default database."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "petal-and-stem.db"
        for name in [name for name in os.environ if name.startswith("CARDCRM_")]:
            del os.environ[name]
        os.environ |= {
            "CARDCRM_NOW": NOW,
            "CARDCRM_TIMEZONE": "Europe/London",
            "CARDCRM_CONFIG": os.devnull,
            "CARDCRM_USER": "rosa",
        }
        try:
            run("demo", "--path", str(path))
            os.environ["CARDCRM_DB"] = str(path)
            yield path
        finally:
            os.environ.clear()
            os.environ.update(before)


def run(*words: str) -> str:
    """Run a command and return its standard output."""
    from cardcrm.cli.run import main

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main(list(words))
    if code:
        raise SystemExit(f"cardcrm {' '.join(words)} exited with {code}")
    return out.getvalue()


def run_on_terminal(words: Sequence[str], answers: Sequence[str], width: int) -> str:
    """Run a command on a terminal, and return what it shows with the answers that are typed."""
    import pty
    import termios

    terminal, end = pty.openpty()
    termios.tcsetwinsize(end, (24, width))
    command = [sys.executable, "-m", "cardcrm", *words]
    shown = ""
    with subprocess.Popen(command, stdin=end, stdout=end, stderr=end) as program:
        os.close(end)
        rest = iter(answers)
        while read := _read_on(terminal):
            shown += read
            if shown.endswith("> "):
                os.write(terminal, f"{next(rest)}\n".encode())
    os.close(terminal)
    if program.returncode:
        raise SystemExit(f"cardcrm {' '.join(words)} exited with {program.returncode}")
    return shown.replace("\r\n", "\n")


def _read_on(terminal: int) -> str:
    """Return what a program has written to its terminal since; nothing after its end."""
    try:
        return os.read(terminal, 4096).decode()
    except OSError:  # Linux has no end of file here
        return ""
