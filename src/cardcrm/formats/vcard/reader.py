"""One vCard as a draft: which property says what.

vobject takes a line apart (groups, parameters, quoted-printable); what the values mean is decided
here, as vobject knows the properties of version 3.0 only and drops parts of what it unpacks.
Pictures, sounds and keys are passed over, and so is what a card has no place for (time zones).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from cardcrm.formats.csv.cell_values import cut
from cardcrm.formats.csv.row_builder import Row, name_by_point
from cardcrm.formats.text_encoding import clean
from cardcrm.formats.vcard.labels import label_of, own_words
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    GroupDraft,
    RelationDraft,
)

# Name, parameters, colon. Tried before vobject's own expression, which takes exponential time over
# a line that only nearly fits.
_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_HEAD: Final = re.compile(
    rf"(?:[\w-]+\.)?(?P<name>[\w-]+);?(?:;[\w-]+(?:={_VALUE}(?:,{_VALUE})*)?)*:", re.ASCII
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
# What leaks from vobject's decoding of broken values, beside its own errors: ValueError (with
# UnicodeError and binascii.Error), LookupError (with IndexError, KeyError and unknown charsets).
_LEAKS: Final = (ValueError, LookupError, AttributeError, TypeError)
_SKIPPED: Final = frozenset({"BEGIN", "END", "VERSION", "PHOTO", "LOGO", "SOUND", "KEY"})
_BASIC: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T.*)?", re.ASCII)
_YEARLESS: Final = re.compile(r"--(\d\d)-?(\d\d)(?:T.*)?", re.ASCII)
_TIMED: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d.*", re.ASCII)
_QUOTED: Final = "QUOTED-PRINTABLE"


class BrokenError(ValueError):
    """A card that cannot be read; the message says why."""


@dataclass(frozen=True)
class Line:
    """One property: its name in capitals, its parameters, its value with escapes, its own label."""

    name: str
    params: dict[str, list[str]]
    value: str
    label: str

    @property
    def text(self) -> str:
        """The value, plain."""
        return plain(self.value)


def draft_of(raw: str) -> ContactDraft | GroupDraft | str:
    """The draft of one card's text, from BEGIN to END; or in words why there is none."""
    from vobject.base import VObjectError

    try:
        return _draft(raw)
    except (VObjectError, *_LEAKS) as error:
        return " ".join(f"not a readable card: {error}".split())[:120]


def plain(value: str) -> str:
    """A value without its escapes."""
    if "\\" in value:
        value = _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return clean(value)


def _draft(raw: str) -> ContactDraft | GroupDraft:
    if "\0" in raw:
        raise BrokenError("it holds NUL bytes")
    row = Row()
    for line in _lines(raw):
        handle = _HANDLERS.get(line.name)
        if handle and line.text:
            handle(row, line)
    told = row.__dict__
    members = told.pop("members", ())
    if told.get("kind") == "group":
        return _group(told, members)
    _settle_name(told)
    if not {"name", "org", "points"} & told.keys():
        raise BrokenError("no name, organisation, e-mail or phone in this card")
    name_by_point(told)
    return ContactDraft(**told)


def _group(told: dict[str, Any], members: Iterable[str]) -> GroupDraft:
    name = told.get("name") or told.get("parts")
    if not name:
        raise BrokenError("it is a group of cards without a name")
    return GroupDraft(name, tuple(dict.fromkeys(members)))


def _settle_name(told: dict[str, object]) -> None:
    """Decide between person and organisation, and which name is whose."""
    parts = told.pop("parts", "")
    role = told.pop("role", "")
    if role:
        told.setdefault("title", role)
    if parts:
        told.setdefault("name", parts)
    org, name = told.get("org"), told.get("name")
    # Without a word on its kind, a card with no person's name but an organisation's is that one's.
    told.setdefault("kind", "org" if org and not parts and name in {None, org} else "person")
    if told["kind"] == "org" and org and name in {None, org}:
        told["name"] = told.pop("org")


