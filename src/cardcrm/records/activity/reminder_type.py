"""The declaration of reminders."""

from typing import Any

from cardcrm.dates import DayTime
from cardcrm.records.activity.series import Planned, keep_month_end, replan
from cardcrm.records.fields import (
    CLEAR,
    ChangeDay,
    Columns,
    Context,
    Day,
    Flag,
    Instant,
    Integer,
    Recurrence,
    Reference,
    Text,
    Uid,
    User,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

PRIORITY = Integer(
    "priority",
    least=0,
    most=9,
    empty=0,
    listed=True,
    help="Priority from 0 (none) to 9 (highest).",
)


_DUE = "due"  # the date as typed, beside the columns that hold it


class Due(Day):
    """The due date of a reminder, whose words a series may depend on."""

    __slots__ = ()

    def to_columns(self, when: DayTime, store: Context) -> Columns:
        """Return the columns of a date, and the date itself for `_settle_series`."""
        return {**super().to_columns(when, store), _DUE: when}


def _settle_series(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Let a recurrence continue from a due date or a rule that was changed."""
    due = columns.pop(_DUE, None)
    rule = columns.get("rule")
    if not row_id:  # a row of a file is due when it says so
        return columns | {"rule": keep_month_end(rule, due)} if rule and due else columns
    names = {"due_on", "due_at", "rule"} & columns.keys()
    if not names:
        return columns
    row = store.row("SELECT due_on, due_at, rule FROM reminder WHERE id = :id", id=row_id)
    if all(row[name] == columns[name] for name in names):
        return columns
    new_rule = rule if rule != row["rule"] else None
    return columns | replan(store, Planned(*row), due, new_rule)


def _follow_service(store: Any, row_id: int) -> None:
    """Enter the service of an asset whose reminder was marked as done by an edit."""
    sql = (
        "SELECT a.id, r.done_at FROM asset a JOIN reminder r ON r.id = a.reminder_id "
        "WHERE r.id = :id AND r.done_at IS NOT NULL"
    )
    row = store.row(sql, id=row_id)
    if row is not None:
        from cardcrm.records.assets.maintenance import enter_done_service

        enter_done_service(store, row[0], row[1])


REMINDER = declare(
    RecordType(
        "reminder",
        "reminders",
        (
            Uid(),
            Reference("contact_id", listed=True),
            Reference("deal_id", to="deal", shows="title", on_delete=CLEAR, example="12",
                      help="Deal whose next step it is."),
            Text("text", non_ascii_key="text_key", label="what", phrase="text", required=True,
                 listed=True, searchable=True,
                 help="Task.", example="send two quotes"),
            Due("due_on", key="due", phrase="due date", instant="due_at", required=True,
                listed=True, help="Due date: fri, 2w, 'next tue 14:00', 2026-11-27."),
            Recurrence("rule", key="every", json_key="rule", label="every", listed=True,
                       help="Recurrence: 2w, monthly, '3rd monday', '2w after done', an RRULE."),
            Flag("promise", label="promised", listed=True, headed=True,
                 help="You promised it to the contact; listed first."),
            PRIORITY,
            User("owner", hands_over=True, non_ascii_key="owner_key", label="for",
                 option="for", listed=True, help="User who does it."),
            Instant("done_at", key="done", listed=True,
                    no_future="Mark it as done when it is done.",
                    help="When it was done; an empty value opens it again."),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{text}",
        words="text",
        adjust=_settle_series,
        check=_follow_service,
        sort="due",
        same_by=("id",),
        parent="contact_id",
        computed=("series_at", "last_done_at"),
        closed_by="done_at",
        heading=lambda row: "promise" if row.get("promise") else "reminder",
        summary="Reminders: list, show, edit and remove them.",
    )
)  # fmt: skip
