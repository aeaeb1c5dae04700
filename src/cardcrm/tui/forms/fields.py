"""Declarations of a form: fields, repeated fields and sections."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

Values = Mapping[str, str]  # by field name
Check = Callable[[str], str]
CheckInForm = Callable[[str, str, Values], str]
Suggestion = tuple[int, str, str]  # id (0 if it has none), text, and what tells it apart
Complete = Callable[[str], Awaitable[Sequence[Suggestion]]]


class Field(NamedTuple):
    """A field of a form.

    ``kind`` is ``line``, ``text`` (several lines), ``choice``, or ``list``: a choice of many words,
    one below the other. ``check`` returns how a value is
    understood, and raises UsageError for an invalid one; ``check_in_form`` also gets the field's
    name and all values. ``complete`` returns suggestions while the user types. With ``holds_id``
    the value is ``#12`` once a suggestion was chosen.
    """

    name: str
    label: str = ""
    kind: str = "line"
    hint: str = ""
    choices: tuple[str, ...] = ()
    check: Check | None = None
    check_in_form: CheckInForm | None = None
    required: str = ""  # the error while the field is empty; "" if it may be
    complete: Complete | None = None
    holds_id: bool = False
    width: int = 0  # cells; 0 takes the rest of the line

    @property
    def is_choice(self) -> bool:
        """Return whether one of some words is chosen."""
        return self.kind in ("choice", "list")

    @property
    def is_mark(self) -> bool:
        """Return whether the field is a narrow choice that qualifies the field beside it."""
        return self.kind == "choice" and bool(self.width)


class Section(NamedTuple):
    """A ruled line with a title."""

    title: str


class Repeated(NamedTuple):
    """Fields that repeat as often as needed: below the last filled entry is a blank one.

    A field is named ``NAME-3-FIELD``. ``lines`` are the fields of an entry, in one or more lines.
    """

    name: str
    label: str
    lines: tuple[tuple[Field, ...], ...]

    def entry(self, number: int) -> tuple[tuple[Field, ...], ...]:
        """Return the fields of an entry."""
        return tuple(
            tuple(each._replace(name=f"{self.name}-{number}-{each.name}") for each in line)
            for line in self.lines
        )

    def count_entries(self, values: Values) -> int:
        """Return the number of entries up to the last that has a value."""
        numbers = (
            int(name.split("-")[1])
            for name, value in values.items()
            if name.startswith(f"{self.name}-") and value
        )
        return 1 + max(numbers, default=-1)


Item = Field | Section | Repeated
