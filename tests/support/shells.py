"""Real shells in a pseudo-terminal, for tests that press Tab."""

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SOURCE = str(Path(__file__).parents[2] / "src")
SHELLS = ("bash", "zsh", "fish")
TIMEOUT = 60  # seconds

# Completes like the real program. Any other call writes its words to a file, and runs nothing.
_PROGRAM = """\
#!/bin/sh
if [ -n "$_CARDCRM_COMPLETE" ]; then exec {python} -m cardcrm "$@"; fi
for word in "$@"; do printf '%s\\0' "$word"; done > "$WORDS.new"
mv "$WORDS.new" "$WORDS"
"""
# Makes the pseudo-terminal the one that controls the shell, which fish requires.
_TAKE_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
_START = {
    "bash": ["bash", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
_LOAD = {
    "bash": 'eval "$(cardcrm-real --show-completion bash)"; PS1=; ',
    "zsh": "autoload -U compinit; compinit -D -u; "
    'eval "$(cardcrm-real --show-completion zsh)"; PS1=; ',
    "fish": "cardcrm-real --show-completion fish | source; ",
}


def missing(shell: str) -> str:
    """Return why a shell cannot be tested here, or nothing."""
    return "" if shutil.which(shell) else f"{shell} is not installed"


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Return an environment with `cardcrm` on the path, a database, and an empty home folder."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {
        **os.environ,
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": SOURCE,
        "CARDCRM_DB": str(folder / "cards.db"),
        "CARDCRM_CONFIG": "",
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
        "HISTFILE": "",
        "WORDS": str(folder / "words"),
        **variables,
    }


def write_programs(folder: Path) -> None:
    """Write `cardcrm`, which completes and otherwise records its words, and `cardcrm-real`."""
    (folder / "bin").mkdir(exist_ok=True)
    real = f'#!/bin/sh\nexec {sys.executable} -m cardcrm "$@"\n'
    for name, text in (
        ("cardcrm", _PROGRAM.format(python=sys.executable)),
        ("cardcrm-real", real),
    ):
        program = folder / "bin" / name
        program.write_text(text)
        program.chmod(0o755)


class Shell:
    """An interactive shell that runs in a folder of its own."""

    def __init__(self, folder: Path, terminal: int) -> None:
        self.folder = folder
        self.terminal = terminal
        self.shown = ""

    def type(self, text: str) -> None:
        """Type a text, with a tab for Tab and a return for Enter."""
        os.write(self.terminal, text.encode())

    def wait_for(self, text: str) -> None:
        """Read until the terminal has shown a text."""
        end = time.monotonic() + TIMEOUT
        while text not in self.shown:
            self._read(end)

    def words_of(self, typed: str) -> list[str]:
        """Return the words that `cardcrm` gets when a line is typed and sent."""
        file = self.folder / "words"
        file.unlink(missing_ok=True)
        end = time.monotonic() + TIMEOUT
        self.type(f"{typed}\r")
        while not file.exists():
            self._read(end)
        return file.read_text("utf-8").split("\0")[:-1]

    def _read(self, end: float) -> None:
        if time.monotonic() > end:
            raise TimeoutError(f"the shell shows: {self.shown[-2000:]!r}")
        if select.select([self.terminal], [], [], 0.02)[0]:
            self.shown += os.read(self.terminal, 65536).decode("utf-8", "replace")


@contextmanager
def open_shell(
    shell: str, folder: Path, start: Sequence[str] = (), load: str | None = None, **variables: str
) -> Iterator[Shell]:
    """Start a shell, load its completion, and stop it at the end."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))
    work = folder / "work"
    work.mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-c", _TAKE_TERMINAL, *(start or _START[shell])],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env=environment(folder, **variables),
        cwd=work,
        start_new_session=True,
    ) as process:
        os.close(inside)
        found = Shell(folder, terminal)
        try:
            found.type(f"{_LOAD[shell] if load is None else load}echo rea''dy\r")
            found.wait_for("ready\r\n")
            yield found
        finally:
            process.kill()
            os.close(terminal)
