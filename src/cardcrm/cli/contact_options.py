"""The options that `add` and `edit` share, and the drafts that they make."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cardcrm.cli.arguments import complete_from, parse_pairs
from cardcrm.cli.session import Session
from cardcrm.records.contacts.contact_type import KIND, POINT_KINDS, STAGES
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactPointDraft,
    RelationDraft,
)

NAMES = "Name and work"
DETAILS = "Contact details"
STATUS = "Status and notes"


def _option(
    help_: str, panel: str, metavar: str = "TEXT", *names: str, words: Sequence[str] = ()
) -> Any:
    complete = complete_from(*words) if words else None
    return typer.Option(
        *names, metavar=metavar, help=help_, rich_help_panel=panel, autocompletion=complete
    )


Kind = Annotated[
    str | None, _option("Kind of contact: person or org.", NAMES, "KIND", words=KIND.choices)
]
Org = Annotated[str | None, _option("Organization they work at; it is added if missing.", NAMES)]
Title = Annotated[str | None, _option("Job title, such as 'head of buying'.", NAMES)]
Nicknames = Annotated[list[str], _option("Nickname; can be repeated.", NAMES, "NAME", "--nick")]
Emails = Annotated[
    list[str], _option("Email address; can be repeated.", DETAILS, "ADDRESS", "--email")
]
Phones = Annotated[
    list[str],
    _option("Phone number in any format; can be repeated.", DETAILS, "NUMBER", "--phone"),
]
Webs = Annotated[list[str], _option("Web address; can be repeated.", DETAILS, "URL", "--web")]
Socials = Annotated[
    list[str],
    _option("Handle on a social network; can be repeated.", DETAILS, "HANDLE", "--social"),
]
Street = Annotated[str | None, _option("Street and number.", DETAILS)]
City = Annotated[str | None, _option("City.", DETAILS)]
Region = Annotated[str | None, _option("State, province or county.", DETAILS)]
Postcode = Annotated[str | None, _option("Postal code.", DETAILS)]
Country = Annotated[
    str | None,
    _option("Country, also assumed for phone numbers without a country code.", DETAILS),
]
Tags = Annotated[list[str], _option("Tag; can be repeated.", STATUS, "TAG", "--tag")]
Note = Annotated[str | None, _option("Note.", STATUS)]
Birthday = Annotated[
    str | None, _option("Birthday, such as 1980-05-17 or 'May 17'.", STATUS, "DATE")
]
Days = Annotated[
    list[str],
    _option(
        "Anniversary other than the birthday, such as wedding=2010-06-05.",
        STATUS,
        "LABEL=DATE",
        "--day",
    ),
]
Relations = Annotated[
    list[str],
    _option(
        "Relation, such as spouse=Jane or 'referred by=Acme'.", STATUS, "KIND=WHO", "--relation"
    ),
]
Source = Annotated[str | None, _option("Source, such as a trade fair.", STATUS)]
Stage = Annotated[
    str | None,
    _option("Stage: lead, prospect, customer, lapsed, partner or other.", STATUS, words=STAGES),
]
Owner = Annotated[str | None, _option("User who looks after them.", STATUS, "USER")]
Every = Annotated[
    str | None, _option("How often to be in touch: 30d, 2w, monthly.", STATUS, "SPAN")
]


def parse_contact_points(
    email: Sequence[str], phone: Sequence[str], web: Sequence[str], social: Sequence[str]
) -> tuple[ContactPointDraft, ...]:
    """Return contact points by kind. Each may have a label, as in ``work:0113 496 0123``."""
    typed = zip(POINT_KINDS, (email, phone, web, social), strict=True)
    return tuple(_parse_contact_point(kind, text) for kind, texts in typed for text in texts)


def _parse_contact_point(kind: str, text: str) -> ContactPointDraft:
    """Return a contact point from a text such as ``work:0113 496 0123``."""
    label, colon, value = text.partition(":")
    label = label.lower()
    if colon and label.isalpha() and label not in ("http", "https", "mailto", "tel"):
        return ContactPointDraft(kind, value, label)
    return ContactPointDraft(kind, text)


def parse_anniversaries(
    birthday: str | None, others: Sequence[str]
) -> tuple[AnniversaryDraft, ...]:
    """Return the birthday, and anniversaries given as ``LABEL=DATE``."""
    more = [AnniversaryDraft(label, day) for label, day in parse_pairs(others, "--day")]
    return ((AnniversaryDraft("birthday", birthday),) if birthday else ()) + tuple(more)


def parse_relations(texts: Sequence[str]) -> tuple[RelationDraft, ...]:
    """Return relations given as ``KIND=WHO``."""
    return tuple(RelationDraft(kind, who) for kind, who in parse_pairs(texts, "--relation"))


def phone_warnings(
    session: Session, added: Sequence[ContactPointDraft], addresses: Sequence[AddressDraft] = ()
) -> tuple[str, ...]:
    """Return a line for each phone number that was added although it is invalid."""
    if not any(point.kind == "phone" for point in added):
        return ()
    from cardcrm.records.contacts.contact_points import phone_warnings

    warnings = phone_warnings(added, session.store().locale.region, addresses)
    return tuple(f"  {each}" for each in warnings)
