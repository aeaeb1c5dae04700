"""Which column holds what, decided once a file: a header becomes a plan, and a plan reads rows.

A plan is one small function for each column, so that a row costs one call for each filled cell and
no look at its header.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from cardcrm.errors import UsageError
from cardcrm.formats.csv import native_columns
from cardcrm.formats.csv.cell_values import day_of, is_nothing, numbers, quoted, several, unguard
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
from cardcrm.formats.csv.row_builder import Row, Step, draft, one, own_draft, spare
from cardcrm.records.contacts.drafts import (
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)

_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[\W_]+")
_UNKNOWN: Target = ("", "")
_PLACE_PARTS = frozenset({"street", "city", "region", "postcode", "country", "formatted"})
_POINTS = frozenset({"email", "phone", "web", "social"})
_SINGLES = frozenset(
    {"name", "given", "middle", "family", "prefix", "suffix", "org", "title", "note", "source",
     "stage", "owner", "every", "ref", "uid", "kind"}
)  # fmt: skip
_NAMING = frozenset({"name", "given", "family", "org"}) | _POINTS


@dataclass(frozen=True)
class Plan:
    """How to read rows: a step for each column; ``labels`` go first, others use them."""

    width: int
    steps: tuple[Step, ...]
    labels: tuple[tuple[int, Step], ...]
    finish: Callable[[Row], ContactDraft | None]

    def draft(self, cells: Sequence[str]) -> ContactDraft | None:
        """What a row says of a contact; None if it names nobody."""
        row = Row()
        if self.labels:
            self._read_labels(row, cells)
        for step, cell in zip(self.steps, map(str.strip, cells), strict=False):
            if cell:
                step(row, cell)
        return self.finish(row)

    def _read_labels(self, row: Row, cells: Sequence[str]) -> None:
        for at, step in self.labels:
            if at < len(cells) and (cell := cells[at].strip()):
                step(row, cell)


def folded(header: str) -> str:
    """A header as it is compared: no case, accents, spaces or punctuation."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    return _LETTERS.sub("", "".join(c for c in plain if not unicodedata.combining(c)))


def score(cells: Sequence[str]) -> int:
    """How many different things the cells of a line name, if it is the header."""
    if native_columns.is_own([cell.strip() for cell in cells]):
        return len(cells)
    return len({target for cell in cells if (target := _target(folded(cell))) != _UNKNOWN})


def plan_for(headers: Sequence[str]) -> Plan:
    """The plan for a header; raises UsageError if no column names anyone."""
    headers = [unguard(header.strip()) for header in headers]
    if native_columns.is_own(headers):
        return _own_plan(headers)
    keys = [folded(header) for header in headers]
    _refuse_others(frozenset(keys))
    targets = _targets(keys)
    if not any(what in _NAMING for what, _ in targets):
        raise UsageError(
            "no column holds a name, organisation, e-mail or phone",
            "the first line has to name the columns, for example: name,email,phone",
        )
    return _make_plan(headers, keys, targets)


def _own_plan(headers: list[str]) -> Plan:
    names = [header or f"column {at + 1}" for at, header in enumerate(headers)]
    steps = [
        native_columns.step_for(name) if name in native_columns.HEADER else _field(name)
        for name in names
    ]
    return Plan(len(headers), tuple(steps), (), own_draft)


def _make_plan(headers: list[str], keys: list[str], targets: list[Target]) -> Plan:
    steps: list[Step] = []
    labels: list[tuple[int, Step]] = []
    taken: set[str] = set()
    for at, (header, key, (what, label)) in enumerate(zip(headers, keys, targets, strict=True)):
        number = "".join(_DIGITS.findall(key)[:1])
        if what == "label":
            labels.append((at, _label(label, number)))
            steps.append(_nothing)
            continue
        step = _step(what, label, number, header or f"column {at + 1}", taken)
        taken.add(what)
        steps.append(_unless_filler(_DIGITS.sub("", key), step))
    return Plan(len(headers), tuple(steps), tuple(labels), draft)


@cache
def _synonyms() -> dict[str, Target]:
    return {folded(text): target for target, texts in COLUMNS.items() for text in texts.split("|")}


def _target(key: str) -> Target:
    """What a folded header means; the second look is without its digits."""
    found = _synonyms().get(key)
    return found or _synonyms().get(_DIGITS.sub("", key), _UNKNOWN)


def _keys_of(texts: str) -> set[str]:
    return {folded(text) for text in texts.split("|")}


def _targets(keys: list[str]) -> list[Target]:
    special: dict[str, Target] = {}
    for signature, meanings in PROGRAMS:
        if _keys_of(signature) <= set(keys):
            special |= {folded(text): target for text, target in meanings.items()}
    bare = [_DIGITS.sub("", key) for key in keys]
    return _lone_name(
        [special.get(plain, _target(key)) for key, plain in zip(keys, bare, strict=True)]
    )


def _lone_name(targets: list[Target]) -> list[Target]:
    """``Nom`` or ``Nombre`` without its other half is the whole name."""
    halves = [target for target in targets if target[0] in {"name", "given", "family"}]
    if len(halves) != 1:
        return targets
    return [("name", "") if target == halves[0] else target for target in targets]


def _refuse_others(keys: frozenset[str]) -> None:
    for signature, what in OTHER_FILES:
        if _keys_of(signature) <= keys:
            raise UsageError(f"this is {what}, not of contacts", "export the contacts instead")


