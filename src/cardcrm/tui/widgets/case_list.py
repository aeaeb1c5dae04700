"""The cases in columns, with the time that is left until the next deadline."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from cardcrm import dates
from cardcrm.records.records import Record
from cardcrm.records.service.case_type import CASE
from cardcrm.sheet import Column
from cardcrm.tui.widgets.lead_list import format_span
from cardcrm.tui.widgets.record_list import RecordList

_SOON: Final = dt.timedelta(hours=1)
_NOW: Final = dt.timedelta(0)
_COLUMNS = (
    Column("id", "id", "right"),
    Column("due", "due"),
    Column("contact", "contact", wide=True, min_width=12),
    Column("text", "what", wide=True, min_width=24),
    Column("status", "status", wide=True, min_width=len("waiting on us")),
    Column("priority", "priority"),
    Column("owner", "owner", wide=True, min_width=8),
    Column("type", "type"),
)
_KEYS = [each.key for each in _COLUMNS]
_OPTIONAL = ("status", "priority", "owner", "type")


class CaseList(RecordList):
    """The cases, one a line."""

    def __init__(self) -> None:
        super().__init__(CASE, columns=_COLUMNS, optional=[_KEYS.index(each) for each in _OPTIONAL])

    def style_of_cell(self, index: int, at: int) -> str:
        """Return the style of a cell: a deadline that was missed or comes soon is marked."""
        left = find_time_left(self.records[index])
        if at != _KEYS.index("due") or left is None or left >= _SOON:
            return super().style_of_cell(index, at)
        return "late" if left < _NOW else "soon"


def find_time_left(case: Record) -> dt.timedelta | None:
    """Return the time until the next deadline, below 0 if that was missed; None without one."""
    due: dt.datetime | None = case.values["due"]
    return None if due is None else due - dates.now()


def format_cells(case: Record, declared: Sequence[str]) -> tuple[str, ...]:
    """Return the cells of a case, which are those of its declared columns and the time left.

    The usual priority is left out.
    """
    cells = dict(zip(("id", *(each.key for each in CASE.listed)), declared, strict=True))
    priority = CASE.field("priority")
    if priority is not None and case.values["priority"] == priority.default:
        cells["priority"] = ""  # texts need the room more
    left = find_time_left(case)
    if left is not None:
        late = left < _NOW
        cells["due"] = f"{format_span(abs(left))} late" if late else f"in {format_span(left)}"
    return tuple(cells[each] for each in _KEYS)
