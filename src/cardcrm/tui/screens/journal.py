"""Journal: what was changed, when and by whom; any step can be looked at."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from cardcrm import dates
from cardcrm.reports import change_text
from cardcrm.reports.change_text import ChangeText, Fact
from cardcrm.store import Store, journal
from cardcrm.store.journal import Step
from cardcrm.text import clean, shorten
from cardcrm.text import width as width_of
from cardcrm.tui import jobs
from cardcrm.tui.screens.page import Page
from cardcrm.tui.tasks import begin
from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.header_footer import Foot
from cardcrm.tui.widgets.line_list import Lines, Span, fit

FIRST = 200
MOST_CHANGES = 500  # changes of a step that are shown
NOTHING = "nothing was changed yet; whatever is can be taken back here"
WIDE = 60  # cells from which on a step's line says who, and both day and time


class Steps(Lines):
    """The steps, newest first."""

    def __init__(self) -> None:
        super().__init__(id="left")
        self.steps: list[Step] = []
        self._commands: dict[int, str] = {}
        self.zone = ""
        self.today = dt.date.min

    @property
    def chosen(self) -> Step | None:
        """The step under the cursor."""
        return self.steps[self.cursor] if self.cursor < len(self.steps) else None

    def take(self, steps: list[Step]) -> None:
        """Show steps; the cursor stays on its step, or on the newest."""
        before = self.chosen.id if self.chosen and self.cursor else None
        self.steps = steps
        self._commands = {step.id: step.command for step in steps}
        self.set_count(len(steps))
        again = [n for n, step in enumerate(steps) if step.id == before]
        self.set_reactive(Lines.cursor, again[0] if again else 0)
        self.reveal()
        self.post_message(self.Moved(self))

    def spans(self, index: int, width: int) -> list[Span]:
        """When, who, and the command."""
        step = self.steps[index]
        is_wide = width >= WIDE
        when = self._when(step, in_full=is_wide)
        author = f"{fit(step.author, 8)} " if is_wide else ""
        gone = step.undone or step.kind == "undo"
        sign = {"undo": "↶", "redo": "↷"}.get(step.kind, "✗" if step.undone else " ")
        room = width - len(when) - width_of(author) - 5
        return [
            Span(f" {sign} ", "mark"),
            Span(f"{when} ", "dim"),
            Span(author, "tag"),
            Span(fit(self.words_of(step), room), "dim" if gone else ""),
        ]

    def _when(self, step: Step, *, in_full: bool) -> str:
        """The day and the time; where there is little room, the time of today, else the day."""
        at = dates.from_instant(step.at, self.zone)
        if in_full:
            return f"{at:%d %b %H:%M}"
        return f"{at: %H:%M}" if at.date() == self.today else f"{at:%d %b}"

    def words_of(self, step: Step) -> str:
        """What was done; what took back another step, or did it again, says which."""
        if step.target is None:
            return jobs.plain(step.command)
        done = "took back" if step.kind == "undo" else "did again"
        command = self._commands.get(step.target, f"step {step.target}")
        return f"{done} {jobs.plain(command)}"


class Details(Lines):
    """What a step changed, row by row."""

    def __init__(self) -> None:
        super().__init__(id="card")
        self.step: Step | None = None
        self._title = ""
        self.lines: list[tuple[Span, ...]] = []
        self._told_of: list[ChangeText] = []
        self.zone = ""

    def take(self, step: Step | None, title: str, told: list[ChangeText]) -> None:
        """Show a step under what was done; without one, the title alone."""
        self.step, self._title, self._told_of = step, title, told
        self._lay_out()
        self.jump(0)

    def on_resize(self) -> None:
        """Wrap anew."""
        self._lay_out()

    def _lay_out(self) -> None:
        room = max(self.scrollable_content_region.width - 3, 10)
        title = [(Span(f" {line}", "dim"),) for line in wrap(self._title, room)]
        self.lines = list(self._told(room)) if self.step else [(), *title]
        self.set_count(len(self.lines))

    def _told(self, room: int) -> Iterable[tuple[Span, ...]]:
        step = self.step
        assert step is not None
        at = dates.from_instant(step.at, self.zone)
        yield ()
        for line in wrap(self._title, room):
            yield (Span(f" {line}", "title"),)
        yield (Span(f" step {step.id} · {at:%a %d %b %Y %H:%M}", "dim"),)
        state = " · taken back" if step.undone else ""
        yield (Span(f" {step.author} at {step.host}{state}", "dim"),)
        for heading, facts in self._told_of:
            yield ()
            for line in wrap(heading, room):
                yield (Span(f" {line}", "section"),)
            yield from _fact_lines(facts, room)
        if step.changes > MOST_CHANGES:
            yield (Span(f" … {step.changes - MOST_CHANGES:,} more changes", "dim"),)

    @property
    def shows_cursor(self) -> bool:
        """It is only read."""
        return False

    def action_move(self, step: int) -> None:
        """Scroll."""
        self.jump(round(self.scroll_target_y) + step)

    def spans(self, index: int, width: int) -> list[Span]:  # noqa: ARG002 - wrapped before
        """A line."""
        return list(self.lines[index])


def _fact_lines(facts: Iterable[Fact], room: int) -> Iterator[tuple[Span, ...]]:
    """Each fact beside its label; what stood there before goes first."""
    labels = {label: shorten(clean(label), max(room // 3, 8)) for label, _, _ in facts}
    wide = max(map(width_of, labels.values()), default=0)
    for label, before, after in facts:
        told = f"{before} → {after or 'nothing'}" if before and after else before or after
        start = labels[label] + " " * (wide - width_of(labels[label]) + 2)
        for number, line in enumerate(wrap(told, room - 2 - len(start))):
            yield (Span(f"   {start if not number else ' ' * len(start)}", "dim"), Span(line))


class JournalPage(Page):
    """The fourth page. Its list is of steps, and beside it stands what a step changed."""

    here = "journal"
    places: ClassVar[tuple[str, ...]] = ("app", "lines")
    DEFAULT_CSS = """
    JournalPage.-usual #left { width: 11fr; }
    JournalPage.-usual #card { width: 9fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.steps = Steps()
        self.changes = Details()

    def compose(self) -> ComposeResult:
        """The steps and the changes of one."""
        yield self.top
        with Horizontal(id="body"):
            yield self.steps
            yield self.changes
        yield Foot()

    def on_mount(self) -> None:
        """The list has the keys."""
        self.steps.focus()

    def left(self) -> Iterable[Widget]:
        """The steps."""
        yield self.steps

    async def reload(self) -> None:
        """Read the latest steps."""
        self.steps.zone = self.changes.zone = self.crm.desk.locale.zone
        self.steps.today = dates.today(self.steps.zone)
        most = max(FIRST, len(self.steps.steps))
        self.steps.take(await self.crm.desk.ask(lambda store: journal.steps(store, most)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no card here to do anything with."""
        del parameters
        cards = ("log", "remind", "done", "snooze", "sell", "edit", "tag", "copy", "open", "kind")
        return action not in cards

    def on_lines_moved(self, event: Lines.Moved) -> None:
        """The changes follow the steps; more steps are read before the last is reached."""
        event.stop()
        step = self.steps.chosen
        if event.lines is not self.steps:
            return
        begin(self, self._look_at, step, group="step")
        if self.steps.cursor > len(self.steps.steps) - 20 and len(self.steps.steps) % FIRST == 0:
            begin(self, self._read_on, group="more")

    async def _read_on(self) -> None:
        known = len(self.steps.steps)
        with self.crm.telling():
            steps = await self.crm.desk.ask(lambda store: journal.steps(store, known + FIRST))
            if len(steps) > known:
                self.steps.take(steps)

    async def _look_at(self, step: Step | None) -> None:
        if step is None:
            self.changes.take(None, NOTHING, [])
            return
        with self.crm.telling():
            told = await self.crm.desk.ask(lambda store: _told(store, step))
            self.changes.take(step, self.steps.words_of(step), told)

    def pick(self) -> None:
        """Enter goes to the changes, to scroll them."""
        self.add_class("-on-card")
        self.changes.focus()

    def on_lines_picked(self, event: Lines.Picked) -> None:
        """Enter."""
        event.stop()
        self.pick()

    def action_back(self) -> None:
        """Back to the steps, then to where one came from."""
        if self.changes.has_focus:
            self.remove_class("-on-card")
            self.steps.focus()
        else:
            self.crm.go_back()


def _told(store: Store, step: Step) -> list[ChangeText]:
    """The changes of a step as words."""
    some = journal.changes(store, step.id)[:MOST_CHANGES]
    return change_text.describe(store, some)
