"""Draw the sum of deals, each won or lost by its probability, many times.

All draws are made at once: bit number k of an integer belongs to draw k, so that one operation on
integers of 10,000 bits serves 10,000 draws. A list of such integers holds a number for each draw:
its item n has the bits of 2**n. Python itself is fast enough for that: 2,000 deals take 0.2 s. The
draws have a seed, so that a report does not change from one call to the next.
"""

import functools
import math
import random
from collections.abc import Iterable
from statistics import NormalDist
from typing import NamedTuple

DRAWS = 10_000
ALL = 100_000  # thousandths of a percent
_BITS = 24  # of a probability; the error is below 0.00001 %
_EVERY = (1 << DRAWS) - 1
_FINENESS = 20  # bits behind the point of a drawn normal number
_LEAST_NORMAL = -8  # standard deviations: no drawn normal number is smaller

Planes = list[int]


class Chance(NamedTuple):
    """A deal in a simulation: its amount in minor units, its probability in thousandths of 1 %."""

    amount: int
    probability: int


class Rest(NamedTuple):
    """Further deals, of which only the sum is drawn, by a normal distribution."""

    mean: float = 0.0
    variance: float = 0.0


NO_REST = Rest()


def find_band(
    chances: Iterable[Chance], seed: str, percent: int, rest: Rest = NO_REST
) -> tuple[int, int]:
    """Return the bounds between which a share of the sums lies, as much outside on each side.

    The sums of deals alone are computed exactly where no deal is drawn one by one.
    """
    drawn = [each for each in chances if each.amount and each.probability]
    if not drawn:
        return _find_normal_band(rest, percent)
    shift = round(rest.mean + _LEAST_NORMAL * math.sqrt(rest.variance))
    planes = draw_planes(drawn, seed, rest)
    outside = DRAWS * (100 - percent) // 200
    low, high = (find_ranked(planes, rank) for rank in (outside, DRAWS - 1 - outside))
    return low + shift, high + shift


def _find_normal_band(rest: Rest, percent: int) -> tuple[int, int]:
    """Return the exact bounds of a normal distribution."""
    half = NormalDist().inv_cdf(0.5 + percent / 200) * math.sqrt(rest.variance)
    return round(rest.mean - half), round(rest.mean + half)


def draw_planes(chances: Iterable[Chance], seed: str, rest: Rest = NO_REST) -> Planes:
    """Return the sum of the deals that are won, for each draw.

    The sum of a rest is in it from 8 standard deviations below its mean on.
    """
    source = random.Random(seed)  # noqa: S311 # draws of a simulation
    planes: Planes = []
    for each in chances:
        _add(planes, each.amount, _draw_wins(source, each.probability))
    if width := round(math.sqrt(rest.variance)):
        planes = _add_planes(planes, _scale(_draw_normals(), width)[_FINENESS:])
    return planes


@functools.cache
def _draw_normals() -> Planes:
    """Return draws of the standard normal distribution, from −8 on, for every sum."""
    source = random.Random("normal")  # noqa: S311 # draws of a simulation
    numbers = [max(0.0, source.gauss(0.0, 1.0) - _LEAST_NORMAL) for _ in range(DRAWS)]
    digits = [f"{round(each * 2**_FINENESS):0{_FINENESS + 5}b}"[::-1] for each in numbers]
    return [int("".join(each), 2) for each in zip(*digits, strict=True)]


def _draw_wins(source: random.Random, probability: int) -> int:
    """Return the draws in which a deal is won, each with its probability.

    A fair bit for each binary digit of the probability, the last one first: after a 1 the draw is
    won if it was so far or the bit is 1, after a 0 if both.
    """
    if probability >= ALL:
        return _EVERY
    digits = (probability << _BITS) // ALL
    wins = 0
    for at in range(_BITS):
        if wins or digits >> at & 1:
            bits = source.getrandbits(DRAWS)
            wins = wins | bits if digits >> at & 1 else wins & bits
    return wins


def _add(planes: Planes, amount: int, wins: int) -> None:
    """Add an amount to the sums of some draws, as one adds binary numbers on paper."""
    carry, at = 0, 0
    while carry or amount >> at:
        if at == len(planes):
            planes.append(0)
        digit, plane = wins if amount >> at & 1 else 0, planes[at]
        planes[at] = plane ^ digit ^ carry
        carry = plane & digit | carry & (plane | digit)
        at += 1


def _add_planes(planes: Planes, others: Planes) -> Planes:
    """Return the sums of two numbers for each draw."""
    size = max(len(planes), len(others))
    found, carry = [], 0
    for at in range(size):
        one = planes[at] if at < len(planes) else 0
        other = others[at] if at < len(others) else 0
        found.append(one ^ other ^ carry)
        carry = one & other | carry & (one | other)
    return [*found, carry]


def _scale(planes: Planes, factor: int) -> Planes:
    """Return the products of a number for each draw and a factor."""
    found: Planes = []
    for at in range(factor.bit_length()):
        if factor >> at & 1:
            found = _add_planes(found, [0] * at + planes)
    return found


def find_ranked(planes: Planes, rank: int) -> int:
    """Return the sum that as many draws as the rank are below of, or equal to, bit by bit."""
    among, found = _EVERY, 0
    for at in reversed(range(len(planes))):
        zeros = among & ~planes[at]
        count = zeros.bit_count()
        if rank < count:
            among = zeros
        else:
            rank -= count
            among &= planes[at]
            found |= 1 << at
    return found
