"""Find the rate of a tax from an amount and the tax that it contains."""

from typing import Final

_STEPS: Final = (1, 10)  # whole percents, then tenths


def find_rate(amount: int, tax: int | None) -> float | None:
    """Return the rate in percent that gives a tax within one minor unit; None if there is none.

    ``amount`` contains the tax. A tax of several rates often has no rate of its own.
    """
    if tax is None or amount == tax:
        return None
    net = amount - tax
    for step in _STEPS:
        rate = round(100 * step * tax / net)
        if abs(100 * step * tax - rate * net) <= 100 * step:
            return rate / step
    return None
