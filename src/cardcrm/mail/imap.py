"""Read the folders of an IMAP account, without changing anything there.

Messages are fetched in chunks of limited size, so that memory does not grow with the mailbox, and
with PEEK, so that they stay unread.
"""

import contextlib
import re
import ssl
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cardcrm.errors import CardcrmError, ServiceError
from cardcrm.mail import certificates
from cardcrm.mail.accounts import Account
from cardcrm.mail.password import get_password, run_command
from cardcrm.text import normalize_line, sanitize

if TYPE_CHECKING:
    import datetime as dt
    from imaplib import IMAP4

    from imap_tools.mailbox import BaseMailBox

TIMEOUT: Final = 60.0  # seconds for each response of the server
HUGE: Final = 20 << 20  # bytes of a message above which its beginning is read only
BEGINNING: Final = 1 << 20  # bytes of a huge message that are read after its headers
_CHUNK_BYTES: Final = 8 << 20  # of the messages that are fetched at once
_CHUNK: Final = 500  # messages that are fetched at once
_SIZE = re.compile(rb"UID (\d+).*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*?UID (\d+)", re.DOTALL)
_UID = re.compile(rb"UID (\d+)")
_LITERAL = re.compile(rb"BODY\[(HEADER|TEXT)?\](?:<0>)? (?:\{\d+\}|\"|NIL)")
_UNCHANGED = "Nothing was lost: the next run reads what is missing."


class FetchedMessage(NamedTuple):
    """A message as the server sent it; a huge one ``is_cut``."""

    uid: int
    data: bytes
    size: int
    is_cut: bool = False


class Folder(NamedTuple):
    """A folder of an account. The ``role`` is ``sent`` for mail of the user."""

    name: str
    role: str = ""


@dataclass
class Mailbox:
    """An open connection to an account."""

    account: Account
    box: "BaseMailBox"

    def list_folders(self, further: Iterable[str] = ()) -> list[Folder]:
        """Return the folders to read: those of the account, or INBOX and that of sent mail.

        The ``further`` ones are read as well, if the account has them.
        """
        with _translate_errors(self.account):
            found = self.box.folder.list()
        sent = {each.name for each in found if "\\sent" in map(str.lower, each.flags)}
        known = {each.name for each in found}
        names = [*(self.account.folders or ("INBOX", *sorted(sent))), *sorted(known & {*further})]
        return [Folder(each, "sent" if each in sent else "") for each in dict.fromkeys(names)]

    def open_folder(self, name: str) -> int:
        """Open a folder for reading and return its UIDVALIDITY. Raises ServiceError."""
        with _translate_errors(self.account):
            self.box.folder.set(name, readonly=True)
            answer = self.box.client.response("UIDVALIDITY")[1]
            return int(answer[0]) if answer and answer[0] else 0

    def find_new(self, last: int, since: "dt.date | None" = None) -> list[int]:
        """Return the UIDs above ``last`` in the open folder, in their order."""
        words = [f"UID {last + 1}:*"]
        if since is not None:
            words.append(f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}")
        # For “99:*” a server also answers the last message, whatever its UID.
        return [uid for uid in self._search(" ".join(words)) if uid > last]

    def find_with(self, address: str) -> list[int]:
        """Return the UIDs of the mail from an address or to it in the open folder."""
        quoted = address.replace("\\", "").replace('"', "")
        if not quoted.isascii():
            return []
        return self._search(f'OR FROM "{quoted}" OR TO "{quoted}" CC "{quoted}"')

    def _search(self, words: str) -> list[int]:
        with _translate_errors(self.account):
            return sorted(map(int, self.box.uids(words, charset=None)))

    def fetch(self, uids: Sequence[int]) -> Iterator[list[FetchedMessage]]:
        """Yield the messages in chunks of limited size. Raises ServiceError."""
        for start in range(0, len(uids), _CHUNK):
            sizes = self._read_sizes(uids[start : start + _CHUNK])
            for chunk in _split_by_size(sizes):
                if chunk[0][1] > HUGE:
                    yield [self._fetch_beginning(*chunk[0])]
                else:
                    yield self._fetch_whole(chunk)

    def _read_sizes(self, uids: Sequence[int]) -> list[tuple[int, int]]:
        """Return the UIDs that are still there, each with the size of its message."""
        found = {}
        for line in self._ask(uids, "(UID RFC822.SIZE)"):
            match = _SIZE.search(line if isinstance(line, bytes) else b" ".join(line))
            if match:
                uid, size = (match[1], match[2]) if match[1] else (match[4], match[3])
                found[int(uid)] = int(size)
        return [(uid, found[uid]) for uid in uids if uid in found]

    def _fetch_whole(self, chunk: Sequence[tuple[int, int]]) -> list[FetchedMessage]:
        sizes = dict(chunk)
        found = {
            uid: data
            for uid, _, data in _literals(self._ask(list(sizes), "(UID BODY.PEEK[])"))
            if uid in sizes
        }
        return [FetchedMessage(uid, found[uid], sizes[uid]) for uid in sizes if uid in found]

    def _fetch_beginning(self, uid: int, size: int) -> FetchedMessage:
        """Return the headers of a huge message, and the text it begins with."""
        what = f"(UID BODY.PEEK[HEADER] BODY.PEEK[TEXT]<0.{BEGINNING}>)"
        parts = {name: data for _, name, data in _literals(self._ask([uid], what))}
        head = parts.get(b"HEADER", b"")
        return FetchedMessage(uid, head + parts.get(b"TEXT", b""), size, is_cut=True)

    def _ask(self, uids: Sequence[int], what: str) -> list[Any]:
        with _translate_errors(self.account):
            status, data = self.box.client.uid("FETCH", ",".join(map(str, uids)), what)
            if status != "OK":
                reason = b" ".join(each for each in data if isinstance(each, bytes))
                raise _refusal(self.account, reason.decode("utf-8", "replace"))
            return [each for each in data if each]


