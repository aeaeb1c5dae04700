"""Checks of a database: the file itself, its search index, and all derived data computed again."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cardcrm.store import derived, table_registry
from cardcrm.store.engine import Engine, transaction
from cardcrm.store.store import Store

Progress = Callable[[str], None]
IdList = tuple[str, dict[str, int]]  # SQL for ``IN (…)`` and its parameters


@dataclass(frozen=True)
class Finding:
    """A problem; `repair_database` fixes one that ``is_repairable``.

    ``area`` is file, index, rows or derived.
    """

    area: str
    message: str
    is_repairable: bool


def check_database(store: Store, progress: Progress) -> list[Finding]:
    """Return every problem of a database; ``progress`` is called with the name of each step.

    Other connections may write meanwhile: all is read as it is at one moment.
    """
    engine = store.engine
    progress("the tables" if engine.is_remote else "the file")
    found = [
        Finding("file", each, is_repairable=False) for each in engine.maintenance.find_problems()
    ]
    if found:
        return found  # a damaged file gives no reliable rows
    found += [
        Finding("index", each, is_repairable=True)
        for each in engine.maintenance.find_index_problems()
    ]
    with engine.snapshot():
        progress("references between rows")
        found += _check_references(engine)
        found += _check_participants(engine)
        found += _check_required(engine)
        if not any(finding.area == "index" for finding in found):
            progress("the search index")
            found += _check_index(engine)
        progress("last contact dates and sums of sales")
        found += _check_derived(engine)
    return found


def repair_database(store: Store) -> None:
    """Compute all derived data again; the records themselves stay as they are."""
    with transaction(store.engine):
        derived.rebuild(store.engine)


def _check_references(engine: Engine) -> list[Finding]:
    return [
        Finding(
            "rows",
            f"{table} {row_id} refers to a {parent} that does not exist",
            is_repairable=False,
        )
        for table, row_id, parent in engine.maintenance.find_orphans()
    ]


def _check_participants(engine: Engine) -> Iterator[Finding]:
    rows = engine.rows(
        "SELECT i.id FROM interaction i WHERE NOT EXISTS "
        "(SELECT 1 FROM participant p WHERE p.interaction_id = i.id) ORDER BY i.id",
        {},
    )
    ids = [row[0] for row in rows]
    return _summarize("rows", "interaction", "without a contact", ids, is_repairable=False)


def _check_required(engine: Engine) -> Iterator[Finding]:
    """Yield the rows in which a required column is empty."""
    for table in table_registry.all_tables().values():
        for column in table.required:
            rows = engine.rows(
                f"SELECT id FROM {table.name} WHERE {column} IS NULL "
                f"OR CAST({column} AS TEXT) = '' ORDER BY id",
                {},
            )
            ids = [row[0] for row in rows]
            what = f"without {column.removesuffix('_id')}"
            yield from _summarize("rows", table.name, what, ids, is_repairable=False)


def _check_index(engine: Engine) -> Iterator[Finding]:
    contacts_sql, texts_sql = engine.search.contacts_sql, engine.search.texts_sql
    contacts = _find_differences(
        _read_ids(engine, "SELECT id FROM contact"),
        lambda ids: derived.contact_texts(engine, *ids),
        lambda ids: _documents(engine, contacts_sql, ids),
    )
    interactions = _find_differences(
        _read_ids(engine, "SELECT id FROM interaction"),
        lambda ids: derived.interaction_texts(engine, *ids),
        lambda ids: _documents(engine, texts_sql, ids),
    )
    notes = _find_differences(
        _read_ids(engine, "SELECT id FROM contact"),
        lambda ids: derived.note_texts(engine, *ids),
        lambda ids: _documents(engine, texts_sql, _negative(ids)),
    )
    yield from _summarize("index", "contact", "with outdated search text", contacts)
    yield from _summarize("index", "interaction", "with outdated search text", interactions)
    yield from _summarize("index", "note", "with outdated search text", notes)
    yield from _summarize("index", "index entry", "of deleted rows", _find_stray_documents(engine))


def _documents(engine: Engine, sql: str, ids: IdList) -> list[tuple[Any, ...]]:
    rows = engine.rows(f"SELECT * FROM ({sql}) x WHERE id IN ({ids[0]})", ids[1])
    return [tuple(row) for row in rows]


def _negative(ids: IdList) -> IdList:
    return ids[0], {name: -value for name, value in ids[1].items()}


def _find_stray_documents(engine: Engine) -> list[int]:
    """Return documents of the search index whose contact or interaction does not exist."""
    rows = engine.rows(
        f"SELECT id FROM ({engine.search.contacts_sql}) x "
        "WHERE id NOT IN (SELECT id FROM contact) "
        f"UNION ALL SELECT id FROM ({engine.search.texts_sql}) y "
        "WHERE id NOT IN (SELECT id FROM interaction UNION ALL SELECT -id FROM contact)",
        {},
    )
    return [row[0] for row in rows]


def _check_derived(engine: Engine) -> Iterator[Finding]:
    dates = _find_differences(
        _read_ids(engine, "SELECT id FROM contact"),
        lambda ids: derived.contact_days(engine, *ids),
        lambda ids: _read_rows(
            engine, "SELECT id, last_on, touch_on FROM contact WHERE id IN ({})", ids
        ),
    )
    sums = _find_differences(
        _read_ids(engine, "SELECT id FROM contact UNION SELECT contact_id FROM contact_value"),
        lambda ids: _read_rows(engine, derived.SUMS.replace("{marks}", "{}"), ids),
        lambda ids: _read_rows(
            engine,
            f"SELECT {derived.SUM_COLUMNS} FROM contact_value WHERE contact_id IN ({{}})",
            ids,
        ),
    )
    yield from _summarize("derived", "contact", "with a wrong last contact date", dates)
    yield from _summarize("derived", "contact", "with wrong sums of sales", sums)


def _read_rows(engine: Engine, sql: str, ids: IdList) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in engine.rows(sql.format(ids[0]), ids[1])]


def _read_ids(engine: Engine, sql: str) -> Iterable[int]:
    return [row[0] for row in engine.stream(sql, {})]


def _find_differences(
    ids: Iterable[int],
    computed: Callable[[IdList], Iterable[tuple[Any, ...]]],
    stored: Callable[[IdList], Iterable[tuple[Any, ...]]],
) -> list[int]:
    """Return the ids whose stored rows differ from the computed ones."""
    wrong: set[int] = set()
    for chunk in derived.chunks(ids):
        for row in set(computed(chunk)) ^ set(stored(chunk)):
            wrong.add(abs(row[0]))
    return sorted(wrong)


def _summarize(
    area: str, noun: str, problem: str, ids: list[int], *, is_repairable: bool = True
) -> Iterator[Finding]:
    """Yield one finding for all rows with a problem, which names the first few."""
    if not ids:
        return
    shown = ", ".join(map(str, ids[:5])) + (", …" if len(ids) > 5 else "")
    plural = noun if len(ids) == 1 else f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    yield Finding(area, f"{len(ids):,} {plural} {problem}: {shown}", is_repairable)


def count_records(store: Store) -> Mapping[str, int]:
    """Return the number of rows of each table that users know."""
    return {
        name: int(store.value(f"SELECT count(*) FROM {table}"))
        for name, table in (
            ("contacts", "contact"),
            ("interactions", "interaction"),
            ("reminders", "reminder"),
            ("sales", "sale"),
            ("journal steps", "step"),
        )
    }
