"""Judge whether a customer is active, late or likely lost: one rule for all cards and lists.

Where a fitted model has won its backtest, its probability of being active decides: below 50% the
customer is likely lost. Otherwise the customer's own habit decides: silent for more than twice the
usual interval is likely lost. In both cases a customer who is not lost, but silent for longer than
usual, is late. `load_chances` returns the probabilities of such a model, and no others.

RFM standings compare a customer with all others, so they can differ from the verdict, which
compares with the customer's own past; `describe_standing` says so.
"""

from typing import NamedTuple

from cardcrm.records.sales import rfm

ACTIVE, LATE, LOST, TOO_EARLY = "active", "late", "likely lost", "too early to tell"
BY_MODEL, BY_HABIT = "model", "habit"
LOST_FACTOR = 2  # silent for more usual intervals than this, a customer is likely lost
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


def judge(silent_days: int, usual_days: float | None, p_active: float | None = None) -> Verdict:
    """Return the verdict on a customer who has been silent for some days.

    ``usual_days`` is the median number of days between the customer's purchases, None without a
    habit. ``p_active`` is the probability of being active by a model that has won its backtest,
    None without one.
    """
    is_late = usual_days is not None and silent_days > round(usual_days)
    if p_active is not None:
        if p_active < LEAST_CHANCE:
            return Verdict(LOST, BY_MODEL, p_active)
        return Verdict(LATE if is_late else ACTIVE, BY_MODEL, p_active)
    if usual_days is None:
        return Verdict(TOO_EARLY, "")
    if silent_days > LOST_FACTOR * usual_days:
        return Verdict(LOST, BY_HABIT)
    return Verdict(LATE if is_late else ACTIVE, BY_HABIT)


def describe_standing(standing: str, verdict: Verdict) -> str:
    """Return an RFM standing, with the verdict where the two words seem to differ."""
    if verdict.state == LOST and standing in _GOOD:
        return f"{standing} among all customers, but {LOST} by their own past"
    if verdict.state == ACTIVE and standing in _BAD:
        return f"{standing} among all customers, but {ACTIVE} by their own past"
    return standing
