"""Nothing is sent to a mail server that is not the right one, and no password goes out."""

import contextlib
import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.mail import outbox
from cardcrm.store import open_store
from tests.support.certificates import create_authority, create_certificate, load_context
from tests.support.databases import Location
from tests.support.dovecot import MISSING, PROGRAM, USER, run_dovecot
from tests.support.dovecot import PASSWORD as IMAP_PASSWORD
from tests.support.mail_servers import Received, free_port

PASSWORD = "correct horse"
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Certificates by what is wrong with them; only the authority of the first ones is trusted."""
    folder = tmp_path_factory.mktemp("tls")
    authority = create_authority(folder / "authority")
    return {
        "authority": authority,
        "good": create_certificate(folder / "good", authority),
        "expired": create_certificate(folder / "expired", authority, days=-1),
        "other host": create_certificate(folder / "other", authority, "DNS:mail.example.com"),
        "self-signed": create_authority(folder / "self"),
    }


FAULTS = [
    ("expired", "certificate has expired", "Check the date of this computer"),
    ("other host", "certificate is not valid for", "name of the server that your provider gives"),
    ("self-signed", "self-signed certificate", "SSL_CERT_FILE=FILE"),
]


@pytest.fixture
def location(tmp_path: Path) -> Path:
    """The place of a database on SQLite: connections to mail servers are the same on both."""
    return tmp_path / "cards.db"


class Logins:
    """The logins that a server was sent."""

    def __init__(self) -> None:
        self.count = 0

    def check(self, *_: object) -> AuthResult:
        """Accept any."""
        self.count += 1
        return AuthResult(success=True)


@contextlib.contextmanager
def serve_smtp(security: str, certificate: Path) -> Iterator[tuple[Received, Logins, int]]:
    """Run a server that demands TLS and a login."""
    received, logins, port = Received(), Logins(), free_port()
    context = load_context(certificate)
    tls = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    controller = Controller(
        received,
        hostname="127.0.0.1",
        port=port,
        authenticator=logins.check,
        auth_require_tls=security == "starttls",
        **tls,
    )
    # The controller connects once to see that the server runs, and trusts no certificate.
    controller._trigger_server = lambda: _connect(port)  # type: ignore[method-assign]
    controller.start()
    try:
        yield received, logins, port
    finally:
        controller.stop(no_assert=True)


def _connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port)).close()


@pytest.fixture
def queued(cli_location: Location, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Queue a mail to Jane; return a function that returns the statuses of the outbox."""
    store = open_store(cli_location, create=True)
    points = (ContactPointDraft("email", "jane@example.com"),)
    jane = contacts.add(store, ContactDraft(name="Jane", points=points))
    draft = outbox.Draft(jane.id, "jane@example.com", "Subject", "Dear Jane")
    outbox.enqueue(store, [draft], "example.com")
    store.close()
    for name, value in {
        "HOST": "127.0.0.1",
        "FROM": "me@example.com",
        "USER": "me@example.com",
        "PASSWORD_COMMAND": f"echo {PASSWORD}",
    }.items():
        monkeypatch.setenv(f"CARDCRM_MAIL_{name}", value)

    def list_statuses() -> list[str]:
        opened = open_store(cli_location)
        found = opened.rows("SELECT status, attempts FROM message ORDER BY id")
        opened.close()
        return [f"{row[0]} {row[1]}" for row in found]

    return list_statuses


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(("fault", "message", "remedy"), FAULTS)
def test_nothing_is_sent_to_a_server_whose_certificate_is_wrong(
    typed: Typed,
    queued: Callable[[], list[str]],
    certificates: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    security: str,
    fault: str,
    message: str,
    remedy: str,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["authority"] / "cert.pem"))
    monkeypatch.setenv("CARDCRM_MAIL_SECURITY", security)
    with serve_smtp(security, certificates[fault]) as (received, logins, port):
        monkeypatch.setenv("CARDCRM_MAIL_PORT", str(port))
        code, out, err = typed("mail", "run")
    assert (code, logins.count, received.recipients.total()) == (6, 0, 0)
    assert message in err
    assert remedy in err
    assert PASSWORD not in out + err
    assert queued() == ["queued 0"]
    with serve_smtp(security, certificates["good"]) as (received, logins, port):
        monkeypatch.setenv("CARDCRM_MAIL_PORT", str(port))
        assert typed("mail", "run")[0] == 0
    assert (logins.count, received.recipients.total(), queued()) == (1, 1, ["sent 1"])


