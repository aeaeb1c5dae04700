"""`export --star`: write the star schema, or what has changed of it since the last export."""

import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import CardcrmError
from cardcrm.records.query_sql import segments
from cardcrm.records.query_sql.compiled_segments import InvalidSegment
from cardcrm.reports.warehouse import manifest, warehouse_folder
from cardcrm.reports.warehouse.all_tables import REWRITTEN
from cardcrm.reports.warehouse.bridges import stage_bridges
from cardcrm.reports.warehouse.declared_facts import all_facts
from cardcrm.reports.warehouse.dimensions import stage_dimensions
from cardcrm.reports.warehouse.journal_position import (
    continues,
    find_touched_months,
    list_months,
    read_position,
)
from cardcrm.reports.warehouse.manifest import Manifest, Stored
from cardcrm.reports.warehouse.star_tables import MACROS, StarTable
from cardcrm.reports.warehouse.workbench import Workbench, list_files
from cardcrm.signals import clean_up_at_end
from cardcrm.store import Store

Advance = Callable[[int, int], None]  # the steps that are done, and all of them
_USERS: Final = ("author", "owner")  # the columns of facts that name users


class Written(NamedTuple):
    """The files of a table that an export wrote, their rows, and all rows of the table.

    ``months`` are the partitions that were written, ``removed`` those that are empty now.
    """

    table: str
    files: int
    rows: int
    total: int
    months: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """The result of an export; ``since`` is the moment of the one that it continued, or empty.

    ``invalid`` are the segments whose contacts it does not list.
    """

    tables: tuple[Written, ...]
    since: str
    is_unchanged: bool
    invalid: tuple[InvalidSegment, ...] = ()


class _Plan(NamedTuple):
    """The months to write of each fact; ``old`` is the manifest that is continued."""

    months: dict[str, list[str]]
    old: Manifest | None

    def kept(self, fact: StarTable) -> dict[str, Stored]:
        """Return the files of a fact that stay as they are."""
        files = self.old.files.get(fact.name, {}) if self.old else {}
        return {key: each for key, each in files.items() if key not in self.months[fact.name]}


def export_star(store: Store, where: Path, advance: Advance = lambda _done, _all: None) -> Outcome:
    """Write the star schema of a database into a folder, and return what was written.

    A folder that has one of this database is brought up to date: the months whose facts have
    changed are written again, and the dimensions. Another export of the folder is refused
    meanwhile. Until the end, and after an interruption, the folder holds its old state.

    Raises CardcrmError.
    """
    folder = warehouse_folder.check_name(where)
    warehouse_folder.prepare(folder)
    try:
        return _export(store, folder, advance)
    except OSError as error:
        raise CardcrmError(
            f"cannot write to {error.filename or folder}: {error.strerror}",
            "Check the permissions and the free space of the folder.",
        ) from error


def _export(store: Store, folder: Path, advance: Advance) -> Outcome:
    with (
        clean_up_at_end(),
        warehouse_folder.lock(folder),
        warehouse_folder.spill_folder(folder) as spill,
        store.engine.snapshot(),
    ):
        old = manifest.find(folder)
        warehouse_folder.remove_unlisted(folder, old.paths() if old else set())
        export = _Export(store, folder, spill, old, advance)
        try:
            return export.run()
        finally:
            export.close()
            export.remove_parts()


