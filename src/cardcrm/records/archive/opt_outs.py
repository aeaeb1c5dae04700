"""Keep opt-outs and invalid marks of addresses when a file with everything comes in.

The file may be older than the refusal, or know the person by another contact.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from cardcrm.records.fields import Columns
from cardcrm.records.mail import suppression
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

POINT: Final = "point"
MARKS: Final = ("opted_out", "invalid")
_KEY: Final = ("kind", "value_key")


def list_marks(noun: str, stored: Mapping[str, Any]) -> set[str]:
    """Return the marks that a stored row has, which a file never clears."""
    return {name for name in MARKS if stored[name]} if noun == POINT else set()


def refuse_new_points(noun: str, stored: Sequence[Columns], rows: Iterable[Columns]) -> None:
    """Opt new addresses of a contact out where it refuses all of their kind."""
    if noun != POINT:
        return
    kinds = {each["kind"] for each in stored}
    willing = {each["kind"] for each in stored if not each["opted_out"]}
    known = {_key(each) for each in stored}
    for row in rows:
        if row["kind"] in kinds - willing and _key(row) not in known:
            row["opted_out"] = 1


def carry_marks(store: Store, rows: Sequence[Columns]) -> None:
    """Mark the addresses of a file everywhere as they are marked anywhere."""
    found, names = [*rows], (*_KEY, *MARKS)
    for values, params in chunks({row["value_key"] for row in rows}):
        sql = f"SELECT id, {', '.join(names)} FROM point WHERE value_key IN ({values})"
        found += (dict(zip(("id", *names), row, strict=True)) for row in store.rows(sql, **params))
    marks: dict[tuple[Any, ...], dict[str, int]] = {}
    for row in (*found, *_list_suppressed(store, rows)):
        known = marks.setdefault(_key(row), dict.fromkeys(MARKS, 0))
        known |= {name: known[name] | row[name] for name in MARKS}
    for row in found[len(rows) :]:
        wanted = marks.get(_key(row))
        if wanted and any(wanted[name] > row[name] for name in MARKS):
            store.update(POINT, row["id"], **wanted)


def _list_suppressed(store: Store, rows: Iterable[Columns]) -> list[Columns]:
    """Return what the suppression list says of the addresses of a file, as marked rows."""
    found = suppression.find_marks(store, {(row["kind"], row["value_key"]) for row in rows})
    return [dict(zip((*_KEY, *MARKS), (*key, *marks), strict=True)) for key, marks in found.items()]


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _KEY)
