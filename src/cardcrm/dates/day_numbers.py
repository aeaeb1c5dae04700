"""Number days, so that the days between them are a difference."""

import datetime as dt


class DayNumbers(dict[str, int]):
    """The ordinal numbers of ISO days; millions of sales share a few thousand days.

    Day 1 is a Monday.
    """

    def __missing__(self, day: str) -> int:
        self[day] = number = dt.date.fromisoformat(day).toordinal()
        return number


def count_days_since(day: str, today: dt.date) -> int:
    """Return the days from an ISO day to today; 0 for a day to come."""
    return max(0, (today - dt.date.fromisoformat(day)).days)