def _lines(raw: str) -> Iterator[Line]:
    parsed = list(_parsed(raw))
    labels = {
        group: own_words(plain(value))
        for group, name, _, value in parsed
        if group and name == "X-ABLABEL"
    }
    for group, name, params, value in parsed:
        if name != "X-ABLABEL":
            yield Line(name, params, value, labels.get(group, label_of(_types(params))))


def _types(params: dict[str, list[str]]) -> list[str]:
    return [word for value in params.get("TYPE", ()) for word in value.split(",") if word]


def _parsed(raw: str) -> Iterator[tuple[str, str, dict[str, list[str]], str]]:
    """Each property as (group, name, parameters, value), as vobject takes it apart."""
    from vobject.base import textLineToContentLine

    for number, text in enumerate(_logical(raw), 1):
        head = _HEAD.match(text)
        if not head:
            raise BrokenError(f"line {number} of it is no property: {text[:40]!r}")
        if head["name"].upper() in _SKIPPED:
            continue
        if _QUOTED in head[0].upper():
            text = re.sub(_QUOTED, _QUOTED, head[0], flags=re.IGNORECASE) + text[head.end() :]  # noqa: PLW2901
        found = textLineToContentLine(text)
        # Version 2.1 leaves out the parameter's name: TEL;HOME;FAX.
        found.params.setdefault("TYPE", []).extend(found.singletonparams)
        yield found.group or "", found.name, found.params, found.value


def _logical(raw: str) -> Iterator[str]:
    """Lines with their folds undone."""
    if _QUOTED in raw.upper():
        from vobject.base import getLogicalLines

        yield from (line for line, _ in getLogicalLines(StringIO(raw), allowQP=True))
    else:
        unfolded = raw.replace("\n ", "").replace("\n\t", "")
        yield from (line for line in unfolded.split("\n") if line.strip())


def _once(name: str) -> Callable[[Row, Line], None]:
    def handle(row: Row, line: Line) -> None:
        row.__dict__.setdefault(name, line.text)

    return handle


def _structured(row: Row, line: Line) -> None:
    family, given, middle, prefix, suffix = [*map(plain, cut(line.value, ";")), *[""] * 5][:5]
    for name, value in (("family", family), ("given", given)):
        if value:
            row.__dict__[name] = value
    middle = middle.replace(",", " ")
    whole = " ".join(part for part in (prefix, given, middle, family, suffix) if part)
    row.__dict__["parts"] = whole


def _nicknames(row: Row, line: Line) -> None:
    row.nicknames += _list(line.value)


def _tags(row: Row, line: Line) -> None:
    row.tags += _list(line.value)


def _list(value: str) -> tuple[str, ...]:
    return tuple(text for part in cut(value, ",") if (text := plain(part)))


def _org(row: Row, line: Line) -> None:
    name, *units = map(plain, cut(line.value, ";"))
    if name:
        row.__dict__.setdefault("org", name)
    row.fields += tuple(("department", unit) for unit in units if unit)


def _point(kind: str, scheme: str = "") -> Callable[[Row, Line], None]:
    def handle(row: Row, line: Line) -> None:
        value = line.text
        if scheme and value.lower().startswith(scheme):
            value = value[len(scheme) :].replace(";ext=", " ext. ")
        state = line.params.get("X-CARDCRM", ())
        point = ContactPointDraft(kind, value, line.label, "opted-out" in state, "invalid" in state)
        row.points += (point,)

    return handle


def _impp(row: Row, line: Line) -> None:
    label = "".join(line.params.get("X-SERVICE-TYPE", ())[:1]).lower() or line.label
    row.points += (ContactPointDraft("social", line.text, label),)


def _messenger(label: str) -> Callable[[Row, Line], None]:
    def handle(row: Row, line: Line) -> None:
        row.points += (ContactPointDraft("social", line.text, label),)

    return handle


