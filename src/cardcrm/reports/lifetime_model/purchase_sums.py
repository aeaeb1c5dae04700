"""Put the log-likelihood of the BG/NBD model together from its sums over customers.

Fader, Hardie and Lee (2005), equation 6: the likelihood of a customer is A1 A2 (A3 + A4). With u
and v the logarithms of A3 and A4, and w = e^v / (e^u + e^v), the derivatives of ln(e^u + e^v) are

- u' + w (v' - u')
- (1 - w) u'' + w v'' + w (1 - w) (v' - u')²

A1 and A2 have quotients of gamma functions, which are products because purchases are whole numbers:
the sum over customers of ln Γ(r + x) / Γ(r) is the sum over j of ln(r + j) × the customers with
more than j repeat purchases.
"""

from collections.abc import Sequence
from math import log
from typing import NamedTuple

from cardcrm.reports.lifetime_model.newton import Derivatives, Vector


class PurchaseSums(NamedTuple):
    """Sums over customers of ln(A3 + A4) and of the parts of its derivatives.

    ``w`` is the weight of A4, ``q`` is w (1 - w), ``d_r`` and ``d_alpha`` are derivatives of v - u,
    and ``i`` is 1 / (b + x - 1). Customers without repeat purchases have the weight 0.
    """

    value: float
    by_r: float
    by_alpha: float
    r_alpha: float
    alpha_alpha: float
    w: float
    w_i: float
    q: float
    q_d_r: float
    q_d_r_d_r: float
    q_d_alpha: float
    q_i: float
    q_d_r_i: float
    q_d_alpha_i: float
    wq_i_i: float


def combine(point: Vector, sums: PurchaseSums, tail: Sequence[int], customers: int) -> Derivatives:
    """Return the log-likelihood with its derivatives by r, α, a and b."""
    r, alpha, a, _ = point
    products = _sum_products(point, tail)
    gradient = (
        sums.by_r + products.by_r + customers * log(alpha),
        sums.by_alpha + customers * r / alpha,
        sums.w / a - products.by_ab,
        products.by_b - products.by_ab - sums.w_i,
    )
    r_alpha = sums.r_alpha + customers / alpha
    a_b = products.ab_ab - sums.q_i / a
    r_a, alpha_a = sums.q_d_r / a, sums.q_d_alpha / a
    hessian = (
        (sums.q_d_r_d_r - products.r_r, r_alpha, r_a, -sums.q_d_r_i),
        (r_alpha, sums.alpha_alpha - customers * r / alpha**2, alpha_a, -sums.q_d_alpha_i),
        (r_a, alpha_a, products.ab_ab + (sums.q - sums.w) / a**2, a_b),
        (-sums.q_d_r_i, -sums.q_d_alpha_i, a_b, products.ab_ab - products.b_b + sums.wq_i_i),
    )
    value = sums.value + products.value + customers * r * log(alpha)
    return Derivatives(value, gradient, hessian)


class _Products(NamedTuple):
    """Sums over j of ln (r + j)(b + j) / (a + b + j), and of the parts of its derivatives."""

    value: float
    by_r: float
    by_b: float
    by_ab: float
    r_r: float
    b_b: float
    ab_ab: float


def _sum_products(point: Vector, tail: Sequence[int]) -> _Products:
    r, _, a, b = point
    value = by_r = by_b = by_ab = r_r = b_b = ab_ab = 0.0
    for j, customers in enumerate(tail):
        of_r, of_b, of_ab = 1 / (r + j), 1 / (b + j), 1 / (a + b + j)
        value += customers * log((r + j) * (b + j) * of_ab)
        by_r += customers * of_r
        by_b += customers * of_b
        by_ab += customers * of_ab
        r_r += customers * of_r * of_r
        b_b += customers * of_b * of_b
        ab_ab += customers * of_ab * of_ab
    return _Products(value, by_r, by_b, by_ab, r_r, b_b, ab_ab)


def count_tail(repeats: Sequence[int], customers: Sequence[int]) -> list[int]:
    """Return for each j from 0 the number of customers with more than j repeat purchases."""
    counts = [0] * (max(repeats, default=0) + 1)
    for number, of in zip(repeats, customers, strict=True):
        counts[number] += of
    tail, after = [], sum(counts)
    for here in counts[:-1]:
        after -= here
        tail.append(after)
    return tail
