"""The declaration of service levels: within which working time cases are answered and solved."""

import re
from typing import Any, Final

from cardcrm.errors import UsageError
from cardcrm.records.fields import (
    ChangeDay,
    Choice,
    Context,
    Integer,
    Key,
    Text,
    Uid,
    author_field,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare
from cardcrm.records.service.case_status import PRIORITIES
from cardcrm.text import quote

_MAX_MINUTES: Final = 100_000  # of working time: 40 weeks
_HOURS: Final = "mon-fri 9:00-17:00"
_HINT: Final = "Write it in hours and minutes: 1h, 30m, 1h30m."


class Duration(Integer):
    """Working time in minutes, typed and shown in hours and minutes."""

    __slots__ = ()
    sample = "8h"
    metavar = "TIME"

    def __init__(self, column: str, **options: Any) -> None:
        super().__init__(column, least=1, most=_MAX_MINUTES, **options)

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        return self.normalize(parse_minutes(text))

    def normalize(self, value: int) -> int:
        """Return a time that is within the bounds. Raises UsageError for another."""
        if not self.least <= value <= self.most:
            least, most = format_minutes(self.least), format_minutes(self.most)
            raise UsageError(f"{self.phrase} must be between {least} and {most}")
        return value

    def cell(self, value: Any) -> Any:
        """Return the minutes, which people read as ``8h`` or ``1h30m``."""
        from cardcrm.sheet import Coded

        return None if value is None else Coded(str(value), format_minutes(value))

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the time as ``8h`` or ``1h30m``."""
        return "" if value is None else format_minutes(value)


def parse_minutes(text: str, what: str = "working time") -> int:
    """Return the minutes of ``1h``, ``30m`` or ``1h30m``. Raises UsageError."""
    words = re.sub(r"\s+", "", text.lower())
    words = re.sub(r"(h|m)(?:ours?|rs?|inutes?|ins?)?", r"\1", words)
    found = re.fullmatch(r"(?:(\d{1,6}(?:\.\d+)?)h)?(?:(\d{1,6})m?)?", words)
    if not found or not words or words.isdigit():
        days = "a working day has no fixed length: " if re.fullmatch(r"\d+d", words) else ""
        raise UsageError(f"invalid {what} {quote(text)}", f"{days}{_HINT}".capitalize())
    return round(float(found[1] or 0) * 60) + int(found[2] or 0)


def format_minutes(minutes: int) -> str:
    """Return minutes as ``8h``, ``30m`` or ``1h30m``."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}h{rest}m" if hours and rest else f"{hours}h" if hours else f"{rest}m"


class Hours(Text):
    """The working hours of a week."""

    __slots__ = ()

    @staticmethod
    def normalize(value: str) -> str:
        """Return the hours as they are stored. Raises UsageError."""
        from cardcrm.records.service.hours import format_hours, parse_hours

        return format_hours(parse_hours(value))


class Holidays(Text):
    """Countries whose holidays are free, and further days."""

    __slots__ = ()

    @staticmethod
    def normalize(value: str) -> str:
        """Return the countries and days as they are stored. Raises UsageError."""
        from cardcrm.records.service.holidays_of import normalize_closed

        return normalize_closed(value)


class Zone(Key):
    """A time zone by its name."""

    __slots__ = ()

    @staticmethod
    def normalize(value: str) -> str:
        """Return the name of a zone as it is written in lists of zones. Raises UsageError."""
        from cardcrm.dates.zones import normalize_zone

        name = normalize_zone(value)
        if name[:1] in "+-":
            raise UsageError(
                f"the time zone {quote(value)} has no clock changes",
                "Name a place: Europe/London.",
            )
        return name


def _complete(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.service.sla_rules import complete_sla

    return complete_sla(store, columns, row_id)


SLA = declare(
    RecordType(
        "sla",
        "service levels",
        (
            Uid(),
            Key("name", non_ascii_key="name_key", required=True, unique=True, listed=True,
                searchable=True, headed=True, help="Name, one word.", example="standard"),
            Duration("first_minutes", key="first", json_key="first_minutes", label="first",
                     phrase="first response", listed=True, example="1h",
                     help="Working time to the first response, such as 1h or 30m."),
            Duration("next_minutes", key="next", json_key="next_minutes", label="next",
                     phrase="next response", listed=True, example="2h",
                     help="Working time to each further response."),
            Duration("solve_minutes", key="solve", json_key="solve_minutes", label="solve",
                     phrase="solution", listed=True, example="8h",
                     help="Working time to the solution."),
            Integer("position", key="order", label="order", least=1, most=10**6, empty=0,
                    listed=True, example="1",
                    help="Order of the service levels: the first one that fits applies."),
            Choice("priority", PRIORITIES, json_key="case_priority", listed=True,
                   help="Only cases of this priority: low, normal, high or urgent."),
            Text("contacts", non_ascii_key="contacts_key", key="group", label="customers",
                 listed=True, example="mvc:yes",
                 help="Only cases of these customers: a query as in `find`."),
            Hours("hours", default=_HOURS, required=True, listed=True, phrase="interval of hours",
                  example="mon-fri 9:00-12:00,13:00-17:00",
                  help="Working hours; a day may have several intervals."),
            Holidays("holidays", listed=True, example="GB",
                     help="Holidays: countries such as GB or GB-ENG, and days."),
            Zone("zone", label="time zone", example="Europe/London",
                 help="Time zone of the hours (default: that of this machine)."),
            author_field(),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{name}",
        sort="order",
        adjust=_complete,
        singular="service level",
        summary="Service levels (SLA): response and solution times of cases.",
    )
)  # fmt: skip
