"""The list of a noun with the details of the selected record below it."""

from collections.abc import Iterable

from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from cardcrm.records.record_type import RecordType
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.text import sanitize
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.screens.records import RecordsPage
from cardcrm.tui.widgets.line_list import LineList

MAX_LINES = 5  # of the details; the form of the record has the rest


class DetailPage(RecordsPage):
    """A list of a noun, which another page can narrow, above the details of the selected record."""

    DEFAULT_CSS = """
    DetailPage #detail { height: auto; max-height: 5; padding: 0 1; }
    DetailPage #detail { text-wrap: nowrap; text-overflow: ellipsis; }
    DetailPage.-stacked #left { height: 13fr; }
    DetailPage.-stacked #card { height: 7fr; }
    """

    most_lines = MAX_LINES

    def __init__(self, type_: RecordType) -> None:
        super().__init__(type_)
        self.detail = Static(id="detail", markup=False)
        self.parent_id = 0

    def left(self) -> Iterable[Widget]:
        """Yield the query, the records below their heading, and the details."""
        with Vertical(id="left"):
            yield self.query_input
            yield self.query_error
            yield self.list.heading
            yield self.list
            yield self.detail

    async def narrow(self, query: str, parent_id: int) -> None:
        """List what a query finds, also what is done, for the parts of the row ``parent_id``."""
        self.parent_id = parent_id
        self.shows_all = True
        self.query_input.value = query
        self.query_input.placeholder = self._placeholder()
        await self._apply_query(query)

    async def _filter(self, text: str) -> None:
        await super()._filter(text)
        self._describe_soon()

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        """Show the card and the details of the record under the cursor."""
        super().on_line_list_moved(event)
        if event.lines is not self.card:
            self._describe_soon()

    def _describe_soon(self) -> None:
        start_task(self, self._describe, group="detail")

    async def _describe(self) -> None:
        record = self.list.selected
        lines = [f"No {self.type.plural} here. {self.context.key_of('add')} adds one."]
        if record is not None:
            found = record
            with self.context.errors_shown():
                lines = await self.context.database.read(lambda store: self.details(store, found))
        most = self.most_lines
        shown = lines if len(lines) <= most else [*lines[: most - 1], _count_rest(lines, most)]
        self.detail.update("\n".join(map(sanitize, shown)))

    def select(self, row_id: int) -> None:
        """Move the cursor to a record, if it is listed."""
        rows = {record.id: row for row, record in enumerate(self.list.records)}
        if row_id in rows:
            self.list.put_cursor(rows[row_id])

    def details(self, store: Store, record: Record) -> list[str]:
        """Return the lines below the list about a record."""
        raise NotImplementedError


def _count_rest(lines: list[str], most: int) -> str:
    return f"and {len(lines) - most + 1} more"
