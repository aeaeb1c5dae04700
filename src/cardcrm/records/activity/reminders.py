"""Reminders: follow-ups with a due date; a promise is one that the contact knows of."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import AmbiguousError, ConflictError, NotFoundError, UsageError
from cardcrm.records.activity import series
from cardcrm.records.activity.reminder_type import REMINDER
from cardcrm.records.contacts.uids import new_uid
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.retry import retry_transaction


class Reminder(NamedTuple):
    """A follow-up, perhaps without a contact.

    ``due_on`` is the local day, ``due_at`` the UTC instant if it has a time. ``rule`` is an RRULE
    or "". ``done_at`` is the instant at which it was done, and ``last_done_at`` that at which a
    recurring one last moved on. ``deal_id`` is the deal whose next step it is. ``next_id`` is the
    reminder of the next service, once that of an asset was done.
    """

    id: int
    uid: str
    contact_id: int | None
    contact: str
    text: str
    due_on: str
    due_at: str | None
    rule: str = ""
    promise: bool = False
    priority: int = 0
    owner: str = ""
    done_at: str | None = None
    last_done_at: str | None = None
    deal_id: int | None = None
    next_id: int | None = None


SELECT = (
    "SELECT r.id, r.uid, r.contact_id, coalesce(c.name, ''), r.text, r.due_on, r.due_at, r.rule, "
    "r.promise, r.priority, r.owner, r.done_at, r.last_done_at, r.deal_id "
    "FROM reminder r LEFT JOIN contact c ON c.id = r.contact_id"
)


@retry_transaction
def add(
    store: Store,
    contact_id: int | None,
    text: str,
    due: DayTime,
    *,
    every: str = "",
    promise: bool = False,
    priority: int = 0,
    owner: str = "",
    deal_id: int | None = None,
) -> Reminder:
    """Add a reminder, perhaps as the next step of a deal.

    Raises UsageError for an empty text or an impossible rule.
    """
    options = {"rule": every, "promise": promise, "priority": priority, "owner": owner}
    values = prepare(store, contact_id, text, due, deal_id=deal_id, **options)
    with store.transaction(concurrent=True):
        row_id = store.insert("reminder", **values, created_at=dates.current_instant())
    return get(store, row_id)


class ReminderDraft(NamedTuple):
    """A reminder to add, without its contact; see `add`."""

    text: str
    due: DayTime
    every: str = ""
    promise: bool = False
    priority: int = 0
    owner: str = ""


def add_each(
    store: Store, contacts: Sequence[int | None], draft: ReminderDraft
) -> tuple[Reminder, ...]:
    """Add a reminder for each of some contacts in one step; None adds one without a contact."""
    return add_all(store, [(each, draft) for each in contacts])


@retry_transaction
def add_all(
    store: Store, drafts: Sequence[tuple[int | None, ReminderDraft]]
) -> tuple[Reminder, ...]:
    """Add reminders, each of a contact or of none, in one step."""

    def add_one(contact_id: int | None, draft: ReminderDraft) -> Reminder:
        return add(
            store,
            contact_id,
            draft.text,
            draft.due,
            every=draft.every,
            promise=draft.promise,
            priority=draft.priority,
            owner=draft.owner,
        )

    if len(drafts) == 1:
        return (add_one(*drafts[0]),)
    with store.transaction():
        return tuple(add_one(*each) for each in drafts)


def prepare(
    store: Store,
    contact_id: int | None,
    text: str,
    due: DayTime,
    *,
    deal_id: int | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Return the columns of a new reminder. Raises UsageError as `add`.

    A rule that names days begins with the first one on or after ``due``.
    """
    values = _normalize(text=text, **options)
    planned = (
        series.plan(store, due, values["rule"]) if values.get("rule") else series.place(store, due)
    )
    deal = {} if deal_id is None else {"deal_id": deal_id}
    return {"uid": new_uid(), "contact_id": contact_id, **deal, **values, **planned}


def _normalize(**given: Any) -> dict[str, Any]:
    """Return the columns of the given values; None leaves a column out. Raises UsageError."""
    values = REMINDER.normalize(**given)
    if values.get("text") == "":
        raise UsageError("a reminder needs a text", 'For example: cardcrm remind jane "call back"')
    return values


def from_values(row_id: int, contact: str, values: Mapping[str, Any]) -> Reminder:
    """Return a new reminder from its columns and the name of its contact."""
    names = {"uid", *Reminder._fields} & values.keys()
    columns = {name: values[name] for name in names} | {"promise": bool(values["promise"])}
    return Reminder(row_id, contact=contact, **columns)


