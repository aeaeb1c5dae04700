"""The journal page: all changes, with time and author, and the details of the selected one."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from cardcrm import dates
from cardcrm.reports import change_text, journal_sentences
from cardcrm.reports.change_text import ChangeText, Fact
from cardcrm.store import Store, journal
from cardcrm.store.journal import Step
from cardcrm.text import cell_width as width_of
from cardcrm.text import sanitize, shorten
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.screens.card_page import ON_CARD
from cardcrm.tui.screens.page import Page
from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.line_list import LineList, Span, fit

PAGE_SIZE = 200  # steps that are read at once
MAX_CHANGES = 500  # changes of a step that are shown
EMPTY_TEXT = "No changes yet. Every change can be undone here."
WIDE = 60  # cells from which on a step's line has the author, and both date and time
_NEAR_END = 20  # lines before the end at which more steps are read
_SIGNS = {"undo": "↶", "redo": "↷"}


class StepList(LineList):
    """The steps, newest first."""

    def __init__(self) -> None:
        super().__init__(id="left")
        self.steps: list[Step] = []
        self.zone = ""
        self.today = dt.date.min
        self._sentences: dict[int, str] = {}

    @property
    def selected(self) -> Step | None:
        """The step under the cursor."""
        return self.steps[self.cursor] if self.cursor < len(self.steps) else None

    def update(self, steps: list[Step], sentences: Mapping[int, str]) -> None:
        """Show steps in sentences; the cursor stays on its step, or on the newest."""
        before = self.selected.id if self.selected and self.cursor else None
        self.steps = steps
        self._sentences = dict(sentences)
        self.set_count(len(steps))
        rows = [row for row, step in enumerate(steps) if step.id == before]
        self.put_cursor(rows[0] if rows else 0)

    def spans(self, index: int, width: int) -> list[Span]:
        """Return time, author and sentence of a step."""
        step = self.steps[index]
        is_wide = width >= WIDE
        when = self._format_time(step, in_full=is_wide)
        author = f"{fit(step.author, 8)} " if is_wide else ""
        is_dim = step.undone or step.kind == "undo"
        sign = _SIGNS.get(step.kind, "✗" if step.undone else " ")
        room = width - len(when) - width_of(author) - 5
        return [
            Span(f" {sign} ", "mark"),
            Span(f"{when} ", "dim"),
            Span(author, "tag"),
            Span(fit(self.describe(step), room), "dim" if is_dim else ""),
        ]

    def _format_time(self, step: Step, *, in_full: bool) -> str:
        """Return date and time; in little room, the time of a step of today, else the date.

        An old step has its year in place of the time, or of the day.
        """
        at = dates.from_instant(step.at, self.zone)
        if not dates.is_near(at.date(), self.today):
            return f"{at:%d %b  %Y}" if in_full else f"{at:%b’%y}"
        if in_full:
            return f"{at:%d %b %H:%M}"
        return f"{at: %H:%M}" if at.date() == self.today else f"{at:%d %b}"

    def describe(self, step: Step) -> str:
        """Return what a step changed, in a sentence."""
        return self._sentences.get(step.id, "")


class StepDetails(LineList):
    """The changes of a step, field by field."""

    def __init__(self) -> None:
        super().__init__(id="card")
        self.step: Step | None = None
        self.zone = ""
        self._title = ""
        self._lines: list[tuple[Span, ...]] = []
        self._changes: list[ChangeText] = []

    def update(self, step: Step | None, title: str, changes: list[ChangeText]) -> None:
        """Show the changes of a step under a title; without a step, only the title."""
        self.step, self._title, self._changes = step, title, changes
        self._lay_out()
        self.jump(0)

    def on_resize(self) -> None:
        """Wrap the texts for another width."""
        self._lay_out()

    def _lay_out(self) -> None:
        room = max(self.scrollable_content_region.width - 3, 10)
        title = [(Span(f" {line}", "dim"),) for line in wrap(self._title, room)]
        self._lines = list(self._detail_lines(self.step, room)) if self.step else [(), *title]
        self.set_count(len(self._lines))

    def _detail_lines(self, step: Step, room: int) -> Iterable[tuple[Span, ...]]:
        at = dates.from_instant(step.at, self.zone)
        yield ()
        for line in wrap(self._title, room):
            yield (Span(f" {line}", "title"),)
        yield (Span(f" step {step.id} · {at:%a %d %b %Y %H:%M}", "dim"),)
        state = " · undone" if step.undone else ""
        yield (Span(f" {step.author} on {step.host}{state}", "dim"),)
        for heading, facts in self._changes:
            yield ()
            for line in wrap(heading, room):
                yield (Span(f" {line}", "section"),)
            yield from _fact_lines(facts, room)
        if step.changes > MAX_CHANGES:
            yield (Span(f" … {step.changes - MAX_CHANGES:,} more changes", "dim"),)

    @property
    def shows_cursor(self) -> bool:
        """Return whether the cursor is highlighted: it is not, as the text is only read."""
        return False

    def action_move(self, step: int) -> None:
        """Scroll by a line."""
        self.jump(round(self.scroll_target_y) + step)

    def spans(self, index: int, width: int) -> list[Span]:  # noqa: ARG002 - wrapped before
        """Return a line."""
        return list(self._lines[index])


def _fact_lines(facts: Iterable[Fact], room: int) -> Iterator[tuple[Span, ...]]:
    """Yield each field's label, its old value and its new one."""
    labels = {label: shorten(sanitize(label), max(room // 3, 8)) for label, _, _ in facts}
    widest = max(map(width_of, labels.values()), default=0)
    for label, before, after in facts:
        text = f"{before} → {after or 'nothing'}" if before and after else before or after
        start = labels[label] + " " * (widest - width_of(labels[label]) + 2)
        for number, line in enumerate(wrap(text, room - 2 - len(start))):
            yield (Span(f"   {start if not number else ' ' * len(start)}", "dim"), Span(line))


class JournalPage(Page):
    """The fourth page: a list of steps, with the changes of the selected one beside it."""

    mode_name = "journal"
    scopes: tuple[str, ...] = ("app", "list")
    DEFAULT_CSS = """
    JournalPage.-usual #left { width: 11fr; }
    JournalPage.-usual #card { width: 9fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.steps = StepList()
        self.details = StepDetails()

    def compose(self) -> ComposeResult:
        """Yield the steps and the details of the selected one."""
        yield self.header
        with Horizontal(id="body"):
            yield self.steps
            yield self.details
        yield self.footer

    def on_mount(self) -> None:
        """Focus the list."""
        self.steps.focus()

    @property
    def focused_part(self) -> str:
        """The part that the keys are for: the list of steps, or the details of one."""
        return "card" if self.details.has_focus else "list"

    def left(self) -> Iterable[Widget]:
        """Yield the steps."""
        yield self.steps

    async def reload(self) -> None:
        """Read the latest steps."""
        self.steps.zone = self.details.zone = self.context.locale.zone
        self.steps.today = dates.today(self.steps.zone)
        limit = max(PAGE_SIZE, len(self.steps.steps))
        self.steps.update(*await self.context.database.read(lambda store: _read(store, limit)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the actions of a card, as this page has none."""
        del parameters
        return action not in ON_CARD

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        """Show the step's changes; read more steps before the last is reached."""
        event.stop()
        if event.lines is not self.steps:
            return
        start_task(self, self._show_details, self.steps.selected, group="step")
        count = len(self.steps.steps)
        if self.steps.cursor > count - _NEAR_END and count % PAGE_SIZE == 0:
            start_task(self, self._read_more, group="more")

    async def _read_more(self) -> None:
        known = len(self.steps.steps)
        with self.context.errors_shown():
            steps, sentences = await self.context.database.read(
                lambda store: _read(store, known + PAGE_SIZE)
            )
            if len(steps) > known:
                self.steps.update(steps, sentences)

    async def _show_details(self, step: Step | None) -> None:
        if step is None:
            self.details.update(None, EMPTY_TEXT, [])
            return
        with self.context.errors_shown():
            changes = await self.context.database.read(lambda store: _describe(store, step))
            self.details.update(step, self.steps.describe(step), changes)

    def open_selected(self) -> None:
        """Focus the details, to scroll them."""
        self.add_class("-on-card")
        self.details.focus()

    def on_line_list_picked(self, event: LineList.Picked) -> None:
        """Open the selected step."""
        event.stop()
        self.open_selected()

    def action_leave(self) -> None:
        """Go back from the details to the steps."""
        if self.details.has_focus:
            self.remove_class("-on-card")
            self.steps.focus()

    def action_back(self) -> None:
        """Go back to the steps, then to the page before."""
        if self.details.has_focus:
            self.action_leave()
        else:
            self.context.go_back()


def _read(store: Store, limit: int) -> tuple[list[Step], dict[int, str]]:
    """Return the latest steps, and a sentence for each."""
    steps = journal.steps(store, limit)
    return steps, journal_sentences.summarize(store, steps)


def _describe(store: Store, step: Step) -> list[ChangeText]:
    """Return the changes of a step in words."""
    some = journal.changes(store, step.id)[:MAX_CHANGES]
    return change_text.describe(store, some)
