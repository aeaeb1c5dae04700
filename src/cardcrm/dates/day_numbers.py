"""Number days, so that the days between them are a difference."""

import datetime as dt


class DayNumbers(dict[str, int]):
    """The ordinal numbers of ISO days; millions of sales share a few thousand days.

    Day 1 is a Monday.
    """

    def __missing__(self, day: str) -> int:
        self[day] = number = dt.date.fromisoformat(day).toordinal()
        return number
