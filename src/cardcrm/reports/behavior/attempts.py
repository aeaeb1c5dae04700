"""Gather attempts to reach contacts, and whether they were answered.

An attempt is an interaction with a contact that is not incoming and not a note; a mail to three
contacts is three attempts. A call, meeting or visit is answered unless it is marked “no answer”. A
mail or message is answered if the contact got in touch by any channel within some days; it is left
out while these days are not over.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cardcrm import dates
from cardcrm.dates.day_numbers import DayNumbers
from cardcrm.reports.org_members import ONE_WITH_MEMBERS
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.store import Query, Store

if TYPE_CHECKING:
    import datetime as dt

WRITTEN = ("mail", "message")  # channels in which an answer comes later
REPLY_DAYS = 7


@dataclass(frozen=True)
class Tally:
    """A number of interactions: attempts that count, those answered, and incoming ones.

    ``hour`` is the local hour of the day, None where only the day is known. ``weekday`` is 0 for
    Monday.
    """

    kind: str
    weekday: int
    hour: int | None
    interactions: int
    attempts: int
    answered: int
    incoming: int


# The latest interaction of each contact comes first. Of one day, what came in at an unknown time is
# the last, and what went out at an unknown time the first. A cross join makes SQLite read the
# participants in the order of their index; otherwise it sorts all rows, 4 times as slowly.
_SQL = """
SELECT p.contact_id, i.kind, i.direction, i.on_date, i.at, i.no_answer
FROM participant p CROSS JOIN interaction i
WHERE i.id = p.interaction_id AND i.kind <> 'note' AND i.on_date <= :today{condition}
ORDER BY p.contact_id, i.on_date DESC, CASE WHEN i.at IS NULL AND i.direction = 'in' THEN '9'
  ELSE coalesce(i.at, '') END DESC, i.id DESC
"""


def read_tallies(
    store: Store,
    scope: Scope,
    *,
    contact_id: int | None = None,
    reply_days: int = REPLY_DAYS,
) -> list[Tally]:
    """Return the interactions by channel, weekday and hour; of one contact with its people."""
    sql, params = _build_sql(store, scope, contact_id)
    return tally(store.stream_tuples(sql, params), scope, reply_days, store.locale.zone)


def tallies_query(store: Store, scope: Scope, contact_id: int) -> Query[list[Tally]]:
    """Build the query of `read_tallies` for one contact."""
    sql, params = _build_sql(store, scope, contact_id)
    return Query(sql, params, lambda rows: tally(rows, scope, REPLY_DAYS, store.locale.zone))


def _build_sql(store: Store, scope: Scope, contact_id: int | None) -> tuple[str, dict[str, Any]]:
    condition, params = _condition(store, scope, contact_id)
    return _SQL.format(condition=condition), {**params, "today": scope.today.isoformat()}


def _condition(store: Store, scope: Scope, contact_id: int | None) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on participants ``p``, and its parameters."""
    condition = ""
    params: dict[str, Any] = {}
    if scope.where is not None:
        found, params = contact_condition(store, scope.where, "p.contact_id")
        condition = f" AND {found}"
    if contact_id is None:
        return condition, params
    own = f"{condition} AND p.contact_id IN ({ONE_WITH_MEMBERS})"
    return own, {**params, "contact": contact_id}


# The outcomes of an interaction.
_INCOMING, _PENDING, _UNANSWERED, _ANSWERED = range(4)
_SLOTS = 25  # the hours of a day and, first, an unknown one
_NEVER = 10_000_000  # a day after all days of the calendar


def tally(rows: Iterable[Any], scope: Scope, reply_days: int, zone: str) -> list[Tally]:
    """Return the numbers of interactions in the days of a scope by channel, weekday and hour.

    The rows have contact, channel, direction, day, instant and the mark of no answer, those of one
    contact together and the latest first.
    """
    since = scope.since.isoformat() if scope.since else ""
    until = min(scope.until or scope.today, scope.today).isoformat()
    today, slots, days = scope.today.toordinal(), _Clocks(zone), DayNumbers()
    # By channel a flat list for weekday, slot of the day and outcome: half a microsecond a row.
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (7 * _SLOTS * 4))
    last_contact, replied = None, _NEVER
    for contact_id, kind, direction, on_date, at, no_answer in rows:
        if contact_id != last_contact:
            last_contact, replied = contact_id, _NEVER
        day = days[on_date]
        if direction == "in":
            outcome = _INCOMING
        elif kind not in WRITTEN:
            outcome = _UNANSWERED if no_answer else _ANSWERED
        elif today - day <= reply_days:  # also if answered: only answers are known so soon
            outcome = _PENDING
        else:
            outcome = _ANSWERED if replied - day <= reply_days else _UNANSWERED
        if since <= on_date <= until:
            slot = slots[at[:10]][at[11:15]] if at else 0
            sums[kind][((day - 1) % 7 * _SLOTS + slot) * 4 + outcome] += 1
        if outcome == _INCOMING:
            replied = day
    return [each for kind in sorted(sums) for each in _list_tallies(kind, sums[kind])]


def _list_tallies(kind: str, counts: list[int]) -> Iterator[Tally]:
    """Yield the tallies of one channel by weekday and hour, from the counts of all outcomes."""
    for at in range(0, len(counts), 4):
        incoming, pending, unanswered, answered = counts[at : at + 4]
        attempts = unanswered + answered
        if interactions := incoming + pending + attempts:
            weekday, slot = divmod(at // 4, _SLOTS)
            hour = slot - 1 if slot else None
            yield Tally(kind, weekday, hour, interactions, attempts, answered, incoming)


class _Clocks(dict[str, "_Slots"]):
    """The slots of days in UTC; those of days with the same offset of a zone are shared."""

    def __init__(self, zone: str) -> None:
        super().__init__()
        self.zone = zone
        self.by_offset: dict[dt.timedelta | None, _Slots] = {}

    def __missing__(self, day: str) -> "_Slots":
        first, last = (
            dates.from_instant(f"{day}T{time}Z", self.zone).utcoffset()
            for time in ("00:00:00", "23:59:59")
        )
        slots = _Slots(day, self.zone)
        self[day] = self.by_offset.setdefault(first, slots) if first == last else slots
        return self[day]


class _Slots(dict[str, int]):
    """The slots of a day, 1 + the local hour, by the start of the time in UTC, such as ``14:3``."""

    def __init__(self, day: str, zone: str) -> None:
        super().__init__()
        self.day, self.zone = day, zone

    def __missing__(self, time: str) -> int:
        self[time] = 1 + dates.from_instant(f"{self.day}T{time}0:00Z", self.zone).hour
        return self[time]
