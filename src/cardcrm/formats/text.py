"""How a file's bytes become text: encodings, and files that cannot be read."""

import codecs
from pathlib import Path

from cardcrm.errors import CardError, NotFoundError, UsageError

HEAD = 65_536  # bytes that tell what a file is
CHUNK = 1 << 20

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def head_of(path: Path) -> bytes:
    """The first 64 KiB; raises NotFoundError, UsageError (a folder) or CardError (unreadable)."""
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except FileNotFoundError:
        raise NotFoundError(f"there is no file {path}", "check the path") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder", "name the files in it") from None
    except OSError as error:
        raise CardError(f"cannot read {path}: {error.strerror}", "check its permissions") from None


def encoding_of(path: Path) -> str:
    """The codec's name: by byte order mark, else UTF-8 if all of the file is, else Windows-1252.

    The file goes by in pieces of 1 MiB. Windows-1252 is what Excel writes where it writes no UTF-8.
    """
    head = head_of(path)
    marked = _marked(head)
    if marked:
        return marked
    return "utf-8" if _is_utf8(path) else "cp1252"


def decoded(head: bytes) -> str:
    """The first bytes of a file as text, good enough to look at."""
    encoding = _marked(head) or "utf-8"
    return head.decode(encoding, errors="replace")


def clean(text: str) -> str:
    """Text as it is kept and written: no blanks around it, line ends as LF, no NUL."""
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _marked(head: bytes) -> str:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    return _unmarked_utf16(head)


def _unmarked_utf16(head: bytes) -> str:
    """UTF-16 without its mark shows as every second byte NUL, all on one side."""
    sample = head[:1024]
    left, right = sample[0::2].count(0), sample[1::2].count(0)
    if len(sample) < 8 or abs(left - right) * 2 < len(sample) * 0.7:
        return ""
    return "utf-16-be" if left > right else "utf-16-le"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
