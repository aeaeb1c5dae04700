"""Filters that keep control characters, or colors, in drawn text from reaching the terminal.

Lists, cards and notices are cleaned where they are made. A form shows stored text unchanged, so
that it can be edited; only its drawing leaves control characters out.
"""

import functools
import re
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

# Control characters, and characters that reverse the direction of text.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069]")


class ControlCharacterFilter(LineFilter):
    """Replaces control characters in every line by blanks of the same width."""

    def apply(self, segments: list[Segment], background: "Color") -> list[Segment]:  # noqa: ARG002
        """Return the segments without control characters."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            Segment(_CONTROLS.sub(_blanks, segment.text), segment.style, segment.control)
            for segment in segments
        ]


def _blanks(control: re.Match[str]) -> str:
    return " " * cell_len(control[0])


class ColorFilter(LineFilter):
    """Removes all colors, for a terminal that has none; bold, underline and reverse stay.

    Textual's own filter writes the code of the default color instead, which a vt100 lacks as well.
    """

    def apply(self, segments: list[Segment], background: "Color") -> list[Segment]:  # noqa: ARG002
        """Return the segments without colors."""
        return [
            Segment(text, style and _without_color(style), control)
            for text, style, control in segments
        ]


@functools.lru_cache(1_000)
def _without_color(style: Style) -> Style:
    return style.without_color
