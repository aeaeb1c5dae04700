"""The properties with contact points and addresses."""

import re
from typing import Final

from cardcrm.formats.vcard.card_builder import CardBuilder
from cardcrm.formats.vcard.property import SCHEME, Fate, Handler, Property
from cardcrm.formats.vcard.property_tables import WEB_LABELS, find_messenger
from cardcrm.records.contacts.drafts import AddressDraft, ContactPointDraft

_DEGREES: Final = r"([+-]?\d+(?:\.\d+)?)"
_GEO: Final = re.compile(
    rf"(?:geo:)?\s*{_DEGREES}\s*[;,]\s*{_DEGREES}\s*(?:[;,].*)?", re.IGNORECASE
)


def find_messenger_handler(name: str) -> Handler | None:
    """Return the function for the property of a messenger, or None for any other property."""
    label = find_messenger(name)
    return _make_point_handler("social", "", label) if label else None


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
    if user and SCHEME.match(prop.text):
        prop = prop._replace(value=user)
    return _SOCIAL(card, prop)


def _add_email(card: CardBuilder, prop: Property) -> Fate:
    if not prop.text.strip("<> "):
        return "email"
    card.members.append(f"mailto:{prop.text}")  # of a contact list
    return _EMAIL(card, prop)


# Addresses


def _add_address(card: CardBuilder, prop: Property) -> Fate:
    parts = [*prop.parts, *[""] * 7][:7]
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


_EMAIL: Final = _make_point_handler("email", "mailto:")
_SOCIAL: Final = _make_point_handler("social")
_PHONE: Final = _make_point_handler("phone", "tel:")
HANDLERS: Final[dict[str, Handler]] = {
    "EMAIL": _add_email,
    "TEL": _PHONE,
    "X-MS-TEL": _PHONE,
    **dict.fromkeys(
        ("X-ASSISTANT-TEL", "X-ASSISTANT-PHONE"), _make_point_handler("phone", "tel:", "assistant")
    ),
    "URL": _make_point_handler("web"),
    **{name: _make_point_handler("web", "", label) for name, label in WEB_LABELS.items()},
    "IMPP": _SOCIAL,
    "X-SOCIALPROFILE": _add_profile,
    "SOCIALPROFILE": _add_profile,
    "ADR": _add_address,
    "LABEL": _add_label,
    "GEO": _add_geo,
}