class _Export:
    """One export into a folder that is locked."""

    def __init__(
        self, store: Store, folder: Path, spill: Path, old: Manifest | None, advance: Advance
    ) -> None:
        self.store, self.folder, self.advance = store, folder, advance
        self.facts = all_facts()
        self.position = read_position(store)
        self.bench = Workbench(spill)
        self.old = old if old and self._can_continue(old) else None
        self.number = old.number + 1 if old else 1
        self.written: dict[str, dict[str, Stored]] = {}
        self.done = self.steps = 0

    def close(self) -> None:
        """Close the database in memory."""
        self.bench.close()

    def run(self) -> Outcome:
        """Write what has changed, and the manifest; return what was written."""
        if self.old and self._is_unchanged(self.old):
            return Outcome((), self.old.at, is_unchanged=True)
        stage_dimensions(self.store, self.bench)
        invalid = stage_bridges(self.store, self.bench)
        plan = self._plan()
        self.steps = sum(map(len, plan.months.values())) + len(REWRITTEN)
        files: dict[str, dict[str, Stored]] = {}
        for fact in self.facts:
            new = dict(self._write_months(fact, plan.months[fact.name]))
            files[fact.name] = dict(sorted({**plan.kept(fact), **new}.items()))
        self._stage_users(files)
        self._stage_calendar(files)
        for table in REWRITTEN:
            files[table.name] = {"": self._write(table, "")}
        self._publish(files)
        return self._describe(plan, files)._replace(invalid=invalid)

    def _can_continue(self, old: Manifest) -> bool:
        """Return whether an older state of this database and of these columns is there."""
        is_same = (old.layout, old.database) == (_layout(self.facts), self._database)
        is_whole = all((self.folder / each).is_file() for each in old.paths())
        return is_same and is_whole and continues(self.store, old.position)

    def _is_unchanged(self, old: Manifest) -> bool:
        """Return whether nothing has changed; the members of segments may change with the day."""
        has_segments = bool(segments.list_segments(self.store))
        today = dates.today(self.store.locale.zone).isoformat()
        return old.position == self.position and not (has_segments and old.day != today)

    @property
    def _database(self) -> str:
        """A mark of the database, which does not tell its place."""
        return hashlib.sha256(self.store.engine.location.encode()).hexdigest()[:16]

    def _plan(self) -> _Plan:
        present = {fact.name: list_months(self.store, fact) for fact in self.facts}
        if self.old is None:
            return _Plan(present, None)
        months = {}
        for fact in self.facts:
            touched = find_touched_months(self.store, fact, self.old.position.change)
            touched |= self._months_of_missing_customers(fact)
            known = self.old.files.get(fact.name, {})
            touched |= set(present[fact.name]) ^ set(known)
            months[fact.name] = sorted(touched & (set(known) | set(present[fact.name])))
        return _Plan(months, self.old)

    def _months_of_missing_customers(self, fact: StarTable) -> set[str]:
        """Return the months with facts of contacts that are gone: `forget` has no journal."""
        assert self.old is not None
        found = self.old.files.get(fact.name, {})
        if not found:
            return set()
        rows = self.bench.run(
            f"SELECT DISTINCT strftime({fact.day}, '%Y-%m') FROM {self._read(found.values())} f "
            "WHERE f.customer_id IS NOT NULL AND f.customer_id NOT IN (SELECT id FROM contact)"
        )
        return {row[0] for row in rows}

    def _read(self, files: Iterable[Stored]) -> str:
        return list_files(self._path(each.path) for each in files)

    def _path(self, name: str) -> Path:
        """Return the path of a file: a new one has no name yet, only that of a part."""
        path = self.folder / name
        return path if path.exists() else path.with_name(f"{path.name}{manifest.PART}")

    def _write_months(self, fact: StarTable, months: list[str]) -> Iterator[tuple[str, Stored]]:
        """Write the months of a fact that have rows."""
        for month in months:
            for each in fact.sources:
                types = {name: type_ for name, (type_, _) in each.columns.items()}
                span = {"first": f"{month}-01", "last": f"{month}-31"}
                self.bench.stage(each.name, types, self.store.stream(each.query, span))
            stored = self._write(fact, month)
            if stored.rows:
                yield month, stored

    def _write(self, table: StarTable, month: str) -> Stored:
        name = manifest.file_name(table.name, month, self.number)
        path = self.folder / f"{name}{manifest.PART}"
        warehouse_folder.create_parent(path)
        stored = Stored(name, self.bench.write(table.select, path))
        if not stored.rows and month:
            path.unlink()
        else:
            self.written.setdefault(table.name, {})[month] = stored
        self.done += 1
        self.advance(self.done, self.steps)
        return stored

    def _stage_users(self, files: dict[str, dict[str, Stored]]) -> None:
        parts = ["SELECT owner AS user_name FROM version"]
        for fact in self.facts:
            names = {each.name for each in fact.columns}.intersection(_USERS)
            if files[fact.name]:
                rows = self._read(files[fact.name].values())
                parts += [f"SELECT DISTINCT {name} FROM {rows}" for name in sorted(names)]
        union = " UNION ".join(parts)
        self.bench.run(f"CREATE OR REPLACE TABLE user_name AS FROM ({union}) WHERE user_name <> ''")

    def _stage_calendar(self, files: dict[str, dict[str, Stored]]) -> None:
        """Stage the first and the last day of the years of all facts, this year included."""
        today = dates.today(self.store.locale.zone)
        months = [month for fact in self.facts for month in files[fact.name]]
        years = [month[:4] for month in months] + [f"{today:%Y}"]
        self.bench.run(
            "CREATE OR REPLACE TABLE calendar AS SELECT "
            f"DATE '{min(years)}-01-01' AS first, DATE '{max(years)}-12-31' AS last"
        )

    def _publish(self, files: dict[str, dict[str, Stored]]) -> None:
        """Give the new files their names, write the manifest, and remove the old files."""
        for found in self.written.values():
            for each in found.values():
                path = self.folder / each.path
                part = path.with_name(f"{path.name}{manifest.PART}")
                _sync(part)
                part.replace(path)
                _sync(path.parent)
        new = Manifest(
            self.number,
            _layout(self.facts),
            self._database,
            dates.today(self.store.locale.zone).isoformat(),
            dates.current_instant(),
            self.position,
            files,
        )
        manifest.write(self.folder, new)
        self.written = {}
        warehouse_folder.remove_unlisted(self.folder, new.paths())

    def remove_parts(self) -> None:
        """Remove the files of an export that has failed."""
        for found in self.written.values():
            for each in found.values():
                path = self.folder / each.path
                for name in (path, path.with_name(f"{path.name}{manifest.PART}")):
                    name.unlink(missing_ok=True)

    def _describe(self, plan: _Plan, files: dict[str, dict[str, Stored]]) -> Outcome:
        tables = []
        for name, found in files.items():
            new = {key: each for key, each in found.items() if self._is_new(each)}
            gone = sorted(set(plan.months.get(name, ())) - set(found))
            total = sum(each.rows for each in found.values())
            rows = sum(each.rows for each in new.values())
            months = tuple(key for key in new if key)
            tables.append(Written(name, len(new), rows, total, months, tuple(gone)))
        return Outcome(tuple(tables), self.old.at if self.old else "", is_unchanged=False)

    def _is_new(self, stored: Stored) -> bool:
        return stored.path.endswith(f"part-{self.number:06}.parquet")


def _sync(path: Path) -> None:
    """Write a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _layout(facts: list[StarTable]) -> str:
    """Return a mark that changes with the columns of the star and what they are computed from."""
    text = repr([(each.name, each.select) for each in (*facts, *REWRITTEN)]) + repr(MACROS)
    return f"{zlib.crc32(text.encode()):08x}"
