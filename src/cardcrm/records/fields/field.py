"""Field types: everything the program knows about one column of a noun.

A field says what its column is called, how typed text becomes a value and how a value is shown,
sent as JSON, exported, stored, filtered by and completed. Field types are plain classes with slots:
defining a dataclass costs 0.5 ms, and a quick command defines thirty fields.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from cardcrm.store import Author, Locale
from cardcrm.text import fold, fold_non_ascii, normalize_line

if TYPE_CHECKING:
    from cardcrm.store.table_registry import Check

Row = Mapping[str, Any]
Columns = dict[str, Any]


class Context(Protocol):
    """The user and the locale by which text is parsed: an open store, or a form on the screen."""

    @property
    def locale(self) -> Locale:
        """The firm's region, currency and time zone."""

    @property
    def author(self) -> Author:
        """The user and the machine."""


class Field:
    """One field of a noun: a column in the database with everything that is known about it.

    ``key`` names the field in queries, JSON and CSV, and in options unless it has an ``option`` of
    its own. A ``json_key`` takes its place in JSON, where one key has one type in all nouns, which
    is the ``json_type``. The ``label`` names it for people, ``heading`` heads its column of a list
    if that differs, and ``phrase`` names it in a sentence if the label does not. A ``default`` is
    text as a person would type it, and an ``example`` is one for the help. ``folded`` names a
    second column that holds the value without case and accents, for search. A ``headed`` field is
    part of the heading of a change in the journal, and one that is ``implied_by`` another column is
    left out there beside it. ``non_ascii_key`` names a column that holds the folded value where
    this is not ASCII, for search in texts that few searches need and that are mostly ASCII; the
    store fills it.
    A filter ``field:value`` finds rows in which the value is ``part``, ``start`` or
    ``whole`` of the text: the ``match``.
    """

    __slots__ = (
        "column", "default", "example", "filter", "folded", "heading", "help", "implied_by",
        "is_automatic", "is_headed", "is_listed", "is_required", "is_searchable", "is_sortable",
        "is_unique", "json_key", "key", "label", "match", "non_ascii_key", "option", "phrase",
    )  # fmt: skip

    sql = "TEXT"
    metavar = "TEXT"
    sample = "text"
    is_number = False
    is_wide = False
    is_portable = False  # an automatic value that a file brings along, as others know the row by it
    ignores_case = False  # where a text names a row
    least_width = 6
    # Returns a value as the column holds it, or raises UsageError.
    normalize: Callable[[Any], Any] = staticmethod(lambda value: value)

    # Returns the content of `non_ascii_key`.
    fold_non_ascii: Callable[[str], str] = staticmethod(fold_non_ascii)

    def __init__(
        self,
        column: str,
        *,
        key: str = "",
        json_key: str = "",
        label: str = "",
        heading: str = "",
        help: str = "",  # noqa: A002 - the word that Typer uses
        default: str = "",
        filter: str | None = "",  # noqa: A002 - the word of the query language
        folded: str = "",
        non_ascii_key: str = "",
        match: str = "part",
        required: bool = False,
        listed: bool = False,
        sortable: bool = True,
        searchable: bool = False,
        unique: bool = False,
        automatic: bool = False,
        headed: bool = False,
        implied_by: str = "",
        option: str = "",
        phrase: str = "",
        example: str = "",
    ) -> None:
        self.column = column
        self.key = key or column.removesuffix("_id")
        self.json_key = json_key or self.key
        self.label = label or self.key.replace("_", " ")
        self.heading = heading or self.label
        self.help = help
        self.default = default
        self.filter = self.key if filter == "" else filter
        self.folded = folded
        self.non_ascii_key = non_ascii_key
        self.match = match
        self.is_required = required
        self.is_listed = listed
        self.is_sortable = sortable
        self.is_searchable = searchable
        self.is_unique = unique
        self.is_automatic = automatic
        self.is_headed = headed
        self.implied_by = implied_by
        self.phrase = phrase or self.label
        self.example = example or self.sample
        self.option = option or (self.filter or self.key).replace("_", "-")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the field writes."""
        return (self.column, self.folded) if self.folded else (self.column,)

    @property
    def is_nullable(self) -> bool:
        """True where the column may be NULL."""
        return not (self.is_required or self.is_automatic)

    @property
    def json_type(self) -> str:
        """The type of the value in JSON: text, integer, number, boolean, day, moment or money."""
        return "text"

    # in and out

    def initial(self, store: Context) -> Any:  # noqa: ARG002 - some field types ask the store
        """Return the value that an automatic field starts with."""
        return None

    def parse(self, text: str, store: Context) -> Columns:
        """Return the columns that a typed text stands for. Raises UsageError."""
        value = self._value(text, store) if text.strip() else self.empty
        if self.folded:
            return {self.column: value, self.folded: fold(normalize_line(text))}
        return {self.column: value}

    @property
    def empty(self) -> Any:
        """The content of the column if the field has no value."""
        return "" if self.sql == "TEXT" else None

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        return self.normalize(text)

    def read(self, row: Row, store: Context) -> Any:  # noqa: ARG002
        """Return the value that a row holds, as Python and the renderers know it."""
        return row[self.column]

    def parse_value(self, text: str, store: Context) -> Any:
        """Return the value that a typed text stands for. Raises UsageError."""
        return self.read(self.parse(text, store), store)

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return a value as a person reads it."""
        return "" if value is None else str(value)

    def cell(self, value: Any) -> Any:
        """Return a value as a list carries it: None for an empty one, as in JSON."""
        return None if value == "" else value

    def to_text(self, value: Any, store: Context) -> str:
        """Return a value as text that `parse` reads back, for forms and CSV."""
        return self.format(value, store)

    def to_json(self, value: Any) -> Any:
        """Return a value as JSON carries it."""
        return None if value == "" else value

    # in a file with everything

    def pack(self, data: Columns) -> None:
        """Replace the columns of a row by what a line of JSON carries, without what follows.

        ``data`` lacks the columns without a value.
        """
        if self.folded:
            key = self._fold(data.get(self.column, ""))
            if data.get(self.folded, "") == key:
                data.pop(self.folded, None)
            else:
                data.setdefault(self.folded, "")

    def unpack(self, data: Columns) -> None:
        """Replace what a line of JSON carries by the columns of a row. Raises UsageError."""
        if self.folded and self.folded not in data:
            self._set(data, self.folded, self._fold(data.get(self.column, "")))

    def _fold(self, value: Any) -> str:
        return fold(value) if isinstance(value, str) else ""

    @staticmethod
    def _set(data: Columns, column: str, value: Any) -> None:
        if value:
            data[column] = value

    # in the database

    def checks(self) -> "dict[str, Check]":
        """Return for columns the tests that every stored value passes, NULL aside."""
        return {}

    def definition(self) -> list[tuple[str, str]]:
        """Return the columns of a new table: each with its name and SQL."""
        found = [(self.column, f"{self.sql}{self._constraint()}")]
        if self.folded:
            found.append((self.folded, "{key} NOT NULL DEFAULT ''"))
        if self.non_ascii_key:
            found.append((self.non_ascii_key, "{key} NOT NULL DEFAULT ''"))
        return found

    def _constraint(self) -> str:
        unique = " UNIQUE" if self.is_unique else ""
        if self.is_required or self.is_automatic:
            return f" NOT NULL{unique}"
        return " NOT NULL DEFAULT ''" if self.sql == "TEXT" and not unique else unique

    def value_sql(self, alias: str) -> str:
        """Return SQL for what a list shows of the field."""
        return f"{alias}.{self.column}"

    def sort_sql(self, alias: str) -> str:
        """Return SQL for what a list is sorted by."""
        return f"{alias}.{self.folded or self.column}"

    def values(self, store: Context) -> Sequence[str]:  # noqa: ARG002
        """Return the few values that a query or an option is completed to."""
        return ()


class Computed(Field):
    """A field that is computed from others, by its `value_sql`, and has no column."""

    __slots__ = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """No columns of its own."""
        return ()

    def checks(self) -> "dict[str, Check]":
        """Return no tests, as nothing is stored."""
        return {}

    def definition(self) -> list[tuple[str, str]]:
        """Return no columns of a table."""
        return []

    def sort_sql(self, alias: str) -> str:
        """Return SQL for what a list is sorted by."""
        return self.value_sql(alias)
