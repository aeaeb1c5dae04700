"""Predict purchases with the BG/NBD model.

A customer buys at random at a rate of their own until, after any purchase, they leave for good with
a probability of their own. Rates differ between customers by a gamma distribution (r, α),
probabilities by a beta distribution (a, b).
"""

from math import exp, expm1, log, log1p
from typing import NamedTuple

from cardcrm.reports.lifetime_model.special_functions import (
    hypergeometric,
    log_hypergeometric,
)

_NEAR_ZERO = 1e-5
_LARGE_A = 50  # beyond it (1 - z) ** a can be below all floats
_LARGE_R = 10  # beyond it Euler's series has large terms of both signs


class PurchaseModel(NamedTuple):
    """The parameters of the BG/NBD model, for time in weeks."""

    r: float
    alpha: float
    a: float
    b: float

    def probability_active(self, repeats: int, recency: float, age: float) -> float:
        """Return the probability that a customer has not left.

        Fader, Hardie and Lee, “Computing P(alive) Using the BG/NBD Model” (2008). It is 1 for a
        customer without repeat purchases, of whom the model cannot tell.
        """
        if not repeats:
            return 1.0
        k = self.r + repeats
        odds = log(self.a / (self.b + repeats - 1))
        odds += k * (log(self.alpha + age) - log(self.alpha + recency))
        return 1 / (1 + exp(min(odds, 700.0)))

    def purchases_if_active(self, repeats: int, age: float, horizon: float) -> float:
        """Return the expected purchases in the next weeks of a customer who is active now.

        Fader, Hardie and Lee (2005), equation 10, without its denominator. Euler's transformation
        of 2F1(r + x, b + x; a + b + x - 1; z) makes its series short and stable, unless a or r is
        large. A fit finds such an a where all customers leave with the same probability, and such
        an r where all buy at the same rate.
        """
        sides = find_regular(self, repeats)
        return sum(_expect(each, repeats, age, horizon) for each in sides) / len(sides)

    def expected_purchases(self, repeats: int, recency: float, age: float, horizon: float) -> float:
        """Return the expected purchases of a customer in the next weeks."""
        active = self.probability_active(repeats, recency, age)
        return active * self.purchases_if_active(repeats, age, horizon)

    def expected_of_new(self, horizon: float) -> float:
        """Return the expected repeat purchases of a new customer, E[X(t)]: equation 9."""
        return self.purchases_if_active(0, 0.0, horizon)


def find_regular(model: PurchaseModel, repeats: int) -> tuple[PurchaseModel, ...]:
    """Return the models whose mean prediction is that of a model: itself, or two beside it.

    At a = 1, and at a + b + x = 1, the formula is 0 / 0.
    """
    by = 2 * _NEAR_ZERO
    if abs(model.a - 1) < _NEAR_ZERO:
        return model._replace(a=1 - by), model._replace(a=1 + by)
    c = model.a + model.b + repeats - 1
    if abs(c) < _NEAR_ZERO:
        return model._replace(b=model.b - c - by), model._replace(b=model.b - c + by)
    return (model,)


def is_uniform(model: PurchaseModel) -> bool:
    """Return whether customers hardly differ, so that Euler's transformation does not help."""
    return model.a > _LARGE_A or model.r > _LARGE_R


def _expect(model: PurchaseModel, repeats: int, age: float, horizon: float) -> float:
    r, alpha, a, b = model
    c = a + b + repeats - 1
    z = horizon / (alpha + age + horizon)
    if is_uniform(model):
        k = r + repeats
        size, sign = log_hypergeometric(k, b + repeats, c, z)
        size += k * log1p(-z)
        return c / (a - 1) * (-expm1(size) if sign > 0 else 1 + exp(size))
    series = hypergeometric(a + b - 1 - r, a - 1, c, z)
    shrunk: float = (1 - z) ** (a - 1)
    return c / (a - 1) * (1 - shrunk * series)
