"""Detect the encoding of a file, and normalize its text."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from cardcrm.errors import CardcrmError, UsageError, missing_file

HEAD_SIZE = 65_536  # bytes that are enough to detect the format of a file
CHUNK_SIZE = 1 << 20
STRAY = re.compile("[\udc80-\udcff]+")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read_head(path: Path) -> bytes:
    """Return the first 64 KiB of a file.

    Raises NotFoundError, UsageError for a folder, and CardcrmError for an unreadable file.
    """
    try:
        with path.open("rb") as file:
            return file.read(HEAD_SIZE)
    except FileNotFoundError:
        raise missing_file(path) from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder", "Name the files in the folder.") from None
    except OSError as error:
        raise CardcrmError(
            f"cannot read {path}: {error.strerror}", "Check its permissions."
        ) from None


@dataclass(frozen=True)
class Encoding:
    """The codec of a file, and whether the file contains bytes that are invalid in it.

    A reader that ``keeps_bytes`` gets these as surrogates, and knows their codec.
    """

    codec: str
    stray: bool = False
    keeps_bytes: bool = False

    @property
    def fallback(self) -> str:
        """Return the codec of bytes that are not UTF-8."""
        return "cp1252" if self.codec.startswith("utf") else self.codec

    def keep_bytes(self) -> "Encoding":
        """Return the encoding by which a file is read so that all of its bytes are kept."""
        if self.codec.startswith("utf-16"):
            return self
        codec = self.codec if self.codec.startswith("utf") else "utf-8"
        return Encoding(codec, stray=True, keeps_bytes=True)

    @property
    def errors(self) -> str:
        """Return the error handler: stray bytes stay as surrogates, for `repair_stray` to find."""
        return "surrogateescape" if self.stray else "replace"


def detect_encoding(path: Path) -> Encoding:
    """Return the encoding by byte order mark, else UTF-8 if it fits, else Windows-1252.

    Excel writes Windows-1252 where it does not write UTF-8. Its lines are hardly ever valid UTF-8
    by chance, so if one in ten of the lines beyond ASCII is valid, the file is UTF-8 with stray
    bytes. The file is read in chunks of 1 MiB.
    """
    codec = _codec_by_mark(read_head(path))
    if codec and not codec.startswith("utf-8"):
        return Encoding(codec)
    if _is_utf8(path):
        return Encoding(codec or "utf-8")
    valid, invalid = _count_utf8_lines(path)
    is_utf8 = bool(codec) or valid * 10 >= invalid
    return Encoding(codec or "utf-8", stray=True) if is_utf8 else Encoding("cp1252")


def find_stray(text: str) -> str:
    """Return the first stray bytes of a text as Windows-1252; empty if there are none."""
    found = None if text.isascii() else STRAY.search(text)
    return repair_stray(found[0]) if found else ""


def repair_stray(text: str) -> str:
    """Return a text with its stray bytes decoded as Windows-1252, or as � if that fails."""
    return STRAY.sub(_as_1252, text)


def _as_1252(found: re.Match[str]) -> str:
    return found[0].encode("ascii", "surrogateescape").decode("cp1252", "replace")


def decode_head(head: bytes) -> str:
    """Decode the first bytes of a file, well enough to detect its format."""
    encoding = _codec_by_mark(head) or "utf-8"
    return head.decode(encoding, errors="replace")


def normalize_text(text: str) -> str:
    """Return a text without outer spaces and NUL, with LF line ends."""
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _codec_by_mark(head: bytes) -> str:
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name
    return _detect_unmarked_utf16(head)


def _detect_unmarked_utf16(head: bytes) -> str:
    """Return the codec of UTF-16 without a mark, in which every second byte is NUL; else empty."""
    sample = head[:1024]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if len(sample) < 8 or abs(even - odd) * 2 < len(sample) * 0.7:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _count_utf8_lines(path: Path) -> tuple[int, int]:
    """Count the lines beyond ASCII that are valid UTF-8, and those that are not."""
    valid = invalid = 0
    with path.open("rb") as file:
        while line := file.readline(CHUNK_SIZE):
            if not line.isascii():
                try:
                    line.decode("utf-8")
                    valid += 1
                except UnicodeDecodeError:
                    invalid += 1
    return valid, invalid


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_SIZE):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
