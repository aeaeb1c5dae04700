"""Fields of spans of time and of intervals of service: typed in short, stored in words."""

from cardcrm.records.fields import Text


class SpanText(Text):
    """A span of the calendar: typed as 12m, stored as “12 months”."""

    __slots__ = ()
    sample = "12m"
    metavar = "SPAN"
    is_wide = False

    @staticmethod
    def normalize(value: str) -> str:
        """Return a span in words. Raises UsageError."""
        from cardcrm.records.assets.spans import parse_span

        return str(parse_span(value)) if value.strip() else ""


class IntervalText(Text):
    """An interval of service: typed as 12m or 500h, stored as “12 months or 500 h”."""

    __slots__ = ()
    sample = "12m"
    metavar = "INTERVAL"
    is_wide = False

    @staticmethod
    def normalize(value: str) -> str:
        """Return an interval in words. Raises UsageError."""
        from cardcrm.records.assets.spans import parse_interval

        return str(parse_interval(value)) if value.strip() else ""
