"""Fields of time: local days and moments."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from cardcrm.errors import UsageError
from cardcrm.records.fields.field import Columns, Context, Field, Row

if TYPE_CHECKING:
    from cardcrm.dates import DayTime
    from cardcrm.store.table_registry import Check


class Day(Field):
    """A local day. ``looks`` is ``back`` for what happened and ``ahead`` for what is planned.

    A field with an ``instant`` column keeps a time of day there, as the UTC instant it falls on;
    in a field about the past, today without a time is this moment. With ``no_future``, the remedy
    of an error, a later day is refused.
    """

    __slots__ = ("instant", "looks", "no_future")
    sample = "fri"
    sql = "{key}"
    metavar = "WHEN"
    empty = None

    def __init__(
        self,
        column: str,
        *,
        looks: str = "ahead",
        instant: str = "",
        no_future: str = "",
        **options: Any,
    ) -> None:
        super().__init__(column, **options)
        self.looks = looks
        self.instant = instant
        self.no_future = no_future

    @property
    def columns(self) -> tuple[str, ...]:
        """The day, and the instant where there is one."""
        return (self.column, self.instant) if self.instant else (self.column,)

    @property
    def is_past(self) -> bool:
        """True if the field is about the past."""
        return self.looks == "back"

    def parse(self, text: str, store: Context) -> Columns:
        """Return the day that words stand for, and its instant where a time was named.

        Raises UsageError, also for a day in the future where that is refused.
        """
        from cardcrm import dates

        if not text.strip():
            return dict.fromkeys(self.columns)
        zone = store.locale.zone
        now = dates.now(zone)
        when = dates.parse_date(text, now, past=self.is_past)
        if self.no_future:
            _refuse_future(when, now.replace(tzinfo=None), self.no_future)
        return self.to_columns(when, store)

    def to_columns(self, when: "DayTime", store: Context) -> Columns:
        """Return the columns of a local day and time."""
        from cardcrm import dates

        found: Columns = {self.column: when.day.isoformat()}
        zone = store.locale.zone
        if self.instant and when.time is not None:
            found[self.instant] = dates.to_instant(when.day, when.time, zone)
        elif self.instant:
            is_now = self.is_past and when.day == dates.today(zone)
            found[self.instant] = dates.current_instant() if is_now else None
        return found

    def read(self, row: Row, store: Context) -> Any:
        """Return the day, or the local moment where a time is known."""
        if self.instant and row[self.instant]:
            return _local(row[self.instant], store)
        value = row[self.column]
        return dt.date.fromisoformat(value) if value else None

    def format(self, value: Any, store: Context) -> str:
        """Return the day as ``Fri 27 Nov``, with its time where it has one."""
        from cardcrm import dates

        if value is None:
            return ""
        if not isinstance(value, dt.datetime):
            return dates.format_day(value, dates.today(store.locale.zone))
        return f"{dates.format_day(value.date(), dates.today(store.locale.zone))} {value:%H:%M}"

    def to_text(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the ISO day, with its local time where it has one."""
        if value is None:
            return ""
        return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, dt.datetime) else value.isoformat()

    @property
    def json_type(self) -> str:
        """The type of the value in JSON: a day, or a moment where it may have a time."""
        return "moment" if self.instant else "day"

    def to_json(self, value: Any) -> Any:
        """Return the ISO day or the instant."""
        return _as_json_moment(value)

    def checks(self) -> "dict[str, Check]":
        """Return the tests for the day and the instant."""
        from cardcrm.store.stored_values import is_day, is_instant

        return {self.column: is_day} | ({self.instant: is_instant} if self.instant else {})

    def definition(self) -> list[tuple[str, str]]:
        """Return the column of the day, and that of the instant where there is one."""
        more = [(self.instant, "{key}")] if self.instant else []
        return [(self.column, "{key}" + (" NOT NULL" if self.is_required else "")), *more]

    def sort_sql(self, alias: str) -> str:
        """Return SQL for the day."""
        return f"{alias}.{self.column}"


class LaterDay(Day):
    """A day that a new row does not have, as it follows from a verb or from other fields."""

    __slots__ = ()

    @property
    def is_nullable(self) -> bool:
        """True, as a row may have none."""
        return True


