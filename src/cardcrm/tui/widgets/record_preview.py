"""The values of a record as lines of labels and texts."""

from collections.abc import Sequence

from cardcrm.text import cell_width as width_of
from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.line_list import LineList, Span, fit

_WIDEST_LABEL = 16


class RecordPreview(LineList, can_focus=False):
    """A title and the values below it."""

    def __init__(self) -> None:
        super().__init__(id="record")
        self._title, self._values = "", list[tuple[str, str]]()
        self._lines: list[list[Span]] = []

    def update(self, title: str, values: Sequence[tuple[str, str]] = ()) -> None:
        """Show a record, or only a title."""
        self._title, self._values = title, list(values)
        self._lay_out()

    def on_resize(self) -> None:
        """Wrap the texts for another width."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = max(self.scrollable_content_region.width, 20)
        labels = [width_of(label) for label, _ in self._values]
        room = min(max(labels, default=0), _WIDEST_LABEL) + 2
        self._lines = [[Span(f" {text}", "title")] for text in wrap(self._title, width - 2)]
        for label, text in self._values:
            for number, part in enumerate(wrap(text, width - room - 2) or [""]):
                name = "" if number else label
                self._lines.append([Span(f" {fit(name, room)}", "dim"), Span(part)])
        self.set_count(len(self._lines))

    def can_choose(self, index: int) -> bool:  # noqa: ARG002 - it is only read
        """Return False: there is nothing to open."""
        return False

    def spans(self, index: int, width: int) -> list[Span]:  # noqa: ARG002 - laid out for it
        """Return a line."""
        return self._lines[index]
