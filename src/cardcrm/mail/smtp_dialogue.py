"""Deliver mails over one SMTP connection, and tell what the server answered in which phase.

Nothing is known of a mail whose final dot was sent and not answered: the server may have it.
"""

import contextlib
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from cardcrm.mail import smtp
from cardcrm.mail.smtp import SmtpServer
from cardcrm.text import sanitize

if TYPE_CHECKING:
    import smtplib

SENT, TEMPORARY, PERMANENT, UNKNOWN, UNSENT = (
    "sent", "temporary", "permanent", "unknown", "unsent",
)  # fmt: skip
_CLOSING: Final = 421  # the server ends the connection after this answer
_TOO_BIG: Final = 552  # the server refuses a mail of this size
# The codes of RFC 3463 for an address that does not exist; others refuse the mail or its sender.
_UNKNOWN_ADDRESS: Final = re.compile(r"5\d\d[ -]5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b")


class Answer(NamedTuple):
    """The result of a delivery, with the words of the server.

    A mail is ``unsent`` if the server takes no mail: it broke the connection, or refused the
    sender. It is ``temporary`` if the connection broke after the recipient was named, as a mail
    that some server always does that to must not hold up the others.
    """

    result: str
    words: str = ""

    @property
    def is_unknown_address(self) -> bool:
        """Return whether the server does not know the address."""
        return self.result == PERMANENT and bool(_UNKNOWN_ADDRESS.match(self.words))


class Dialogue:
    """A connection to a server that is opened when it is needed, and again after errors."""

    def __init__(self, server: SmtpServer, secret: str = "") -> None:
        self.server, self._secret = server, secret
        self._connection: smtplib.SMTP | None = None

    def deliver(self, address: str, content: bytes) -> Answer:
        """Deliver a mail to one address. Raises ServiceError if the server cannot be reached."""
        is_new = self._connection is None
        answer = self._attempt(address, content)
        if answer.result == UNSENT and not is_new and self._connection is None:
            return self._attempt(address, content)  # an idle connection was closed
        return answer

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            with contextlib.suppress(Exception):
                self._connection.quit()
        self._connection = None

    def open(self) -> "smtplib.SMTP":
        """Return the connection, opened if necessary. Raises ServiceError."""
        if self._connection is None:
            self._connection = smtp.open_connection(self.server, self._secret)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _attempt(self, address: str, content: bytes) -> Answer:
        import smtplib

        connection = self.open()
        try:
            refused = self._name_sender(connection, address, content)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Answer(UNSENT, _words(error))
        try:
            refused = refused or self._name_recipient(connection, address)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Answer(TEMPORARY, _words(error))
        return refused or self._send_text(connection, content)

    def _name_sender(
        self, connection: "smtplib.SMTP", address: str, content: bytes
    ) -> Answer | None:
        """Name the sender; return a refusal, or None."""
        host = self.server.host
        options = [f"size={len(content)}"] if connection.has_extn("size") else []
        most = _read_limit(connection)
        if most and len(content) > most:
            return Answer(PERMANENT, f"{host} accepts at most {most:,} bytes, not {len(content):,}")
        if not (address + self.server.sender).isascii():
            if not connection.has_extn("smtputf8"):
                return Answer(PERMANENT, f"{host} does not accept addresses that are not ASCII")
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        code, text = connection.mail(self.server.sender, options)
        if code == 250:
            return None
        refused = self._refuse(connection, code, text)
        is_final = refused.result == PERMANENT and code != _TOO_BIG
        return refused._replace(result=UNSENT) if is_final else refused

    def _name_recipient(self, connection: "smtplib.SMTP", address: str) -> Answer | None:
        """Name the recipient and ask to send the text; return a refusal, or None."""
        code, text = connection.rcpt(address)
        if code not in (250, 251):
            return self._refuse(connection, code, text)
        code, text = connection.docmd("data")
        return None if code == 354 else self._refuse(connection, code, text)

    def _send_text(self, connection: "smtplib.SMTP", content: bytes) -> Answer:
        """Send the text with its final dot. Without a clear answer the result is unknown."""
        import smtplib

        try:
            connection.send(_quote(content))
            code, text = connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Answer(UNKNOWN, f"no answer after the mail: {_words(error)}")
        if 200 <= code < 300:
            return Answer(SENT)
        if 400 <= code < 600:
            return self._refuse(connection, code, text)
        self._drop()
        return Answer(UNKNOWN, f"unclear answer after the mail: {_decode(code, text)}")

    def _refuse(self, connection: "smtplib.SMTP", code: int, text: bytes) -> Answer:
        """Return the answer to a refused mail, ready for the next one."""
        import smtplib

        words = _decode(code, text)
        try:
            if code == _CLOSING or connection.rset()[0] == _CLOSING:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()
        return Answer(PERMANENT if 500 <= code < 600 else TEMPORARY, words)


def _quote(content: bytes) -> bytes:
    """Return a mail with doubled dots at the start of lines, and the final dot."""
    body = b"\r\n".join(content.splitlines())
    if body.startswith(b"."):
        body = b"." + body
    return body.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n"


def _read_limit(connection: "smtplib.SMTP") -> int:
    """Return how many bytes of a mail the server accepts, as it announced; 0 for any number."""
    announced = connection.esmtp_features.get("size", "")
    return int(announced) if announced.isdecimal() and len(announced) < 20 else 0


def _decode(code: int, text: bytes) -> str:
    return sanitize(f"{code} {text.decode('utf-8', 'replace')}")


def _words(error: Exception) -> str:
    return sanitize(" ".join(str(error).split())) or type(error).__name__
