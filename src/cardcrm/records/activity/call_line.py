"""A call in one line: ``likes it > tue chase answer !``.

The note comes before the ``>``. After it follow the date of the next step and its text; a
``!`` at the end makes it a promise. The last ``>`` with a blank before it and a date behind it
counts, so a note may hold others, such as ``5>3``.
"""

import datetime as dt
import re
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import UsageError
from cardcrm.records.activity.log_and_plan import NextStep
from cardcrm.text import quote

EXAMPLE: Final = "likes it > tue chase answer !"
AGAIN: Final = "call again"  # the text of a next step that has only a date
_IS_CALL: Final = re.compile(r"(call|ring|phone)\b", re.IGNORECASE)
_SEPARATOR: Final = re.compile(r"(?:^|(?<=\s))>(?![>=])")
_MOST_DATE_WORDS: Final = 6
_MOST_PLACES: Final = 20  # at which a next step is looked for; a pasted text may have thousands


class CallLine(NamedTuple):
    """A line as it was understood: the note, and the next step if it names one."""

    note: str
    step: NextStep | None = None


def is_call(text: str) -> bool:
    """Return whether the text of a reminder is about a call, such as “call back”."""
    return _IS_CALL.match(text.strip()) is not None


def parse_line(line: str, now: dt.datetime) -> CallLine:
    """Return the note and the next step of a line. Raises UsageError for a ``>`` without a date."""
    places = [(found.start(), found.end()) for found in _SEPARATOR.finditer(line)]
    for start, end in reversed(places[-_MOST_PLACES:]):
        step = _parse_step(line[end:], now)
        if step is not None:
            return CallLine(line[:start].strip(), step)
    if places:
        rest = line[places[-1][1] :].strip()
        raise UsageError(
            f"no date after “>”: {quote(rest)}" if rest else "no date after “>”",
            "Give a day from today on: > tue chase answer. In a note, leave out the blanks: 5>3.",
        )
    return CallLine(line.strip())


def _parse_step(text: str, now: dt.datetime) -> NextStep | None:
    """Return the step of a text that begins with a date; None for another text."""
    rest = text.strip()
    is_promise = rest.endswith("!")
    words = rest.rstrip("!").split() if is_promise else rest.split()
    for count in range(min(len(words), _MOST_DATE_WORDS), 0, -1):
        due = _parse_date(" ".join(words[:count]), now)
        if due is not None:
            return NextStep(" ".join(words[count:]) or AGAIN, due, is_promise)
    return None


def _parse_date(text: str, now: dt.datetime) -> DayTime | None:
    """Return the day that words mean, today or later; None for other words."""
    try:
        due = dates.parse_date(text, now)
    except UsageError:
        return None
    return due if due.day >= now.date() else None
