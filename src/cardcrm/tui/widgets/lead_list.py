"""The leads in columns: their age, their score and the time to their first response."""

import datetime as dt
from collections.abc import Mapping, Sequence

from cardcrm.records.leads.lead_type import LEAD
from cardcrm.reports.leads.lead_states import LeadState
from cardcrm.sheet import Column
from cardcrm.tui.widgets.record_list import RecordList

_DAY, _HOUR = 86_400, 3_600  # seconds
_LATE = dt.timedelta(days=1)  # without a response
_COLUMNS = (
    Column("id", "id", "right"),
    Column("contact", "contact", wide=True, min_width=16),
    Column("status", "status"),
    Column("age", "age", "right"),
    Column("score", "score", "right"),
    Column("response", "response"),
    Column("text", "what", wide=True, min_width=10),
    Column("owner", "owner", wide=True, min_width=8),
    Column("source", "source", wide=True, min_width=8),
)
_OPTIONAL = ("text", "owner", "source")


class LeadList(RecordList):
    """The leads, one a line."""

    def __init__(self) -> None:
        keys = [each.key for each in _COLUMNS]
        super().__init__(LEAD, columns=_COLUMNS, optional=[keys.index(each) for each in _OPTIONAL])
        self._response = keys.index("response")
        self.states: Mapping[int, LeadState] = {}

    def style_of_cell(self, index: int, at: int) -> str:
        """Return the style of a cell: a lead that waits for its first response is marked."""
        state = self.states.get(self.records[index].id)
        if at != self._response or state is None or not state.is_waiting:
            return super().style_of_cell(index, at)
        return "late" if state.age >= _LATE else "soon"


def format_cells(declared: Sequence[str], state: LeadState, *, has_score: bool) -> tuple[str, ...]:
    """Return the cells of a lead: those of its declared columns, and its state.

    The score is left out until past wins are known.
    """
    cells = dict(zip(("id", *(each.key for each in LEAD.listed)), declared, strict=True))
    cells |= {
        "age": format_span(state.age),
        "score": _format_score(state.score) if has_score else "…",
        "response": describe_response(state),
    }
    return tuple(cells[each.key] for each in _COLUMNS)


def _format_score(score: int) -> str:
    return f"{score:+d}" if score else "0"


def describe_response(state: LeadState) -> str:
    """Return the time to the first response in words, or the time that a lead waits for it."""
    if state.answered is not None:
        return f"after {format_span(state.answered)}"
    return f"waits {format_span(state.age)}" if state.is_waiting else ""


def format_span(span: dt.timedelta) -> str:
    """Return a time in its largest unit: “12 min”, “5 h”, “3 d”."""
    seconds = int(span.total_seconds())
    if not seconds:
        return "< 1 d"  # the hour is unknown
    if seconds >= 2 * _DAY:
        return f"{seconds // _DAY:,} d"
    return f"{seconds // _HOUR} h" if seconds >= 2 * _HOUR else f"{seconds // 60} min"
