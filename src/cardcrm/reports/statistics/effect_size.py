"""Effect sizes with their intervals and p-values.

Sources: Newcombe, Statistics in Medicine 17 (1998), method 10; Cliff, Psychological Bulletin 114
(1993), with the interval of Feng and Cliff (2004); Mann and Whitney (1947).
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

from cardcrm.reports.statistics.intervals import Z_95, Interval, newcombe_interval

_LEAST_EXPECTED = 5  # smaller expected counts need the exact test


class Effect(NamedTuple):
    """The size of a difference between two groups, from -1 to 1, its interval and its p-value."""

    size: float
    interval: Interval
    p_value: float


def compare_shares(hits: int, count: int, other_hits: int, other_count: int) -> Effect:
    """Return the difference of two shares. Both groups must have members."""
    return Effect(
        hits / count - other_hits / other_count,
        newcombe_interval(hits, count, other_hits, other_count),
        _test_shares(hits, count, other_hits, other_count),
    )


def _test_shares(hits: int, count: int, other_hits: int, other_count: int) -> float:
    """Return the p-value of the chi-square test, of Fisher's exact test for small counts."""
    total, all_hits = count + other_count, hits + other_hits
    least = min(count, other_count) * min(all_hits, total - all_hits) / total
    if least < _LEAST_EXPECTED:
        return _test_exactly(hits, count, all_hits, total)
    share = all_hits / total
    error = math.sqrt(share * (1 - share) * (1 / count + 1 / other_count))
    return _two_sided((hits / count - other_hits / other_count) / error)


def _two_sided(deviate: float) -> float:
    return math.erfc(abs(deviate) / math.sqrt(2))


def _test_exactly(hits: int, count: int, all_hits: int, total: int) -> float:
    """Return the p-value of Fisher's test: the tables that are as unlikely as the one found."""
    lowest, highest = max(0, count + all_hits - total), min(count, all_hits)
    logs = [
        _log_choose(count, each) + _log_choose(total - count, all_hits - each)
        for each in range(lowest, highest + 1)
    ]
    limit = logs[hits - lowest] + 1e-7
    most = max(logs)
    weights = [math.exp(each - most) for each in logs]
    rare = math.fsum(weight for weight, each in zip(weights, logs, strict=True) if each <= limit)
    return min(1.0, rare / math.fsum(weights))


def _log_choose(count: int, taken: int) -> float:
    return math.lgamma(count + 1) - math.lgamma(taken + 1) - math.lgamma(count - taken + 1)


Counts = Mapping[float, int]


def compare_numbers(counts: Counts, other_counts: Counts) -> Effect:
    """Return Cliff's delta of two groups of numbers, each as value and number of members.

    It is the share of pairs in which the first group is higher less that in which it is lower.
    Both groups need at least two members.
    """
    size, other_size = sum(counts.values()), sum(other_counts.values())
    delta, own_spread, between = _compare_each(counts, other_counts, size, other_size)
    _, other_spread, _ = _compare_each(other_counts, counts, other_size, size)
    pairs = size * other_size
    variance = (
        other_size * other_size * own_spread + size * size * other_spread
        - (between - pairs * delta * delta)
    ) / (pairs * (size - 1) * (other_size - 1))  # fmt: skip
    least = (1 - delta * delta) / (pairs - 1)
    return Effect(
        delta,
        _bound_delta(delta, max(variance, least), min(size, other_size)),
        _test_ranks(delta, counts, other_counts, size, other_size),
    )


def _compare_each(
    counts: Counts, other_counts: Counts, size: int, other_size: int
) -> tuple[float, float, int]:
    """Return the mean dominance, its sum of squares, and the pairs that are not ties."""
    others = sorted(other_counts)
    at = below = untied = 0
    dominances = []
    for value in sorted(counts):
        while at < len(others) and others[at] < value:
            below += other_counts[others[at]]
            at += 1
        above = other_size - below - other_counts.get(value, 0)
        untied += counts[value] * (below + above)
        dominances.append(((below - above) / other_size, counts[value]))
    mean = math.fsum(each * count for each, count in dominances) / size
    spread = math.fsum(count * (each - mean) ** 2 for each, count in dominances)
    return mean, spread, untied


def _bound_delta(delta: float, variance: float, smaller: int) -> Interval:
    """Return the interval of a delta, which is not symmetric."""
    squared = Z_95 * Z_95 * variance
    if abs(delta) == 1:
        bound = (smaller - Z_95 * Z_95) / (smaller + Z_95 * Z_95)
        return Interval(bound, 1.0) if delta > 0 else Interval(-1.0, -bound)
    middle = delta - delta**3
    half = math.sqrt(squared) * math.sqrt((1 - delta * delta) ** 2 + squared)
    scale = 1 - delta * delta + squared
    return Interval(max(-1.0, (middle - half) / scale), min(1.0, (middle + half) / scale))


def _test_ranks(
    delta: float, counts: Counts, other_counts: Counts, size: int, other_size: int
) -> float:
    """Return the p-value of the rank sum test, with ties and continuity corrected."""
    total, pairs = size + other_size, size * other_size
    ties = math.fsum(
        each**3 - each
        for each in (
            counts.get(value, 0) + other_counts.get(value, 0)
            for value in counts.keys() | other_counts.keys()
        )
    )
    variance = pairs / 12 * ((total + 1) - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    return _two_sided(max(0.0, abs(delta) * pairs / 2 - 0.5) / math.sqrt(variance))
