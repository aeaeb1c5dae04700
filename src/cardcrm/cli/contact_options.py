"""The options that `add` and `edit` share, and the parts of contacts that they stand for.

Most options are fields of the declarations of contacts and addresses.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import complete_from, parse_pairs
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param
from cardcrm.errors import UsageError
from cardcrm.records.contacts.contact_type import ADDRESS, CONTACT, POINT_KINDS
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.names import PARTS
from cardcrm.records.fields import Choice
from cardcrm.records.mail.suppressed_rows import has_suppressed
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.records.contacts.duplicates import Duplicate

NAMES = "Name and work"
DETAILS = "Contact details"
STATUS = "Status and notes"

# The help of options that differs from the help of the filters.
_HELP = {
    "org": "Organization they work at; it is added if missing.",
    "title": "Job title, such as 'head of buying'.",
    "country": "Country, also assumed for phone numbers without a country code.",
    "note": "Note.",
    "source": "Source, such as a trade fair.",
    "every": "How often to be in touch: 30d, 2w, monthly, or never.",
}


def build_option(
    name: str, help_: str, panel: str, metavar: str = "TEXT", words: Sequence[str] = ()
) -> Param:
    """Return an option that is given once."""
    complete = complete_from(*words) if words else None
    option = typer.Option(
        metavar=metavar, help=help_, rich_help_panel=panel, autocompletion=complete
    )
    return Param(name, Annotated[str | None, option], None)


def build_list_option(name: str, help_: str, panel: str | None, metavar: str, *flags: str) -> Param:
    """Return an option that can be repeated."""
    option = typer.Option(
        *(flags or (f"--{name.replace('_', '-')}",)),
        metavar=metavar,
        help=help_,
        rich_help_panel=panel,
    )
    return Param(name, Annotated[list[str], option], [])


def _build_field_option(name: str, panel: str) -> Param:
    """Return the option of a declared field."""
    field = CONTACT.field(name) or ADDRESS.field(name)
    assert field is not None, name
    help_ = _HELP.get(name, field.help)
    if isinstance(field, Choice):
        return build_option(name, help_, panel, "WORD", field.choices)
    return build_option(name, help_, panel, "TEXT" if name == "org" else field.metavar)


_ADDRESS = AddressDraft._fields[1:]

OPTIONS = (
    *(_build_field_option(name, NAMES) for name in ("kind", "org", "title", "role")),
    *(_build_field_option(name, NAMES) for name in (*PARTS, "name_order", "sort_as")),
    build_list_option("nick", "Nickname; can be repeated.", NAMES, "NAME"),
    build_list_option("email", "Email address; can be repeated.", DETAILS, "ADDRESS"),
    build_list_option("phone", "Phone number in any format; can be repeated.", DETAILS, "NUMBER"),
    build_list_option("web", "Web address; can be repeated.", DETAILS, "URL"),
    build_list_option("social", "Social handle, such as mastodon:@jane@example.social.",
                      DETAILS, "HANDLE", "--social", "--handle"),
    *(_build_field_option(name, DETAILS) for name in _ADDRESS),
    build_option("pin", "Exact place of the address: latitude and longitude.", DETAILS,
                 "LAT,LON"),
    build_list_option("tag", "Tag; can be repeated.", STATUS, "TAG"),
    _build_field_option("note", STATUS),
    build_option("birthday", "Birthday, such as 1980-05-17 or 'May 17'.", STATUS, "DATE"),
    build_list_option("day", "Anniversary other than the birthday, such as wedding=2010-06-05.",
                      STATUS, "LABEL=DATE"),
    build_list_option("relation", "Relation, such as spouse=Jane or 'referred by=Acme'.",
                      STATUS, "KIND=WHO"),
    *(
        _build_field_option(name, STATUS)
        for name in (
            "source", "stage", "status", "owner", "every", "language", "timezone", "gender"
        )
    ),
)  # fmt: skip
_ONCE = {"name", *(each.name for each in OPTIONS if each.default is None)}


def read_texts(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that were given and are given once, by the names of the fields.

    A pin is a latitude and a longitude. Raises UsageError for one of both alone.
    """
    found = {name: text for name, text in typed.items() if name in _ONCE and text is not None}
    if "pin" in found:
        found |= _parse_pin(found.pop("pin"))
    if ("latitude" in found) != ("longitude" in found):
        given, missing = sorted(_DEGREES, key=lambda name: name not in found)
        raise UsageError(f"--{given} needs --{missing}", "Or give both: --pin 53.80,-1.55")
    return found


_DEGREES = ("latitude", "longitude")


def _parse_pin(text: str) -> dict[str, str]:
    """Return the coordinates of a pin; an empty one removes them. Raises UsageError."""
    from cardcrm.geodesy import parse_position

    if not text.strip():
        return dict.fromkeys(_DEGREES, "")
    position = parse_position(text)
    if position is None:
        raise UsageError(f"invalid pin “{text}”", "Write latitude, longitude: --pin 53.80,-1.55")
    return dict(zip(_DEGREES, map(repr, position), strict=True))


def read_address(texts: dict[str, Any]) -> tuple[AddressDraft, ...]:
    """Take the lines of an address out of texts; return it if there is one."""
    address = AddressDraft("", *(texts.pop(name, "") for name in _ADDRESS))
    return (address,) if any(address) else ()


def read_parts(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts that can be repeated, by the attributes of a draft.

    A contact point may have a label, as in ``work:0113 496 0123``.
    """
    days = parse_pairs(typed["day"], "--day")
    relations = parse_pairs(typed["relation"], "--relation")
    return {
        "nicknames": tuple(typed["nick"]),
        "points": tuple(
            _parse_contact_point(kind, text) for kind in POINT_KINDS for text in typed[kind]
        ),
        "days": tuple(AnniversaryDraft(*each) for each in days),
        "relations": tuple(RelationDraft(*each) for each in relations),
    }


def _parse_contact_point(kind: str, text: str) -> ContactPointDraft:
    """Return a contact point from a text such as ``work:0113 496 0123``."""
    label, colon, value = text.partition(":")
    label = label.lower()
    if colon and label.isalpha() and label not in ("http", "https", "mailto", "tel"):
        if not value.strip():
            raise UsageError(
                f"--{kind} “{text}” is a label without a value", f"Add it: --{kind} {label}:…"
            )
        return ContactPointDraft(kind, value, label)
    return ContactPointDraft(kind, text)


def duplicate_warnings(likely: "Sequence[Duplicate]", contact_id: int) -> tuple[str, ...]:
    """Return a line for each contact that one is likely a duplicate of."""
    return tuple(
        f"possible duplicate of {each.id} {each.name} ({each.reason}); "
        f"to merge: cardcrm merge {each.id} {contact_id}; to undo: cardcrm undo"
        for each in likely
    )


def suppression_warnings(store: Store, contact_id: int) -> tuple[str, ...]:
    """Return a line for each address of a contact that the suppression list has marked."""
    if not has_suppressed(store):
        return ()
    from cardcrm.records.mail import suppression

    return suppression.describe_contact(store, contact_id)


def phone_warnings(
    session: Session, added: Sequence[ContactPointDraft], addresses: Sequence[AddressDraft] = ()
) -> tuple[str, ...]:
    """Return a line for each phone number that was added although it is invalid."""
    if not any(point.kind == "phone" for point in added):
        return ()
    from cardcrm.records.contacts.contact_points import phone_warnings

    return tuple(phone_warnings(added, session.store().locale.region, addresses))
