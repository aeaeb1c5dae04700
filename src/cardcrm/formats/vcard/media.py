"""Read and write photos, logos, sounds and keys. An address is kept, and never opened."""

import base64
import re
from typing import Final, NamedTuple

from cardcrm.formats.vcard.content_line import ContentLine
from cardcrm.formats.vcard.escapes import unescape
from cardcrm.formats.vcard.value_encoding import decode_base64
from cardcrm.records.contacts.drafts import MediaDraft

CUT: Final = "\0cut"  # in place of a value that the reader has left out, as it is too long
_DATA: Final = re.compile(r"data:([^;,\\]*)((?:\\?;[^,\\;]*)*)\\?,(.*)", re.DOTALL | re.IGNORECASE)
_URI: Final = re.compile(r"[a-z][a-z0-9+.-]{1,30}:", re.IGNORECASE)
_KINDS: Final = {
    "photo": "image", "logo": "image", "sound": "audio", "key": "application",
}  # fmt: skip
# The words of older vCards for the types that are named otherwise now.
_TYPES: Final = {
    ("application", "pgp"): "application/pgp-keys",
    ("application", "x509"): "application/pkix-cert",
    ("image", "jpg"): "image/jpeg",
    ("audio", "wave"): "audio/wav",
    ("audio", "pcm"): "audio/basic",
}
_WORDS: Final = {"application/pgp-keys": "PGP", "application/pkix-cert": "X509"}
_UNKNOWN: Final = "application/octet-stream"
_SIGNATURES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"-----BEGIN PGP", "application/pgp-keys"),
)
_NO_TYPES: Final = frozenset(("pref", "inline", "binary", "home", "work", "uri", "url"))


class Unkept(NamedTuple):
    """The reason why a file is not kept."""

    reason: str


def read_media(kind: str, line: ContentLine, limit: int) -> MediaDraft | Unkept | None:
    """Return a file, the reason why it is not kept, or None for other values."""
    text = unescape(line.value) if "\\" in line.value[:100] else line.value.strip()
    if CUT in text:
        return _too_large(limit)
    stated = _find_type(kind, line)
    if found := _DATA.match(text):
        if "base64" not in found[2].lower():
            return None
        return _build(kind, stated or _clean_type(found[1]), found[3], limit)
    if line.head.encoding == "base64":
        return _build(kind, stated, text, limit)
    if _URI.match(text) and "\n" not in text:
        return MediaDraft(kind, stated, text)
    return None


def _build(kind: str, type_: str, text: str, limit: int) -> MediaDraft | Unkept:
    if len(text) * 3 // 4 > limit + limit // 10:
        return _too_large(limit)
    data = decode_base64(text)
    if not data:
        return Unkept("it is damaged")
    if len(data) > limit:
        return _too_large(limit)
    return MediaDraft(kind, type_ or _detect(data), "", base64.b64encode(data).decode("ascii"))


def _too_large(limit: int) -> Unkept:
    return Unkept(f"it is larger than {limit / 1_000_000:g} MB")


def _find_type(kind: str, line: ContentLine) -> str:
    """Return the media type that the parameters state; "" if they state none."""
    if stated := line.head.first("MEDIATYPE"):
        return _clean_type(stated)
    word = next((each for each in line.head.types if each not in _NO_TYPES), "")
    if "/" in word:
        return _clean_type(word)
    main = _KINDS[kind]
    return _TYPES.get((main, word), f"{main}/{word}") if word else ""


def _clean_type(text: str) -> str:
    type_ = text.strip().lower()
    return "" if type_ == _UNKNOWN or not re.fullmatch(r"[\w.+-]+/[\w.+-]+", type_) else type_


def _detect(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((type_ for start, type_ in _SIGNATURES if data.startswith(start)), "")


def format_media(draft: MediaDraft, version: str) -> str:
    """Return the property of a file."""
    name = draft.kind.upper()
    if version == "4.0":
        if draft.data:
            return f"{name}:data:{draft.type or _UNKNOWN};base64,{draft.data}"
        type_ = f";MEDIATYPE={draft.type}" if draft.type else ""
        return f"{name}{type_}:{draft.uri}"
    main, _, sub = draft.type.partition("/")
    word = _WORDS.get(draft.type) or (sub.upper() if main == _KINDS[draft.kind] else draft.type)
    type_ = f";TYPE={word}" if word else ""
    if draft.data:
        return f"{name};ENCODING=b{type_}:{draft.data}"
    return f"{name};VALUE=uri{type_}:{draft.uri}"
