"""The columns of the contact list: those for which there is room, their texts, and their headings.

The organization, or the city if the list is sorted by it, follows the name directly in a narrow
list. The column that the list is sorted by is always among those shown, if it is one of them.
"""

import datetime as dt
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.app import RenderResult

from cardcrm.money import Money
from cardcrm.records.contacts.listing import ContactSummary
from cardcrm.text import cell_width as width_of
from cardcrm.tui.widgets.amounts import format_within
from cardcrm.tui.widgets.header_footer import ClickableLine
from cardcrm.tui.widgets.line_list import LineList, Span, fit

# The orders of the list, by the column and ``-`` for descending order; the words for each.
SORTS: dict[str, str] = {
    "name": "name, A to Z",
    "org": "organization",
    "city": "city",
    "-value": "value, the highest first",
    "-last": "last contact, the newest first",
    "last": "last contact, the oldest first",
    "-id": "number, the newest contact first",
}
BY_NAME = "name"
_TITLES = {
    "name": "Name", "org": "Organization", "city": "City", "value": "Value", "last": "Last",
}  # fmt: skip
_WIDTHS = {"value": 9, "last": 6}  # the others share the rest of the line
_SIGN = 2  # cells of the mark
_EDGE = 1  # a blank before the scroll bar
_GAP = 2  # cells between columns
_DATED = 34  # cells of a line from which on there is a date or an amount
_ONE_COLUMN = 52  # cells below which the organization follows the name directly
_WITH_CITY, _WITH_VALUE = 60, 74  # cells from which on there is a column for it
_NAME_ROOM = 24  # cells that a name has at least, where the organization follows it in a column
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


MVC_MARK = "★"  # of an MVC member


class Column(NamedTuple):
    """A column: its field, and its cells. A name may be followed by a ``detail``."""

    field: str
    width: int
    detail: str = ""


