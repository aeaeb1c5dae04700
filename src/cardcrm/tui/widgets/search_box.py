"""The search box, its completion of fields and values, and the line it is in."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.suggester import Suggester
from textual.widgets import Static

from cardcrm.records.contacts.query_fields import FILTERS
from cardcrm.records.query_sql import value_completion
from cardcrm.store import Store
from cardcrm.tui.widgets.line_input import LineInput

PLACEHOLDER = "words, filters: plumber city:leeds tag:vip last>90d"
INPUT_KEYS = (
    ("↓", "go to the list", "down"),
    ("tab", "accept suggestion", "tab"),
    ("esc", "clear search", "escape"),
)
_COUNT_WIDTH = 24  # cells for the count: a changing width would lay out the screen again
_NOTHING_BEGUN = ("", " ", "=", ",", "(", "-")  # ends of a text that begins no word


class QuerySuggester(Suggester):
    """Completes fields, and the values of fields that have few."""

    def __init__(self) -> None:
        super().__init__(case_sensitive=True, use_cache=False)
        self.fields: list[str] = sorted(FILTERS)
        self.values: dict[str, list[str]] = {}

    def load(self, store: Store) -> None:
        """Read the database's own fields and values."""
        self.fields, self.values = value_completion.list_fields_and_values(store)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the text with its last word completed, once some of the word is there.

        After the name of a field comes its first value, as an example.
        """
        if value[-1:] in _NOTHING_BEGUN or value.lower().endswith(" or"):
            return None
        completions = value_completion.complete_query(
            value, self.fields, lambda field: self.values.get(field, ())
        )
        return next((each for each in completions if each != value), None)

    def is_partial(self, value: str) -> bool:
        """Return whether a text ends in part of a value that a filter's field may have."""
        return self.is_incomplete(value) and value[-1:] not in _NOTHING_BEGUN and value[-1:] != ":"

    def is_incomplete(self, value: str) -> bool:
        """Return whether a text ends in the middle of a filter."""
        return value_completion.is_incomplete(value, self.values)


class SearchBox(LineInput):
    """One line for words and filters."""

    def __init__(self, suggester: QuerySuggester) -> None:
        super().__init__(placeholder=PLACEHOLDER, id="words", suggester=suggester, compact=True)


class SearchLine(Horizontal):
    """The search box, and the number of contacts beside it."""

    DEFAULT_CSS = """
    SearchLine { height: 1; padding: 0 1; }
    SearchLine #sign { width: 2; color: $primary; text-style: bold; }
    SearchLine Input {
        width: 1fr; border: none; height: 1; padding: 0; background: $background;
    }
    SearchLine Input:focus { background: $surface; border: none; }
    SearchLine #count { width: auto; color: $muted; padding: 0 0 0 1; }
    """

    def __init__(self, box: SearchBox) -> None:
        super().__init__(id="search")
        self.box = box
        self._count = Static(id="count")
        self._count_text = ""

    def compose(self) -> ComposeResult:
        """Yield the sign of the search, its input and the count."""
        yield Static("/", id="sign")
        yield self.box
        yield self._count

    def show_count(self, text: str) -> None:
        """Show the number of contacts, or that it is not known yet."""
        text = text.rjust(_COUNT_WIDTH)
        if text != self._count_text:
            self._count.update(text, layout=len(text) != len(self._count_text))
            self._count_text = text
