"""Compute the deadlines of cases by their service levels, from their history.

- The **first response** is due a working time after the case was opened, and nothing pauses it. The
  first outgoing interaction answers it, or the solution where that comes first. Mail that no person
  writes, such as an acknowledgment, does not count.
- The **next response** is due a working time after the first message of the customer that no one
  has answered since. A solution answers it.
- The **solution** is due once the case has been worked on for a working time: the time in which it
  waits for the customer, or is solved, does not count. A case that is opened again goes on with the
  time that is left.

A deadline was missed if what it asks for came later, or did not come until now. Nothing of this is
stored, so a service level that changes counts for all cases at once.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress, product
from math import inf
from operator import itemgetter
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.records.service.case_status import DONE, WAITING_CUSTOMER
from cardcrm.records.service.sla_rules import Rule, RuleFinder
from cardcrm.store import Query, Store

FIRST, NEXT, SOLUTION = "first response", "next response", "solution"
_BREACHES: Final = {
    flags: tuple(compress((FIRST, NEXT, SOLUTION), flags))
    for flags in product((False, True), repeat=3)
}
_PAUSED: Final = frozenset((WAITING_CUSTOMER, *DONE))
_BY_TIME: Final = itemgetter(0)

Change = tuple[float, str]  # the moment of a status, and the status
Message = tuple[float, str]  # the moment of an interaction, and its direction


class CaseHistory(NamedTuple):
    """A case with what its deadlines follow from; moments are seconds since 1970."""

    id: int
    contact_id: int
    priority: str
    status: str
    opened: float
    solved: float | None
    changes: Sequence[Change]
    messages: Sequence[Message]


class ServiceState(NamedTuple):
    """A case at one moment: its service level, its deadlines, and those that were missed.

    ``due`` is the next deadline of a case that is worked on.
    """

    rule: str = ""
    due: float | None = None
    first_due: float | None = None
    first_at: float | None = None
    next_due: float | None = None
    solution_due: float | None = None
    breaches: tuple[str, ...] = ()


def compute_state(case: CaseHistory, rule: Rule | None, now: float) -> ServiceState:
    """Return the deadlines of a case by a rule, and those that were missed."""
    first_at = _find_first_answer(case)
    if rule is None:
        return ServiceState(first_at=first_at)
    first_due = None if rule.first is None else rule.time.add(case.opened, rule.first)
    next_due, has_missed_next = _find_next_response(case, rule, first_at, now)
    solution_due, has_missed_solution = _find_solution_due(case, rule, now)
    has_missed_first = first_due is not None and (first_at or now) > first_due
    due = None if case.status in _PAUSED else solution_due
    if next_due is not None and (due is None or next_due < due):
        due = next_due
    if first_at is None and first_due is not None and (due is None or first_due < due):
        due = first_due
    breaches = _BREACHES[has_missed_first, has_missed_next, has_missed_solution]
    return ServiceState(rule.name, due, first_due, first_at, next_due, solution_due, breaches)


def _find_first_answer(case: CaseHistory) -> float | None:
    """Return the moment of the first reply or solution, whichever came first."""
    found = None
    for at, way in case.messages:
        if way == "out" and at >= case.opened:
            found = at
            break
    for at, status in case.changes:
        if status in DONE:
            return at if found is None else min(at, found)
    return found


def _find_next_response(
    case: CaseHistory, rule: Rule, first_at: float | None, now: float
) -> tuple[float | None, bool]:
    """Return the deadline of the answer that is open, and whether any answer was late."""
    if rule.next is None or first_at is None or not case.messages:
        return None, False
    if case.messages[-1][0] <= first_at:
        return None, False
    due: float | None = None
    is_late = False
    for at, is_answer in _list_later_events(case, first_at):
        if is_answer:
            is_late |= due is not None and at > due
            due = None
        elif due is None:
            due = rule.time.add(at, rule.next)
    return due, is_late or (due is not None and now > due)


def _list_later_events(case: CaseHistory, first_at: float) -> list[tuple[float, bool]]:
    """Return the messages after the first response, and the solutions; an answer is True."""
    found = [(at, way == "out") for at, way in case.messages if at > first_at]
    found += [(at, True) for at, status in case.changes if status in DONE]
    found.sort()
    return found


def _find_solution_due(case: CaseHistory, rule: Rule, now: float) -> tuple[float | None, bool]:
    """Return the moment at which the time for the solution is used up, and whether that is past.

    While the case is paused, it is the moment if the case went on now; once solved, if it had gone
    on then.
    """
    if rule.solve is None:
        return None, False
    time, left = rule.time, rule.solve
    start: float | None = case.opened  # of the time in which the case is worked on
    for at, status in case.changes:
        if status not in _PAUSED:
            start = at if start is None else start
        elif start is not None:
            due = time.add(start, left)
            if at > due:
                return due, True
            left, start = left - time.elapsed(start, at), None
    if start is not None:
        due = time.add(start, left)
        return due, now > due
    return time.add(case.solved or max(now, case.changes[-1][0]), left), False


def list_active_spans(case: CaseHistory) -> list[tuple[float, float]]:
    """Return the spans in which a case was worked on; the last one may have no end."""
    found = []
    start: float | None = case.opened
    for at, status in case.changes:
        if status not in _PAUSED:
            start = at if start is None else start
        elif start is not None:
            found.append((start, at))
            start = None
    return found if start is None else [*found, (start, inf)]


class ServiceLevels:
    """The states of cases at one moment; what is known of rules and customers is kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._finder = RuleFinder(store)
        self.now = dates.now().timestamp()

    def load(self, ids: Collection[int] | None = None) -> dict[int, ServiceState]:
        """Return the states of some cases, or of all, by their ids."""
        return self.compute(list(read_histories(self._store, ids)))

    def compute(self, cases: Sequence[CaseHistory]) -> dict[int, ServiceState]:
        """Return the states of cases by their ids."""
        self._finder.learn({each.contact_id for each in cases})
        return {each.id: compute_state(each, self.find_rule(each), self.now) for each in cases}

    def find_rule(self, case: CaseHistory) -> Rule | None:
        """Return the service level of a case whose state was computed before."""
        return self._finder.find(case.priority, case.contact_id)


