"""The list of the inbox: the threads that wait for an answer, and senders who are not contacts."""

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.binding import BindingType

from cardcrm.records.mail.offers import Offer
from cardcrm.records.mail.open_requests import OpenRequest
from cardcrm.reports.mail.inbox import Thread
from cardcrm.text import cell_width, sanitize
from cardcrm.tui.keys import bindings
from cardcrm.tui.widgets.expanding_list import ExpandingList
from cardcrm.tui.widgets.line_list import Span, fit

_AGE = 5
_MOST_NAME = 24
_LATE = 3  # days after which the age is marked
_HEADING = "Not yet contacts"
_MEASURED = 50  # names that the width of their column is taken from


class Inbox(NamedTuple):
    """The threads, the offered senders, the requests to decide on, and the day of all that."""

    threads: Sequence[Thread] = ()
    offers: Sequence[Offer] = ()
    requests: Sequence[OpenRequest] = ()
    today: dt.date = dt.date.min


class InboxList(ExpandingList, inherit_bindings=False):
    """One line a thread or a sender; the first lines of the selected mail below it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list")]
    indent = _AGE + 2

    def __init__(self) -> None:
        super().__init__(id="left")
        self.inbox = Inbox()
        self.rows: list[Thread | Offer | str] = []
        self.is_read = False

    @property
    def selected(self) -> Thread | Offer | None:
        """The thread or the sender under the cursor."""
        row = self.rows[self.cursor] if self.cursor < len(self.rows) else None
        return None if isinstance(row, str) else row

    def update(self, inbox: Inbox) -> None:
        """Show an inbox; stay on the selected line if it is still there."""
        before = self.selected
        self.inbox, self.is_read = inbox, True
        self.rows = list(inbox.threads) or ["Nothing waits for an answer."]
        if inbox.offers:
            self.rows += [_HEADING, *inbox.offers]
        self.set_count(len(self.rows))
        found = (at for at, row in enumerate(self.rows) if _is_same(row, before))
        at = next(found, min(self.cursor, self.count - 1))
        nearest = self.nearest(at, 1)
        self.put_cursor(at if nearest is None else nearest)
        self.wrap_below()

    def can_choose(self, index: int) -> bool:
        """Return whether a line is a thread or a sender."""
        return 0 <= index < len(self.rows) and not isinstance(self.rows[index], str)

    def text_below(self, width: int) -> str:  # noqa: ARG002
        """Return the first lines of the selected mail."""
        row = self.selected
        if row is None:
            return ""
        if isinstance(row, Offer):
            return "\n".join([row.address, *self._list_requests(row)])
        promise = row.promise
        promised = [f"! promised by {promise.due}: {promise.text}"] if promise else []
        return "\n".join([*self._list_requests(row), *promised, " ".join(row.text.split())])

    def _list_requests(self, row: Thread | Offer) -> list[str]:
        """Return what the sender of a row asks for that is up to the user."""
        return [
            f"asks to opt out {each.contact} <{each.address}>: cardcrm opt-out {each.address}"
            for each in self.inbox.requests
            if (each.interaction_id == row.id if isinstance(row, Thread)
                else each.sender == row.address)
        ]  # fmt: skip

    def spans(self, index: int, width: int) -> list[Span]:
        """Return a line: the age, the name and the subject."""
        row = self.rows[index]
        if isinstance(row, str):
            return [Span(f" {row}", "title" if row == _HEADING else "good")]
        if isinstance(row, Offer):
            name, subject = row.name or row.address, row.subject
            day, mark = dt.date.fromisoformat(row.seen_on), ""
        else:
            name, subject = row.contact, row.subject or " ".join(row.text.split())
            day, mark = row.on, "!" if row.promise else ""
        days = max(0, (self.inbox.today - day).days)
        is_late = isinstance(row, Thread) and (days >= _LATE or bool(mark))
        room = min(self._widest_name(), _MOST_NAME, width // 2)
        rest = width - _AGE - 2 - room - 2
        return [
            Span(f"{mark:>1}{days:>{_AGE - 2},}d ", "late" if is_late else "dim"),
            Span(" "),
            Span(fit(name, room), "bold"),
            Span(f"  {fit(subject, rest)}" if rest > 0 else ""),
        ]

    def _widest_name(self) -> int:
        names = [each.contact for each in self.inbox.threads[:_MEASURED]]
        names += [each.name or each.address for each in self.inbox.offers[:_MEASURED]]
        return max((cell_width(sanitize(each)) for each in names), default=1)


def _is_same(row: Thread | Offer | str, before: Thread | Offer | None) -> bool:
    """Return whether a row is the thread or the sender that was selected before."""
    if before is None or isinstance(row, str) or type(row) is not type(before):
        return False
    return row.id == before.id
