"""The list of the day: reminders, leads, contracts, alerts, contacts to touch, and birthdays."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, NamedTuple

from textual.binding import BindingType

from cardcrm import dates
from cardcrm.reports.alerts.alert_data import describe_alert
from cardcrm.reports.due_contacts import DueContact
from cardcrm.reports.due_contracts import NOTICE, DueContract
from cardcrm.reports.due_leads import DueLead
from cardcrm.reports.due_rows import (
    Digest,
    DigestPart,
    DueReminder,
    OverdueContact,
    UpcomingAnniversary,
)
from cardcrm.text import cell_width as width_of
from cardcrm.text import sanitize
from cardcrm.tui.call_session import CallTask
from cardcrm.tui.keys import without
from cardcrm.tui.queries import (
    FIRST_ROWS,
    DueAlert,
    alerts_of,
    sections_of,
)
from cardcrm.tui.widgets.contact_columns import MVC_MARK
from cardcrm.tui.widgets.cursor_memory import CursorMemory
from cardcrm.tui.widgets.expanding_list import ExpandingList
from cardcrm.tui.widgets.line_list import LineList, Span, fit

WIDE = 44  # cells of a line from which on a delay is shown in words
NAME_ONLY = 14  # cells for name and text, below which only the name is shown
TEXT_BESIDE_PHONE = 16  # cells of text, below which the number to call is not beside it

_DUE_SECTIONS = ("Overdue", "Today", "Leads without an answer", "Losing touch")
Item = DueReminder | DueLead | DueContract | DueAlert | OverdueContact | UpcomingAnniversary


class Row(NamedTuple):
    """A line of the list: an item of the day, or a heading or a note if there is none."""

    heading: str = ""
    note: str = ""
    style: str = ""
    item: Item | None = None


class DayList(ExpandingList, inherit_bindings=False):
    """The day's list: one line an item, under headings; all of the chosen item's text."""

    BINDINGS: ClassVar[list[BindingType]] = [*without("show", "list")]  # Enter is for call mode

    def __init__(self) -> None:
        super().__init__(id="left")
        self.rows: list[Row] = []
        self.today = dt.date.min
        self.is_empty_database = False
        self.marked: dict[tuple[Any, ...], Item] = {}
        self._memory: CursorMemory[tuple[Any, ...]] = CursorMemory()
        self._name_width = 8
        self._when_widths = {False: 8, True: 8}  # of dates in short, and in full

    @property
    def selected(self) -> Item | None:
        """The item under the cursor."""
        return self.rows[self.cursor].item if self.cursor < len(self.rows) else None

    @property
    def context_above(self) -> int:
        """The lines above the first item, so that its heading stays in view."""
        return 2 if self.cursor <= 2 else 0

    def can_choose(self, index: int) -> bool:
        """Return whether a line is an item, not a heading."""
        return 0 <= index < len(self.rows) and self.rows[index].item is not None

    def update(self, digest: Digest) -> None:
        """Show a day; stay on the selected item, or near it."""
        before = _identity(self.selected)
        self.today = digest.date
        key_of = self.context.key_of
        self.rows = list(_rows(digest, is_new=self.is_empty_database, key_of=key_of))
        # Measured by the first rows of each section: rows that are read later do not shift them.
        items = [each for part in sections_of(digest) for each in part.rows[:FIRST_ROWS]]
        self._name_width = max(
            (width_of(_name(each.contact)) for each in items if each.contact), default=8
        )
        for in_full in (False, True):
            whens = (self._describe(each, in_full=in_full)[1] for each in items)
            self._when_widths[in_full] = max(map(len, whens), default=8)
        self.set_count(len(self.rows))
        rows = {_identity(row.item): n for n, row in enumerate(self.rows) if row.item}
        self.marked = {
            key: self.rows[rows[key]].item or item
            for key, item in self.marked.items()
            if key in rows
        }
        found = [rows[each] for each in self._memory.candidates(before) if each in rows]
        self.set_reactive(LineList.cursor, min(self.cursor, max(self.count - 1, 0)))
        self.go(found[0] if found else self.cursor)
        self.wrap_below()
        self._memory.record(before or None, _identity(self.selected) or None)
        self.post_message(self.Moved(self))

    # calls

    def call_tasks(self) -> list[CallTask]:
        """Return the calls of the marked items, else of the selected item and those like it.

        What is due is one list: overdue, today, and the contacts losing touch.
        """
        if self.marked:
            return [task for each in self.marked.values() if (task := _to_task(each))]
        sections: dict[str, list[Item]] = {}
        heading = mine = ""
        for index, row in enumerate(self.rows):
            heading = row.heading or heading
            if row.item is not None:
                sections.setdefault(heading, []).append(row.item)
            if index == self.cursor:
                mine = heading
        names = _DUE_SECTIONS if mine in _DUE_SECTIONS else (mine,)
        items = [each for name in names for each in sections.get(name, ())]
        return [task for each in items if (task := _to_task(each))]

    # marking

    def mark(self) -> None:
        """Mark or unmark the item under the cursor, and move to the next."""
        item = self.selected
        if item is None:
            return
        if self.marked.pop(_identity(item), None) is None:
            self.marked[_identity(item)] = item
        self.action_move(1)
        self.refresh()

    def mark_all(self) -> None:
        """Mark all items."""
        self.marked = {_identity(row.item): row.item for row in self.rows if row.item}
        self.refresh()

    def unmark(self) -> None:
        """Remove all marks."""
        self.marked = {}
        self.refresh()

    # the chosen item

    def text_below(self, width: int) -> str:
        """Return what the line of the chosen item has no room for: the number and the text."""
        item = self.selected
        if item is None:
            return ""
        text = self._describe(item, in_full=width >= WIDE)[2]
        name_room, room, phone_room = self._rooms(item, width)
        is_cut = width_of(text) > (room if item.contact else name_room)
        parts = ["" if phone_room else _number_to_call(item), text if is_cut else ""]
        return " · ".join(filter(None, parts))

    def _rooms(self, item: Item, width: int) -> tuple[int, int, int]:
        """Return the cells of an item's name, of its text and of its number to call.

        Text and number get 0 if there are few. The text of an item without a contact takes the
        place of the name.
        """
        in_full = width >= WIDE
        when_room = len(self._describe(item, in_full=in_full)[1])
        room = width - 4 - when_room
        if room < NAME_ONLY or not item.contact:
            return room - 1, 0, 0  # only the first letters of the text would fit
        most = (width - 4 - self._when_widths[in_full]) * 2 // 5
        name_room = min(self._name_width, max(most, NAME_ONLY))
        room -= name_room + 3
        phone_room = width_of(_number_to_call(item))
        # All dates take as much room, so that the numbers are one below the other.
        beside = room - phone_room - 2 - max(self._when_widths[in_full] - when_room, 0)
        if not phone_room or beside < TEXT_BESIDE_PHONE:
            return name_room, room, 0
        return name_room, beside, phone_room

    def spans(self, index: int, width: int) -> list[Span]:
        """Return a heading, or the name, text and date of an item."""
        row = self.rows[index]
        if row.item is None:
            if not row.heading:
                return [Span(" " + fit(row.note, width - 1), row.style)] if row.note else []
            line = "─" * max(width - width_of(row.heading) - width_of(row.note) - 4, 0)
            return [Span(f" {row.heading} ", row.style), Span(f"{line} {row.note}", "dim")]
        mark, when, text = self._describe(row.item, in_full=width >= WIDE)
        name_room, room, phone_room = self._rooms(row.item, width)
        when_room = self._when_widths[width >= WIDE] if phone_room else 0
        name = _name(row.item.contact) if row.item.contact else text
        is_marked = _identity(row.item) in self.marked
        return [
            Span(" ✓ ", "mark") if is_marked else Span(f" {mark} ", row.style),
            Span(fit(name, name_room), "bold"),
            Span(fit(f"  {text}", room + 2) + " " if room else " "),
            Span(fit(f" {_number_to_call(row.item)}", phone_room + 2) if phone_room else ""),
            Span(f"{when:>{when_room}} ", row.style or "dim"),
        ]

    def _describe(self, item: Item, *, in_full: bool) -> tuple[str, str, str]:
        """Return mark, date and text of an item."""
        if isinstance(item, DueReminder):
            when = self._format_due(item, in_full=in_full)
            return ("!" if item.promise else "·"), when, item.text
        if isinstance(item, DueLead):
            return "?", self._format_age(item, in_full=in_full), item.text
        if isinstance(item, DueContract):
            return "§", self._format_day(item.on, in_full=in_full), _describe_contract(item)
        if isinstance(item, DueAlert):
            return "+", item.alert.kind, describe_alert(item.alert)
        if isinstance(item, OverdueContact):
            last = item.last
            text = f"last {last.kind}: {last.text}" if last else f"every {item.cadence_days} days"
            return "~", self._format_touch(item, in_full=in_full), text
        age = f" {item.age}" if item.age else ""
        return "*", _short_day(item.on, self.today), f"{item.label}{age}"

    def _format_touch(self, item: OverdueContact, *, in_full: bool) -> str:
        if item.days_late < 0:
            return _short_day(item.touch_by, self.today)
        return self._format_delay(item.days_late, in_full=in_full)

    def _format_delay(self, days: int, *, in_full: bool) -> str:
        if in_full or not days:
            return dates.format_delay(self.today - dt.timedelta(days), self.today)
        return f"{days}d late"

    def _format_age(self, lead: DueLead, *, in_full: bool) -> str:
        """Return when a lead came in: its time today, else how long ago."""
        days = (self.today - lead.received_on).days
        if not days:
            return f"{lead.time:%H:%M}" if lead.time else "today"
        return dates.format_relative(lead.received_on, self.today) if in_full else f"{days}d"

    def _format_due(self, task: DueReminder, *, in_full: bool) -> str:
        time = f"{task.time:%H:%M}" if task.time and task.due_on >= self.today else ""
        if time and task.due_on == self.today:
            return time
        return f"{self._format_day(task.due_on, in_full=in_full)} {time}".strip()

    def _format_day(self, day: dt.date, *, in_full: bool) -> str:
        late = (self.today - day).days
        return (
            self._format_delay(late, in_full=in_full) if late > 0 else _short_day(day, self.today)
        )


def _to_task(item: Item) -> CallTask | None:
    """Return the call for an item; None for one without a contact."""
    if item.contact is None:
        return None
    reminder, reason = None, ""
    if isinstance(item, DueReminder):
        reminder = item.id
    elif isinstance(item, DueAlert):
        reason = describe_alert(item.alert)
    elif isinstance(item, DueContract):
        reason = f"contract {item.id}: {_describe_contract(item)}"
    elif isinstance(item, DueLead):
        reason = f"lead without an answer: {item.text}"
    elif isinstance(item, UpcomingAnniversary):
        reason = f"{item.label} {item.age or ''}".rstrip()
    return CallTask(item.contact.id, item.contact.name, reminder, reason)


def _describe_contract(contract: DueContract) -> str:
    """Return what a contract is, and what happens to it on its day."""
    if contract.event == NOTICE:
        return f"{contract.text}: last day for notice, else renews by {contract.renewal}"
    return f"{contract.text}: ends"


def _name(contact: DueContact) -> str:
    """Return the name of a contact, with the mark of an MVC member."""
    return f"{MVC_MARK} {contact.name}" if contact.mvc else contact.name


def _number_to_call(item: Item) -> str:
    """Return the number to call to get in touch."""
    return sanitize(item.contact.phone) if isinstance(item, OverdueContact | DueLead) else ""


def _short_day(day: dt.date, today: dt.date) -> str:
    """Return ``today``, ``Mon`` within the week, else ``27 Nov``."""
    away = (day - today).days
    if away == 0:
        return "today"
    return f"{day:%a}" if 0 < away < 7 else dates.format_short_day(day, today)


def _identity(item: Item | None) -> tuple[Any, ...]:
    """Return what an item is recognized by after a change.

    A reminder or touch that was moved to another day is another item, so that the cursor does not
    follow it but moves on to the next.
    """
    if item is None:
        return ()
    if isinstance(item, DueReminder):
        return DueReminder, item.id, item.due_on, item.time
    if isinstance(item, DueLead | DueContract):
        return type(item), item.id
    if isinstance(item, DueAlert):
        return DueAlert, item.alert.id
    if isinstance(item, OverdueContact):
        return OverdueContact, item.contact.id, item.touch_by
    return type(item), item.contact.id


def _rows(digest: Digest, *, is_new: bool, key_of: Callable[[str], str]) -> Iterable[Row]:
    sections: tuple[tuple[str, DigestPart[Any], str], ...] = (
        ("Overdue", digest.overdue, "late"),
        ("Today", digest.today, "soon"),
        ("Leads without an answer", digest.leads, "soon"),
        (f"Next {digest.ahead} days", digest.coming, "section"),
        ("Contracts", digest.contracts, "section"),
        ("Alerts", alerts_of(digest), "section"),
        ("Losing touch", digest.losing_touch, "section"),
        ("Touch soon", digest.touch_soon, "section"),
        ("Birthdays and anniversaries", digest.days, "section"),
    )
    has_rows = False
    if is_new and not digest:
        yield from _welcome_rows(key_of)
        return
    if digest.cases.rows:
        is_late = any(each.is_late for each in digest.cases.rows)
        note = f"{digest.cases.total:,} · press {key_of('cases')}"
        yield Row("Cases due", note, "late" if is_late else "soon")
        has_rows = True
    elif not _has_work(digest):
        yield Row()
        yield from _all_done_rows(digest)
        has_rows = True
    for title, part, style in sections:
        if not part.rows:
            continue
        if has_rows:
            yield Row()
        has_rows = True
        count = f"{part.total:,}" if part.exact else f"{part.total:,}+"
        yield Row(title, count, style)
        for each in part.rows:
            yield Row("", "", style if style != "section" else "", each)


def _has_work(digest: Digest) -> bool:
    """Return whether something cannot wait until tomorrow; the first contract has the first day."""
    is_late = any(each.on <= digest.date for each in digest.contracts.rows[:1])
    return bool(digest.overdue.rows or digest.today.rows or digest.leads.rows) or is_late


def _all_done_rows(digest: Digest) -> Iterable[Row]:
    yield Row("", "All done for today.", "good")
    if digest:
        yield Row("", "The rest can wait.", "dim")
    else:
        yield Row("", "Nothing is planned.", "dim")
        yield Row("", "Press 2 for contacts, a to add one.", "dim")


def _welcome_rows(key_of: Callable[[str], str]) -> Iterable[Row]:
    """Yield the text for a database without contacts."""
    yield Row()
    yield Row("", "Welcome to cardcrm.", "title")
    yield Row("", "There are no contacts yet.")
    yield Row()
    for id_, label in (("add", "add a contact"), ("help", "show the keys"), ("quit", "quit")):
        yield Row("", f"{key_of(id_):3}{label}")
    yield Row()
    for line in (
        "To import contacts:",
        "  cardcrm import customers.csv",
        "To try a sample shop:",
        "  cardcrm demo",
    ):
        yield Row("", line, "" if line.startswith(" ") else "dim")
