"""The tabs of the drawer: A to Z, with how many cards stand behind each where there is room."""

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import RenderResult

from cardcrm.records.contacts.listing import LETTER_RANGES
from cardcrm.tui.widgets.header_footer import Bar


class Letters(Bar):
    """One line of tabs; a click, or the capital letter, goes there."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"letters--here", "letters--empty", "letters--count"}
    DEFAULT_CSS = """
    Letters { height: 1; background: $background; color: $foreground; padding: 0 1; }
    Letters > .letters--here { background: $paper; color: $head; text-style: bold; }
    Letters > .letters--empty { color: $panel; }
    Letters > .letters--count { color: $muted; }
    Letters:ansi > .letters--here { text-style: bold reverse; }
    Letters:ansi > .letters--empty { text-style: dim; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.counts = [0] * len(LETTER_RANGES)
        self.here = 0

    def tell(self, counts: list[int], here: int) -> None:
        """How many cards stand behind each letter, and which is open."""
        if (counts, here) != (self.counts, self.here):
            self.counts, self.here = counts, here
            self.refresh()

    def render(self) -> RenderResult:
        """The tabs; at either end the other signs only where cards stand behind them."""
        shown = [
            n for n in range(len(LETTER_RANGES)) if self.counts[n] or 0 < n < len(LETTER_RANGES) - 1
        ]
        room = self.size.width
        each = (room - len(_short(self.counts[self.here])) - 2) // max(len(shown), 1)
        counted = sum(len(_short(self.counts[n])) + 1 for n in shown if self.counts[n])
        wide = 3 * len(shown) + counted <= room
        line = Text(no_wrap=True, overflow="crop", end="")
        spots = []
        for number in shown:
            start = line.cell_len
            line.append_text(self._tab(number, wide=wide, cells=each))
            spots.append((start + 1, line.cell_len + 1, f"part({number})"))  # beside the padding
        self.spots = tuple(spots)
        return line

    def _tab(self, number: int, *, wide: bool, cells: int) -> Text:
        label, count = LETTER_RANGES[number].label, self.counts[number]
        here = number == self.here and count > 0
        kind = "letters--here" if here else "letters--empty" if not count else ""
        style = self.get_component_rich_style(kind, partial=True) if kind else Style()
        tab = Text(end="")
        gap = " " if cells >= 3 or here else ""
        tab.append(f"{gap}{label}", style)
        if count and (wide or here):
            counted = self.get_component_rich_style("letters--count", partial=True)
            tab.append(f" {_short(count)}", style if here else counted)
        if cells >= 2:
            tab.append(" ", style if here else Style())
        return tab


def _short(count: int) -> str:
    """A count in at most four signs: 999, 12k, 1.2M."""
    if count < 1_000:
        return str(count)
    if count < 1_000_000:
        return f"{count / 1_000:.1f}k" if count < 9_950 else f"{count / 1_000:.0f}k"
    return f"{count / 1_000_000:.1f}M"
