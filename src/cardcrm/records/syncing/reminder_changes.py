"""Write the changes of a to-do list or calendar into reminders."""

import datetime as dt
from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import CardcrmError, UsageError
from cardcrm.query import Node
from cardcrm.records import records
from cardcrm.records.activity import reminders
from cardcrm.records.activity.reminder_type import REMINDER
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.query_sql.contact_query import compile_query
from cardcrm.records.syncing.sync_states import Part
from cardcrm.records.syncing.three_way_merge import Changes
from cardcrm.store import Store
from cardcrm.text import fold, normalize_line

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT, DUE, RULE, PRIORITY, DONE = (
    ("head", name) for name in ("text", "due", "rule", "priority", "done")
)
LABELS: dict[Part, str] = {
    TEXT: "title", DUE: "due date", RULE: "recurrence", PRIORITY: "priority", DONE: "done",
}  # fmt: skip


class NewReminder:
    """A to-do of another program, before it is a reminder."""

    def __init__(self, uid: str, title: str, due: str, rule: str, priority: str) -> None:
        self.uid, self.title, self.due = uid, title, due
        self.rule, self.priority = rule, priority


def select_reminders(store: Store, node: Node | None, folder_id: int) -> dict[str, int]:
    """Return the open reminders of the contacts that a query finds, by their permanent ids.

    Done ones are there as long as the folder has a file for them.
    """
    where, params = ("1 = 1", {}) if node is None else compile_query(store, node)
    sql = (
        "SELECT r.uid, r.id FROM reminder r LEFT JOIN contact c ON c.id = r.contact_id WHERE "
        f"((r.done_at IS NULL AND coalesce(c.status, 'active') = 'active' AND {where}) "
        "OR (r.done_at IS NOT NULL AND EXISTS (SELECT 1 FROM sync_file f "
        "WHERE f.uid = r.uid AND f.folder_id = :folder))) ORDER BY r.id"
    )
    rows = store.rows(sql, **params, folder=folder_id, currency=store.locale.currency)
    return {row[0]: row[1] for row in rows}


def add_reminder(store: Store, new: NewReminder) -> None:
    """Add a reminder under its permanent id; a title “Jane: call” belongs to the contact Jane.

    Raises UsageError.
    """
    contact_id, text = _split_title(store, new.title)
    texts = {"text": text, "due": new.due, "every": new.rule, "priority": new.priority}
    if contact_id:
        texts["contact"] = f"#{contact_id}"
    records.add(store, REMINDER, texts, portable={"uid": new.uid})


def _split_title(store: Store, title: str) -> tuple[int, str]:
    """Return the contact that a title begins with, and the rest; 0 without one."""
    name, colon, text = title.partition(": ")
    if not colon or not normalize_line(text):
        return 0, title
    rows = store.rows("SELECT id FROM contact WHERE name_key = :key LIMIT 2", key=fold(name))
    return (rows[0][0], text) if len(rows) == 1 else (0, title)


def write_changes(store: Store, reminder_id: int, changes: Changes, done_at: str) -> list[str]:
    """Write changes in the transaction under way; return a sentence for each that failed."""
    reminder = reminders.get(store, reminder_id)
    work: list[Callable[[], object]] = []
    if texts := changes.get(TEXT):
        work.append(lambda: _retitle(store, reminder, texts[0]))
    if PRIORITY in changes:
        priority = int((changes[PRIORITY] or ("0",))[0] or 0)
        work.append(lambda: reminders.edit(store, reminder_id, priority=priority))
    if RULE in changes:
        rule = (changes[RULE] or ("",))[0]
        work.append(lambda: reminders.edit(store, reminder_id, every=rule))
    if due := changes.get(DUE):
        work.append(lambda: _move(store, reminder_id, due[0], done_at))
    if DONE in changes:
        is_done = bool(changes[DONE])
        work.append(lambda: _finish(store, reminder_id, done_at, is_done=is_done))
    problems = []
    for step in work:
        try:
            step()
        except CardcrmError as error:
            problems.append(error.message)
    return problems


def _retitle(store: Store, reminder: Reminder, title: str) -> None:
    text = title.removeprefix(f"{reminder.contact}: ") if reminder.contact else title
    reminders.edit(store, reminder.id, text=text)


def _finish(store: Store, reminder_id: int, done_at: str, *, is_done: bool) -> None:
    reminder = reminders.get(store, reminder_id)
    if not is_done:
        records.edit(store, REMINDER, [reminder_id], {"done": ""})
    elif reminder.done_at is None:
        reminders.done(store, reminder_id, again=True, when=_past_moment(store, done_at))


def _past_moment(store: Store, instant: str) -> DayTime | None:
    """Return the local time of an instant in the past; None means now."""
    if not instant or instant >= dates.current_instant():
        return None
    moment = dates.from_instant(instant, store.locale.zone)
    return DayTime(moment.date(), moment.time().replace(microsecond=0))


def _move(store: Store, reminder_id: int, text: str, done_at: str) -> None:
    """Move a reminder. A recurring one that moves to its next turn was done.

    Programs that know recurring to-dos move them on when they are checked off.
    """
    reminder, due = reminders.get(store, reminder_id), parse_due(text)
    if reminder.rule and due == _next_turn(store, reminder):
        reminders.done(store, reminder_id, again=True, when=_past_moment(store, done_at))
    elif reminder.rule and reminder.done_at is None and due.day >= dates.today(store.locale.zone):
        reminders.snooze(store, reminder_id, due)
    else:
        reminders.edit(store, reminder_id, due=due)


def _next_turn(store: Store, reminder: Reminder) -> DayTime | None:
    from cardcrm.dates.recurrence import find_next_due

    due = reminders.when_due(store, reminder)
    wall = dt.datetime.combine(due.day, due.time or dt.time())
    try:
        found = find_next_due(reminder.rule, wall, wall, store.locale.zone)
    except UsageError:
        return None
    return DayTime(found.date(), found.time() if due.time else None) if found else None


def format_due(due: DayTime) -> str:
    """Return a local day or time as text, by which two of them are compared."""
    if due.time is None:
        return due.day.isoformat()
    return dt.datetime.combine(due.day, due.time).isoformat(timespec="minutes")


def parse_due(text: str) -> DayTime:
    """Return the day or time of such a text."""
    moment = dt.datetime.fromisoformat(text)
    return DayTime(moment.date(), moment.time() if "T" in text else None)
