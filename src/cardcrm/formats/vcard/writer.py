"""Write drafts as vCards of version 3.0 or 4.0 (RFC 2426 and RFC 6350).

Fields that the standards lack go into our own properties (``X-CARDCRM-STAGE``), and labels that
they lack into Apple's grouped label lines, which most address books show. A draft that is written
and read again changes only in this: a missing full name is taken from the parts of the name, the
organization or the first contact point; an organization does not belong to an organization of its
own name; and `text_encoding.normalize_text` normalizes spaces and line ends.
"""

import re
from collections.abc import Iterable, Iterator
from typing import IO, Final
from uuid import UUID

from cardcrm.errors import UsageError
from cardcrm.formats.export_formats import ExportOptions
from cardcrm.formats.text_encoding import normalize_text
from cardcrm.formats.vcard.escapes import escape
from cardcrm.formats.vcard.labels import to_types
from cardcrm.formats.vcard.media import format_media
from cardcrm.formats.vcard.name_property import format_n
from cardcrm.formats.vcard.property_tables import (
    DEPARTMENT,
    NAMED_RELATIONS,
    PROPERTIES_OF_FIELDS,
    VCARD_KIND,
)
from cardcrm.records.contacts.contact_field_types import Gender
from cardcrm.records.contacts.custom_fields import JOINT
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.name_parser import NameParts
from cardcrm.records.contacts.names import compose
from cardcrm.records.contacts.stored_drafts import read_drafts
from cardcrm.store import Store
from cardcrm.text import drop_controls

VERSIONS: Final = ("3.0", "4.0")
_WIDTH: Final = 75  # octets of a line, without its end
_PROPERTIES: Final = {"email": "EMAIL", "phone": "TEL", "web": "URL", "social": "X-SOCIALPROFILE"}
_URL_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n"})  # , and ; are part of a URL
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Addresses of messengers, which IMPP is for; other handles and profiles are Apple's property.
_MESSENGER: Final = re.compile(
    r"(?:xmpp|jabber|skype|sips?|aim|icq|ymsgr|msnim|gtalk|im|irc|matrix|qq):\S", re.IGNORECASE
)
_OFFSET: Final = re.compile(r"([+-]\d\d):(\d\d)", re.ASCII)
_GROUP: Final = re.compile(r"^item(\d{1,9})\.", re.ASCII | re.IGNORECASE | re.MULTILINE)
_GENDER_CODES: Final = {word: code.upper() for code, word in Gender.words.items()}
_YEARLESS: Final = re.compile(r"--\d\d-\d\d", re.ASCII)


def write_contacts(
    store: Store, ids: Iterable[int], stream: IO[str], options: ExportOptions
) -> int:
    """Write stored contacts as one file of vCards, and return their number."""
    return write_vcard(read_drafts(store, ids), stream, options.vcard_version)


def write_vcard(drafts: Iterable[ContactDraft], stream: IO[str], version: str = "3.0") -> int:
    """Write one vCard for each draft, and return their number.

    ``stream`` is opened with ``newline=""`` in UTF-8. Raises UsageError for an unknown version.
    """
    if version not in VERSIONS:
        raise UsageError(f"unsupported vCard version {version}", "Choose 3.0 or 4.0.")
    count = 0
    for draft in drafts:
        stream.write(format_card(draft, version))
        count += 1
    return count


def format_card(draft: ContactDraft, version: str) -> str:
    """Return the vCard of a draft, with folded lines."""
    lines = map(drop_controls, _format_card(draft, version))
    return "".join(f"{fold_line(line)}\r\n" for line in lines)


