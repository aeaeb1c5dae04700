"""What a database must be able to do to hold a box: the seam between the store and its engines."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from cardcrm.errors import ConnectionLostError

if TYPE_CHECKING:
    from cardcrm.store.sqlite.result_sets import Sets

Params = Mapping[str, Any]
Row = Any  # a row that answers to row["name"] and row[0]; each engine brings its own


class Engine(Protocol):
    """One open connection to one box. SQL takes ``:named`` parameters, never values."""

    name: str
    location: str
    join: str  # the name of the function that joins texts of a group
    card_index: str  # SQL that reads the search index of cards: id, names, rest
    text_index: str  # SQL that reads the search index of texts: id, body
    is_shared: bool  # whether others write into the box at this moment too
    among: str  # compares with ids of a query ({}) beyond which nothing can fit, few or many
    is_remote: bool  # whether each statement is a trip to a server and back
    for_update: str  # what a SELECT ends with that keeps others from changing what it reads

    @property
    def version(self) -> str:
        """The version of the database program."""

    @property
    def sets(self) -> "Sets | None":
        """Sets of cards that can be kept beside the box; None where the engine has none."""

    def rows(self, sql: str, params: Params) -> list[Row]:
        """All rows of a query."""

    def fetch_many(self, queries: Sequence[tuple[str, Params]]) -> list[list[Row]]:
        """Return all rows of each query; a server is asked in one round trip."""

    def stream(self, sql: str, params: Params) -> Iterator[Row]:
        """The rows of a query, fetched as they are used."""

    def execute(self, sql: str, params: Params) -> int:
        """Run a statement; the number of rows it changed."""

    def execute_many(self, sql: str, params: Iterable[Params]) -> None:
        """Run one statement for many rows."""

    def insert(self, table: str, values: Params) -> int:
        """Insert a row; the id it was given."""

    def insert_several(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> list[int]:
        """Insert up to some hundred rows; the ids they were given, in their order."""

    def insert_many(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert rows that already hold their ids."""

    def advance_sequence(self, table: str, last: int) -> None:
        """Give out no id up to ``last`` any more."""

    def reserve(self, table: str, count: int) -> int:
        """The first of ``count`` consecutive ids that nobody else will be given.

        Only who holds the box alone may ask.
        """

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of a table's columns in their order."""

    def begin(self, *, together: bool = False) -> None:
        """Start writing; waits for other writers, then raises StorageError.

        With ``together`` those who say so too may write at the same time, where the engine can.
        """

    def hold(self, cards: Iterable[int], people: Iterable[int]) -> None:
        """Keep those who write together from reckoning the kept facts of these cards meanwhile,
        and of the organisations that these people work at or that those belong to.
        """

    def commit(self) -> None:
        """Make the transaction survive a crash."""

    def rollback(self) -> None:
        """Leave everything as it was before begin."""

    def snapshot(self) -> contextlib.AbstractContextManager[None]:
        """Read everything as it is at one moment, while others go on writing."""

    def filling(self) -> contextlib.AbstractContextManager[None]:
        """While an empty box is filled that nobody uses yet; its rows may come in any order.

        What is left out meanwhile, such as looking for the rows that others point to, is done at
        the end. Raises ConflictError or StorageError for what must not be kept.
        """

    def clear_index(self) -> None:
        """Empty the search index, however damaged it is."""

    def index_cards(self, cards: Sequence[tuple[int, str, str]]) -> None:
        """Write the search text (id, names, the rest) of cards, in place of any older one."""

    def index_texts(self, texts: Sequence[tuple[int, str]]) -> None:
        """Write the text of interactions (id) and of notes on cards (minus the card's id)."""

    def unindex(self, cards: Iterable[int], texts: Iterable[int]) -> None:
        """Take cards and texts out of the search index."""

    def on_cards(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """SQL that selects the ids of cards which hold every word, and its parameters.

        Each of three letters on, by any part of a name, organisation, title, city, tag or contact
        point, a phone number in any writing. Parameter names start with ``key``.
        """

    def matching_notes(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """The same, for cards in whose note a word begins so."""

    def matching_history(self, word: str, key: str) -> tuple[str, dict[str, str]]:
        """The same, for cards with an interaction in which a word begins so."""

    def matching_beginnings(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """The same, for cards in whose names words begin so, each of three letters on."""

    def matching_names(self, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
        """The same, for cards whose names hold every one of the words, each of three letters on."""

    def few(self, words: Sequence[str], limit: int) -> list[int]:
        """Ids of up to ``limit`` cards that hold all the folded words, quickly, however many do.

        Cards that hold them on the card itself come first, then those that have all of them in one
        note or interaction, then, among the first some, those that have one word there and the
        others on the card. Words of less than three letters are passed over.
        """

    def word_exists(self, word: str) -> bool:
        """Whether any note or interaction holds a folded word, or a longer one begins so."""

    def narrow(self, words: Sequence[str], most: int) -> list[int] | None:
        """Ids of up to ``most`` cards among which are all that the folded words find together.

        None where they would be more, or where that cannot be told quickly.
        """

    def problems(self) -> list[str]:
        """What the database's own checks find wrong; empty when all is well."""

    def orphans(self) -> list[tuple[str, int, str]]:
        """Rows (table, id, other table) that point to a row which is not there."""

    def index_problems(self) -> list[str]:
        """What is wrong inside the search index itself."""

    def row_counts(self) -> dict[str, int]:
        """The number of rows of every table, those of the search index among them."""

    def size(self) -> int:
        """The bytes that the box takes where it lives."""

    def reached(self) -> str | None:
        """Which server, database and schema an address has led to; None for a file."""

    def connections(self) -> int | None:
        """How many have the box open, where that can be known."""

    def clock_ahead(self) -> float | None:
        """By how many seconds the server's clock is ahead of this machine's; None for a file."""

    def data_version(self) -> int:
        """A number that changes whenever another connection has committed. Cheap to ask often."""

    def limit_cache(self) -> None:
        """Keep little of the box in memory, for a program that has it open all day."""

    def close(self) -> None:
        """End the connection."""


@contextlib.contextmanager
def transaction(engine: Engine) -> Iterator[None]:
    """All changes inside, or none: of the engine alone, so no step of the journal to take back."""
    engine.begin()
    try:
        yield
        engine.commit()
    except BaseException:
        engine.rollback()
        raise


def lost(place: str, *, keeping: bool = False) -> ConnectionLostError:
    """The server has gone in the middle of something."""
    if keeping:
        error = ConnectionLostError(
            f"{place} went away while the change was being kept",
            "Look with `cardcrm journal` whether it was before you do it again.",
        )
    else:
        error = ConnectionLostError(
            f"{place} went away in the middle", "Nothing was changed. Try again when it is back."
        )
    error.is_commit_unknown, error.is_retryable = keeping, not keeping
    return error
