"""Convert drafts to and from cardcrm's own CSV columns, which cover every field of a draft.

Columns with several values join them in one cell with `cell_values.join_values`:

- ``emails phones webs socials``: ``value|label``, then ``opted out`` and ``invalid`` where true;
- ``addresses``: ``street|city|region|postcode|country|label``;
- ``birthday`` is the first birthday, ``days`` the other anniversaries as ``label|day``;
- ``nicknames tags``: values; ``fields``: ``key|text``; ``relations``: ``kind|who``.

A draft that is written and read again changes only in this: outer spaces, NUL and empty values are
removed, line ends become LF, contact points are sorted by kind (email, phone, web, social), and the
first birthday precedes the other anniversaries.
"""

from collections.abc import Callable, Iterable
from typing import Final

from cardcrm.formats.csv.cell_values import join_values, split_values
from cardcrm.formats.csv.row_builder import CellHandler, RowBuilder, set_attribute
from cardcrm.formats.text_encoding import normalize_text
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
KIND_BY_COLUMN: Final = {"emails": "email", "phones": "phone", "webs": "web", "socials": "social"}
# A header with four of these is ours.
_SIGNATURE: Final = frozenset(
    ["emails", "phones", "webs", "socials", "addresses", "fields", "relations"]
)


def is_native(headers: list[str]) -> bool:
    """Return whether a header is ours; columns may have been moved, removed or added."""
    return len(_SIGNATURE.intersection(headers)) >= 4


def to_cells(draft: ContactDraft) -> list[str]:
    """Return the cells of a draft, in the order of HEADER, before quoting."""
    cells = {column: normalize_text(getattr(draft, column, "")) for column in _TEXT_COLUMNS}
    for column, kind in KIND_BY_COLUMN.items():
        cells[column] = _join_points(draft, kind)
    birthday, days = _split_days(draft)
    cells["birthday"] = birthday
    cells["days"] = join_values(days)
    cells["nicknames"] = join_values(_clean_values((nick,) for nick in draft.nicknames))
    cells["tags"] = join_values(_clean_values((tag,) for tag in draft.tags))
    cells["addresses"] = join_values(
        _clean_values(_list_address_parts(address) for address in draft.addresses)
    )
    cells["fields"] = join_values(_clean_values(draft.fields))
    cells["relations"] = join_values(_clean_values((rel.kind, rel.who) for rel in draft.relations))
    return [cells[column] for column in HEADER]


_TEXT_COLUMNS: Final = (
    "uid", "kind", "name", "given", "family", "org", "title", "note", "stage", "source", "owner",
    "every", "ref",
)  # fmt: skip


def _clean_values(values: Iterable[Iterable[str]]) -> list[list[str]]:
    rows = [[normalize_text(part) for part in value] for value in values]
    return [parts for parts in rows if any(parts)]


def _join_points(draft: ContactDraft, kind: str) -> str:
    return join_values(
        _clean_values(_list_point_parts(point) for point in draft.points if point.kind == kind)
    )


def _list_point_parts(point: ContactPointDraft) -> tuple[str, ...]:
    flags = ("opted out",) * point.opted_out + ("invalid",) * point.invalid
    return (point.value, point.label, *flags)


def _list_address_parts(address: AddressDraft) -> tuple[str, ...]:
    return (
        address.street,
        address.city,
        address.region,
        address.postcode,
        address.country,
        address.label,
    )


def _split_days(draft: ContactDraft) -> tuple[str, list[list[str]]]:
    rows = [row for row in _clean_values((day.label, day.day) for day in draft.days) if row[1]]
    for at, (label, day) in enumerate(rows):
        if label == "birthday":
            return day, rows[:at] + rows[at + 1 :]
    return "", rows


def make_handler(column: str) -> CellHandler:
    """Return the handler for the cells of one of our columns."""
    if column in KIND_BY_COLUMN:
        return _make_point_handler(KIND_BY_COLUMN[column])
    return _HANDLERS[column] if column in _HANDLERS else set_attribute(column)


def _make_point_handler(kind: str) -> CellHandler:
    def handle(row: RowBuilder, cell: str) -> None:
        for value, *rest in split_values(cell):
            label = rest[0] if rest else ""
            flags = rest[1:]
            row.points += (
                ContactPointDraft(kind, value, label, "opted out" in flags, "invalid" in flags),
            )

    return handle


def _add_nicknames(row: RowBuilder, cell: str) -> None:
    row.nicknames += tuple(parts[0] for parts in split_values(cell))


def _add_tags(row: RowBuilder, cell: str) -> None:
    row.tags += tuple(parts[0] for parts in split_values(cell))


def _add_addresses(row: RowBuilder, cell: str) -> None:
    for parts in split_values(cell):
        street, city, region, postcode, country, label = [*parts, *[""] * 6][:6]
        row.addresses += (AddressDraft(label, street, city, region, postcode, country),)


def _add_birthday(row: RowBuilder, cell: str) -> None:
    row.days = (AnniversaryDraft("birthday", cell), *row.days)


def _add_days(row: RowBuilder, cell: str) -> None:
    row.days += tuple(AnniversaryDraft(*_label_and_value(parts)) for parts in split_values(cell))


def _add_fields(row: RowBuilder, cell: str) -> None:
    row.fields += tuple((parts[0], "".join(parts[1:2])) for parts in split_values(cell))


def _add_relations(row: RowBuilder, cell: str) -> None:
    row.relations += tuple(RelationDraft(*_label_and_value(parts)) for parts in split_values(cell))


def _label_and_value(parts: list[str]) -> tuple[str, str]:
    """Return label and value; a single part is a value without a label."""
    return (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])


_HANDLERS: Final[dict[str, Callable[[RowBuilder, str], None]]] = {
    "nicknames": _add_nicknames,
    "tags": _add_tags,
    "addresses": _add_addresses,
    "birthday": _add_birthday,
    "days": _add_days,
    "fields": _add_fields,
    "relations": _add_relations,
}
