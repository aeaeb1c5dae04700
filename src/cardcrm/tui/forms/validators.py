"""How what is typed is understood: the same parsers as the shell's, so the same messages."""

from collections.abc import Callable

from cardcrm import dates
from cardcrm.dates import When
from cardcrm.errors import UsageError
from cardcrm.money import Money, format_money, parse_money
from cardcrm.records.activity.record_diff import parse_minutes, parse_priority
from cardcrm.records.contacts import contact_points, custom_fields
from cardcrm.records.contacts.drafts import AddressDraft, ContactPointDraft
from cardcrm.records.contacts.normalize import parse_stage
from cardcrm.records.contacts.parts import parse_tag
from cardcrm.store import Locale
from cardcrm.tui.forms.fields import Among, Check, Values


def when(locale: Locale, text: str, *, past: bool = False) -> When:
    """A date as typed, looking forward or back. Raises UsageError."""
    return dates.parse_when(text, dates.now(locale.zone), past=past)


def a_date(locale: Locale, *, past: bool = False, hint: str = "") -> Check:
    """Says which day was understood; the hint is for a day to come that has to be past."""

    def check(text: str) -> str:
        said = when(locale, text, past=past)
        today = dates.today(locale.zone)
        if past and said.day > today:
            raise UsageError(f"{said.day.isoformat()} is yet to come", hint)
        time = f" {said.time:%H:%M}" if said.time else ""
        return f"{dates.show_day(said.day, today)}{time}, {dates.ago(said.day, today)}"

    return check


def a_rule(text: str) -> str:
    """Says which recurrence was understood."""
    from cardcrm.recurrence import describe_every, parse_every

    return describe_every(parse_every(text))


def a_span(text: str) -> str:
    """Says how many days a cadence has."""
    days = dates.parse_span(text)
    return f"every {days} day{'s' * (days != 1)}"


def a_birthday(locale: Locale) -> Check:
    """A day of the year."""
    return lambda text: dates.parse_yearly(text, dates.today(locale.zone))


def an_amount(locale: Locale) -> Check:
    """Says which amount was understood; a refund is negative."""

    def check(text: str) -> str:
        money = amount(locale, text)
        return format_money(money) + (", a refund" if money.minor < 0 else "")

    return check


def amount(locale: Locale, text: str) -> Money:
    """An amount as typed. Raises UsageError."""
    return parse_money(text, locale.currency, negative=True)


def a_stage(text: str) -> str:
    """A lifecycle stage."""
    return parse_stage(text)


def tags_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags to put on, and with a minus before them to take off. Raises UsageError."""
    words = text.replace(",", " ").split()
    on = tuple(parse_tag(word) for word in words if not word.startswith("-"))
    off = tuple(parse_tag(word[1:]) for word in words if word.startswith("-"))
    return on, off


def some_tags(text: str) -> str:
    """Says what goes on and what comes off."""
    on, off = tags_in(text)
    return " ".join([*(f"+{each}" for each in on), *(f"-{each}" for each in off)])


def a_number(text: str) -> str:
    """A whole number of minutes."""
    parse_minutes(text)
    return ""


def a_priority(text: str) -> str:
    """From 0 to 9."""
    parse_priority(text)
    return ""


def a_point(kind: str, locale: Locale, read: Callable[[Values], list[AddressDraft]]) -> Among:
    """Says how a contact point is kept where that is written otherwise, and what can be none.

    ``read`` tells the form's addresses: a national phone number is of a country among them.
    """

    def check(text: str, name: str, values: Values) -> str:
        draft = ContactPointDraft(kind, text, values[f"{name.rpartition('-')[0]}-label"])
        found = contact_points.normalize(draft, locale.region, read(values))
        return found.warning or (found.value if found.value != text else "")

    return check


def a_custom(field: custom_fields.Field, locale: Locale) -> Check:
    """Says how a value of a custom field is understood."""

    def check(text: str) -> str:
        shown, _ = custom_fields.parse_value(field, text, locale)
        return shown if shown != text else ""

    return check
