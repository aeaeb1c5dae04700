"""The base of the pages whose lines are work with contacts: the day, and the next calls."""

from collections.abc import Sequence

from cardcrm.tui.call_session import CallTask
from cardcrm.tui.screens.page import Page


class TasksPage(Page):
    """A list of work, beside the card of the selected contact."""

    DEFAULT_CSS = """
    TasksPage.-usual #left, TasksPage.-wide #left { width: 11fr; }
    TasksPage.-usual #card, TasksPage.-wide #card { width: 9fr; }
    """

    def action_call(self) -> None:
        """Begin call mode."""
        self.open_selected()

    def begin_calls(self, tasks: Sequence[CallTask]) -> None:
        """Begin call mode with the selected contact of tasks."""
        from cardcrm.tui.screens.call_mode import start_calls

        if tasks:
            work = start_calls(self.context, tasks, self.selected_contact())
            self.context.start_opening(work)
        else:
            self.context.refuse("This line has no contact to call")

    def action_card(self) -> None:
        """Go to the card."""
        if self.card.contact_id is not None:
            self.focus_card()
