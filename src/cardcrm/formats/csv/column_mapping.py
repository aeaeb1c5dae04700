"""Map the columns of a CSV file to the fields of a contact, once for each file.

A mapping has one small function for each column, so that reading a row takes one call for each
filled cell.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from cardcrm.errors import UsageError
from cardcrm.formats.csv import native_columns
from cardcrm.formats.csv.cell_values import (
    is_placeholder,
    split_list,
    split_phone_numbers,
    split_quoted,
    unescape_formula,
)
from cardcrm.formats.csv.headers import (
    COLUMNS,
    FILLERS,
    LABELS,
    NO,
    OTHER_FILES,
    PROGRAMS,
    YES,
    Target,
)
from cardcrm.formats.csv.row_builder import (
    CellHandler,
    RowBuilder,
    build_draft,
    build_native_draft,
    set_attribute,
    set_or_add_field,
)
from cardcrm.formats.file_dates import normalize_cell
from cardcrm.records.contacts.contact_type import CONTACT, POINT_KINDS
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)

_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[\W_]+")
_UNKNOWN: Target = ("", "")
_ADDRESS_PARTS = frozenset((*AddressDraft._fields[1:], "formatted"))
_CONTACT_POINTS = frozenset(POINT_KINDS)
_SINGLE_VALUES = frozenset(("uid", *(field.key for field in CONTACT.editable)))
_NAMING = frozenset({"name", "given", "family", "org"}) | _CONTACT_POINTS


@dataclass(frozen=True)
class ColumnMapping:
    """A handler for each column; ``labels`` are read first, because other handlers use them.

    ``days`` are the places of the columns that hold dates, and ``names`` are those of all columns.
    """

    width: int
    handlers: tuple[CellHandler, ...]
    labels: tuple[tuple[int, CellHandler], ...]
    finish: Callable[[RowBuilder], ContactDraft | None]
    days: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    def draft(self, cells: Sequence[str]) -> ContactDraft | None:
        """Return the contact in a row; None if the row names no contact."""
        row = RowBuilder()
        if self.labels:
            self._read_labels(row, cells)
        for handle, cell in zip(self.handlers, map(str.strip, cells), strict=False):
            if cell:
                handle(row, cell)
        return self.finish(row)

    def _read_labels(self, row: RowBuilder, cells: Sequence[str]) -> None:
        for at, handle in self.labels:
            if at < len(cells) and (cell := cells[at].strip()):
                handle(row, cell)


def fold_header(header: str) -> str:
    """Return a header without case, accents, spaces and punctuation, for comparison."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    return _LETTERS.sub("", "".join(c for c in plain if not unicodedata.combining(c)))


def score_header(cells: Sequence[str]) -> int:
    """Return the number of different columns that the cells of a line name."""
    if native_columns.is_native([cell.strip() for cell in cells]):
        return len(cells)
    return len(
        {target for cell in cells if (target := _find_target(fold_header(cell))) != _UNKNOWN}
    )


def map_columns(headers: Sequence[str]) -> ColumnMapping:
    """Return the mapping for a header. Raises UsageError if no column names a contact."""
    headers = [unescape_formula(header.strip()) for header in headers]
    if native_columns.is_native(headers):
        return _map_native_columns(headers)
    keys = [fold_header(header) for header in headers]
    _refuse_other_files(frozenset(keys))
    targets = _find_targets(keys)
    if not any(what in _NAMING for what, _ in targets):
        raise UsageError(
            "the file has no column for a name, organization, email or phone",
            "Name the columns in the first line, for example: name,email,phone.",
        )
    return _map_foreign_columns(headers, keys, targets)


def _map_native_columns(headers: list[str]) -> ColumnMapping:
    names = [header or f"column {at + 1}" for at, header in enumerate(headers)]
    handlers = [
        native_columns.make_handler(name)
        if native_columns.is_own_column(name)
        else _make_added_handler(name, names)
        for name in names
    ]
    days = tuple(at for at, name in enumerate(names) if name == "birthday")
    return ColumnMapping(len(headers), tuple(handlers), (), build_native_draft, days, tuple(names))


def _make_added_handler(name: str, names: Sequence[str]) -> CellHandler:
    """Return the handler for a column that was added to our own, for a custom field if unknown."""
    what, label = _find_target(fold_header(name))
    is_single = what in _SINGLE_VALUES and what not in names
    if is_single or (what in _CONTACT_POINTS and label != "#"):
        return _make_handler(what, label, "", name, set())
    return _make_field_handler(name)


