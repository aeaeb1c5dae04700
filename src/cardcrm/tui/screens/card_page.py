"""A list beside the card of the contact under its cursor, with a header and a footer.

Actions are for the contact that is shown: an action on the selected contact waits until its card
has taken the place of the one before, and an action that is for one contact is refused while some
are marked.
"""

import contextlib
import functools
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import NULL_REGION, Region
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import WorkerCancelled, WorkerFailed

from cardcrm import dates
from cardcrm.reports.card_text import Target
from cardcrm.tui import keys
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.context import AppContext, FitsToPage, context_of
from cardcrm.tui.keys import bindings
from cardcrm.tui.widgets.card_view import CardView
from cardcrm.tui.widgets.containers import Row
from cardcrm.tui.widgets.header_footer import Footer, Header
from cardcrm.tui.widgets.job_strip import JobStrip
from cardcrm.tui.widgets.line_list import LineList

EDITABLE = ("reminder", "interaction", "sale")
# The actions that need a contact, which some pages show none of.
ON_CARD = frozenset(
    (
        "log",
        "remind",
        "done",
        "snooze",
        "sell",
        "edit",
        "tag",
        "copy",
        "open",
        "kind",
        "quotes",
        "invoices",
    )
)
_MOST_WAITS = 5  # for the card, while the cursor is moved by others' changes
NARROW = 64  # columns; below, list and card are shown one at a time


P = ParamSpec("P")
AnyPage = TypeVar("AnyPage", bound="CardPage")
Action = Callable[Concatenate[AnyPage, P], None]


def on_shown_card(action: Action[AnyPage, P]) -> Action[AnyPage, P]:
    """Run an action as soon as the card is that of the line under the cursor."""

    @functools.wraps(action)
    def run(page: AnyPage, /, *args: P.args, **options: P.kwargs) -> None:
        act = functools.partial(action, page, *args, **options)
        if page.is_card_shown:
            act()
        else:
            page.context.start_opening(page.run_on_shown_card(act))

    return run


