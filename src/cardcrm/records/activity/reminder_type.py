"""The declaration of reminders."""

from typing import Any

from cardcrm.errors import UsageError
from cardcrm.records.fields import (
    Context,
    Day,
    Flag,
    Instant,
    Integer,
    Reference,
    Text,
    Uid,
    User,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


class Recurrence(Text):
    """The recurrence of a reminder: typed in words, stored as an RRULE."""

    __slots__ = ()
    metavar = "RULE"
    is_wide = False

    def normalize(self, value: str) -> str:
        """Return the rule that words or a rule stand for. Raises UsageError."""
        if not value:
            return ""
        from cardcrm.dates.recurrence import parse_recurrence

        return parse_recurrence(value)

    def format(self, value: Any, store: Context | None) -> str:  # noqa: ARG002
        """Return the recurrence in words."""
        from cardcrm.dates.recurrence import describe_recurrence

        return describe_recurrence(value) if value else ""

    def cell(self, value: Any) -> Any:
        """Return the rule, which people read in words."""
        from cardcrm.sheet import Coded

        return Coded(value, self.format(value, None)) if value else None

    def to_text(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the rule itself."""
        return str(value or "")

    def to_words(self, value: str) -> str:
        """Return a rule in words if these parse to the same rule, or else the rule itself."""
        from cardcrm.dates.recurrence import parse_recurrence

        words = self.format(value, None)
        try:
            return words if not words or parse_recurrence(words) == value else value
        except UsageError:
            return value


class Priority(Integer):
    """A priority from 1 to 9, or 0 for none."""

    __slots__ = ()
    empty = 0


PRIORITY = Priority("priority", least=0, most=9, listed=True)


def _restart_series(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Let a recurrence continue from a due date or a rule that was changed."""
    names = {"due_on", "due_at", "rule"} & columns.keys()
    if not (row_id and names):
        return columns
    row = store.row("SELECT due_on, due_at, rule FROM reminder WHERE id = :id", id=row_id)
    is_changed = any(row[name] != columns[name] for name in names)
    return columns | {"series_at": None} if is_changed else columns


REMINDER = declare(
    RecordType(
        "reminder",
        "reminders",
        (
            Uid(),
            Reference("contact_id", required=True, listed=True),
            Text("text", label="what", required=True, listed=True, searchable=True),
            Day("due_on", key="due", instant="due_at", required=True, listed=True),
            Recurrence("rule", key="every", label="every", listed=True),
            Flag("promise", label="promised", listed=True, headed=True),
            PRIORITY,
            User("owner", label="for", listed=True),
            Instant("done_at", key="done", listed=True),
            Instant("created_at", key="created", automatic=True),
        ),
        title="{text}",
        sort="due",
        same_by=("id",),
        parent="contact_id",
        computed=("series_at",),
        closed_by="done_at",
        adjust=_restart_series,
        heading=lambda row: "promise" if row.get("promise") else "reminder",
        summary="Reminders: list, show, edit and remove them.",
    )
)
