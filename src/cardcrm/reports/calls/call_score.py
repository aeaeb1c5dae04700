"""Score the contacts that may be rung now, by points that each have a reason.

Points are added: a due promise 50 and a due reminder 30, with 1 more for each day that it is late,
up to 10, and 1 for each level of priority; a lead without an answer 40 in its first day and
1 less for each later one, down to 15, an answered one 10; an open deal 20 × its probability, and 5
if its close is near or past; a touch that is overdue 10 and 1 for each day, up to 10; value at risk
4 × the power of ten of its amount, up to 20. A later step of a deal hides that deal, and a call
that is planned for later hides all but what is due. The hour moves the
sum by up to 10: the expected rate of answers now against the usual one. A call without an answer
today takes off 15. Outside opening hours a tenth of the sum is left.
"""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cardcrm import dates
from cardcrm.money import count_decimals, format_money
from cardcrm.reports.calls.candidate import Candidate, DueStep, OpenDeal, OpenLead
from cardcrm.reports.calls.opening_hours import OpeningHours, parse_hours
from cardcrm.text import shorten

PROMISE, REMINDER, LEAD, ANSWERED_LEAD, DEAL, TOUCH = 50, 30, 40, 10, 20, 10
CLOSE_IS_NEAR, MOST_LATE, MOST_VALUE, MOST_HOUR, TRY = 5, 10, 20, 10, 15
_LEAST_LEAD = 15
_NEAR_DAYS = 7
_CLOSED_SHARE = 0.1
_LONGEST = 40  # characters of a text in a reason
USUAL_HOURS = "Mon-Fri 9:00-18:00"  # of a contact whose hours are unknown


class Point(NamedTuple):
    """Points, and their reason in words."""

    points: int
    reason: str


