"""Carry opt-outs and invalid marks to every contact that has the address.

A person who said no must never be mailed after an import: not at the same address under another
name, and not at another address of the same contact. An address that has failed does so everywhere.
"""

from collections.abc import Iterable, Mapping

from cardcrm.errors import UsageError
from cardcrm.records.contacts import part_types
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.part_types import Key, Row
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

Marks = dict[Key, tuple[int, int]]  # by kind and key of an address: opted out, invalid


def collect_marks(parts: Iterable[Mapping[Key, Row]]) -> Marks:
    """Return the marks of the addresses in some rows; most rows have none."""
    found: Marks = {}
    for rows in parts:
        for key, row in rows.items():
            if row[-2] or row[-1]:
                out, bad = found.get(key, (0, 0))
                found[key] = (out | row[-2], bad | row[-1])
    return found


def apply_marks(row: Row, marks: Marks) -> Row:
    """Return the row of an address with the marks that it has anywhere."""
    found = marks.get(row[:2])
    return row if found is None else (*row[:-2], row[-2] | found[0], row[-1] | found[1])


def opt_out(row: Row) -> Row:
    """Return the row of an address that is opted out."""
    return (*row[:-2], 1, row[-1])


def refuses_all(rows: Mapping[Key, Row], kind: str) -> bool:
    """Return whether all addresses of a kind are opted out, and there are some."""
    found = [row[-2] for row in rows.values() if row[0] == kind]
    return bool(found) and all(found)


def mark_stored(store: Store, drafts: Iterable[ContactDraft], region: str) -> None:
    """Mark the stored addresses that drafts which are not imported have opted out."""
    carry_marks(store, collect_marks([dict(_read_points(draft, region)) for draft in drafts]))


def carry_marks(store: Store, marks: Marks) -> None:
    """Mark the stored addresses that have marks anywhere."""
    for values, params in chunks({key[1] for key in marks}):
        rows = store.rows(
            "SELECT id, kind, value_key, opted_out, invalid FROM point "
            f"WHERE value_key IN ({values}) ORDER BY id",
            **params,
        )
        for row in list(rows):
            out, bad = marks.get((row[1], row[2]), (0, 0))
            if out > row[3] or bad > row[4]:
                store.update("point", row[0], opted_out=out | row[3], invalid=bad | row[4])


def _read_points(draft: ContactDraft, region: str) -> Iterable[tuple[Key, Row]]:
    for point in draft.points:
        try:
            row, _, _ = part_types.contact_point_row(point, region, draft.addresses)
        except UsageError:
            continue
        yield row[:2], row
