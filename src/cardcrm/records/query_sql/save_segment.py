"""Saving a segment after a trial run of its query."""

from typing import NamedTuple

from cardcrm.records.query_sql import columns, contact_query, segments
from cardcrm.records.query_sql.segments import Segment
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


class SavedSegment(NamedTuple):
    """A segment, the number of contacts in it, and the query it replaces (None if it is new)."""

    segment: Segment
    size: int
    previous_query: str | None


@retry_transaction
def save_segment(store: Store, name: str, query: str) -> SavedSegment:
    """Save a query under a name. Raises UsageError for a query that cannot run."""
    with store.transaction():
        queries = {each.name: each.query for each in segments.list_segments(store)}
        segment, _ = segments.save(store, name, query)
        count = columns.count(store, contact_query.parse(store, f"segment:{segment.name}"))
    return SavedSegment(segment, count, queries.get(segment.name))
