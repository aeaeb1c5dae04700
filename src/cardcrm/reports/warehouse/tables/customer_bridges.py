"""Bridges of the star: the tags and the segments of customers, of which each may have several."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from cardcrm.records.query_sql.compiled_segments import (
    CompiledSegment,
    InvalidSegment,
    compile_segments,
)
from cardcrm.reports.org_members import with_members_sql
from cardcrm.reports.warehouse.star_table import StarColumn, StarTable
from cardcrm.reports.warehouse.workbench import Workbench
from cardcrm.store import Store

_CUSTOMER: Final = StarColumn("customer_id", "BIGINT", "customer, in `dim_customer`", "customer_id")
_TYPES: Final = {"customer_id": "BIGINT", "name": "VARCHAR"}

CUSTOMER_TAG: Final = StarTable(
    "bridge_customer_tag",
    "One row for each tag of a customer.",
    (_CUSTOMER, StarColumn("tag", "VARCHAR", "tag", "name")),
    "FROM customer_tag ORDER BY name, customer_id",
    keys=("customer_id", "tag"),
)
CUSTOMER_SEGMENT: Final = StarTable(
    "bridge_customer_segment",
    "One row for each saved segment of a customer, as of the day of the export; the people of an "
    "organization are in its segments too, as in the reports.",
    (_CUSTOMER, StarColumn("segment", "VARCHAR", "name of the segment", "name")),
    "FROM customer_segment ORDER BY name, customer_id",
    keys=("customer_id", "segment"),
)


def stage_bridges(store: Store, bench: Workbench) -> tuple[InvalidSegment, ...]:
    """Stage the tags and the segments of all customers; return the segments that are not valid."""
    tags = store.stream("SELECT contact_id, name FROM tag", {})
    bench.stage("customer_tag", _TYPES, tags)
    valid, invalid = compile_segments(store)
    bench.stage("customer_segment", _TYPES, _list_members(store, valid))
    return invalid


def _list_members(store: Store, valid: Iterable[CompiledSegment]) -> Iterator[tuple[Any, str]]:
    """Yield the contacts of each segment, and the people of organizations there."""
    for each in valid:
        sql = with_members_sql(f"SELECT c.id FROM contact c WHERE {each.condition}")
        for row in store.stream(sql, each.params):
            yield row[0], each.name
