"""The list of any noun: the rows that a query finds, beside the card of their contact."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from cardcrm.records import records
from cardcrm.records.query_sql import record_query
from cardcrm.records.record_type import RecordType
from cardcrm.records.records import Record, Selection
from cardcrm.store import Store
from cardcrm.tui.forms import record_form
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.page import Page
from cardcrm.tui.widgets.line_list import LineList, Span, fit

MAX_ROWS = 500
_MAX_COLUMN = 24  # cells

Row = tuple[Record, tuple[str, ...]]  # a record and the texts of its columns


class RecordList(LineList):
    """The records of a noun, one a line."""

    def __init__(self) -> None:
        super().__init__(id="records")
        self.records: list[Record] = []
        self._cells: list[tuple[str, ...]] = []
        self._widths: tuple[int, ...] = ()

    @property
    def selected(self) -> Record | None:
        """The record under the cursor."""
        return self.records[self.cursor] if self.cursor < len(self.records) else None

    def update(self, rows: list[Row]) -> None:
        """Show records; the cursor stays on its record."""
        before = self.selected.id if self.selected else None
        self.records = [record for record, _ in rows]
        self._cells = [cells for _, cells in rows]
        columns = zip(*self._cells, strict=True) if self._cells else ()
        self._widths = tuple(min(max(map(len, column)), _MAX_COLUMN) for column in columns)
        self.set_count(len(self.records))
        found = [number for number, each in enumerate(self.records) if each.id == before]
        self.put_cursor(found[0] if found else 0)

    def spans(self, index: int, width: int) -> list[Span]:  # noqa: ARG002 - cut by the list
        """Return the columns of a record."""
        pairs = zip(self._cells[index], self._widths, strict=True)
        return [
            Span(fit(text, cells) + "  ", "dim" if not number else "")
            for number, (text, cells) in enumerate(pairs)
        ]


class RecordsPage(Page):
    """The page of one noun: a line for the query, the records, and a contact's card.

    Records that are done, such as reminders, are listed only while ``shows_all``.
    """

    mode_name = "records"
    scopes: ClassVar[tuple[str, ...]] = ("app", "page", "records", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("records"), *bindings("page")]
    DEFAULT_CSS = """
    RecordsPage #query { height: 1; border: none; padding: 0 1; }
    """

    def __init__(self, type_: RecordType) -> None:
        super().__init__()
        self.type = type_
        self.list = RecordList()
        self.query_text = ""
        self.shows_all = not type_.closed_by

    def left(self) -> Iterable[Widget]:
        """Yield the line for the query and the records."""
        with Vertical(id="left"):
            yield Input(placeholder=self._placeholder(), id="query")
            yield self.list

    def _placeholder(self) -> str:
        which = ("all " if self.shows_all else "open ") if self.type.closed_by else ""
        return f"filter {which}{self.type.plural}"

    def on_mount(self) -> None:
        """Focus the list."""
        self.list.focus()

    async def reload(self) -> None:
        """Read the records; the cursor stays where it was."""
        self.list.update(await self.context.database.read(self._read))

    def _read(self, store: Store) -> list[Row]:
        node = record_query.parse(self.type, self.query_text)
        if not self.shows_all:
            node = record_query.only_open(self.type, node)
        found = records.select(store, self.type, Selection(node, limit=MAX_ROWS))
        return [(each, self._columns(store, each)) for each in found]

    def _columns(self, store: Store, record: Record) -> tuple[str, ...]:
        texts = (each.format(record.values[each.key], store) for each in self.type.listed)
        return (f"{record.id}", *(" ".join(text.split()) for text in texts))

    def selected_contact(self) -> int | None:
        """Return the id of the contact of the record under the cursor."""
        record = self.list.selected
        return None if record is None else record.contact_id

    # actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the choice between all and open records where none is ever done."""
        del parameters
        return action != "show_all" or bool(self.type.closed_by)

    def action_show_all(self) -> None:
        """List all records, or only the open ones."""
        self.shows_all = not self.shows_all
        self.query_one("#query", Input).placeholder = self._placeholder()
        self.reload_soon()

    def action_filter(self) -> None:
        """Go to the line of the query."""
        self.query_one("#query", Input).focus()

    @on(Input.Submitted, "#query")
    def _on_query_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_text = event.value
        self.list.focus()
        self.reload_soon()

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
