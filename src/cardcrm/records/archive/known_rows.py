"""Find the rows of a file that a database has: by their permanent id, or by what must differ."""

from collections.abc import Sequence

from cardcrm.records.archive.line_format import LineFormat
from cardcrm.records.fields import Columns
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks


def key_columns(type_: RecordType) -> tuple[str, ...]:
    """Return the columns in which the parts of one whole differ; none for a list of lines."""
    return tuple(each for each in type_.same_by if each != type_.parent)


def find_known(store: Store, form: LineFormat, rows: Sequence[Columns]) -> list[int | None]:
    """Return the id of the row that the database has of each, or None.

    Two rows of one file are two rows of the database.
    """
    found: list[int | None] = [None] * len(rows)
    singles = _single_keys(form.type)
    for column in singles:
        values = {row[column] for row, known in zip(rows, found, strict=True) if not known}
        ids = _ids_by(store, form.type.table_name, column, values - {None, ""})
        found = [known or ids.get(row[column]) for row, known in zip(rows, found, strict=True)]
    if not singles:
        columns = _compared(form)
        found = [_find_equal(store, form.type.table_name, row, columns) for row in rows]
    taken: set[int] = set()
    for at, each in enumerate(found):
        if each in taken:
            found[at] = None
        elif each is not None:
            taken.add(each)
    return found


def _single_keys(type_: RecordType) -> list[str]:
    """Return the columns of which each names one row: the permanent id, names, outside ids."""
    uid = [] if type_.uid is None else [type_.uid.column]
    unique = [each for each in type_.fields if each.is_unique and not each.is_automatic]
    return [*uid, *(each.folded or each.column for each in unique)]


def _compared(form: LineFormat) -> Sequence[str]:
    """Return the columns that tell rows without a key apart."""
    type_ = form.type
    if not type_.same_by:
        return [name for name in form.columns if name != "id"]
    others = [each.column for each in type_.references if each.is_required]
    return list(dict.fromkeys([*type_.same_by, *others]))


def _ids_by(store: Store, table: str, column: str, values: set[str]) -> dict[str, int]:
    return {
        row[0]: row[1]
        for marks, params in chunks(values)
        for row in store.rows(
            f"SELECT {column}, min(id) FROM {table} WHERE {column} IN ({marks}) GROUP BY {column}",
            **params,
        )
    }


def _find_equal(store: Store, table: str, row: Columns, columns: Sequence[str]) -> int | None:
    is_null = [name for name in columns if row[name] is None]
    given = {name: row[name] for name in columns if row[name] is not None}
    terms = [*(f"{name} IS NULL" for name in is_null), *(f"{name} = :{name}" for name in given)]
    found: int | None = store.value(
        f"SELECT min(id) FROM {table} WHERE {' AND '.join(terms)}", **given
    )
    return found


def read_by_id(store: Store, form: LineFormat, ids: Sequence[int]) -> dict[int, Columns]:
    """Return rows by their ids."""
    select = f"SELECT {', '.join(form.columns)} FROM {form.type.table_name}"
    return {
        row[0]: dict(zip(form.columns, tuple(row), strict=True))
        for marks, params in chunks(ids)
        for row in store.rows(f"{select} WHERE id IN ({marks})", **params)
    }


def read_parts(store: Store, part: LineFormat, wholes: Sequence[int]) -> dict[int, list[Columns]]:
    """Return the rows of a part by the id of the whole that they belong to."""
    found: dict[int, list[Columns]] = {}
    parent = part.type.parent
    for marks, params in chunks(wholes):
        sql = (
            f"SELECT {parent}, {', '.join(part.columns)} FROM {part.type.table_name} "
            f"WHERE {parent} IN ({marks}) ORDER BY id"
        )
        for row in store.rows(sql, **params):
            columns = dict(zip(part.columns, tuple(row)[1:], strict=True))
            found.setdefault(row[0], []).append(columns)
    return found
