"""Read everything in a database as lines: a header, the settings, and a line for each row.

Rows are read by the thousand in the order of their ids, each thousand with its parts in one round
trip, so that memory does not grow with the database.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from cardcrm.records.archive.line_format import LineFormat, formats, line_types
from cardcrm.store import Store, schema_version
from cardcrm.store.settings import list_kept

FORMAT: Final = "cardcrm"
VERSION: Final = 1
CHUNK: Final = 1000

Line = dict[str, Any]


def count_lines(store: Store) -> dict[str, int]:
    """Return the number of lines of each noun."""
    counts = {"setting": len(list_kept(store))}
    for type_ in line_types():
        counts[type_.name] = int(store.value(f"SELECT count(*) FROM {type_.table_name}"))
    return counts


def lines(store: Store) -> Iterator[Line]:
    """Yield all lines, of the database as it is now; the first one is the header."""
    with store.engine.snapshot():
        counts = count_lines(store)
        yield {
            "format": FORMAT,
            "version": VERSION,
            "schema": schema_version.VERSION,
            "counts": {name: count for name, count in counts.items() if count},
        }
        for name, value in list_kept(store).items():
            yield {"noun": "setting", "name": name, "value": value}
        for form in formats(store):
            if counts[form.type.name]:
                yield from _noun_lines(store, form)


def _noun_lines(store: Store, form: LineFormat) -> Iterator[Line]:
    table = form.type.table_name
    select = f"SELECT {', '.join(form.columns)} FROM {table}"
    sql = f"{select} WHERE id > :last ORDER BY id LIMIT {CHUNK}"
    at = {
        part.inherited: form.columns.index(part.inherited) for part in form.parts if part.inherited
    }
    last = 0
    while rows := [tuple(row) for row in store.rows(sql, last=last)]:
        nested = _read_parts(store, form, rows[0][0], rows[-1][0])
        last = rows[-1][0]
        for row in rows:
            line = {"noun": form.type.name, **form.pack(row)}
            for part, found in zip(form.parts, nested, strict=True):
                if own := found.get(row[0]):
                    currency = row[at[part.inherited]] if part.inherited else ""
                    line[part.key] = [part.pack(each, currency) for each in own]
            yield line


def _read_parts(
    store: Store, form: LineFormat, first: int, last: int
) -> list[dict[int, list[Sequence[Any]]]]:
    """Return the rows of each part of some wholes, by the id of the whole."""
    params = {"first": first, "last": last}
    queries = [
        (
            f"SELECT {part.type.parent}, {', '.join(part.columns)} FROM {part.type.table_name} "
            f"WHERE {part.type.parent} BETWEEN :first AND :last "
            f"ORDER BY {part.type.parent}, id",
            params,
        )
        for part in form.parts
    ]
    found = store.engine.fetch_many(queries) if queries else []
    return [
        {
            whole: [row[1:] for row in rows]
            for whole, rows in groupby(map(tuple, each), itemgetter(0))
        }
        for each in found
    ]
