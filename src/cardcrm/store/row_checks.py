"""Read every row of a database, as `db check` does: values that cannot be read or are impossible.

A flipped bit may leave a file that SQLite calls sound, with a text that is not UTF-8, a day that
no calendar has, or a change in the journal that is not JSON.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from cardcrm.store import migrations, table_registry
from cardcrm.store.engine import Engine, Row
from cardcrm.store.store import Store
from cardcrm.store.stored_values import is_block, is_currency, is_day, is_instant, is_line
from cardcrm.store.table_registry import Check, Table
from cardcrm.text import normalize_block, normalize_line

CONTROLS = "with control characters"

# Columns that `db check --repair` computes again.
_DERIVED_COLUMNS = {
    "contact": ("last_on", "touched_on", "touch_by"),
    "contact_value": ("currency", "first_on", "last_on"),
}

# The checks of columns that no noun declares.
_OWN_CHECKS: Mapping[str, Mapping[str, Check]] = {
    "contact": {"last_on": is_day, "touched_on": is_day, "touch_by": is_day},
    "contact_value": {"currency": is_currency, "first_on": is_day, "last_on": is_day},
    "step": {"at": is_instant, "author": is_line, "host": is_line, "command": is_line},
    "setting": {"name": is_line, "value": is_line},
}


class BadRows(NamedTuple):
    """Rows of a table with a problem; `clean_rows` repairs those that ``is_repairable``."""

    table: str
    problem: str
    ids: list[int]
    is_repairable: bool = False
    is_readable: bool = True


def find_bad_rows(engine: Engine) -> Iterator[BadRows]:
    """Yield the rows that cannot be read, or that hold impossible values."""
    tables = table_registry.all_tables()
    for name in (*tables, "setting", "step", "change", "contact_value"):
        unreadable = engine.maintenance.find_unreadable(name)
        if unreadable:
            yield BadRows(name, "with values that cannot be read", unreadable, is_readable=False)
        elif name == "change":
            yield from _find_bad_changes(engine, tables)
        else:
            own = tables[name].load_checks() if name in tables else {}
            yield from _find_bad_values(engine, name, {**own, **_OWN_CHECKS.get(name, {})})


def _find_bad_values(engine: Engine, table: str, checks: Mapping[str, Check]) -> Iterator[BadRows]:
    key = "contact_id" if table == "contact_value" else "id"
    bad: dict[str, list[int]] = {}
    tests = list(enumerate(checks.items(), 1))
    for row in engine.stream(f"SELECT {', '.join((key, *checks))} FROM {table}", {}):
        for at, (column, test) in tests:
            value = row[at]
            if value is not None and value != "" and not test(value):
                bad.setdefault(_problem(column, test), []).append(row[0])
    for problem, ids in bad.items():
        is_repairable = problem in (CONTROLS, *map(_impossible, _DERIVED_COLUMNS.get(table, ())))
        yield BadRows(table, problem, sorted(set(ids)), is_repairable=is_repairable)


def _problem(column: str, test: Check) -> str:
    return CONTROLS if test in (is_line, is_block) else _impossible(column)


def _impossible(column: str) -> str:
    return f"with an impossible {column}"


# Control characters, which earlier versions stored in tags, labels and names


def clean_rows(store: Store) -> None:
    """Remove control characters from all records, as a step that can be undone."""
    with store.transaction("db check --repair"):
        for table in table_registry.all_tables().values():
            tests = _text_tests(table.load_checks())
            for row in _find_unclean(store.engine, table.name, tests):
                _clean_row(store, table, row, tests)
        for name in ("step", "setting"):
            tests = _text_tests(_OWN_CHECKS[name])
            sets = ", ".join(f"{column} = :{column}" for column in tests)
            for row in _find_unclean(store.engine, name, tests):
                clean = {column: normalize_line(row[column]) for column in tests}
                sql = f"UPDATE {name} SET {sets} WHERE id = :id"
                store.engine.execute(sql, {**clean, "id": row["id"]})


def _text_tests(checks: Mapping[str, Check]) -> dict[str, Check]:
    return {name: test for name, test in checks.items() if test in (is_line, is_block)}


def _find_unclean(engine: Engine, table: str, tests: Mapping[str, Check]) -> list[Row]:
    """Return the rows of which a text has control characters."""
    rows = engine.stream(f"SELECT * FROM {table}", {}) if tests else ()
    return [row for row in rows if not all(test(row[name] or "") for name, test in tests.items())]


def _clean_row(store: Store, table: Table, row: Row, tests: Mapping[str, Check]) -> None:
    """Clean every text of a row, its keys included; a part that becomes a duplicate is deleted."""
    values = {
        name: (normalize_block if tests.get(name) is is_block else normalize_line)(row[name])
        for name in row.keys()  # noqa: SIM118 - the rows of SQLite are no mappings
        if isinstance(row[name], str)
    }
    same = {name: values.get(name, row[name]) for name in table.same_by}
    where = " AND ".join(f"{name} = :{name}" for name in same)
    others = f"SELECT 1 FROM {table.name} WHERE id <> :id AND {where}"
    if same and store.rows(others, id=row["id"], **same):
        store.delete(table.name, row["id"])
    else:
        store.update(table.name, row["id"], **values)


# The journal


def _find_bad_changes(engine: Engine, tables: Mapping[str, Table]) -> Iterator[BadRows]:
    """Yield the changes that cannot be undone or shown."""
    sql = "SELECT id, op, tbl, old, new FROM change"
    past = _past_columns()
    known = {name: _known_columns(engine, table, past) for name, table in tables.items()}
    bad = [
        row[0]
        for row in engine.stream(sql, {})
        if not _is_change(row["op"], known.get(row["tbl"]), row["old"], row["new"])
    ]
    if bad:
        yield BadRows("change", "of the journal with unreadable values", bad)


def _past_columns() -> set[str]:
    """Return all words of the migrations: old changes may name columns that are gone."""
    return {
        word
        for _, parts in migrations.MIGRATIONS
        for part in parts
        for word in re.findall(r"\w+", part)
    }


def _known_columns(engine: Engine, table: Table, past: Collection[str]) -> dict[str, Check]:
    """Return the columns that changes of a table may name, with the tests of their values."""
    names = dict.fromkeys((*past, *engine.column_names(table.name)), _accept)
    checks = {name: _skip_text(test) for name, test in table.load_checks().items()}
    return {**names, **checks}


def _accept(_value: Any) -> bool:
    return True


def _skip_text(test: Check) -> Check:
    """Return a test that lets control characters pass: the journal keeps what was stored."""
    return _accept if test in (is_line, is_block) else test


def _is_change(op: str, columns: Mapping[str, Check] | None, old: Any, new: Any) -> bool:
    """Return whether old and new values are such as the operation writes."""
    if columns is None:
        return False
    try:
        before, after = (None if text is None else json.loads(text) for text in (old, new))
        read: Callable[..., bool] = _are_rows if op in ("load", "unload") else _are_values
        return all(read(each, columns) for each in (before, after) if each is not None)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False


def _are_values(values: Mapping[str, Any], columns: Mapping[str, Check]) -> bool:
    return all(
        name in columns and (value is None or value == "" or columns[name](value))
        for name, value in values.items()
    )


def _are_rows(loaded: Mapping[str, Any], columns: Mapping[str, Check]) -> bool:
    names, rows = loaded["columns"], loaded["rows"]
    tests = [(at, columns[name]) for at, name in enumerate(names) if columns[name] is not _accept]
    return all(
        len(row) == len(names)
        and all(row[at] is None or row[at] == "" or test(row[at]) for at, test in tests)
        for row in rows
    )
