"""How a file's bytes become text: encodings, and files that cannot be read."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from cardcrm.errors import CardError, NotFoundError, UsageError

HEAD = 65_536  # bytes that tell what a file is
CHUNK = 1 << 20
_STRAY = re.compile("[\udc80-\udcff]+")

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


@dataclass(frozen=True)
class Encoding:
    """How to read a file: the codec, and whether stray bytes in it are none of the codec's."""

    codec: str
    stray: bool = False

    @property
    def errors(self) -> str:
        """What to do about bytes that mean nothing: stray ones are kept, for `mended` to find."""
        return "surrogateescape" if self.stray else "replace"


def encoding_of(path: Path) -> Encoding:
    """The encoding: by byte order mark, else UTF-8 if most of the file is, else Windows-1252.

    Windows-1252 is what Excel writes where it writes no UTF-8. Hardly a line of it is good UTF-8 by
    chance, so a file where one line in ten (of those beyond ASCII) is so is UTF-8 with stray bytes.
    The file goes by in pieces of 1 MiB.
    """
    codec = _marked(head_of(path))
    if codec and not codec.startswith("utf-8"):
        return Encoding(codec)
    if _is_utf8(path):
        return Encoding(codec or "utf-8")
    good, bad = _lines_in_utf8(path)
    is_utf8 = bool(codec) or good * 10 >= bad
    return Encoding(codec or "utf-8", stray=True) if is_utf8 else Encoding("cp1252")


def stray_in(text: str) -> str:
    """What the first stray bytes in a text would be in Windows-1252; empty if there are none."""
    found = None if text.isascii() else _STRAY.search(text)
    return mended(found[0]) if found else ""


def mended(text: str) -> str:
    """A text with its stray bytes read as Windows-1252, or as � where they mean nothing."""
    return _STRAY.sub(_as_1252, text)


def _as_1252(found: re.Match[str]) -> str:
    return found[0].encode("ascii", "surrogateescape").decode("cp1252", "replace")


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


def _lines_in_utf8(path: Path) -> tuple[int, int]:
    """How many lines hold good UTF-8 beyond ASCII, and how many what is none."""
    good = bad = 0
    with path.open("rb") as file:
        while line := file.readline(CHUNK):
            if not line.isascii():
                try:
                    line.decode("utf-8")
                    good += 1
                except UnicodeDecodeError:
                    bad += 1
    return good, bad


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
