"""The meaning of each property: one function a kind, which adds its value to a `CardBuilder`.

A function returns the name of the field that the value has gone to, or a note where there is more
to say. One that returns None leaves the property to be kept as it is.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from cardcrm.formats.csv.cell_values import split_unescaped
from cardcrm.formats.file_dates import normalize_day
from cardcrm.formats.import_entries import ValueNote
from cardcrm.formats.import_job import DEFAULT_LIMIT
from cardcrm.formats.vcard.android import read_android
from cardcrm.formats.vcard.card_builder import CardBuilder, Named
from cardcrm.formats.vcard.content_line import ContentLine, Head
from cardcrm.formats.vcard.escapes import escape, unescape
from cardcrm.formats.vcard.media import Unkept, read_media
from cardcrm.formats.vcard.property_tables import (
    FIELDS,
    KINDS_OF_RELATIONS,
    OTHER_FIELDS,
    WEB_LABELS,
    find_messenger,
)
from cardcrm.records.contacts.contact_type import GENDER
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactPointDraft,
    RelationDraft,
)

CUSTOM: Final = "custom field"
_UUID: Final = re.compile(r"urn:uuid:", re.IGNORECASE)
_SCHEME: Final = re.compile(r"(?:x-apple|mailto):", re.IGNORECASE)
_DEGREES: Final = r"([+-]?\d+(?:\.\d+)?)"
_GEO: Final = re.compile(
    rf"(?:geo:)?\s*{_DEGREES}\s*[;,]\s*{_DEGREES}\s*(?:[;,].*)?", re.IGNORECASE
)
_OFFSET: Final = re.compile(r"([+-]\d\d):?(\d\d)?", re.ASCII)
_GENDERS: Final = {"1": "female", "2": "male"}  # of the Windows address book


class Property(NamedTuple):
    """One property that has a value: its head, its value with escapes, and its label.

    The label is Apple's (``X-ABLabel``) if there is one, whose line is the ``label_line``, else
    made of the types.
    """

    head: Head
    value: str
    label: str
    line: ContentLine
    label_line: str = ""
    media_limit: int = DEFAULT_LIMIT

    @property
    def name(self) -> str:
        """The name in capitals."""
        return self.head.name

    @property
    def text(self) -> str:
        """The value without escapes."""
        return unescape(self.value)

    def note_field(self, label: str) -> ValueNote:
        """Return the note of a value that is a custom field now."""
        return ValueNote(self.name, label, CUSTOM)


Fate = str | ValueNote | None
Handler = Callable[[CardBuilder, Property], Fate]


def find_handler(name: str) -> Handler | None:
    """Return the function for a property, or None for one that is not known."""
    if handler := HANDLERS.get(name):
        return handler
    if label := find_messenger(name):
        return _make_messenger_handler(label)
    return None


# Names and single values


def _set_name(card: CardBuilder, prop: Property) -> Fate:
    if card.set_first("name", "name", prop.text):
        return "name"
    return prop.note_field("other name")


def _add_n(card: CardBuilder, prop: Property) -> Fate:
    if card.names and card.names[0] != prop.value.strip():
        return None
    card.names.append(prop.value.strip())
    if text := ",".join(prop.head.params.get("SORT-AS", ())):
        card.values.setdefault("sort_as", text)
    return "name"


def _make_setter(attribute: str, label: str = "") -> Handler:
    label = label or attribute

    def handle(card: CardBuilder, prop: Property) -> Fate:
        is_first = card.set_first(attribute, label, prop.text)
        return label if is_first else prop.note_field(f"other {label}")

    return handle


def _set_file_as(card: CardBuilder, prop: Property) -> Fate:
    """Take the text that another program sorts by, unless it is made of the name."""
    words = set(re.findall(r"\w+", prop.text.casefold()))
    known = " ".join((*card.names, card.values.get("name", ""), *(each.text for each in card.orgs)))
    if words <= set(re.findall(r"\w+", known.casefold())):
        return "name"
    return _make_setter("sort_as", "sorted as")(card, prop)


def _add_nicknames(card: CardBuilder, prop: Property) -> Fate:
    card.nicknames += _split_list(prop.value)
    return "nickname"


def _add_tags(card: CardBuilder, prop: Property) -> Fate:
    card.tags += _split_list(prop.value)
    return "tag"


def _split_list(value: str) -> list[str]:
    return [text for part in split_unescaped(value, ",") if (text := unescape(part))]


def _add_org(card: CardBuilder, prop: Property) -> Fate:
    is_further = bool(card.orgs)
    card.orgs.append(Named(prop.value, prop.head.group))
    if text := ",".join(prop.head.params.get("SORT-AS", ())):
        card.sort_org = card.sort_org or text
    return "job" if is_further else "organization"


def _add_title(card: CardBuilder, prop: Property) -> Fate:
    is_further = bool(card.titles)
    card.titles.append(Named(prop.text, prop.head.group))
    return "job" if is_further and len(card.orgs) > 1 else "title"


def _add_role(card: CardBuilder, prop: Property) -> Fate:
    card.roles.append(prop.text)
    return "role" if len(card.roles) == 1 else prop.note_field("other role")


def _set_gender(card: CardBuilder, prop: Property) -> Fate:
    sex, *words = map(unescape, split_unescaped(prop.value, ";"))
    text = "; ".join(filter(None, (GENDER.normalize(_GENDERS.get(sex, sex)), *words)))
    return _make_setter("gender")(card, prop._replace(value=escape(text)))


def _add_language(card: CardBuilder, prop: Property) -> Fate:
    known = card.values.get("language", "")
    if prop.text.lower() not in known.lower().split(", "):
        card.values["language"] = f"{known}, {prop.text}" if known else prop.text
    return "language"


def _set_zone(card: CardBuilder, prop: Property) -> Fate:
    """Take a zone; the words behind an offset, as in ``-05:00; EST; Raleigh``, are a field."""
    zone, *words = map(unescape, split_unescaped(prop.value, ";"))
    if any(words):
        card.fields.append(("time zone as written", prop.text))
    if offset := _OFFSET.fullmatch(zone):
        zone = f"{offset[1]}:{offset[2] or '00'}"
    if card.set_first("timezone", "time zone", zone):
        return "time zone"
    return prop.note_field("other time zone")


def _set_uid(card: CardBuilder, prop: Property) -> Fate:
    return _make_setter("uid", "permanent id")(
        card, prop._replace(value=_UUID.sub("", prop.value.strip(), count=1))
    )


def _set_kind(card: CardBuilder, prop: Property) -> Fate:
    card.kind = prop.text.lower()
    return "kind"


def _set_list(card: CardBuilder, prop: Property) -> Fate:
    """Take the contact list of Evolution for a group; its addresses are the members."""
    if prop.text.lower() == "true":
        card.kind = "group"
    return "kind"


def _add_member(card: CardBuilder, prop: Property) -> Fate:
    card.members.append(_UUID.sub("", prop.text, count=1))
    return "group"


def _add_note(card: CardBuilder, prop: Property) -> Fate:
    note = card.values.get("note")
    card.values["note"] = f"{note}\n\n{prop.text}" if note else prop.text
    return "note"


# Contact points


def _make_point_handler(kind: str, scheme: str = "", label: str = "") -> Handler:
    def handle(card: CardBuilder, prop: Property) -> Fate:
        value = prop.text
        if scheme and value[: len(scheme)].lower() == scheme:
            value = value[len(scheme) :].replace(";ext=", " ext. ")
        states = prop.head.params.get("X-CARDCRM", ())
        named = _read_network(prop) or label or prop.label
        card.points.append(
            ContactPointDraft(kind, value, named, "opted-out" in states, "invalid" in states)
        )
        return kind

    return handle


def _read_network(prop: Property) -> str:
    """Return the network that a handle is of; RFC 9554 names it in SERVICE-TYPE."""
    if not prop.head.params:
        return ""
    return (prop.head.first("SERVICE-TYPE") or prop.head.first("X-SERVICE-TYPE")).lower()


def _add_profile(card: CardBuilder, prop: Property) -> Fate:
    """Add a social profile; Apple gives one without an address the name of its user."""
    user = prop.head.first("X-USER")
    if user and _SCHEME.match(prop.text):
        prop = prop._replace(value=user)
    return _make_point_handler("social")(card, prop)


def _make_messenger_handler(label: str) -> Handler:
    return _make_point_handler("social", "", label)


def _add_email(card: CardBuilder, prop: Property) -> Fate:
    if not prop.text.strip("<> "):
        return "email"
    card.members.append(f"mailto:{prop.text}")  # of a contact list
    return _POINTS["email"](card, prop)


_POINTS: Final = {"email": _make_point_handler("email", "mailto:")}


# Addresses


def _add_address(card: CardBuilder, prop: Property) -> Fate:
    parts = [*map(unescape, split_unescaped(prop.value, ";")), *[""] * 7][:7]
    street = "\n".join(part for part in parts[:3] if part)
    geo = _GEO.fullmatch(prop.head.first("GEO")) if prop.head.params else None
    degrees = geo.groups() if geo else ("", "")
    if street or any(parts[3:]) or any(degrees):
        card.addresses.append(AddressDraft(prop.label, street, *parts[3:], *degrees))
    if label := prop.head.first("LABEL"):
        card.labels.append((prop.label, label.replace("\\n", "\n")))
    return "address"


def _add_label(card: CardBuilder, prop: Property) -> Fate:
    card.labels.append((prop.label, prop.text))
    return "address"


def _add_geo(card: CardBuilder, prop: Property) -> Fate:
    found = _GEO.fullmatch(prop.text)
    if found is None or not (abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180):
        card.fields.append(("coordinates as written", prop.text))
        return prop.note_field("coordinates as written")
    if card.geo and card.geo[0] != found.groups():
        return None
    card.geo.append((found[1], found[2]))
    return "coordinates"


# Days and people


def _make_day_handler(label: str) -> Handler:
    def handle(card: CardBuilder, prop: Property) -> Fate:
        day = normalize_day(prop.text)
        if day[:4] == prop.head.first("X-APPLE-OMIT-YEAR"):
            day = f"-{day[4:]}"
        named = label or prop.label or "anniversary"
        card.days.append(AnniversaryDraft(named, day))
        return named if label else "day"

    return handle


def _set_death(card: CardBuilder, prop: Property) -> Fate:
    card.values["status"] = "deceased"
    return _make_day_handler("death")(card, prop)


def _add_relation(card: CardBuilder, prop: Property) -> Fate:
    who = _UUID.sub("", prop.text, count=1)
    param = prop.head.first("VALUE")
    if not who.strip("; ") and param.lower() not in ("", "text", "uri"):
        who = param  # where KDE writes the name
    card.relations.append(RelationDraft(prop.label or "related", _SCHEME.sub("", who, count=1)))
    return "relation"


def _make_relation_handler(kind: str) -> Handler:
    def handle(card: CardBuilder, prop: Property) -> Fate:
        names = [prop.text]
        if kind == "child":
            names = _split_list(prop.value.replace(";", ","))
        elif prop.head.first("TYPE").upper() == "N":
            names = [" ".join(map(unescape, split_unescaped(prop.value.strip(";"), ";")))]
        card.relations += [RelationDraft(kind, name) for name in names]
        return "relation"

    return handle


def _add_android(card: CardBuilder, prop: Property) -> Fate:
    row = read_android([unescape(each) for each in split_unescaped(prop.value, ";")])
    if row is None:
        return None
    if row.kind == "nickname":
        card.nicknames.append(row.value)
    elif row.kind == "event":
        card.days.append(AnniversaryDraft(row.label, normalize_day(row.value)))
    else:
        card.relations.append(RelationDraft(row.label, row.value))
    return {"event": "day"}.get(row.kind, row.kind)


# The rest


def _make_field_handler(label: str) -> Handler:
    def handle(card: CardBuilder, prop: Property) -> Fate:
        card.fields.append((label, prop.text))
        return prop.note_field(label)

    return handle


def _add_field(card: CardBuilder, prop: Property) -> Fate:
    key, *texts = map(unescape, split_unescaped(prop.value, ";"))
    card.fields.append((key, ";".join(texts)))
    return prop.note_field(key)


def _add_numbered(card: CardBuilder, prop: Property) -> Fate:
    """Take a text of Outlook's own fields: ``X-MS-TEXT;CUSTOM1:…``."""
    label = prop.head.types[0].replace("custom", "custom ") if prop.head.types else "custom"
    card.fields.append((label, prop.text))
    return prop.note_field(label)