def _step(what: str, label: str, number: str, header: str, taken: set[str]) -> Step:  # noqa: PLR0911
    """The step for a column's target."""
    if what in _POINTS:
        return _point(what, label, number)
    if what in _PLACE_PARTS:
        return _place(what, label, number)
    if what in _SINGLES:
        return spare(what, header) if what in taken else one(what)
    if what == "field" and label != "#":
        return _field(label)
    if what in {"day", "relation", "field"}:
        return _LABELLED[what](label, number)
    if what in {"consent", "optout"}:
        return _consent if what == "consent" else _optout(header)
    return {"tags": _tags, "nickname": _nicknames}.get(what) or _field(header)


def _point(kind: str, label: str, number: str) -> Step:
    # A comma parts e-mail addresses; a web address has it for anything.
    plain = {"email": _PLAIN_MAIL, "phone": _PLAIN_PHONE}.get(kind, _PLAIN_WEB).fullmatch
    values = {"email": _mails, "phone": _phones}.get(kind, several)

    def step(row: Row, cell: str) -> None:
        name = row.labels.get((kind, number), "") if label == "#" else label
        if plain(cell):
            row.points += (ContactPointDraft(kind, cell, name),)
        elif found := values(cell):
            row.points += tuple([ContactPointDraft(kind, value, name) for value in found])

    return step


# Cells that hold one value as it is; all others are looked at twice.
_PLAIN_MAIL = re.compile(r"[^\s,;:]*@[^\s,;:]*")
_PLAIN_PHONE = re.compile(r"\+?[\d(][\d() -]*")
_PLAIN_WEB = re.compile(r"(?:(?!:::)[^\n])*")


def _mails(cell: str) -> list[str]:
    return [value for value in several(cell, ";,") if not is_nothing(value)]


def _phones(cell: str) -> list[str]:
    return [value for value in numbers(cell) if not is_nothing(value)]


def _place(part: str, label: str, number: str) -> Step:
    key = (label, number if label == "#" else "")

    def step(row: Row, cell: str) -> None:
        places = row.places
        if places is None:
            places = row.places = {}
        if part == "postcode":
            cell = cell.removeprefix("'")  # Shopify keeps them text so, also those of letters
        if key not in places:
            name = row.labels.get(("address", number), "") if label == "#" else label
            places[key] = {"label": name, part: cell}
        else:
            place = places[key]
            place[part] = f"{place[part]}\n{cell}" if part in place else cell

    return step if part != "formatted" else _formatted(key, number)


def _formatted(key: tuple[str, str], number: str) -> Step:
    """The whole address in one cell: only of use where the parts are missing, which come later."""

    def step(row: Row, cell: str) -> None:
        row.whole = {**row.whole, key: (row.labels.get(("address", number), ""), cell)}

    return step


def _field(name: str) -> Step:
    def step(row: Row, cell: str) -> None:
        row.fields += ((name, cell),)

    return step


def _labelled_day(label: str, number: str) -> Step:
    def step(row: Row, cell: str) -> None:
        name = row.labels.get(("day", number), "day") if label == "#" else label
        row.days += (AnniversaryDraft(name, day_of(cell)),)

    return step


def _labelled_relation(label: str, number: str) -> Step:
    def step(row: Row, cell: str) -> None:
        name = row.labels.get(("relation", number), "related") if label == "#" else label
        row.relations += (RelationDraft(name, cell),)

    return step


def _labelled_field(_label: str, number: str) -> Step:
    def step(row: Row, cell: str) -> None:
        row.fields += ((row.labels.get(("field", number), f"custom field {number}"), cell),)

    return step


_LABELLED: dict[str, Callable[[str, str], Step]] = {
    "day": _labelled_day,
    "relation": _labelled_relation,
    "field": _labelled_field,
}


def _label(family: str, number: str) -> Step:
    """Google marks the first of several with ``*`` and writes ordinary labels with a capital."""

    def step(row: Row, cell: str) -> None:
        text = cell.removeprefix("*").lstrip()
        name = text.lower() if text.lower() in LABELS else text
        row.labels = {**row.labels, (family, number): name}

    return step


_EVERYBODY = frozenset({"* myContacts", "* My Contacts"})  # Google's group of all


def _tags(row: Row, cell: str) -> None:
    if cell[0] == '"':
        row.tags += tuple(quoted(cell))
    elif "," in cell or ";" in cell or ":::" in cell or "\n" in cell or cell[0] == "*":
        tags = several(cell, ",;")
        row.tags += tuple(tag.removeprefix("* ") for tag in tags if tag not in _EVERYBODY)
    else:
        row.tags += (cell,)


def _nicknames(row: Row, cell: str) -> None:
    row.nicknames += tuple(several(cell, ",;"))


def _consent(row: Row, cell: str) -> None:
    row.opted_out = row.opted_out or cell.casefold() in NO


def _optout(header: str) -> Step:
    """Opted out unless it says no; when and why, if the cell tells it, is kept."""

    def step(row: Row, cell: str) -> None:
        word = cell.casefold()
        row.opted_out = row.opted_out or word not in NO
        if word not in NO and word not in YES:
            row.fields += ((header, cell),)

    return step


def _nothing(_row: Row, _cell: str) -> None:
    """A label column: read before the others."""


@cache
def _filled() -> dict[str, str]:
    return dict(FILLERS)


def _unless_filler(key: str, step: Step) -> Step:
    filler = _filled().get(key)
    if filler is None:
        return step

    def checked(row: Row, cell: str) -> None:
        if cell.lower() != filler:
            step(row, cell)

    return checked
