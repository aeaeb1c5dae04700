"""Choose the range and the ticks of an axis, and format its numbers."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from cardcrm.chart import Value

_TICKS = 4  # on an axis, about
_STEPS = (1, 2, 2.5, 5, 10)
_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_SKEW = 30  # times the median that the largest value is on a logarithmic axis
_LARGEST_IN_DIGITS = 1e15  # larger numbers are written as 1.0e+16
_LARGEST = 1e300  # the differences of such numbers are still finite


class Axis(NamedTuple):
    """An axis from ``low`` to ``high``, and the places of its labels."""

    low: float
    high: float
    ticks: tuple[float, ...]
    is_logarithmic: bool = False

    def locate(self, value: float) -> float:
        """Return the place of a value: 0 at the low end, 1 at the high end."""
        low, high = self.low, self.high
        if self.is_logarithmic:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return max(0.0, min((value - low) / (high - low), 1.0))


def only_finite(values: Iterable[Value]) -> list[float]:
    """Return the values that can be drawn."""
    return [value for value in values if value is not None and abs(value) <= _LARGEST]


def clean(value: Value) -> Value:
    """Return a value, and None for one that is infinite or not a number."""
    return value if value is not None and abs(value) <= _LARGEST else None


def make_axis(values: Iterable[Value], unit: str = "") -> Axis:
    """Return an axis that includes 0 and all values, with about four ticks.

    The ticks of whole numbers, such as those of customers, are whole, unless they are shares.
    """
    known = only_finite(values)
    is_whole = unit != "%" and all(value == round(value) for value in known)
    low, high = min(known, default=0.0), max(known, default=0.0)
    return _nice_axis(low, high, 1.0 if is_whole else 0.0)


def _nice_axis(low: float, high: float, least: float) -> Axis:
    """Return an axis whose ticks are multiples of a round step, and of ``least`` above 0."""
    low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-300:
        return Axis(0.0, 1.0, (0.0, 1.0))
    step = _round_step(max((high - low) / _TICKS, least))
    if least and step == 2.5:
        step = 5.0
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(step * number for number in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks)


def _round_step(step: float) -> float:
    """Return the next larger step of 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(each * power for each in _STEPS if each * power >= step * (1 - 1e-9))


def make_spread_axis(values: Sequence[float]) -> Axis:
    """Return an axis for points: logarithmic if a few values are far above the others."""
    known = sorted(only_finite(values))
    if not known or known[0] <= 0 or known[-1] <= _SKEW * known[len(known) // 2]:
        return make_axis(known)
    low = math.floor(math.log10(known[0]))
    high = max(math.ceil(math.log10(known[-1])), low + 1)
    every = max(1, math.ceil((high - low) / _TICKS))
    ticks = tuple(10.0**power for power in range(low, high + 1, every))
    return Axis(10.0**low, 10.0**high, ticks, is_logarithmic=True)


def divide_evenly(axis: Axis, lines: int) -> int:
    """Return about a number of lines by which the ticks are equally far apart."""
    parts = max(len(axis.ticks) - 1, 1)
    return max(round(lines / parts), 1) * parts


def label_axis(axis: Axis, unit: str = "") -> list[str]:
    """Return the labels of the ticks of an axis."""
    if axis.is_logarithmic:
        return [format_short(tick, unit) for tick in axis.ticks]
    return _format_ticks(axis.ticks, unit)


def _format_ticks(ticks: Sequence[float], unit: str) -> list[str]:
    """Return the labels of ticks in as few characters as tell them apart: 0, 50k, 100k."""
    if max(map(abs, ticks), default=0) >= _LARGEST_IN_DIGITS:
        return [f"{tick:.1e}" if tick else "0" for tick in ticks]
    if unit == "%":
        return [f"{text}%" for text in _format_evenly([100 * tick for tick in ticks], 1, "")]
    largest = max(map(abs, ticks), default=0)
    found = [each for each in (*_SCALES, (1, "")) if largest >= each[0]]
    for divisor, letter in found:
        if _count_digits([tick / divisor for tick in ticks]) <= 1:
            return _format_evenly(ticks, divisor, letter)
    return _format_evenly(ticks, 1, "")


def _format_evenly(ticks: Sequence[float], divisor: float, letter: str) -> list[str]:
    """Return ticks with the digits that the smallest distance needs."""
    shown = [tick / divisor for tick in ticks]
    digits = _count_digits(shown)
    return [f"{each:,.{digits}f}{letter}" if abs(each) > 1e-300 else "0" for each in shown]


def _count_digits(ticks: Sequence[float]) -> int:
    """Return the decimals that tell ticks apart."""
    steps = [after - before for before, after in pairwise(ticks)]
    step = min((each for each in steps if each > 0), default=1.0)
    return next((each for each in range(6) if _is_whole(step * 10**each)), 6)


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-6 * max(abs(value), 1)


def format_short(value: float, unit: str = "") -> str:
    """Return a number in few characters: 0.25, 12, 1.2k, 35%."""
    if abs(value) >= _LARGEST_IN_DIGITS / 100:
        return f"{value:.1e}"
    if unit == "%":
        return f"{_round_short(100 * value)}%"
    for divisor, letter in _SCALES:
        if abs(value) >= 0.9995 * divisor:
            return f"{_round_short(value / divisor)}{letter}"
    return _round_short(value)


def _round_short(value: float) -> str:
    size = abs(value)
    digits = 0 if size >= 9.95 or value == round(value) else 1 if size >= 0.95 else 2
    text = f"{value:,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.removeprefix("-") if not text.strip("-0") else text


def format_full(value: float, unit: str = "") -> str:
    """Return a number as a label beside a bar: 1,234, 12.5, 35.2%."""
    return format_figures((value,), unit)[0]


def format_figures(values: Sequence[Value], unit: str = "") -> list[str]:
    """Return the numbers beside bars with equal decimals, and – for a missing one.

    Decimals are left out if all numbers are whole, or large enough to tell apart without.
    """
    sizes = [abs(value) for value in values if value is not None]
    is_coarse = all(size >= 100 or size == round(size) for size in sizes)
    least, largest = min(filter(None, sizes), default=0.0), max(sizes, default=0.0)
    is_large = (largest >= 100 and least >= 10) or (largest >= 1000 and least >= 1)
    digits = 1 if unit == "%" else 0 if is_coarse or is_large else 2
    return ["–" if value is None else _format_digits(value, digits, unit) for value in values]


def _format_digits(value: float, digits: int, unit: str) -> str:
    if abs(value) >= _LARGEST_IN_DIGITS:
        return f"{value:.1e}"
    return f"{100 * value:,.{digits}f}%" if unit == "%" else f"{value:,.{digits}f}"


def heading(title: str, unit: str) -> str:
    """Return the title of a chart with its unit, unless the numbers show it."""
    return f"{title} ({unit})" if unit and unit != "%" else title
