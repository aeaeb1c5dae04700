"""The history of customers: what the journal says of their fields, as versions with dates.

A version holds from a day on until the day of the next one. Of several changes on one day the last
one counts, and a change that was undone on its day leaves no version. (Kimball and Ross, The Data
Warehouse Toolkit: a slowly changing dimension of type 2.)
"""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cardcrm.store import Store

FIRST_DAY: Final = "1900-01-01"  # before every sale, so that each of them has a version
LAST_DAY: Final = "9999-12-31"
TRACKED: Final = ("name", "kind", "status", "stage", "source", "owner", "org_id")
PLACE: Final = ("city", "region", "country")

Values = tuple[Any, ...]  # of TRACKED and PLACE in their order


class Change(NamedTuple):
    """One change of a contact or an address: ``old`` has the values before it.

    ``op`` is insert, update or delete, as of the row of that id.
    """

    day: str
    table: str
    op: str
    row_id: int
    old: Mapping[str, Any]


class Version(NamedTuple):
    """The values of a customer from a day on until another, which is not included."""

    values: Values
    valid_from: str
    valid_to: str


class JournalRow(NamedTuple):
    """A change of the journal: ``contact_id`` is None where only the address is known."""

    id: int
    step_id: int
    at: str
    table: str
    op: str
    row_id: int
    contact_id: int | None
    old: str


def build_versions(
    contact: Mapping[str, Any],
    addresses: Mapping[int, Mapping[str, Any]],
    changes: Iterable[Change],
) -> list[Version]:
    """Return the versions of a customer, the current one first.

    ``contact`` and ``addresses`` are as they are now, and the changes are in reverse order.
    """
    row, places = dict(contact), {key: dict(each) for key, each in addresses.items()}
    versions: list[Version] = []
    values, until = _values(row, places), LAST_DAY
    for day, found in itertools.groupby(changes, lambda each: each.day):
        for change in found:
            _revert(row, places, change)
        before = _values(row, places)
        if before != values:
            versions.append(Version(values, day, until))
            values, until = before, day
    return [*versions, Version(values, FIRST_DAY, until)]


def _values(row: Mapping[str, Any], places: Mapping[int, Mapping[str, Any]]) -> Values:
    """Return the values of a version; the place is that of the first address."""
    first = places[min(places)] if places else {}
    return (*(row[name] for name in TRACKED), *(first.get(name) or "" for name in PLACE))


def _revert(row: dict[str, Any], places: dict[int, dict[str, Any]], change: Change) -> None:
    if change.table == "contact":
        row.update(change.old)
    elif change.op == "insert":
        places.pop(change.row_id, None)
    elif change.op == "delete":
        places[change.row_id] = dict(change.old)
    elif change.row_id in places:
        places[change.row_id].update(change.old)


def read_journal(store: Store) -> Iterator[JournalRow]:
    """Yield the changes of the fields of customers, oldest first.

    The creation of a contact is not among them: what its row held at first is its first version.
    """
    sql = (
        "SELECT c.id, c.step_id, s.at, c.tbl, c.op, c.row_id, c.old, c.new "
        "FROM change c JOIN step s ON s.id = c.step_id WHERE c.tbl = 'address' "
        "OR (c.tbl = 'contact' AND c.op = 'update') ORDER BY c.id"
    )
    for row in store.stream(sql, {}):
        yield from _journal_rows(*row)


def _journal_rows(
    id_: int, step: int, at: str, table: str, op: str, row_id: int, old: str, new: str
) -> Iterator[JournalRow]:
    def change(op: str, row_id: int, contact: int | None, values: Mapping[str, Any]) -> JournalRow:
        names = TRACKED if table == "contact" else PLACE
        text = json.dumps({name: values[name] for name in names if name in values})
        return JournalRow(id_, step, at, table, op, row_id, contact, text)

    before, after = (json.loads(text) if text else {} for text in (old, new))
    if op in ("load", "unload"):
        data = after or before
        for values in data["rows"]:
            row = dict(zip(data["columns"], values, strict=True))
            contact = row.get("contact_id")
            yield change("insert" if op == "load" else "delete", row["id"], contact, row)
    elif table == "contact":
        found = change("update", row_id, row_id, before)
        if found.old != "{}":
            yield found
    elif "contact_id" in after and op == "update":  # an address that a merge has moved
        yield change("insert", row_id, after["contact_id"], {})
    else:
        yield change(op, row_id, (before if op == "delete" else after).get("contact_id"), before)


def read_created(store: Store, steps: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the contacts that some steps have added: step and contact."""
    for step in steps:
        sql = "SELECT op, row_id, new FROM change WHERE step_id = :step AND tbl = 'contact'"
        for op, row_id, new in store.stream(sql, {"step": step}):
            if op == "insert":
                yield step, row_id
            elif op == "load":
                data = json.loads(new)
                at = data["columns"].index("id")
                yield from ((step, row[at]) for row in data["rows"])
