"""Functions that the standard library lacks: digamma, trigamma, the hypergeometric series."""

from math import copysign, log

_SHIFT = 8.0  # from here on the asymptotic series have 14 digits
MAX_TERMS = 100_000
LARGE = 1e100  # where a sum is scaled down


def digamma(x: float) -> float:
    """Return the derivative of ln Γ at a positive number.

    Abramowitz and Stegun, 6.3.5 and 6.3.18.
    """
    before = 0.0
    while x < _SHIFT:
        before -= 1 / x
        x += 1
    s = 1 / (x * x)
    series = s * (
        1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132 - s * 691 / 32760))))
    )
    return before + log(x) - 0.5 / x - series


def trigamma(x: float) -> float:
    """Return the second derivative of ln Γ at a positive number.

    Abramowitz and Stegun, 6.4.6 and 6.4.12.
    """
    before = 0.0
    while x < _SHIFT:
        before += 1 / (x * x)
        x += 1
    s = 1 / (x * x)
    series = 1 / 6 - s * (1 / 30 - s * (1 / 42 - s * (1 / 30 - s * (5 / 66 - s * 691 / 2730))))
    return before + 1 / x + s / 2 + s / x * series


def hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """Return the Gauss hypergeometric function 2F1(a, b; c; z) for 0 <= z < 1 by its series."""
    term = total = 1.0
    for n in range(MAX_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) <= 1e-16 * abs(total):
            break
    return total


def log_hypergeometric(a: float, b: float, c: float, z: float) -> tuple[float, float]:
    """Return ln |2F1(a, b; c; z)| and the sign, even where 2F1 is beyond all floats.

    Terms have one sign: a and b are above 0, and c above -1.
    """
    term = total = 1.0
    scale = 0.0
    for n in range(MAX_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) <= 1e-16 * abs(total):
            break
        if abs(total) > LARGE:
            term, total, scale = term / LARGE, total / LARGE, scale + log(LARGE)
    return scale + log(abs(total)), copysign(1.0, total)
