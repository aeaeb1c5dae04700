"""Measure how fast customers get an answer.

A question is what came in by a mail, a message or a missed call, and the clock begins with the
first one that is open. The answer is the next touch by any channel: an interaction that is not a
note or an attempt without an answer, such as a call from either side. It counts for the user who
logged it. A question without an answer within 7 days counts as unanswered, for no user; one that is
younger does not count yet. Interactions without a time are left out, as only the day is known.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.reports.pipeline.deal_scope import DealScope
from cardcrm.reports.scope import contact_condition
from cardcrm.reports.statistics.quantiles import find_median
from cardcrm.store import Store
from cardcrm.text import fold

LIMIT = dt.timedelta(days=7)
_DAY = dt.timedelta(days=1)


class Response(NamedTuple):
    """A question by its day, and the time to its answer with its user; None without an answer."""

    day: str
    user: str
    time: dt.timedelta | None


@dataclass
class ResponseTime:
    """The answers of a user, perhaps of a month; questions without an answer have no user."""

    user: str
    month: str
    questions: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def median_hours(self) -> float | None:
        """The median of the hours to the answer."""
        return find_median(self.times) / 3600 if self.times else None

    @property
    def within_day(self) -> float | None:
        """The share of the answers within 24 hours."""
        if not self.times:
            return None
        return sum(each <= _DAY.total_seconds() for each in self.times) / len(self.times)


def read_responses(store: Store, scope: DealScope, *, by_month: bool = False) -> list[ResponseTime]:
    """Return the answers by user, to questions in the days of a scope; both days are set."""
    found: dict[tuple[str, str], ResponseTime] = {}
    now = dates.current_instant()
    for each in find_responses(_read_contacts(store, scope), dt.datetime.fromisoformat(now)):
        if not str(scope.since) <= each.day <= str(scope.until):
            continue
        if not scope.has_owner(each.user):
            continue
        month = each.day[:7] if by_month else ""
        group = found.setdefault((month, fold(each.user)), ResponseTime(each.user, month))
        group.questions += 1
        if each.time is not None:
            group.times.append(each.time.total_seconds())
    return [found[key] for key in sorted(found)]


def _read_contacts(store: Store, scope: DealScope) -> Iterable[Any]:
    """Return the interactions by contact, the oldest first."""
    condition: str = "1 = 1"
    params: dict[str, Any] = {}
    if scope.where is not None:
        condition, params = contact_condition(store, scope.where, "p.contact_id")
    sql = (
        "SELECT p.contact_id, i.kind, i.direction, i.at, i.on_date, i.no_answer, i.author "
        "FROM participant p JOIN interaction i ON i.id = p.interaction_id "
        f"WHERE i.kind <> 'note' AND i.at IS NOT NULL AND {condition} "
        "ORDER BY p.contact_id, i.at, i.id"
    )
    return store.stream_tuples(sql, params)


def find_responses(rows: Iterable[Any], now: dt.datetime) -> Iterator[Response]:
    """Yield the questions of each contact with their answers."""
    contact, asked, day = None, None, ""
    for contact_id, kind, direction, at, on_date, no_answer, author in rows:
        if contact_id != contact:
            if asked and now - asked > LIMIT:
                yield Response(day, "", None)
            contact, asked = contact_id, None
        if direction == "in" and (kind in ("mail", "message") or no_answer):
            if asked is None:
                asked, day = dt.datetime.fromisoformat(at), on_date
        elif not no_answer and asked is not None:
            time = dt.datetime.fromisoformat(at) - asked
            yield Response(day, "", None) if time > LIMIT else Response(day, author, time)
            asked = None
    if asked and now - asked > LIMIT:
        yield Response(day, "", None)