@pytest.mark.skipif(PROGRAM is None, reason=MISSING)
@pytest.mark.parametrize(("fault", "message", "remedy"), FAULTS)
def test_nothing_is_fetched_from_a_server_whose_certificate_is_wrong(
    typed: Typed,
    certificates: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    message: str,
    remedy: str,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["authority"] / "cert.pem"))
    set_account(typed)
    with run_dovecot(certificates[fault]) as server:
        for security, port in (("starttls", server.port), ("tls", server.tls_port)):
            typed("config", "set", "mail.imap-security", security)
            typed("config", "set", "mail.imap-port", str(port))
            code, out, err = typed("mail", "fetch")
            assert code == 6
            assert message in err
            assert remedy in err
            assert IMAP_PASSWORD not in out + err
        assert USER not in (server.folder / "log").read_text()


@pytest.mark.skipif(PROGRAM is None, reason=MISSING)
def test_mail_is_fetched_over_a_trusted_connection(
    typed: Typed, certificates: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["authority"] / "cert.pem"))
    set_account(typed)
    with run_dovecot(certificates["good"]) as server:
        for security, port in (("starttls", server.port), ("tls", server.tls_port)):
            typed("config", "set", "mail.imap-security", security)
            typed("config", "set", "mail.imap-port", str(port))
            assert typed("mail", "fetch")[0] == 0
        assert USER in (server.folder / "log").read_text()


def set_account(typed: Typed) -> None:
    """Name the main account."""
    for name, value in {
        "host": "127.0.0.1",
        "user": USER,
        "password-command": f"echo {IMAP_PASSWORD}",
    }.items():
        assert typed("config", "set", f"mail.imap-{name}", value)[0] == 0


# Servers that take the encryption away


@contextlib.contextmanager
def answer(greeting: str, reply: Callable[[str], str]) -> Iterator[tuple[list[str], int]]:
    """Run a server that answers each line in clear text; lend the lines and its port."""
    heard: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(f"{greeting}\r\n".encode())
            with contextlib.suppress(ConnectionError):
                while line := self.rfile.readline():
                    heard.append(line.decode("latin-1").strip())
                    self.wfile.write(f"{reply(heard[-1])}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield heard, server.server_address[1]
        server.shutdown()
        thread.join()


def speak_smtp(line: str) -> str:
    return "250-host\r\n250 AUTH PLAIN LOGIN" if line.upper().startswith("EHLO") else "235 fine"


def test_nothing_is_sent_when_the_offer_of_encryption_is_removed(
    typed: Typed, queued: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDCRM_MAIL_SECURITY", "starttls")
    with answer("220 ready", speak_smtp) as (heard, port):
        monkeypatch.setenv("CARDCRM_MAIL_PORT", str(port))
        code, _, err = typed("mail", "run", "--json")
    assert code == 6
    assert "does not offer encryption" in err
    assert "set mail.security to tls" in err
    assert [each.split()[0].upper() for each in heard] == ["EHLO"]
    assert queued() == ["queued 0"]


@pytest.mark.parametrize(
    ("greeting", "capabilities", "result"),
    [
        ("* OK ready", "", "OK done"),
        ("* OK ready", "STARTTLS", "NO later"),
        ("* OK ready", "STARTTLS", "OK but no TLS follows"),
        ("* PREAUTH ready", "STARTTLS", "OK done"),
        ("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready", "", "OK done"),
    ],
)
def test_no_password_is_sent_to_an_imap_server_that_does_not_encrypt(
    typed: Typed,
    monkeypatch: pytest.MonkeyPatch,
    greeting: str,
    capabilities: str,
    result: str,
) -> None:
    monkeypatch.setattr("cardcrm.mail.imap.TIMEOUT", 1.0)

    def speak_imap(line: str) -> str:
        tag, _, command = line.partition(" ")
        if command == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1 AUTH=PLAIN {capabilities}\r\n{tag} OK done"
        return f"{tag} {result}"

    set_account(typed)
    typed("config", "set", "mail.imap-security", "starttls")
    with answer(greeting, speak_imap) as (heard, port):
        typed("config", "set", "mail.imap-port", str(port))
        code, out, err = typed("mail", "fetch", "--json")
    (account,) = json.loads(out)["accounts"]
    assert (code, account["read"]) == (6, 0)
    if not capabilities:
        assert "does not offer encryption" in account["error"]
    assert IMAP_PASSWORD not in "\n".join(heard) + out + err
    assert not any("LOGIN" in each or "AUTHENTICATE" in each for each in heard)
