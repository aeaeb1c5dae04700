"""The plan of an export: the months of each fact that have changed since the last one."""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.records.query_sql import segments
from cardcrm.reports.warehouse.journal_position import (
    Position,
    continues,
    count_by_month,
    find_touched_months,
)
from cardcrm.reports.warehouse.manifest import Manifest, Stored
from cardcrm.reports.warehouse.star_sql import MACROS
from cardcrm.reports.warehouse.star_table import StarTable
from cardcrm.reports.warehouse.tables.all_tables import REWRITTEN
from cardcrm.reports.warehouse.workbench import Workbench, list_files
from cardcrm.store import Store

CHUNK: Final = 50_000  # rows of a fact that are computed together


class FactPlan(NamedTuple):
    """The months of a fact to write, in chunks that are computed together.

    Computing takes 20 ms whatever the number of rows, and writing a month of it 2 ms. ``kept``
    are the files of the other months.
    """

    fact: StarTable
    chunks: tuple[tuple[str, ...], ...]
    kept: Mapping[str, Stored]

    @property
    def months(self) -> list[str]:
        """All months to write."""
        return [month for chunk in self.chunks for month in chunk]


def mark_layout(facts: Sequence[StarTable]) -> str:
    """Return a mark that changes with the columns of the star and what they are computed from."""
    text = repr([(each.name, each.select) for each in (*facts, *REWRITTEN)]) + repr(MACROS)
    return f"{zlib.crc32(text.encode()):08x}"


def mark_database(store: Store) -> str:
    """Return a mark of the database, which does not tell its place."""
    return hashlib.sha256(store.engine.location.encode()).hexdigest()[:16]


def can_continue(store: Store, folder: Path, old: Manifest, facts: Sequence[StarTable]) -> bool:
    """Return whether a folder has an older state of this database and of these columns."""
    is_same = (old.layout, old.database) == (mark_layout(facts), mark_database(store))
    is_whole = all((folder / each).is_file() for each in old.paths())
    return is_same and is_whole and continues(store, old.position)


def is_unchanged(store: Store, old: Manifest, position: Position) -> bool:
    """Return whether nothing has changed; the members of segments may change with the day."""
    has_segments = bool(segments.list_segments(store))
    today = dates.today(store.locale.zone).isoformat()
    return old.position == position and not (has_segments and old.day != today)


def plan_facts(
    store: Store, bench: Workbench, folder: Path, facts: Sequence[StarTable], old: Manifest | None
) -> list[FactPlan]:
    """Return what to write of each fact, all of it without an older state to continue.

    The customers are staged on the bench.
    """
    return [_plan_fact(store, bench, folder, fact, old) for fact in facts]


def _plan_fact(
    store: Store, bench: Workbench, folder: Path, fact: StarTable, old: Manifest | None
) -> FactPlan:
    rows = count_by_month(store, fact)
    known = old.files.get(fact.name, {}) if old else {}
    months = set(rows) ^ set(known)
    if old:
        changed = find_touched_months(store, fact, old.position.change)
        changed |= _find_missing_customers(bench, folder, fact, known)
        months |= changed & (set(rows) | set(known))
    kept = {month: each for month, each in known.items() if month not in months}
    return FactPlan(fact, tuple(divide_months(rows, months)), kept)


def divide_months(rows: Mapping[str, int], months: set[str]) -> Iterator[tuple[str, ...]]:
    """Yield months in chunks of few rows, without a gap of a month that is not to be written.

    ``rows`` are the rows of all months of the fact.
    """
    chunk: list[str] = []
    size = 0
    for month in sorted(rows.keys() | months):
        more = rows.get(month, 0)
        if chunk and (month not in months or size + more > CHUNK):
            yield tuple(chunk)
            chunk, size = [], 0
        if month in months:
            chunk.append(month)
            size += more
    if chunk:
        yield tuple(chunk)


def _find_missing_customers(
    bench: Workbench, folder: Path, fact: StarTable, known: Mapping[str, Stored]
) -> set[str]:
    """Return the months with facts of contacts that are gone: `forget` has no journal."""
    if not known:
        return set()
    files = list_files(folder / each.path for each in known.values())
    rows = bench.run(
        f"SELECT DISTINCT strftime({fact.day}, '%Y-%m') FROM {files} f "
        "WHERE f.customer_id IS NOT NULL AND f.customer_id NOT IN (SELECT id FROM contact)"
    )
    return {row[0] for row in rows}
