"""Compute how well customers are served: response and solution times, backlog, satisfaction.

The cases are those opened on some days; a case that was merged into another is left out. Times are
working time by the service level of the case, without the time in which it waited for the customer;
without a service level all time counts. A percentile is the nearest rank.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.money import Money
from cardcrm.records.service.case_status import DONE
from cardcrm.records.service.service_levels import (
    CaseHistory,
    ServiceLevels,
    list_active_spans,
    read_histories,
)
from cardcrm.records.service.sla_rules import Rule
from cardcrm.reports.statistics.quantiles import find_sorted_median
from cardcrm.store import Store

_AGES: Final = (1, 3, 7)  # days; the backlog is counted up to each, and beyond
_DAY: Final = 86_400


class Served(NamedTuple):
    """The figures of one case; times are in working minutes, None where there is none."""

    group: str
    contact_id: int
    first_minutes: float | None
    solution_minutes: float | None
    is_solved: bool
    is_reopened: bool
    is_late: bool
    age_days: float | None  # of an open case
    rating: int | None
    minutes: int


class ServiceRow(NamedTuple):
    """The figures of a group of cases.

    ``backlog`` counts the open cases by age: less than a day, up to 3 days, up to 7, and older.
    ``revenue`` is what the customer paid in these days, if the groups are customers.
    """

    group: str
    cases: int
    solved: int
    late: int
    reopened: int
    first_median: float | None
    first_p90: float | None
    solution_median: float | None
    solution_p90: float | None
    backlog: tuple[int, int, int, int]
    rated: int
    rating: float | None
    minutes: int
    revenue: Money | None


def build_service_report(
    store: Store, first: dt.date, last: dt.date, by: str = "all"
) -> list[ServiceRow]:
    """Return the figures of the cases opened on some days, the largest group first."""
    cases = _read_cases(store, first, last)
    served = list(_measure(store, cases, by))
    groups: dict[str, list[Served]] = defaultdict(list)
    for each in served:
        groups[each.group].append(each)
    revenue = _read_revenue(store, first, last) if by == "customer" else {}
    currency = store.locale.currency

    def sum_up(name: str, members: list[Served]) -> ServiceRow:
        row = summarize(name, members)
        if by != "customer":
            return row
        return row._replace(revenue=Money(revenue.get(members[0].contact_id, 0), currency))

    rows = [sum_up(name, members) for name, members in groups.items()]
    if by == "month":
        return sorted(rows, key=lambda row: row.group)
    return sorted(rows, key=lambda row: (-row.cases, row.group))


def summarize(group: str, served: Sequence[Served]) -> ServiceRow:
    """Return the figures of a group."""
    firsts = sorted(each.first_minutes for each in served if each.first_minutes is not None)
    solutions = [each.solution_minutes for each in served if each.solution_minutes is not None]
    ratings = [each.rating for each in served if each.rating is not None]
    return ServiceRow(
        group,
        len(served),
        sum(each.is_solved for each in served),
        sum(each.is_late for each in served),
        sum(each.is_reopened for each in served),
        *_describe(firsts),
        *_describe(sorted(solutions)),
        _count_ages(each.age_days for each in served if each.age_days is not None),
        len(ratings),
        sum(ratings) / len(ratings) if ratings else None,
        sum(each.minutes for each in served),
        None,
    )


def _describe(ordered: Sequence[float]) -> tuple[float | None, float | None]:
    """Return the median and the 90th percentile of numbers in rising order."""
    if not ordered:
        return None, None
    return find_sorted_median(ordered), ordered[math.ceil(0.9 * len(ordered)) - 1]


def _count_ages(ages: Iterable[float]) -> tuple[int, int, int, int]:
    counts = [0, 0, 0, 0]
    for age in ages:
        counts[sum(age >= limit for limit in _AGES)] += 1
    return counts[0], counts[1], counts[2], counts[3]


# One case


class _Row(NamedTuple):
    id: int
    type: str
    priority: str
    product: str | None
    cause: str | None
    owner: str
    channel: str
    customer: str
    month: str
    rating: int | None


def _read_cases(store: Store, first: dt.date, last: dt.date) -> dict[int, _Row]:
    """Return the cases opened on some days by their ids."""
    start, end = dates.day_bounds(first, last, store.locale.zone)
    sql = (
        "SELECT r.id, r.type, r.priority, p.name, o.text, r.owner, r.channel, c.name, "
        "r.opened_at, r.rating FROM service_case r JOIN contact c ON c.id = r.contact_id "
        "LEFT JOIN product p ON p.id = r.product_id LEFT JOIN service_case o ON o.id = r.cause_id "
        "WHERE r.opened_at BETWEEN :start AND :end AND r.merged_id IS NULL"
    )
    rows = (_Row._make(row) for row in store.rows(sql, start=start, end=end))
    zone = store.locale.zone
    return {
        row.id: row._replace(month=f"{dates.from_instant(row.month, zone):%Y-%m}") for row in rows
    }


def _measure(store: Store, cases: Mapping[int, _Row], by: str) -> Iterable[Served]:
    levels = ServiceLevels(store)
    histories = list(read_histories(store, cases))
    states = levels.compute(histories)
    minutes = _read_minutes(store)
    name = _namer(by)
    for history in histories:
        rule = levels.find_rule(history)
        state, row = states[history.id], cases[history.id]
        solved = history.solved
        yield Served(
            name(row),
            history.contact_id,
            _elapsed(rule, history.opened, state.first_at),
            None if solved is None else _solution_minutes(history, rule, solved),
            solved is not None,
            _is_reopened(history),
            bool(state.breaches),
            (levels.now - history.opened) / _DAY if solved is None else None,
            row.rating,
            minutes.get(history.id, 0),
        )


def _namer(by: str) -> Callable[[_Row], str]:
    if by == "all":
        return lambda _row: "all"
    return lambda row: " ".join((getattr(row, by) or "none").split())


def _elapsed(rule: Rule | None, start: float, end: float | None) -> float | None:
    """Return the working minutes between two moments; all minutes without a rule."""
    if end is None:
        return None
    seconds = end - start if rule is None else rule.time.elapsed(start, end)
    return max(0.0, seconds / 60)


def _solution_minutes(case: CaseHistory, rule: Rule | None, solved: float) -> float:
    """Return the working minutes for which a case was worked on until it was solved."""
    spans = ((start, min(end, solved)) for start, end in list_active_spans(case))
    return sum((_elapsed(rule, start, end) or 0 for start, end in spans if start < end), 0.0)


def _is_reopened(case: CaseHistory) -> bool:
    """Return whether a case was opened again after it was solved."""
    statuses = [status for _, status in case.changes]
    return any(one in DONE and other not in DONE for one, other in pairwise(statuses))


def _read_minutes(store: Store) -> dict[int, int]:
    sql = (
        "SELECT case_id, sum(minutes) FROM interaction WHERE case_id IS NOT NULL "
        "AND minutes IS NOT NULL GROUP BY case_id"
    )
    return {row[0]: int(row[1]) for row in store.rows(sql)}


def _read_revenue(store: Store, first: dt.date, last: dt.date) -> dict[int, int]:
    """Return what contacts paid on some days in the default currency, in minor units."""
    sql = (
        "SELECT contact_id, sum(amount) FROM sale WHERE currency = :currency "
        "AND on_date BETWEEN :first AND :last GROUP BY contact_id"
    )
    rows = store.rows(sql, currency=store.locale.currency, first=str(first), last=str(last))
    return {row[0]: int(row[1]) for row in rows}
