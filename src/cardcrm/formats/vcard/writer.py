"""Drafts as vCards of version 3.0 or 4.0 (RFC 2426 and RFC 6350).

What the standards have no place for goes into properties of our own (``X-CARDCRM-STAGE``), and
labels they do not know into Apple's grouped label lines, which most address books show. Written and
read again a draft is the same, but for this: a draft without full name gets one from its parts,
organisation or first point, an organisation's card is of no organisation of the same name, and the
changes to blanks and line ends that ``text.clean`` makes.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, TextIO
from uuid import UUID

from cardcrm.errors import UsageError
from cardcrm.formats.text_encoding import clean
from cardcrm.formats.vcard.labels import types_of
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)

VERSIONS: Final = ("3.0", "4.0")
_WIDTH: Final = 75  # octets of a line, without its end
_POINTS: Final = {"email": "EMAIL", "phone": "TEL", "web": "URL", "social": "X-SOCIALPROFILE"}
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", ",": "\\,", ";": "\\;"})
_URL_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n"})  # its , and ; are its own
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEARLESS: Final = re.compile(r"--\d\d-\d\d", re.ASCII)


def write_vcard(drafts: Iterable[ContactDraft], stream: TextIO, version: str = "4.0") -> int:
    """Write one card for each draft; returns how many.

    ``stream`` is opened with ``newline=""`` in UTF-8. Raises UsageError for another version.
    """
    if version not in VERSIONS:
        raise UsageError(f"vCard {version} cannot be written", "there is 3.0 and 4.0")
    count = 0
    for draft in drafts:
        stream.write("".join(f"{fold(line)}\r\n" for line in _card(draft, version)))
        count += 1
    return count


def fold(line: str) -> str:
    """A line in pieces of at most 75 octets, none of which ends inside a character."""
    octets = line.encode("utf-8", errors="replace")
    if len(octets) <= _WIDTH:
        return line
    pieces, at, width = [], 0, _WIDTH
    while at < len(octets):
        end = min(at + width, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        pieces.append(octets[at:end].decode())
        at, width = end, _WIDTH - 1  # the blank that marks a fold takes one
    return "\r\n ".join(pieces)


def _escaped(text: str) -> str:
    return clean(text).translate(_ESCAPES)


def _card(draft: ContactDraft, version: str) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield f"VERSION:{version}"
    yield from _identity(draft, version)
    groups = _Groups()
    for point in draft.points:
        yield from _point(point, groups)
    for address in draft.addresses:
        yield from _address(address, groups)
    yield from _days(draft.days, version, groups)
    for relation in draft.relations:
        yield from _relation(relation, version, groups)
    yield from _rest(draft)
    yield "END:VCARD"


def _identity(draft: ContactDraft, version: str) -> Iterator[str]:
    is_org = draft.kind == "org"
    if draft.uid:
        yield _uid(clean(draft.uid), version)
    if version == "4.0":
        yield "KIND:org" if is_org else "KIND:individual"
    else:
        yield "X-ABShowAs:COMPANY" if is_org else "X-ABShowAs:PERSON"
    name = _name(draft)
    yield f"FN:{_escaped(name)}"
    yield f"N:{_escaped(draft.family)};{_escaped(draft.given)};;;"
    yield from _listed("NICKNAME", draft.nicknames)
    org = draft.org or (name if is_org else "")
    if clean(org):
        yield f"ORG:{_escaped(org)}"
    yield from _text("TITLE", draft.title)


def _name(draft: ContactDraft) -> str:
    """The full name, which a vCard has to have."""
    parts = " ".join(part for part in (clean(draft.given), clean(draft.family)) if part)
    points = (point.value for point in draft.points)
    return next(filter(None, map(clean, (draft.name, parts, draft.org, *points))), "")


def _uid(uid: str, version: str) -> str:
    try:
        is_uuid = str(UUID(uid)) == uid
    except ValueError:
        is_uuid = False
    if version == "4.0":
        return f"UID:urn:uuid:{uid}" if is_uuid else f"UID;VALUE=text:{_escaped(uid)}"
    return f"UID:{_escaped(uid)}"


class _Groups:
    """Numbers for groups: a property and the line that labels it share ``item1.``."""

    def __init__(self) -> None:
        self.count = 0

    def labelled(self, prop: str, label: str, value: str, params: str = "") -> Iterator[str]:
        """A property and its label: as types where they can say it, else on a line of its own."""
        label = clean(label)
        types = types_of(prop, label) if label else []
        if types:
            # 3.0 and 4.0 agree on a parameter for each type.
            yield f"{prop}{''.join(f';TYPE={word}' for word in types)}{params}:{value}"
        elif label:
            self.count += 1
            yield f"item{self.count}.{prop}{params}:{value}"
            yield f"item{self.count}.X-ABLabel:{_escaped(label)}"
        else:
            yield f"{prop}{params}:{value}"


def _point(point: ContactPointDraft, groups: _Groups) -> Iterator[str]:
    states = ["opted-out"] * point.opted_out + ["invalid"] * point.invalid
    params = f";X-CARDCRM={','.join(states)}" if states else ""
    is_url = point.kind in {"web", "social"}
    value = clean(point.value).translate(_URL_ESCAPES if is_url else _ESCAPES)
    yield from groups.labelled(_POINTS[point.kind], point.label, value, params)


def _address(address: AddressDraft, groups: _Groups) -> Iterator[str]:
    parts = (
        address.street,
        address.city,
        address.region,
        address.postcode,
        address.country,
    )
    if any(map(clean, parts)):
        value = ";;" + ";".join(map(_escaped, parts))
        yield from groups.labelled("ADR", address.label, value)


def _days(days: Iterable[AnniversaryDraft], version: str, groups: _Groups) -> Iterator[str]:
    """The first birthday and anniversary have properties of their own, which may come but once."""
    free = {"birthday": "BDAY", "anniversary": "ANNIVERSARY"}
    if version == "3.0":
        free["anniversary"] = "X-ANNIVERSARY"
    for day in days:
        text, label = clean(day.day), clean(day.label)
        prop = free.pop(label, "")
        if prop:
            yield f"{prop}{_day_value(text, version)}"
        else:
            yield from groups.labelled("X-ABDATE", label, _escaped(text))


def _day_value(day: str, version: str) -> str:
    if version == "4.0" and _ISO.fullmatch(day):
        return f":{day.replace('-', '')}"
    if version == "4.0" and _YEARLESS.fullmatch(day):
        return f":--{day[2:4]}{day[5:]}"
    return f":{day}" if _ISO.fullmatch(day) else f";VALUE=text:{_escaped(day)}"


def _relation(relation: RelationDraft, version: str, groups: _Groups) -> Iterator[str]:
    who = _escaped(relation.who)
    if version == "4.0":
        yield from groups.labelled("RELATED", relation.kind, who, ";VALUE=text")
    else:
        yield from groups.labelled("X-ABRELATEDNAMES", relation.kind, who)


def _rest(draft: ContactDraft) -> Iterator[str]:
    yield from _listed("CATEGORIES", draft.tags)
    yield from _text("NOTE", draft.note)
    yield from _text("X-CARDCRM-STAGE", draft.stage)
    yield from _text("X-CARDCRM-OWNER", draft.owner)
    yield from _text("X-CARDCRM-CADENCE", draft.every)
    yield from _text("X-CARDCRM-SOURCE", draft.source)
    yield from _text("X-CARDCRM-REF", draft.ref)
    for key, text in draft.fields:
        yield f"X-CARDCRM-FIELD:{_escaped(key)};{_escaped(text)}"


def _text(prop: str, text: str) -> Iterator[str]:
    if clean(text):
        yield f"{prop}:{_escaped(text)}"


def _listed(prop: str, values: Iterable[str]) -> Iterator[str]:
    texts = [text for value in values if (text := _escaped(value))]
    if texts:
        yield f"{prop}:{','.join(texts)}"