def fold_line(line: str) -> str:
    """Fold a line into pieces of at most 75 octets, without splitting a character."""
    octets = line.encode("utf-8", errors="replace")
    if len(octets) <= _WIDTH:
        return line
    pieces, at, width = [], 0, _WIDTH
    while at < len(octets):
        end = min(at + width, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        pieces.append(octets[at:end].decode())
        at, width = end, _WIDTH - 1  # the space that marks a fold takes one
    return "\r\n ".join(pieces)


def _format_card(draft: ContactDraft, version: str) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield f"VERSION:{version}"
    yield from _format_identity(draft, version)
    groups = _Groups(draft.vcard_lines)
    for point in draft.points:
        yield from _format_contact_point(point, groups)
    yield from _format_addresses(draft.addresses, version, groups)
    yield from _format_anniversaries(draft.days, version, groups)
    for relation in (*draft.relations, *_list_named_relations(draft)):
        yield from _format_relation(relation, version, groups)
    yield from _format_traits(draft, version)
    yield from _format_other_fields(draft)
    for media in draft.media:
        yield format_media(media, version)
    for lines in draft.vcard_lines:
        yield from lines.split("\n")
    yield "END:VCARD"


def _format_identity(draft: ContactDraft, version: str) -> Iterator[str]:
    is_org = draft.kind == "org"
    if draft.uid:
        yield _format_uid(normalize_text(draft.uid), version)
    yield _format_kind(draft, version)
    name = _find_name(draft)
    yield f"FN:{escape(name)}"
    sort_as = normalize_text(draft.sort_as).replace('"', "'")
    sort_param = f';SORT-AS="{sort_as}"' if sort_as and version == "4.0" else ""
    yield f"N{'' if is_org else sort_param}:{draft.vcard_n or format_n(_parts_of(draft))}"
    if version != "4.0":
        yield from _format_text("SORT-STRING", draft.sort_as)
    yield from _format_text("X-CARDCRM-NAME-ORDER", draft.name_order)
    yield from _format_list("NICKNAME", draft.nicknames)
    org = draft.org or (name if is_org else "")
    if normalize_text(org):
        units = "".join(f";{escape(unit)}" for unit in _list_departments(draft))
        yield f"ORG{sort_param if is_org else ''}:{escape(org)}{units}"
    yield from _format_text("TITLE", draft.title)
    yield from _format_text("ROLE", draft.role)
    for number, job in enumerate(draft.jobs, 1):
        yield from _format_text(f"job{number}.ORG", job.org)
        yield from _format_text(f"job{number}.TITLE", job.title)


def _format_kind(draft: ContactDraft, version: str) -> str:
    if stated := next((text for label, text in draft.fields if label == VCARD_KIND), ""):
        return f"KIND:{escape(stated)}"
    if version == "4.0":
        return "KIND:org" if draft.kind == "org" else "KIND:individual"
    return "X-ABShowAs:COMPANY" if draft.kind == "org" else "X-ABShowAs:PERSON"


def _list_departments(draft: ContactDraft) -> list[str]:
    """Return the departments, which are units of the organization if there is one."""
    texts = [text for label, text in draft.fields if label == DEPARTMENT]
    return [unit for text in texts for unit in text.split(JOINT) if normalize_text(unit)]


def _parts_of(draft: ContactDraft) -> NameParts:
    return NameParts(draft.prefix, draft.given, draft.middle, draft.family, draft.suffix)


def _find_name(draft: ContactDraft) -> str:
    """Return the full name, which a vCard must have."""
    names = (draft.name, compose(_parts_of(draft)), draft.org)
    points = (point.value for point in draft.points)
    return next(filter(None, map(normalize_text, (*names, *points))), "")


def _format_uid(uid: str, version: str) -> str:
    try:
        is_uuid = str(UUID(uid)) == uid
    except ValueError:
        is_uuid = False
    if version == "4.0":
        return f"UID:urn:uuid:{uid}" if is_uuid else f"UID;VALUE=text:{escape(uid)}"
    return f"UID:{escape(uid)}"


class _Groups:
    """Numbers for groups: a property and the line that labels it share ``item1.``."""

    def __init__(self, taken: Iterable[str]) -> None:
        numbers = (_GROUP.findall(each) for each in taken)
        self.count = max((int(each) for found in numbers for each in found), default=0)

    def format_labelled(self, prop: str, label: str, value: str, params: str = "") -> Iterator[str]:
        """Yield a property with its label, as types if possible, else on a separate line."""
        label = normalize_text(label)
        types = to_types(prop, label) if label else []
        if types:
            # Both versions accept one parameter for each type.
            yield f"{prop}{''.join(f';TYPE={word}' for word in types)}{params}:{value}"
        elif label:
            self.count += 1
            yield f"item{self.count}.{prop}{params}:{value}"
            yield f"item{self.count}.X-ABLabel:{escape(label)}"
        else:
            yield f"{prop}{params}:{value}"


def _format_contact_point(point: ContactPointDraft, groups: _Groups) -> Iterator[str]:
    states = ["opted-out"] * point.opted_out + ["invalid"] * point.invalid
    params = f";X-CARDCRM={','.join(states)}" if states else ""
    is_url = point.kind in {"web", "social"}
    value = normalize_text(point.value).translate(_URL_ESCAPES) if is_url else escape(point.value)
    is_message = point.kind == "social" and _MESSENGER.match(value)
    prop = "IMPP" if is_message else _PROPERTIES[point.kind]
    yield from groups.format_labelled(prop, point.label, value, params)


def _format_addresses(
    addresses: Iterable[AddressDraft], version: str, groups: _Groups
) -> Iterator[str]:
    """Yield the addresses; version 3 has the coordinates of the first one only as GEO."""
    for number, address in enumerate(addresses):
        label, *parts, latitude, longitude = address
        degrees = [latitude, longitude] if latitude and longitude else []
        if degrees and version == "3.0" and number == 0:
            yield f"GEO:{latitude};{longitude}"
            degrees = []
        param = f';GEO="geo:{",".join(degrees)}"' if degrees else ""
        if param or any(map(normalize_text, parts)):
            value = ";;" + ";".join(map(escape, parts))
            yield from groups.format_labelled("ADR", label, value, param)


def _format_anniversaries(
    days: Iterable[AnniversaryDraft], version: str, groups: _Groups
) -> Iterator[str]:
    """Yield the anniversaries; the first birthday and anniversary have their own properties."""
    free = {"birthday": "BDAY", "anniversary": "ANNIVERSARY"}
    if version == "3.0":
        free["anniversary"] = "X-ANNIVERSARY"
    for day in days:
        text, label = normalize_text(day.day), normalize_text(day.label)
        prop = free.pop(label, "")
        if prop:
            yield f"{prop}{_format_day(text, version)}"
        else:
            yield from groups.format_labelled("X-ABDATE", label, escape(text))


def _format_day(day: str, version: str) -> str:
    if version == "4.0" and _ISO.fullmatch(day):
        return f":{day.replace('-', '')}"
    if version == "4.0" and _YEARLESS.fullmatch(day):
        return f":--{day[2:4]}{day[5:]}"
    return f":{day}" if _ISO.fullmatch(day) else f";VALUE=text:{escape(day)}"


def _format_relation(relation: RelationDraft, version: str, groups: _Groups) -> Iterator[str]:
    who = escape(relation.who)
    if version == "4.0":
        yield from groups.format_labelled("RELATED", relation.kind, who, ";VALUE=text")
    else:
        yield from groups.format_labelled("X-ABRELATEDNAMES", relation.kind, who)


def _list_named_relations(draft: ContactDraft) -> Iterator[RelationDraft]:
    """Yield the relations to people without a contact, which are custom fields."""
    for label, text in draft.fields:
        if label in NAMED_RELATIONS:
            names = filter(None, map(normalize_text, text.split(JOINT)))
            yield from (RelationDraft(label, name) for name in names)


def _format_traits(draft: ContactDraft, version: str) -> Iterator[str]:
    """Yield the languages, the time zone and the gender."""
    for language in draft.language.split(","):
        yield from _format_text("LANG", language)
    zone = normalize_text(draft.timezone)
    if offset := _OFFSET.fullmatch(zone):
        if version == "4.0":
            yield f"TZ;VALUE=utc-offset:{offset[1]}{offset[2]}"
        else:
            yield f"TZ:{zone}"
    elif zone:
        yield f"TZ;VALUE=text:{escape(zone)}"
    word, _, rest = normalize_text(draft.gender).partition(JOINT)
    code = _GENDER_CODES.get(word, "")
    text = rest if code else draft.gender
    if code or normalize_text(text):
        yield f"GENDER:{code}{text and ';'}{escape(text)}"


def _format_other_fields(draft: ContactDraft) -> Iterator[str]:
    yield from _format_list("CATEGORIES", draft.tags)
    yield from _format_text("NOTE", draft.note)
    yield from _format_text("X-CARDCRM-STAGE", draft.stage)
    yield from _format_text("X-CARDCRM-STATUS", draft.status)
    yield from _format_text("X-CARDCRM-OWNER", draft.owner)
    yield from _format_text("X-CARDCRM-CADENCE", draft.every)
    yield from _format_text("X-CARDCRM-SOURCE", draft.source)
    yield from _format_text("X-CARDCRM-REF", draft.ref)
    has_org = bool(normalize_text(draft.org)) or draft.kind == "org"
    for key, text in draft.fields:
        if key == VCARD_KIND:
            continue
        if key in PROPERTIES_OF_FIELDS:
            yield from _format_text(PROPERTIES_OF_FIELDS[key], text)
        elif not (key in NAMED_RELATIONS or (key == DEPARTMENT and has_org)):
            yield f"X-CARDCRM-FIELD:{escape(key)};{escape(text)}"


def _format_text(prop: str, text: str) -> Iterator[str]:
    if normalize_text(text):
        yield f"{prop}:{escape(text)}"


def _format_list(prop: str, values: Iterable[str]) -> Iterator[str]:
    texts = [text for value in values if (text := escape(value))]
    if texts:
        yield f"{prop}:{','.join(texts)}"