def lay_out(width: int, sort: str) -> list[Column]:
    """Return the columns for which a line has room, from left to right."""
    by, room = sort.removeprefix("-"), width - _SIGN - _EDGE
    details = ["org", "city"] if width >= _WITH_CITY else ["city" if by == "city" else "org"]
    if width < _DATED:
        return [Column("name", room, details[0])]
    figure = "value" if by == "value" else "last"
    figures = ["value", "last"] if width >= _WITH_VALUE else [figure]
    right = [Column(each, _WIDTHS[each]) for each in figures]
    room -= sum(each.width + _GAP for each in right)
    if width < _ONE_COLUMN:
        return [Column("name", room + _GAP - 1, details[0]), *right]
    name_room = max(_NAME_ROOM, room * (9 if len(details) == 1 else 7) // 16)
    rest = room - name_room - _GAP * len(details)
    org_room = rest if len(details) == 1 else rest * 3 // 5
    rooms = (org_room, rest - org_room)
    return [
        Column("name", name_room),
        *(Column(each, cells) for each, cells in zip(details, rooms, strict=False)),
        *right,
    ]


def row_spans(
    contact: ContactSummary,
    columns: list[Column],
    *,
    is_marked: bool,
    today: dt.date,
    currency: str,
) -> list[Span]:
    """Return the line of a contact: the mark or its kind, and its columns."""
    is_org = contact.kind == "org"
    sign = "✓" if is_marked else MVC_MARK if contact.mvc else "▪" if is_org else " "
    style = "mark" if is_marked else "bold" if is_org else ""
    spans = [Span(f"{sign} ", "mark")]
    for column in columns:
        if column.detail:
            spans += _name_and_detail(contact, column, style)
            continue
        text = _text(contact, column.field, today, currency)
        shown = fit(text, column.width, right=column.field in _WIDTHS)
        gap = _gap_before(column, columns)
        spans.append(Span(gap + shown, style if column.field == "name" else "dim"))
    return [*spans, Span(" " * _EDGE)]


def _gap_before(column: Column, columns: list[Column]) -> str:
    """Return the blanks before a column; a name with a detail has one of its own at the end."""
    if column is columns[0]:
        return ""
    return " " if columns[0].detail and column is columns[1] else " " * _GAP


def _name_and_detail(contact: ContactSummary, column: Column, style: str) -> list[Span]:
    """Return a name, and the detail directly behind it if there is room for some of it."""
    room, detail = column.width, _detail(contact, column.detail)
    left = room - width_of(contact.name) - _GAP
    name = fit(contact.name, room - left if detail and left > 6 else room)
    return [Span(name, style), Span(fit(detail, room - width_of(name)), "dim")]


def _detail(contact: ContactSummary, field: str) -> str:
    """Return the city, or where a contact works: the organization, else the title."""
    if field == "city":
        return contact.city
    return contact.org or ("" if contact.kind == "org" else contact.title)


def _text(contact: ContactSummary, field: str, today: dt.date, currency: str) -> str:
    if field == "name":
        return contact.name
    if field == "last":
        return format_last_date(contact.last_on, today)
    if field == "value":
        amount = contact.value
        return "" if amount is None else format_within(Money(amount, currency), _WIDTHS["value"])
    return _detail(contact, field)


def format_last_date(last_on: str | None, today: dt.date) -> str:
    """Return a date in short: ``3 Nov``, or ``Dec’25``, which cannot be read as 25 December."""
    if last_on is None:
        return "     –"
    day = dt.date.fromisoformat(last_on)
    month = _MONTHS[day.month - 1]
    return f"{day.day:2} {month}" if day.year == today.year else f"{month}’{day:%y}"


class ColumnHeadings(ClickableLine):
    """The headings of the list; a click sorts it by a column, and again in the other direction."""

    DEFAULT_CSS: ClassVar[str] = """
    ColumnHeadings { height: 1; color: $muted; text-style: bold; }
    """

    def __init__(self, lines: LineList) -> None:
        super().__init__(id="headings")
        self._lines = lines
        self.sort = BY_NAME
        self.is_sorted = True  # whether the list has that order; the best matches of words have not

    def update(self, sort: str, *, is_sorted: bool) -> None:
        """Set the column that the list is sorted by."""
        if (sort, is_sorted) != (self.sort, self.is_sorted):
            self.sort, self.is_sorted = sort, is_sorted
            self.refresh()

    def render(self) -> RenderResult:
        """Return the line."""
        columns = lay_out(self._lines.scrollable_content_region.width, self.sort)
        line, spots = Text(" " * _SIGN, no_wrap=True, overflow="crop", end=""), []
        for column in columns:
            line.append(_gap_before(column, columns))
            start = line.cell_len
            line.append(fit(self._title(column), column.width, right=column.field in _WIDTHS))
            spots.append((start, line.cell_len, f"sort_by('{column.field}')"))
        self.spots = tuple(spots)
        return line

    def _title(self, column: Column) -> str:
        """Return the title of a column, with an arrow if the list is sorted by it."""
        title = self._with_arrow(column.field)
        return f"{title}, {self._with_arrow(column.detail).lower()}" if column.detail else title

    def _with_arrow(self, field: str) -> str:
        by = self.sort.removeprefix("-")
        arrow = "↓" if self.sort.startswith("-") else "↑"
        return f"{_TITLES[field]} {arrow}" if field == by and self.is_sorted else _TITLES[field]


def flip_sort(sort: str, field: str) -> str:
    """Return the order after a click on a heading: its usual one, or else the other."""
    usual = field if field in SORTS else f"-{field}"
    if field == "last":
        usual = "-last"
    other = usual.removeprefix("-") if usual.startswith("-") else f"-{usual}"
    return other if sort == usual else usual


def next_sort(sort: str) -> str:
    """Return the order after another in the list of orders; the first after one of no other."""
    orders = [*SORTS]
    return orders[(orders.index(sort) + 1) % len(orders)] if sort in orders else BY_NAME


def describe_sort(sort: str) -> str:
    """Return an order in words."""
    return SORTS.get(sort) or f"{_TITLES[sort.removeprefix('-')].lower()}, in reverse"