@dataclass(frozen=True)
class Call:
    """A contact to ring: its score, and the points that add up to it outside of closed hours.

    ``local`` is the time where the contact is, and ``opens`` when it opens if it is closed now.
    ``points`` do not say so, see `closing`.
    """

    candidate: Candidate
    score: int
    points: tuple[Point, ...]
    local: dt.datetime
    opens: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Return whether the contact is within its opening hours."""
        return self.opens is None

    @property
    def reason(self) -> str:
        """The reasons in words, the one with the most points first; closed hours at the end."""
        return "; ".join(each.reason for each in self.all_points)

    @property
    def closing(self) -> str:
        """Return when the contact opens and what that costs; an empty text if it is open."""
        if self.opens is None:
            return ""
        opening = describe_opening(self.opens, self.local)
        return f"closed until {opening} (a tenth of the points counts)"

    @property
    def all_points(self) -> tuple[Point, ...]:
        """The points, and that the contact is closed."""
        return (*self.points, Point(0, self.closing)) if self.closing else self.points

    @property
    def due(self) -> dt.date | None:
        """The day of the first step that is due."""
        return self.candidate.steps[0].day if self.candidate.steps else None


def score_call(candidate: Candidate, now: dt.datetime) -> Call | None:
    """Return the call of a contact at a local moment; None if nothing speaks for it."""
    reasons = list(_list_reasons(candidate, now))
    if not reasons:
        return None
    reasons.sort(key=lambda each: -each.points)
    local, opens = find_opening(candidate.zone, candidate.hours, now)
    more = [*_score_hour(candidate, now), *_score_tries(candidate)]
    total = sum(each.points for each in (*reasons, *more))
    points = (*reasons, *(each for each in more if each.points or each.reason))
    if opens is not None:
        total = round(total * _CLOSED_SHARE)
    if candidate.zone and local.utcoffset() != now.utcoffset():
        points = (*points, Point(0, f"{local:%H:%M} there ({candidate.zone})"))
    return Call(candidate, max(total, 0), points, local, opens)


def find_opening(
    zone: str, hours: OpeningHours | None, now: dt.datetime
) -> tuple[dt.datetime, dt.datetime | None]:
    """Return the time in a zone, and the next opening there if it is closed now.

    Unknown hours are the usual ones.
    """
    local = dates.from_instant(now.isoformat(), zone) if zone else now
    known = hours or _usual_hours()
    return local, None if known.is_open(local) else known.find_next(local)


def _usual_hours() -> OpeningHours:
    hours = parse_hours(USUAL_HOURS)
    assert hours is not None
    return hours


def describe_opening(opens: dt.datetime, local: dt.datetime) -> str:
    """Return when a contact opens, with the weekday unless it is that of ``local``."""
    day = "" if opens.date() == local.date() else f"{opens:%a} "
    return f"{day}{opens:%H:%M}"


def _list_reasons(candidate: Candidate, now: dt.datetime) -> Iterator[Point]:
    today = now.date()
    for each in candidate.steps:
        yield _score_step(each, now)
    if not candidate.planned.has_call:
        if candidate.lead is not None:
            yield _score_lead(candidate.lead, now)
        with_step = candidate.planned.deal_ids
        yield from (
            _score_deal(each, today) for each in candidate.deals if each.id not in with_step
        )
        if candidate.touch_by is not None and candidate.touch_by <= today:
            late = (today - candidate.touch_by).days
            text = f"last touch is {_days(late)} overdue" if late else "a touch is due today"
            yield Point(TOUCH + min(MOST_LATE, late), text)
        if candidate.risk is not None:
            yield _score_risk(candidate)


def _score_step(step: DueStep, now: dt.datetime) -> Point:
    late = max(0, (now.date() - step.day).days)
    when = f" {_days(late)} late" if late else " due today"
    if step.at is not None and not late:
        when = f" due at {step.at:%H:%M}"
    word = "promised:" if step.is_promise else "to do:"
    points = (PROMISE if step.is_promise else REMINDER) + min(MOST_LATE, late) + step.priority
    return Point(points, f"{word} {shorten(step.text, _LONGEST)},{when}")


def _score_lead(lead: OpenLead, now: dt.datetime) -> Point:
    what = f": {shorten(' '.join(lead.text.split()), _LONGEST)}" if lead.text else ""
    if lead.is_answered:
        return Point(ANSWERED_LEAD, f"lead{what}")
    days = max(0, (now.date() - lead.received_on).days)
    wait = f"waits for {_days(days)}" if days else "came in today"
    if lead.received_at is not None and not days:
        minutes = max(0, int((now - lead.received_at).total_seconds() // 60))
        wait = f"came in {minutes} minutes ago" if minutes < 120 else "came in today"
    return Point(max(_LEAST_LEAD, LEAD - days), f"new lead {wait}{what}")


def _score_deal(deal: OpenDeal, today: dt.date) -> Point:
    points = round(DEAL * deal.probability)
    close = ""
    if deal.close_on is not None and (deal.close_on - today).days <= _NEAR_DAYS:
        points += CLOSE_IS_NEAR
        close = ", close is past" if deal.close_on < today else ", closes soon"
    amount = f" {format_money(deal.amount)}" if deal.amount else ""
    name = shorten(deal.title, _LONGEST)
    return Point(points, f"deal {name}{amount} in {deal.stage} ({deal.probability:.0%}){close}")


def _score_risk(candidate: Candidate) -> Point:
    assert candidate.risk is not None
    amount, reason = candidate.risk
    value = amount.minor / 10 ** count_decimals(amount.currency)
    points = min(MOST_VALUE, round(4 * math.log10(1 + value)))
    return Point(points, f"{format_money(amount)} a year at risk: {reason}")


def _score_hour(candidate: Candidate, now: dt.datetime) -> Iterator[Point]:
    """Yield the points of the hour, and the best hour by past answers if it is known."""
    expected, usual = candidate.rates.get(now.hour), candidate.rates.get(-1)
    points = 0
    if expected is not None and usual:
        points = max(-MOST_HOUR, min(MOST_HOUR, round(MOST_HOUR * (expected / usual - 1))))
    if candidate.best is not None:
        counts = candidate.best.counts
        basis = f"{counts.answered} of {counts.attempts} calls answered"
        now_ = " is now" if candidate.best.name == f"{now:%H}:00" else f" is {candidate.best.name}"
        yield Point(points, f"the best hour{now_} ({basis})")
    elif points:
        yield Point(points, f"calls are answered {'more' if points > 0 else 'less'} at this hour")


def _score_tries(candidate: Candidate) -> Iterator[Point]:
    if candidate.tries:
        last = max((each for each in candidate.tries if each is not None), default=None)
        when = f"at {last:%H:%M}" if last is not None else "today"
        yield Point(-TRY * len(candidate.tries), f"no answer {when}")


def _days(count: int) -> str:
    return f"{count:,} day{'s' * (count != 1)}"
