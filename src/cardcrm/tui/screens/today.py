"""The page of the day: reminders, alerts, contacts losing touch, and birthdays.

The selected contact's card is beside the list, so that the call can be made.
"""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from cardcrm.records.contacts import contacts
from cardcrm.reports.card_text import Target
from cardcrm.reports.due_rows import Digest, DueReminder, OverdueContact
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.keys import bindings
from cardcrm.tui.queries import (
    MAX_ROWS,
    DueAlert,
    FirstPage,
    is_complete,
    read_day,
)
from cardcrm.tui.screens.card_page import NARROW, on_shown_card
from cardcrm.tui.screens.tasks_page import TasksPage
from cardcrm.tui.widgets.day_list import DayList
from cardcrm.tui.widgets.desk_view import DeskView

READ_ON_DELAY = 0.5  # seconds after which the rest of the list is read
DESK_DELAY = 0.1  # seconds after which the desk is read, so that the page is painted first
DESK_BELOW, DESK_BESIDE = 120, 160  # columns from which on the desk is under or beside the card
DESK_HEIGHT = 32  # lines from which on the card leaves room for a desk under it


class TodayPage(TasksPage):
    """The first page."""

    mode_name = "today"
    scopes: tuple[str, ...] = ("app", "page", "today", "marks", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("today", "marks", "page")]
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-narrow"),
        (NARROW, "-usual"),
        (DESK_BELOW, "-wide"),
        (DESK_BESIDE, "-widest"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (DESK_HEIGHT, "-high")]  # noqa: RUF012
    DEFAULT_CSS = """
    TodayPage #desk { display: none; }
    TodayPage.-wide.-high #body {
        layout: grid; grid-size: 2 2; grid-columns: 11fr 9fr; grid-rows: 1fr auto;
    }
    TodayPage.-wide.-high #left { row-span: 2; width: 1fr; }
    TodayPage.-wide.-high #card { width: 1fr; }
    TodayPage.-wide.-high #desk { display: block; }
    TodayPage.-widest #left, TodayPage.-widest #card { width: 1fr; }
    TodayPage.-widest #desk { display: block; width: 56; height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.list = DayList()
        self.desk = DeskView()

    def left(self) -> Iterable[Widget]:
        """Yield the day's list."""
        yield self.list

    def beside_card(self) -> Iterable[Widget]:
        """Yield the desk."""
        yield self.desk

    def on_mount(self) -> None:
        """Show what was read while the app was imported, all at once."""
        first_page: FirstPage | None = self.context.database.take_ready_answer()
        if first_page is not None:
            self.is_stale, self.is_read = False, True
            self._show_first(first_page)

    # the desk

    def on_resize(self) -> None:
        """Read the desk if there is room for it now."""
        super().on_resize()
        if self.is_read and self.desk.desk is None:
            self.call_after_refresh(self._start_desk)

    def _start_desk(self) -> None:
        """Read the desk in the background, if it is shown."""
        if self.desk.display:
            start_task(self, self._read_desk, group="desk")

    async def _read_desk(self) -> None:
        from cardcrm.reports.desk.desk import read_desk

        await asyncio.sleep(0 if self.desk.desk else DESK_DELAY)
        with self.context.errors_shown():
            self.desk.update(await self.context.database.read_on_second(read_desk))

    # reading

    def _show_first(self, first_page: FirstPage) -> None:
        self.list.update(first_page.day)
        if not first_page.day:
            start_task(self, self._update, first_page.day, group="empty")
        if first_page.first is not None:
            self.card.show_data(first_page.first)
        if not is_complete(first_page.day, MAX_ROWS):
            start_task(self, self._read_on, group="more")

    async def _read_on(self) -> None:
        """Read the rest of the list, well after the first screen is shown."""
        await asyncio.sleep(READ_ON_DELAY)
        with self.context.errors_shown():
            await self._read()

    async def reload(self) -> None:
        """Read the day."""
        first_page: FirstPage | None = await self.context.database.take_first_answer()
        if first_page is not None:
            self._show_first(first_page)
        else:
            await self._read()
        self._start_desk()

    async def _read(self) -> None:
        days_ahead, alert_days = self.context.days_ahead, self.context.alert_days
        day = await self.context.database.read(
            lambda store: read_day(store, days_ahead, MAX_ROWS, alert_days=alert_days)
        )
        await self._update(day)

    async def _update(self, day: Digest) -> None:
        """Show a day; if it has no items, ask first whether there are contacts at all."""
        with self.context.errors_shown():
            self.list.is_empty_database = not day and await self.context.database.read(
                contacts.is_empty
            )
        self.list.update(day)
        self._show_marks()

    def selected_contact(self) -> int | None:
        """Return the id of the contact of the item under the cursor."""
        item = self.list.selected
        return item.contact.id if item is not None and item.contact else None

    def selected_reminder(self) -> int | None:
        """Return the id of the list's reminder, or the card's if the card has the focus."""
        item = self.list.selected
        if self.card.has_focus or not isinstance(item, DueReminder):
            return super().selected_reminder() if self.card.has_focus else None
        return item.id

    def selected_alert(self) -> int | None:
        """Return the id of the list's alert, or of the card's if the card has the focus."""
        item = self.list.selected
        if self.card.has_focus:
            return super().selected_alert()
        return item.alert.id if isinstance(item, DueAlert) else None

    def open_selected(self) -> None:
        """Begin call mode with the marked items, or with the selected one and those like it."""
        self.begin_calls(self.list.call_tasks())

    # marks

    @property
    def has_marks(self) -> bool:
        """Return whether items are marked."""
        return bool(self.list.marked)

    @property
    def is_only_mark_selected(self) -> bool:
        """Return whether the only marked item is the selected one."""
        return [*self.list.marked.values()] == [self.list.selected]

    def marked_contacts(self) -> dict[int, str]:
        """Return the names by id of the contacts of the marked items."""
        found = (item.contact for item in self.list.marked.values() if item.contact)
        return {contact.id: contact.name for contact in found}

    def marked_reminders(self) -> list[int]:
        """Return the ids of the marked reminders."""
        return [each.id for each in self.list.marked.values() if isinstance(each, DueReminder)]

    def describe_marked(self) -> str:
        """Return how many items are marked."""
        count = len(self.list.marked)
        return f"{count:,} marked {'item' if count == 1 else 'items'}"

    def action_mark(self) -> None:
        """Mark or unmark the item under the cursor."""
        self.list.mark()
        self._show_marks()

    def action_mark_all(self) -> None:
        """Mark all items of the list."""
        self.list.mark_all()
        self._show_marks()

    def unmark(self) -> bool:
        """Remove all marks; return whether there were any."""
        had_marks = self.has_marks
        self.list.unmark()
        self._show_marks()
        return had_marks

    def _show_marks(self) -> None:
        """Show the number of marked items, and the keys for them."""
        self.footer.refresh()
        self._update_header()

    @property
    def note(self) -> str:
        """The number of marked items."""
        return f"{len(self.list.marked):,} marked" if self.list.marked else ""

    @property
    def _is_for_one(self) -> bool:
        """Return whether the keys are for one item, not for the marked items."""
        return self.card.has_focus or self.is_only_mark_selected

    @property
    def reminders_to_change(self) -> list[int]:
        """The ids of the marked reminders, if the keys are for the marked items."""
        return [] if self._is_for_one else self.marked_reminders()

    @property
    def touches_to_change(self) -> list[int]:
        """The contacts of the marked touches, if the keys are for the marked items."""
        marked = [] if self._is_for_one else self.list.marked.values()
        return [each.contact.id for each in marked if isinstance(each, OverdueContact)]

    @property
    def alerts_to_change(self) -> list[int]:
        """The ids of the marked alerts, if all marked items are alerts."""
        marked = [] if self._is_for_one else [*self.list.marked.values()]
        ids = [each.alert.id for each in marked if isinstance(each, DueAlert)]
        return ids if len(ids) == len(marked) else []

    @on_shown_card
    def action_done(self) -> None:
        """Open the form to mark the reminder done, or all marked ones; dismiss alerts."""
        from cardcrm.tui.forms import alert_actions, marked_reminders

        if ids := self.reminders_to_change:
            self.context.start_opening(marked_reminders.done_all(self.context, ids))
        elif alerts := self.alerts_to_change:
            self.context.start_opening(alert_actions.dismiss(self.context, alerts))
        else:
            super().action_done()

    @on_shown_card
    def action_snooze(self) -> None:
        """Open the form to snooze the reminder or touch, or all marked ones."""
        from cardcrm.tui.forms import alert_actions, marked_reminders

        ids, touches = self.reminders_to_change, self.touches_to_change
        if ids or touches:
            self.context.start_opening(marked_reminders.snooze_all(self.context, ids, touches))
        elif alerts := self.alerts_to_change:
            self.context.start_opening(alert_actions.snooze(self.context, alerts))
        else:
            super().action_snooze()

    @on_shown_card
    def action_remove(self) -> None:
        """Delete the reminder, or all marked ones."""
        from cardcrm.tui.forms import marked_reminders

        if ids := self.reminders_to_change:
            self.context.start(marked_reminders.delete_all(self.context, ids))
        elif self.alerts_to_change:
            self.action_done()
        else:
            super().action_remove()

    def record_to_delete(self) -> Target | None:
        """Return the list's reminder, or the record under the card's cursor."""
        item = self.list.selected
        if self.list.has_focus and isinstance(item, DueReminder):
            return Target("reminder", item.id, item.text)
        return super().record_to_delete()