class CardPage(Screen[None]):
    """A list and a card. ``is_stale`` says that its data has to be read again."""

    mode_name: ClassVar[str] = ""
    scopes: tuple[str, ...] = ("app", "page", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("page")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-usual"), (120, "-wide")]  # noqa: RUF012
    DEFAULT_CSS = """
    CardPage #left { width: 2fr; min-width: 20; }
    CardPage #card { width: 3fr; }
    CardPage.-usual #left { width: 9fr; }
    CardPage.-usual #card { width: 11fr; }
    CardPage.-narrow #card { display: none; }
    CardPage.-narrow.-on-card #card { display: block; }
    CardPage.-narrow.-on-card #left { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_stale = True
        self.is_read = False  # whether the list has ever been read
        self.header = Header(self.mode_name)
        self.footer = Footer()
        self.card = CardView(id="card")
        self._layout = ""  # the class of the layout that the page has

    @property
    def context(self) -> AppContext:
        """The parts of the app that a page may use."""
        return context_of(self)

    def compose(self) -> ComposeResult:
        """Yield the header, list and card, and the footer."""
        yield self.header
        with Row(id="body"):
            yield from self.left()
            yield self.card
            yield from self.beside_card()
        yield self.footer

    def left(self) -> Iterable[Widget]:
        """Yield the widgets beside the card."""
        return ()

    def beside_card(self) -> Iterable[Widget]:
        """Yield the widgets after the card, beside or under it."""
        return ()

    @property
    def list_region(self) -> Region:
        """The place of the list; empty if no card is shown with it."""
        left = next(iter(self.query("#left")), None)
        if left is None or not left.display or not self.card.region:
            return NULL_REGION
        return left.region

    @property
    def footer_ids(self) -> tuple[str, ...]:
        """The ids of the actions in the footer, which depend on the marks and the focus."""
        return keys.footer_ids(self.mode_name, self.focused_part)

    @property
    def focused_part(self) -> str:
        """The part that the keys are for: the list, the marked rows, or the card."""
        if self.card.has_focus:
            return "card"
        return "marked" if self.has_marks else "list"

    def on_resize(self) -> None:
        """Let a form above the page follow once the page is laid out."""
        self.call_later(self._fit_form)

    def _fit_form(self) -> None:
        """Move the form above the page to the place of the list.

        Textual lays out a covered page only at a resize, and so for the layout of the size before.
        """
        layout = next((name for _, name in self.HORIZONTAL_BREAKPOINTS if self.has_class(name)), "")
        is_new, self._layout = layout != self._layout, layout
        form = self.app.screen
        if not isinstance(form, FitsToPage):
            return
        if is_new:
            self.update_node_styles(animate=False)
            self.post_message(events.Resize(self.app.size, self.app.size))
        else:
            form.fit_to_page()

    def on_screen_suspend(self) -> None:
        """Empty the footer while a form covers the page."""
        self.footer.refresh()

    # reading

    async def reload(self) -> None:
        """Read what the page shows; the cursor stays where it was."""

    def reload_soon(self) -> None:
        """Read the page and its card in the background, replacing an older reload."""
        self.is_stale = False
        start_task(self, self._reload_all, group="reload")

    async def wait_until_read(self) -> None:
        """Wait until the page shows what it has begun to read."""
        tasks = [task for task in self.workers if task.group == "reload" and task.node is self]
        for task in tasks:
            with contextlib.suppress(WorkerFailed, WorkerCancelled):
                await task.wait()

    async def _reload_all(self) -> None:
        with self.context.errors_shown():
            await self.reload()
            self.is_read = True
            if self.card.contact_id is not None:
                self.card.show(self.card.contact_id, reload=True)
            self._update_header()

    async def read_again(self) -> None:
        """Read all that is shown. Raises StorageError if the database cannot be read."""
        await self.reload()
        await self.card.read_again()

    def _update_header(self) -> None:
        today = dates.today(self.context.locale.zone)
        day = dates.format_day(today, today)
        self.header.set_end(self.note, self.context.database_name, day)

    @property
    def note(self) -> str:
        """The text in the header before the name of the database."""
        return ""

    def on_mount(self) -> None:
        """Set the layout for the terminal's width now, not at the first resize."""
        width = self.app.size.width
        fitting = max(each for each in self.HORIZONTAL_BREAKPOINTS if each[0] <= width)
        self.add_class(fitting[1], update=False)
        self._update_header()

    def on_screen_resume(self) -> None:
        """Read again what was changed while another page was shown."""
        self.footer.refresh()
        if self.is_stale:
            self.reload_soon()
        if self.context.database.job is not None:
            self.show_progress()

    # long jobs

    def show_progress(self) -> None:
        """Show the progress of the long job."""
        if not self.query(JobStrip):
            self.mount(JobStrip(), after="#body")

    def hide_progress(self) -> None:
        """Remove the progress line."""
        self.query(JobStrip).remove()

    # the cursor

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        """Show the card of the contact under the list's cursor."""
        if event.lines is not self.card:
            event.stop()
            self.card.show(self.selected_contact())

    def open_selected(self) -> None:
        """Open the list's line under the cursor."""
        if self.card.contact_id is not None:
            self.focus_card()

    def focus_card(self) -> None:
        """Move the focus to the card."""
        self.add_class("-on-card")
        self.card.focus()

    def selected_contact(self) -> int | None:
        """Return the id of the contact under the list's cursor."""
        return None

    def selected_reminder(self) -> int | None:
        """Return the id of the reminder under the cursor, else of the card's next."""
        target = self.card.target_of("reminder")
        return target.id if target else None

    def selected_alert(self) -> int | None:
        """Return the id of the alert under the card's cursor."""
        target = self.card.target if self.card.has_focus else None
        return target.id if target is not None and target.kind == "alert" else None

    def selected_record(self) -> Target | None:
        """Return the interaction, reminder or sale under the card's cursor."""
        target = self.card.target if self.card.has_focus else None
        return target if target is not None and target.kind in EDITABLE else None

    def record_to_delete(self) -> Target | None:
        """Return the record that `action_remove` deletes."""
        return self.selected_record()

    # what is acted on

    @property
    def is_card_shown(self) -> bool:
        """Return whether the card is that of the line under the cursor."""
        return self.is_read and self.card.is_showing(self.selected_contact())

    async def show_selected(self) -> None:
        """Show the card of the line under the cursor and wait until it is shown."""
        if self.is_stale:
            self.reload_soon()
        if not self.is_read:
            await self.wait_until_read()
        await self.card.show_now(self.selected_contact())

    async def run_on_shown_card(self, act: Callable[[], None]) -> None:
        """Run an action once the card of the line under the cursor is shown."""
        for _ in range(_MOST_WAITS):
            if self.is_card_shown:
                break
            await self.show_selected()
        if self.is_card_shown:
            act()

    @property
    def has_marks(self) -> bool:
        """Return whether lines are marked."""
        return bool(self.marked_contacts())

    def marked_contacts(self) -> dict[int, str]:
        """Return the names by id of the marked contacts."""
        return {}

    def is_for_marked(self, what: str) -> bool:
        """Return whether contacts are marked, and if so, say that an action is for one.

        On the card, actions are for the line under its cursor.
        """
        if self.card.has_focus or not self.has_marks or self.is_only_mark_selected:
            return False
        self.context.refuse(
            f"Can't {what} {self.describe_marked()} at once; "
            f"{self.context.key_of('leave')} removes the marks"
        )
        return True

    @property
    def is_only_mark_selected(self) -> bool:
        """Return whether the only marked line is the selected one."""
        return [*self.marked_contacts()] == [self.card.contact_id]

    def describe_marked(self) -> str:
        """Return how many lines are marked: ``3 marked contacts``."""
        return f"{len(self.marked_contacts()):,} marked contacts"

    def act_on_marked(
        self, open_form: Callable[[AppContext, dict[int, str]], Coroutine[Any, Any, None]]
    ) -> bool:
        """Open a form for all marked contacts; return False if no line is marked."""
        if not self.has_marks:
            return False
        if marked := self.marked_contacts():
            self.context.start_opening(open_form(self.context, marked))
        else:
            self.context.refuse(f"No contact among the {self.describe_marked()}")
        return True

    # between card and list

    def leave_card(self) -> bool:
        """Move the focus from the card to the list; return whether it was on the card."""
        first = self._first_list()
        if first is None or not (self.card.has_focus or self.has_class("-on-card")):
            return False
        self.remove_class("-on-card")
        first.focus()
        return True

    def unmark(self) -> bool:
        """Remove all marks; return whether there were any."""
        return False

    def _first_list(self) -> LineList | None:
        return next((each for each in self.query(LineList) if each is not self.card), None)
