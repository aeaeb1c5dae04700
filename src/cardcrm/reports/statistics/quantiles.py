"""Medians, and other quantiles by nearest rank."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

Number = TypeVar("Number", int, float)


def find_median(numbers: Iterable[float]) -> float:
    """Return the median of some numbers. Raises IndexError without any."""
    return find_sorted_median(sorted(numbers))


def find_sorted_median(ordered: Sequence[float]) -> float:
    """Return the median of numbers in rising order. Raises IndexError without any."""
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[middle])
    return (ordered[middle - 1] + ordered[middle]) / 2


def find_counted_median(counts: Mapping[Number, int]) -> float:
    """Return the median of numbers by how often each occurs. Raises IndexError without any."""
    total = sum(counts.values())
    low, high = find_ranks(sorted(counts), counts, ((total - 1) // 2, total // 2))
    return (low + high) / 2


def find_ranks(
    ordered: Sequence[Number], counts: Mapping[Number, int], ranks: Iterable[int]
) -> list[Number]:
    """Return the values at some ranks, which start at 0 and rise.

    ``ordered`` are the values in their order, and ``counts`` tells how often each occurs.
    """
    found = []
    at, seen = 0, counts[ordered[0]]
    for rank in ranks:
        while seen <= rank:
            at += 1
            seen += counts[ordered[at]]
        found.append(ordered[at])
    return found
