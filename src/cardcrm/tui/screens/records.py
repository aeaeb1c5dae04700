"""The list of any noun: the rows that a query finds, beside the card of their contact."""

from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from cardcrm.errors import UsageError
from cardcrm.records import records
from cardcrm.records.query_sql import record_query
from cardcrm.records.record_type import RecordType
from cardcrm.records.records import Record, Selection
from cardcrm.store import Store
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import record_form
from cardcrm.tui.keys import bindings
from cardcrm.tui.messages import one_line_text
from cardcrm.tui.screens.card_page import NARROW
from cardcrm.tui.screens.page import Page
from cardcrm.tui.widgets.query_error import QueryErrorLine
from cardcrm.tui.widgets.record_list import RecordList, Row

MAX_ROWS = 500
_LONGEST_TEXT = 300  # characters of a text that a line shows at most
_SIDE_BY_SIDE = 132  # columns; below, half of them would cut most texts, so the card is below
_CONTACT_ACTIONS = frozenset(
    ("log", "remind", "done", "snooze", "sell", "tag", "copy", "open", "kind", "flip")
)
_INPUT_KEYS = (("enter", "filter", "enter"), ("esc", "leave the filter", "escape"))


def list_orders(type_: RecordType) -> list[str]:
    """Return the orders of a list, first the usual one: each column and the other way round."""
    columns = [each.key for each in type_.listed if each.is_sortable]
    both = (order for key in columns for order in (key, f"-{key}"))
    return list(dict.fromkeys((type_.sort, *both)))


