"""Containers that draw nothing: the page behind them has the same background.

Textual draws and cuts each line of a container below what it contains, which takes 0.5 ms for each
of them whenever any part of the screen changes.
"""

from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.strip import Strip


class _Undrawn:
    """A part of a widget without lines of its own."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return no lines."""
        del crop
        return []


class Row(_Undrawn, Horizontal):
    """Widgets beside each other."""


class Stack(_Undrawn, Vertical):
    """Widgets below each other."""
