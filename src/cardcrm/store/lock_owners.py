"""The programs that lock a file, from Linux's table of locks."""

import os
from pathlib import Path


def find_lock_owners(
    path: Path, locks: Path = Path("/proc/locks"), *, readers: bool = False
) -> list[str]:
    """Return the other programs that write to a database, as 'name (process 12)'.

    With ``readers`` also those that have it open. They hold locks on the file or on its shared
    memory. The result is empty where the system has no such table or forbids reading it.
    """
    try:
        inodes = {
            each.stat().st_ino
            for each in (path, path.with_name(path.name + "-shm"))
            if each.exists()
        }
        table = locks.read_text()
    except OSError:
        return []
    kinds = ("WRITE", "READ") if readers else ("WRITE",)
    processes = {
        process
        for kind, process, inode in map(_parse_line, table.splitlines())
        if kind in kinds and inode in inodes and process > 0 and process != os.getpid()
    }
    return [f"{_program_name(process)} (process {process})" for process in sorted(processes)]


def _parse_line(line: str) -> tuple[str, int, int]:
    """Return kind, process and inode of '1: POSIX ADVISORY WRITE 712 08:01:1234 120 120'."""
    words = line.replace("->", " ").split()
    try:
        return words[3], int(words[4]), int(words[5].rsplit(":", 1)[1])
    except (ValueError, IndexError):
        return "", 0, 0


def _program_name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip() or "a program"
    except OSError:
        return "a program"
