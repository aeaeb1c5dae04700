"""The last gate before the terminal: nothing that is drawn may steer it.

Lists, cards and notices are made safe where they are made. What stands in a form is the text as it
is kept, for it is to be mended there, so that only the drawing of it leaves such signs out.
"""

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

# Controls, and signs that turn the order of letters around.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069]")


class Safe(LineFilter):
    """Leaves out of every line what steers a terminal; its cells stay as they were counted."""

    def apply(self, segments: list[Segment], background: "Color") -> list[Segment]:  # noqa: ARG002
        """The segments without such signs."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            Segment(_STEERING.sub(_blank, segment.text), segment.style, segment.control)
            for segment in segments
        ]


def _blank(sign: re.Match[str]) -> str:
    """As many blanks as a sign was counted for."""
    return " " * cell_len(sign[0])
