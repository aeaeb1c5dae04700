"""Find what a draft changes in a contact that it overwrites, or whose gaps it fills.

An empty value never clears anything, and an opt-out is never cleared. A contact has one phone
number of a label if its file has one, so a new number takes the place of the old one of that label;
where there are several, the new one is added.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cardcrm.records.contacts.contact_type import CONTACT
from cardcrm.records.contacts.normalize import NormalContact
from cardcrm.records.contacts.part_types import PARTS, Key, Row
from cardcrm.records.importing.matching import FILLABLE, NAME_COLUMNS, Candidate, missing_name
from cardcrm.records.privacy.mentions import STRUCK

_LABELS: Final = {
    column: each.label for each in CONTACT.editable for column in each.columns[:1]
}  # fmt: skip
_KEPT: Final = frozenset(("ref",))  # a contact keeps the id that it has
_REPLACED: Final = frozenset(("yearly_day", "field_value"))  # one value a key, the latest counts
_LABEL_OF_ADDRESS: Final = PARTS["address"].columns.index("label")


class Change(NamedTuple):
    """A difference between a contact and its draft: the field, the old value and the new one."""

    field: str
    old: str
    new: str


class RowChange(NamedTuple):
    """A row that takes the place of the one with a key, or is new where the key is None."""

    table: str
    old_key: Key | None
    row: Row


def list_head_changes(candidate: Candidate, draft: NormalContact) -> dict[str, Any]:
    """Return the columns that a draft overwrites, without the organization."""
    mine, theirs = candidate.head, draft.head
    new: dict[str, Any] = {}
    if not draft.is_nameless and not candidate.has_name(theirs["name_key"]):
        new = {name: theirs[name] for name in NAME_COLUMNS}
    else:
        new |= missing_name(candidate, draft)
    for name in FILLABLE:
        value = theirs[name]
        if value and value != mine[name] and not (name in _KEPT and mine[name]):
            new[name] = value
    for name in draft.stated:
        if theirs[name] != mine[name]:
            new[name] = theirs[name]
    # A file may be older than the erasure of a contact from a text.
    return {name: value for name, value in new.items() if STRUCK not in str(mine[name] or "")}


def names_other_org(candidate: Candidate, draft: NormalContact) -> bool:
    """Return whether a draft names another organization than the one of the contact."""
    if not draft.org_key or candidate.head["kind"] != "person":
        return False
    return candidate.org_key != draft.org_key


def list_row_changes(candidate: Candidate, draft: NormalContact) -> Iterator[RowChange]:
    """Yield the rows of parts that a draft adds or replaces."""
    for table, rows in draft.parts.items():
        known = candidate.rows(table)
        if table in _REPLACED:
            yield from _list_replaced(table, known, rows)
        elif rows.keys() <= known.keys():
            continue
        elif table in ("point", "address"):
            yield from _list_labelled(table, known, rows)
        else:
            yield from (
                RowChange(table, None, row) for key, row in rows.items() if key not in known
            )


def _list_replaced(
    table: str, known: Mapping[Key, Row], rows: Mapping[Key, Row]
) -> Iterator[RowChange]:
    for key, row in rows.items():
        if key not in known:
            yield RowChange(table, None, row)
        elif known[key] != row:
            yield RowChange(table, key, row)


def _list_labelled(
    table: str, known: Mapping[Key, Row], rows: Mapping[Key, Row]
) -> Iterator[RowChange]:
    """Yield rows with labels: a single new one takes the place of a single old one."""
    old = {key: row for key, row in known.items() if key not in rows}
    new = [row for key, row in rows.items() if key not in known]
    for row in new:
        label = _label(table, row)
        mine = [each for each, row in old.items() if _label(table, row) == label]
        theirs = [each for each, row in rows.items() if _label(table, row) == label]
        is_single = len(mine) == len(theirs) == 1
        if not is_single or (table == "point" and old[mine[0]][-2]):  # an opt-out stays known
            yield RowChange(table, None, row)
        else:
            yield RowChange(table, mine[0], row)


def _label(table: str, row: Row) -> tuple[str, str]:
    """Return what kind of value a row is: a kind and a label, which is folded."""
    if table == "address":
        return "", row[_LABEL_OF_ADDRESS].casefold()
    return row[0], row[-3].casefold()


# Words for the report


def describe_head(candidate: Candidate, new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the changes of columns, as they were before."""
    for column, value in new.items():
        if column in _LABELS and column != "org_id" and value != candidate.head[column]:
            yield Change(_LABELS[column], _to_text(candidate.head[column]), _to_text(value))


def describe_row(candidate: Candidate, change: RowChange, labels: Mapping[int, str]) -> Change:
    """Return the change of a row; ``labels`` are those of custom fields by their ids."""
    stored = candidate.rows(change.table).get(change.old_key) if change.old_key else None
    old = _describe(change.table, stored) if stored else ""
    return Change(_name(change.table, change.row, labels), old, _describe(change.table, change.row))


def _to_text(value: Any) -> str:
    return "" if value is None else str(value)


def _name(table: str, row: Row, labels: Mapping[int, str]) -> str:
    if table == "point":
        return f"{row[0]} {row[-3]}".strip()
    if table == "address":
        return f"address {row[_LABEL_OF_ADDRESS]}".strip()
    if table == "yearly_day":
        return str(row[0])
    return labels.get(row[0], "field") if table == "field_value" else table


def _describe(table: str, row: Row) -> str:
    if table == "point":
        return str(row[2])
    if table == "address":
        street, _, region, postcode, country, _, city, *_ = row
        return ", ".join(filter(None, (street, postcode, city, region, country)))
    if table == "tag":
        return str(row[1] or row[0])
    return str(row[1])
