"""The page of sequences, with a picture of the selected one."""

from typing import ClassVar

from textual.binding import BindingType

from cardcrm.records.records import Record
from cardcrm.records.sequences.sequence_type import SEQUENCE
from cardcrm.reports.sequences.picture import draw_picture
from cardcrm.reports.sequences.results import load_results
from cardcrm.store import Store
from cardcrm.tui.forms import sequence_actions
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.detail_page import DetailPage


class SequencesPage(DetailPage):
    """The sequences, above the steps of the selected one with the contacts at each."""

    mode_name = "sequences"
    most_lines = 40
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("sequences")]
    DEFAULT_CSS = """
    SequencesPage #detail { max-height: 75%; border-top: solid $rule; overflow-y: auto; }
    """

    def __init__(self) -> None:
        super().__init__(SEQUENCE)
        self.scopes = ("app", "records", "sequences", "list")

    def details(self, store: Store, record: Record) -> list[str]:
        """Return the picture of a sequence."""
        return draw_picture(load_results(store, record), self.detail.content_size.width)

    def on_resize(self) -> None:
        """Draw the picture as wide as the screen."""
        self._describe_soon()

    def action_pause(self) -> None:
        """Pause the sequence, or let a paused one go on."""
        self.with_record(sequence_actions.pause)
