"""The search of an engine: what `store.sqlite` and `store.postgresql` each implement.

Words are folded (see `text.fold`). Methods named ``…_sql`` return SQL for ids of contacts and its
parameters, whose names start with ``key``.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

SqlParams = tuple[str, dict[str, str]]
Select = tuple[str, dict[str, Any]]


class ResultTables(Protocol):
    """Temporary tables of contact ids, each under a number, that one connection alone can see."""

    def table_name(self, number: int) -> str:
        """Return the table of a result: ids, and the sort keys that are known."""

    def fill(
        self, number: int, selects: Iterable[Select], is_wanted: Callable[[], bool]
    ) -> int | None:
        """Store the ids that any of some queries selects, each with a sort key or NULL.

        Return their number; None if the result was no longer wanted before it was complete.
        """

    def store_rows(self, number: int, rows: Sequence[tuple[int, str | None]]) -> int:
        """Store ids with their sort keys and return their number."""

    def fill_sort_keys(self, number: int) -> None:
        """Read the sort keys of a small result that are not known yet."""

    def drop(self, number: int) -> None:
        """Drop the table of a result."""

    def word_selects(self, word: str, within: str) -> list[Select]:
        """Return queries for the contacts of a table ("" for all) that contain a word."""

    def is_common(self, word: str) -> bool:
        """Return whether collecting all contacts with a word takes long."""


class SearchEngine(Protocol):
    """Word search over the contacts of one database."""

    id_filter: str  # compares ids with those of a query ({}) that every result must be among
    shared_id: str  # compares the ids ``w.id`` of a search with those of another one ({})

    @property
    def result_tables(self) -> ResultTables | None:
        """Tables of results that the connection can store; None where the engine has none.

        The indexes of PostgreSQL answer every query, and a replica could not store results.
        """
        return None

    def contact_sql(self, words: Sequence[str], key: str) -> SqlParams:
        """Select contacts that hold every word, each of 3 letters or more, in their fields."""

    def note_sql(self, word: str, key: str) -> SqlParams:
        """Select contacts with a word, or one that begins with it, in their note."""

    def interaction_sql(self, word: str, key: str) -> SqlParams:
        """Select interactions with a word, or one that begins with it, in text or outcome."""

    def history_sql(self, word: str, key: str) -> SqlParams:
        """Select contacts with a word, or one that begins with it, in an interaction."""
        sql, params = self.interaction_sql(word, key)
        return f"SELECT contact_id AS id FROM participant WHERE interaction_id IN ({sql})", params

    def name_prefix_sql(self, words: Sequence[str], key: str) -> SqlParams:
        """Select contacts in whose names words begin with each of some words."""

    def name_sql(self, words: Sequence[str], key: str) -> SqlParams:
        """Select contacts whose names hold every word, each of 3 letters or more."""

    def some_words_sql(self, groups: Sequence[Sequence[str]], key: str) -> SqlParams:
        """Select contacts with some word of each group as a whole word of their names."""

    def search_ids(self, words: Sequence[str], limit: int) -> list[int]:
        """Return up to ``limit`` contacts that contain all words, in milliseconds.

        Contacts that hold them in their fields come first, then those with all words in one text,
        then, among the first of these, those with one word in a text and the others in the fields.
        Words of less than 3 letters are ignored.
        """

    def word_exists(self, word: str) -> bool:
        """Return whether any note or interaction has a word, or one that begins with it."""

    def candidate_ids(self, words: Sequence[str], limit: int) -> list[int] | None:
        """Return up to ``limit`` contacts that include all which contain the words together.

        None where there would be more, or where finding out takes long.
        """