def _map_foreign_columns(
    headers: list[str], keys: list[str], targets: list[Target]
) -> ColumnMapping:
    handlers: list[CellHandler] = []
    labels: list[tuple[int, CellHandler]] = []
    taken: set[str] = set()
    for at, (header, key, (what, label)) in enumerate(zip(headers, keys, targets, strict=True)):
        number = "".join(_DIGITS.findall(key)[:1])
        if what == "label":
            labels.append((at, _make_label_handler(label, number)))
            handlers.append(_ignore)
            continue
        handler = _make_handler(what, label, number, header or f"column {at + 1}", taken)
        taken.add(what)
        handlers.append(_skip_fillers(_DIGITS.sub("", key), handler))
    days = tuple(at for at, (what, _) in enumerate(targets) if what == "day")
    return ColumnMapping(
        len(headers), tuple(handlers), tuple(labels), build_draft, days, tuple(headers)
    )


@cache
def _load_synonyms() -> dict[str, Target]:
    return {
        fold_header(text): target for target, texts in COLUMNS.items() for text in texts.split("|")
    }


def _find_target(key: str) -> Target:
    """Return the target of a folded header, with or without its digits."""
    found = _load_synonyms().get(key)
    return found or _load_synonyms().get(_DIGITS.sub("", key), _UNKNOWN)


def _fold_all(texts: str) -> set[str]:
    return {fold_header(text) for text in texts.split("|")}


def _find_targets(keys: list[str]) -> list[Target]:
    special: dict[str, Target] = {}
    for signature, meanings in PROGRAMS:
        if _fold_all(signature) <= set(keys):
            special |= {fold_header(text): target for text, target in meanings.items()}
    bare = [_DIGITS.sub("", key) for key in keys]
    return _treat_lone_name(
        [special.get(plain, _find_target(key)) for key, plain in zip(keys, bare, strict=True)]
    )


def _treat_lone_name(targets: list[Target]) -> list[Target]:
    """Treat ``Nom`` or ``Nombre`` as the full name if the other half has no column."""
    halves = [target for target in targets if target[0] in {"name", "given", "family"}]
    if len(halves) != 1:
        return targets
    return [("name", "") if target == halves[0] else target for target in targets]


def _refuse_other_files(keys: frozenset[str]) -> None:
    for signature, what in OTHER_FILES:
        if _fold_all(signature) <= keys:
            raise UsageError(f"this is {what}, not contacts", "Export the contacts instead.")


def _make_handler(what: str, label: str, number: str, header: str, taken: set[str]) -> CellHandler:  # noqa: PLR0911
    """Return the handler for a target."""
    if what in _CONTACT_POINTS:
        return _make_point_handler(what, label, number)
    if what in _ADDRESS_PARTS:
        return _make_address_handler(what, label, number)
    if what in _SINGLE_VALUES:
        return set_or_add_field(what, header) if what in taken else set_attribute(what)
    if what == "field" and label != "#":
        return _make_field_handler(label)
    if what == "birth":
        return _make_birth_handler(label)
    if what in {"day", "relation", "field"}:
        return _LABELLED[what](label, number)
    if what in {"consent", "optout"}:
        return _read_consent if what == "consent" else _make_opt_out_handler(header)
    return {"tags": _add_tags, "nickname": _add_nicknames}.get(what) or _make_field_handler(header)


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


def _make_field_handler(name: str) -> CellHandler:
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


def _make_labeled_field_handler(_make_label_handler: str, number: str) -> CellHandler:
    def handle(row: RowBuilder, cell: str) -> None:
        row.fields += ((row.labels.get(("field", number), f"custom field {number}"), cell),)

    return handle


_LABELLED: dict[str, Callable[[str, str], CellHandler]] = {
    "day": _make_day_handler,
    "relation": _make_relation_handler,
    "field": _make_labeled_field_handler,
}


def _make_label_handler(family: str, number: str) -> CellHandler:
    """Return the handler for a label column.

    Google marks the first of several labels with ``*`` and capitalizes common labels.
    """

    def handle(row: RowBuilder, cell: str) -> None:
        text = cell.removeprefix("*").lstrip()
        name = text.lower() if text.lower() in LABELS else text
        row.labels = {**row.labels, (family, number): name}

    return handle


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


def _read_consent(row: RowBuilder, cell: str) -> None:
    row.opted_out = row.opted_out or cell.casefold() in NO


def _make_opt_out_handler(header: str) -> CellHandler:
    """Return the handler for opt-outs; a cell with a date or reason also becomes a field."""

    def handle(row: RowBuilder, cell: str) -> None:
        word = cell.casefold()
        row.opted_out = row.opted_out or word not in NO
        if word not in NO and word not in YES:
            row.fields += ((header, cell),)

    return handle


def _ignore(_row: RowBuilder, _cell: str) -> None:
    """Ignore a label column, which is read before the others."""


@cache
def _filler_values() -> dict[str, str]:
    return dict(FILLERS)


def _skip_fillers(key: str, handle: CellHandler) -> CellHandler:
    filler = _filler_values().get(key)
    if filler is None:
        return handle

    def handle_unless_filler(row: RowBuilder, cell: str) -> None:
        if cell.lower() != filler:
            handle(row, cell)

    return handle_unless_filler
