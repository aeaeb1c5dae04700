"""A Radicale server on loopback, and the programs that carry a folder to it and read it."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_BIN = Path(sys.executable).parent
_WAIT = 30  # seconds until the server answers


class CalendarServer:
    """A server with the collections that tests make on it."""

    def __init__(self, port: int) -> None:
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def request(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with suppress(KeyError):
            headers["Authorization"] = "Basic YW5uOmFubg=="  # ann:ann
        connection.request(method, path, body.encode(), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def make_collection(self, path: str, kind: str) -> None:
        """Make a collection for contacts (CR:addressbook) or a calendar (C:calendar)."""
        body = (
            '<?xml version="1.0"?><create xmlns="DAV:" '
            'xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav">'
            f"<set><prop><resourcetype><collection/><{kind}/></resourcetype></prop></set></create>"
        )
        body = body.replace("create xmlns", "mkcol xmlns").replace("</create>", "</mkcol>")
        status, text = self.request("MKCOL", path, body)
        assert status == 201, text


@contextmanager
def serve(folder: Path) -> Iterator[CalendarServer]:
    """Run a server that keeps its data in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [_BIN / "radicale", "--config", "", "--server-hosts", f"127.0.0.1:{port}"]
    command += ["--storage-filesystem-folder", folder, "--auth-type", "none"]
    log = (folder.parent / "radicale.log").open("w")
    process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
    server = CalendarServer(port)
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def _wait_for(server: CalendarServer, process: "subprocess.Popen[Any]") -> None:
    end = time.monotonic() + _WAIT
    while time.monotonic() < end:
        assert process.poll() is None, "the server has ended"
        with suppress(OSError):
            server.request("GET", "/")
            return
        time.sleep(0.1)
    raise TimeoutError("the server does not answer")


def run_program(name: str, *words: str | Path, folder: Path, typed: str = "") -> str:
    """Run a program with a home folder of its own, and return its output."""
    env = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "LC_ALL": "C.UTF-8"}
    env["XDG_DATA_HOME"] = env["XDG_STATE_HOME"] = env["XDG_CACHE_HOME"] = str(folder)
    found = subprocess.run(
        [str(_BIN / name), *map(str, words)],
        env=env,
        input=typed,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


VDIRSYNCER = """
[general]
status_path = "{folder}/status"

[pair phone]
a = "local"
b = "server"
collections = null
conflict_resolution = "b wins"

[storage local]
type = "filesystem"
path = "{path}"
fileext = "{ending}"

[storage server]
type = "{protocol}"
url = "{url}"
username = "ann"
password = "ann"
"""


def carry(folder: Path, path: Path, url: str, *, calendar: bool = False) -> None:
    """Let vdirsyncer bring a folder and a collection of the server in step."""
    folder.mkdir(exist_ok=True)
    config = folder / "vdirsyncer.conf"
    protocol, ending = ("caldav", ".ics") if calendar else ("carddav", ".vcf")
    config.write_text(
        VDIRSYNCER.format(folder=folder, path=path, url=url, protocol=protocol, ending=ending)
    )
    run_program("vdirsyncer", "-c", config, "discover", folder=folder, typed="y\n" * 4)
    run_program("vdirsyncer", "-c", config, "sync", folder=folder)
