"""Collect what the properties of a vCard say, and build the draft of a contact from it.

Some properties are only understood together: several organizations and titles, a label and its
address, coordinates and an address.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cardcrm.formats.csv.row_builder import fill_in_name
from cardcrm.formats.vcard.escapes import split_parts
from cardcrm.formats.vcard.name_property import escape_n, format_n, parse_n
from cardcrm.formats.vcard.property_tables import DEPARTMENT, VCARD_KIND
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    GroupDraft,
    JobDraft,
    MediaDraft,
    RelationDraft,
)
from cardcrm.records.contacts.name_parser import NameParts
from cardcrm.records.contacts.names import compose

if TYPE_CHECKING:
    from cardcrm.formats.import_entries import ValueNote

_NAMING: Final = frozenset({"name", "given", "family", "org", "points", "nicknames"})
_ORG_KINDS: Final = frozenset({"org", "organization", "company"})
_PERSON_KINDS: Final = frozenset({"", "individual", "person"})
_JOB_GROUP: Final = re.compile(r"job\d+", re.IGNORECASE)  # of further jobs in our own exports
_WORD: Final = re.compile(r"\w+")


class BrokenError(ValueError):
    """A vCard that cannot be read; the message is the reason."""


class Named(NamedTuple):
    """An organization or a title, with the group that ties the two together."""

    text: str
    group: str


class CardBuilder:
    """The values of one vCard; the lists are attributes of a draft or become some."""

    __slots__ = (
        "addresses", "days", "fields", "geo", "guess", "is_old", "jobs", "kind", "labels", "media",
        "members", "names", "nicknames", "notes", "orgs", "points", "relations", "roles",
        "sort_org", "tags", "titles", "values", "vcard_lines",
    )  # fmt: skip

    def __init__(self) -> None:
        self.is_old = False  # version 2.1
        self.guess = ""
        self.kind = ""
        self.values: dict[str, Any] = {}  # the single values of a draft
        self.names: list[str] = []  # each N, with its escapes
        self.sort_org = ""
        self.orgs: list[Named] = []
        self.titles: list[Named] = []
        self.roles: list[str] = []
        self.points: list[ContactPointDraft] = []
        self.addresses: list[AddressDraft] = []
        self.labels: list[tuple[str, str]] = []  # label and text of each postal label
        self.geo: list[tuple[str, str]] = []
        self.days: list[AnniversaryDraft] = []
        self.nicknames: list[str] = []
        self.tags: list[str] = []
        self.relations: list[RelationDraft] = []
        self.fields: list[tuple[str, str]] = []
        self.members: list[str] = []
        self.media: list[MediaDraft] = []
        self.vcard_lines: list[str] = []
        self.jobs: list[JobDraft] = []
        self.notes: list[ValueNote] = []

    def set_first(self, attribute: str, label: str, text: str) -> bool:
        """Set an attribute that has one value; return False for another value, now a field."""
        if self.values.setdefault(attribute, text) == text:
            return True
        self.fields.append((f"other {label}", text))
        return False

    def build(self) -> ContactDraft | GroupDraft:
        """Return the draft of a contact or a group. Raises BrokenError for a nameless one."""
        n = next(filter(None, self.names), "")
        if n and self.is_old:
            n = escape_n(n)
        if self.kind == "group":
            return self._build_group(self.values.get("name") or compose(parse_n(n)))
        self._settle_addresses()
        self._settle_jobs()
        self._settle_kind(n)
        values = self.values
        for name in _LISTS:
            if found := getattr(self, name):
                values[name] = tuple(found)
        if not _NAMING & values.keys():
            raise BrokenError("it has no name, organization, email or phone")
        fill_in_name(values)
        return ContactDraft(**values)

    def _build_group(self, name: str) -> GroupDraft:
        if not name:
            raise BrokenError("it is a group without a name")
        return GroupDraft(name, tuple(dict.fromkeys(self.members)))

    # Names

    def _settle_kind(self, n: str) -> None:
        """Decide between person and organization, and set the name."""
        values, parts = self.values, parse_n(n) if n else _NO_PARTS
        org, name = values.get("org"), values.get("name") or compose(parts)
        # Without a KIND, a vCard that names an organization but no person is the organization.
        is_org = self.kind in _ORG_KINDS or (
            not self.kind and bool(org) and not any(parts) and name in {"", org}
        )
        if self.kind not in _ORG_KINDS and self.kind not in _PERSON_KINDS:
            is_org = self.kind != "person"
            self.fields.append((VCARD_KIND, self.kind))
        values["kind"] = "org" if is_org else "person"
        if is_org and org and name in {"", org}:
            values["name"] = values.pop("org")
        if is_org and self.sort_org:
            values.setdefault("sort_as", self.sort_org)
        self._keep_name(parts, n)

    def _keep_name(self, parts: NameParts, n: str) -> None:
        """Set the parts of the name, and N itself where the parts do not tell all of it.

        A name without N that has a comma, “Doe, Jane”, is kept as formatted by an empty N.
        """
        values = self.values
        for name, part in zip(NameParts._fields, parts, strict=True):
            if part:
                values[name] = part
        is_whole = values["kind"] == "org" or (parts.given and parts.family)
        if n and not (is_whole and n == format_n(parts)):
            values["vcard_n"] = n
        elif not n and "," in values.get("name", ""):
            values["vcard_n"] = format_n(parts)

    # Organizations and titles

    def _settle_jobs(self) -> None:
        """Set the organization, the title and the role; further ones become jobs or fields."""
        own = [each for each in self.orgs if not _JOB_GROUP.fullmatch(each.group)]
        main = own[0] if own else None
        titles = list(self.titles)
        if main:
            self._set_org(main.text)
            self._take_title(titles, main.group)
        for each in self.orgs:
            if each is not main:
                title = self._pop_title(titles, each.group, by_group=bool(each.group))
                self._add_job(each.text, title, main)
        if titles and "title" not in self.values:
            self.values["title"] = titles.pop(0).text
        for each in titles:
            if each.text != self.values.get("title"):
                self.fields.append(("other title", each.text))
        if self.roles:
            self.values["role"] = self.roles[0]
            self.fields += [("other role", each) for each in dict.fromkeys(self.roles[1:])]

    def _set_org(self, text: str) -> None:
        name, units = _split_org(text)
        if name:
            self.values["org"] = name
        self.fields += [(DEPARTMENT, unit) for unit in units]

    def _take_title(self, titles: list[Named], group: str) -> None:
        if title := self._pop_title(titles, group, by_group=False):
            self.values["title"] = title

    @staticmethod
    def _pop_title(titles: list[Named], group: str, *, by_group: bool) -> str:
        """Take the title of a group out of the titles, or else the next one without a group."""
        for number, each in enumerate(titles):
            if each.group == group or (not by_group and not _JOB_GROUP.fullmatch(each.group)):
                return titles.pop(number).text
        return ""

    def _add_job(self, text: str, title: str, main: Named | None) -> None:
        name, units = _split_org(text)
        is_same = main is not None and name == _split_org(main.text)[0]
        if name and not (is_same and title in ("", self.values.get("title"))):
            self.jobs.append(JobDraft(name, title))
        self.fields += [(f"{DEPARTMENT} of {name}" if name else DEPARTMENT, unit) for unit in units]

    # Addresses

    def _settle_addresses(self) -> None:
        """Give the coordinates to the address, and keep labels that say more than addresses do."""
        for label, text in self.labels:
            self._keep_label(label, text)
        for latitude, longitude in self.geo:
            place = next(iter(self.addresses), AddressDraft())
            place = place._replace(latitude=latitude, longitude=longitude)
            self.addresses[:1] = [place]

    def _keep_label(self, label: str, text: str) -> None:
        if not self.addresses:
            self.addresses.append(AddressDraft(label, text))
        elif not any(_says_all(address, text) for address in self.addresses):
            self.fields.append(("address label", text))


_NO_PARTS: Final = NameParts("", "", "", "", "")
_LISTS: Final = (
    "points", "addresses", "days", "nicknames", "tags", "relations", "fields", "media",
    "vcard_lines", "jobs",
)  # fmt: skip


def _split_org(value: str) -> tuple[str, list[str]]:
    """Return the name and the units of an organization."""
    name, *units = split_parts(value)
    return name, [unit for unit in units if unit]


def _says_all(address: AddressDraft, text: str) -> bool:
    """Return whether each word of a text is in an address."""
    return set(_iterate_words(text)) <= set(_iterate_words(" ".join(address)))


def _iterate_words(text: str) -> Iterator[str]:
    return map(str.casefold, _WORD.findall(text))
