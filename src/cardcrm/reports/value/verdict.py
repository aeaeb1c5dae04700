"""Judge whether a customer is active, late or likely lost: one rule for all cards and lists.

Where a fitted model has won its backtest, its probability of being active decides: below 50% the
customer is likely lost. Otherwise the customer's own habit decides, by the rule of
`reports.habits`. In both cases a customer who is not lost, but late by that rule, is late.
`load_chances` returns the probabilities of such a model, and no others.

RFM standings compare a customer with all others, so they can differ from the verdict, which
compares with the customer's own past; `describe_standing` says so.
"""

from typing import NamedTuple

from cardcrm.records.sales import rfm
from cardcrm.reports.habits import Habit

ACTIVE, LATE, LOST, TOO_EARLY = "active", "late", "likely lost", "too early to tell"
BY_MODEL, BY_HABIT = "model", "habit"
LEAST_CHANCE = 0.5  # of being active; with less, a customer is likely lost

_GOOD = {rfm.CHAMPIONS, rfm.LOYAL, rfm.POTENTIAL_LOYAL, rfm.NEW, rfm.PROMISING}
_BAD = {rfm.ABOUT_TO_SLEEP, rfm.AT_RISK, rfm.CANNOT_LOSE, rfm.HIBERNATING, rfm.LOST}


class Verdict(NamedTuple):
    """The state of a customer, and its basis: ``model`` or ``habit``, "" if it is too early.

    ``p_active`` is the probability of being active, None where the habit decides.
    """

    state: str
    basis: str
    p_active: float | None = None


def judge(habit: Habit | None, p_active: float | None = None) -> Verdict:
    """Return the verdict on a customer with a habit, None if it is too early for one.

    ``p_active`` is the probability of being active by a model that has won its backtest, None
    without one.
    """
    is_late = habit is not None and habit.is_late
    if p_active is not None:
        if p_active < LEAST_CHANCE:
            return Verdict(LOST, BY_MODEL, p_active)
        return Verdict(LATE if is_late else ACTIVE, BY_MODEL, p_active)
    if habit is None:
        return Verdict(TOO_EARLY, "")
    if habit.is_likely_lost:
        return Verdict(LOST, BY_HABIT)
    return Verdict(LATE if is_late else ACTIVE, BY_HABIT)


def describe_standing(standing: str, verdict: Verdict) -> str:
    """Return an RFM standing, with the verdict where the two words seem to differ."""
    if verdict.state == LOST and standing in _GOOD:
        return f"{standing} among all customers, but {LOST} by their own past"
    if verdict.state == ACTIVE and standing in _BAD:
        return f"{standing} among all customers, but {ACTIVE} by their own past"
    return standing
