"""Fields of spans and intervals, typed in short and stored in words, and of days that follow."""

from typing import Any

from cardcrm.records.fields import Context, Day, Quantity, Text


class FirstDay(Day):
    """The local day on which a row was added."""

    __slots__ = ()

    def initial(self, store: Context) -> Any:
        """Return today."""
        from cardcrm import dates

        return dates.today(store.locale.zone).isoformat()


class CounterReading(Quantity):
    """The reading of a counter, which may be 0."""

    __slots__ = ()
    sample = "1250"

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        from cardcrm.money import parse_reading

        return parse_reading(text)


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
