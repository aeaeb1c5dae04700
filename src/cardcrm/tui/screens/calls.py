"""The page of the next calls: whom to ring now, with the reason; Enter begins call mode."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from cardcrm import dates
from cardcrm.money import format_money
from cardcrm.reports.calls.call_score import Call
from cardcrm.reports.calls.next_calls import build_calls
from cardcrm.store import Store
from cardcrm.tui.call_session import CallTask
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.tasks_page import TasksPage
from cardcrm.tui.widgets.call_list import CallList

MAX_CALLS = 100


class CallsPage(TasksPage):
    """The next calls, beside the card of the selected contact."""

    mode_name = "calls"
    scopes: tuple[str, ...] = ("app", "page", "today", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("today", "page")]

    def __init__(self) -> None:
        super().__init__()
        self.list = CallList()

    def left(self) -> Iterable[Widget]:
        """Yield the list of calls."""
        yield self.list

    def on_mount(self) -> None:
        """Focus the list."""
        self.list.focus()

    async def reload(self) -> None:
        """Read the calls beside the screen, as their order may take a while."""
        calls = await self.context.database.read_on_second(_read_calls)
        self.list.update(calls)

    def selected_contact(self) -> int | None:
        """Return the id of the contact under the cursor."""
        call = self.list.selected
        return call.candidate.contact_id if call is not None else None

    def selected_reminder(self) -> int | None:
        """Return the id of the first step that is due, else of the card's next."""
        call = self.list.selected
        if call is not None and call.candidate.steps and not self.card.has_focus:
            return call.candidate.steps[0].id
        return super().selected_reminder()

    def open_selected(self) -> None:
        """Begin call mode with the selected contact."""
        self.begin_calls(list(map(_to_task, self.list.calls)))


def _read_calls(store: Store) -> tuple[Call, ...]:
    return build_calls(store, dates.now(store.locale.zone), limit=MAX_CALLS).calls


def _to_task(call: Call) -> CallTask:
    """Return the task of a call; its card shows the reminders and the deals by itself."""
    each = call.candidate
    step = each.steps[0].id if each.steps else None
    reasons = [
        f"lead: {each.lead.text}" if each.lead else "",
        f"{format_money(each.risk.amount)} a year at risk: {each.risk.reason}" if each.risk else "",
        f"answers best at {each.best.name}" if each.best else "",
    ]
    return CallTask(each.contact_id, each.name, step, "; ".join(filter(None, reasons)))