class RecordsPage(Page):
    """The page of one noun: a line for the query, the records, and a contact's card.

    A noun that is not about contacts has no card. Records that are done, such as reminders, are
    listed only while ``shows_all``.
    """

    mode_name = "records"
    scopes: tuple[str, ...] = ("app", "page", "records", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("records", "page")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-stacked"), (_SIDE_BY_SIDE, "-usual")]  # noqa: RUF012
    DEFAULT_CSS = """
    RecordsPage #query { height: 1; border: none; padding: 0 1; }
    RecordsPage #heading { height: 1; color: $muted; text-style: bold; }
    RecordsPage.-usual #left, RecordsPage.-usual #card { width: 1fr; }
    RecordsPage.-stacked #body { layout: vertical; }
    RecordsPage.-stacked #left { width: 1fr; height: 11fr; }
    RecordsPage.-stacked #card { width: 1fr; height: 9fr; }
    RecordsPage.-cardless #left { width: 1fr; }
    RecordsPage.-cardless #card { display: none; }
    """

    def __init__(self, type_: RecordType) -> None:
        super().__init__()
        self.type = type_
        self.list = self.create_list()
        self.query_text = ""
        self._wanted = ""  # the query that is being read, else that in force
        self.sort = type_.sort
        self.shows_all = not type_.closed_by
        self.query_input = Input(placeholder=self._placeholder(), id="query")
        self.query_error = QueryErrorLine()
        if not type_.contact_fields:
            self.scopes = ("app", "records", "list")
            self.add_class("-cardless")

    def create_list(self) -> RecordList:
        """Return the widget that lists the records."""
        return RecordList(self.type)

    def left(self) -> Iterable[Widget]:
        """Yield the line for the query, and the records below their heading."""
        with Vertical(id="left"):
            yield self.query_input
            yield self.query_error
            yield self.list.heading
            yield self.list

    def with_record(self, act: Callable[[AppContext, Record], Awaitable[None]]) -> None:
        """Start an action on the record under the cursor; without one, say so."""
        record = self.list.selected
        if record is None:
            self.context.refuse(f"No {self.type.name} is selected")
            return

        async def run() -> None:
            await act(self.context, record)

        self.context.start_opening(run())

    def _placeholder(self) -> str:
        shows_closed = self.shows_all and self.type.closed_by
        return f"filter {f'all {self.type.plural}' if shows_closed else self.type.open_plural}"

    def on_mount(self) -> None:
        """Focus the list."""
        self.list.focus()

    async def reload(self) -> None:
        """Read the records; the cursor stays where it was."""
        await self._filter(self._wanted)

    async def _filter(self, text: str) -> None:
        """Read the records that a query finds, unless another one is typed meanwhile.

        Raises UsageError; the list is then unchanged.
        """
        self._wanted = text
        try:
            rows = await self.context.database.read(lambda store: self._read(store, text))
        except UsageError:
            if text == self._wanted:
                self._wanted = self.query_text
            raise
        if text == self._wanted:
            self.list.update(rows)
            self.query_text = text

    def _read(self, store: Store, text: str) -> list[Row]:
        node = record_query.parse(self.type, text)
        if not self.shows_all:
            node = record_query.only_open(self.type, node)
        found = records.select(store, self.type, Selection(node, sort=self.sort, limit=MAX_ROWS))
        return self.rows_of(store, list(found))

    def rows_of(self, store: Store, found: list[Record]) -> list[Row]:
        """Return records with the texts of their columns."""
        return [(each, self.cells_of(store, each)) for each in found]

    def cells_of(self, store: Store, record: Record) -> tuple[str, ...]:
        """Return the id of a record and the texts of its declared columns."""
        pairs = ((each, record.values[each.key]) for each in self.type.listed)
        texts = (each.format(value, store) if each.cell(value) else "" for each, value in pairs)
        return (f"{record.id}", *(" ".join(text[:_LONGEST_TEXT].split()) for text in texts))

    def selected_contact(self) -> int | None:
        """Return the id of the contact of the record under the cursor."""
        record = self.list.selected
        return None if record is None else record.contact_id

    def selected_reminder(self) -> int | None:
        """Return the id of the reminder under the cursor, else of the card's next."""
        record = self.list.selected
        if self.type.name == "reminder" and record is not None and not self.card.has_focus:
            return record.id
        return super().selected_reminder()

    # actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the actions that the noun does not have."""
        del parameters
        if action == "show_all":
            return bool(self.type.closed_by)
        return action not in _CONTACT_ACTIONS or bool(self.type.contact_fields)

    def action_show_all(self) -> None:
        """List all records, or only the open ones."""
        self.shows_all = not self.shows_all
        self.query_input.placeholder = self._placeholder()
        self.reload_soon()

    def action_next_sort(self) -> None:
        """Sort by the next column, each in both directions."""
        orders = list_orders(self.type)
        self.sort = orders[(orders.index(self.sort) + 1) % len(orders)]
        field = self.type.field(self.sort.removeprefix("-"))
        name = field.label if field else self.sort.removeprefix("-")
        direction = ", in reverse" if self.sort.startswith("-") else ""
        self.context.show_message(f"Sorted by {name}{direction}")
        self.reload_soon()

    def action_filter(self) -> None:
        """Go to the line of the query."""
        self.query_input.focus()

    @property
    def input_keys(self) -> tuple[tuple[str, str, str], ...]:
        """Key, label and Textual's name of the keys of the query, while it has the focus."""
        return _INPUT_KEYS if self.query_input.has_focus else ()

    def on_key(self, event: events.Key) -> None:
        """Leave the line of the query, which then shows the query in force."""
        query = self.query_input
        if query.has_focus and event.key in ("escape", "down"):
            event.stop()
            query.value = self.query_text
            self.query_error.show_error("")
            self.list.focus()

    @on(Input.Submitted, "#query")
    def _on_query_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.context.start_opening(self._apply_query(event.value))

    async def _apply_query(self, text: str) -> None:
        """Filter by a query and go to the list; a query that is refused stays, with its error."""
        try:
            await self._filter(text)
        except UsageError as error:
            self.query_error.show_error(one_line_text(error))
        else:
            self.query_error.show_error("")
            self.list.focus()

    async def show_record(self, row_id: int) -> None:
        """Show one record alone, as if its number had been typed as the query."""
        self.shows_all = True
        self.query_input.placeholder = self._placeholder()
        self.query_input.value = f"id:{row_id}"
        await self.wait_until_read()
        await self._apply_query(self.query_input.value)

    def open_selected(self) -> None:
        """Open the form of the record under the cursor."""
        record = self.list.selected
        if record is not None:
            self.context.start_opening(record_form.edit(self.context, self.type.name, record.id))

    def action_add(self) -> None:
        """Open the form for a new record."""
        self.context.start_opening(record_form.add(self.context, self.type.name))

    def action_edit(self) -> None:
        """Open the form of the record under the cursor of the list or the card."""
        super().action_edit() if self.card.has_focus else self.open_selected()

    def action_remove(self) -> None:
        """Delete the record under the cursor of the list or the card."""
        record = self.list.selected
        if self.card.has_focus or record is None:
            super().action_remove()
        else:
            self.context.start(record_form.delete(self.context, self.type.name, record.id))
