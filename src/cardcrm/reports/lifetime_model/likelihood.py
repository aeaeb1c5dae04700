"""The log-likelihoods of both models with gradient and Hessian, in the standard library.

`likelihood_arrays` has the same sums in NumPy.
"""

from collections.abc import Callable
from math import exp, log, log1p

from cardcrm.reports.lifetime_model.histories import PurchasePatterns, SpendPatterns
from cardcrm.reports.lifetime_model.newton import Derivatives, Vector
from cardcrm.reports.lifetime_model.purchase_sums import PurchaseSums, combine, count_tail
from cardcrm.reports.lifetime_model.spend_sums import SpendConstants, SpendSums, combine_spend

Function = Callable[[Vector], Derivatives]


def purchase_likelihood(patterns: PurchasePatterns) -> Function:
    """Return the log-likelihood of the BG/NBD model as a function of r, α, a and b."""
    rows = list(zip(*patterns, strict=True))
    repeating = [row for row in rows if row[0]]
    single = [(age, customers) for repeats, _, age, customers in rows if not repeats]
    tail = count_tail(patterns.repeats, patterns.customers)
    total = sum(patterns.customers)

    def compute(point: Vector) -> Derivatives:
        return combine(point, _sum_purchases(point, repeating, single), tail, total)

    return compute


def _sum_purchases(
    point: Vector,
    repeating: list[tuple[int, float, float, int]],
    single: list[tuple[float, int]],
) -> PurchaseSums:
    r, alpha, a, b = point
    value = by_r = by_alpha = r_alpha = alpha_alpha = 0.0
    for age, n in single:  # only A3, as without repeat purchases w is 0
        inverse = 1 / (alpha + age)
        logarithm = log(alpha + age)
        value -= n * r * logarithm
        by_r -= n * logarithm
        by_alpha -= n * r * inverse
        r_alpha -= n * inverse
        alpha_alpha += n * r * inverse * inverse
    w_sum = w_i = q_sum = q_d_r = q_d_r_d_r = q_d_alpha = q_i = q_d_r_i = q_d_alpha_i = 0.0
    wq_i_i = 0.0
    log_a = log(a)
    for x, recency, age, n in repeating:
        k = r + x
        i = 1 / (b + x - 1)
        of_age, of_recency = 1 / (alpha + age), 1 / (alpha + recency)
        log_age = log(alpha + age)
        d_r = log_age - log(alpha + recency)
        d_alpha = k * (of_age - of_recency)
        odds = exp(min(log_a + log(i) + k * d_r, 700.0))  # of A4 to A3
        w = odds / (1 + odds)
        nw = n * w
        nq = nw / (1 + odds)
        q_r, q_alpha = nq * d_r, nq * d_alpha
        value += n * (log1p(odds) - k * log_age)
        by_r += nw * d_r - n * log_age
        by_alpha += nw * d_alpha - n * k * of_age
        r_alpha += q_r * d_alpha - (n - nw) * of_age - nw * of_recency
        alpha_alpha += q_alpha * d_alpha + k * (
            (n - nw) * of_age * of_age + nw * of_recency * of_recency
        )
        w_sum += nw
        w_i += nw * i
        q_sum += nq
        q_d_r += q_r
        q_d_r_d_r += q_r * d_r
        q_d_alpha += q_alpha
        q_i += nq * i
        q_d_r_i += q_r * i
        q_d_alpha_i += q_alpha * i
        wq_i_i += (nw + nq) * i * i
    return PurchaseSums(
        value, by_r, by_alpha, r_alpha, alpha_alpha, w_sum, w_i,
        q_sum, q_d_r, q_d_r_d_r, q_d_alpha, q_i, q_d_r_i, q_d_alpha_i, wq_i_i,
    )  # fmt: skip


def spend_likelihood(patterns: SpendPatterns) -> Function:
    """Return the log-likelihood of the Gamma-Gamma model as a function of p, q and v."""
    rows = list(zip(*patterns, strict=True))
    constants = SpendConstants.build(patterns)

    def compute(point: Vector) -> Derivatives:
        v = point[2]
        value = x_value = inverse = x_inverse = square = x_square = 0.0
        for x, total, n in rows:
            logarithm, of = n * log(total + v), 1 / (total + v)
            n_of = n * of
            n_of_of = n_of * of
            value += logarithm
            x_value += x * logarithm
            inverse += n_of
            x_inverse += x * n_of
            square += n_of_of
            x_square += x * n_of_of
        sums = SpendSums(value, x_value, inverse, x_inverse, square, x_square)
        return combine_spend(point, sums, constants)

    return compute
