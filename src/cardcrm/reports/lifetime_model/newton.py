"""Maximize a function of a few parameters by Newton's method with damping.

The caller gives value, gradient and Hessian. The parameters of the models are positive, so their
logarithms are searched; a unit of time then only shifts one of them.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

Vector = Sequence[float]
Matrix = Sequence[Sequence[float]]

MAX_STEPS = 200
# The gain that a last step promises, in units of the log-likelihood. The step is taken and not
# computed again: it is 0.003 standard errors long, and the next one would promise 1e-12.
_LAST_GAIN = 1e-5
_ROUNDING = 1e-9  # of the log-likelihood
_LONGEST = 2.0  # of a step in the logarithm of a parameter
_LIMIT = 14.0  # of the logarithms: parameters between 1e-6 and 1e6


class Derivatives(NamedTuple):
    """The value of a function at a point, its gradient and its Hessian."""

    value: float
    gradient: Vector
    hessian: Matrix


class Maximum(NamedTuple):
    """The point of the maximum, the value and Hessian there, and the number of steps.

    ``is_inside`` is false if a parameter ran to the limit or the steps did not suffice: then the
    data do not say where the maximum is.
    """

    point: tuple[float, ...]
    value: float
    hessian: Matrix
    steps: int
    is_inside: bool


def maximize(function: Callable[[Vector], Derivatives], start: Vector) -> Maximum:
    """Return the maximum of a function of positive parameters that is found from a start.

    The Hessian of the result is that of the function in its own parameters, not their logarithms.
    Value and Hessian are those before the last step.
    """
    point = [math.log(each) for each in start]
    here = function(start)
    damping, steps = 0.0, 0
    while steps < MAX_STEPS:
        steps += 1
        gradient, hessian = _in_logarithms(here, point)
        move = _solve_damped(hessian, gradient, damping)
        gain = sum(slope * by for slope, by in zip(gradient, move, strict=True))
        if gain < _LAST_GAIN and not damping:
            point = [at + by for at, by in zip(point, move, strict=True)]
            break
        there = [_limit(at + by) for at, by in zip(point, _shorten(move), strict=True)]
        if there == point:
            break
        found = function([math.exp(each) for each in there])
        if found.value >= here.value - _ROUNDING:
            point, here, damping = there, found, damping / 10 if damping > 1e-4 else 0.0
        elif damping > 1e12:
            break
        else:
            damping = max(10 * damping, 1e-3)
    is_inside = steps < MAX_STEPS and all(abs(each) < _LIMIT for each in point)
    values = tuple(math.exp(each) for each in point)
    return Maximum(values, here.value, here.hessian, steps, is_inside)


def _in_logarithms(here: Derivatives, point: Vector) -> tuple[list[float], list[list[float]]]:
    """Return gradient and Hessian with respect to the logarithms of the parameters."""
    values = [math.exp(each) for each in point]
    gradient = [value * slope for value, slope in zip(values, here.gradient, strict=True)]
    hessian = [
        [a * b * curve for b, curve in zip(values, row, strict=True)]
        for a, row in zip(values, here.hessian, strict=True)
    ]
    for number, slope in enumerate(gradient):
        hessian[number][number] += slope
    return gradient, hessian


def _shorten(move: Vector) -> list[float]:
    longest = max(abs(each) for each in move)
    return [each * min(1.0, _LONGEST / longest) if longest else 0.0 for each in move]


def _limit(logarithm: float) -> float:
    return min(max(logarithm, -_LIMIT), _LIMIT)


def _solve_damped(hessian: Matrix, gradient: Vector, damping: float) -> list[float]:
    """Return the step uphill; where the function is not concave, it is damped until one is found.

    The damping adds to the diagonal of the negative Hessian (Levenberg).
    """
    size = max(abs(row[number]) for number, row in enumerate(hessian)) or 1.0
    while True:
        raised = [
            [-each + (damping * size if at == number else 0.0) for at, each in enumerate(row)]
            for number, row in enumerate(hessian)
        ]
        root = factorize(raised)
        if root is not None:
            return solve(root, gradient)
        damping = max(4 * damping, 1e-6)


def factorize(matrix: Matrix) -> list[list[float]] | None:
    """Return the lower Cholesky factor of a matrix; None if it is not positive definite."""
    root: list[list[float]] = []
    for number, row in enumerate(matrix):
        line: list[float] = []
        for other in range(number):
            rest = sum(line[k] * root[other][k] for k in range(other))
            line.append((row[other] - rest) / root[other][other])
        square = row[number] - sum(each * each for each in line)
        if not square > 1e-12 * abs(row[number]):
            return None
        root.append([*line, math.sqrt(square)])
    return root


def solve(root: Matrix, right: Vector) -> list[float]:
    """Solve the linear equations of a matrix by its Cholesky factor."""
    middle: list[float] = []
    for row, value in zip(root, right, strict=True):
        rest = sum(row[k] * each for k, each in enumerate(middle))
        middle.append((value - rest) / row[len(middle)])
    size = len(middle)
    found = [0.0] * size
    for number in reversed(range(size)):
        rest = sum(root[k][number] * found[k] for k in range(number + 1, size))
        found[number] = (middle[number] - rest) / root[number][number]
    return found


def standard_errors(hessian: Matrix) -> tuple[float, ...] | None:
    """Return the standard errors of parameters from the Hessian of their log-likelihood.

    They are the roots of the diagonal of the inverse of the negative Hessian; None if it has none,
    as the data then do not tell the parameters apart.
    """
    root = factorize([[-each for each in row] for row in hessian])
    if root is None:
        return None
    size = len(hessian)
    units = ([1.0 if at == number else 0.0 for at in range(size)] for number in range(size))
    return tuple(math.sqrt(solve(root, unit)[number]) for number, unit in enumerate(units))
