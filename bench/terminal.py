"""A pseudo-terminal with a program in it: what it writes and when, and what then stands on it.

What is written is kept with its time and drawn afterwards, so that drawing takes no time from the
program that is measured.
"""

import codecs
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence

from cardcrm.text import cell_width

COLUMNS, LINES = 100, 30
LONGEST = 30.0  # seconds to wait for a program that does not come to rest
_TOKEN = re.compile(
    r"\x1b\[(?P<args>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\^-~]"
    r"|(?P<text>[^\x00-\x1f\x7f]+)|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])",
    re.DOTALL,
)

Drawing = tuple[str, ...]


class Glass:
    """What stands on the screen: letters without their colours."""

    def __init__(self) -> None:
        self.rows = [[" "] * COLUMNS for _ in range(LINES)]
        self.x = self.y = 0
        self._rest = ""

    def draw(self, written: str) -> None:
        """Take what a program wrote; an escape that is not whole yet waits for its end."""
        text = self._rest + written
        at = 0
        while found := _TOKEN.match(text, at):
            at = found.end()
            if found["text"]:
                self._print(found["text"])
            elif found["final"]:
                self._obey(found["final"], found["args"])
            elif found["control"]:
                self._control(found["control"])
        self._rest = text[at:]

    def _print(self, text: str) -> None:
        for letter in text:
            wide = cell_width(letter)
            if 0 <= self.y < LINES and 0 <= self.x < COLUMNS and wide:
                self.rows[self.y][self.x : self.x + wide] = [letter, *[""] * (wide - 1)]
            self.x += wide

    def _control(self, sign: str) -> None:
        if sign == "\n":
            self.y += 1
        elif sign == "\r":
            self.x = 0

    def _obey(self, final: str, args: str) -> None:
        if final == "H":
            line, _, column = args.partition(";")
            self.y, self.x = int(line or 1) - 1, int(column or 1) - 1
        elif final == "J":
            self.rows = [[" "] * COLUMNS for _ in range(LINES)]

    @property
    def is_filled(self) -> bool:
        """Whether anything stands on it."""
        return any(letter.strip() for row in self.rows for letter in row)

    @property
    def drawing(self) -> Drawing:
        """All lines."""
        return tuple(map("".join, self.rows))


class Terminal:
    """A terminal in which a program was started; times are seconds of the performance counter."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str]) -> None:
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(self.master, (LINES, COLUMNS))
        self.glass = Glass()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            words, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**env, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )  # fmt: skip
        os.close(slave)

    def press(self, keys: str) -> float:
        """Type; when that was."""
        now = time.perf_counter()
        os.write(self.master, keys.encode())
        return now

    def settle(self, quiet: float) -> list[tuple[float, Drawing]]:
        """Read until nothing was written for so long: each time and what stood there then."""
        shown = []
        for when, data in self._read(quiet):
            self.glass.draw(self._decoder.decode(data))
            shown.append((when, self.glass.drawing))
        return shown

    def appear(self, quiet: float) -> list[tuple[float, Drawing]]:
        """The same, once anything can be seen at all."""
        shown: list[tuple[float, Drawing]] = []
        while not self.glass.is_filled and time.perf_counter() - self.started < LONGEST:
            shown += self.settle(quiet)
        return shown

    def _read(self, quiet: float) -> list[tuple[float, bytes]]:
        begun = time.perf_counter()
        chunks: list[tuple[float, bytes]] = []
        while time.perf_counter() - begun < LONGEST:
            if not select.select([self.master], [], [], quiet)[0]:
                break
            try:
                data = os.read(self.master, 1 << 16)
            except OSError:  # the program has ended
                break
            chunks.append((time.perf_counter(), data))
        return chunks

    def memory(self) -> dict[str, float]:
        """MiB of the process by the names that Linux gives them; empty elsewhere."""
        found: dict[str, float] = {}
        for name in ("status", "smaps_rollup"):
            with contextlib.suppress(OSError), open(f"/proc/{self.process.pid}/{name}") as file:
                pairs = (line.split() for line in file if line.endswith(" kB\n"))
                found |= {words[0].rstrip(":"): int(words[1]) / 1024 for words in pairs}
        return found

    def close(self) -> None:
        """End the program and wait for it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGTERM)
        self._read(0.2)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.master)


def reached(
    since: float, shown: Sequence[tuple[float, Drawing]], part: Callable[[Drawing], object]
) -> float | None:
    """Milliseconds until a part of the screen stood as it stayed; None if nothing was written."""
    if not shown:
        return None
    last = part(shown[-1][1])
    first = next(when for when, drawing in shown if part(drawing) == last)
    return (first - since) * 1000
