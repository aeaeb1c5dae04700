"""Parse one vCard into a contact draft.

vobject parses a line (groups, parameters, quoted-printable). This module interprets the values,
because vobject knows only the properties of version 3.0 and loses parts of some values. Pictures,
sounds, keys and properties without a matching field, such as time zones, are skipped.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from cardcrm.formats.csv.cell_values import split_unescaped
from cardcrm.formats.csv.row_builder import RowBuilder, fill_in_name
from cardcrm.formats.file_dates import normalize_day
from cardcrm.formats.text_encoding import normalize_text
from cardcrm.formats.vcard.labels import to_label, unwrap_apple_label
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    GroupDraft,
    RelationDraft,
)

# Name, parameters, colon. Checked before vobject's own expression, which takes exponential time on
# a line that almost matches.
_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_HEAD: Final = re.compile(
    rf"(?:[\w-]+\.)?(?P<name>[\w-]+);?(?:;[\w-]+(?:={_VALUE}(?:,{_VALUE})*)?)*:", re.ASCII
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
# Errors that vobject raises for broken values, besides its own: ValueError (with UnicodeError and
# binascii.Error), LookupError (with IndexError, KeyError and unknown charsets).
_OTHER_ERRORS: Final = (ValueError, LookupError, AttributeError, TypeError)
_SKIPPED: Final = frozenset({"BEGIN", "END", "VERSION", "PHOTO", "LOGO", "SOUND", "KEY"})
_QUOTED: Final = "QUOTED-PRINTABLE"


class BrokenError(ValueError):
    """A vCard that cannot be read; the message is the reason."""


@dataclass(frozen=True)
class Property:
    """One property: its name in capitals, its parameters, its escaped value, its label."""

    name: str
    params: dict[str, list[str]]
    value: str
    label: str

    @property
    def text(self) -> str:
        """Return the value without escapes."""
        return unescape(self.value)


def parse_draft(raw: str) -> ContactDraft | GroupDraft | str:
    """Parse the text of one vCard, from BEGIN to END; return the problem if that fails."""
    from vobject.base import VObjectError

    try:
        return _parse(raw)
    except (VObjectError, *_OTHER_ERRORS) as error:
        return " ".join(f"unreadable vCard: {error}".split())[:120]


def unescape(value: str) -> str:
    """Return a value without escapes."""
    if "\\" in value:
        value = _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return normalize_text(value)


def _parse(raw: str) -> ContactDraft | GroupDraft:
    if "\0" in raw:
        raise BrokenError("it contains NUL bytes")
    row = RowBuilder()
    for prop in _labelled_properties(raw):
        handle = _HANDLERS.get(prop.name)
        if handle and prop.text:
            handle(row, prop)
    values = row.__dict__
    members = values.pop("members", ())
    if values.get("kind") == "group":
        return _build_group(values, members)
    _settle_name(values)
    if not {"name", "org", "points"} & values.keys():
        raise BrokenError("it has no name, organization, email or phone")
    fill_in_name(values)
    return ContactDraft(**values)


def _build_group(values: dict[str, Any], members: Iterable[str]) -> GroupDraft:
    name = values.get("name") or values.get("parts")
    if not name:
        raise BrokenError("it is a group without a name")
    return GroupDraft(name, tuple(dict.fromkeys(members)))


def _settle_name(values: dict[str, object]) -> None:
    """Decide between person and organization, and set the name."""
    parts = values.pop("parts", "")
    role = values.pop("role", "")
    if role:
        values.setdefault("title", role)
    if parts:
        values.setdefault("name", parts)
    org, name = values.get("org"), values.get("name")
    # Without a KIND, a vCard that names an organization but no person is the organization.
    values.setdefault("kind", "org" if org and not parts and name in {None, org} else "person")
    if values["kind"] == "org" and org and name in {None, org}:
        values["name"] = values.pop("org")


def _labelled_properties(raw: str) -> Iterator[Property]:
    parsed = list(_parse_properties(raw))
    labels = {
        group: unwrap_apple_label(unescape(value))
        for group, name, _, value in parsed
        if group and name == "X-ABLABEL"
    }
    for group, name, params, value in parsed:
        if name != "X-ABLABEL":
            yield Property(name, params, value, labels.get(group, to_label(_split_types(params))))


def _split_types(params: dict[str, list[str]]) -> list[str]:
    return [word for value in params.get("TYPE", ()) for word in value.split(",") if word]


def _parse_properties(raw: str) -> Iterator[tuple[str, str, dict[str, list[str]], str]]:
    """Yield each property as (group, name, parameters, value)."""
    from vobject.base import textLineToContentLine

    for number, text in enumerate(_unfold(raw), 1):
        head = _HEAD.match(text)
        if not head:
            raise BrokenError(f"line {number} is not a property: {text[:40]!r}")
        if head["name"].upper() in _SKIPPED:
            continue
        if _QUOTED in head[0].upper():
            text = re.sub(_QUOTED, _QUOTED, head[0], flags=re.IGNORECASE) + text[head.end() :]  # noqa: PLW2901
        found = textLineToContentLine(text)
        # Version 2.1 omits the name of the parameter: TEL;HOME;FAX.
        found.params.setdefault("TYPE", []).extend(found.singletonparams)
        yield found.group or "", found.name, found.params, found.value


def _unfold(raw: str) -> Iterator[str]:
    """Yield the unfolded lines."""
    if _QUOTED in raw.upper():
        from vobject.base import getLogicalLines

        yield from (line for line, _ in getLogicalLines(StringIO(raw), allowQP=True))
    else:
        unfolded = raw.replace("\n ", "").replace("\n\t", "")
        yield from (line for line in unfolded.split("\n") if line.strip())


def _make_setter(name: str) -> Callable[[RowBuilder, Property], None]:
    def handle(row: RowBuilder, prop: Property) -> None:
        row.__dict__.setdefault(name, prop.text)

    return handle


def _set_name(row: RowBuilder, prop: Property) -> None:
    family, given, middle, prefix, suffix = [
        *map(unescape, split_unescaped(prop.value, ";")),
        *[""] * 5,
    ][:5]
    for name, value in (("family", family), ("given", given)):
        if value:
            row.__dict__[name] = value
    middle = middle.replace(",", " ")
    full_name = " ".join(part for part in (prefix, given, middle, family, suffix) if part)
    row.__dict__["parts"] = full_name


def _add_nicknames(row: RowBuilder, prop: Property) -> None:
    row.nicknames += _split_list(prop.value)


def _add_tags(row: RowBuilder, prop: Property) -> None:
    row.tags += _split_list(prop.value)


def _split_list(value: str) -> tuple[str, ...]:
    return tuple(text for part in split_unescaped(value, ",") if (text := unescape(part)))


def _set_org(row: RowBuilder, prop: Property) -> None:
    name, *units = map(unescape, split_unescaped(prop.value, ";"))
    if name:
        row.__dict__.setdefault("org", name)
    row.fields += tuple(("department", unit) for unit in units if unit)


def _make_contact_point_handler(
    kind: str, scheme: str = ""
) -> Callable[[RowBuilder, Property], None]:
    def handle(row: RowBuilder, prop: Property) -> None:
        value = prop.text
        if scheme and value.lower().startswith(scheme):
            value = value[len(scheme) :].replace(";ext=", " ext. ")
        state = prop.params.get("X-CARDCRM", ())
        point = ContactPointDraft(kind, value, prop.label, "opted-out" in state, "invalid" in state)
        row.points += (point,)

    return handle


def _add_impp(row: RowBuilder, prop: Property) -> None:
    label = "".join(prop.params.get("X-SERVICE-TYPE", ())[:1]).lower() or prop.label
    row.points += (ContactPointDraft("social", prop.text, label),)


def _make_messenger_handler(label: str) -> Callable[[RowBuilder, Property], None]:
    def handle(row: RowBuilder, prop: Property) -> None:
        row.points += (ContactPointDraft("social", prop.text, label),)

    return handle


def _add_address(row: RowBuilder, prop: Property) -> None:
    parts = [*map(unescape, split_unescaped(prop.value, ";")), *[""] * 7][:7]
    street = "\n".join(part for part in (*parts[:2], parts[2]) if part)
    if street or any(parts[3:]):
        row.addresses += (AddressDraft(prop.label, street, *parts[3:]),)


def _make_day_handler(label: str) -> Callable[[RowBuilder, Property], None]:
    def handle(row: RowBuilder, prop: Property) -> None:
        day = normalize_day(prop.text)
        if prop.params.get("X-APPLE-OMIT-YEAR") == [day[:4]]:
            day = "-" + day[4:]
        row.days += (AnniversaryDraft(label or prop.label, day),)

    return handle


def _add_relation(row: RowBuilder, prop: Property) -> None:
    row.relations += (RelationDraft(prop.label, prop.text.removeprefix("urn:uuid:")),)


def _add_note(row: RowBuilder, prop: Property) -> None:
    values = row.__dict__
    values["note"] = f"{values['note']}\n\n{prop.text}" if "note" in values else prop.text


def _set_uid(row: RowBuilder, prop: Property) -> None:
    row.__dict__["uid"] = prop.text.removeprefix("urn:uuid:")


def _set_kind(row: RowBuilder, prop: Property) -> None:
    kind = prop.text.lower()
    is_org = kind in {"org", "organization", "company"}
    row.__dict__["kind"] = "group" if kind == "group" else "org" if is_org else "person"


def _add_member(row: RowBuilder, prop: Property) -> None:
    row.__dict__.setdefault("members", []).append(prop.text.removeprefix("urn:uuid:"))


def _add_field(row: RowBuilder, prop: Property) -> None:
    key, *texts = map(unescape, split_unescaped(prop.value, ";"))
    row.fields += ((key, ";".join(texts)),)


_HANDLERS: Final[dict[str, Callable[[RowBuilder, Property], None]]] = {
    "FN": _make_setter("name"),
    "N": _set_name,
    "NICKNAME": _add_nicknames,
    "ORG": _set_org,
    "TITLE": _make_setter("title"),
    "ROLE": _make_setter("role"),
    "EMAIL": _make_contact_point_handler("email", "mailto:"),
    "TEL": _make_contact_point_handler("phone", "tel:"),
    "URL": _make_contact_point_handler("web"),
    "X-SOCIALPROFILE": _make_contact_point_handler("social"),
    "SOCIALPROFILE": _make_contact_point_handler("social"),
    "IMPP": _add_impp,
    **{
        f"X-{name.upper()}": _make_messenger_handler(name)
        for name in ("skype", "jabber", "aim", "icq", "msn", "yahoo", "twitter", "gadugadu")
    },
    "ADR": _add_address,
    "BDAY": _make_day_handler("birthday"),
    "ANNIVERSARY": _make_day_handler("anniversary"),
    "X-ANNIVERSARY": _make_day_handler("anniversary"),
    "X-EVOLUTION-ANNIVERSARY": _make_day_handler("anniversary"),
    "X-ABDATE": _make_day_handler(""),
    "CATEGORIES": _add_tags,
    "NOTE": _add_note,
    "UID": _set_uid,
    "KIND": _set_kind,
    "X-ABSHOWAS": _set_kind,
    "X-ADDRESSBOOKSERVER-KIND": _set_kind,
    "MEMBER": _add_member,
    "X-ADDRESSBOOKSERVER-MEMBER": _add_member,
    "RELATED": _add_relation,
    "X-ABRELATEDNAMES": _add_relation,
    "X-CARDCRM-STAGE": _make_setter("stage"),
    "X-CARDCRM-OWNER": _make_setter("owner"),
    "X-CARDCRM-CADENCE": _make_setter("every"),
    "X-CARDCRM-SOURCE": _make_setter("source"),
    "X-CARDCRM-REF": _make_setter("ref"),
    "X-CARDCRM-FIELD": _add_field,
}
