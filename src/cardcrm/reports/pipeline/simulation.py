"""Draw the sum of deals, each won or lost by its probability, many times.

All draws are made at once: bit number k of an integer belongs to draw k, so that one operation on
integers of 10,000 bits serves 10,000 draws. Python itself is fast enough for that: 2,000 deals take
0.2 s. The draws have a seed, so that a report does not change from one call to the next.
"""

import functools
import math
import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

DRAWS = 10_000
ALL = 100_000  # thousandths of a percent
_BITS = 24  # of a probability; the error is below 0.00001 %


class Chance(NamedTuple):
    """A deal in a simulation: its amount in minor units, its probability in thousandths of 1 %."""

    amount: int
    probability: int


class Rest(NamedTuple):
    """Further deals, of which only the sum is drawn, by a normal distribution."""

    mean: float = 0.0
    variance: float = 0.0


NO_REST = Rest()


def draw_sums(chances: Iterable[Chance], seed: str, rest: Rest = NO_REST) -> list[float]:
    """Return the sums of the deals that are won, by draw, in rising order."""
    source = random.Random(seed)  # noqa: S311 # draws of a simulation
    planes: list[int] = []  # bit by bit: the number 2**n is in the sum of the draws of planes[n]
    for each in chances:
        if each.amount and each.probability:
            _add(planes, each.amount, _draw_wins(source, each.probability))
    sums: list[float] = [*_read_sums(planes)]
    if rest.mean:
        width = math.sqrt(rest.variance)
        sums = [
            known + rest.mean + width * normal
            for known, normal in zip(sums, _draw_normals(), strict=True)
        ]
    return sorted(sums)


@functools.cache
def _draw_normals() -> list[float]:
    """Return draws of the standard normal distribution; each sum takes the same ones."""
    source = random.Random("normal")  # noqa: S311 # draws of a simulation
    return [source.gauss(0.0, 1.0) for _ in range(DRAWS)]


def _draw_wins(source: random.Random, probability: int) -> int:
    """Return the draws in which a deal is won, each with its probability.

    A fair bit for each binary digit of the probability, the last one first: after a 1 the draw is
    won if it was so far or the bit is 1, after a 0 if both.
    """
    if probability >= ALL:
        return (1 << DRAWS) - 1
    digits = (probability << _BITS) // ALL
    wins = 0
    for at in range(_BITS):
        bits = source.getrandbits(DRAWS)
        wins = wins | bits if digits >> at & 1 else wins & bits
    return wins


def _add(planes: list[int], amount: int, wins: int) -> None:
    """Add an amount to the sums of some draws, as one adds binary numbers on paper."""
    carry, at = 0, 0
    while carry or amount >> at:
        if at == len(planes):
            planes.append(0)
        digit, plane = wins if amount >> at & 1 else 0, planes[at]
        planes[at] = plane ^ digit ^ carry
        carry = plane & digit | carry & (plane | digit)
        at += 1


def _read_sums(planes: Sequence[int]) -> list[int]:
    """Return the sum of each draw."""
    if not planes:
        return [0] * DRAWS
    digits = [f"{plane:0{DRAWS}b}" for plane in reversed(planes)]
    return [int("".join(each), 2) for each in zip(*digits, strict=True)]


def find_band(sums: Sequence[float], percent: int) -> tuple[int, int]:
    """Return the bounds between which a share of sorted draws lies, as much outside on each side.

    Both are drawn sums, by nearest rank, and not below 0.
    """
    outside = len(sums) * (100 - percent) // 200
    return max(0, round(sums[outside])), round(sums[-1 - outside])
