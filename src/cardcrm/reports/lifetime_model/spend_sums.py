"""Put the log-likelihood of the Gamma-Gamma model together from its sums over customers.

Fader and Hardie (2013), equation 1a. With x repeat purchases of the total s, their mean z = s / x,
the logarithm of the likelihood of a customer is

ln Γ(px + q) - ln Γ(px) - ln Γ(q) + q ln v + px ln s - ln z - (px + q) ln(s + v)
"""

from collections import Counter
from math import lgamma, log
from typing import NamedTuple

from cardcrm.reports.lifetime_model.histories import SpendPatterns
from cardcrm.reports.lifetime_model.newton import Derivatives, Vector
from cardcrm.reports.lifetime_model.special_functions import digamma, trigamma


class SpendConstants(NamedTuple):
    """Sums over customers that do not depend on the parameters."""

    by_repeats: tuple[tuple[int, int], ...]  # numbers of repeat purchases with their customers
    customers: int
    x_log_total: float
    log_mean: float

    @classmethod
    def build(cls, patterns: SpendPatterns) -> "SpendConstants":
        """Return the sums for some customers."""
        counts: Counter[int] = Counter()
        x_log_total = log_mean = 0.0
        for x, total, customers in zip(*patterns, strict=True):
            counts[x] += customers
            x_log_total += customers * x * log(total)
            log_mean += customers * log(total / x)
        return cls(tuple(sorted(counts.items())), counts.total(), x_log_total, log_mean)


class SpendSums(NamedTuple):
    """Sums over customers of ln(s + v), 1 / (s + v) and its square; also with the factor x."""

    value: float
    x_value: float
    inverse: float
    x_inverse: float
    square: float
    x_square: float


def combine_spend(point: Vector, sums: SpendSums, constants: SpendConstants) -> Derivatives:
    """Return the log-likelihood with its derivatives by p, q and v."""
    p, q, v = point
    n, log_v = constants.customers, log(v)
    value = p * constants.x_log_total - constants.log_mean - p * sums.x_value - q * sums.value
    value += n * (q * log_v - lgamma(q))
    by_p = constants.x_log_total - sums.x_value
    by_q = n * (log_v - digamma(q)) - sums.value
    p_p = p_q = 0.0
    q_q = -n * trigamma(q)
    for x, customers in constants.by_repeats:
        value += customers * (lgamma(p * x + q) - lgamma(p * x))
        slope, curve = digamma(p * x + q), trigamma(p * x + q)
        by_p += customers * x * (slope - digamma(p * x))
        by_q += customers * slope
        p_p += customers * x * x * (curve - trigamma(p * x))
        p_q += customers * x * curve
        q_q += customers * curve
    by_v = n * q / v - p * sums.x_inverse - q * sums.inverse
    q_v = n / v - sums.inverse
    v_v = p * sums.x_square + q * sums.square - n * q / v**2
    hessian = (
        (p_p, p_q, -sums.x_inverse),
        (p_q, q_q, q_v),
        (-sums.x_inverse, q_v, v_v),
    )
    return Derivatives(value, (by_p, by_q, by_v), hessian)
