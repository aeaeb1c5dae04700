"""The field of a recurrence."""

from typing import Any

from cardcrm.errors import UsageError
from cardcrm.records.fields.field import Context
from cardcrm.records.fields.text_fields import Text

_NOT_RECURRING = ("once", "none", "never")


class Recurrence(Text):
    """The recurrence of a reminder: typed in words, stored as an RRULE."""

    __slots__ = ()
    sample = "2w"
    metavar = "RULE"
    is_wide = False

    def normalize(self, value: str) -> str:
        """Return the rule that words or a rule stand for. Raises UsageError."""
        if not value:
            return ""
        from cardcrm.dates.recurrence_words import parse_recurrence

        return "" if value.strip().lower() in _NOT_RECURRING else parse_recurrence(value)

    def format(self, value: Any, store: Context | None) -> str:
        """Return the recurrence in words."""
        from cardcrm.dates.recurrence_words import describe_recurrence

        return describe_recurrence(value, store.locale.zone if store else "") if value else ""

    def cell(self, value: Any) -> Any:
        """Return the rule, which people read in words."""
        from cardcrm.sheet import Coded

        return Coded(value, self.format(value, None)) if value else None

    def to_text(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the rule itself."""
        return str(value or "")

    def to_words(self, value: str) -> str:
        """Return a rule in words if these parse to the same rule, or else the rule itself."""
        from cardcrm.dates.recurrence_words import parse_recurrence

        words = self.format(value, None)
        try:
            return words if not words or parse_recurrence(words) == value else value
        except UsageError:
            return value