# Read

_MANY: Final = 10_000  # cases, whose rows are streamed
_CASES: Final = (
    "SELECT r.id, r.contact_id, r.priority, r.status, {opened_at}, {solved_at} "
    "FROM service_case r WHERE {where}"
)
_CHANGES: Final = "SELECT r.case_id, {at}, r.status FROM case_change r WHERE {where} ORDER BY r.id"
_MESSAGES: Final = (
    "SELECT r.case_id, {noon}, r.direction FROM interaction r WHERE r.case_id IS NOT NULL "
    "AND r.kind <> 'note' AND r.no_answer = 0 AND r.direction <> '' AND r.id NOT IN "
    "(SELECT m.interaction_id FROM message m WHERE m.case_id IS NOT NULL AND m.step <> '' "
    "AND m.interaction_id IS NOT NULL) AND {where}"
)
# A past day without a time counts as its noon.
_MOMENTS: Final = {
    "opened_at": "r.opened_at", "solved_at": "r.solved_at", "at": "r.at",
    "noon": "coalesce(r.at, r.on_date || 'T12:00:00Z')",
}  # fmt: skip


def read_histories(store: Store, ids: Collection[int] | None = None) -> Iterator[CaseHistory]:
    """Yield some cases, or all, with their histories."""
    listed = store.engine.ids_of_json.format(":ids")
    of_case, is_case = (
        "1 = 1" if ids is None else f"r.{column} IN ({listed})" for column in ("case_id", "id")
    )
    params = {} if ids is None else {"ids": json.dumps(list(ids))}
    moments = {key: store.engine.epoch.format(sql) for key, sql in _MOMENTS.items()}
    queries = (
        sql.format(**moments, where=where)
        for sql, where in ((_CASES, is_case), (_CHANGES, of_case), (_MESSAGES, of_case))
    )
    if ids is None or len(ids) > _MANY:
        yield from _build(*(store.stream_tuples(sql, params) for sql in queries))
    else:  # a server is asked once
        yield from _build(*store.fetch_many([Query(sql, params, list) for sql in queries]))


def _build(
    cases: Iterable[Any], changes: Iterable[Any], messages: Iterable[Any]
) -> Iterator[CaseHistory]:
    rows = list(cases)
    changed, said = _group(changes), _group(messages)
    for row in rows:
        yield CaseHistory._make((*row, changed.get(row[0], ()), said.get(row[0], ())))


def _group(rows: Iterable[Any]) -> Mapping[int, list[tuple[float, str]]]:
    """Return moments with their words by cases, in the order of time."""
    found: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for case_id, at, word in rows:
        found[case_id].append((at, word))
    for each in found.values():
        if len(each) > 1:
            each.sort(key=_BY_TIME)
    return found
