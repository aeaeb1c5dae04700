"""The tabs from A to Z above the contact list, with counts where there is room."""

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import RenderResult

from cardcrm.records.contacts.listing import LETTER_RANGES
from cardcrm.tui.widgets.header_footer import ClickableLine


class AlphabetTabs(ClickableLine):
    """A line of tabs; a click goes to the first contact of a letter."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "alphabet-tabs--active", "alphabet-tabs--empty", "alphabet-tabs--count",
    }  # fmt: skip
    DEFAULT_CSS = """
    AlphabetTabs { height: 1; background: $background; color: $foreground; padding: 0 1; }
    AlphabetTabs > .alphabet-tabs--active { background: $paper; color: $head; text-style: bold; }
    AlphabetTabs > .alphabet-tabs--empty { color: $muted; }
    AlphabetTabs > .alphabet-tabs--count { color: $muted; }
    AlphabetTabs:ansi > .alphabet-tabs--active { text-style: bold reverse; }
    AlphabetTabs:ansi > .alphabet-tabs--empty { text-style: dim; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.counts = [0] * len(LETTER_RANGES)
        self.active = 0

    def update(self, counts: list[int], active: int) -> None:
        """Set the number of contacts behind each tab, and the active tab."""
        if (counts, active) != (self.counts, self.active):
            self.counts, self.active = counts, active
            self.refresh()

    def render(self) -> RenderResult:
        """Return the tabs; the first and last, for other characters, only if not empty."""
        last = len(LETTER_RANGES) - 1
        shown = [n for n in range(last + 1) if self.counts[n] or 0 < n < last]
        room = self.size.width
        cells = (room - len(_short(self.counts[self.active])) - 2) // max(len(shown), 1)
        counted = sum(len(_short(self.counts[n])) + 1 for n in shown if self.counts[n])
        has_counts = 3 * len(shown) + counted <= room
        line = Text(no_wrap=True, overflow="crop", end="")
        spots = []
        for number in shown:
            start = line.cell_len
            line.append_text(self._tab(number, has_counts=has_counts, cells=cells))
            action = f"letter_range({number})"
            spots.append((start + 1, line.cell_len + 1, action))  # the padding is one cell
        self.spots = tuple(spots)
        return line

    def _tab(self, number: int, *, has_counts: bool, cells: int) -> Text:
        label, count = LETTER_RANGES[number].label, self.counts[number]
        is_active = number == self.active and count > 0
        kind = "active" if is_active else "empty" if not count else ""
        style = self._named(kind) if kind else Style()
        tab = Text(end="")
        gap = " " if cells >= 3 or is_active else ""
        tab.append(f"{gap}{label}", style)
        if count and (has_counts or is_active):
            tab.append(f" {_short(count)}", style if is_active else self._named("count"))
        if cells >= 2:
            tab.append(" ", style if is_active else Style())
        return tab

    def _named(self, kind: str) -> Style:
        return self.get_component_rich_style(f"alphabet-tabs--{kind}", partial=True)


def _short(count: int) -> str:
    """Return a count in at most four characters: 999, 12k, 1.2M."""
    if count < 1_000:
        return str(count)
    if count < 1_000_000:
        return f"{count / 1_000:.1f}k" if count < 9_950 else f"{count / 1_000:.0f}k"
    return f"{count / 1_000_000:.1f}M"
