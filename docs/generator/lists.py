"""Generate tables from the program's own lists: settings, fields, headers, dates."""

import datetime as dt
from typing import TYPE_CHECKING

from docs.generator.markdown import table

if TYPE_CHECKING:
    from cardcrm.records.record_type import RecordType

NOW = "2026-11-21T09:00"  # a Saturday
TUESDAY = "2026-11-24"
DATES = (
    "2026-12-24", "24 dec", "24.12.", "today", "tomorrow", "yesterday", "fri", "this sat",
    "next tue", "last mon", "next tue 14:00", "fri 9am", "23rd", "3d", "2w", "1m", "in 2 weeks",
    "3 days ago", "eow", "eom", "eoq", "eoy", "next month", "noon", "2pm", "in 90 min",
    "two weeks", "a fortnight", "2mo", "+5d", "a week from friday", "monday week", "a week today",
    "in 3 working days", "fri 25th", "10th of next month", "last day of february",
    "first monday of december", "end of january", "mid january", "january", "2027-02", "2027-W05",
    "weekend", "eod", "24.12.26", "20-Jan-27", "tomorrow at 9", "monday morning", "this evening",
    "tonight", "friday at 3", "half past 3", "quarter to 5", "9.30", "monday evening at 7",
)  # fmt: skip
RECURRENCES = (
    "daily", "weekly", "2w", "fortnightly", "monthly", "quarterly", "yearly", "weekday", "mon,thu",
    "15th", "3rd monday", "last friday", "last day", "every other week", "FREQ=WEEKLY;BYDAY=TU",
    "biweekly", "two weeks", "2mo", "annual", "every other friday", "24 dec", "weekly, 5 times",
    "2w after done",
)  # fmt: skip


def settings() -> str:
    """List the settings with their choices, defaults and environment variables."""
    from cardcrm.config import SETTINGS

    rows = [
        (
            f"`{each.name}`",
            each.help[:1].upper() + each.help[1:],
            ", ".join(f"`{choice}`" for choice in each.choices),
            f"`{each.default}`" if each.default else "",
            f"`{each.variable}`",
        )
        for each in SETTINGS.values()
    ]
    return table(("Setting", "Purpose", "Choices", "Default", "Environment"), rows)


def fields() -> str:
    """List the fields that queries can filter by."""
    from cardcrm.records.contacts.query_fields import FILTERS

    rows = [(f"`{name}`", each.field.help) for name, each in FILTERS.items()]
    return table(("Field", "Meaning"), rows)


def columns() -> str:
    """List the columns that lists can show."""
    from cardcrm.records.contacts.query_fields import COLUMNS
    from cardcrm.records.query_sql.columns import DEFAULT_COLUMNS

    rows = [(f"`{key}`", each.field.heading) for key, each in COLUMNS.items()]
    usual = ", ".join(f"`{name}`" for name in DEFAULT_COLUMNS)
    return f"{table(('Column', 'Heading'), rows)}\n\nThe default columns are {usual}."


def _list_columns(type_: "RecordType") -> tuple[str, ...]:
    """Return the default columns of a list."""
    from cardcrm.cli import segment

    if type_ is segment.SEGMENT:
        return segment.DEFAULT_COLUMNS
    return ("id", *(each.key for each in type_.listed))


def nouns() -> str:
    """List the fields of every noun but contacts, from their declarations."""
    from cardcrm.records import registry

    parts = []
    for type_ in registry.listed_types():
        rows = [
            (f"`{each.filter}`", each.label, f"`{each.key}`" if each.is_sortable else "")
            for each in type_.fields
            if each.filter is not None
        ]
        usual = ", ".join(f"`{key}`" for key in _list_columns(type_))
        shown = f"`cardcrm {type_.name} list` shows {usual}."
        parts += [
            f"### {type_.plural.capitalize()}",
            table(("Field", "Meaning", "Column"), rows),
            shown,
        ]
    return "\n\n".join(parts)


def native_header() -> str:
    """Show the header line of exported CSV files."""
    from cardcrm.formats.csv.native_columns import HEADER

    return "```\n" + ",".join(HEADER) + "\n```"


def recognized_headers() -> str:
    """List the CSV headers that an import recognizes."""
    from cardcrm.formats.csv.headers import COLUMNS

    rows = [
        (
            f"{field} {label}".replace(" #", " (label in another column)").strip(),
            headers.replace(" | ", ", "),
        )
        for (field, label), headers in COLUMNS.items()
    ]
    return table(("Value", "Headers"), rows)


def exit_codes() -> str:
    """List the exit codes with the errors that have them."""
    from cardcrm import errors

    kinds = [errors.CardcrmError, *errors.CardcrmError.__subclasses__()]
    rows = [
        (
            str(each.exit_code),
            f"`{each.code}`",
            (each.__doc__ or "").partition("\n")[0].replace("``", "`"),
        )
        for each in kinds
        if each.__module__ == "cardcrm.errors"
    ]
    return table(("Exit code", "`code`", "When"), rows)


def dates() -> str:
    """List date words with their meaning when looking forward and back."""
    from cardcrm.dates import parse_date

    now = dt.datetime.fromisoformat(NOW).replace(tzinfo=dt.UTC)

    def meaning(text: str, *, past: bool) -> str:
        day, time, _ = parse_date(text, now, past=past)
        return f"{day:%a} {day}" + (f" {time:%H:%M}" if time else "")

    rows = [(f"`{each}`", meaning(each, past=False), meaning(each, past=True)) for each in DATES]
    return table(("Input", "`--due` (looks forward)", "`--on` (looks back)"), rows)


def recurrences() -> str:
    """List recurrences with their rules and the dates that follow a Tuesday."""
    from cardcrm.dates.recurrence import find_next_due
    from cardcrm.dates.recurrence_words import describe_recurrence, parse_recurrence

    rows = []
    for each in RECURRENCES:
        rule = parse_recurrence(each)
        day = dt.datetime.fromisoformat(TUESDAY)
        following = find_next_due(rule, day, day)
        rows.append(
            (f"`{each}`", describe_recurrence(rule), f"`{rule}`", f"{following:%a %Y-%m-%d}")
        )
    return table(("Input", "In words", "Rule", f"After Tue {TUESDAY}"), rows)
