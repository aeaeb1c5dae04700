"""Options that `add` and `edit` share: contact points, nicknames, anniversaries and relations."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.arguments import parse_pairs
from cardcrm.cli.session import Session
from cardcrm.records.contacts.drafts import AddressDraft, DayDraft, PointDraft, RelationDraft

NAMES = "Name and work"
DETAILS = "Contact details"
STATUS = "Status and notes"

Emails = Annotated[
    list[str],
    typer.Option(
        "--email",
        metavar="ADDRESS",
        help="Email address; can be repeated.",
        rich_help_panel=DETAILS,
    ),
]
Phones = Annotated[
    list[str],
    typer.Option(
        "--phone",
        metavar="NUMBER",
        help="Phone number in any format; can be repeated.",
        rich_help_panel=DETAILS,
    ),
]
Webs = Annotated[
    list[str],
    typer.Option(
        "--web", metavar="URL", help="Web address; can be repeated.", rich_help_panel=DETAILS
    ),
]
Socials = Annotated[
    list[str],
    typer.Option(
        "--social",
        metavar="HANDLE",
        help="Handle on a social network; can be repeated.",
        rich_help_panel=DETAILS,
    ),
]
Nicknames = Annotated[
    list[str],
    typer.Option(
        "--nick", metavar="NAME", help="Nickname; can be repeated.", rich_help_panel=NAMES
    ),
]
Days = Annotated[
    list[str],
    typer.Option(
        "--day",
        metavar="LABEL=DATE",
        help="Anniversary other than the birthday, such as wedding=2010-06-05.",
        rich_help_panel=STATUS,
    ),
]
Fields = Annotated[
    list[str],
    typer.Option(
        "--field",
        metavar="KEY=VALUE",
        help="Custom field; can be repeated.",
        rich_help_panel=STATUS,
    ),
]
Relations = Annotated[
    list[str],
    typer.Option(
        "--relation",
        metavar="KIND=WHO",
        help="Relation, such as spouse=Jane or 'referred by=Acme'.",
        rich_help_panel=STATUS,
    ),
]


def parse_contact_points(
    email: Sequence[str], phone: Sequence[str], web: Sequence[str], social: Sequence[str]
) -> tuple[PointDraft, ...]:
    """Return contact points by kind. Each may have a label, as in ``work:0113 496 0123``."""
    kinds = (("email", email), ("phone", phone), ("web", web), ("social", social))
    return tuple(_parse_contact_point(kind, text) for kind, texts in kinds for text in texts)


def _parse_contact_point(kind: str, text: str) -> PointDraft:
    """Return a contact point from a text such as ``work:0113 496 0123``."""
    label, colon, value = text.partition(":")
    schemes = ("http", "https", "mailto", "tel")
    has_label = bool(colon) and label.isalpha() and label.lower() not in schemes
    return PointDraft(kind, value, label.lower()) if has_label else PointDraft(kind, text)


def parse_anniversaries(birthday: str, others: Sequence[str]) -> tuple[DayDraft, ...]:
    """Return the birthday, and anniversaries given as ``LABEL=DATE``."""
    more = [DayDraft(label, day) for label, day in parse_pairs(others, "--day")]
    return ((DayDraft("birthday", birthday),) if birthday else ()) + tuple(more)


def parse_relations(texts: Sequence[str]) -> tuple[RelationDraft, ...]:
    """Return relations given as ``KIND=WHO``."""
    return tuple(RelationDraft(kind, who) for kind, who in parse_pairs(texts, "--relation"))


def phone_warnings(
    session: Session, added: Sequence[PointDraft], addresses: Sequence[AddressDraft] = ()
) -> tuple[str, ...]:
    """Return a line for each phone number that was added although it is invalid."""
    if not any(point.kind == "phone" for point in added):
        return ()
    from cardcrm.records.contacts.contact_points import doubts

    return tuple(f"  {each}" for each in doubts(added, session.store().locale.region, addresses))
