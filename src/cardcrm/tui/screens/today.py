"""Today: what is overdue, due, promised and coming, who is being lost touch with, whose birthday
it is; with the chosen contact's card beside it, so that the call can be made.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from textual.widget import Widget

from cardcrm import dates
from cardcrm.records.contacts import contacts
from cardcrm.reports.due import Day, Digest, Lost, Part, Task
from cardcrm.text import width as width_of
from cardcrm.tui.queries import FEW, MOST, Opening, is_whole, parts_of, read_day
from cardcrm.tui.screens.page import Page
from cardcrm.tui.tasks import begin
from cardcrm.tui.widgets.card_lines import Target
from cardcrm.tui.widgets.cursor_memory import Gone
from cardcrm.tui.widgets.line_list import Lines, Span, fit

if TYPE_CHECKING:
    from cardcrm.reports.due_contacts import Callee
    from cardcrm.tui.app import CardApp

LATER = 0.5  # seconds
SHORT = 14  # cells for whom and what, below which there is room for whom alone


class Row(NamedTuple):
    """A line of the list: a heading, a blank (both without ``what``), or what is to be done."""

    head: str = ""
    note: str = ""
    style: str = ""
    what: Task | Lost | Day | None = None


class DayList(Lines):
    """The day's list; each thing has a line for whom and what."""

    def __init__(self) -> None:
        super().__init__(id="left")
        self.rows: list[Row] = []
        self.today = dt.date.min
        self.is_new = False  # whether there is no card at all in the box
        self._key_of: Callable[[str], str] = lambda id_: cast("CardApp", self.app).key_of(id_)
        self._gone: Gone[tuple[Any, ...]] = Gone()
        self._names = self._whens = 8  # cells of the widest name, and of the widest day

    @property
    def chosen(self) -> Task | Lost | Day | None:
        """What is under the cursor."""
        return self.rows[self.cursor].what if self.cursor < len(self.rows) else None

    @property
    def context_above(self) -> int:
        """The heading of the first thing stays in sight."""
        return 2 if self.cursor <= 2 else 0

    def can_choose(self, index: int) -> bool:
        """What is to be done, not its heading."""
        return 0 <= index < len(self.rows) and self.rows[index].what is not None

    def take(self, digest: Digest) -> None:
        """Show a day, and stay on what was chosen, else near it."""
        before = _identity(self.chosen)
        self.today = digest.date
        self.rows = list(_rows(digest, is_new=self.is_new, key_of=self._key_of))
        # Of the first of each part alone: what is read later does not move them.
        things = [each for part in parts_of(digest) for each in part.rows[:FEW]]
        self._names = max((width_of(each.contact.name) for each in things), default=8)
        self._whens = max((len(self._told(each)[1]) for each in things), default=8)
        self.set_count(len(self.rows))
        there = {_identity(row.what): n for n, row in enumerate(self.rows) if row.what}
        again = [there[each] for each in self._gone.sought(before) if each in there]
        self.set_reactive(Lines.cursor, min(self.cursor, max(self.count - 1, 0)))
        self.go(again[0] if again else self.cursor)
        self._gone.settle(before or None, _identity(self.chosen) or None)
        self.post_message(self.Moved(self))

    def spans(self, index: int, width: int) -> list[Span]:
        """A heading, or whom, what and when."""
        row = self.rows[index]
        if row.what is None:
            if not row.head:
                return [Span(" " + fit(row.note, width - 1), row.style)] if row.note else []
            line = "─" * max(width - width_of(row.head) - width_of(row.note) - 4, 0)
            return [Span(f" {row.head} ", row.style), Span(f"{line} {row.note}", "dim")]
        mark, when, text = self._told(row.what)
        name = row.what.contact.name
        room = width - 4 - len(when)
        if room < SHORT:
            text = ""  # but its beginning would be there
        name_room = min(self._names, (width - 4 - self._whens) // 2) if text else room - 1
        return [
            Span(f" {mark} ", row.style),
            Span(fit(name, name_room), "bold"),
            Span(fit(f"  {text}" if text else "", room - name_room - 1) + " "),
            Span(f"{when} ", row.style or "dim"),
        ]

    def _told(self, what: Task | Lost | Day) -> tuple[str, str, str]:
        """Sign, when, and what of a line."""
        if isinstance(what, Task):
            return ("!" if what.promise else "·"), self._when(what), what.text
        if isinstance(what, Lost):
            told = f"asks for every {what.cadence_days} days" if what.last is None else _last(what)
            return "~", f"{what.days_late}d late" if what.days_late else "today", told
        age = f" {what.age}" if what.age else ""
        return "*", _short(what.on, self.today), f"{what.label}{age}"

    def _when(self, task: Task) -> str:
        late = (self.today - task.due_on).days
        if late > 0:
            return f"{late}d late"
        time = f"{task.time:%H:%M}" if task.time else ""
        if not late:
            return time or "today"
        return f"{_short(task.due_on, self.today)} {time}".strip()


def _last(what: Lost) -> str:
    return f"last {what.last.kind}: {what.last.text}" if what.last else ""


def _short(day: dt.date, today: dt.date) -> str:
    """``today``, ``Mon`` within the week, else ``27 Nov``."""
    away = (day - today).days
    if away == 0:
        return "today"
    return f"{day:%a}" if 0 < away < 7 else dates.show_day(day, today).removeprefix(f"{day:%a} ")


def _identity(what: Task | Lost | Day | None) -> tuple[Any, ...]:
    if what is None:
        return ()
    return (type(what), what.id if isinstance(what, Task) else what.contact.id)


def _rows(digest: Digest, *, is_new: bool, key_of: Callable[[str], str]) -> Iterable[Row]:
    parts: tuple[tuple[str, Part[Any], str], ...] = (
        ("Overdue", digest.overdue, "late"),
        ("Today", digest.today, "soon"),
        (f"The next {digest.ahead} days", digest.coming, "section"),
        ("Losing touch", digest.losing_touch, "section"),
        ("Birthdays and days", digest.days, "section"),
    )
    shown = False
    if is_new and not digest:
        yield from _welcome(key_of)
        return
    if not digest.overdue.rows and not digest.today.rows:
        yield Row()
        yield from _kind_word(digest)
        shown = True
    for title, part, style in parts:
        if not part.rows:
            continue
        if shown:
            yield Row()
        shown = True
        count = f"{part.total:,}" if part.exact else f"{part.total:,}+"
        yield Row(title, count, style)
        for each in part.rows:
            yield Row("", "", style if style != "section" else "", each)


def _kind_word(digest: Digest) -> Iterable[Row]:
    """What is said when nothing is left to do."""
    yield Row("", "All done for today.", "good")
    if digest:
        yield Row("", "What is below can wait, or be done", "dim")
        yield Row("", "with a lighter heart.", "dim")
    else:
        yield Row("", "Nobody waits for you.", "dim")
        yield Row("", "2 shows the cards; a adds one.", "dim")


def _welcome(key_of: Callable[[str], str]) -> Iterable[Row]:
    """What is said in a box without a card."""
    yield Row()
    yield Row("", "Welcome to your card box.", "title")
    yield Row("", "There is no card in it yet.")
    yield Row()
    for id_, does in (
        ("add", "writes the first card"),
        ("help", "shows the keys"),
        ("quit", "leaves"),
    ):
        yield Row("", f"{key_of(id_):3}{does}")
    yield Row()
    for line in (
        "Cards from elsewhere come in by",
        "  cardcrm import customers.csv",
        "and a shop to look around in by",
        "  cardcrm demo",
    ):
        yield Row("", line, "" if line.startswith(" ") else "dim")


class Today(Page):
    """The first page."""

    here = "today"

    def __init__(self) -> None:
        super().__init__()
        self.list = DayList()

    def left(self) -> Iterable[Widget]:
        """The day's list."""
        yield self.list

    def on_mount(self) -> None:
        """Show what was read while the screen was loaded, all at once."""
        opening: Opening | None = self.crm.desk.early
        if opening is not None:
            self.is_stale = False
            self._lay(opening)

    def _lay(self, opening: Opening) -> None:
        self.list.take(opening.day)
        if not opening.day:
            begin(self, self._take, opening.day, group="new")  # perhaps there is no card at all
        if opening.first is not None:
            self.card.lay(opening.first)
        if not is_whole(opening.day, MOST):
            begin(self, self._read_on, group="more")

    async def _read_on(self) -> None:
        """The rest of the list, when the first screen has long been shown."""
        await asyncio.sleep(LATER)
        with self.crm.telling():
            await self._read()

    async def reload(self) -> None:
        """Read the day."""
        opening: Opening | None = await self.crm.desk.first()
        if opening is not None:
            self._lay(opening)
        else:
            await self._read()

    async def _read(self) -> None:
        ahead = self.crm.ahead
        day = await self.crm.desk.ask(lambda store: read_day(store, ahead, MOST))
        await self._take(day)

    async def _take(self, day: Digest) -> None:
        with self.crm.telling():
            self.list.is_new = not day and await self.crm.desk.ask(contacts.is_empty)
        self.list.take(day)

    def chosen(self) -> int | None:
        """Whose line it is."""
        what = self.list.chosen
        callee: Callee | None = what.contact if what is not None else None
        return callee.id if callee else None

    def reminder(self) -> int | None:
        """The one in the list, unless one is on the card."""
        what = self.list.chosen
        if self.card.has_focus or not isinstance(what, Task):
            return super().reminder() if self.card.has_focus else None
        return what.id

    def to_remove(self) -> Target | None:
        """What is chosen on the card, else the reminder of the list."""
        what = self.list.chosen
        if self.list.has_focus and isinstance(what, Task):
            return Target("reminder", what.id, what.text)
        return super().to_remove()

    def pick(self) -> None:
        """Enter opens the card."""
        if self.card.contact_id is not None:
            self.focus_card()
