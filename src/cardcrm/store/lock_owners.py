"""Who holds a locked file, where the system tells: on Linux, from its table of locks."""

import os
from pathlib import Path


def holders(path: Path, locks: Path = Path("/proc/locks"), *, readers: bool = False) -> list[str]:
    """The other programs that write (or ``readers``: have open) a box, as 'name (process 12)'.

    They hold locks on its file or its shared memory. Empty where the system has no such table or
    will not tell.
    """
    try:
        wanted = {
            beside.stat().st_ino
            for beside in (path, path.with_name(path.name + "-shm"))
            if beside.exists()
        }
        table = locks.read_text()
    except OSError:
        return []
    kinds = ("WRITE", "READ") if readers else ("WRITE",)
    pids = {
        pid
        for kind, pid, inode in map(_entry, table.splitlines())
        if kind in kinds and inode in wanted and pid > 0 and pid != os.getpid()
    }
    return [f"{_program(pid)} (process {pid})" for pid in sorted(pids)]


def _entry(line: str) -> tuple[str, int, int]:
    """The kind of lock, process and inode of '1: POSIX ADVISORY WRITE 712 08:01:1234 120 120'."""
    words = line.replace("->", " ").split()
    try:
        return words[3], int(words[4]), int(words[5].rsplit(":", 1)[1])
    except (ValueError, IndexError):
        return "", 0, 0


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() or "a program"
    except OSError:
        return "a program"
