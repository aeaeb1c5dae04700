"""What every face shows: a sheet of rows, or one card. They say what there is, not how it looks."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, Self

from cardcrm.money import Money


class Coded(str):
    """A code that data formats carry and people read in ``words``, such as a recurrence."""

    __slots__ = ("words",)
    words: str

    def __new__(cls, code: str, words: str) -> Self:
        """Return a code with its words."""
        self = super().__new__(cls, code)
        self.words = words
        return self


Cell = str | int | float | bool | dt.date | Money | None
Style = Literal["", "dim", "bold", "red", "green", "yellow", "cyan"]


class Column(NamedTuple):
    """One column: ``key`` names it in data formats, ``title`` heads it for people.

    ``align`` is ``left`` or ``right``; columns of nothing but numbers stand right anyway. A
    ``wide`` column may be shortened to fit the terminal, down to ``least`` cells. ``digits`` are
    the decimals of floats.
    """

    key: str
    title: str
    align: Literal["left", "right"] = "left"
    wide: bool = False
    style: Style = ""
    digits: int = 2
    least: int = 6


class Sheet(NamedTuple):
    """Rows under columns. ``rows`` may be a generator: it is walked once.

    ``note`` is a line for people below the rows; ``ids`` the key of the column that the format
    ``ids`` prints.
    """

    columns: tuple[Column, ...]
    rows: Iterable[tuple[Cell, ...]]
    title: str = ""
    note: str = ""
    ids: str = "id"


class Line(NamedTuple):
    """One line of a section: a sign, when it was or is due, and what; ``note`` follows, dimmed."""

    mark: str
    when: str
    text: str
    style: Style = ""
    note: str = ""


class Section(NamedTuple):
    """A ruled part of a card: lines, or a small sheet, or both."""

    title: str
    lines: tuple[Line, ...] = ()
    sheet: Sheet | None = None
    note: str = ""


class Card(NamedTuple):
    """One index card.

    The head is ``title`` (the name), ``corner`` (an id), ``subtitle`` (role at organisation),
    ``tags``, and ``status`` (stage and owner as label and value). ``facts`` are label and value;
    an empty label continues the one above. ``data`` is what JSON shows.
    """

    title: str
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    data: Mapping[str, object] = {}
    corner: str = ""
    tags: tuple[str, ...] = ()
    status: tuple[tuple[str, str], ...] = ()
