"""The state of leads: their score, their age, and the time to their first response."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardcrm import dates
from cardcrm.records.leads.statuses import ACTIVE
from cardcrm.reports.leads.first_response import response_sql
from cardcrm.reports.leads.lead_score import score_leads
from cardcrm.reports.leads.won_factors import Learned
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks


class LeadState(NamedTuple):
    """The score of a lead, its age, and the time until it was answered.

    ``answered`` is None without a first response; a time is a number of whole days where an hour is
    unknown. ``is_waiting`` tells that an open lead has none.
    """

    score: int
    age: dt.timedelta
    answered: dt.timedelta | None
    is_waiting: bool


def read_states(
    store: Store, ids: Sequence[int], learned: Learned | None = None
) -> Mapping[int, LeadState]:
    """Return the states of some leads by their ids."""
    scores = score_leads(store, ids, learned)
    found: dict[int, LeadState] = {}
    now = dates.now(store.locale.zone)
    for marks, params in chunks(ids):
        sql = (
            "SELECT l.id, l.status, l.received_on, l.received_at, "
            f"{response_sql('l')} AS answered FROM lead l WHERE l.id IN ({marks})"
        )
        for lead_id, status, day, at, answered in store.rows(sql, **params):
            start = at or day
            found[lead_id] = LeadState(
                scores[lead_id].total,
                _time_between(start, now.isoformat(), store.locale.zone),
                _time_between(start, answered, store.locale.zone) if answered else None,
                status in ACTIVE and not answered,
            )
    return found


def _time_between(start: str, end: str, zone: str) -> dt.timedelta:
    """Return the time between two moments; in whole days where one of them is a day."""
    if "T" in start and "T" in end:
        spent = dates.from_instant(end, zone) - dates.from_instant(start, zone)
    else:
        spent = _day_of(end, zone) - _day_of(start, zone)
    return max(spent, dt.timedelta())


def _day_of(moment: str, zone: str) -> dt.date:
    if "T" in moment:
        return dates.from_instant(moment, zone).date()
    return dt.date.fromisoformat(moment)
