"""Gather attempts to reach contacts, and whether they were answered.

An attempt is an interaction with a contact that is not incoming and not a note; a mail to three
contacts is three attempts. A call, meeting or visit is answered unless it is marked “no answer”. A
mail or message is answered if the contact got in touch by any channel within some days; it is left
out while these days are not over.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cardcrm import dates
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.store import Store

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


_SQL = """
SELECT kind, direction, on_date, slot, no_answer, replied_on, count(*) FROM (
  SELECT i.kind, i.direction, i.on_date, i.no_answer, substr(coalesce(i.at, ''), 1, 15) AS slot,
    CASE WHEN i.kind IN ('mail', 'message') AND i.direction <> 'in' THEN
      min(CASE WHEN i.direction = 'in' THEN i.on_date END) OVER (
        PARTITION BY p.contact_id
        ORDER BY i.on_date, CASE WHEN i.at IS NULL AND i.direction = 'in' THEN '9'
          ELSE coalesce(i.at, '') END, i.id
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) END AS replied_on
  FROM participant p JOIN interaction i ON i.id = p.interaction_id
  WHERE i.kind <> 'note'{condition}
) AS attempt WHERE on_date <= :until{since}
GROUP BY kind, direction, on_date, slot, no_answer, replied_on
"""


def read_tallies(
    store: Store,
    scope: Scope,
    *,
    contact_id: int | None = None,
    reply_days: int = REPLY_DAYS,
) -> list[Tally]:
    """Return the interactions by channel, weekday and hour; of one contact with its people."""
    condition, params = _condition(store, scope, contact_id)
    params["until"] = min(scope.until or scope.today, scope.today).isoformat()
    since = ""
    if scope.since is not None:
        since, params["since"] = " AND on_date >= :since", scope.since.isoformat()
    rows = store.stream(_SQL.format(condition=condition, since=since), params)
    return _sum_tallies(_tally(rows, scope.today, reply_days, store.locale.zone))


def _condition(store: Store, scope: Scope, contact_id: int | None) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on participants ``p``, and its parameters."""
    condition = ""
    params: dict[str, Any] = {}
    if scope.where is not None:
        found, params = contact_condition(store, scope.where, "p.contact_id")
        condition = f" AND {found}"
    if contact_id is None:
        return condition, params
    own = "(SELECT c.id FROM contact c WHERE c.id = :contact OR c.org_id = :contact)"
    return f"{condition} AND p.contact_id IN {own}", {**params, "contact": contact_id}


def _tally(
    rows: Iterable[Any], today: dt.date, reply_days: int, zone: str
) -> Iterator[tuple[tuple[str, int, int | None], tuple[int, int, int, int]]]:
    """Yield channel, weekday and hour, with the numbers that `Tally` has of them."""
    hours: dict[str, int] = {}
    for kind, direction, on_date, slot, no_answer, replied_on, count in rows:
        day = dt.date.fromisoformat(on_date)
        key = (kind, day.weekday(), _find_hour(slot, zone, hours))
        is_attempt, is_answered = direction != "in", not no_answer
        if is_attempt and kind in WRITTEN:
            is_answered = _is_within(day, replied_on, reply_days)
            is_attempt = is_answered or (today - day).days > reply_days
        counted = count * is_attempt
        yield key, (count, counted, counted * is_answered, count * (direction == "in"))


def _find_hour(slot: str, zone: str, known: dict[str, int]) -> int | None:
    """Return the local hour of an instant that is cut after the tens of its minutes."""
    if len(slot) < 15:
        return None
    if slot not in known:
        known[slot] = dates.from_instant(f"{slot}0:00Z", zone).hour
    return known[slot]


def _is_within(day: dt.date, replied_on: str | None, reply_days: int) -> bool:
    if not replied_on:
        return False
    return (dt.date.fromisoformat(replied_on) - day).days <= reply_days


def _sum_tallies(
    found: Iterable[tuple[tuple[str, int, int | None], tuple[int, int, int, int]]],
) -> list[Tally]:
    sums: dict[tuple[str, int, int | None], list[int]] = {}
    for key, numbers in found:
        known = sums.setdefault(key, [0, 0, 0, 0])
        for at, number in enumerate(numbers):
            known[at] += number
    ordered = sorted(sums, key=lambda key: (key[0], key[1], -1 if key[2] is None else key[2]))
    return [Tally(*key, *sums[key]) for key in ordered]
