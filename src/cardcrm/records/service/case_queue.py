"""The queue of cases: what is due first."""

from collections.abc import Collection
from typing import Final

from cardcrm.query import Node, Or, Term
from cardcrm.records import records
from cardcrm.records.query_sql import record_query
from cardcrm.records.records import Record, Selection
from cardcrm.records.service.case_status import PRIORITIES
from cardcrm.records.service.case_type import CASE
from cardcrm.records.service.service_levels import CaseHistory, ServiceLevels, read_histories
from cardcrm.store import Store

_MAX_ROWS_BY_ID: Final = 500  # rows that are read by their ids; more are read by the query again


def read_queue(
    store: Store, node: Node, limit: int | None = None, *, latest_first: bool = False
) -> list[Record]:
    """Return the cases that a query finds, the next deadline first, at most ``limit`` of them.

    Cases without a deadline come last: the urgent ones first, then the old ones.
    """
    ids = record_query.ids(store, CASE, node)
    wanted = order_by_deadline(store, ids, latest_first=latest_first)[:limit]
    if len(wanted) <= _MAX_ROWS_BY_ID:
        node = Or(tuple(Term("id", "=", str(each)) for each in wanted))
    if not wanted:
        return []
    found = records.select(store, CASE, Selection(node, sort="id"))
    by_id = {each.id: each for each in found}
    return [by_id[each] for each in wanted]


def order_by_deadline(
    store: Store, ids: Collection[int], *, latest_first: bool = False
) -> list[int]:
    """Return the ids of cases in the order of the queue."""
    levels = ServiceLevels(store)
    cases = list(read_histories(store, ids))
    states = levels.compute(cases)
    sign = -1 if latest_first else 1

    def rank(case: CaseHistory) -> tuple[bool, float, int, float, int]:
        due = states[case.id].due
        urgency = -PRIORITIES.index(case.priority)
        return due is None, sign * (due or 0), urgency, case.opened, case.id

    return [each.id for each in sorted(cases, key=rank)]
