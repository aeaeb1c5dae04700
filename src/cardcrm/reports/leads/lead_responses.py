"""Measure how soon leads get their first response, by the owner of the lead.

The first response is that of `first_response`. Times are known only where the lead and the touch
have one; a lead that was answered on a day without a time counts as answered, with no time.
"""

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Any

from cardcrm.reports.leads.first_response import response_sql
from cardcrm.reports.pipeline.deal_scope import DealScope
from cardcrm.reports.scope import contact_condition
from cardcrm.reports.statistics.quantiles import find_median
from cardcrm.store import Store
from cardcrm.text import fold

_HOUR = 3600
_SLOW = 0.9  # nine of ten are answered within this quantile of the times


@dataclass
class LeadResponses:
    """The leads of an owner, perhaps of a month, and the seconds to their first responses."""

    owner: str
    month: str
    leads: int = 0
    answered: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def median_hours(self) -> float | None:
        """The median of the hours to the first response."""
        return find_median(self.times) / _HOUR if self.times else None

    @property
    def slow_hours(self) -> float | None:
        """The hours within which nine of ten were answered, by nearest rank."""
        if not self.times:
            return None
        return sorted(self.times)[math.ceil(_SLOW * len(self.times)) - 1] / _HOUR

    @property
    def within_hour(self) -> float | None:
        """The share of the times that are at most an hour."""
        if not self.times:
            return None
        return sum(each <= _HOUR for each in self.times) / len(self.times)


def read_lead_responses(
    store: Store, scope: DealScope, *, by_month: bool = False
) -> list[LeadResponses]:
    """Return the responses by owner, of leads that came in on the days of a scope."""
    found: dict[tuple[str, str], LeadResponses] = {}
    owners = set(map(fold, scope.owners))
    for owner, day, received, answered in _read_leads(store, scope):
        if owners and fold(owner) not in owners:
            continue
        month = day[:7] if by_month else ""
        group = found.setdefault((month, fold(owner)), LeadResponses(owner, month))
        group.leads += 1
        group.answered += answered is not None
        if received and answered and "T" in answered:
            start, end = map(dt.datetime.fromisoformat, (received, answered))
            group.times.append(max(0.0, (end - start).total_seconds()))
    return [found[key] for key in sorted(found)]


def _read_leads(store: Store, scope: DealScope) -> list[Any]:
    """Return owner, day, instant and first response of the leads."""
    condition: str = "1 = 1"
    params: dict[str, Any] = {}
    if scope.where is not None:
        condition, params = contact_condition(store, scope.where, "l.contact_id")
    return store.rows(
        f"SELECT l.owner, l.received_on, l.received_at, {response_sql('l')} AS answered "
        "FROM lead l WHERE l.received_on >= :since AND l.received_on <= :until "
        f"AND {condition} ORDER BY l.id",
        since=str(scope.since),
        until=str(scope.until),
        **params,
    )
