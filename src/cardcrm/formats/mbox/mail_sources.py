"""Find the messages in files and folders: mbox files, Maildir folders, single messages.

A folder of mail may have other folders in it (Maildir++, the tree that offlineimap and mbsync
write). Only regular files are opened, so that a pipe or a device in a folder cannot block.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from cardcrm.errors import CardcrmError, UsageError, missing_file
from cardcrm.formats.mbox.raw_messages import (
    RawMessage,
    is_separator,
    join_message,
    split_mbox,
)
from cardcrm.text import fold

HEAD_SIZE: Final = 1 << 16  # bytes that tell the format
MAX_FOLDERS: Final = 12  # levels of folders
_MESSAGE_ENDINGS: Final = (".eml", ".emlx", ".mail", ".msg.txt")
_KNOWN_HEADER = re.compile(
    rb"(?im)^(?:from|to|cc|date|subject|received|return-path|message-id|delivered-to|mime-version|"
    rb"in-reply-to|x-mozilla-status|content-type)[ \t]*:"
)
_ANY_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")
_HINT: Final = "Name an mbox file, a Maildir folder or a message, or pipe one: log-mail < MESSAGE"

# The names of folders, folded, in the languages of mail programs.
_SENT: Final = re.compile(
    r"(?:.*[./])?(?:sent|sent[ -_]?(?:items|mail|messages)|outbox|gesendet.*|envoyes?|enviados?|"
    r"(?:posta )?inviata|enviadas|verzonden.*|skickat.*|sendt.*|wyslane|elementos enviados)"
)
_LEFT_OUT: Final = {
    "draft": re.compile(r"(?:.*[./])?(?:drafts?|entwurfe?|brouillons?|borradores|bozze|rascunhos|"
                        r"concepten|utkast|kladder|szkice|templates)"),
    "spam": re.compile(r"(?:.*[./])?(?:spam|junk(?:[ -]?e?-?mail)?|bulk|pourriel|indesirables?)"),
    "trash": re.compile(r"(?:.*[./])?(?:trash|deleted(?: items| messages)?|papierkorb|"
                        r"geloscht.*|corbeille|papelera|cestino|lixeira|prullenbak|papperskorg)"),
}  # fmt: skip


class MailFolder(NamedTuple):
    """A file or folder with messages.

    ``kind`` is ``mbox``, ``message`` (one file) or ``maildir``. ``role`` is ``sent`` if its
    messages were sent by the user, or the reason why they are left out: draft, spam or trash.
    """

    path: Path
    kind: str
    role: str = ""


def find_folders(path: Path) -> Iterator[MailFolder]:
    """Yield the mail in a file or folder, with the folders in it.

    Raises NotFoundError, UsageError for other files, CardcrmError for what cannot be read.
    """
    if not path.exists():
        raise missing_file(path)
    if not path.is_dir():
        kind = detect_mail(read_mail_head(path))
        if not kind:
            raise UsageError(f"{path.name} is not a mail file", _HINT)
        yield MailFolder(path, kind, _role(path, is_named=True))
        return
    found = _walk(path, 0, is_named=True)
    first = next(found, None)
    if first is None:
        raise UsageError(f"{path} has no mail in it", _HINT)
    yield first
    yield from found


def _walk(path: Path, depth: int, *, is_named: bool) -> Iterator[MailFolder]:
    role = _role(path, is_named=is_named)
    if (path / "cur").is_dir() or (path / "new").is_dir():
        yield MailFolder(path, "maildir", role)
    if depth >= MAX_FOLDERS:
        return
    for entry in _entries(path):
        if entry.is_dir(follow_symlinks=False) and entry.name not in ("cur", "new", "tmp"):
            yield from _walk(Path(entry.path), depth + 1, is_named=False)
        elif _is_regular(entry) and _may_be_mail(entry.name):
            kind = detect_mail(read_mail_head(Path(entry.path)))
            if kind:
                own = _role(Path(entry.path), is_named=False) if kind == "mbox" else ""
                yield MailFolder(Path(entry.path), kind, own or role)


def _entries(path: Path) -> list[os.DirEntry[str]]:
    """Return what is in a folder by name; the names in a Maildir begin with the time."""
    try:
        with os.scandir(path) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise _unreadable(path, error) from error


def _is_regular(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def _may_be_mail(name: str) -> bool:
    ending = Path(name).suffix.lower()
    return ending in (*_MESSAGE_ENDINGS, ".mbox", ".mbx") or name == "mbox" or name.isdigit()


def _role(path: Path, *, is_named: bool) -> str:
    """Return the role that the name of a folder tells; a named one is never left out."""
    name = fold(path.name.removesuffix(path.suffix) if path.suffix == ".mbox" else path.name)
    if _SENT.fullmatch(name):
        return "sent"
    if is_named:
        return ""
    return next((role for role, words in _LEFT_OUT.items() if words.fullmatch(name)), "")


def read_mail_head(path: Path) -> bytes:
    """Return the first bytes of a regular file. Raises CardcrmError."""
    try:
        with _open(path) as stream:
            return stream.read(HEAD_SIZE)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> CardcrmError:
    return CardcrmError(f"cannot read {path}: {error.strerror}", "Check its permissions.")


def _open(path: Path) -> BinaryIO:
    """Open a regular file; a pipe that someone has put in its place does not block."""
    stream = open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError(0, "not a file")
    return stream


def detect_mail(head: bytes) -> str:
    """Return ``mbox`` or ``message`` by the first bytes of a file; empty for another format."""
    text = _skip_start(head)
    if is_separator(text):
        return "mbox"
    block = re.split(rb"\r?\n\r?\n", text, maxsplit=1)[0]
    is_message = _ANY_HEADER.match(text) and len(_KNOWN_HEADER.findall(block)) >= 2
    return "message" if is_message else ""


def read_folder(folder: MailFolder, changed_after: int = 0) -> Iterator[RawMessage | CardcrmError]:
    """Yield the messages of a folder, or the error where one cannot be read.

    Files that were last changed up to ``changed_after``, in nanoseconds, are left out. A file gets
    a new change time when it is put into a folder, so none that came later has an earlier one.
    """
    if folder.kind == "maildir":
        yield from _read_maildir(folder, changed_after)
        return
    if changed_after and folder.path.stat().st_ctime_ns <= changed_after:
        return
    try:
        with _open(folder.path) as stream:
            yield from (each._replace(role=folder.role) for each in read_stream(stream))
    except OSError as error:
        yield _unreadable(folder.path, error)


def find_newest(folder: MailFolder) -> int:
    """Return when a folder was last changed, in nanoseconds: that of its newest file."""
    if folder.kind != "maildir":
        return folder.path.stat().st_ctime_ns
    return max(map(_changed_at, _list_maildir(folder)), default=0)


def _changed_at(entry: os.DirEntry[str]) -> int:
    """Return the change time of a file; 0 if it was moved meanwhile."""
    try:
        return entry.stat(follow_symlinks=False).st_ctime_ns
    except OSError:
        return 0


def _list_maildir(folder: MailFolder) -> Iterator[os.DirEntry[str]]:
    for name in ("new", "cur"):
        part = folder.path / name
        for entry in _entries(part) if part.is_dir() else ():
            if _is_regular(entry) and not entry.name.startswith("."):
                yield entry


def _read_maildir(folder: MailFolder, changed_after: int) -> Iterator[RawMessage | CardcrmError]:
    for entry in _list_maildir(folder):
        if changed_after and 0 < _changed_at(entry) <= changed_after:
            continue
        try:
            with _open(Path(entry.path)) as stream:
                message = join_message(stream.read, entry.name)
        except OSError as error:
            yield _unreadable(Path(entry.path), error)
            continue
        role = folder.role or _flag(entry.name)
        yield message._replace(role=role, envelope=_delivery_time(entry.name))


def _flag(name: str) -> str:
    """Return what the flags in the name of a message say, as in ``1700000000.M1.host:2,DS``."""
    flags = re.search(r"[:;!]2,([A-Za-z]*)$", name)
    letters = flags[1] if flags else ""
    return "draft" if "D" in letters else "trash" if "T" in letters else ""


def _delivery_time(name: str) -> bytes:
    """Return the time in the name of a message, as the line of an mbox file has it."""
    found = re.match(r"(\d{9,10})\.", name)
    if found is None:
        return b""
    import email.utils

    return f"From - {email.utils.formatdate(int(found[1]))}".encode()


def read_stream(stream: BinaryIO) -> Iterator[RawMessage]:
    """Yield the messages of a stream: those of an mbox file, or the only one."""
    head = stream.read(HEAD_SIZE)
    text = _skip_start(head)
    pieces = [text]

    def read(size: int) -> bytes:
        return pieces.pop() if pieces and pieces[0] else stream.read(size)

    if not is_separator(text):
        yield join_message(read)
        return
    skipped = head[: len(head) - len(text)].count(b"\n")
    yield from (each._replace(line=each.line + skipped) for each in split_mbox(read))


def _skip_start(data: bytes) -> bytes:
    """Return mail without what may be in front of it.

    Apple Mail writes the number of bytes in the first line.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    first, _, rest = text.partition(b"\n")
    return rest if first.strip().isdigit() else text


def count_bytes(paths: Iterable[Path]) -> int:
    """Return the size of files; a folder counts nothing."""
    return sum(path.stat().st_size for path in paths if path.is_file())
