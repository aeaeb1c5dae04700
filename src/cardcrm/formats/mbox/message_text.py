"""Choose the text of a mail among its parts, and name the others."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from cardcrm.formats.mbox.flowed_text import join_flowed
from cardcrm.formats.mbox.html_text import to_text
from cardcrm.formats.mbox.mime_parts import Part

ENCRYPTED: Final = "(encrypted)"
MAX_TEXT: Final = 2_000_000  # characters that are looked at; an interaction takes half of them
_MAX_NAMES: Final = 50  # attachments that are named

_ENCRYPTED_TYPES: Final = frozenset(("multipart/encrypted", "application/pgp-encrypted"))
_SMIME_TYPES: Final = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_SIGNATURE_TYPES: Final = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
)
_CALENDAR_TYPES: Final = frozenset(("text/calendar", "application/ics"))
_TNEF_TYPES: Final = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))

_PGP_MESSAGE = "-----BEGIN PGP MESSAGE-----"
_PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_PGP_END = "-----END PGP SIGNATURE-----"
_UUENCODED = re.compile(r"(?m)^begin [0-7]{3,4} ([^\n]+)\n(?:[ -`]{1,62}\n)+end$")


class Body(NamedTuple):
    """The text of a mail as its sender wrote it, with quoted parts, and the names of the files."""

    text: str
    files: tuple[str, ...]


def read_body(message: Part) -> Body:
    """Return the text of a message and the names of its attachments."""
    leaves = list(_choose(message))
    text = "\n\n".join(filter(None, (_leaf_text(each).strip("\n") for each in leaves)))
    files = list(dict.fromkeys(_file_names(message, {_place(each) for each in leaves})))
    if not text.strip():
        text = _explain(message)
    text, uuencoded = _drop_uuencoded(text)
    return Body(text, tuple([*files, *uuencoded][:_MAX_NAMES]))


def _place(part: Part) -> tuple[int, int]:
    return part.start, part.end


def _choose(part: Part) -> Iterator[Part]:
    """Yield the parts whose text is the text of a message, in their order."""
    if part.type in _ENCRYPTED_TYPES:
        return
    if part.type == "multipart/alternative":
        yield from _choose_alternative(part.parts)
    elif part.type in ("multipart/signed", "multipart/related", "multipart/report"):
        yield from _choose(part.parts[0]) if part.parts else ()
    elif part.family == "multipart":
        if not part.parts:  # the boundary is missing: the lines are better than nothing
            yield part
        for each in part.parts:
            yield from _choose(each)
    elif part.type in ("text/plain", "text/html", "text/enriched") and _is_shown(part):
        yield part


def _choose_alternative(parts: Sequence[Part]) -> Sequence[Part]:
    """Return the plain text among the same in several formats, else the HTML."""
    choices = [list(_choose(each)) for each in parts]
    for wanted in ("text/plain", "text/html"):
        for leaves in choices:
            if any(each.type == wanted and _leaf_text(each).strip() for each in leaves):
                return leaves
    return next(filter(None, choices), [])


def _is_shown(part: Part) -> bool:
    return part.disposition != "attachment" and not (part.file_name and part.depth)


def _leaf_text(part: Part) -> str:
    """Return the text of one part, with ``>`` before quoted lines."""
    text = part.text()[:MAX_TEXT]
    if part.type == "text/html":
        return to_text(text)
    if part.parameter("format").lower() == "flowed":
        drops_space = part.parameter("delsp").lower() == "yes"
        return join_flowed(text, drops_space=drops_space)
    if _PGP_MESSAGE in text:
        return text.partition(_PGP_MESSAGE)[0] + ENCRYPTED
    return _unwrap_signed(text) if _PGP_SIGNED in text else text


def _unwrap_signed(text: str) -> str:
    """Return a text without the signature around it (RFC 9580, section 7)."""
    pieces: list[str] = []
    start = 0
    while (begin := text.find(_PGP_SIGNED, start)) >= 0:
        head, end = text.find("\n\n", begin), text.find(_PGP_SIGNATURE, begin)
        if not 0 <= head < end:
            break
        own = text[head + 2 : end].rstrip("\n")
        pieces += [text[start:begin], re.sub(r"(?m)^- ", "", own)]
        close = text.find(_PGP_END, end)
        start = len(text) if close < 0 else close + len(_PGP_END)
    return "".join([*pieces, text[start:]])


def _drop_uuencoded(text: str) -> tuple[str, list[str]]:
    """Return a text without the files that old programs put into it, and their names."""
    if "\nend" not in text:
        return text, []
    return _UUENCODED.sub("", text), [each.strip() for each in _UUENCODED.findall(text)]


def _walk(part: Part) -> Iterator[Part]:
    """Yield a part and all parts in it, except those of an attached message."""
    yield part
    if part.family == "multipart":
        for each in part.parts:
            yield from _walk(each)


def _file_names(message: Part, shown: set[tuple[int, int]]) -> Iterator[str]:
    """Yield the names of what is attached to a message."""
    for part in _walk(message):
        if part.family == "multipart" or _place(part) in shown or part.type in _SIGNATURE_TYPES:
            continue
        if part.is_message:
            subject = part.parts[0].header("Subject") if part.parts else ""
            yield part.file_name or f"message “{subject}”"
        elif part.type in _TNEF_TYPES:
            yield part.file_name or "winmail.dat"
        elif part.file_name:
            yield part.file_name
        elif part.disposition == "attachment":
            yield f"a file of the type {part.type}"


def _explain(message: Part) -> str:
    """Return what to say of a message without a text: an invitation, another message, a cipher."""
    for part in _walk(message):
        if part.type in _ENCRYPTED_TYPES:
            return ENCRYPTED
        if part.type in _SMIME_TYPES:
            is_signed = "signed" in part.parameter("smime-type").lower()
            return "(signed, the text is in the signature)" if is_signed else ENCRYPTED
        if part.type in _CALENDAR_TYPES:
            return describe_event(part.text())
        if part.is_message and part.parts:
            return read_body(part.parts[0]).text
    return ""


# Calendars

_START = re.compile(r"^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d).*)?$")


def describe_event(text: str) -> str:
    """Return the first event of a calendar in a line: what, when and where."""
    values = dict[str, str]()
    method = ""
    for line in text[:MAX_TEXT].replace("\n ", "").replace("\n\t", "").split("\n"):
        head, colon, value = line.partition(":")
        name = head.partition(";")[0].upper()
        if name == "METHOD":
            method = value.strip().upper()
        elif name == "END" and value.strip().upper() == "VEVENT":
            break
        elif colon and name in ("SUMMARY", "DTSTART", "LOCATION"):
            values.setdefault(name, re.sub(r"\\([,;\\])", r"\1", value.replace("\\n", " ")).strip())
    kind = {"REQUEST": "Invitation", "CANCEL": "Canceled", "REPLY": "Answer to the invitation"}
    start = _START.sub(_format_start, values.get("DTSTART", ""))
    parts = [values.get("SUMMARY", ""), start, values.get("LOCATION", "")]
    return f"{kind.get(method, 'Event')}: {', '.join(filter(None, parts))}"


def _format_start(found: re.Match[str]) -> str:
    day = f"{found[1]}-{found[2]}-{found[3]}"
    return f"{day} {found[4]}:{found[5]}" if found[4] else day
