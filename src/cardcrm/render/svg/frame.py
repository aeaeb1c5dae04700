"""The axes of a picture: grid lines, labels, and the places of values between them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cardcrm.render.charts.axis import Axis, label_axis
from cardcrm.render.svg.elements import LINE, WIDTH, line, text, text_width

_GAP = 14  # units between two labels below an axis


class Frame(NamedTuple):
    """The rectangle that values are drawn in, and the vertical axis."""

    left: float
    top: float
    right: float
    bottom: float
    axis: Axis

    @property
    def width(self) -> float:
        """The width of the rectangle."""
        return self.right - self.left

    def x_of(self, share: float) -> float:
        """Return a place across, from 0 at the left to 1 at the right."""
        return self.left + share * self.width

    def y_of(self, value: float) -> float:
        """Return the height of a value."""
        return self.bottom - self.axis.locate(value) * (self.bottom - self.top)


def make_frame(axis: Axis, unit: str, top: float, height: float) -> Frame:
    """Return a frame with room for the labels on its left."""
    margin = max(map(text_width, label_axis(axis, unit))) + 10
    return Frame(margin, top, WIDTH - 10, top + height, axis)


def draw_grid(frame: Frame, unit: str) -> Iterator[str]:
    """Yield the horizontal lines and their labels."""
    for tick, label in zip(frame.axis.ticks, label_axis(frame.axis, unit), strict=True):
        y = frame.y_of(tick)
        style = "axis" if tick == 0 else "grid"
        yield line(frame.left, y, frame.right, y, style)
        yield text(frame.left - 6, y + 4, label, "end")


def draw_labels(frame: Frame, labels: Sequence[str], shares: Sequence[float]) -> Iterator[str]:
    """Yield as many labels as fit below the frame."""
    widest = max(map(text_width, labels), default=0) + _GAP
    most = max(int(frame.width / widest), 1) if widest else 1
    step = max(1, -(-len(labels) // most))
    for label, share in list(zip(labels, shares, strict=True))[::step]:
        half = text_width(label) / 2
        x = max(half, min(frame.x_of(share), WIDTH - half))
        yield text(x, frame.bottom + LINE, label, "middle")
