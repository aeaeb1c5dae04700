"""A contact that may be rung, with all that speaks for it or against it."""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.reports.behavior.answer_rates import AnswerRate
from cardcrm.reports.calls.opening_hours import OpeningHours


class DueStep(NamedTuple):
    """An open reminder: its moment is None where only the day is known."""

    id: int
    text: str
    day: dt.date
    at: dt.datetime | None
    is_promise: bool
    priority: int


class OpenDeal(NamedTuple):
    """An open deal; the probability is a share."""

    id: int
    title: str
    stage: str
    probability: float
    amount: Money | None
    close_on: dt.date | None


class OpenLead(NamedTuple):
    """An open lead; ``is_answered`` if something went out since it came in."""

    id: int
    text: str
    received_on: dt.date
    received_at: dt.datetime | None
    is_answered: bool
    score: int = 0


class RiskyValue(NamedTuple):
    """The value at risk of a customer who is silent for longer than usual."""

    amount: Money
    reason: str


class Planned(NamedTuple):
    """The later plans with a contact: whether there is a call, and the deals that have a step."""

    has_call: bool = False
    deal_ids: frozenset[int] = frozenset()


NOTHING_PLANNED = Planned()


@dataclass(frozen=True)
class Candidate:
    """A contact with a phone number. ``tries`` are the calls without an answer today."""

    contact_id: int
    name: str
    org: str
    phone: str
    zone: str = ""
    hours: OpeningHours | None = None
    steps: tuple[DueStep, ...] = ()
    deals: tuple[OpenDeal, ...] = ()
    lead: OpenLead | None = None
    touch_by: dt.date | None = None
    risk: RiskyValue | None = None
    planned: Planned = NOTHING_PLANNED
    tries: tuple[dt.datetime | None, ...] = ()
    best: AnswerRate | None = None
    rates: dict[int, float] = field(default_factory=dict)

    def with_rates(self, best: AnswerRate | None, rates: dict[int, float]) -> "Candidate":
        """Return the candidate with the expected rates of answered calls by hour."""
        return replace(self, best=best, rates=rates)
