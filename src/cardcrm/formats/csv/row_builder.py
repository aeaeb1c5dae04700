"""A row being read: a place for what its cells say, until the draft is made of it.

A row carries a draft's own attributes and keeps only those that were told; the draft is made of
them in one go, as imports make drafts by the hundred thousand.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from cardcrm.formats.csv.headers import ORG_WORDS, PERSON_WORDS
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)

Place = tuple[str, str]  # label and number of an address

_NAMING: Final = frozenset({"points", "org", "given", "family"})
_UNUSUAL: Final = frozenset({"labels", "opted_out", "prefix", "middle", "suffix", "kind", "whole"})
_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


class Row:
    """What the cells said so far: a draft's attributes, and what still has to be put together.

    ``labels`` is what label columns say, by (family, number); ``places`` are parts of addresses by
    (label, number), ``whole`` are addresses that came in one cell, with their label.
    """

    points: tuple[ContactPointDraft, ...] = ()
    addresses: tuple[AddressDraft, ...] = ()
    nicknames: tuple[str, ...] = ()
    days: tuple[AnniversaryDraft, ...] = ()
    tags: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    relations: tuple[RelationDraft, ...] = ()
    labels: Mapping[tuple[str, str], str] = _NOTHING
    places: dict[Place, dict[str, str]] | None = None
    whole: Mapping[Place, tuple[str, str]] = _NOTHING
    opted_out = False


Step = Callable[[Row, str], None]


def one(name: str) -> Step:
    """Keep the cell as the row's one value of that name."""

    def step(row: Row, cell: str) -> None:
        row.__dict__[name] = cell

    return step


def spare(name: str, header: str) -> Step:
    """A second column for one value: it fills in for an empty first, else it is a custom field."""

    def step(row: Row, cell: str) -> None:
        if row.__dict__.setdefault(name, cell) != cell:
            row.fields += ((header, cell),)

    return step


def own_draft(row: Row) -> ContactDraft | None:
    """The draft of a row of our own export; None if it names nobody."""
    told = row.__dict__
    told["kind"] = "org" if told.get("kind", "").lower() in ORG_WORDS else "person"
    return _draft(told)


def draft(row: Row) -> ContactDraft | None:
    """The draft of a row of any other program; None if it names nobody.

    Middle name and suffix go into the full name, a salutation becomes a custom field, and a row
    that names an organisation but nobody in it is the organisation's own card.
    """
    told = row.__dict__
    if not _UNUSUAL.isdisjoint(told):
        _settle(row)
    if "name" not in told:
        _name(told)
        _kind(told)
    if "places" in told:
        places = told.pop("places").values()
        told["addresses"] = tuple([AddressDraft(**place) for place in places])
    return _draft(told)


def _draft(told: dict[str, Any]) -> ContactDraft | None:
    if "name" in told:
        return ContactDraft(**told)
    if _NAMING.isdisjoint(told):
        return None
    name_by_point(told)
    return ContactDraft(**told)


def name_by_point(told: dict[str, Any]) -> None:
    """Name one who has no name by their first e-mail address, else by another point or the firm.

    The part of an e-mail address before the @ would be a guess.
    """
    if any(told.get(part) for part in ("name", "given", "family")):
        return
    points = told.get("points", ())
    mails = [point.value for point in points if point.kind == "email"]
    others = [point.value for point in points] + [told.get("org", "")]
    told["name"] = told["given"] = (mails + others)[0]


def _settle(row: Row) -> None:
    """What few rows have: labels, a middle name, one who unsubscribed."""
    told = row.__dict__
    told.pop("labels", None)
    if told.pop("opted_out", False):
        row.points = tuple(map(_opted_out, row.points))
    if "prefix" in told:
        row.fields += (("prefix", told.pop("prefix")),)
    _name(told)
    _kind(told)
    for key, (label, text) in told.pop("whole", {}).items():
        told.setdefault("places", {}).setdefault(key, {"label": label, "street": text})


def _name(told: dict[str, Any]) -> None:
    middle, suffix = told.pop("middle", ""), told.pop("suffix", "")
    parts = (told.get("given"), middle, told.get("family"), suffix)
    name = " ".join(part for part in parts if part)
    if name:
        told.setdefault("name", name)


def _kind(told: dict[str, Any]) -> None:
    """Person or organisation: as told, else by whether anybody is named."""
    said = told.pop("kind", "").lower()
    named = "name" in told or "org" not in told
    told["kind"] = "person" if said in PERSON_WORDS or (named and said not in ORG_WORDS) else "org"
    if told["kind"] == "org" and "name" not in told and "org" in told:
        told["name"] = told.pop("org")


def _opted_out(point: ContactPointDraft) -> ContactPointDraft:
    return point._replace(opted_out=True) if point.kind == "email" else point
