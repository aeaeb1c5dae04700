"""Small charts drawn with characters: a spark line and bars."""

from collections.abc import Sequence

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_LEFT = " ▏▎▍▌▋▊▉█"


def spark(values: Sequence[float]) -> str:
    """One character a value, its height the share of the largest; what is not above 0 is blank.

    The smallest value above 0 still shows.
    """
    most = max(values, default=0)
    if most <= 0:
        return " " * len(values)
    return "".join(
        _EIGHTHS[max(1, round(value / most * 8)) if value > 0 else 0] for value in values
    )


def columns(values: Sequence[float], height: int) -> list[str]:
    """Columns of so many lines, one character wide, from the top line down."""
    most = max(values, default=0)
    tall = [round(max(value, 0) / most * height * 8) if most > 0 else 0 for value in values]
    return [
        "".join(_EIGHTHS[max(0, min(each - 8 * level, 8))] for each in tall)
        for level in reversed(range(height))
    ]


def bar(share: float, cells: int) -> str:
    """A bar of so many cells at a share of 1."""
    eighths = round(max(0.0, min(share, 1.0)) * cells * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_LEFT[rest] if rest else "")).ljust(cells)
