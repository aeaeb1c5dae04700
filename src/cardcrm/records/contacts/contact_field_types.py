"""The types of fields that only contacts and their parts have."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cardcrm.domains import decode_domains, is_encoded
from cardcrm.records.fields import Context, Integer, Key, Text
from cardcrm.text import fold, normalize_line

if TYPE_CHECKING:
    from cardcrm.store.table_registry import Check

_NEVER = ("never", "0", "0d")


class Cadence(Integer):
    """A cadence: the days between two touches of a contact; 0 is never.

    Without one, the rules of `cadence_rules` may give a contact a cadence.
    """

    __slots__ = ()
    metavar = "SPAN"
    sample = "30d"

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        return self.parse_days(text)

    def parse_days(self, text: str) -> int | None:
        """Return the days of a span, 0 for never, None for none. Raises UsageError."""
        word = text.strip().lower()
        if word in _NEVER:
            return 0
        from cardcrm.dates import parse_duration

        return None if word == "none" else parse_duration(text)

    def cell(self, value: Any) -> Any:
        """Return the number of days, which people read with its unit."""
        if value is None:
            return None
        from cardcrm.sheet import Coded

        return Coded(str(value), self._in_words(value))

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the number of days."""
        return self._in_words(value)

    def _in_words(self, value: int | None) -> str:
        if not value:
            return "" if value is None else "never"
        return f"{value} day{'s' * (value != 1)}"

    def to_text(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the number of days as a span."""
        return self.format_span(value)

    def format_span(self, days: int | None) -> str:
        """Return ``30d`` for 30 days, and ``never`` for 0."""
        if not days:
            return "" if days is None else "never"
        return f"{days}d"


class ContactName(Text):
    """The name of a contact, by whose parts it is sorted and found."""

    __slots__ = ()
    least_width = 16

    def sort_sql(self, alias: str) -> str:
        """Return SQL for the family name and the given name."""
        return f"{alias}.sort_key"


class Point(Text):
    """The value of a contact point of some ``kinds``."""

    __slots__ = ("kinds",)

    def __init__(self, column: str, *, kinds: Sequence[str], **options: Any) -> None:
        super().__init__(column, **options)
        self.kinds = tuple(kinds)

    @staticmethod
    def fold_non_ascii(text: str) -> str:
        """Return the key by which an email address is searched, where its own key is another one.

        That one tells addresses apart, which differ in their accents.
        """
        if "@" not in text or (text.isascii() and not is_encoded(text)):
            return ""
        return fold(decode_domains(text))


class TimeZone(Text):
    """A time zone: its name, or its offset from UTC."""

    __slots__ = ()
    sample = "Europe/London"
    metavar = "ZONE"

    def normalize(self, value: str) -> str:
        """Return a zone as it is stored. Raises UsageError for an unknown one."""
        from cardcrm.dates.zones import normalize_zone

        return normalize_zone(value) if value.strip() else ""


class Gender(Text):
    """A gender in the words of the contact; the codes of vCards are words here."""

    __slots__ = ()
    sample = "female"
    words = MappingProxyType(
        {"f": "female", "m": "male", "o": "other", "n": "none", "u": "unknown"}
    )

    def normalize(self, value: str) -> str:
        """Return the word for a code, and other text as it is."""
        line = normalize_line(value)
        word = self.words.get(line.lower(), line)
        return word.lower() if word.lower() in self.words.values() else word


class YearlyDay(Key):
    """A day of the year, or as much of it as is known, with or without its first year."""

    __slots__ = ()

    def checks(self) -> "dict[str, Check]":
        """Return the test for a day with or without its year."""
        from cardcrm.store.stored_values import is_yearly_day

        return {self.column: is_yearly_day}

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return ``25 Nov 1985``, or ``25 Nov`` where no year is known."""
        from cardcrm.dates.anniversaries import format_anniversary

        return format_anniversary(value, short=True)
