"""Drafts of contacts: the text that a person typed or a file holds, before it is checked.

The shell, the importers and the screen all fill drafts; ``normalize`` checks them, so that all get
the same checks and messages.
"""

from typing import NamedTuple


class ContactPointDraft(NamedTuple):
    """A contact point as written; its kind is ``email``, ``phone``, ``web`` or ``social``."""

    kind: str
    value: str
    label: str = ""
    opted_out: bool = False
    invalid: bool = False


class AddressDraft(NamedTuple):
    """A postal address; each field may be empty, but not all. Coordinates are in degrees."""

    label: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    latitude: str = ""
    longitude: str = ""


class AnniversaryDraft(NamedTuple):
    """A yearly day: ``birthday``, ``anniversary`` or any label; ``day`` is a date as written."""

    label: str
    day: str


class RelationDraft(NamedTuple):
    """A relation: the contact that ``who`` names is ``kind`` of this one."""

    kind: str
    who: str


class JobDraft(NamedTuple):
    """A further job: an organization, and the title there."""

    org: str
    title: str = ""


class MediaDraft(NamedTuple):
    """A photo, logo, sound or key: its media type, and its ``data`` in base64 or its address."""

    kind: str
    type: str = ""
    uri: str = ""
    data: str = ""


class GroupDraft(NamedTuple):
    """A group of another address book.

    Members are permanent ids, or ``mailto:`` and an email address.
    """

    name: str
    members: tuple[str, ...] = ()


class ConsentDraft(NamedTuple):
    """A consent to mail: ``status`` is one of `consent_status`, ``at`` a day or an instant.

    Without an ``address``, it is about the first one of the contact, or about all if it is
    withdrawn.
    """

    purpose: str
    status: str
    at: str = ""
    basis: str = ""
    source: str = ""
    proof: str = ""
    address: str = ""


class ContactDraft(NamedTuple):
    """One contact as written.

    ``name`` is the full name; where it is empty, its parts make it. ``vcard_n`` is the property N
    of a vCard, if the parts do not tell all of it; then the full name is kept as formatted. ``org``
    names the organization where a person works. ``fields`` are custom fields as (label, text)
    pairs. ``uid`` is the permanent id that a file brings along; ``ref`` is the id in the program
    that wrote the file. ``vcard_lines`` are properties of a vCard that the program has no field
    for, as the file has them. ``opted_out`` are the kinds of contact points by which the contact
    does not want to be reached, also by those that the draft does not name.
    """

    name: str = ""
    kind: str = "person"
    prefix: str = ""
    given: str = ""
    middle: str = ""
    family: str = ""
    suffix: str = ""
    name_order: str = ""
    sort_as: str = ""
    nicknames: tuple[str, ...] = ()
    org: str = ""
    title: str = ""
    points: tuple[ContactPointDraft, ...] = ()
    addresses: tuple[AddressDraft, ...] = ()
    days: tuple[AnniversaryDraft, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    relations: tuple[RelationDraft, ...] = ()
    source: str = ""
    stage: str = ""
    status: str = ""
    owner: str = ""
    every: str = ""
    uid: str = ""
    ref: str = ""
    vcard_n: str = ""
    role: str = ""
    language: str = ""
    timezone: str = ""
    gender: str = ""
    jobs: tuple[JobDraft, ...] = ()
    media: tuple[MediaDraft, ...] = ()
    vcard_lines: tuple[str, ...] = ()
    opted_out: tuple[str, ...] = ()
    consents: tuple[ConsentDraft, ...] = ()
