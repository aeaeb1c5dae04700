"""Gather what the card of a contact lacks for a call: the numbers, the hour, and others' work."""

import datetime as dt
from typing import NamedTuple

from cardcrm import dates
from cardcrm.errors import NotFoundError
from cardcrm.records.activity import reminders
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contact_queries import Contact
from cardcrm.records.teamwork.colleagues import describe_colleagues
from cardcrm.reports.calls.call_queries import read_hours
from cardcrm.reports.calls.call_score import find_opening
from cardcrm.reports.calls.opening_hours import parse_hours
from cardcrm.store import Store, journal


class PhoneNumber(NamedTuple):
    """A number of the contact, or of its organization, which ``org`` names then."""

    value: str
    label: str
    org: str
    is_opted_out: bool
    is_invalid: bool

    @property
    def is_usable(self) -> bool:
        """Return whether the number may be rung."""
        return not (self.is_opted_out or self.is_invalid)


class CallFacts(NamedTuple):
    """The numbers, and the time where the contact is.

    ``hours`` is the text of the opening hours, "" if unknown; ``opens`` is the next opening if it
    is closed now. ``about`` is the reminder that the call is about, if it is still open; ``news``
    says what others did to it meanwhile, and ``colleagues`` what they did or claimed lately.
    """

    numbers: tuple[PhoneNumber, ...]
    local: dt.datetime
    hours: str
    opens: dt.datetime | None
    about: Reminder | None
    news: str = ""
    colleagues: tuple[str, ...] = ()

    @property
    def to_call(self) -> tuple[PhoneNumber, ...]:
        """The numbers that may be rung."""
        return tuple(each for each in self.numbers if each.is_usable)

    @property
    def own(self) -> tuple[PhoneNumber, ...]:
        """The numbers of the contact itself."""
        return tuple(each for each in self.numbers if not each.org)


def read_facts(store: Store, contact: Contact, about: int | None, days: int) -> CallFacts:
    """Return the facts for a call with a contact, perhaps about a reminder.

    Colleagues are those who did something with the contact in the last ``days``.
    """
    hours = read_hours(store, {contact.id: {"org_id": contact.org_id}})
    text = hours.get(contact.id) or hours.get(contact.org_id or 0, "")
    now = dates.now(store.locale.zone)
    local, opens = find_opening(contact.timezone, parse_hours(text), now)
    reminder, news = _read_reminder(store, about)
    numbers, colleagues = _read_numbers(store, contact), describe_colleagues(store, contact, days)
    return CallFacts(numbers, local, text, opens, reminder, news, colleagues)


def _read_numbers(store: Store, contact: Contact) -> tuple[PhoneNumber, ...]:
    """Return the numbers of a contact; those of its organization if it has none of its own."""
    rows = store.rows(
        "SELECT p.value, p.label, p.opted_out, p.invalid, p.contact_id FROM point p "
        "WHERE p.kind = 'phone' AND p.contact_id IN (:id, :org) ORDER BY p.id",
        id=contact.id,
        org=contact.org_id or contact.id,
    )
    own = [row for row in rows if row["contact_id"] == contact.id]
    return tuple(
        PhoneNumber(
            row["value"],
            row["label"],
            "" if own else contact.org,
            bool(row["opted_out"]),
            bool(row["invalid"]),
        )
        for row in own or rows
    )


def _read_reminder(store: Store, reminder_id: int | None) -> tuple[Reminder | None, str]:
    """Return an open reminder, or None and the end that it had."""
    if reminder_id is None:
        return None, ""
    try:
        reminder = reminders.get(store, reminder_id)
    except NotFoundError:
        return None, _describe_change(store, "reminder", reminder_id, "deleted the reminder")
    if reminder.done_at is None:
        return reminder, ""
    done = _describe_change(store, "reminder", reminder_id, "did this", reminder.done_at)
    return None, f"{done}: {reminder.text}"


def _describe_change(store: Store, table: str, row_id: int, what: str, at: str = "") -> str:
    """Describe the last change of a row: ``Bob did this at 10:12``."""
    step = journal.last_to_write(store, table, row_id=row_id)
    if step is None:
        return f"Another user {what}"
    who = "You" if step.author == store.author.name else step.author
    return f"{who} {what} {_describe_moment(store, at or step.at)}"


def _describe_moment(store: Store, instant: str) -> str:
    """Return an instant as ``at 10:12`` of today, or with its day."""
    local = dates.from_instant(instant, store.locale.zone)
    today = dates.today(store.locale.zone)
    day = "" if local.date() == today else f"on {dates.format_day(local.date(), today)} "
    return f"{day}at {local:%H:%M}"


class Replacement(NamedTuple):
    """The contact that another one was merged into, None if it was deleted, and the author."""

    contact_id: int | None
    news: str


def find_replacement(store: Store, contact_id: int) -> Replacement:
    """Find the contact that replaces one that is gone."""
    kept = store.value("SELECT contact_id FROM merged_id WHERE old_id = :id", id=contact_id)
    if kept is None:
        news = _describe_change(store, "contact", contact_id, "deleted this contact")
        return Replacement(None, news)
    what = f"merged this contact into {contacts.get(store, kept).name}"
    return Replacement(int(kept), _describe_change(store, "contact", contact_id, what))
