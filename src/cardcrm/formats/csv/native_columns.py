"""cardcrm's own CSV columns: a fixed header that holds every field of a draft.

Columns of several values keep them in one cell as ``cells.join`` does:

- ``emails phones webs socials``: ``value|label``, then ``opted out`` and ``invalid`` where true;
- ``addresses``: ``street|city|region|postcode|country|label``;
- ``birthday`` is the first birthday, ``days`` the others as ``label|day``;
- ``nicknames tags``: values; ``fields``: ``key|text``; ``relations``: ``kind|who``.

Written and read again a draft is the same but for this: blanks around texts go, line ends become
LF, NUL goes, values without text go, points stand by kind (e-mail, phone, web, social) and the
first birthday before the other days.
"""

from collections.abc import Callable, Iterable
from typing import Final

from cardcrm.formats.csv.cell_values import join, split
from cardcrm.formats.csv.row_builder import Row, Step, one
from cardcrm.formats.text_encoding import clean
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)

HEADER: Final = [
    "uid",
    "kind",
    "name",
    "given",
    "family",
    "nicknames",
    "org",
    "title",
    "emails",
    "phones",
    "webs",
    "socials",
    "addresses",
    "birthday",
    "days",
    "tags",
    "note",
    "stage",
    "source",
    "owner",
    "every",
    "fields",
    "relations",
    "ref",
]
POINT_KINDS: Final = {"emails": "email", "phones": "phone", "webs": "web", "socials": "social"}
# Four of these in one header, and the file is ours.
_SIGNATURE: Final = frozenset(
    ["emails", "phones", "webs", "socials", "addresses", "fields", "relations"]
)


def is_own(headers: list[str]) -> bool:
    """Whether a header is ours; columns may have been moved, removed or added since."""
    return len(_SIGNATURE.intersection(headers)) >= 4


def cells_of(draft: ContactDraft) -> list[str]:
    """A draft's cells, in the order of HEADER, before any quoting."""
    cells = {column: clean(getattr(draft, column, "")) for column in _TEXTS}
    for column, kind in POINT_KINDS.items():
        cells[column] = _points(draft, kind)
    birthday, days = _days(draft)
    cells["birthday"] = birthday
    cells["days"] = join(days)
    cells["nicknames"] = join(_rows((nick,) for nick in draft.nicknames))
    cells["tags"] = join(_rows((tag,) for tag in draft.tags))
    cells["addresses"] = join(_rows(_address(address) for address in draft.addresses))
    cells["fields"] = join(_rows(draft.fields))
    cells["relations"] = join(_rows((rel.kind, rel.who) for rel in draft.relations))
    return [cells[column] for column in HEADER]


_TEXTS: Final = (
    "uid", "kind", "name", "given", "family", "org", "title", "note", "stage", "source", "owner",
    "every", "ref",
)  # fmt: skip


def _rows(values: Iterable[Iterable[str]]) -> list[list[str]]:
    rows = [[clean(part) for part in value] for value in values]
    return [parts for parts in rows if any(parts)]


def _points(draft: ContactDraft, kind: str) -> str:
    return join(_rows(_point(point) for point in draft.points if point.kind == kind))


def _point(point: ContactPointDraft) -> tuple[str, ...]:
    flags = ("opted out",) * point.opted_out + ("invalid",) * point.invalid
    return (point.value, point.label, *flags)


def _address(address: AddressDraft) -> tuple[str, ...]:
    return (
        address.street,
        address.city,
        address.region,
        address.postcode,
        address.country,
        address.label,
    )


def _days(draft: ContactDraft) -> tuple[str, list[list[str]]]:
    rows = [row for row in _rows((day.label, day.day) for day in draft.days) if row[1]]
    for at, (label, day) in enumerate(rows):
        if label == "birthday":
            return day, rows[:at] + rows[at + 1 :]
    return "", rows


def step_for(column: str) -> Step:
    """What to do with a cell of one of our columns."""
    if column in POINT_KINDS:
        return _points_step(POINT_KINDS[column])
    return _STEPS[column] if column in _STEPS else one(column)


def _points_step(kind: str) -> Step:
    def step(row: Row, cell: str) -> None:
        for value, *rest in split(cell):
            label = rest[0] if rest else ""
            flags = rest[1:]
            row.points += (
                ContactPointDraft(kind, value, label, "opted out" in flags, "invalid" in flags),
            )

    return step


def _add_nicknames(row: Row, cell: str) -> None:
    row.nicknames += tuple(parts[0] for parts in split(cell))


def _add_tags(row: Row, cell: str) -> None:
    row.tags += tuple(parts[0] for parts in split(cell))


def _add_addresses(row: Row, cell: str) -> None:
    for parts in split(cell):
        street, city, region, postcode, country, label = [*parts, *[""] * 6][:6]
        row.addresses += (AddressDraft(label, street, city, region, postcode, country),)


def _add_birthday(row: Row, cell: str) -> None:
    row.days = (AnniversaryDraft("birthday", cell), *row.days)


def _add_days(row: Row, cell: str) -> None:
    row.days += tuple(AnniversaryDraft(*_pair(parts)) for parts in split(cell))


def _add_fields(row: Row, cell: str) -> None:
    row.fields += tuple((parts[0], "".join(parts[1:2])) for parts in split(cell))


def _add_relations(row: Row, cell: str) -> None:
    row.relations += tuple(RelationDraft(*_pair(parts)) for parts in split(cell))


def _pair(parts: list[str]) -> tuple[str, str]:
    """Two parts; a lone one is the value whose label was left out."""
    return (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])


_STEPS: Final[dict[str, Callable[[Row, str], None]]] = {
    "nicknames": _add_nicknames,
    "tags": _add_tags,
    "addresses": _add_addresses,
    "birthday": _add_birthday,
    "days": _add_days,
    "fields": _add_fields,
    "relations": _add_relations,
}
