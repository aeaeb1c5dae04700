"""`warehouse copy`: the tables of a warehouse on a server, with facts partitioned by month."""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from cardcrm.errors import UsageError
from cardcrm.reports.warehouse import manifest, warehouse_folder
from cardcrm.reports.warehouse.all_tables import all_tables
from cardcrm.reports.warehouse.workbench import Workbench, list_files, quote_text
from cardcrm.store import missing_driver

Advance = Callable[[int, int], None]  # the files that are done, and all of them

KEYS: Final = {
    "dim_customer": ("customer_id", "valid_from"),
    "dim_product": ("product_id",),
    "dim_place": ("place_id",),
    "dim_user": ("user_name",),
    "dim_date": ("date",),
    "bridge_customer_tag": ("customer_id", "tag"),
    "bridge_customer_segment": ("customer_id", "segment"),
}
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,50}")
_RESERVED: Final = ("public", "information_schema")


def copy_to_server(
    where: Path,
    location: str,
    schema: str,
    wait: float,
    advance: Advance = lambda _done, _all: None,
) -> dict[str, int]:
    """Copy a warehouse into a schema of a server, in place of an older copy; return the rows.

    Raises UsageError for a name that is not one of a schema, ConflictError for a schema with other
    tables, and CardcrmError.
    """
    try:
        from cardcrm.store.postgresql.partitioned_tables import ServerTable, replace_tables
    except ImportError as error:
        raise missing_driver() from error
    if not _SCHEMA.fullmatch(schema) or schema in _RESERVED or schema.startswith("pg_"):
        raise UsageError(
            f"“{schema}” cannot be the schema of a warehouse",
            "Use small letters, digits and _, such as warehouse.",
        )
    folder = warehouse_folder.check_name(where)
    stored = manifest.read(folder)
    warehouse_folder.check_files(folder, stored.paths())
    tables = [
        ServerTable(
            each.name,
            [(column.name, column.type) for column in each.columns],
            each.day,
            KEYS.get(each.name, ()),
        )
        for each in all_tables()
    ]
    with tempfile.TemporaryDirectory(prefix="cardcrm-") as space:
        bench = Workbench(Path(space) / "spill")
        done, steps = 0, len(stored.paths())

        def parts_of(table: str) -> Iterator[tuple[str, Path]]:
            nonlocal done
            for month, each in stored.files.get(table, {}).items():
                path = Path(space) / "part.csv"
                rows = list_files([folder / each.path])
                bench.run(f"COPY (FROM {rows}) TO {quote_text(path)} (FORMAT csv, HEADER false)")
                yield month, path
                done += 1
                advance(done, steps)

        try:
            return replace_tables(location, schema, tables, parts_of, wait)
        finally:
            bench.close()
