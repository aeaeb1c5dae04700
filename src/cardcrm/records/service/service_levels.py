"""Compute the deadlines of cases by their service levels, from their history.

- The **first response** is due a working time after the case was opened, and nothing pauses it. The
  first outgoing interaction answers it, or the solution where that comes first.
- The **next response** is due a working time after the first message of the customer that no one
  has answered since. A solution answers it.
- The **solution** is due once the case has been worked on for a working time: the time in which it
  waits for the customer, or is solved, does not count. A case that is opened again goes on with the
  time that is left.

A deadline was missed if what it asks for came later, or did not come until now. Nothing of this is
stored, so a service level that changes counts for all cases at once.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.records.service.case_status import DONE, WAITING_CUSTOMER
from cardcrm.records.service.sla_rules import Rule, RuleFinder
from cardcrm.records.service.working_time import WorkingTime
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

FIRST, NEXT, SOLUTION = "first response", "next response", "solution"
_PAUSED: Final = frozenset((WAITING_CUSTOMER, *DONE))
_NEVER: Final = float("inf")

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
    replied = next((at for at, way in case.messages if way == "out" and at >= case.opened), None)
    first_at = min(filter(None, (replied, _first_solved(case))), default=None)
    if rule is None:
        return ServiceState(first_at=first_at)
    time = rule.time
    first_due = None if rule.first is None else time.add(case.opened, rule.first)
    next_due, has_missed_next = _next_response(case, rule, first_at, now)
    solution_due = None if rule.solve is None else _solution_due(case, time, rule.solve, now)
    missed = (
        (FIRST, first_due is not None and (first_at or now) > first_due),
        (NEXT, has_missed_next),
        (SOLUTION, solution_due is not None and (case.solved or now) > solution_due),
    )
    is_paused = case.status in _PAUSED
    open_ = (
        first_due if first_at is None else None,
        next_due,
        None if is_paused else solution_due,
    )
    due = min((each for each in open_ if each is not None), default=None)
    breaches = tuple(name for name, is_missed in missed if is_missed)
    return ServiceState(rule.name, due, first_due, first_at, next_due, solution_due, breaches)


def _first_solved(case: CaseHistory) -> float | None:
    return next((at for at, status in case.changes if status in DONE), case.solved)


def _next_response(
    case: CaseHistory, rule: Rule, first_at: float | None, now: float
) -> tuple[float | None, bool]:
    """Return the deadline of the answer that is open, and whether any answer was late."""
    if rule.next is None or first_at is None:
        return None, False
    due: float | None = None
    has_missed = False
    for at, is_answer in _later_events(case, first_at):
        if is_answer:
            has_missed |= due is not None and at > due
            due = None
        elif due is None:
            due = rule.time.add(at, rule.next)
    return due, has_missed or (due is not None and now > due)


def _later_events(case: CaseHistory, first_at: float) -> list[tuple[float, bool]]:
    """Return the messages after the first response, and the solutions; an answer is True."""
    found = [(at, way == "out") for at, way in case.messages if at > first_at]
    found += [(at, True) for at, status in case.changes if status in DONE]
    found.sort()
    return found


def _solution_due(case: CaseHistory, time: WorkingTime, budget: float, now: float) -> float:
    """Return the moment at which the time for the solution is used up.

    While the case is paused, that is when it would be if it went on now, or after the solution.
    """
    left, end = budget, case.opened
    for start, end in _active_spans(case):
        if end == _NEVER:
            return time.add(start, left)
        worked = time.elapsed(start, end)
        if worked > left:
            return time.add(start, left)
        left -= worked
    return time.add(max(end, now) if case.status == WAITING_CUSTOMER else end, left)


def _active_spans(case: CaseHistory) -> Iterator[tuple[float, float]]:
    """Yield the spans in which a case was worked on; the last one may have no end."""
    start: float | None = case.opened
    for at, status in case.changes:
        if status in _PAUSED:
            if start is not None:
                yield start, max(start, at)
            start = None
        elif start is None:
            start = at
    if start is not None:
        yield start, _NEVER


class ServiceLevels:
    """The states of cases at one moment; what is known of rules and customers is kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._finder = RuleFinder(store)
        self.now = dates.now().timestamp()

    @property
    def rules(self) -> RuleFinder:
        """The service levels."""
        return self._finder

    def load(self, ids: Collection[int] | None = None) -> dict[int, ServiceState]:
        """Return the states of some cases, or of all, by their ids."""
        cases = list(read_histories(self._store, ids))
        self._finder.learn({each.contact_id for each in cases})
        find = self._finder.find
        return {
            each.id: compute_state(each, find(each.priority, each.contact_id), self.now)
            for each in cases
        }


# Read

_CASES: Final = (
    "SELECT id, contact_id, priority, status, opened_at, solved_at FROM service_case r{where}"
)
_CHANGES: Final = "SELECT r.case_id, r.at, r.status FROM case_change r{where} ORDER BY r.id"
# A past day without a time counts as its noon.
_MESSAGES: Final = (
    "SELECT r.case_id, coalesce(r.at, r.on_date || 'T12:00:00Z'), r.direction FROM interaction r "
    "WHERE r.case_id IS NOT NULL AND r.kind <> 'note' AND r.no_answer = 0 "
    "AND r.direction <> ''{also}"
)


def read_histories(store: Store, ids: Collection[int] | None = None) -> Iterator[CaseHistory]:
    """Yield some cases, or all, with their histories."""
    if ids is None:
        yield from _build(
            *(
                store.stream_tuples(sql.format(where="", also=""), {})
                for sql in (_CASES, _CHANGES, _MESSAGES)
            )
        )
        return
    for marks, params in chunks(ids):
        yield from _build(
            store.rows(_CASES.format(where=f" WHERE r.id IN ({marks})"), **params),
            store.rows(_CHANGES.format(where=f" WHERE r.case_id IN ({marks})"), **params),
            store.rows(_MESSAGES.format(also=f" AND r.case_id IN ({marks})"), **params),
        )


def _build(
    cases: Iterable[Any], changes: Iterable[Any], messages: Iterable[Any]
) -> Iterator[CaseHistory]:
    rows = list(cases)
    changed, said = _group(changes), _group(messages)
    for id_, contact_id, priority, status, opened_at, solved_at in rows:
        solved = None if solved_at is None else to_moment(solved_at)
        yield CaseHistory(
            id_, contact_id, priority, status, to_moment(opened_at), solved,
            changed.get(id_, ()), said.get(id_, ()),
        )  # fmt: skip


def _group(rows: Iterable[Any]) -> Mapping[int, list[tuple[float, str]]]:
    """Return moments with their words by cases, in the order of time."""
    found: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for case_id, at, word in rows:
        found[case_id].append((to_moment(at), word))
    for each in found.values():
        each.sort(key=lambda entry: entry[0])
    return found


def to_moment(instant: str) -> float:
    """Return an instant as seconds since 1970."""
    return dt.datetime.fromisoformat(instant).timestamp()


def to_instant(moment: float | None) -> str | None:
    """Return a moment as a UTC instant; None stays."""
    if moment is None:
        return None
    return f"{dt.datetime.fromtimestamp(moment, dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
