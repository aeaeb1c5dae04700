"""Detect the encoding of a file, and normalize its text."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cardcrm.errors import CardcrmError, UsageError, missing_file

HEAD_SIZE = 65_536  # bytes that are enough to detect the format of a file
CHUNK_SIZE = 1 << 20
STRAY = re.compile("[\udc80-\udcff]+")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
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
    """The codec of a file, and whether the file contains bytes that are invalid in it."""

    codec: str
    stray: bool = False

    @property
    def errors(self) -> str:
        """Return the error handler: stray bytes stay as surrogates."""
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


def decode_head(head: bytes) -> str:
    """Decode the first bytes of a file, well enough to detect its format."""
    encoding = _codec_by_mark(head) or "utf-8"
    return head.decode(encoding, errors="replace")


def normalize_text(text: str) -> str:
    """Return a text without outer spaces and NUL, with LF line ends."""
    if "\r" in text or "\0" in text:
        text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


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


# Tables, whose encoding may also be given or guessed

_MIXED = "cardcrm-mixed"  # reads what is not UTF-8 as Windows-1252
_SAMPLE_SIZE = 40  # characters of a sample


def _decode_stray(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are not UTF-8 as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", "replace"), error.end


codecs.register_error(_MIXED, _decode_stray)


class TableEncoding(NamedTuple):
    """The encoding of a table, how it treats invalid bytes, and a warning if it is a guess."""

    codec: str
    errors: str = "replace"
    warning: str = ""


def choose_encoding(path: Path, declared: str = "", region: str = "") -> TableEncoding:
    """Return the encoding of a table: as declared, by mark, UTF-8 if it fits, else a guess.

    Raises UsageError for an unknown encoding, or one that does not fit the file.
    """
    if declared:
        return TableEncoding(_check_codec(path, declared), "strict")
    found = detect_encoding(path)
    if found.stray:
        return TableEncoding(found.codec, _MIXED, _describe_mixed(path))
    if found.codec != "cp1252":
        return TableEncoding(found.codec)
    from cardcrm.formats.encoding_guess import guess_codec, name_codec

    lines = _read_lines_beyond_ascii(path)
    codec = guess_codec(b"".join(line for _, line in lines), region)
    number, line = lines[0]
    sample = _cut_sample(line.decode(codec, "replace"))
    warning = (
        f"read as {name_codec(codec)}, which is a guess: line {number} is “{sample}”; "
        "for another encoding: --encoding NAME"
    )
    return TableEncoding(codec, warning=warning)


def _check_codec(path: Path, declared: str) -> str:
    """Return the codec of a declared encoding, which the beginning of the file must fit."""
    try:
        codec = codecs.lookup(declared.strip()).name
        read_head(path).decode(codec, "ignore")
    except (LookupError, ValueError):
        raise UsageError(
            f"unknown encoding “{declared}”", "For example: utf-8, cp1252, latin-1, utf-16, cp1250."
        ) from None
    with path.open("r", encoding=codec, newline="") as stream:
        try:
            while stream.read(CHUNK_SIZE):
                pass
        except UnicodeError as error:
            raise UsageError(
                f"{path.name} is not in the encoding {declared}: {error}",
                "Leave out --encoding, or name another one.",
            ) from None
    return "utf-8-sig" if codec == "utf-8" else codec


def _describe_mixed(path: Path) -> str:
    """Return a warning about the lines that are not UTF-8."""
    count, first = 0, ""
    for number, line in _find_lines_beyond_ascii(path):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            count += 1
            first = first or f"line {number} is “{_cut_sample(line.decode('utf-8', _MIXED))}”"
    what = (
        "1 line is not UTF-8 and was" if count == 1 else f"{count:,} lines are not UTF-8 and were"
    )
    return f"{what} read as Windows-1252, which is a guess: {first}"


def _cut_sample(line: str) -> str:
    """Return the part of a line around its first letter beyond ASCII."""
    text = line.lstrip("\ufeff").strip()
    at = next((at for at, char in enumerate(text) if not char.isascii()), 0)
    start = max(0, at - _SAMPLE_SIZE // 2)
    return text[start : start + _SAMPLE_SIZE].strip(" ,;\t")


def _find_lines_beyond_ascii(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        number = 1
        while line := file.readline(CHUNK_SIZE):
            if not line.isascii():
                yield number, line
            number += line.endswith((b"\n", b"\r"))


def _read_lines_beyond_ascii(path: Path) -> list[tuple[int, bytes]]:
    """Return the first lines beyond ASCII, at most 256 KiB."""
    found: list[tuple[int, bytes]] = []
    size = 0
    for number, line in _find_lines_beyond_ascii(path):
        found.append((number, line))
        size += len(line)
        if size > 1 << 18:
            break
    return found
