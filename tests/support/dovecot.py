"""A real IMAP server on loopback: Dovecot with one password, for a folder of its own."""

import contextlib
import getpass
import grp
import imaplib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support.mail_servers import free_port

PASSWORD = "secret"
USER = "ann@example.org"
PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
MISSING = "Dovecot is not installed (apt-get install dovecot-imapd)"

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
listen = 127.0.0.1
protocols = imap
{encryption}
disable_plaintext_auth = no
auth_mechanisms = plain xoauth2
{users}
mail_location = maildir:{folder}/mail
first_valid_uid = 0
first_valid_gid = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
"""


class ImapServer(NamedTuple):
    """A running server."""

    port: int
    folder: Path
    tls_port: int = 0

    @contextlib.contextmanager
    def login(self) -> Iterator[imaplib.IMAP4]:
        """Yield a connection, to put messages into folders."""
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login(USER, PASSWORD)
        try:
            yield client
        finally:
            client.logout()

    def deliver(self, *messages: bytes, folder: str = "INBOX") -> None:
        """Append messages to a folder."""
        with self.login() as client:
            for each in messages:
                data = each.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
                status, answer = client.append(folder, "", "", data)
                assert status == "OK", answer

    def renumber(self) -> None:
        """Give the INBOX another UIDVALIDITY, as a server does that was restored."""
        file = self.folder / "mail/dovecot-uidlist"
        head, _, rest = file.read_text().partition("\n")
        file.write_text(
            re.sub(r"V(\d+)", lambda found: f"V{int(found[1]) + 1}", head) + f"\n{rest}"
        )
        for each in file.parent.glob("dovecot.index*"):
            each.unlink()

    def settings(self, name: str = "") -> dict[str, str]:
        """Return the settings of an account on this server."""
        prefix = f"account.{name}." if name else "mail.imap-"
        values = {
            "host": "127.0.0.1",
            "port": str(self.port),
            "security": "none",
            "user": USER,
            "password-command": f"echo {PASSWORD}",
        }
        return {prefix + key: value for key, value in values.items()}


@contextlib.contextmanager
def run_dovecot(certificate: Path | None = None) -> Iterator[ImapServer]:
    """Run a server in the foreground until the end of the block, with TLS if it has a certificate.

    Its folder is not one of pytest, which takes the rights of other users from those.
    """
    with (
        tempfile.TemporaryDirectory(prefix="dovecot") as folder,
        _run(Path(folder), certificate) as server,
    ):
        yield server


def _encryption(certificate: Path | None) -> str:
    if certificate is None:
        return "ssl = no"
    return f"ssl = yes\nssl_cert = <{certificate}/cert.pem\nssl_key = <{certificate}/key.pem"


@contextlib.contextmanager
def _run(folder: Path, certificate: Path | None) -> Iterator[ImapServer]:
    assert PROGRAM is not None
    port, tls_port = free_port(), free_port() if certificate else 0
    user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    users = f"default_internal_user = {user}\ndefault_login_user = {user}\n"
    users += f"default_internal_group = {group}"
    if user == "root":  # which must not read mail: the users of the package do
        user, group, users = "nobody", "nogroup", ""
    for each in ("run", "home", "mail"):
        (folder / each).mkdir(parents=True)
        shutil.chown(folder / each, user, group)
    folder.chmod(0o755)
    file = folder / "dovecot.conf"
    file.write_text(
        _CONFIGURATION.format(
            folder=folder,
            port=port,
            tls_port=tls_port,
            encryption=_encryption(certificate),
            password=PASSWORD,
            user=user,
            group=group,
            users=users,
        )
    )
    process = subprocess.Popen([PROGRAM, "-F", "-c", str(file)], stderr=subprocess.DEVNULL)
    try:
        _await_greeting(port, folder)
        yield ImapServer(port, folder, tls_port)
    finally:
        process.terminate()
        process.wait(10)


def _await_greeting(port: int, folder: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        assert time.monotonic() < deadline, (folder / "log").read_text()
        time.sleep(0.05)
