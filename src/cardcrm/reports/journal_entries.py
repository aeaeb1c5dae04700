"""What a step of the journal changed, row by row, as people read it."""

from collections.abc import Iterator, Mapping
from typing import Any

from cardcrm.store.journal import Change

_WORDS = {"insert": "added", "update": "changed", "delete": "removed"}

# Keys made from the columns beside them tell a reader nothing new.
_DULL = frozenset({"uid", "created_at", "updated_at", "month_day"})


def lines(change: Change) -> Iterator[tuple[str, str, str, Any, Any]]:
    """A change as rows: one for each column that it wrote or emptied."""
    what = f"{change.table.replace('_', ' ')} {change.row_id}"
    if change.op in ("load", "unload"):
        rows = (change.new or change.old)["rows"]
        what = f"{change.table.replace('_', ' ')} {rows[0][0]}–{rows[-1][0]}"
        yield what, "added" if change.op == "load" else "removed", f"{len(rows):,} rows", None, None
        return
    old, new = change.old or {}, change.new or {}
    names = [name for name in {**old, **new} if _tells(name, old, new)]
    for name in names:
        yield what, _WORDS[change.op], name.removesuffix("_id"), old.get(name), new.get(name)
    if not names and change.op != "update":  # an update of nothing but a time stamp is no news
        yield what, _WORDS[change.op], "", None, None


def _tells(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    is_empty = all(value in (None, "", 0) for value in (old.get(name), new.get(name)))
    return not (is_empty or name in _DULL or name.endswith("_key"))
