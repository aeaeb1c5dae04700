"""Run a program in a pseudo-terminal: record its output with times, and what its screen shows.

Output is recorded first and interpreted (by pyte) afterwards, so that the interpretation takes no
time from the measured program.
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

import pyte

COLUMNS, LINES = 100, 30
TIMEOUT = 30.0  # seconds to wait for a program that keeps writing
# pyte prints private sequences with a "<", "=" or ">" (keyboard protocols) as text.
_PRIVATE = re.compile(r"\x1b\[[<=>][0-9;:]*[a-zA-Z]")
_INCOMPLETE = re.compile(r"\x1b(\[[0-?]*[ -/]*)?\Z")

Lines = tuple[str, ...]
Frame = tuple[float, Lines]  # seconds of the performance counter, and what the screen showed then


class Screen:
    """The characters on a terminal screen, without their colors."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.Stream(self._screen)
        self._incomplete = ""

    def feed(self, output: str) -> None:
        """Interpret a program's output; an escape sequence may arrive in several pieces."""
        text = self._incomplete + output
        found = _INCOMPLETE.search(text)
        self._incomplete = found[0] if found else ""
        self._stream.feed(_PRIVATE.sub("", text.removesuffix(self._incomplete)))

    @property
    def is_empty(self) -> bool:
        """True while the screen shows nothing."""
        return not any(line.strip() for line in self.lines)

    @property
    def lines(self) -> Lines:
        """All lines of the screen, padded to its width."""
        return tuple(self._screen.display)


class Terminal:
    """A program started in a pseudo-terminal. Times are seconds of the performance counter."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str]) -> None:
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(self.master, (LINES, COLUMNS))
        self.screen = Screen()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            words, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={
                **env, "TERM": "xterm-256color", "COLORTERM": "truecolor",
                "LINES": str(LINES), "COLUMNS": str(COLUMNS),  # otherwise those of the caller count
            },
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )  # fmt: skip
        os.close(slave)

    def press(self, keys: str) -> float:
        """Type keys and return the time."""
        now = time.perf_counter()
        os.write(self.master, keys.encode())
        return now

    def wait_until_idle(self, quiet: float) -> list[Frame]:
        """Read until nothing was written for ``quiet`` seconds and return every state shown."""
        frames = []
        for when, data in self._read(quiet):
            self.screen.feed(self._decoder.decode(data))
            frames.append((when, self.screen.lines))
        return frames

    def wait_for_output(self, quiet: float) -> list[Frame]:
        """Wait until the screen shows anything, then until it is idle; return every state."""
        frames: list[Frame] = []
        while self.screen.is_empty and time.perf_counter() - self.started < TIMEOUT:
            frames += self.wait_until_idle(quiet)
        return frames

    def _read(self, quiet: float) -> list[tuple[float, bytes]]:
        start = time.perf_counter()
        chunks: list[tuple[float, bytes]] = []
        while time.perf_counter() - start < TIMEOUT:
            if not select.select([self.master], [], [], quiet)[0]:
                break
            try:
                data = os.read(self.master, 1 << 16)
            except OSError:  # the program has ended
                break
            chunks.append((time.perf_counter(), data))
        return chunks

    def memory(self) -> dict[str, float]:
        """Return the MiB of the process by Linux's names for them; nothing on other systems."""
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


def time_to_show(
    since: float, frames: Sequence[Frame], part: Callable[[Lines], object]
) -> float | None:
    """Return the milliseconds until a part of the screen first showed its final content.

    None means that nothing was written.
    """
    if not frames:
        return None
    final = part(frames[-1][1])
    first = next(when for when, lines in frames if part(lines) == final)
    return (first - since) * 1000
