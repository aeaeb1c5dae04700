"""Read the journal as rows of tables: each entry tells the values of one row, or of many."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cardcrm.store import Store

COLUMNS = "id, step_id, op, tbl, row_id, old, new"


class Entry(NamedTuple):
    """An entry of the journal as it is stored."""

    id: int
    step_id: int
    op: str
    table: str
    row_id: int
    old: str | None
    new: str | None


def entries(store: Store, tables: Sequence[str] = ()) -> Iterator[Entry]:
    """Yield the entries in their order, of some tables if any are named."""
    names = ", ".join(f"'{each}'" for each in tables)
    where = f" WHERE tbl IN ({names})" if tables else ""
    for row in store.stream(f"SELECT {COLUMNS} FROM change{where} ORDER BY id", {}):
        yield Entry(*row)


def values(entry: Entry) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the values of rows in an entry, the old and the new ones, by their ids."""
    for text in filter(None, (entry.old, entry.new)):
        data = json.loads(text)
        if entry.op in ("load", "unload"):
            names = data["columns"]
            for row in data["rows"]:
                yield row[0], dict(zip(names, row, strict=True))
        else:
            yield entry.row_id, data


def to_json(value: Any) -> str | None:
    """Return a value as the journal stores it."""
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
