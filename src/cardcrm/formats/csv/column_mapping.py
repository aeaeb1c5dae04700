"""Map the columns of a table to the fields of a contact, once for each file."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from cardcrm.errors import UsageError
from cardcrm.formats.csv import native_columns
from cardcrm.formats.csv.cell_handlers import (
    CONTACT_POINTS,
    SINGLE_VALUES,
    find_fillers,
    ignore_cell,
    make_field_handler,
    make_handler,
    make_label_handler,
    skip_fillers,
)
from cardcrm.formats.csv.cell_values import unescape_formula
from cardcrm.formats.csv.consent_words import NEWSLETTER, PERMIT, is_about_mailings
from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.csv.header_match import UNKNOWN, Match, find_known, match_headers
from cardcrm.formats.csv.headers import Target
from cardcrm.formats.csv.row_builder import (
    CellHandler,
    RowBuilder,
    build_draft,
    build_native_draft,
)
from cardcrm.formats.csv.row_kinds import count_others, describe_doubt
from cardcrm.formats.import_job import ColumnUse
from cardcrm.records.contacts.drafts import ContactDraft

_DIGITS = re.compile(r"\d+")
_NAMING: Final = frozenset({"name", "given", "family", "org"}) | CONTACT_POINTS
_DATED: Final = frozenset({"day", "consent", f"{PERMIT}status", f"{PERMIT}at"})
_NO_TARGETS: Final[Mapping[str, Target]] = MappingProxyType({})


@dataclass(frozen=True)
class ColumnMapping:
    """A handler for each column; ``labels`` are read first, because other handlers use them.

    ``columns`` tell what each is for. ``days`` are the places of the columns that hold dates, and
    ``names`` are those of all columns. ``notes`` are sentences on the columns, and ``usual_order``
    is the order of dates that the program of the file writes. ``fillers`` are the values of each
    column that say nothing.
    """

    width: int
    handlers: tuple[CellHandler, ...]
    labels: tuple[tuple[int, CellHandler], ...]
    finish: Callable[[RowBuilder], ContactDraft | None]
    columns: tuple[ColumnUse, ...] = ()
    days: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    usual_order: str = ""
    fillers: tuple[frozenset[str], ...] = ()

    def draft(self, cells: Sequence[str]) -> ContactDraft | None:
        """Return the contact in a row of stripped cells; None if the row names no contact."""
        row = RowBuilder()
        if self.labels:
            self._read_labels(row, cells)
        for handle, cell in zip(self.handlers, cells, strict=False):
            if cell:
                handle(row, cell)
        return self.finish(row)

    def _read_labels(self, row: RowBuilder, cells: Sequence[str]) -> None:
        for at, handle in self.labels:
            if at < len(cells) and (cell := cells[at]):
                handle(row, cell)


def score_header(cells: Sequence[str], known: frozenset[str] = frozenset()) -> int:
    """Return the number of different columns that the cells of a line name.

    ``known`` are further folded headers.
    """
    if native_columns.is_native([cell.strip() for cell in cells]):
        return len(cells)
    further = len(known.intersection(map(fold_header, cells))) if known else 0
    targets = [find_known(fold_header(cell)) for cell in cells]
    others = [cell for cell, each in zip(cells, targets, strict=True) if each == UNKNOWN]
    return further + len({*targets} - {UNKNOWN}) + count_others(others)


def map_columns(headers: Sequence[str], given: Mapping[str, Target] = _NO_TARGETS) -> ColumnMapping:
    """Return the mapping for a header. Raises UsageError if no column names a contact.

    ``given`` are the meanings that a user gave to columns, by their folded headers.
    """
    headers = [unescape_formula(header.strip()) for header in headers]
    names = [header or f"column {at + 1}" for at, header in enumerate(headers)]
    if native_columns.is_native(headers):
        return _map_native_columns(names, given)
    matches, program = match_headers(headers, given)
    if not any(each.target[0] in _NAMING for each in matches):
        raise UsageError(
            "the file has no column for a name, organization, email or phone",
            "Name the columns in the first line, for example: name,email,phone. "
            "Or assign one: --map 'COLUMN=name'.",
        )
    space = program.space if program else ""
    mapping = _map_foreign_columns(names, matches, space)
    notes = [f"recognized as a file of {program.name}"] if program else describe_doubt(headers)
    return replace(
        mapping,
        notes=(*notes, *_describe_names(matches), *_describe_consents(names, matches, given)),
        usual_order=program.date_order if program else "",
    )


def _describe_names(matches: Sequence[Match]) -> list[str]:
    """Return a note if no column has the names of the contacts."""
    if any(each.target[0] in ("name", "given", "family", "org") for each in matches):
        return []
    return [
        "no column has the names of the contacts, which are named by their addresses; "
        "to assign one: --map 'COLUMN=name'"
    ]


def _describe_consents(
    names: Sequence[str], matches: Sequence[Match], given: Mapping[str, Target]
) -> Iterator[str]:
    """Yield a note on each column in which a no opts an address out of all mail."""
    for name, match in zip(names, matches, strict=True):
        key = fold_header(name)
        is_choice = is_about_mailings(name) and not key.endswith(("time", "date"))
        if match.target == ("consent", "email") and is_choice and key not in given:
            yield (
                f"a no in “{name}” opts the address out of all mail; to withdraw one purpose only: "
                f"--map '{name}=consent {NEWSLETTER}'"
            )


# Our own columns


def _map_native_columns(names: list[str], given: Mapping[str, Target]) -> ColumnMapping:
    handlers: list[CellHandler] = []
    uses: list[ColumnUse] = []
    for name in names:
        handler, use = _map_native_column(name, names, given.get(fold_header(name)))
        handlers.append(handler)
        uses.append(use)
    days = tuple(at for at, name in enumerate(names) if name == "birthday")
    width = len(names)
    return ColumnMapping(
        width, tuple(handlers), (), build_native_draft, tuple(uses), days, tuple(names)
    )


def _map_native_column(
    name: str, names: Sequence[str], given: Target | None
) -> tuple[CellHandler, ColumnUse]:
    """Return the handler of one of our own columns, or of one that was added to them."""
    if given is None and native_columns.is_own_column(name):
        return native_columns.make_handler(name), ColumnUse(name, name, 0)
    what, label = given or find_known(fold_header(name))
    is_single = what in SINGLE_VALUES and what not in names
    if given or is_single or (what in CONTACT_POINTS and label != "#"):
        return make_handler(what, label, "", name, set()), describe_use(name, Match((what, label)))
    return make_field_handler(name), ColumnUse(name, name, 0, is_field=True)


# Columns of other programs


def _map_foreign_columns(
    names: Sequence[str], matches: Sequence[Match], space: str
) -> ColumnMapping:
    handlers: list[CellHandler] = []
    labels: list[tuple[int, CellHandler]] = []
    fillers = tuple(find_fillers(_DIGITS.sub("", fold_header(name))) for name in names)
    taken: set[str] = set()
    for at, (name, match) in enumerate(zip(names, matches, strict=True)):
        what, label = match.target
        key = fold_header(name)
        number = "".join(_DIGITS.findall(key)[:1])
        if what == "label":
            labels.append((at, make_label_handler(label, number)))
            handlers.append(ignore_cell)
            continue
        handler = make_handler(what, label or space * (what == "ref"), number, name, taken)
        taken.add(what)
        handlers.append(skip_fillers(fillers[at], handler))
    return ColumnMapping(
        len(names),
        tuple(handlers),
        tuple(labels),
        build_draft,
        tuple(map(describe_use, names, matches)),
        tuple(at for at, each in enumerate(matches) if each.target[0] in _DATED),
        tuple(names),
        fillers=fillers,
    )


def describe_use(name: str, match: Match) -> ColumnUse:
    """Return what a column is for, in words."""
    what, label = match.target
    if what == "ignore":
        return ColumnUse(name, "", 0, is_kept=False, why="ignored, as you asked")
    if match.target == UNKNOWN or (what == "field" and label != "#"):
        return ColumnUse(name, label or name, 0, is_field=True)
    if what == "label":
        return ColumnUse(name, f"label of {label}", 0)
    if what == "day" and label != "#":
        return ColumnUse(name, label, 0, is_guess=match.is_guess)
    words = _WORDS.get(what, what)
    target = words if label in ("", "#", "email") and what in _WORDS else f"{words} {label}"
    return ColumnUse(name, target.removesuffix("#").strip(), 0, is_guess=match.is_guess)


# The words for meanings that are not named after a field.
_WORDS: Final = {
    "birth": "birthday",
    "day": "date",
    "consent": "consent to mail",
    f"{PERMIT}status": "consent to",
    f"{PERMIT}at": "date of the consent to",
    f"{PERMIT}source": "source of the consent to",
    f"{PERMIT}basis": "legal basis of the consent to",
    f"{PERMIT}proof": "proof of the consent to",
    "optout": "opt-out",
    "invalid": "invalid address",
    "signup": "proof of consent, and custom field",
    "mailstate": "opt-out or invalid address, and custom field",
    "formatted": "address",
    "ref": "reference",
    "timezone": "time zone",
    "given": "given name",
    "family": "family name",
    "middle": "middle name",
    "org": "organization",
    "every": "cadence",
}
