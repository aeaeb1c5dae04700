"""Mail out: one message in text and HTML, handed to the configured SMTP server."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cardcrm.config import Config
from cardcrm.errors import CardcrmError, ServiceError, UsageError
from cardcrm.text import normalize_line, sanitize

if TYPE_CHECKING:
    import datetime as dt
    import smtplib
    from email.message import EmailMessage

TIMEOUT = 30.0  # seconds for each answer of the server
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_HERE = ("localhost", "127.0.0.1", "::1")
_ADDRESS = r"[^\s@<>,;:\"()\[\]\\\x00-\x20\x7f-\x9f]+@[^\s@<>,;:\"()\\\x00-\x20\x7f-\x9f]+"
_UNTOUCHED = "The cards are untouched."


@dataclass(frozen=True)
class SmtpServer:
    """The SMTP server and how to reach it; no ``user`` is no login."""

    host: str
    port: int
    security: str
    user: str
    sender: str
    password_command: str = field(default="", repr=False)


def configure_server(config: Config) -> SmtpServer:
    """The server that the settings name. Raises UsageError where they do not suffice."""
    host, user = config.get("mail.host"), config.get("mail.user")
    if not host:
        raise UsageError(
            "no mail server is set", "For example: cardcrm config set mail.host mail.example.com"
        )
    sender = config.get("mail.from") or (user if "@" in user else "")
    if not sender:
        raise UsageError(
            "no sender is set", "For example: cardcrm config set mail.from me@example.com"
        )
    security = config.get("mail.security")
    port = int(config.number("mail.port")) or _PORTS[security]
    if not 0 < port < 65536:
        raise UsageError(f"mail.port is {port}, which is no port", "From 1 to 65535.")
    command = config.get("mail.password-command")
    return SmtpServer(host, port, security, user, validate_address(sender), command)


def validate_address(text: str) -> str:
    """A bare mail address. Raises UsageError for anything that could be more than one."""
    if len(text) > 254 or not re.fullmatch(_ADDRESS, text):
        raise UsageError(
            f"“{sanitize(text)}” is no mail address", "Write it like jane@example.com."
        )
    return text


def build_message(
    sender: str, to: Sequence[str], subject: str, text: str, html: str, now: "dt.datetime"
) -> "EmailMessage":
    """A mail in text and HTML, marked as written by a program.

    Raises UsageError for an address that is none.
    """
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import format_datetime, make_msgid

    mail = EmailMessage(policy=SMTP)
    mail["From"] = validate_address(sender)
    mail["To"] = ", ".join(map(validate_address, to))
    mail["Subject"] = normalize_line(sanitize(subject))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=_ascii(sender.rpartition("@")[2]))
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


def _ascii(domain: str) -> str:
    return domain if domain.isascii() else "localhost"


def send(where: SmtpServer, mail: "EmailMessage", password: str = "") -> None:
    """Hand a mail to the server. Raises ServiceError, saying what became of it."""
    if where.user and where.security == "none" and where.host not in _HERE:
        raise UsageError(
            "the mail password would travel in the clear",
            "Set mail.security to starttls or tls, or take out mail.user.",
        )
    with _explained(where), _connected(where) as connection:
        if where.user:
            connection.login(where.user, password)
        refused = connection.send_message(mail)
    if refused:
        raise ServiceError(
            f"{where.host} refused to take mail for {', '.join(map(sanitize, refused))}",
            f"The others were sent theirs. {_UNTOUCHED}",
        )


@contextlib.contextmanager
def _connected(where: SmtpServer) -> "Iterator[smtplib.SMTP]":
    import smtplib
    import ssl

    if where.security == "tls":
        trust = ssl.create_default_context()
        with smtplib.SMTP_SSL(where.host, where.port, timeout=TIMEOUT, context=trust) as safe:
            yield safe
        return
    with smtplib.SMTP(where.host, where.port, timeout=TIMEOUT) as connection:
        if where.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        yield connection


@contextlib.contextmanager
def _explained(where: SmtpServer) -> Iterator[None]:
    """Every failure of the library as one clear line."""
    import smtplib

    try:
        yield
    except smtplib.SMTPException as error:
        raise _refusal(where, error) from error
    except OSError as error:
        raise _unreachable(where, error) from error


def _refusal(where: SmtpServer, error: "smtplib.SMTPException") -> CardcrmError:
    import smtplib

    sent = f"Nothing was sent. {_UNTOUCHED}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return ServiceError(
            f"{where.host} refused the login of {where.user}: {_said(error)}",
            f"Check mail.user and the password. {sent}",
        )
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        names = ", ".join(sanitize(each) for each in error.recipients)
        return ServiceError(f"{where.host} refused to take mail for {names}", sent)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return ServiceError(
            f"{where.host} refused mail from {where.sender}: {_said(error)}",
            f"Check mail.from. {sent}",
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return ServiceError(
            f"{where.host} cannot do what was asked: {sanitize(str(error))}",
            f"Check mail.security (it is {where.security}) and mail.user. {sent}",
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return ServiceError(f"{where.host} refused the mail: {_said(error)}", sent)
    return ServiceError(f"{where.host} ended the talk: {sanitize(str(error))}", sent)


def _said(error: "smtplib.SMTPResponseException") -> str:
    words = error.smtp_error
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return sanitize(f"{error.smtp_code} {text}")


def _unreachable(where: SmtpServer, error: OSError) -> ServiceError:
    import ssl

    place = f"{where.host}:{where.port}"
    sent = f"Nothing was sent. {_UNTOUCHED}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return ServiceError(
            f"the certificate of {place} is not to be trusted: {error.verify_message}",
            f"Check mail.host. {sent}",
        )
    if isinstance(error, ssl.SSLError):
        return ServiceError(
            f"no secure connection to {place}: {error.reason or error}",
            f"Check mail.port and mail.security (it is {where.security}). {sent}",
        )
    if isinstance(error, TimeoutError):
        return ServiceError(f"{place} did not answer in {TIMEOUT:.0f} seconds", sent)
    return ServiceError(
        f"the mail server {place} cannot be reached: {error.strerror or error}",
        f"Check mail.host, mail.port and the network. {sent}",
    )
