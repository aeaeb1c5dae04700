"""Make the functions that read the cells of one column each.

Reading a row takes one call for each filled cell.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from cardcrm.formats.csv.cell_values import (
    is_placeholder,
    split_list,
    split_phone_numbers,
    split_quoted,
)
from cardcrm.formats.csv.cell_words import FILLERS, LABELS
from cardcrm.formats.csv.consent_cells import CONSENT_HANDLERS, make_consent_handler
from cardcrm.formats.csv.consent_words import PERMIT, is_yes
from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.csv.row_builder import (
    CellHandler,
    RowBuilder,
    set_attribute,
    set_or_add_field,
)
from cardcrm.formats.file_dates import normalize_cell
from cardcrm.records.contacts.contact_type import CONTACT, POINT_KINDS
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactPointDraft,
    RelationDraft,
)

_ADDRESS_PARTS: Final = frozenset((*AddressDraft._fields[1:], "formatted"))
CONTACT_POINTS: Final = frozenset(POINT_KINDS)
SINGLE_VALUES: Final = frozenset(("uid", *(field.key for field in CONTACT.editable)))


def make_handler(what: str, label: str, number: str, header: str, taken: set[str]) -> CellHandler:  # noqa: PLR0911
    """Return the handler for a target."""
    if what in CONTACT_POINTS:
        return _make_point_handler(what, label, number)
    if what in _ADDRESS_PARTS:
        return _make_address_handler(what, label, number)
    if what == "ref":
        return _make_reference_handler(label, header, is_first=what not in taken)
    if what in SINGLE_VALUES:
        return set_or_add_field(what, header) if what in taken else set_attribute(what)
    if what in ("kind_flag", "ignore"):
        return _read_kind_flag if what == "kind_flag" else ignore_cell
    if what == "field" and label != "#":
        return make_field_handler(label or header)
    if what == "birth":
        return _make_birth_handler(label)
    if what in {"day", "relation", "field"}:
        return _LABELLED[what](label, number)
    if what in CONSENT_HANDLERS or what.startswith(PERMIT):
        return make_consent_handler(what, label, header)
    return {"tags": _add_tags, "nickname": _add_nicknames}.get(what) or make_field_handler(header)


def _make_point_handler(kind: str, label: str, number: str) -> CellHandler:
    # A comma separates email addresses, but is part of some web addresses.
    plain = {"email": _PLAIN_MAIL, "phone": _PLAIN_PHONE}.get(kind, _PLAIN_WEB).fullmatch
    values = {"email": _split_mails, "phone": _split_phones}.get(kind, split_list)

    def handle(row: RowBuilder, cell: str) -> None:
        name = row.labels.get((kind, number), "") if label == "#" else label
        if plain(cell):
            row.points += (ContactPointDraft(kind, cell, name),)
        elif found := values(cell):
            row.points += tuple([ContactPointDraft(kind, value, name) for value in found])

    return handle


# Cells that are one value; all other cells are split.
_PLAIN_MAIL = re.compile(r"[^\s,;:]*@[^\s,;:]*")
_NAMED_MAIL = re.compile("<[^<>]*>")
_MAILS = re.compile(r'(?:[^,;"<>\s]|"[^"]*"|<[^<>]*>)(?:[^,;"<>]|"[^"]*"|<[^<>]*>)*')
_PLAIN_PHONE = re.compile(r"\+?[\d(][\d() -]*")
_PLAIN_WEB = re.compile(r"(?:(?!:::)[^\n])*")


def _split_mails(cell: str) -> list[str]:
    if _NAMED_MAIL.search(cell):  # a name may have commas: "Doe, Jane" <jane@example.com>
        return [value.strip() for value in _MAILS.findall(cell)]
    return [value for value in split_list(cell, ";,") if not is_placeholder(value)]


def _split_phones(cell: str) -> list[str]:
    return [value for value in split_phone_numbers(cell) if not is_placeholder(value)]


def _make_address_handler(part: str, label: str, number: str) -> CellHandler:
    key = (label, number if label == "#" else "")

    def handle(row: RowBuilder, cell: str) -> None:
        parts = row.address_parts
        if parts is None:
            parts = row.address_parts = {}
        if part == "postcode":
            cell = cell.removeprefix("'")  # Shopify puts it before every postcode
        if key not in parts:
            name = row.labels.get(("address", number), "") if label == "#" else label
            parts[key] = {"label": name, part: cell}
        else:
            address = parts[key]
            address[part] = f"{address[part]}\n{cell}" if part in address else cell

    return handle if part != "formatted" else _make_full_address_handler(key, number)


def _make_full_address_handler(key: tuple[str, str], number: str) -> CellHandler:
    """Return the handler for a full address, which is used only if its parts are missing."""

    def handle(row: RowBuilder, cell: str) -> None:
        row.full_addresses = {
            **row.full_addresses,
            key: (row.labels.get(("address", number), ""), cell),
        }

    return handle


def make_field_handler(name: str) -> CellHandler:
    """Return the handler for a custom field."""

    def handle(row: RowBuilder, cell: str) -> None:
        row.fields += ((name, cell),)

    return handle


def _make_day_handler(label: str, number: str) -> CellHandler:
    def handle(row: RowBuilder, cell: str) -> None:
        name = row.labels.get(("day", number), "day") if label == "#" else label
        row.days += (AnniversaryDraft(name, normalize_cell(cell)),)

    return handle


def _make_birth_handler(part: str) -> CellHandler:
    """Return the handler for the year, the month or the day of a birthday."""

    def handle(row: RowBuilder, cell: str) -> None:
        row.birth = {**row.birth, part: cell}

    return handle


def _make_relation_handler(label: str, number: str) -> CellHandler:
    def handle(row: RowBuilder, cell: str) -> None:
        name = row.labels.get(("relation", number), "related") if label == "#" else label
        row.relations += (RelationDraft(name, cell),)

    return handle


def _make_labelled_field_handler(_label: str, number: str) -> CellHandler:
    def handle(row: RowBuilder, cell: str) -> None:
        row.fields += ((row.labels.get(("field", number), f"custom field {number}"), cell),)

    return handle


_LABELLED: dict[str, Callable[[str, str], CellHandler]] = {
    "day": _make_day_handler,
    "relation": _make_relation_handler,
    "field": _make_labelled_field_handler,
}


def make_label_handler(family: str, number: str) -> CellHandler:
    """Return the handler for a label column.

    Google marks the first of several labels with ``*`` and capitalizes common labels.
    """

    def handle(row: RowBuilder, cell: str) -> None:
        text = cell.removeprefix("*").lstrip()
        name = text.lower() if text.lower() in LABELS else text
        row.labels = {**row.labels, (family, number): name}

    return handle


def _make_reference_handler(space: str, header: str, *, is_first: bool) -> CellHandler:
    """Return the handler for ids of another program, which go with its name if it is known."""
    if not is_first:
        return set_or_add_field("ref", header)
    if not space:
        return set_attribute("ref")

    def handle(row: RowBuilder, cell: str) -> None:
        row.__dict__["ref"] = f"{space}:{cell}"

    return handle


def _read_kind_flag(row: RowBuilder, cell: str) -> None:
    """Read a cell that says whether the contact is an organization."""
    row.__dict__["kind"] = "org" if is_yes(cell) else "person"


_ALL_CONTACTS = frozenset({"* myContacts", "* My Contacts"})  # Google's group of all contacts


def _add_tags(row: RowBuilder, cell: str) -> None:
    if cell[0] == '"':
        row.tags += tuple(split_quoted(cell))
    elif "," in cell or ";" in cell or ":::" in cell or "\n" in cell or cell[0] == "*":
        tags = split_list(cell, ",;")
        row.tags += tuple(tag.removeprefix("* ") for tag in tags if tag not in _ALL_CONTACTS)
    else:
        row.tags += (cell,)


def _add_nicknames(row: RowBuilder, cell: str) -> None:
    row.nicknames += tuple(split_list(cell, ",;"))


def ignore_cell(_row: RowBuilder, _cell: str) -> None:
    """Ignore a label column, which is read before the others."""


@cache
def _filler_values() -> dict[str, frozenset[str]]:
    return {
        fold_header(header): frozenset(values.split(" | "))
        for headers, values in FILLERS.items()
        for header in headers.split(" | ")
    }


def find_fillers(key: str) -> frozenset[str]:
    """Return the values that Outlook writes into every row of a column, in lower case."""
    return _filler_values().get(key, frozenset())


def skip_fillers(fillers: frozenset[str], handle: CellHandler) -> CellHandler:
    """Return a handler that skips some values."""
    if not fillers:
        return handle

    def handle_unless_filler(row: RowBuilder, cell: str) -> None:
        if cell.lower() not in fillers:
            handle(row, cell)

    return handle_unless_filler
