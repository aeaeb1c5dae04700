"""pgBouncer in front of a test server: many connections of clients share a few to the server."""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgresql import Server, free_port


@dataclass
class Pooler:
    """A running pgBouncer."""

    folder: Path
    port: int

    def url_of(self, database: str) -> str:
        """Return the address of a database behind it."""
        return f"postgresql://cardcrm@127.0.0.1:{self.port}/{database}"

    def read_log(self) -> str:
        """Return its log up to now."""
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "log").read_text()
        return ""

    def is_listening(self) -> bool:
        """Return whether its log says that it, and no other program, listens on the port."""
        return f"listening on 127.0.0.1:{self.port}" in self.read_log()

    def remove(self) -> None:
        """Stop it and delete its folder."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int((self.folder / "pid").read_text()), signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)


def find_pgbouncer() -> str | None:
    """Return the path of pgBouncer, or None where it is not installed."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def create_pooler(program: str, server: Server, mode: str, size: int) -> Pooler:
    """Start a pooler in a mode (session or transaction) with ``size`` connections to the server."""
    folder = Path(tempfile.mkdtemp(prefix="cardcrm-pool-"))
    if server.user is not None:
        shutil.chown(folder, server.user)
    pooler = Pooler(folder, free_port())
    (folder / "settings.ini").write_text(
        f"[databases]\n* = host={server.folder} port={server.port} user=cardcrm\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {pooler.port}\n"
        f"unix_socket_dir =\nauth_type = any\npool_mode = {mode}\n"
        f"default_pool_size = {size}\nlogfile = {folder}/log\npidfile = {folder}/pid\n"
    )
    server.run(program, "-d", folder / "settings.ini")
    # The command returns before the port is open.
    for _ in range(600):
        if pooler.is_listening():
            return pooler
        time.sleep(0.05)
    log = pooler.read_log()
    pooler.remove()
    raise RuntimeError(f"pgBouncer does not listen: {log or 'its log is empty'}")
