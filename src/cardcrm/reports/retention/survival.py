"""Fit the shifted-beta-geometric model to renewals, and project the survival of subscriptions.

Each subscription is given up at every renewal with its own constant probability; over all
subscriptions this probability has a beta distribution with the parameters alpha and beta. The rate
of renewal therefore rises with age, because those who tend to leave have left. With the share

> survival(t) = (beta + t − 1) / (alpha + beta + t − 1) × survival(t − 1), survival(0) = 1

the likelihood needs only the numbers of subscriptions that faced each renewal and that renewed. The
model is that of P. Fader and B. Hardie, “How to Project Customer Retention”, Journal of Interactive
Marketing 21 (2007).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cardcrm.reports.lifetime_model.newton import Derivatives, Vector, maximize

MIN_SUBSCRIPTIONS = 20
MIN_RENEWALS = 3  # observed ages
MIN_ENDED = 5


class Renewal(NamedTuple):
    """The subscriptions that faced one renewal, the first being 1, and those that renewed."""

    faced: int
    renewed: int


class Run(NamedTuple):
    """A number of subscriptions that were renewed ``renewals`` times; others have ended."""

    renewals: int
    is_alive: bool
    size: int


@dataclass(frozen=True)
class SurvivalModel:
    """The fitted parameters. ``log_likelihood`` is that of the renewals."""

    alpha: float
    beta: float
    log_likelihood: float

    def rate(self, renewal: int) -> float:
        """Return the probability that a subscription that is due for a renewal is renewed."""
        return (self.beta + renewal - 1) / (self.alpha + self.beta + renewal - 1)

    def survival(self, renewals: int) -> float:
        """Return the share of subscriptions that are renewed at least that often."""
        return math.prod(self.rate(each) for each in range(1, renewals + 1))


def count_renewals(runs: Iterable[Run]) -> list[Renewal]:
    """Return how many subscriptions faced each renewal, and how many renewed."""
    faced: dict[int, int] = {}
    renewed: dict[int, int] = {}
    for run in runs:
        for each in range(1, run.renewals + 1):
            renewed[each] = renewed.get(each, 0) + run.size
        for each in range(1, run.renewals + (not run.is_alive) + 1):
            faced[each] = faced.get(each, 0) + run.size
    return [Renewal(faced[each], renewed.get(each, 0)) for each in sorted(faced)]


def observe_survival(renewals: Iterable[Renewal]) -> list[float]:
    """Return the observed share of survivors after each renewal, by Kaplan and Meier."""
    found, share = [], 1.0
    for each in renewals:
        share *= each.renewed / each.faced
        found.append(share)
    return found


def fit_survival(renewals: Sequence[Renewal]) -> SurvivalModel | None:
    """Return the model with the maximum of the likelihood; None if the data do not tell it."""
    ended = sum(each.faced - each.renewed for each in renewals)
    if not ended or ended == sum(each.faced for each in renewals):
        return None
    found = maximize(lambda point: _likelihood(point, renewals, ended), (1.0, 1.0))
    alpha, beta = found.point
    return SurvivalModel(alpha, beta, found.value) if found.is_inside else None


def _likelihood(point: Vector, renewals: Sequence[Renewal], ended: int) -> Derivatives:
    """Return the log-likelihood with its derivatives by alpha and beta."""
    alpha, beta = point
    value = ended * math.log(alpha)
    by_alpha, by_beta = ended / alpha, 0.0
    twice_alpha, twice_beta, mixed = -ended / alpha**2, 0.0, 0.0
    for number, each in enumerate(renewals):
        kept, all_ = beta + number, alpha + beta + number
        value += each.renewed * math.log(kept) - each.faced * math.log(all_)
        by_alpha -= each.faced / all_
        by_beta += each.renewed / kept - each.faced / all_
        mixed += each.faced / all_**2
        twice_beta -= each.renewed / kept**2
    return Derivatives(
        value,
        (by_alpha, by_beta),
        ((twice_alpha + mixed, mixed), (mixed, twice_beta + mixed)),
    )
