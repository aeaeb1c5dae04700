"""The contacts page: the search box, the tabs from A to Z, the list, and the selected card."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input

from cardcrm.errors import CardcrmError
from cardcrm.text import capitalize_first
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.contact_actions import ContactActions
from cardcrm.tui.widgets.alphabet_tabs import AlphabetTabs
from cardcrm.tui.widgets.contact_columns import (
    BY_NAME,
    ColumnHeadings,
    describe_sort,
    flip_sort,
    next_sort,
)
from cardcrm.tui.widgets.contact_list import ContactList
from cardcrm.tui.widgets.query_error import QueryErrorLine
from cardcrm.tui.widgets.search_box import INPUT_KEYS, QuerySuggester, SearchBox, SearchLine

if TYPE_CHECKING:
    from textual.timer import Timer

SEARCHING_DELAY = 0.15  # seconds after which a search in progress is shown
TYPING_PAUSE = 0.6  # seconds without a key after which incomplete text is searched for
SEARCHING = "searching …"
HEADED = 60  # columns of the screen from which on the list has headings


class ContactsPage(ContactActions):
    """The second page."""

    mode_name = "contacts"
    scopes: tuple[str, ...] = ("app", "page", "marks", "contacts", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("marks", "contacts", "page")]
    DEFAULT_CSS = """
    ContactsPage #error { padding: 0 3; }
    ContactsPage #headings { display: none; }
    ContactsPage.-headed #headings { display: block; }
    ContactsPage.-wide #left, ContactsPage.-wide #card { width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.contacts = ContactList(self.show_counts, id="contacts")
        self.headings = ColumnHeadings(self.contacts)
        self.tabs = AlphabetTabs()
        self.suggester = QuerySuggester()
        self.search_input = SearchBox(self.suggester)
        self.search_line = SearchLine(self.search_input)
        self._error = QueryErrorLine()
        self._contact_to_show: int | None = None
        self._opened: int | None = None  # the contact that another page opened
        self._is_slow = False
        self._pause: Timer | None = None  # until incomplete text is searched for

    def compose(self) -> ComposeResult:
        """Yield the search box and the tabs above the list and the card."""
        yield self.header
        yield self.search_line
        yield self._error
        with Vertical(id="body"):
            yield self.tabs
            with Horizontal():
                yield from self.left()
                yield self.card
        yield self.footer

    def left(self) -> Iterable[Widget]:
        """Yield the list below its headings."""
        with Vertical(id="left"):
            yield self.headings
            yield self.contacts

    def on_mount(self) -> None:
        """Focus the list."""
        self.set_class(self.app.size.width >= HEADED, "-headed", update=False)
        self.contacts.focus()

    def on_resize(self) -> None:
        """Show headings if the columns have room for them."""
        self.set_class(self.app.size.width >= HEADED, "-headed")
        self.headings.refresh()

    async def reload(self) -> None:
        """Read the list; stay on the selected contact, or go to the one that was opened.

        A newer reload may cancel this one, so the contact to go to is kept until it is shown.
        """
        to_show = self._contact_to_show
        if to_show is not None:
            self.contacts.memory.clear()
        await self.contacts.open(keep=to_show or self.contacts.selected_id)
        if self._contact_to_show == to_show:
            self._contact_to_show = None
        await self.context.database.read(self.suggester.load)

    def selected_contact(self) -> int | None:
        """Return the id of the contact under the cursor."""
        return self.contacts.selected_id

    def on_line_list_moved(self, event: ContactList.Moved) -> None:
        """Update the card, the tabs and the count."""
        if event.lines is self.contacts and self.contacts.is_unread:
            event.stop()  # `ContactList` reports it again once it is read
            return
        super().on_line_list_moved(event)
        self.show_counts()

    def show_counts(self) -> None:
        """Show the numbers of contacts, of marked ones and by letter."""
        lines = self.contacts
        self.tabs.update(lines.letter_counts, lines.letter_range)
        self.headings.update(lines.sort, is_sorted=not lines.is_ranked)
        count = lines.count if lines.total is None else lines.total
        more = "+" if lines.total is None and lines.has_more else ""
        marked = f"{len(lines.marked):,} marked · " if lines.marked else ""
        self.footer.refresh()
        noun = "contact" if count == 1 and not more else "contacts"
        searching = f" · {SEARCHING}" if lines.is_searching and self._is_slow else ""
        self.search_line.show_count(f"{marked}{count:,}{more} {noun}{searching}")

    @on(ContactList.Counted)
    def _on_counted(self) -> None:
        self.show_counts()
        if not self.contacts.count and not self.contacts.has_more:
            empty = f"No contacts yet. Press {self.context.key_of('add')} to add one."
            if self.contacts.words:
                question = capitalize_first(self.contacts.suggestion)
                empty = "\n".join(filter(None, ("No matching contacts", question)))
            self.card.empty_text = empty
            self.card.show(None, reload=True)

    @on(ContactList.QueryError)
    def _on_query_error(self, event: ContactList.QueryError) -> None:
        self._error.show_error(event.text)

    # searching

    def action_search(self) -> None:
        """Go to the search box."""
        self.remove_class("-on-card")
        self.search_input.focus()

    def filter_by(self, query: str) -> None:
        """Search for a query, and go to the list."""
        with self.search_input.prevent(Input.Changed):
            self.search_input.value = query
        self._search_for(query)
        self.contacts.focus()

    @property
    def input_keys(self) -> tuple[tuple[str, str, str], ...]:
        """Key, label and Textual's name of the search box's keys, while it has the focus."""
        return INPUT_KEYS if self.search_input.has_focus else ()

    @on(Input.Changed, "#words")
    def _on_typed(self, event: Input.Changed) -> None:
        """Search at every letter; a newer search replaces the one in progress.

        An incomplete filter is searched for only after a pause.
        """
        if self._pause is not None:
            self._pause.stop()
        if event.value == self.contacts.words:
            return
        if self.suggester.is_incomplete(event.value):
            self._pause = self.set_timer(TYPING_PAUSE, lambda: self._search_for(event.value))
        else:
            self._search_for(event.value)

    def _search_for(self, text: str) -> None:
        self.contacts.words = text
        start_task(self, self._search, group="search")

    async def _search(self) -> None:
        self._is_slow, self.contacts.is_searching = False, True
        timer = self.set_timer(SEARCHING_DELAY, self._show_searching)
        try:
            await self.contacts.open(
                keep=None if self.contacts.words else self.contacts.selected_id
            )
        except CardcrmError as error:
            self.contacts.is_searching = False
            self.show_counts()
            hint = f"  {error.hint}" if error.hint else ""
            message = ContactList.QueryError(f"{error.message}{hint}")
            # Not while the user is typing.
            self._pause = self.set_timer(TYPING_PAUSE, lambda: self.contacts.post_message(message))
        finally:
            timer.stop()

    def _show_searching(self) -> None:
        """Say that the list is not yet the answer."""
        if self.contacts.is_searching:
            self._is_slow = True
            self.search_line.show_count(SEARCHING)

    @on(Input.Submitted, "#words")
    async def _on_submitted(self, event: Input.Submitted) -> None:
        """Search, and go to the list; part of a filter's value is completed as suggested.

        Enter may come before the suggestion is shown.
        """
        box = self.search_input
        if self.suggester.is_partial(event.value):
            with box.prevent(Input.Changed):
                box.value = await self.suggester.get_suggestion(event.value) or event.value
        if box.value != self.contacts.words:
            self._search_for(box.value)
        self.contacts.focus()

    def on_key(self, event: events.Key) -> None:
        """Handle the keys of the search box, and capital letters in the list."""
        if self.search_input.has_focus:
            self._handle_input_key(event)
        elif event.key in self.active_bindings:
            return
        elif event.character and event.character.isascii() and event.character.isupper():
            event.stop()
            self.action_letter_range(ord(event.character) - ord("A") + 1)

    def _handle_input_key(self, event: events.Key) -> None:
        box = self.search_input
        if event.key in ("down", "pagedown"):
            event.stop()
            self.contacts.focus()
        elif event.key == "tab" and box._suggestion:  # noqa: SLF001 - there is no public way
            event.stop()
            event.prevent_default()
            box.action_cursor_right()
        elif event.key == "escape":
            event.stop()
            box.value = ""
            self.contacts.focus()

    def action_letter_range(self, number: int) -> None:
        """Go to the contacts of a letter range, in the order of their names."""
        self.contacts.focus()
        if self.contacts.sort == BY_NAME:
            self.contacts.go_to_range(number)
        else:
            self.context.start_opening(self._sort_and_go(number))

    async def _sort_and_go(self, number: int) -> None:
        self.contacts.sort = BY_NAME
        await self._search()
        self.contacts.go_to_range(number)

    # sorting

    def action_next_sort(self) -> None:
        """Sort the list in the next order."""
        self.action_sort(next_sort(self.contacts.sort))

    def action_sort_by(self, field: str) -> None:
        """Sort the list by a column, or in the other direction if it is sorted by it."""
        self.action_sort(flip_sort(self.contacts.sort, field))

    def action_sort(self, sort: str) -> None:
        """Sort the list; the cursor goes to the first contact."""
        self.contacts.sort = sort
        self.contacts.memory.clear()
        self.headings.update(sort, is_sorted=True)
        self.context.show_message(f"Sorted by {describe_sort(sort)}")
        start_task(self, self._sort, group="search")

    async def _sort(self) -> None:
        await self._search()
        self.contacts.action_end(-1)

    # coming from another page

    async def open_contact(self, contact_id: int) -> None:
        """Put the cursor on a contact and wait for that; clear a search that does not find it."""
        self._opened = contact_id
        self.contacts.focus()
        if not (self.is_stale or not self.contacts.count or self._is_reloading):
            await self._go_to(contact_id)
            return
        self._contact_to_show = contact_id
        self._clear_search()
        self.reload_soon()
        while self._contact_to_show == contact_id and self._is_reloading:
            await self.wait_until_read()  # a newer reload may replace this one

    @property
    def _is_reloading(self) -> bool:
        """Return whether a reload is in progress, which would move the cursor back."""
        return any(
            task.group == "reload" and task.node is self and not task.is_finished
            for task in self.workers
        )

    async def _go_to(self, contact_id: int) -> None:
        if not await self.contacts.go_to(contact_id):
            self._clear_search()
            await self.contacts.open(keep=contact_id)

    def _clear_search(self) -> None:
        self.contacts.words = ""
        if self._pause is not None:
            self._pause.stop()
        with self.search_input.prevent(Input.Changed):
            self.search_input.value = ""

    @property
    def is_card_shown(self) -> bool:
        """Return whether the card is that of the line under the cursor."""
        return not self.contacts.is_unread and super().is_card_shown

    async def show_selected(self) -> None:
        """Show the card of the line under the cursor and wait until it is shown."""
        await super().show_selected()
        await self.contacts.read_selected()
        await super().show_selected()

    def action_leave(self) -> None:
        """Go from the card to the list, else remove the marks, else end the search, else go back.

        Going back leads to another page from which the contact was opened, as long as the cursor is
        on that contact.
        """
        if self.leave_card() or self.unmark():
            return
        history = self.context.history
        is_from_other_page = bool(history) and history[-1][0] != self.mode_name
        if is_from_other_page and self.contacts.selected_id == self._opened:
            self._opened = None
            self.context.go_back()
        else:
            self.search_input.value = ""
