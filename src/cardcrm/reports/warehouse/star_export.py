"""`export --star`: write the star schema, or what has changed of it since the last export."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from cardcrm import dates
from cardcrm.errors import CardcrmError
from cardcrm.records.query_sql.compiled_segments import InvalidSegment
from cardcrm.reports.warehouse import manifest, warehouse_folder
from cardcrm.reports.warehouse.export_plan import (
    FactPlan,
    can_continue,
    is_unchanged,
    mark_database,
    mark_layout,
    plan_facts,
)
from cardcrm.reports.warehouse.journal_position import read_position
from cardcrm.reports.warehouse.manifest import Manifest, Stored
from cardcrm.reports.warehouse.part_files import PartFiles
from cardcrm.reports.warehouse.tables.all_tables import REWRITTEN, all_facts
from cardcrm.reports.warehouse.tables.customer_bridges import stage_bridges
from cardcrm.reports.warehouse.tables.customer_versions import stage_customers
from cardcrm.reports.warehouse.tables.date_dimension import stage_calendar
from cardcrm.reports.warehouse.tables.place_dimension import stage_places
from cardcrm.reports.warehouse.tables.product_dimension import DIM_PRODUCT
from cardcrm.reports.warehouse.tables.promotion_dimension import DIM_PROMOTION
from cardcrm.reports.warehouse.tables.user_dimension import stage_users
from cardcrm.reports.warehouse.workbench import Workbench
from cardcrm.signals import clean_up_at_end
from cardcrm.store import Store

Advance = Callable[[int, int], None]  # the steps that are done, and all of them
Files = Mapping[str, Stored]  # of a table by month, "" for one that has no months


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


class _Export:
    """One export into a folder that is locked."""

    def __init__(
        self, store: Store, folder: Path, spill: Path, old: Manifest | None, advance: Advance
    ) -> None:
        self.store, self.folder, self.advance = store, folder, advance
        self.facts = all_facts()
        self.position = read_position(store)
        self.bench = Workbench(spill)
        self.old = old if old and can_continue(store, folder, old, self.facts) else None
        self.parts = PartFiles(folder, old.number + 1 if old else 1, self.bench)
        self.done = self.steps = 0

    def close(self) -> None:
        """Close the database in memory, and remove the files that no manifest names."""
        self.bench.close()
        self.parts.remove()

    def run(self) -> Outcome:
        """Write what has changed, and the manifest; return what was written."""
        if self.old and is_unchanged(self.store, self.old, self.position):
            return Outcome((), self.old.at, is_unchanged=True)
        stage_customers(self.store, self.bench)
        self.bench.read(self.store, DIM_PRODUCT)
        self.bench.read(self.store, DIM_PROMOTION)
        stage_places(self.bench)
        invalid = stage_bridges(self.store, self.bench)
        plans = plan_facts(self.store, self.bench, self.folder, self.facts, self.old)
        self.steps = sum(len(each.months) for each in plans) + len(REWRITTEN)
        files = {each.fact.name: self._write_fact(each) for each in plans}
        self._stage_surroundings(files)
        for table in REWRITTEN:
            files[table.name] = {"": self._write(table.name, "", table.select)}
        self._publish(files)
        written = {each.fact.name: each.months for each in plans}
        tables = tuple(self._describe(name, found, written) for name, found in files.items())
        since = self.old.at if self.old else ""
        return Outcome(tables, since, is_unchanged=False, invalid=invalid)

    def _write_fact(self, plan: FactPlan) -> Files:
        """Write the months of a fact that have rows; return all files of the fact."""
        files = dict(plan.kept)
        for months in plan.chunks:
            span = {"first": f"{months[0]}-01", "last": f"{months[-1]}-31"}
            self.bench.read(self.store, plan.fact, span)
            self.bench.run(f"CREATE OR REPLACE TABLE fact AS {plan.fact.select_with_month}")
            for month in months:
                select = f"SELECT * EXCLUDE (month) FROM fact WHERE month = '{month}'"
                stored = self._write(plan.fact.name, month, select)
                if stored.rows:
                    files[month] = stored
        return dict(sorted(files.items()))

    def _write(self, table: str, month: str, select: str) -> Stored:
        stored = self.parts.write(table, month, select)
        self.done += 1
        self.advance(self.done, self.steps)
        return stored

    def _stage_surroundings(self, files: Mapping[str, Files]) -> None:
        """Stage the users and the days that the facts name."""
        present = [(fact, files[fact.name]) for fact in self.facts if files[fact.name]]
        rows = ((fact, self.parts.read(found.values())) for fact, found in present)
        stage_users(self.bench, rows)
        months = [month for _, found in present for month in found]
        stage_calendar(self.bench, months, dates.today(self.store.locale.zone))

    def _publish(self, files: Mapping[str, Files]) -> None:
        """Give the new files their names, write the manifest, and remove the old files."""
        self.parts.publish()
        new = Manifest(
            self.parts.number,
            mark_layout(self.facts),
            mark_database(self.store),
            dates.today(self.store.locale.zone).isoformat(),
            dates.current_instant(),
            self.position,
            files,
        )
        manifest.write(self.folder, new)
        self.parts.keep()
        warehouse_folder.remove_unlisted(self.folder, new.paths())

    def _describe(self, name: str, files: Files, planned: Mapping[str, list[str]]) -> Written:
        new = {key: each for key, each in files.items() if self.parts.is_new(each)}
        return Written(
            name,
            len(new),
            rows=sum(each.rows for each in new.values()),
            total=sum(each.rows for each in files.values()),
            months=tuple(key for key in new if key),
            removed=tuple(month for month in planned.get(name, ()) if month not in files),
        )
