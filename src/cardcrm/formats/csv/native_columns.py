"""Convert drafts to and from cardcrm's own CSV columns, which cover every field of a draft.

Columns with several values join them in one cell with `cell_values.join_values`:

- ``emails phones webs socials``: ``value|label``, then ``opted out`` and ``invalid`` where true;
- ``street city region postcode country``, ``address label latitude longitude``: the parts of the
  first address, and with a number (``street 2``) of a further one; ``addresses``, in older files:
  ``street|city|region|postcode|country|label|latitude|longitude``;
- ``birthday`` is the first birthday, ``days`` the other anniversaries as ``label|day``;
- ``consents``: ``purpose|status|instant|basis|source|proof|address``, the newest of each purpose;
- ``nicknames tags``: values; ``fields``: ``key|text``; ``relations``: ``kind|who``.

A draft that is written and read again changes only in this: outer spaces, NUL and empty values are
removed, line ends become LF, contact points are sorted by kind (email, phone, web, social), and the
first birthday precedes the other anniversaries.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from cardcrm.formats.csv.cell_values import join_values, split_values
from cardcrm.formats.csv.consent_cells import normalize_moment
from cardcrm.formats.csv.consent_words import read_consent
from cardcrm.formats.csv.row_builder import CellHandler, RowBuilder, set_attribute
from cardcrm.formats.file_dates import normalize_cell
from cardcrm.formats.text_encoding import normalize_text
from cardcrm.records.contacts.contact_type import POINT_KINDS
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ConsentDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)

ADDRESS_COLUMNS: Final = (
    "street", "city", "region", "postcode", "country", "address label", "latitude", "longitude",
)  # fmt: skip
_ADDRESS_COLUMN: Final = re.compile(rf"({'|'.join(ADDRESS_COLUMNS)})(?: ([0-9]{{1,3}}))?")

HEADER: Final = [
    "uid", "kind", "name", "prefix", "given", "middle", "family", "suffix", "name_order", "sort_as",
    "nicknames", "org", "title", "role", "emails", "phones", "webs", "socials", *ADDRESS_COLUMNS,
    "birthday", "days", "tags", "note", "stage", "status", "source", "owner", "every", "language",
    "timezone", "gender", "fields", "relations", "ref", "consents",
]  # fmt: skip


class _Values(NamedTuple):
    """A column with several values: those of an ``attribute`` of drafts, perhaps of a ``kind``.

    ``write`` returns the parts of a value, and ``read`` the value of some parts.
    """

    attribute: str
    write: Callable[[Any], Iterable[str]]
    read: Callable[[list[str]], Any]
    kind: str = ""


def _write_point(point: ContactPointDraft) -> Iterable[str]:
    flags = ("opted out",) * point.opted_out + ("invalid",) * point.invalid
    return (point.value, point.label, *flags)


def _build_point_values(kind: str) -> _Values:
    def read(parts: list[str]) -> ContactPointDraft:
        value, label, *flags = [*parts, ""]
        return ContactPointDraft(kind, value, label, "opted out" in flags, "invalid" in flags)

    return _Values("points", _write_point, read, kind)


def _write_address(address: AddressDraft) -> Iterable[str]:
    label, *lines, latitude, longitude = address
    return (*lines, label, latitude, longitude)


def _read_address(parts: list[str]) -> AddressDraft:
    street, city, region, postcode, country, label, *degrees = [*parts, *[""] * 8][:8]
    return AddressDraft(label, street, city, region, postcode, country, *degrees)


def _label_and_value(parts: list[str]) -> tuple[str, str]:
    """Return label and value; a single part is a value without a label."""
    return (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])


def _read_consent(parts: list[str]) -> ConsentDraft:
    purpose, status, at, *rest = [*parts, *[""] * 7][:7]
    return ConsentDraft(purpose, read_consent(status), normalize_moment(at), *rest)


_VALUES: Final = {
    "nicknames": _Values("nicknames", lambda name: (name,), lambda parts: parts[0]),
    **{f"{kind}s": _build_point_values(kind) for kind in POINT_KINDS},
    "addresses": _Values("addresses", _write_address, _read_address),
    "days": _Values("days", tuple, lambda parts: AnniversaryDraft(*_label_and_value(parts))),
    "tags": _Values("tags", lambda name: (name,), lambda parts: parts[0]),
    "fields": _Values("fields", tuple, lambda parts: (parts[0], "".join(parts[1:2]))),
    "consents": _Values("consents", tuple, _read_consent),
    "relations": _Values("relations", tuple, lambda parts: RelationDraft(*_label_and_value(parts))),
}
# A header with four of these is ours.
_SIGNATURE: Final = _VALUES.keys() - {"nicknames", "days", "tags"}


def is_native(headers: list[str]) -> bool:
    """Return whether a header is ours; columns may have been moved, removed or added."""
    return len(_SIGNATURE.intersection(headers)) >= 4


def is_own_column(name: str) -> bool:
    """Return whether a column is ours."""
    return name in HEADER or name in _VALUES or _ADDRESS_COLUMN.fullmatch(name) is not None


def build_header(addresses: int) -> list[str]:
    """Return the names of the columns for contacts with up to ``addresses`` addresses."""
    at = HEADER.index(ADDRESS_COLUMNS[-1]) + 1
    more = [f"{name} {number}" for number in range(2, addresses + 1) for name in ADDRESS_COLUMNS]
    return [*HEADER[:at], *more, *HEADER[at:]]


def to_cells(draft: ContactDraft, header: list[str]) -> list[str]:
    """Return the cells of a draft, in the order of a header, before quoting."""
    rows = {column: _list_values(draft, each) for column, each in _VALUES.items()}
    days = [row for row in rows["days"] if row[1]]
    birthday = next((row for row in days if row[0] == "birthday"), ["", ""])
    rows["days"] = [row for row in days if row is not birthday]
    cells = {column: join_values(each) for column, each in rows.items()}
    cells["birthday"] = birthday[1]
    for number, parts in enumerate(rows["addresses"], 1):
        end = "" if number == 1 else f" {number}"
        cells |= {f"{name}{end}": part for name, part in zip(ADDRESS_COLUMNS, parts, strict=True)}
    is_address = {name for name in header if _ADDRESS_COLUMN.fullmatch(name)}
    return [
        cells.get(name, "")
        if name in cells or name in is_address
        else normalize_text(getattr(draft, name))
        for name in header
    ]


def _list_values(draft: ContactDraft, values: _Values) -> list[list[str]]:
    found = getattr(draft, values.attribute)
    if values.kind:
        found = [each for each in found if each.kind == values.kind]
    rows = [[normalize_text(part) for part in values.write(each)] for each in found]
    return [parts for parts in rows if any(parts)]


def make_handler(column: str) -> CellHandler:
    """Return the handler for the cells of one of our columns."""
    if column == "birthday":
        return _add_birthday
    address = _ADDRESS_COLUMN.fullmatch(column)
    if address:
        return _make_address_setter(address[1].removeprefix("address "), int(address[2] or 1))
    return _make_adder(_VALUES[column]) if column in _VALUES else set_attribute(column)


def _add_birthday(row: RowBuilder, cell: str) -> None:
    row.days = (AnniversaryDraft("birthday", normalize_cell(cell)), *row.days)


def _make_address_setter(part: str, number: int) -> CellHandler:
    def handle(row: RowBuilder, cell: str) -> None:
        row.__dict__.setdefault("address_parts", {}).setdefault(number, {})[part] = cell

    return handle


def _make_adder(values: _Values) -> CellHandler:
    def handle(row: RowBuilder, cell: str) -> None:
        known = getattr(row, values.attribute)
        setattr(row, values.attribute, known + tuple(map(values.read, split_values(cell))))

    return handle
