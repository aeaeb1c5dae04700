"""The weekday and the hour at which contacts answer best, by one rule for every report.

A best time needs `MIN_ATTEMPTS` attempts at some weekday or hour; it is the one whose expected rate
is highest.
"""

from collections.abc import Sequence

from cardcrm import dates
from cardcrm.reports.behavior.answer_rates import (
    MIN_ATTEMPTS,
    AnswerRate,
    AnswerReport,
    build_rates,
)
from cardcrm.reports.behavior.attempts import Tally, read_tallies
from cardcrm.reports.scope import Scope
from cardcrm.store import Store


def choose_best_time(rates: Sequence[AnswerRate]) -> AnswerRate | None:
    """Return the rate that is expected to be highest; of equal ones the one of more attempts.

    None if no rate has enough attempts.
    """
    known = [each for each in rates if each.expected is not None]
    return max(known, key=lambda each: (each.expected or 0.0, each.counts.attempts), default=None)


def find_best_hour(tallies: Sequence[Tally]) -> str | None:
    """Return the hour at which a contact answers calls best, such as ``10:00``.

    None if there are fewer than `MIN_ATTEMPTS` calls at every hour, or if fewer than half of those
    at the best one were answered.
    """
    best = choose_best_time(build_rates(tallies).hours)
    if best is None or 2 * best.counts.answered < best.counts.attempts:
        return None
    return best.name


def read_best_hour(store: Store, contact_id: int) -> int | None:
    """Return the hour of the day at which a contact answers calls best, if it is known."""
    scope = Scope("", dates.today(store.locale.zone))
    best = find_best_hour(read_tallies(store, scope, contact_id=contact_id))
    return int(best[:2]) if best else None


def describe_best_time(found: AnswerReport) -> str:
    """Return the weekday and the hour that are expected to be answered most; empty without any."""
    best = [choose_best_time(rates) for rates in (found.weekdays, found.hours)]
    return " and ".join(_describe(each) for each in best if each is not None)


def _describe(each: AnswerRate) -> str:
    basis = "as of all contacts"
    if each.counts.attempts:
        basis = f"{each.counts.answered:,} of {each.counts.attempts:,} answered"
    return f"{each.name} ({each.expected:.0%} expected, {basis})"


def explain_no_best_time(channel: str) -> str:
    """Return why there is no best time: no weekday and no hour has enough attempts."""
    what = "call" if channel == "call" else f"try a {channel}"
    return f"no best time to {what} yet: no weekday or hour has {MIN_ATTEMPTS} attempts"