_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
                  "Dec")  # fmt: skip


def _split_by_size(sizes: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Yield messages in chunks of limited size; a huge one is alone."""
    chunk: list[tuple[int, int]] = []
    total = 0
    for uid, size in sizes:
        if chunk and (total + size > _CHUNK_BYTES or total > HUGE or size > HUGE):
            yield chunk
            chunk, total = [], 0
        chunk.append((uid, size))
        total += size
    if chunk:
        yield chunk


def _literals(answer: Sequence[Any]) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the texts in the answer to FETCH: the UID, the section and the bytes of each.

    The UID may come before the text or behind it.
    """
    waiting: list[tuple[bytes, bytes]] = []
    uid = 0
    for each in answer:
        line = each if isinstance(each, bytes) else each[0]
        found = _UID.search(line)
        uid = int(found[1]) if found else uid
        if isinstance(each, tuple):
            section = _LITERAL.search(line)
            waiting.append(((section[1] or b"") if section else b"", each[1]))
        if uid and (isinstance(each, bytes) or found):
            yield from ((uid, *one) for one in waiting)
            waiting = []
            uid = 0 if isinstance(each, bytes) else uid


@contextlib.contextmanager
def open_mailbox(account: Account) -> Iterator[Mailbox]:
    """Log in at the server of an account. Raises ServiceError."""
    secret = _get_secret(account)
    with _translate_errors(account):
        box = _connect(account)
    try:
        with _translate_errors(account, is_login=True):
            if account.token_command:
                box.xoauth2(account.user, secret, initial_folder=None)
            elif account.user.isascii() and secret.isascii():
                box.login(account.user, secret, initial_folder=None)
            else:
                box.login_utf8(account.user, secret, initial_folder=None)
        yield Mailbox(account, box)
    finally:
        with contextlib.suppress(Exception):  # the server may be gone already
            box.logout()


def _get_secret(account: Account) -> str:
    """Return the password of an account, or its OAuth token. Raises ServiceError."""
    if account.token_command:
        return run_command(account.token_command, f"{account.prefix}token-command")
    setting = f"{account.prefix}password-command"
    return get_password(account.user, account.password_command, setting)


def _connect(account: Account) -> "BaseMailBox":
    import imap_tools

    place: dict[str, Any] = {"host": account.host, "port": account.port, "timeout": TIMEOUT}
    trust = ssl.create_default_context()
    if account.security == "tls":
        return imap_tools.MailBox(**place, ssl_context=trust)
    box = imap_tools.MailBoxUnencrypted(**place)
    if account.security == "starttls":
        try:
            _encrypt(account, box.client, trust)
        except BaseException:
            with contextlib.suppress(OSError):  # TLS that failed has closed the socket
                box.client.shutdown()  # the library would leave it open
            raise
    return box


def _encrypt(account: Account, client: "IMAP4", trust: ssl.SSLContext) -> None:
    if "STARTTLS" not in client.capabilities:
        raise _missing_encryption(account)
    client.starttls(trust)


def _missing_encryption(account: Account) -> ServiceError:
    return ServiceError(
        f"{account.host}:{account.port} does not offer encryption (STARTTLS)",
        f"If your provider has port 993, set {account.prefix}security to tls. If it worked before, "
        f"the network may remove the offer: try another one. {_UNCHANGED}",
    )


@contextlib.contextmanager
def _translate_errors(account: Account, *, is_login: bool = False) -> Iterator[None]:
    """Turn errors of the libraries into messages."""
    import imaplib

    from imap_tools.errors import ImapToolsError

    try:
        yield
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        reason = _describe(error)
        if is_login:
            raise ServiceError(
                f"{account.host} refused the login of {account.user}: {reason}",
                "Check the user and the password. Some providers need a password for programs.",
            ) from error
        raise _refusal(account, reason) from error
    except ssl.SSLCertVerificationError as error:
        found = certificates.explain(
            error, f"{account.host}:{account.port}", f"{account.prefix}host"
        )
        raise ServiceError(found.message, f"{found.remedy} {_UNCHANGED}") from error
    except TimeoutError as error:
        raise ServiceError(
            f"{account.host}:{account.port} did not answer in {TIMEOUT:.0f} seconds", _UNCHANGED
        ) from error
    except OSError as error:
        raise ServiceError(
            f"cannot reach the mail server {account.host}:{account.port}: "
            f"{error.strerror or error}",
            f"Check host, port, security (it is {account.security}) and network. {_UNCHANGED}",
        ) from error
    except (ValueError, UnicodeError, IndexError) as error:  # a damaged answer
        raise _refusal(account, f"unreadable answer: {_describe(error)}") from error


def _describe(error: Exception) -> str:
    """Return the words of the server, without the frame of the libraries."""
    text = str(error)
    found = re.search(r"[Dd]ata: \[b['\"](.*?)['\"]\]", text) or re.search(r"b['\"](.*)['\"]", text)
    return sanitize(normalize_line(found[1] if found else text))[:300]


def _refusal(account: Account, reason: str) -> CardcrmError:
    return ServiceError(f"{account.host} answered: {sanitize(normalize_line(reason))}", _UNCHANGED)