def get(store: Store, reminder_id: int) -> Reminder:
    """Return one reminder. Raises NotFoundError."""
    return store.fetch(_get_query(reminder_id))


def _get_query(reminder_id: int) -> Query[Reminder]:
    def parse(rows: list[Row]) -> Reminder:
        if not rows:
            raise NotFoundError(
                f"unknown reminder {reminder_id}", "To see the open reminders: cardcrm due"
            )
        return reminder_of(rows[0])

    return Query(f"{SELECT} WHERE r.id = :id", {"id": reminder_id}, parse)


def reminder_of(row: tuple[object, ...]) -> Reminder:
    """Return a row selected with `SELECT` as a Reminder."""
    values = list(row)
    values[8] = bool(values[8])
    return Reminder(*values)  # type: ignore[arg-type]


def open_of(store: Store, contact_id: int) -> list[Reminder]:
    """Return the open reminders of a contact, the next one first."""
    return store.fetch(open_query(contact_id))


def open_query(contact_id: int) -> Query[list[Reminder]]:
    """Build the query of `open_of`."""
    return Query(
        f"{SELECT} WHERE r.contact_id = :id AND r.done_at IS NULL "
        "ORDER BY r.due_on, r.promise DESC, r.priority DESC, r.id",
        {"id": contact_id},
        lambda rows: [reminder_of(row) for row in rows],
    )


def only_open(store: Store, contact_id: int, name: str) -> Reminder:
    """Return the only open reminder of a contact.

    Raises NotFoundError without one, and AmbiguousError if there are several.
    """
    found = open_of(store, contact_id)
    if not found:
        raise NotFoundError(f"{name} has no open reminder", "To see all: cardcrm due")
    if len(found) > 1:
        today = dates.today(store.locale.zone)
        raise AmbiguousError(
            f"{name} has {len(found)} open reminders",
            "Give the number of one.",
            candidates=[
                (each.id, each.text, dates.format_day(when_due(store, each).day, today))
                for each in found[:10]
            ],
        )
    return found[0]


def when_due(store: Store, reminder: Reminder) -> DayTime:
    """Return the local day of a reminder, and its time if it has one."""
    return dates.parse_stored(reminder.due_on, reminder.due_at, store.locale.zone)


@retry_transaction
def edit(
    store: Store,
    reminder_id: int,
    *,
    text: str | None = None,
    due: DayTime | None = None,
    every: str | None = None,
    promise: bool | None = None,
    priority: int | None = None,
    owner: str | None = None,
) -> Reminder:
    """Edit a reminder; None leaves a field unchanged, an empty ``every`` ends a recurrence.

    Raises NotFoundError, and UsageError as `add`.
    """
    values = _normalize(text=text, rule=every, promise=promise, priority=priority, owner=owner)
    before = get(store, reminder_id)
    if due is not None or every is not None:
        columns = (before.due_on, before.due_at, before.rule)
        values |= series.replan(store, series.Planned(*columns), due, values.get("rule"))
    with store.transaction():
        store.update("reminder", reminder_id, **values)
    return get(store, reminder_id)


@retry_transaction
def done(
    store: Store, reminder_id: int, *, again: bool = False, when: DayTime | None = None
) -> Reminder:
    """Mark a reminder as done, now or at ``when``; a recurring one moves to its next date instead.

    Raises UsageError for a date in the future, and ConflictError if it is done already, also for a
    recurring one that was done today and is due on a later day: that turn would be skipped.
    ``again`` skips it. The service of an asset that it is for is entered.
    """
    queries: list[Query[Any]] = [
        _get_query(reminder_id), _campaign_query(reminder_id), _asset_query(reminder_id),
    ]  # fmt: skip
    reminder, campaigns, assets = store.fetch_many(queries)
    if reminder.done_at is not None:
        raise ConflictError(
            f"reminder {reminder_id} is done already", "To see the open reminders: cardcrm due"
        )
    if not again:
        _refuse_second_turn(store, reminder)
    at = _moment(store, when)
    with store.transaction():
        if reminder.rule and _roll(store, reminder, at):
            return get(store, reminder_id)
        closed: Reminder = reminder._replace(done_at=_instant(store, at))
        store.update("reminder", reminder_id, done_at=closed.done_at)
        if campaigns:
            from cardcrm.records.campaigns.completion import finish

            finish(store, campaigns)
        for asset_id in assets:
            from cardcrm.records.assets.maintenance import enter_done_service

            next_id = enter_done_service(store, asset_id, closed.done_at or "")
            closed = closed._replace(next_id=next_id)
    return closed


