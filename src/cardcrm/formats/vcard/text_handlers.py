"""The properties with the name, the jobs, the groups and the single values of a contact."""

import re
from typing import Final

from cardcrm.formats.vcard.card_builder import CardBuilder, Named
from cardcrm.formats.vcard.escapes import escape, split_list
from cardcrm.formats.vcard.property import Fate, Handler, Property
from cardcrm.records.contacts.contact_type import GENDER

_OFFSET: Final = re.compile(r"([+-]\d\d):?(\d\d)?", re.ASCII)
_GENDERS: Final = {"1": "female", "2": "male"}  # of the Windows address book


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
    card.nicknames += split_list(prop.value)
    return "nickname"


def _add_tags(card: CardBuilder, prop: Property) -> Fate:
    card.tags += split_list(prop.value)
    return "tag"


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
    sex, *words = prop.parts
    text = "; ".join(filter(None, (GENDER.normalize(_GENDERS.get(sex, sex)), *words)))
    return _make_setter("gender")(card, prop._replace(value=escape(text)))


def _add_language(card: CardBuilder, prop: Property) -> Fate:
    known = card.values.get("language", "")
    if prop.text.lower() not in known.lower().split(", "):
        card.values["language"] = f"{known}, {prop.text}" if known else prop.text
    return "language"


def _set_zone(card: CardBuilder, prop: Property) -> Fate:
    """Take a zone; the words behind an offset, as in ``-05:00; EST; Raleigh``, are a field."""
    zone, *words = prop.parts
    if any(words):
        card.fields.append(("time zone as written", prop.text))
    if offset := _OFFSET.fullmatch(zone):
        zone = f"{offset[1]}:{offset[2] or '00'}"
    if card.set_first("timezone", "time zone", zone):
        return "time zone"
    return prop.note_field("other time zone")


def _set_uid(card: CardBuilder, prop: Property) -> Fate:
    return _make_setter("uid", "permanent id")(card, prop._replace(value=escape(prop.uid)))


def _set_kind(card: CardBuilder, prop: Property) -> Fate:
    card.kind = prop.text.lower()
    return "kind"


def _set_list(card: CardBuilder, prop: Property) -> Fate:
    """Take the contact list of Evolution for a group; its addresses are the members."""
    if prop.text.lower() == "true":
        card.kind = "group"
    return "kind"


def _add_member(card: CardBuilder, prop: Property) -> Fate:
    card.members.append(prop.uid)
    return "group"


def _add_note(card: CardBuilder, prop: Property) -> Fate:
    note = card.values.get("note")
    card.values["note"] = f"{note}\n\n{prop.text}" if note else prop.text
    return "note"


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
    "CATEGORIES": _add_tags,
    "NOTE": _add_note,
    "UID": _set_uid,
    "KIND": _set_kind,
    "X-ABSHOWAS": _set_kind,
    "X-ADDRESSBOOKSERVER-KIND": _set_kind,
    "X-EVOLUTION-LIST": _set_list,
    "MEMBER": _add_member,
    "X-ADDRESSBOOKSERVER-MEMBER": _add_member,
    "X-CARDCRM-NAME-ORDER": _make_setter("name_order", "name order"),
    "X-CARDCRM-STAGE": _make_setter("stage"),
    "X-CARDCRM-STATUS": _make_setter("status"),
    "X-CARDCRM-OWNER": _make_setter("owner"),
    "X-CARDCRM-CADENCE": _make_setter("every"),
    "X-CARDCRM-SOURCE": _make_setter("source"),
    "X-CARDCRM-REF": _make_setter("ref", "reference"),
}
