"""Gather attempts to reach contacts, and whether they were answered.

An attempt is an interaction with a contact that is not incoming and not a note; a mail to three
contacts is three attempts. A call, meeting or visit is answered unless it is marked “no answer”. A
mail or message is answered if the contact got in touch by any channel within some days; it is left
out while these days are not over.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cardcrm import dates
from cardcrm.dates.day_numbers import DayNumbers
from cardcrm.reports.org_members import ONE_WITH_MEMBERS
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.store import Query, Store

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
# the last, and what went out at an unknown time the first.
_SQL = """
SELECT p.contact_id, i.kind, i.direction, i.on_date, substr(coalesce(i.at, ''), 1, 15), i.no_answer
FROM participant p JOIN interaction i ON i.id = p.interaction_id
WHERE i.kind <> 'note' AND i.on_date <= :today{condition}
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
    return tally(store.stream(sql, params), scope, reply_days, store.locale.zone)


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


def tally(rows: Iterable[Any], scope: Scope, reply_days: int, zone: str) -> list[Tally]:
    """Return the numbers of interactions in the days of a scope by channel, weekday and hour.

    The rows have contact, channel, direction, day, instant and mark of no answer, those of one
    contact together and the latest first.
    """
    since = scope.since.isoformat() if scope.since else ""
    until = min(scope.until or scope.today, scope.today).isoformat()
    today, hours, days = scope.today.toordinal(), _Hours(zone), DayNumbers()
    sums: dict[tuple[str, int, int | None], list[int]] = {}
    last_contact, replied = None, 0
    for contact_id, kind, direction, on_date, slot, no_answer in rows:
        if contact_id != last_contact:
            last_contact, replied = contact_id, _NEVER
        day = days[on_date]
        is_incoming = direction == "in"
        if since <= on_date <= until:
            is_answered, counts = not no_answer, not is_incoming
            if counts and kind in WRITTEN:
                is_answered = replied - day <= reply_days
                counts = is_answered or today - day > reply_days
            known = sums.setdefault((kind, (day - 1) % 7, hours.find(slot)), [0, 0, 0, 0])
            known[0] += 1
            known[1] += counts
            known[2] += counts and is_answered
            known[3] += is_incoming
        if is_incoming:
            replied = day
    ordered = sorted(sums, key=lambda key: (key[0], key[1], -1 if key[2] is None else key[2]))
    return [Tally(*key, *sums[key]) for key in ordered]


_NEVER = 10_000_000  # a day after all days of the calendar


class _Hours:
    """The local hours of instants; a zone is asked once a day, as its offset seldom changes."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.offsets: dict[str, int | None] = {}

    def find(self, slot: str) -> int | None:
        """Return the local hour of an instant that is cut after the tens of its minutes."""
        if len(slot) < 15:
            return None
        day = slot[:10]
        if day not in self.offsets:
            first, last = (
                self._read_offset(f"{day}T{time}") for time in ("00:00:00Z", "23:59:59Z")
            )
            self.offsets[day] = first if first == last else None
        offset = self.offsets[day]
        if offset is None:
            return dates.from_instant(f"{slot}0:00Z", self.zone).hour
        return (int(slot[11:13]) * 60 + int(slot[14]) * 10 + offset) // 60 % 24

    def _read_offset(self, instant: str) -> int:
        """Return the minutes that a zone is ahead of UTC."""
        offset = dates.from_instant(instant, self.zone).utcoffset()
        assert offset is not None
        return offset // dt.timedelta(minutes=1)
