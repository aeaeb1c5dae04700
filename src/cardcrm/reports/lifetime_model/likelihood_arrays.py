"""The log-likelihoods of both models in NumPy, for many customers; see `likelihood`."""

import numpy as np
from numpy.typing import NDArray

from cardcrm.reports.lifetime_model.histories import PurchasePatterns, SpendPatterns
from cardcrm.reports.lifetime_model.likelihood import Function
from cardcrm.reports.lifetime_model.newton import Derivatives, Vector
from cardcrm.reports.lifetime_model.purchase_sums import PurchaseSums, combine, count_tail
from cardcrm.reports.lifetime_model.spend_sums import SpendConstants, SpendSums, combine_spend

Floats = NDArray[np.float64]


def purchase_likelihood(patterns: PurchasePatterns) -> Function:
    """Return the log-likelihood of the BG/NBD model as a function of r, α, a and b."""
    x, recency, age, n = (np.asarray(column, dtype=np.float64) for column in patterns)
    is_single = x == 0
    single = age[is_single], n[is_single]
    repeating = tuple(column[~is_single] for column in (x, recency, age, n))
    tail = count_tail(patterns.repeats, patterns.customers)
    total = sum(patterns.customers)

    def compute(point: Vector) -> Derivatives:
        sums = [
            one + other
            for one, other in zip(
                _sum_single(point, *single), _sum_repeating(point, *repeating), strict=True
            )
        ]
        return combine(point, PurchaseSums(*sums), tail, total)

    return compute


def _sum_single(point: Vector, age: Floats, n: Floats) -> PurchaseSums:
    r, alpha = point[0], point[1]
    inverse = 1 / (alpha + age)
    logarithm = _dot(n, np.log(alpha + age))
    once, twice = _dot(n, inverse), _dot(n, inverse * inverse)
    none = (0.0,) * 10
    return PurchaseSums(-r * logarithm, -logarithm, -r * once, -once, r * twice, *none)


def _dot(one: Floats, other: Floats) -> float:
    """Return the sum of the products; on a busy machine the threads of ``@`` take 30 ms for it."""
    return float(np.einsum("i,i", one, other))


def _sum_repeating(
    point: Vector, x: Floats, recency: Floats, age: Floats, n: Floats
) -> PurchaseSums:
    r, alpha, a, b = point
    k, i = r + x, 1 / (b + x - 1)
    of_age, of_recency = 1 / (alpha + age), 1 / (alpha + recency)
    log_age = np.log(alpha + age)
    d_r = log_age - np.log(alpha + recency)
    d_alpha = k * (of_age - of_recency)
    odds = np.exp(np.minimum(np.log(a * i) + k * d_r, 700.0))
    nw = n * (odds / (1 + odds))
    nq = nw / (1 + odds)
    rest = n - nw
    q_r, q_alpha = nq * d_r, nq * d_alpha
    return PurchaseSums(
        _dot(n, np.log1p(odds) - k * log_age),
        _dot(nw, d_r) - _dot(n, log_age),
        _dot(nw, d_alpha) - _dot(n, k * of_age),
        _dot(q_r, d_alpha) - _dot(rest, of_age) - _dot(nw, of_recency),
        _dot(q_alpha, d_alpha) + _dot(k, rest * of_age * of_age + nw * of_recency * of_recency),
        float(nw.sum()),
        _dot(nw, i),
        float(nq.sum()),
        float(q_r.sum()),
        _dot(q_r, d_r),
        float(q_alpha.sum()),
        _dot(nq, i),
        _dot(q_r, i),
        _dot(q_alpha, i),
        _dot(nw + nq, i * i),
    )


def spend_likelihood(patterns: SpendPatterns) -> Function:
    """Return the log-likelihood of the Gamma-Gamma model as a function of p, q and v."""
    x, totals, n = (np.asarray(column, dtype=np.float64) for column in patterns)
    n_x = n * x
    constants = SpendConstants.build(patterns)

    def compute(point: Vector) -> Derivatives:
        logarithm, of = np.log(totals + point[2]), 1 / (totals + point[2])
        square = of * of
        sums = (_dot(weight, column) for column in (logarithm, of, square) for weight in (n, n_x))
        return combine_spend(point, SpendSums(*sums), constants)

    return compute