class PartialDay(Field):
    """A day in the past of which the month or only the year may be known.

    It is stored as ``2019``, ``2019-03`` or ``2019-03-14``, which sort in the order of time.
    """

    __slots__ = ()
    sample = "2019"
    sql = "{key}"
    metavar = "WHEN"
    looks = "back"
    empty = None

    def _value(self, text: str, store: Context) -> Any:
        import re

        from cardcrm import dates

        words = text.strip()
        if re.fullmatch(r"[12]\d{3}(-(0[1-9]|1[0-2]))?", words, re.ASCII):
            return words
        if month := re.fullmatch(r"([a-z]{3,9})\.?,? ([12]\d{3})", words.lower(), re.ASCII):
            names = [name.startswith(month[1]) for name in _month_names()]
            if any(names):
                return f"{month[2]}-{names.index(True) + 1:02}"
        return dates.parse_date(words, dates.now(store.locale.zone), past=True).day.isoformat()

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the day as ``14 Mar 2019``, ``Mar 2019`` or ``2019``."""
        return format_partial_day(value or "")

    def to_text(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the day as it is stored."""
        return value or ""

    def sort_sql(self, alias: str) -> str:
        """Return SQL for the day."""
        return f"{alias}.{self.column}"

    def definition(self) -> list[tuple[str, str]]:
        """Return the column."""
        return [(self.column, "{key}")]


def _month_names() -> list[str]:
    from cardcrm.dates.date_parts import MONTHS

    return [name.lower() for name in MONTHS]


def format_partial_day(text: str) -> str:
    """Return ``14 Mar 2019``, ``Mar 2019`` or ``2019`` for an ISO day or the start of one."""
    from cardcrm.dates.date_parts import MONTHS

    year, *rest = text.split("-")
    month = [MONTHS[int(rest[0]) - 1][:3]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])


class Instant(Field):
    """A moment, stored as UTC text. With ``no_future``, a remedy, a later one is refused."""

    __slots__ = ("looks", "no_future")
    sample = "2026-11-27"
    sql = "{key}"
    metavar = "WHEN"
    empty = None

    def __init__(
        self, column: str, *, looks: str = "back", no_future: str = "", **options: Any
    ) -> None:
        super().__init__(column, **options)
        self.looks = looks
        self.no_future = no_future

    @property
    def is_past(self) -> bool:
        """True if the field is about the past."""
        return self.looks == "back"

    def checks(self) -> "dict[str, Check]":
        """Return the test for an instant."""
        from cardcrm.store.stored_values import is_instant

        return {self.column: is_instant}

    def _value(self, text: str, store: Context) -> Any:
        from cardcrm import dates

        zone = store.locale.zone
        now = dates.now(zone)
        when = dates.parse_date(text, now, past=self.is_past)
        if self.no_future:
            _refuse_future(when, now.replace(tzinfo=None), self.no_future)
        return dates.to_instant(when.day, when.time or dt.time(), zone)

    def read(self, row: Row, store: Context) -> Any:
        """Return the local moment, or None."""
        value = row[self.column]
        return _local(value, store) if value else None

    def format(self, value: Any, store: Context) -> str:
        """Return the local day and time."""
        from cardcrm import dates

        if value is None:
            return ""
        return f"{dates.format_day(value.date(), dates.today(store.locale.zone))} {value:%H:%M}"

    def to_text(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the moment in ISO form with its offset."""
        return "" if value is None else value.isoformat()

    @property
    def json_type(self) -> str:
        """The type of the value in JSON."""
        return "instant"

    def to_json(self, value: Any) -> Any:
        """Return the instant in ISO form."""
        return _as_json_moment(value)


class LaterInstant(Instant):
    """A moment that a new row does not have, as it follows from a verb or from other fields."""

    __slots__ = ()

    @property
    def is_nullable(self) -> bool:
        """True, as a row may have none."""
        return True


class ChangeDay(Instant):
    """The moment at which a row was added or changed; lists and programs get its local day."""

    __slots__ = ()

    @property
    def json_type(self) -> str:
        """The type of the value in JSON."""
        return "day"

    def initial(self, store: Context) -> Any:  # noqa: ARG002
        """Return this moment."""
        from cardcrm import dates

        return dates.current_instant()

    def cell(self, value: Any) -> Any:
        """Return the local day."""
        return value and value.date()

    def to_text(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the local day in ISO form."""
        return "" if value is None else str(value.date())

    def to_json(self, value: Any) -> Any:
        """Return the local day in ISO form."""
        return None if value is None else str(value.date())


def _refuse_future(when: "DayTime", now: dt.datetime, remedy: str) -> None:
    if when.day > now.date():
        raise UsageError(f"{when.day.isoformat()} is in the future", remedy)
    if when.time is not None and dt.datetime.combine(when.day, when.time) > now:
        raise UsageError(f"{when.time:%H:%M} today is in the future", remedy)


def _local(instant: str, store: Context) -> dt.datetime:
    from cardcrm import dates

    return dates.from_instant(instant, store.locale.zone)


def _as_json_moment(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return None if value is None else value.isoformat()
