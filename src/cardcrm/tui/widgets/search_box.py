"""The search box, and what it offers to complete."""

from textual.geometry import Size
from textual.reactive import Reactive
from textual.suggester import Suggester

from cardcrm import query
from cardcrm.records.query_sql import value_completion
from cardcrm.store import Store
from cardcrm.tui.widgets.line_input import Box

EXAMPLE = "words, filters: plumber city:leeds tag:vip last>90d"


class Words(Suggester):
    """Completes what one types in the search box: fields, and their values where they are few."""

    def __init__(self) -> None:
        super().__init__(case_sensitive=True, use_cache=False)
        self.fields: list[str] = sorted(query.FIELDS)
        self.values: dict[str, list[str]] = {}

    def learn(self, store: Store) -> None:
        """Read the box's own names."""
        self.fields, self.values = value_completion.list_fields_and_values(store)

    async def get_suggestion(self, value: str) -> str | None:
        """The whole text with its last word completed, once something of it is there.

        Behind the name of a field its first value stands, so that one sees what may stand there.
        """
        if value[-1:] in ("", " ", "=", ",", "(", "-") or value.lower().endswith(" or"):
            return None
        offers = value_completion.complete_query(
            value, self.fields, lambda field: self.values.get(field, ())
        )
        return next((each for each in offers if each != value), None)

    def is_begun(self, value: str) -> bool:
        """Whether a text ends in the middle of a filter."""
        return value_completion.is_incomplete(value, self.values)


class SearchBox(Box):
    """One line for words and filters."""

    # A longer text scrolls within the line; the screen need not be laid out anew for a letter.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    def __init__(self, words: Words) -> None:
        super().__init__(placeholder=EXAMPLE, id="words", suggester=words, compact=True)
