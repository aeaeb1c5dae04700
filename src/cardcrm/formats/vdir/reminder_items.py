"""Files with one reminder each, as to-dos or events of a calendar."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.dates.clock import in_zone
from cardcrm.dates.recurrence_rule import check_rule
from cardcrm.errors import CardcrmError, UsageError
from cardcrm.formats.ical.calendar_writer import format_calendar
from cardcrm.formats.ical.components import Builder, summarize
from cardcrm.formats.vdir.calendar_patch import patch_calendar
from cardcrm.formats.vdir.item_kind import Adopted, Ignored, Item
from cardcrm.records.activity import reminders
from cardcrm.records.conflicts import Texts
from cardcrm.records.privacy import forgotten_hashes
from cardcrm.records.query_sql import contact_query
from cardcrm.records.records import remove as remove_records
from cardcrm.records.syncing.journal_changes import find_changed_reminders
from cardcrm.records.syncing.kinds import EVENT, TODO
from cardcrm.records.syncing.reminder_changes import (
    DONE,
    DUE,
    LABELS,
    PRIORITY,
    RULE,
    TEXT,
    NewReminder,
    add_reminder,
    format_due,
    select_reminders,
    write_changes,
)
from cardcrm.records.syncing.sync_states import Part, Parts, SyncFolder
from cardcrm.records.syncing.three_way_merge import Changes, Clash
from cardcrm.records.syncing.uid_lookup import find_ids
from cardcrm.reports.calendar_entries import ReminderEntry, read_reminders
from cardcrm.store import Store
from cardcrm.text import normalize_line

_COMPONENTS = {TODO: "VTODO", EVENT: "VEVENT"}
# Errors that icalendar raises for broken values, besides ValueError.
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)


class ReminderItems:
    """The reminders of a database as files of a folder; ``kind`` is todo or event."""

    ending = ".ics"
    noun, plural = "reminder", "reminders"

    def __init__(self, store: Store, kind: str) -> None:
        self.kind = kind
        self._component = _COMPONENTS[kind]
        self._builder = Builder(store.locale.zone)
        self._zone = store.locale.zone
        self._done_at: dict[str, str] = {}  # instants by permanent id

    def parse(self, store: Store, text: str, base: Parts | None) -> Item | Ignored:
        """Return the to-do or event of a file."""
        del store, base
        from icalendar import Calendar

        if any("\udc80" <= char <= "\udcff" for char in text):
            return Ignored("it is not UTF-8")
        try:
            calendars = Calendar.from_ical(text.lstrip("\ufeff"), multiple=True)
            found = [each for calendar in calendars for each in calendar.walk(self._component)]
            return self._read(found)
        except _BROKEN as error:
            reason = " ".join(str(error).split())[:120]
            return Ignored(f"unreadable calendar: {reason}")

    def _read(self, components: Sequence[Any]) -> Item | Ignored:
        if not components:
            return Ignored()  # an entry of another kind
        uids = {normalize_line(str(each.get("uid", ""))) for each in components}
        if len(uids) > 1:
            return Ignored(f"it holds {len(uids)} entries")
        uid = uids.pop()
        masters = [each for each in components if "RECURRENCE-ID" not in each]
        main = masters[0] if masters else components[0]
        turns = [each for each in components if each is not main]
        texts = self._read_texts(main, turns, uid)
        return Item(uid, self.describe(texts), texts)

    def _read_texts(self, main: Any, turns: Sequence[Any], uid: str) -> Parts:
        texts: Parts = {TEXT: (normalize_line(str(main.get("summary", ""))),)}
        due = self._read_due(main)
        current = next((each for each in turns if self._is_turn(each, due)), None)
        if current is not None and (moved := self._read_due(current)):
            due = moved
        if due is not None:
            texts[DUE] = (format_due(due),)
        if rule := _read_rule(main):
            texts[RULE] = (rule,)
        priority = int(main.get("priority", 0) or 0)
        if 1 <= priority <= 9:
            texts[PRIORITY] = (str(10 - priority),)
        done = next((each for each in (main, current) if each is not None and _is_done(each)), None)
        if done is not None:
            texts[DONE] = ("done",)
        stamp = (done or main).get("completed") or (done or main).get("last-modified")
        self._done_at[uid] = _to_instant(stamp.dt) if stamp is not None else ""
        return {part: each for part, each in texts.items() if any(each)}

    def _read_due(self, component: Any) -> DayTime | None:
        value = component.get("due") or component.get("dtstart")
        if value is None:
            return None
        return self._to_local(value.dt)

    def _to_local(self, value: dt.date) -> DayTime:
        if not isinstance(value, dt.datetime):
            return DayTime(value)
        local = in_zone(value, self._zone) if value.tzinfo is not None else value
        return DayTime(local.date(), local.time().replace(second=0, microsecond=0))

    def _is_turn(self, component: Any, due: DayTime | None) -> bool:
        """Return whether a component is the turn that is due now."""
        value = component.get("recurrence-id")
        return value is not None and due is not None and self._to_local(value.dt)[:2] == due[:2]

    def select(self, store: Store, folder: SyncFolder) -> dict[str, int]:
        """Return the open reminders of the contacts that the query of a folder finds."""
        node = contact_query.parse(store, folder.query) if folder.query else None
        return select_reminders(store, node, folder.id if self.kind == TODO else 0)

    def find(self, store: Store, uids: Collection[str]) -> dict[str, int]:
        """Return the reminders of some permanent ids."""
        return find_ids(store, "reminder", uids)

    def find_changed(self, store: Store, since: int) -> set[int] | None:
        """Return the reminders that have changed since a change of the journal."""
        return find_changed_reminders(store, since)

    def read(self, store: Store, ids: Sequence[int]) -> list[Parts]:
        """Return the texts of reminders."""
        return list(map(self._texts_of, read_reminders(store, ids)))

    def _texts_of(self, entry: ReminderEntry) -> Parts:
        reminder = entry.reminder
        due = dates.parse_stored(reminder.due_on, reminder.due_at, self._zone)
        rule = self._builder.rule_of(entry, self.kind)
        texts = {
            TEXT: summarize(entry),
            DUE: format_due(due),
            RULE: rule,
            PRIORITY: str(reminder.priority or ""),
            DONE: "done" if reminder.done_at else "",
        }
        return {part: (text,) for part, text in texts.items() if text}

    def adopt(self, store: Store, items: Sequence[Item]) -> list[Adopted]:
        """Find or add the reminders of new files. Done to-dos and events are not added."""
        known = self.find(store, [each.uid for each in items])
        forgotten = forgotten_hashes.load(store)
        return [
            Adopted("", is_new=False, problem=f"its contact was forgotten on {day}")
            if item.uid not in known and (day := forgotten.find_day_of_uid(item.uid))
            else self._adopt(store, item, is_known=item.uid in known)
            for item in items
        ]

    def _adopt(self, store: Store, item: Item, *, is_known: bool) -> Adopted:
        if is_known:
            return Adopted(item.uid, is_new=False)
        if self.kind == EVENT or DONE in item.texts:
            return Adopted("", is_new=False)
        head = {part[1]: texts[0] for part, texts in item.texts.items()}
        today = dates.today(self._zone).isoformat()
        title, rule = head.get("text", ""), head.get("rule", "")
        new = NewReminder(item.uid, title, head.get("due", today), rule, head.get("priority", ""))
        notes = () if "due" in head else (f"“{title}” has no date and is due today",)
        try:
            add_reminder(store, new)
        except CardcrmError as error:
            return Adopted("", is_new=False, problem=error.message)
        return Adopted(item.uid, is_new="due" in head, notes=notes)

    def write(self, store: Store, id_: int, changes: Changes) -> list[str]:
        """Write changes to a reminder."""
        uid = reminders.get(store, id_).uid
        return write_changes(store, id_, changes, self._done_at.get(uid, ""))

    def remove(self, store: Store, ids: Sequence[int]) -> None:
        """Remove reminders."""
        from cardcrm.records.activity.reminder_type import REMINDER

        remove_records(store, REMINDER, ids)

    def render(self, store: Store, ids: Sequence[int], like: str = "") -> list[str]:
        """Return the calendar files of reminders."""
        del like
        entries = read_reminders(store, ids)
        return [format_calendar(self._builder.build_reminder(each, self.kind)) for each in entries]

    def patch(
        self, store: Store, text: str, changes: Mapping[Part, Texts | None], new: str, uid: str
    ) -> str:
        """Return a calendar file with some changes."""
        del store
        return patch_calendar(text, changes, new, uid, self._component)

    def keep_loser(self, clash: Clash, database: Parts) -> Changes:
        """Return the changes that keep a title that lost a clash beside the other one."""
        del database
        if clash.part != TEXT or clash.file is None or clash.database is None:
            return {}
        sides = (clash.file[0], clash.database[0])
        won, lost = sides if clash.is_file else sides[::-1]
        contact = f"{won.partition(': ')[0]}: "
        return {TEXT: (f"{won} / {lost.removeprefix(contact)}",)}

    def label(self, part: Part) -> str:
        """Return the name of a part for people."""
        return LABELS.get(part, part[1])

    def describe(self, texts: Parts) -> str:
        """Return the title of a reminder."""
        return texts.get(TEXT, ("a reminder",))[0]

    def is_closed(self, texts: Parts) -> bool:
        """Return whether a reminder is done, so that its file may go."""
        return DONE in texts


def _is_done(component: Any) -> bool:
    status = str(component.get("status", "")).upper()
    return status.startswith(("COMPLETED", "CANCEL")) or "COMPLETED" in component


def _read_rule(component: Any) -> str:
    """Return the recurrence of a component as ours; empty for one that we do not have."""
    value = component.get("rrule")
    if value is None or isinstance(value, list):
        return ""
    try:
        return check_rule(value.to_ical().decode())
    except UsageError:
        return ""


def _to_instant(value: dt.date) -> str:
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        return ""
    return dates.format_instant(value)
