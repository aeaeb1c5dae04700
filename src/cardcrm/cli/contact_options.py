"""What `add` and `edit` both take: contact points, nicknames, days and relations, as typed."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cardcrm.cli.common import Session, pairs
from cardcrm.records.contacts.drafts import AddressDraft, DayDraft, PointDraft, RelationDraft

NAMES = "Name and work"
REACH = "How to reach them"
KEEPING = "How they are kept"

Emails = Annotated[
    list[str],
    typer.Option(
        "--email",
        metavar="ADDRESS",
        help="E-mail address; may be repeated.",
        rich_help_panel=REACH,
    ),
]
Phones = Annotated[
    list[str],
    typer.Option(
        "--phone",
        metavar="NUMBER",
        help="Phone number in any writing; may be repeated.",
        rich_help_panel=REACH,
    ),
]
Webs = Annotated[
    list[str],
    typer.Option(
        "--web", metavar="URL", help="Web address; may be repeated.", rich_help_panel=REACH
    ),
]
Socials = Annotated[
    list[str],
    typer.Option(
        "--social",
        metavar="HANDLE",
        help="Address in a social network; may be repeated.",
        rich_help_panel=REACH,
    ),
]
Nicknames = Annotated[
    list[str],
    typer.Option(
        "--nick", metavar="NAME", help="Nickname; may be repeated.", rich_help_panel=NAMES
    ),
]
Days = Annotated[
    list[str],
    typer.Option(
        "--day",
        metavar="LABEL=DATE",
        help="Another yearly day, such as anniversary=2010-06-05.",
        rich_help_panel=KEEPING,
    ),
]
Fields = Annotated[
    list[str],
    typer.Option(
        "--field",
        metavar="KEY=VALUE",
        help="Custom field; may be repeated.",
        rich_help_panel=KEEPING,
    ),
]
Relations = Annotated[
    list[str],
    typer.Option(
        "--relation",
        metavar="KIND=WHO",
        help="Such as spouse=Jane or 'referred by=Acme'.",
        rich_help_panel=KEEPING,
    ),
]


def points(
    email: Sequence[str], phone: Sequence[str], web: Sequence[str], social: Sequence[str]
) -> tuple[PointDraft, ...]:
    """Contact points by their kinds. One may have a label, as in ``work:0113 496 0123``."""
    kinds = (("email", email), ("phone", phone), ("web", web), ("social", social))
    return tuple(_point(kind, text) for kind, texts in kinds for text in texts)


def _point(kind: str, text: str) -> PointDraft:
    """A point as typed: ``work:0113 496 0123`` has a label before the colon."""
    label, colon, value = text.partition(":")
    labelled = (
        bool(colon) and label.isalpha() and label.lower() not in ("http", "https", "mailto", "tel")
    )
    return PointDraft(kind, value, label.lower()) if labelled else PointDraft(kind, text)


def days(birthday: str, others: Sequence[str]) -> tuple[DayDraft, ...]:
    """The birthday, and yearly days as ``LABEL=DATE``."""
    told = [DayDraft(label, day) for label, day in pairs(others, "--day")]
    return ((DayDraft("birthday", birthday),) if birthday else ()) + tuple(told)


def relations(told: Sequence[str]) -> tuple[RelationDraft, ...]:
    """Relations as ``KIND=WHO``."""
    return tuple(RelationDraft(kind, who) for kind, who in pairs(told, "--relation"))


def say_doubts(
    session: Session, told: Sequence[PointDraft], addresses: Sequence[AddressDraft] = ()
) -> None:
    """Tell of phone numbers that were kept though they can be none."""
    if any(point.kind == "phone" for point in told):
        from cardcrm.records.contacts.contact_points import doubts

        for doubt in doubts(told, session.store().locale.region, addresses):
            session.say(f"  {doubt}")
