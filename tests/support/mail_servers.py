"""SMTP servers for tests: one in a process of its own, and one that follows a script."""

import contextlib
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from email import message_from_bytes
from email.message import Message

import pytest
from aiosmtpd.controller import Controller


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Received:
    """The mails that a server accepted, by Message-ID and by recipient."""

    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()
        self.recipients: Counter[str] = Counter()

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        """Accept a mail."""
        mail = message_from_bytes(envelope.content)
        self.ids[mail["Message-ID"].strip("<>")] += 1
        self.recipients.update(envelope.rcpt_tos)
        return "250 OK"


@contextlib.contextmanager
def receive() -> Iterator[tuple[Received, int]]:
    """Run a server in a thread; lend what it received and its port."""
    received, port = Received(), free_port()
    controller = Controller(received, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield received, port
    finally:
        controller.stop(no_assert=True)


class NewMail:
    """Takes mail, and hands out what came since the last time: recipients with their mails."""

    def __init__(self) -> None:
        self.new: list[tuple[str, Message]] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        """Accept a mail."""
        self.new.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content)))
        return "250 OK"

    def take(self) -> list[tuple[str, Message]]:
        """Return the mails that came since the last time."""
        found, self.new = self.new, []
        return found


@contextlib.contextmanager
def deliver_to(patch: pytest.MonkeyPatch, sender: str) -> Iterator[NewMail]:
    """Run a server in a thread, and make it the one that the program sends mail to."""
    handler, port = NewMail(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    given = {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none", "FROM": sender,
             "OWN": sender}  # fmt: skip
    for name, value in given.items():
        patch.setenv(f"CARDCRM_MAIL_{name}", value)
    try:
        yield handler
    finally:
        controller.stop(no_assert=True)


class _Script(socketserver.ThreadingTCPServer):
    """A server that answers as a script says; “drop” closes the connection, “silence” waits."""

    allow_reuse_address = daemon_threads = True
    answers: Mapping[str, Sequence[str]]
    accepted: list[bytes]
    used: Counter[str]
    over: threading.Event


_USUAL = {
    "connect": "220 ready",
    "EHLO": "250 host",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "text": "250 accepted",
    "RSET": "250 ok",
    "QUIT": "221 bye",
    "AUTH": "235 ok",
}


class _Handler(socketserver.StreamRequestHandler):
    server: _Script

    def handle(self) -> None:
        if not self._answer("connect"):
            return
        while line := self.rfile.readline():
            verb = line.split()[0].decode().upper()
            if not self._answer(verb) or verb == "QUIT":
                return
            if verb == "DATA" and self._is_reading_text:
                self._read_text()
                if not self._answer("text"):
                    return

    def _read_text(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self._text = b"".join(lines)

    def _answer(self, phase: str) -> bool:
        given = self.server.answers.get(phase, ())
        number = self.server.used[phase]
        self.server.used[phase] += 1
        answer = given[number] if number < len(given) else _USUAL.get(phase, "502 unknown")
        self._is_reading_text = answer.startswith("354")
        if phase == "text" and answer in ("drop after accepting", _USUAL["text"]):
            self.server.accepted.append(self._text)
        if answer.startswith("drop"):
            return False
        if answer == "silence":
            self.server.over.wait()
            return False
        for line in answer.split("\n"):
            self.wfile.write(f"{line}\r\n".encode())
        return True


@contextlib.contextmanager
def follow_script(**answers: Sequence[str]) -> Iterator[tuple[list[bytes], int]]:
    """Run a server that gives these answers by phase, then the usual ones.

    Lend the mails that it accepted and its port.
    """
    with _Script(("127.0.0.1", 0), _Handler) as server:
        server.answers, server.accepted, server.used = answers, [], Counter()
        server.over = threading.Event()
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.accepted, server.server_address[1]
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
