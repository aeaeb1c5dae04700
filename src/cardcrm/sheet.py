"""Define the results that front ends show: a sheet of rows, or one card."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

from cardcrm.money import Money, UnitPrice

if TYPE_CHECKING:
    from cardcrm.chart import Chart


class Coded(str):
    """A code that data formats carry and people read in ``words``, such as a recurrence."""

    __slots__ = ("words",)
    words: str

    def __new__(cls, code: str, words: str) -> Self:
        """Return a code with its words."""
        self = super().__new__(cls, code)
        self.words = words
        return self


class List(tuple[str, ...]):
    """Several texts that JSON carries as an array; other formats join them."""

    __slots__ = ()
    separator = " "

    def __str__(self) -> str:
        return self.separator.join(self)


class Phrases(List):
    """Several texts that may contain spaces, so that commas separate them."""

    __slots__ = ()
    separator = ", "


class Labels(List):
    """Several texts that may contain commas, so that semicolons separate them."""

    __slots__ = ()
    separator = "; "


class Numbers(tuple[int, ...]):
    """Several numbers that JSON carries as an array; other formats put spaces between them."""

    __slots__ = ()

    def __str__(self) -> str:
        return " ".join(map(str, self))


class Points(tuple[Mapping[str, int | str], ...]):
    """Points with their reasons that JSON carries as objects; other formats write “58 promise”."""

    __slots__ = ()

    def __str__(self) -> str:
        return "; ".join(f"{each['points']} {each['reason']}" for each in self)


Cell = str | List | Numbers | Points | int | float | bool | dt.date | Money | UnitPrice | None
Style = Literal["", "dim", "bold", "red", "green", "yellow", "cyan"]


class Column(NamedTuple):
    """One column: ``key`` is its name in data formats, ``title`` its heading for people.

    Columns of numbers are aligned to the right in any case. A ``wide`` column may be shortened to
    fit the terminal, down to ``min_width`` cells. ``digits`` are the decimals of floats. A column
    of money names the column in which CSV and TSV have its ``currency``. A ``json_key`` takes
    the place of the key in JSON. A wide column that is ``wrapped`` is continued on further lines
    instead of being shortened.
    """

    key: str
    title: str
    align: Literal["left", "right"] = "left"
    wide: bool = False
    style: Style = ""
    digits: int = 2
    min_width: int = 6
    currency: str = ""
    json_key: str = ""
    wrapped: bool = False


class Sheet(NamedTuple):
    """Rows with columns. ``rows`` may be a generator, which is read once.

    ``note`` is a line for people below the rows; ``ids`` is the key of the column that the format
    ``ids`` prints. With ``cuts_columns`` a terminal shows only the first columns whose headings
    fit, and the note says how many there are.
    """

    columns: tuple[Column, ...]
    rows: Iterable[tuple[Cell, ...]]
    title: str = ""
    note: str = ""
    ids: str = "id"
    cuts_columns: bool = False


class Line(NamedTuple):
    """One line of a section: a mark, a date, a text, and a dimmed note."""

    mark: str
    when: str
    text: str
    style: Style = ""
    note: str = ""


class Section(NamedTuple):
    """A part of a card: lines, a small sheet, or both, with charts above the sheet."""

    title: str
    lines: tuple[Line, ...] = ()
    sheet: Sheet | None = None
    note: str = ""
    charts: "tuple[Chart, ...]" = ()


class Card(NamedTuple):
    """The card of one contact.

    The head is ``title`` (the name), ``corner`` (an id), ``subtitle`` (role at organization),
    ``tags``, and ``status`` (labels and values such as stage and owner). ``facts`` are labels and
    values; an empty label continues the label above. ``data`` is the JSON object; CSV and TSV have
    the ``row`` in place of the facts.
    """

    title: str
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    data: Mapping[str, object] = {}
    corner: str = ""
    tags: tuple[str, ...] = ()
    status: tuple[tuple[str, str], ...] = ()
    row: Sheet | None = None
