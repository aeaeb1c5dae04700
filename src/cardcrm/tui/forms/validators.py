"""Checks of what is typed in a form: the shell's parsers, so with the same messages."""

from collections.abc import Callable

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.dates.anniversaries import parse_anniversary
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, custom_fields
from cardcrm.records.contacts.contact_type import CADENCE
from cardcrm.records.contacts.drafts import AddressDraft, ContactPointDraft
from cardcrm.records.contacts.part_types import parse_tag
from cardcrm.store import Locale
from cardcrm.tui.forms.fields import Check, CheckInForm, Values


def parse_date(locale: Locale, text: str, *, past: bool = False) -> DayTime:
    """Return a date as typed, looking forward or back. Raises UsageError."""
    return dates.parse_date(text, dates.now(locale.zone), past=past)


def date_check(locale: Locale, *, past: bool = False, future_hint: str = "") -> Check:
    """Return a check that shows the date; with a ``future_hint`` it may not be in the future."""

    def check(text: str) -> str:
        when = parse_date(locale, text, past=past)
        today = dates.today(locale.zone)
        if future_hint and when.day > today:
            raise UsageError(f"{when.day.isoformat()} is in the future", future_hint)
        time = f" {when.time:%H:%M}" if when.time else ""
        return (
            f"{dates.format_day(when.day, today)}{time}, {dates.format_relative(when.day, today)}"
        )

    return check


def check_cadence(text: str) -> str:
    """Return how a cadence is understood."""
    days = CADENCE.parse_days(text)
    if not days:
        return "not set" if days is None else "no cadence, not by a rule either"
    return f"every {days} day{'s' * (days != 1)}"


def anniversary_check(locale: Locale) -> Check:
    """Return a check for a day of the year."""
    return lambda text: parse_anniversary(text, dates.today(locale.zone))


def parse_tags(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tags to add, and those to remove, which begin with a minus. Raises UsageError."""
    words = text.replace(",", " ").split()
    added = tuple(parse_tag(word) for word in words if not word.startswith("-"))
    removed = tuple(parse_tag(word[1:]) for word in words if word.startswith("-"))
    return added, removed


def check_tags(text: str) -> str:
    """Return the tags to add and to remove."""
    added, removed = parse_tags(text)
    return format_tags(added, removed)


def format_tags(added: tuple[str, ...], removed: tuple[str, ...]) -> str:
    """Return tags as ``+vip -cold``."""
    return " ".join([*(f"+{each}" for each in added), *(f"-{each}" for each in removed)])


def contact_point_check(
    kind: str, locale: Locale, addresses: Callable[[Values], list[AddressDraft]]
) -> CheckInForm:
    """Return a check that shows how a contact point is normalized, or why it may be invalid.

    ``addresses`` returns the form's addresses, whose country a national phone number may have.
    """

    def check(text: str, name: str, values: Values) -> str:
        draft = ContactPointDraft(kind, text, values[f"{name.rpartition('-')[0]}-label"])
        found = contact_points.normalize(draft, locale.region, addresses(values))
        return found.warning or (found.value if found.value != text else "")

    return check


def custom_field_check(field: custom_fields.Field, locale: Locale) -> Check:
    """Return a check that shows how a custom field's value is understood."""

    def check(text: str) -> str:
        shown, _ = custom_fields.parse_value(field, text, locale)
        return shown if shown != text else ""

    return check
