"""Checks of a database: the file itself, its search index, and all derived data computed again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cardcrm.errors import StorageError
from cardcrm.store import refold, row_checks, table_registry
from cardcrm.store.derived import Derived
from cardcrm.store.derived_refresh import DirtySet, Effect, chunks, refresh
from cardcrm.store.engine import Engine, transaction
from cardcrm.store.store import Store
from cardcrm.text import with_article

Progress = Callable[[str], None]

# Where derived data is stored, and what a check of it is called.
_DERIVED_AREAS = {"index": "the search index", "derived": "last contact dates and sums"}


@dataclass(frozen=True)
class Finding:
    """A problem; `repair_database` fixes one that ``is_repairable``.

    ``area`` is file, index, rows, derived, or unchecked for what could not be looked at.
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
    if found:  # a damaged file gives no reliable rows
        return [*found, _unchecked("rows, search index and totals", "the file is damaged")]
    found += _check_index(engine)
    with engine.snapshot():
        progress("every row")
        bad = list(row_checks.find_bad_rows(engine))
        found += [finding for each in bad for finding in _report_rows(each)]
        if not all(each.is_readable for each in bad):
            return [*found, _unchecked("search index and totals", "some rows cannot be read")]
        progress("references between rows")
        found += _check_references(engine)
        found += _check_participants(engine)
        found += _check_required(engine)
        found += _check_keys(engine)
        is_index_sound = not any(finding.area == "index" for finding in found)
        for area, title in _DERIVED_AREAS.items():
            if area != "index" or is_index_sound:
                progress(title)
                found += _check_derived(engine, area)
    return found


def find_damage(store: Store) -> list[Finding]:
    """Return the problems by which reading a record may fail: of the file, and of its rows."""
    engine = store.engine
    problems = engine.maintenance.find_problems()
    if problems:
        return [Finding("file", each, is_repairable=False) for each in problems]
    bad = row_checks.find_bad_rows(engine)
    harmful = (each for each in bad if each.problem != row_checks.CONTROLS)
    return [finding for each in harmful for finding in _report_rows(each)]


def _check_index(engine: Engine) -> list[Finding]:
    try:
        problems = engine.maintenance.find_index_problems()
    except (StorageError, OSError) as error:
        return [_unchecked("the search index", getattr(error, "message", str(error)))]
    return [Finding("index", each, is_repairable=True) for each in problems]


def _unchecked(what: str, why: str) -> Finding:
    return Finding("unchecked", f"{what} could not be checked: {why}", is_repairable=False)


def _report_rows(bad: row_checks.BadRows) -> Iterator[Finding]:
    return _summarize("rows", bad.table, bad.problem, bad.ids, is_repairable=bad.is_repairable)


def repair_database(store: Store) -> None:
    """Remove control characters from the records, and compute all derived data again."""
    engine = store.engine
    row_checks.clean_rows(store)
    with transaction(engine):
        refold.fill_keys(engine)
        engine.search.clear()
        dirty = DirtySet()
        for kind in table_registry.derived_kinds():
            dirty.add(Effect(kind), _all_ids(engine, kind))
        refresh(engine, dirty)


def _check_references(engine: Engine) -> list[Finding]:
    return [
        Finding(
            "rows",
            f"{table} {row_id} refers to {with_article(parent)} that does not exist",
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


def _check_keys(engine: Engine) -> Iterator[Finding]:
    """Yield the rows whose folded keys are not those of their texts."""
    for table in table_registry.all_tables().values():
        ids = [id_ for id_, _ in refold.find_wrong_keys(engine, table)]
        yield from _summarize("derived", table.name, "with wrong search keys", sorted(ids))


def _check_derived(engine: Engine, area: str) -> Iterator[Finding]:
    """Yield a finding for each kind of data with rows that are not stored as they are computed."""
    for kind in table_registry.derived_kinds():
        wrong: set[int] = set()
        for chunk in chunks(_all_ids(engine, kind) if kind.area == area else ()):
            computed, stored = kind.compare(engine, chunk)
            wrong.update(abs(row[0]) for row in set(computed) ^ set(stored))
        yield from _summarize(area, kind.noun, kind.problem, sorted(wrong))


def _all_ids(engine: Engine, kind: Derived) -> set[int]:
    return {row[0] for row in engine.stream(kind.all_ids(engine), {})}


def _summarize(
    area: str, noun: str, problem: str, ids: list[int], *, is_repairable: bool = True
) -> Iterator[Finding]:
    """Yield one finding for all rows with a problem, which names the first few."""
    if not ids:
        return
    shown = ", ".join(map(str, ids[:5])) + (", …" if len(ids) > 5 else "")
    ends_in_y = noun.endswith("y") and not noun.endswith("day")
    plural = noun if len(ids) == 1 else f"{noun[:-1]}ies" if ends_in_y else f"{noun}s"
    yield Finding(area, f"{len(ids):,} {plural} {problem}: {shown}", is_repairable)


def count_records(store: Store) -> Mapping[str, int]:
    """Return the number of rows of each table that users know."""
    return {
        name: int(store.value(f"SELECT count(*) FROM {table}"))
        for name, table in (
            ("contact", "contact"),
            ("interaction", "interaction"),
            ("reminder", "reminder"),
            ("sale", "sale"),
            ("journal_step", "step"),
        )
    }
