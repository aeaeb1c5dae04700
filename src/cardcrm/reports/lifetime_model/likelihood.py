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
    single: list[tuple[float, int]] = []
    repeating: dict[int, list[tuple[float, float, int]]] = {}
    for repeats, recency, age, customers in zip(*patterns, strict=True):
        if repeats:
            repeating.setdefault(repeats, []).append((recency, age, customers))
        else:
            single.append((age, customers))
    tail = count_tail(patterns.repeats, patterns.customers)
    total = sum(patterns.customers)

    def compute(point: Vector) -> Derivatives:
        parts = [_sum_repeating(point, repeats, rows) for repeats, rows in repeating.items()]
        columns = zip(_sum_single(point, single), *parts, strict=True)
        return combine(point, PurchaseSums(*map(sum, columns)), tail, total)

    return compute


def _sum_single(point: Vector, rows: list[tuple[float, int]]) -> PurchaseSums:
    """Return the sums over customers without repeat purchases, by age: only A3, as w is 0."""
    r, alpha = point[0], point[1]
    logarithm = once = twice = 0.0
    for age, n in rows:
        inverse = 1 / (alpha + age)
        logarithm += n * log(alpha + age)
        once += n * inverse
        twice += n * inverse * inverse
    none = (0.0,) * 10
    return PurchaseSums(-r * logarithm, -logarithm, -r * once, -once, r * twice, *none)


def _sum_repeating(
    point: Vector, repeats: int, rows: list[tuple[float, float, int]]
) -> PurchaseSums:
    """Return the sums over the customers with a number of repeat purchases.

    The names are those of `PurchaseSums`, and ``e_alpha`` is ``d_alpha`` / (r + x).
    """
    r, alpha, a, b = point
    k, i = r + repeats, 1 / (b + repeats - 1)
    start = log(a * i)
    value = log_ages = ages = rest_age = rest_age_age = w_recency = w_recency_recency = 0.0
    w = w_d_r = w_e = q = q_d_r = q_d_r_d_r = q_e = q_d_r_e = q_e_e = 0.0
    for recency, age, n in rows:
        of_age, of_recency = 1 / (alpha + age), 1 / (alpha + recency)
        log_age = log(alpha + age)
        d_r = log_age - log(alpha + recency)
        e_alpha = of_age - of_recency
        odds = exp(min(start + k * d_r, 700.0))  # of A4 to A3
        share = 1 / (1 + odds)
        nw = n * odds * share
        nq = nw * share
        value += n * log1p(odds)
        log_ages += n * log_age
        ages += n * of_age
        rest = n * share * of_age
        rest_age += rest
        rest_age_age += rest * of_age
        part = nw * of_recency
        w_recency += part
        w_recency_recency += part * of_recency
        w += nw
        w_d_r += nw * d_r
        w_e += nw * e_alpha
        q += nq
        part = nq * d_r
        q_d_r += part
        q_d_r_d_r += part * d_r
        q_d_r_e += part * e_alpha
        part = nq * e_alpha
        q_e += part
        q_e_e += part * e_alpha
    return PurchaseSums(
        value - k * log_ages,
        w_d_r - log_ages,
        k * (w_e - ages),
        k * q_d_r_e - rest_age - w_recency,
        k * (k * q_e_e + rest_age_age + w_recency_recency),
        w, w * i, q, q_d_r, q_d_r_d_r, k * q_e, q * i, q_d_r * i, k * q_e * i, (w + q) * i * i,
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
