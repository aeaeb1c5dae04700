"""Who holds a locked file, where the system tells: on Linux, from its table of locks."""

from pathlib import Path


def holders(path: Path, locks: Path = Path("/proc/locks")) -> list[str]:
    """The programs holding a lock on a box or its shared-memory file, as 'name (process 12)'.

    Empty where the system has no such table or will not tell.
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
    pids = {pid for pid, inode in map(_entry, table.splitlines()) if inode in wanted and pid > 0}
    return [f"{_program(pid)} (process {pid})" for pid in sorted(pids)]


def _entry(line: str) -> tuple[int, int]:
    """The process and the inode of a line like '1: POSIX ADVISORY WRITE 712 08:01:1234 120 120'."""
    words = line.replace("->", " ").split()
    if len(words) < 6 or words[3] != "WRITE":
        return 0, 0
    try:
        return int(words[4]), int(words[5].rsplit(":", 1)[1])
    except (ValueError, IndexError):
        return 0, 0


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() or "a program"
    except OSError:
        return "a program"
