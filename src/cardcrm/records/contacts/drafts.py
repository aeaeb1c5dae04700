"""What a person or a file says of one contact, before it is kept.

A draft holds text as it was written; ``contacts.add`` normalises, checks and keeps it. The shell,
the importers and the screen all fill drafts, so they all get the same checks and messages.
"""

from typing import NamedTuple


class PointDraft(NamedTuple):
    """A contact point as written: kind ``email``, ``phone``, ``web`` or ``social``."""

    kind: str
    value: str
    label: str = ""
    opted_out: bool = False
    invalid: bool = False


class AddressDraft(NamedTuple):
    """A postal address; every part may be empty, but not all."""

    label: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


class DayDraft(NamedTuple):
    """A yearly day: ``birthday``, ``anniversary`` or any label; ``day`` is a date as written."""

    label: str
    day: str


class RelationDraft(NamedTuple):
    """The card that ``who`` names is ``kind`` of this contact."""

    kind: str
    who: str


class GroupDraft(NamedTuple):
    """A group of another address book; its members by their permanent ids, or ``mailto:`` and an
    e-mail address.
    """

    name: str
    members: tuple[str, ...] = ()


class ContactDraft(NamedTuple):
    """One contact as told. ``name`` is the full name; where it is empty, the parts make it.

    ``org`` is the name of the organisation a person works at. ``fields`` are custom fields as
    (key, text) pairs. ``uid`` is the permanent id that a file brought along, if it did; ``ref`` is
    the row's id in the program it came from.
    """

    name: str = ""
    kind: str = "person"
    given: str = ""
    family: str = ""
    nicknames: tuple[str, ...] = ()
    org: str = ""
    title: str = ""
    points: tuple[PointDraft, ...] = ()
    addresses: tuple[AddressDraft, ...] = ()
    days: tuple[DayDraft, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    relations: tuple[RelationDraft, ...] = ()
    source: str = ""
    stage: str = ""
    owner: str = ""
    every: str = ""
    uid: str = ""
    ref: str = ""
