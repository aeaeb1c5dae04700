"""The queue of cases: what is due first."""

from collections.abc import Callable, Collection, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from cardcrm.query import Node, Or, Term
from cardcrm.records import records
from cardcrm.records.query_sql import record_query
from cardcrm.records.records import Record, Selection
from cardcrm.records.service.case_status import PRIORITIES
from cardcrm.records.service.case_type import CASE
from cardcrm.records.service.service_levels import (
    CaseHistory,
    ServiceLevels,
    ServiceState,
    read_histories,
)
from cardcrm.store import Store
from cardcrm.text import fold

_MAX_ROWS_BY_ID: Final = 500  # rows that are read by their ids; more are read by the query again
DUE: Final = "due"
# The values that cases are sorted by in fields that follow from the service level; None is last.
COMPUTED_ORDERS: Final[Mapping[str, Callable[[ServiceState], Any]]] = MappingProxyType(
    {
        DUE: attrgetter("due"),
        "sla": lambda state: fold(state.rule) or None,
        "breached": lambda state: bool(state.breaches),
        "first_response_due": attrgetter("first_due"),
        "first_response_at": attrgetter("first_at"),
        "next_response_due": attrgetter("next_due"),
        "solution_due": attrgetter("solution_due"),
    }
)


def read_queue(
    store: Store, node: Node, limit: int | None = None, *, sort: str = DUE
) -> list[Record]:
    """Return the cases that a query finds in a computed order, at most ``limit`` of them.

    ``sort`` is a key of `COMPUTED_ORDERS`, reversed by a “-” before it.
    """
    ids = record_query.ids(store, CASE, node)
    wanted = order_cases(store, ids, sort)[:limit]
    if len(wanted) <= _MAX_ROWS_BY_ID:
        node = Or(tuple(Term("id", "=", str(each)) for each in wanted))
    if not wanted:
        return []
    found = records.select(store, CASE, Selection(node, sort="id"))
    by_id = {each.id: each for each in found}
    return [by_id[each] for each in wanted]


def order_cases(store: Store, ids: Collection[int], sort: str = DUE) -> list[int]:
    """Return the ids of cases in a computed order, by default that of the queue.

    Cases without a value come last. Among equals the urgent ones come first, then the old ones.
    """
    levels = ServiceLevels(store)
    cases = sorted(read_histories(store, ids), key=_rank_equals)
    order = COMPUTED_ORDERS[sort.removeprefix("-")]
    values = {id_: order(state) for id_, state in levels.compute(cases).items()}
    known = [each.id for each in cases if values[each.id] is not None]
    known.sort(key=values.__getitem__, reverse=sort.startswith("-"))
    return [*known, *(each.id for each in cases if values[each.id] is None)]


def _rank_equals(case: CaseHistory) -> tuple[int, float, int]:
    return -PRIORITIES.index(case.priority), case.opened, case.id