def _campaign_query(reminder_id: int) -> Query[list[int]]:
    """Return the query for the campaigns that a reminder is of."""
    sql = "SELECT campaign_id FROM campaign_contact WHERE reminder_id = :id"
    return Query(sql, {"id": reminder_id}, lambda rows: [row[0] for row in rows])


def _asset_query(reminder_id: int) -> Query[list[int]]:
    """Return the query for the asset whose service a reminder is for."""
    sql = "SELECT id FROM asset WHERE reminder_id = :id"
    return Query(sql, {"id": reminder_id}, lambda rows: [row[0] for row in rows])


_NOON = dt.time(12)  # the time of a past day that has none


def _moment(store: Store, when: DayTime | None) -> dt.datetime | None:
    """Return the local time in the past that a date means; None means now."""
    now = dates.now(store.locale.zone).replace(tzinfo=None)
    if when is None or when[:2] == (now.date(), None):
        return None
    at = dt.datetime.combine(when.day, when.time or _NOON)
    if at > now:
        raise UsageError(f"{when.day.isoformat()} is in the future", "Mark it once it is done.")
    return at


def _instant(store: Store, at: dt.datetime | None) -> str:
    """Return a local time as an instant; None is now."""
    if at is None:
        return dates.current_instant()
    return dates.to_instant(at.date(), at.time(), store.locale.zone)


def _refuse_second_turn(store: Store, reminder: Reminder) -> None:
    """Raise ConflictError for a recurring reminder that was done today and is due later."""
    if not (reminder.rule and reminder.last_done_at):
        return
    zone = store.locale.zone
    today, due = dates.today(zone), when_due(store, reminder).day
    if dates.from_instant(reminder.last_done_at, zone).date() == today < due:
        raise ConflictError(
            f"reminder {reminder.id} was done today already; it is due again "
            f"{dates.format_day(due, today)}",
            f"To skip that turn as well: cardcrm done {reminder.id} --again",
        )


def _roll(store: Store, reminder: Reminder, at: dt.datetime | None) -> bool:
    """Move a recurring reminder to its next date; return False if its rule has ended.

    The next date is after the day on which it was done, or after that moment for a reminder with a
    time.
    """
    from cardcrm.dates.recurrence import advance_recurrence

    due, zone = when_due(store, reminder), store.locale.zone
    now = at or dates.now(zone).replace(tzinfo=None)
    after = now if due.time else dt.datetime.combine(now.date(), dt.time())
    start = dt.datetime.fromisoformat(_series_at(store, reminder))
    rolled = advance_recurrence(reminder.rule, start, after, zone)
    if rolled is None:
        return False
    moment, rule = rolled
    when = DayTime(moment.date(), moment.time() if due.time else None)
    placed = series.place_in_series(store, when)
    last_done_at = _instant(store, at)
    return store.update("reminder", reminder.id, **placed, rule=rule, last_done_at=last_done_at)


def _series_at(store: Store, reminder: Reminder) -> str:
    """Return the local time in its series that a recurring reminder is for."""
    series_at: str | None = store.value(
        "SELECT series_at FROM reminder WHERE id = :id", id=reminder.id
    )
    return series_at or series.format_wall(when_due(store, reminder))


@retry_transaction
def snooze(store: Store, reminder_id: int, due: DayTime) -> Reminder:
    """Snooze a reminder until a later date; it keeps its time if the date has none.

    A recurring reminder continues its series: a Monday call snoozed until Wednesday is due on
    Monday again. Raises ConflictError if it is done, UsageError for a day in the past.
    """
    reminder = get(store, reminder_id)
    if reminder.done_at is not None:
        raise ConflictError(
            f"reminder {reminder_id} is done already", "To see the open reminders: cardcrm due"
        )
    if due.day < dates.today(store.locale.zone):
        raise UsageError(f"{due.day.isoformat()} is in the past", "Give a later day.")
    was = when_due(store, reminder)
    values = series.place(store, DayTime(due.day, was.time if due.time is None else due.time))
    if reminder.rule:
        values["series_at"] = _series_at(store, reminder)
    with store.transaction():
        store.update("reminder", reminder_id, **values)
    return get(store, reminder_id)


def begin_series(every: str, today: dt.date, zone: str = "") -> tuple[dt.date, str]:
    """Return the first day of a recurrence that starts today, and the rule to store with it.

    Raises UsageError without one.
    """
    from cardcrm.dates.recurrence import begin_after
    from cardcrm.dates.recurrence_words import parse_recurrence

    start = dt.datetime.combine(today, dt.time())
    moment, rule = begin_after(parse_recurrence(every), start, zone)
    return moment.date(), rule
