"""Collect the cells of a row, and build a contact draft from them.

The attributes of a `RowBuilder` are the arguments of a draft, and only those that were set are
stored. The draft is made in one call, because imports make hundreds of thousands of drafts.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from cardcrm.formats.csv.cell_words import ORG_WORDS, PERSON_WORDS
from cardcrm.formats.file_dates import join_day_parts
from cardcrm.records.contacts.contact_points import split_mail_name
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ConsentDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.mail.consent_status import GIVEN, WITHDRAWN

AddressKey = tuple[str, str]  # label and number of an address

_NAME_SOURCES: Final = frozenset({"points", "org", "given", "family"})
_RARE: Final = frozenset(
    {"labels", "birth", "refused", "failed", "kind", "full_addresses", "permits"}
)
_PERSON_NAMES: Final = frozenset({"name", "given", "middle", "family"})
_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


class RowBuilder:
    """The attributes of a draft, and values that still have to be combined.

    ``labels`` are the values of label columns by (family, number). ``address_parts`` are parts of
    addresses by (label, number), and ``full_addresses`` are addresses from one cell, with their
    label. ``birth`` holds the year, the month and the day of a birthday. ``refused`` are kinds of
    contact points by which the contact does not want to be reached, and ``failed`` those that do
    not work. ``permits`` holds the parts of consents to mail by purpose, named as in a draft.
    """

    points: tuple[ContactPointDraft, ...] = ()
    addresses: tuple[AddressDraft, ...] = ()
    nicknames: tuple[str, ...] = ()
    days: tuple[AnniversaryDraft, ...] = ()
    tags: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    relations: tuple[RelationDraft, ...] = ()
    labels: Mapping[tuple[str, str], str] = _NOTHING
    address_parts: dict[AddressKey, dict[str, str]] | None = None
    full_addresses: Mapping[AddressKey, tuple[str, str]] = _NOTHING
    birth: Mapping[str, str] = _NOTHING
    refused: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    permits: Mapping[str, Mapping[str, str]] = _NOTHING
    consents: tuple[ConsentDraft, ...] = ()


CellHandler = Callable[[RowBuilder, str], None]


def set_attribute(name: str) -> CellHandler:
    """Return a handler that stores the cell as the attribute of that name."""

    def handle(row: RowBuilder, cell: str) -> None:
        row.__dict__[name] = cell

    return handle


def set_or_add_field(name: str, header: str) -> CellHandler:
    """Return a handler for a further column of one attribute.

    The cell fills the attribute if that is empty; otherwise it becomes a custom field.
    """

    def handle(row: RowBuilder, cell: str) -> None:
        if row.__dict__.setdefault(name, cell) != cell:
            row.fields += ((header, cell),)

    return handle


def build_native_draft(row: RowBuilder) -> ContactDraft | None:
    """Return the draft of a row from our own export; None if it names no contact."""
    values = row.__dict__
    values["kind"] = "org" if values.get("kind", "").lower() in ORG_WORDS else "person"
    _set_permissions(row)
    parts = sorted(values.pop("address_parts", {}).items())
    addresses = tuple([AddressDraft(**address) for _, address in parts])
    values["addresses"] = addresses + values.get("addresses", ())
    return _make_draft(values)


def build_draft(row: RowBuilder) -> ContactDraft | None:
    """Return the draft of a row from another program; None if it names no contact.

    A row that names an organization but no person is the organization itself.
    """
    values = row.__dict__
    if not _RARE.isdisjoint(values):
        _combine(row)
    if "kind" not in values:
        _set_kind(values)
    if "address_parts" in values:
        addresses = values.pop("address_parts").values()
        values["addresses"] = tuple([AddressDraft(**address) for address in addresses])
    return _make_draft(values)


def _make_draft(values: dict[str, Any]) -> ContactDraft | None:
    if "name" in values:
        return ContactDraft(**values)
    if _NAME_SOURCES.isdisjoint(values):
        return None
    fill_in_name(values)
    return ContactDraft(**values)


def fill_in_name(values: dict[str, Any]) -> None:
    """Set a missing name to a nickname, an email or another contact point, or the organization.

    The part of an email address before the @ would only be a guess.
    """
    if "given" in values or "family" in values or values.get("name"):
        return
    if values.get("nicknames"):
        values["name"] = values["nicknames"][0]
        return
    points = values.get("points", ())
    mails = [_name_by_mail(point.value) for point in points if point.kind == "email"]
    others = [point.value for point in points] + [values.get("org", "")]
    values["name"] = (mails + others)[0]


def _name_by_mail(value: str) -> str:
    """Return the name in front of an email address, else the address."""
    address, name = split_mail_name(value)
    return name or address


def _combine(row: RowBuilder) -> None:
    """Combine the rare values: labels, parts of a name, opt-outs, full addresses."""
    values = row.__dict__
    values.pop("labels", None)
    if "birth" in values:
        _set_birthday(row, values.pop("birth"))
    _set_permissions(row)
    _set_kind(values)
    for key, (label, text) in values.pop("full_addresses", {}).items():
        values.setdefault("address_parts", {}).setdefault(key, {"label": label, "street": text})


def add_permit(row: RowBuilder, purpose: str, part: str, text: str) -> None:
    """Add a part of the consent to a purpose; the first one counts, and a refusal always."""
    known = row.permits.get(purpose, _NOTHING)
    if part not in known or text == WITHDRAWN:
        row.permits = {**row.permits, purpose: {**known, part: text}}


def add_proof(row: RowBuilder, purpose: str, text: str) -> None:
    """Add a text to the proof of the consent to a purpose, behind the others."""
    known = row.permits.get(purpose, _NOTHING)
    proof = "; ".join(filter(None, (known.get("proof", ""), text)))
    row.permits = {**row.permits, purpose: {**known, "proof": proof}}


def _set_permissions(row: RowBuilder) -> None:
    """Mark the contact points that a row refuses or that do not work, and build its consents."""
    values = row.__dict__
    if "refused" in values or "failed" in values:
        refused, failed = values.pop("refused", ()), values.pop("failed", ())
        values["opted_out"] = refused
        row.points = tuple([_mark(point, refused, failed) for point in row.points])
    if "permits" in values:
        _set_consents(row)


def _set_consents(row: RowBuilder) -> None:
    """Build the consents of a row; one that opts out of all mail gives none."""
    has_refused = "email" in row.__dict__.get("opted_out", ())
    for purpose, parts in row.__dict__.pop("permits", {}).items():
        status = parts.get("status", GIVEN if parts.get("at") else "")
        if status and (status == WITHDRAWN or not has_refused):
            row.consents += (ConsentDraft(**{**parts, "purpose": purpose, "status": status}),)


def _set_birthday(row: RowBuilder, parts: Mapping[str, str]) -> None:
    day = join_day_parts(*(parts.get(part, "") for part in ("year", "month", "day")))
    if day:
        row.days += (AnniversaryDraft("birthday", day),)


def _set_kind(values: dict[str, Any]) -> None:
    """Decide between person and organization: as given, else by whether a person is named."""
    given = values.pop("kind", "").lower()
    named = not _PERSON_NAMES.isdisjoint(values) or "org" not in values
    values["kind"] = (
        "person" if given in PERSON_WORDS or (named and given not in ORG_WORDS) else "org"
    )
    if values["kind"] == "org" and "name" not in values and "org" in values:
        values["name"] = values.pop("org")


def _mark(
    point: ContactPointDraft, refused: tuple[str, ...], failed: tuple[str, ...]
) -> ContactPointDraft:
    return point._replace(
        opted_out=point.opted_out or point.kind in refused,
        invalid=point.invalid or point.kind in failed,
    )
