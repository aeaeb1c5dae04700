"""Read the headers of mails: encoded words, addresses and message ids, also broken ones."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from cardcrm.formats.mbox.charsets import decode
from cardcrm.records.activity.mail_drafts import MailAddress
from cardcrm.text import normalize_line

MAX_ADDRESSES: Final = 1_000  # of one message
_MAX_HEADERS: Final = 200  # headers with addresses
MAX_IDS: Final = 100  # references of one message
MAX_ID: Final = 500  # characters of a message id
_MAX_LENGTH: Final = 100_000  # characters of a header with addresses or message ids
_MAX_LINE: Final = 10_000  # characters of a header with text

# RFC 2047: =?CHARSET?ENCODING?TEXT?=. Programs also write blanks and question marks in the text,
# fold it, leave out the end, and put words beside each other or inside quotes.
_START = r"=\?([^?\s]{1,40})\?([bBqQ])\?"
_ANY_START = r"=\?[^?\s]{1,40}\?[bBqQ]\?"
_WORD = re.compile(rf"{_START}((?:(?!{_ANY_START}).)*?)(?:\?=|$|(?=\s*{_ANY_START}))", re.DOTALL)
_BETWEEN_WORDS = re.compile(rf"(\?=)\s+(?={_ANY_START})")
_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_SURROGATES = re.compile("[\udc80-\udcff]+")

_ID = re.compile(r"<([^<>]+)>")
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|<(?P<angle>[^<>]*)>|(?P<comment>\()|(?P<mark>[,;:])|'
    r"(?P<text>[^\"<>(),;:]+)|.",
    re.DOTALL,
)


def decode_header(raw: str) -> str:
    """Return the text of a header as it came, with surrogates for bytes beyond ASCII."""
    return normalize_line(decode_words(repair_bytes(raw[:_MAX_LINE])))


def repair_bytes(raw: str) -> str:
    """Return a text whose bytes beyond ASCII are decoded."""
    if raw.isascii():
        return raw
    return _SURROGATES.sub(_decode_bytes, raw)


def _decode_bytes(found: re.Match[str]) -> str:
    return decode(found[0].encode("ascii", "surrogateescape"), "")


def decode_words(text: str) -> str:
    """Return a text with its encoded words decoded.

    Words beside each other in one character set are decoded together, as some programs break them
    inside a character.
    """
    if "=?" not in text:
        return text
    text = _BETWEEN_WORDS.sub(r"\1", text)
    pieces: list[str] = []
    charset, pending, end = "", b"", 0
    for found in _WORD.finditer(text):
        if found.start() > end or found[1].lower() != charset:
            pieces.append(decode(pending, charset))
            pending = b""
        pieces.append(text[end : found.start()])
        charset, end = found[1].lower(), found.end()
        pending += _decode_word(found[2], found[3])
    pieces += [decode(pending, charset), text[end:]]
    return "".join(pieces)


def _decode_word(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), data.replace(b"_", b" "))
    return decode_base64(data)


def decode_base64(data: bytes) -> bytes:
    """Return decoded base64, whose padding may be missing and which may hold other characters."""
    plain = _NOT_BASE64.sub(b"", data)
    if len(plain) % 4 == 1:
        plain = plain[:-1]
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return b""


# Message ids


def message_ids(raw: str) -> list[str]:
    """Return the message ids in a header, without angle brackets."""
    text = repair_bytes(raw[:_MAX_LENGTH])
    found = _ID.findall(text) or text.split()
    ids = ("".join(normalize_line(each).split()) for each in found)
    return [each for each in dict.fromkeys(ids) if each and len(each) <= MAX_ID][-MAX_IDS:]


# Addresses


def read_addresses(raws: Iterable[str]) -> list[MailAddress]:
    """Return the addresses in headers, each once, up to a thousand of them."""
    found: dict[str, MailAddress] = {}
    for raw in islice(raws, _MAX_HEADERS):
        for each in _addresses(repair_bytes(raw[:_MAX_LENGTH])):
            if len(found) >= MAX_ADDRESSES:
                return list(found.values())
            known = found.get(each.email.lower())
            if known is None or (each.name and not known.name):
                found[each.email.lower()] = each
    return list(found.values())


def _addresses(text: str) -> Iterator[MailAddress]:
    """Yield the addresses of one header.

    ``Name: a@b, c@d;`` is a group, whose name is dropped. The parts of an address are put together
    up to the next separator; an unquoted comma in a name makes a part without an address, which
    then belongs to the next one.
    """
    words: list[str] = []
    angle, comment, pending = "", "", ""
    for kind, value in [*_tokens(text), ("mark", ",")]:
        if kind == "angle":
            angle = angle or value
        elif kind == "comment":
            comment = comment or value
        elif kind == "mark" and value == ":" and not angle:
            words, pending = [], ""
        elif kind == "mark":
            address, name = _join_address(words, angle, comment)
            if address:
                yield MailAddress(address, _clean_name(f"{pending}{name}", address))
            pending = "" if address or not words else f"{name}, "
            words, angle, comment = [], "", ""
        else:
            words.append(value)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of an address header; comments in brackets may be nested."""
    depth, start = 0, 0
    position = 0
    while position < len(text):
        if depth:
            opening, closing = text.find("(", position), text.find(")", position)
            if closing < 0:
                return
            if 0 <= opening < closing:
                depth, position = depth + 1, opening + 1
                continue
            depth, position = depth - 1, closing + 1
            if not depth:
                yield "comment", text[start:closing]
            continue
        found = _TOKEN.match(text, position)
        assert found is not None  # the last alternative matches any character
        position = found.end()
        if found["comment"]:
            depth, start = 1, position
        elif found.lastgroup:
            yield found.lastgroup, found[found.lastgroup].replace("\\", "")


def _join_address(words: list[str], angle: str, comment: str) -> tuple[str, str]:
    """Return the address and the name that the pieces of one entry give."""
    name = " ".join(" ".join(words).split())
    if angle:
        return _clean_address(angle), name or comment
    bare = "".join(words).strip()
    if "@" not in bare:
        return "", name
    address = next(word for word in reversed(bare.split()) if "@" in word)
    rest = " ".join(bare.replace(address, " ").split())
    return _clean_address(address), rest or comment


def _clean_address(text: str) -> str:
    """Return an address without blanks, quotes and ``mailto:``; empty if it is none."""
    text = decode_words(text) if "=?" in text else text
    address = "".join(normalize_line(text).split()).strip("'\"<>;,.").removeprefix("mailto:")
    address = address.rpartition(":")[2] if address.startswith("@") else address  # a route
    user, at, domain = address.rpartition("@")
    return address if user and at and domain and len(address) <= 254 else ""


def _clean_name(raw: str, address: str) -> str:
    """Return the name beside an address; empty if that is the address again."""
    name = normalize_line(decode_words(raw[:_MAX_LINE])).strip("'\"").strip()
    is_address = name.lower().strip("<>") == address.lower()
    return "" if is_address else name[:200]