def _make_media_handler(kind: str) -> Handler:
    def handle(card: CardBuilder, prop: Property) -> Fate:
        if kind == "sound" and "x-irmc-n" in prop.head.types:  # how Japanese phones spell a name
            return _make_field_handler("phonetic name")(card, _spread(prop))
        found = read_media(kind, prop.line, prop.media_limit)
        if isinstance(found, Unkept):
            return ValueNote(prop.name, "", "no", found.reason)
        if found is None:
            return None
        card.media.append(found)
        return kind

    return handle


def _spread(prop: Property) -> Property:
    return prop._replace(value=" ".join(filter(None, split_unescaped(prop.value, ";"))))


_PHONE: Final = _make_point_handler("phone", "tel:")
HANDLERS: Final[dict[str, Handler]] = {
    "FN": _set_name,
    "N": _add_n,
    "SORT-STRING": _make_setter("sort_as", "sorted as"),
    "X-EVOLUTION-FILE-AS": _set_file_as,
    "X-FILE-AS": _set_file_as,
    **dict.fromkeys(
        ("NICKNAME", "X-NICKNAME", "X-MS-NICKNAME", "X-EPOCSECONDNAME"), _add_nicknames
    ),
    "ORG": _add_org,
    "TITLE": _add_title,
    "ROLE": _add_role,
    "GENDER": _set_gender,
    "X-GENDER": _set_gender,
    "X-WAB-GENDER": _set_gender,
    "LANG": _add_language,
    "TZ": _set_zone,
    "EMAIL": _add_email,
    "TEL": _PHONE,
    "X-MS-TEL": _PHONE,
    **dict.fromkeys(
        ("X-ASSISTANT-TEL", "X-ASSISTANT-PHONE"), _make_point_handler("phone", "tel:", "assistant")
    ),
    "URL": _make_point_handler("web"),
    **{name: _make_point_handler("web", "", label) for name, label in WEB_LABELS.items()},
    "IMPP": _make_point_handler("social"),
    "X-SOCIALPROFILE": _add_profile,
    "SOCIALPROFILE": _add_profile,
    "ADR": _add_address,
    "LABEL": _add_label,
    "GEO": _add_geo,
    "BDAY": _make_day_handler("birthday"),
    **dict.fromkeys(
        ("ANNIVERSARY", "X-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY", "X-MS-ANNIVERSARY",
         "X-KADDRESSBOOK-X-ANNIVERSARY", "X-WEDDING-ANNIVERSARY"),
        _make_day_handler("anniversary"),
    ),
    "X-ABDATE": _make_day_handler(""),
    "DEATHDATE": _set_death,
    "CATEGORIES": _add_tags,
    "NOTE": _add_note,
    "UID": _set_uid,
    "KIND": _set_kind,
    "X-ABSHOWAS": _set_kind,
    "X-ADDRESSBOOKSERVER-KIND": _set_kind,
    "X-EVOLUTION-LIST": _set_list,
    "MEMBER": _add_member,
    "X-ADDRESSBOOKSERVER-MEMBER": _add_member,
    "RELATED": _add_relation,
    "X-ABRELATEDNAMES": _add_relation,
    **{name: _make_relation_handler(kind) for name, kind in KINDS_OF_RELATIONS.items()},
    "X-ANDROID-CUSTOM": _add_android,
    **{name: _make_field_handler(label) for name, label in (FIELDS | OTHER_FIELDS).items()},
    "X-MS-TEXT": _add_numbered,
    "PHOTO": _make_media_handler("photo"),
    "LOGO": _make_media_handler("logo"),
    "SOUND": _make_media_handler("sound"),
    "KEY": _make_media_handler("key"),
    "X-CARDCRM-NAME-ORDER": _make_setter("name_order", "name order"),
    "X-CARDCRM-STAGE": _make_setter("stage"),
    "X-CARDCRM-STATUS": _make_setter("status"),
    "X-CARDCRM-OWNER": _make_setter("owner"),
    "X-CARDCRM-CADENCE": _make_setter("every"),
    "X-CARDCRM-SOURCE": _make_setter("source"),
    "X-CARDCRM-REF": _make_setter("ref", "reference"),
    "X-CARDCRM-FIELD": _add_field,
}  # fmt: skip