def _address(row: Row, line: Line) -> None:
    parts = [*map(plain, cut(line.value, ";")), *[""] * 7][:7]
    street = "\n".join(part for part in (*parts[:2], parts[2]) if part)
    if street or any(parts[3:]):
        row.addresses += (AddressDraft(line.label, street, *parts[3:]),)


def _day(label: str) -> Callable[[Row, Line], None]:
    def handle(row: Row, line: Line) -> None:
        day = day_of(line.text)
        if line.params.get("X-APPLE-OMIT-YEAR") == [day[:4]]:
            day = "-" + day[4:]
        row.days += (AnniversaryDraft(label or line.label, day),)

    return handle


def day_of(text: str) -> str:
    """A day as cardcrm writes it (``1980-05-01``, ``--05-01``); any other text as it is."""
    if basic := _BASIC.fullmatch(text):
        return "-".join(basic.groups())
    if yearless := _YEARLESS.fullmatch(text):
        return f"--{yearless[1]}-{yearless[2]}"
    timed = _TIMED.fullmatch(text)
    return timed[1] if timed else text


def _related(row: Row, line: Line) -> None:
    row.relations += (RelationDraft(line.label, line.text.removeprefix("urn:uuid:")),)


def _note(row: Row, line: Line) -> None:
    told = row.__dict__
    told["note"] = f"{told['note']}\n\n{line.text}" if "note" in told else line.text


def _uid(row: Row, line: Line) -> None:
    row.__dict__["uid"] = line.text.removeprefix("urn:uuid:")


def _kind(row: Row, line: Line) -> None:
    kind = line.text.lower()
    is_org = kind in {"org", "organization", "company"}
    row.__dict__["kind"] = "group" if kind == "group" else "org" if is_org else "person"


def _member(row: Row, line: Line) -> None:
    row.__dict__.setdefault("members", []).append(line.text.removeprefix("urn:uuid:"))


def _field(row: Row, line: Line) -> None:
    key, *texts = map(plain, cut(line.value, ";"))
    row.fields += ((key, ";".join(texts)),)


_HANDLERS: Final[dict[str, Callable[[Row, Line], None]]] = {
    "FN": _once("name"),
    "N": _structured,
    "NICKNAME": _nicknames,
    "ORG": _org,
    "TITLE": _once("title"),
    "ROLE": _once("role"),
    "EMAIL": _point("email", "mailto:"),
    "TEL": _point("phone", "tel:"),
    "URL": _point("web"),
    "X-SOCIALPROFILE": _point("social"),
    "SOCIALPROFILE": _point("social"),
    "IMPP": _impp,
    **{
        f"X-{name.upper()}": _messenger(name)
        for name in ("skype", "jabber", "aim", "icq", "msn", "yahoo", "twitter", "gadugadu")
    },
    "ADR": _address,
    "BDAY": _day("birthday"),
    "ANNIVERSARY": _day("anniversary"),
    "X-ANNIVERSARY": _day("anniversary"),
    "X-EVOLUTION-ANNIVERSARY": _day("anniversary"),
    "X-ABDATE": _day(""),
    "CATEGORIES": _tags,
    "NOTE": _note,
    "UID": _uid,
    "KIND": _kind,
    "X-ABSHOWAS": _kind,
    "X-ADDRESSBOOKSERVER-KIND": _kind,
    "MEMBER": _member,
    "X-ADDRESSBOOKSERVER-MEMBER": _member,
    "RELATED": _related,
    "X-ABRELATEDNAMES": _related,
    "X-CARDCRM-STAGE": _once("stage"),
    "X-CARDCRM-OWNER": _once("owner"),
    "X-CARDCRM-CADENCE": _once("every"),
    "X-CARDCRM-SOURCE": _once("source"),
    "X-CARDCRM-REF": _once("ref"),
    "X-CARDCRM-FIELD": _field,
}
