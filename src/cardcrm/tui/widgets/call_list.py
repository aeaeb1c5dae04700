"""The list of the next calls: the points, the name and the number, and the reasons."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from cardcrm.text import cell_width, sanitize
from cardcrm.tui.keys import without
from cardcrm.tui.widgets.expanding_list import ExpandingList
from cardcrm.tui.widgets.line_list import Span, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.reports.calls.call_score import Call

_POINTS = 5
_MOST_NAME = 28


class CallList(ExpandingList, inherit_bindings=False):
    """One line a call; all reasons of the selected one."""

    BINDINGS: ClassVar[list[BindingType]] = [*without("show", "list")]  # Enter is for call mode
    indent = _POINTS + 1

    def __init__(self) -> None:
        super().__init__(id="left")
        self.calls: tuple[Call, ...] = ()
        self.is_read = False

    @property
    def selected(self) -> "Call | None":
        """The call under the cursor."""
        return self.calls[self.cursor] if self.cursor < len(self.calls) else None

    def update(self, calls: "Sequence[Call]") -> None:
        """Show calls; stay on the selected contact if it is still there."""
        before = self.selected.candidate.contact_id if self.selected else None
        self.calls, self.is_read = tuple(calls), True
        ids = [each.candidate.contact_id for each in calls]
        at = ids.index(before) if before in ids else self.cursor
        self.set_count(max(len(calls), 1))
        self.put_cursor(at)
        self.wrap_below()

    def can_choose(self, index: int) -> bool:
        """Return whether a line is a call, not the text for an empty list."""
        return 0 <= index < len(self.calls)

    def text_below(self, width: int) -> str:  # noqa: ARG002
        """Return the reasons of the selected call."""
        return self.selected.reason if self.selected is not None else ""

    def spans(self, index: int, width: int) -> list[Span]:
        """Return the points, the name and the number of a call, and its reasons if they fit."""
        if not self.calls:
            text = "No one to call: nothing is due." if self.is_read else ""
            return [Span(f" {text}", "good")]
        call = self.calls[index]
        each = call.candidate
        widest = max(cell_width(one.candidate.name) for one in self.calls[:50])
        name_room = min(widest, _MOST_NAME, width // 2)
        room = width - _POINTS - name_room - 3
        reason = "" if index == self.cursor else call.reason
        phone = sanitize(each.phone)
        phone_room = min(max(cell_width(one.candidate.phone) for one in self.calls[:50]), room)
        rest = room - phone_room - 2
        return [
            Span(f"{call.score:>{_POINTS - 1}} ", "dim" if call.is_open else "late"),
            Span(" "),
            Span(fit(each.name, name_room), "bold"),
            Span(f"  {fit(phone, phone_room)}"),
            Span(fit(f"  {reason}", rest + 2) if rest > 0 else "", "dim"),
        ]
