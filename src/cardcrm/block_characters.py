"""Draw small charts with block characters: sparklines, columns and bars."""

from collections.abc import Sequence

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_LEFT_EIGHTHS = " ▏▎▍▌▋▊▉█"


def sparkline(values: Sequence[float]) -> str:
    """Return one character a value, as high as its share of the largest value.

    Values up to 0 are blank; the smallest value above 0 still shows.
    """
    largest = max(values, default=0)
    if largest <= 0:
        return " " * len(values)
    return "".join(
        _EIGHTHS[max(1, round(value / largest * 8)) if value > 0 else 0] for value in values
    )


def columns(values: Sequence[float], height: int) -> list[str]:
    """Return the lines, from the top, of columns that are ``height`` lines high at most."""
    largest = max(values, default=0)
    heights = [
        round(max(value, 0) / largest * height * 8) if largest > 0 else 0 for value in values
    ]
    return [
        "".join(_EIGHTHS[max(0, min(each - 8 * level, 8))] for each in heights)
        for level in reversed(range(height))
    ]


def bar(share: float, cells: int, *, unicode: bool = True) -> str:
    """Return a bar that is ``cells`` long at a share of 1."""
    eighths = round(max(0.0, min(share, 1.0)) * cells * 8)
    if not unicode:
        return ("=" * round(eighths / 8)).ljust(cells)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_LEFT_EIGHTHS[rest] if rest else "")).ljust(cells)
