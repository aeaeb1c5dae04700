"""Parse one vCard into a contact draft.

vobject parses a line (groups, parameters, quoted-printable). This module interprets the values,
because vobject knows only the properties of version 3.0 and loses parts of some values. Pictures,
sounds, keys and properties without a matching field, such as time zones, are skipped.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from cardcrm.formats.csv.cell_values import split_unescaped
from cardcrm.formats.csv.row_builder import RowBuilder, fill_in_name
from cardcrm.formats.file_dates import normalize_day
from cardcrm.formats.vcard.escapes import unescape
from cardcrm.formats.vcard.labels import to_label, unwrap_apple_label
from cardcrm.formats.vcard.name_property import escape_n, format_n, parse_n
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    GroupDraft,
    RelationDraft,
)
from cardcrm.records.contacts.name_parser import NameParts
from cardcrm.records.contacts.names import compose

# Name, parameters, colon. Checked before vobject's own expression, which takes exponential time on
# a line that almost matches.
_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_HEAD: Final = re.compile(
    rf"(?:[\w-]+\.)?(?P<name>[\w/-]+);?(?:;[\w-]+(?:={_VALUE}(?:,{_VALUE})*)?)*;*:", re.ASCII
)
# Errors that vobject raises for broken values, besides its own: ValueError (with UnicodeError and
# binascii.Error), LookupError (with IndexError, KeyError and unknown charsets).
_OTHER_ERRORS: Final = (ValueError, LookupError, AttributeError, TypeError)
_SKIPPED: Final = frozenset({"BEGIN", "END", "VERSION", "PHOTO", "LOGO", "SOUND", "KEY"})
_UNREAD: Final = "UNREAD"  # not a property: a line without a colon, for example
_QUOTED: Final = "QUOTED-PRINTABLE"
_OLD: Final = re.compile(r"^VERSION:\s*2\.1", re.MULTILINE | re.IGNORECASE)
_NAMING: Final = frozenset({"name", "given", "family", "org", "points", "nicknames"})


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


def _parse(raw: str) -> ContactDraft | GroupDraft:
    if "\0" in raw:
        raise BrokenError("it contains NUL bytes")
    row = RowBuilder()
    for prop in _labeled_properties(raw):
        handle = _HANDLERS.get(prop.name)
        if handle and prop.text:
            handle(row, prop)
    values = row.__dict__
    members = values.pop("members", ())
    n = values.pop("n", "")
    if n and _OLD.search(raw):
        n = escape_n(n)
    if values.get("kind") == "group":
        return _build_group(values.get("name") or compose(parse_n(n)), members)
    _settle_name(values, n)
    if not _NAMING & values.keys():
        raise BrokenError("it has no name, organization, email or phone")
    fill_in_name(values)
    return ContactDraft(**values)


def _build_group(name: str, members: Iterable[str]) -> GroupDraft:
    if not name:
        raise BrokenError("it is a group without a name")
    return GroupDraft(name, tuple(dict.fromkeys(members)))


def _settle_name(values: dict[str, Any], n: str) -> None:
    """Decide between person and organization, and set the name."""
    role = values.pop("role", "")
    if role and values.setdefault("title", role) != role:
        values["fields"] = (*values.get("fields", ()), ("role", role))
    parts = parse_n(n)
    org, name = values.get("org"), values.get("name") or compose(parts)
    # Without a KIND, a vCard that names an organization but no person is the organization.
    values.setdefault("kind", "org" if org and not any(parts) and name in {"", org} else "person")
    if values["kind"] == "org" and org and name in {"", org}:
        values["name"] = values.pop("org")
    sort_org = values.pop("sort_org", "")
    if sort_org and values["kind"] == "org":
        values.setdefault("sort_as", sort_org)
    _keep_name(values, parts, n)


def _keep_name(values: dict[str, Any], parts: NameParts, n: str) -> None:
    """Set the parts of the name, and N itself where the parts do not tell all of it.

    A name without N that has a comma, “Doe, Jane”, is kept as formatted by an empty N.
    """
    values |= {name: part for name, part in zip(NameParts._fields, parts, strict=True) if part}
    is_whole = values["kind"] == "org" or (parts.given and parts.family)
    if n and not (is_whole and n == format_n(parts)):
        values["vcard_n"] = n
    elif not n and "," in values.get("name", ""):
        values["vcard_n"] = format_n(parts)


def _labeled_properties(raw: str) -> Iterator[Property]:
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

    is_skipped = False
    for text in _unfold(raw):
        head = _HEAD.match(text)
        if not head and not is_skipped:
            yield "", _UNREAD, {}, text
        if not head:
            continue  # a part of a picture that is not indented
        is_skipped = head["name"].upper() in _SKIPPED
        if is_skipped:
            continue
        start = head[0].replace("/", "-").rstrip(";:") + ":"
        if _QUOTED in start.upper():
            start = re.sub(_QUOTED, _QUOTED, start, flags=re.IGNORECASE)
        found = textLineToContentLine(start + text[head.end() :])
        # Version 2.1 omits the name of the parameter: TEL;HOME;FAX.
        found.params.setdefault("TYPE", []).extend(found.singletonparams)
        yield found.group or "", found.name, found.params, found.value


def _unfold(raw: str) -> Iterator[str]:
    """Yield the unfolded lines."""
    if _QUOTED in raw.upper():
        yield from _unfold_quoted(raw)
    else:
        unfolded = raw.replace("\n ", "").replace("\n\t", "")
        yield from (line for line in unfolded.split("\n") if line.strip())


def _unfold_quoted(raw: str) -> Iterator[str]:
    """Yield the unfolded lines of a vCard with quoted-printable values, which end in = to go on.

    The function of vobject takes quadratic time on a value of many lines.
    """
    parts: list[str] = []
    is_quoted = goes_on = False
    for line in raw.split("\n"):
        is_start = not (goes_on or line[:1] in (" ", "\t"))
        if parts and (is_start or not line.strip()):
            yield "".join(parts)
            parts, is_quoted = [], False
        if line.strip():
            parts.append(f"\n{line}" if goes_on else line if is_start or not parts else line[1:])
            is_quoted = is_quoted or (not goes_on and _QUOTED in line.upper())
        goes_on = bool(parts) and is_quoted and line.endswith("=")
    if parts:
        yield "".join(parts)


def _make_setter(name: str) -> Callable[[RowBuilder, Property], None]:
    def handle(row: RowBuilder, prop: Property) -> None:
        _set_first(row, name, name, prop.text)

    return handle


def _set_first(row: RowBuilder, attribute: str, label: str, text: str) -> None:
    """Set an attribute that has one value; another one becomes a custom field."""
    if text and row.__dict__.setdefault(attribute, text) != text:
        row.fields += ((f"other {label}", text),)


def _set_name(row: RowBuilder, prop: Property) -> None:
    row.__dict__.setdefault("n", prop.value.strip())
    _set_sort_as(row, prop, "sort_as")


def _set_sort_as(row: RowBuilder, prop: Property, name: str) -> None:
    """Take over the parameter SORT-AS, of version 4."""
    if text := ",".join(prop.params.get("SORT-AS", ())):
        row.__dict__.setdefault(name, text.strip('"'))


def _add_nicknames(row: RowBuilder, prop: Property) -> None:
    row.nicknames += _split_list(prop.value)


def _add_tags(row: RowBuilder, prop: Property) -> None:
    row.tags += _split_list(prop.value)


def _split_list(value: str) -> tuple[str, ...]:
    return tuple(text for part in split_unescaped(value, ",") if (text := unescape(part)))


def _set_org(row: RowBuilder, prop: Property) -> None:
    name, *units = map(unescape, split_unescaped(prop.value, ";"))
    _set_sort_as(row, prop, "sort_org")
    _set_first(row, "org", "organization", name)
    row.fields += tuple(("department", unit) for unit in units if unit)


def _make_contact_point_handler(
    kind: str, scheme: str = ""
) -> Callable[[RowBuilder, Property], None]:
    def handle(row: RowBuilder, prop: Property) -> None:
        value = prop.text
        if scheme and value.lower().startswith(scheme):
            value = value[len(scheme) :].replace(";ext=", " ext. ")
        state = prop.params.get("X-CARDCRM", ())
        label = _read_network(prop) or prop.label
        point = ContactPointDraft(kind, value, label, "opted-out" in state, "invalid" in state)
        row.points = (point, *row.points) if _is_preferred(prop) else (*row.points, point)

    return handle


def _read_network(prop: Property) -> str:
    """Return the network that a handle is of; RFC 9554 names it in SERVICE-TYPE."""
    found = prop.params.get("SERVICE-TYPE") or prop.params.get("X-SERVICE-TYPE") or [""]
    return found[0].lower()


def _is_preferred(prop: Property) -> bool:
    types = map(str.lower, _split_types(prop.params))
    return "pref" in types or prop.params.get("PREF") == ["1"]


def _add_impp(row: RowBuilder, prop: Property) -> None:
    label = _read_network(prop) or prop.label
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


def _make_relation_handler(kind: str) -> Callable[[RowBuilder, Property], None]:
    def handle(row: RowBuilder, prop: Property) -> None:
        names = " ".join(map(unescape, split_unescaped(prop.value.strip(";"), ";")))
        row.relations += (RelationDraft("child" if kind == "children" else kind, names),)

    return handle


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


def _add_unread(row: RowBuilder, prop: Property) -> None:
    row.fields += (("unread line", prop.value.strip()),)


_MESSENGERS: Final = (
    "skype", "jabber", "aim", "icq", "msn", "yahoo", "twitter", "gadugadu", "mastodon",
    "google-talk", "gtalk", "sip", "qq", "telegram", "whatsapp", "matrix", "signal",
)  # fmt: skip
_HANDLERS: Final[dict[str, Callable[[RowBuilder, Property], None]]] = {
    "FN": _make_setter("name"),
    "N": _set_name,
    "SORT-STRING": _make_setter("sort_as"),
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
    **{f"X-{name.upper()}": _make_messenger_handler(name) for name in _MESSENGERS},
    "X-SKYPE-USERNAME": _make_messenger_handler("skype"),
    "X-MS-IMADDRESS": _make_messenger_handler("im"),
    "X-MS-TEL": _make_contact_point_handler("phone"),
    "ADR": _add_address,
    "BDAY": _make_day_handler("birthday"),
    "ANNIVERSARY": _make_day_handler("anniversary"),
    "X-ANNIVERSARY": _make_day_handler("anniversary"),
    "X-EVOLUTION-ANNIVERSARY": _make_day_handler("anniversary"),
    "X-MS-ANNIVERSARY": _make_day_handler("anniversary"),
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
    **{
        f"X-{program}{kind.upper()}": _make_relation_handler(kind)
        for program in ("", "MS-", "EVOLUTION-")
        for kind in ("spouse", "manager", "assistant", "child", "children")
    },
    "X-CARDCRM-NAME-ORDER": _make_setter("name_order"),
    "X-CARDCRM-STAGE": _make_setter("stage"),
    "X-CARDCRM-STATUS": _make_setter("status"),
    "X-CARDCRM-OWNER": _make_setter("owner"),
    "X-CARDCRM-CADENCE": _make_setter("every"),
    "X-CARDCRM-SOURCE": _make_setter("source"),
    "X-CARDCRM-REF": _make_setter("ref"),
    "X-CARDCRM-FIELD": _add_field,
    _UNREAD: _add_unread,
}
