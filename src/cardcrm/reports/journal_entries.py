"""The changes of a step column by column, for programs."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cardcrm.store.journal import Change

_DONE = {"insert": "added", "update": "changed", "delete": "removed"}

# Keys that are computed from other columns say nothing new.
_INTERNAL = frozenset({"uid", "created_at", "updated_at", "month_day"})


class Entry(NamedTuple):
    """One column that a change wrote or emptied."""

    row: str
    change: str
    field: str
    old: str | None
    new: str | None


def list_entries(change: Change) -> Iterator[Entry]:
    """Yield an entry for each column of a change."""
    noun = change.table.replace("_", " ")
    if change.op in ("load", "unload"):
        rows = (change.new or change.old)["rows"]
        done = "added" if change.op == "load" else "removed"
        yield Entry(f"{noun} {rows[0][0]}–{rows[-1][0]}", done, f"{len(rows):,} rows", None, None)
        return
    row, done = f"{noun} {change.row_id}", _DONE[change.op]
    old, new = change.old or {}, change.new or {}
    names = [name for name in {**old, **new} if _is_shown(name, old, new)]
    for name in names:
        yield Entry(row, done, name.removesuffix("_id"), _text(old, name), _text(new, name))
    if not names and change.op != "update":  # an update of a time stamp alone says nothing
        yield Entry(row, done, "", None, None)


def _text(values: Mapping[str, Any], name: str) -> str | None:
    """Return a value as text, so that the values of all columns have one type."""
    value = values.get(name)
    return None if value is None else str(value)


def _is_shown(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    is_empty = all(value in (None, "", 0) for value in (old.get(name), new.get(name)))
    return not (is_empty or name in _INTERNAL or name.endswith("_key"))
