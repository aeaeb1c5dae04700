"""The list of any noun: the rows that a query finds, beside the card of their contact."""

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import InvalidModeError
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from cardcrm.records import records, registry
from cardcrm.records.query_sql import record_query
from cardcrm.records.record_type import RecordType
from cardcrm.records.records import Record, Selection
from cardcrm.store import Store
from cardcrm.tui.forms import record_form
from cardcrm.tui.forms.confirm_dialog import confirm
from cardcrm.tui.screens.page import Page
from cardcrm.tui.widgets.line_list import Lines, Span, fit

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

MOST = 500  # rows that are read
_WIDEST = 24  # cells of a column but the first


class RecordLines(Lines):
    """The rows of a noun, a line each."""

    def __init__(self, type_: RecordType) -> None:
        super().__init__(id="records")
        self.type = type_
        self.records: list[Record] = []
        self._cells: list[tuple[str, ...]] = []
        self._widths: tuple[int, ...] = ()

    @property
    def chosen(self) -> Record | None:
        """The row under the cursor."""
        return self.records[self.cursor] if self.cursor < len(self.records) else None

    def show(self, found: list[tuple[Record, tuple[str, ...]]]) -> None:
        """Show rows with the texts of their columns; the cursor stays on its row."""
        before = self.chosen.id if self.chosen else None
        self.records = [record for record, _ in found]
        self._cells = [cells for _, cells in found]
        columns = zip(*self._cells, strict=True) if self._cells else ()
        self._widths = tuple(min(max(map(len, column)), _WIDEST) for column in columns)
        self.set_count(len(self.records))
        at = [number for number, each in enumerate(self.records) if each.id == before]
        self.set_reactive(Lines.cursor, at[0] if at else 0)
        self.reveal()
        self.post_message(self.Moved(self))

    def spans(self, index: int, width: int) -> list[Span]:  # noqa: ARG002 - cut by the list
        """Return the texts of a row."""
        pairs = zip(self._cells[index], self._widths, strict=True)
        return [
            Span(fit(text, wide) + "  ", "dim" if not number else "")
            for number, (text, wide) in enumerate(pairs)
        ]


class Records(Page):
    """The page of one noun: a line for the query, the rows, and a contact's card."""

    here = "records"
    places: ClassVar[tuple[str, ...]] = ("app", "page", "lines")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "query", "filter", id="records.query", show=False)
    ]
    DEFAULT_CSS = """
    Records #query { height: 1; border: none; padding: 0 1; }
    """

    def __init__(self, type_: RecordType) -> None:
        super().__init__()
        self.type = type_
        self.lines = RecordLines(type_)
        self.query_text = ""

    def left(self) -> Iterable[Widget]:
        """Yield the query's line and the rows."""
        with Vertical(id="left"):
            yield Input(placeholder=f"filter {self.type.plural}", id="query")
            yield self.lines

    def on_mount(self) -> None:
        """Begin in the rows."""
        super().on_mount()
        self.lines.focus()

    def on_screen_resume(self) -> None:
        """Read again what was changed while another page was shown."""
        self.is_stale = True
        super().on_screen_resume()

    async def reload(self) -> None:
        """Read the rows; the cursor stays where it was."""
        self.lines.show(await self.crm.desk.ask(self._read))

    def _read(self, store: Store) -> list[tuple[Record, tuple[str, ...]]]:
        node = record_query.parse(self.type, self.query_text)
        found = records.select(store, self.type, Selection(node, limit=MOST))
        return [(each, self._texts(store, each)) for each in found]

    def _texts(self, store: Store, record: Record) -> tuple[str, ...]:
        shown = (each.format(record.values[each.key], store) for each in self.type.listed)
        return (f"{record.id}", *(" ".join(text.split()) for text in shown))

    def chosen(self) -> int | None:
        """Return the contact of the row under the cursor."""
        record = self.lines.chosen
        return None if record is None else record.contact_id

    # what is done

    def action_query(self) -> None:
        """Go to the line of the query."""
        self.query_one("#query", Input).focus()

    @on(Input.Submitted, "#query")
    def _filter(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_text = event.value
        self.lines.focus()
        self.freshen()

    def pick(self) -> None:
        """Edit the row under the cursor."""
        record = self.lines.chosen
        if record is not None:
            self.crm.open(record_form.edit(self.crm, self.type, record.id))

    def action_add(self) -> None:
        """Open the form for a new row."""
        self.crm.open(record_form.add(self.crm, self.type))

    def action_edit(self) -> None:
        """Edit the row, or what is chosen on the card."""
        super().action_edit() if self.card.has_focus else self.pick()

    def action_remove(self) -> None:
        """Remove the row, or what is chosen on the card."""
        record = self.lines.chosen
        if self.card.has_focus or record is None:
            super().action_remove()
        else:
            self.crm.start(self._remove(record))

    async def _remove(self, record: Record) -> None:
        type_ = self.type
        title = await self.crm.desk.ask(lambda store: records.title_of(store, record))
        if await confirm(self.crm, f"Remove the {type_.name} “{title}”?"):
            await self.crm.change(
                f"{type_.name} rm {record.id}",
                lambda store: records.remove(store, type_, [record.id]),
            )
            self.crm.say(f"removed the {type_.name} “{title}”; u brings it back")


async def open_records(app: "CardApp", noun: str) -> None:
    """Show the page of a noun."""
    mode = f"records-{noun}"
    with contextlib.suppress(InvalidModeError):  # it is there already
        app.add_mode(mode, lambda: Records(registry.record_type(noun)))
    await app.switch_mode(mode)
