"""Field types: everything the program knows about one column of a noun.

A field says what its column is called, how typed text becomes a value and how a value is shown,
sent as JSON, exported, stored, filtered by and completed. Field types are plain classes with slots:
defining a dataclass costs 0.5 ms, and a quick command defines thirty fields.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from cardcrm.errors import UsageError

if TYPE_CHECKING:
    from cardcrm.store import Store

Row = Mapping[str, Any]
Columns = dict[str, Any]

# What happens to a row when the contact that it refers to is deleted.
CASCADE: Final = "cascade"  # the row is deleted too
CLEAR: Final = "clear"  # the reference is emptied
REFUSE: Final = "refuse"  # the other row cannot be deleted while this one refers to it
CASCADE_LAST: Final = "cascade last"  # the row goes, and its parent once nothing else refers to it

# What happens to a row when its contact is merged into another one.
REPARENT: Final = "reparent"  # the row moves to the contact that stays

# What happens to a value when a person asks to be forgotten.
ERASE: Final = "erase"
KEEP: Final = "keep"


class Field:
    """One field of a noun: a column in the database with everything that is known about it.

    ``key`` names the field in options, queries, JSON and CSV; ``label`` heads it for people. A
    ``default`` is text as a person would type it. ``folded`` names a second column that holds the
    value without case and accents, for search. A ``headed`` field is part of the heading of a
    change in the journal, and one that is ``implied_by`` another column is left out there beside
    it. ``privacy`` says whether erasing a contact erases
    the value; ``access`` names the permission that is needed to read it.
    """

    __slots__ = (
        "access", "column", "default", "filter", "folded", "help", "implied_by", "is_automatic",
        "is_headed", "is_listed", "is_required", "is_searchable", "is_sortable", "is_unique",
        "key", "label", "privacy",
    )  # fmt: skip

    sql = "TEXT"
    metavar = "TEXT"
    example = "text"
    is_number = False
    is_wide = False

    def __init__(
        self,
        column: str,
        *,
        key: str = "",
        label: str = "",
        help: str = "",  # noqa: A002 - the word that Typer uses
        default: str = "",
        filter: str | None = "",  # noqa: A002 - the word of the query language
        folded: str = "",
        required: bool = False,
        listed: bool = False,
        sortable: bool = True,
        searchable: bool = False,
        unique: bool = False,
        automatic: bool = False,
        headed: bool = False,
        implied_by: str = "",
        privacy: str = ERASE,
        access: str = "",
    ) -> None:
        self.column = column
        self.key = key or column.removesuffix("_id")
        self.label = label or self.key.replace("_", " ")
        self.help = help
        self.default = default
        self.filter = self.key if filter == "" else filter
        self.folded = folded
        self.is_required = required
        self.is_listed = listed
        self.is_sortable = sortable
        self.is_searchable = searchable
        self.is_unique = unique
        self.is_automatic = automatic
        self.is_headed = headed
        self.implied_by = implied_by
        self.privacy = privacy
        self.access = access

    @property
    def option(self) -> str:
        """The field's name as an option of a command, without the dashes."""
        return (self.filter or self.key).replace("_", "-")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the field writes."""
        return (self.column, self.folded) if self.folded else (self.column,)

    # in and out

    def initial(self, store: "Store") -> Any:  # noqa: ARG002 - some field types ask the store
        """Return the value that an automatic field starts with."""
        return None

    def parse(self, text: str, store: "Store") -> Columns:
        """Return the columns that a typed text stands for. Raises UsageError."""
        from cardcrm.text import fold, tidy

        value = self._value(text, store) if text.strip() else self.empty
        if self.folded:
            return {self.column: value, self.folded: fold(tidy(text))}
        return {self.column: value}

    @property
    def empty(self) -> Any:
        """What the column holds where the field has no value."""
        return "" if self.sql == "TEXT" else None

    def _value(self, text: str, store: "Store") -> Any:  # noqa: ARG002
        from cardcrm.text import tidy

        return tidy(text)

    def read(self, row: Row, store: "Store") -> Any:  # noqa: ARG002
        """Return the value that a row holds, as Python and the renderers know it."""
        return row[self.column]

    def format(self, value: Any, store: "Store") -> str:  # noqa: ARG002
        """Return a value as a person reads it."""
        return "" if value is None else str(value)

    def to_text(self, value: Any, store: "Store") -> str:
        """Return a value as text that `parse` reads back, for forms and CSV."""
        return self.format(value, store)

    def to_json(self, value: Any) -> Any:
        """Return a value as JSON carries it."""
        return None if value == "" else value

    # in the database

    def definition(self) -> list[tuple[str, str]]:
        """Return the columns of a new table: each with its name and SQL."""
        found = [(self.column, f"{self.sql}{self._constraint()}")]
        if self.folded:
            found.append((self.folded, "{key} NOT NULL DEFAULT ''"))
        return found

    def _constraint(self) -> str:
        unique = " UNIQUE" if self.is_unique else ""
        if self.is_required or self.is_automatic:
            return f" NOT NULL{unique}"
        return " NOT NULL DEFAULT ''" if self.sql == "TEXT" and not unique else unique

    def value_sql(self, alias: str) -> str:
        """Return SQL for what a list shows of the field."""
        return f"{alias}.{self.column}"

    def sort_sql(self, alias: str) -> str:
        """Return SQL for what a list is sorted by."""
        return f"{alias}.{self.folded or self.column}"

    def values(self, store: "Store") -> Sequence[str]:  # noqa: ARG002
        """Return the few values that a query or an option is completed to."""
        return ()


class Text(Field):
    """A line of text."""

    __slots__ = ()
    is_wide = True


class Block(Text):
    """Text of many lines."""

    __slots__ = ()

    def _value(self, text: str, store: "Store") -> Any:  # noqa: ARG002
        from cardcrm.text import tidy_block

        return tidy_block(text)


class Key(Text):
    """A reference number of another program, or an article number: compared as a whole."""

    __slots__ = ()
    sql = "{key}"
    is_wide = False


class Uid(Key):
    """The permanent id that exported files carry."""

    __slots__ = ()

    def __init__(self, column: str = "uid") -> None:
        super().__init__(column, automatic=True, unique=True, sortable=False)

    def initial(self, store: "Store") -> Any:  # noqa: ARG002
        """Return a fresh UUID."""
        from cardcrm.records.contacts.uids import new_uid

        return new_uid()


class Choice(Field):
    """One of a few words."""

    __slots__ = ("choices", "words")
    metavar = "WORD"

    def __init__(
        self,
        column: str,
        choices: Sequence[str],
        *,
        words: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(column, **options)
        self.choices = tuple(choices)
        self.words = words or {}  # what people read in place of a choice
        self.help = self.help or f"{_listed(self.choices).capitalize()}."

    def _value(self, text: str, store: "Store") -> Any:  # noqa: ARG002
        return self.choice(text)

    def format(self, value: Any, store: "Store") -> str:  # noqa: ARG002
        """Return the choice as people read it."""
        return self.words.get(value, value or "")

    def to_text(self, value: Any, store: "Store") -> str:  # noqa: ARG002
        """Return the choice itself."""
        return value or ""

    def choice(self, text: str) -> str:
        """Return the choice that a text names. Raises UsageError with the nearest one."""
        from cardcrm.text import near

        word = text.strip().lower()
        if word in self.choices:
            return word
        like = near(word, self.choices, limit=1)
        hint = f"Did you mean {like[0]}? " if like else ""
        raise UsageError(
            f"unknown {self.label} “{text.strip()}”", f"{hint}Use {_listed(self.choices)}."
        )

    def _constraint(self) -> str:
        allowed = ", ".join(f"'{each}'" for each in (*self.choices, *(self._blank())))
        return f"{super()._constraint()} CHECK ({self.column} IN ({allowed}))"

    def _blank(self) -> tuple[str, ...]:
        return () if self.is_required else ("",)

    def values(self, store: "Store") -> Sequence[str]:  # noqa: ARG002
        """Return all choices."""
        return self.choices


class Flag(Field):
    """Yes or no."""

    __slots__ = ()
    example = "yes"
    sql = "INTEGER"
    metavar = "YES|NO"
    empty = 0

    def _value(self, text: str, store: "Store") -> Any:  # noqa: ARG002
        return int(yes_or_no(self.label, text))

    def read(self, row: Row, store: "Store") -> Any:  # noqa: ARG002
        """Return whether the flag is set."""
        return bool(row[self.column])

    def format(self, value: Any, store: "Store") -> str:  # noqa: ARG002
        """Return yes or no."""
        return "yes" if value else "no"

    def _constraint(self) -> str:
        return " NOT NULL DEFAULT 0"

    def values(self, store: "Store") -> Sequence[str]:  # noqa: ARG002
        """Return both words."""
        return ("yes", "no")


class Integer(Field):
    """A whole number between two bounds."""

    __slots__ = ("least", "most")
    example = "3"
    sql = "BIGINT"
    metavar = "N"
    is_number = True

    def __init__(
        self, column: str, *, least: int = -(10**15), most: int = 10**15, **options: Any
    ) -> None:
        super().__init__(column, **options)
        self.least, self.most = least, most

    def _value(self, text: str, store: "Store") -> Any:  # noqa: ARG002
        number = text.strip().replace(",", "")
        digits = number.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) < 17:
            value = int(number)
            if self.least <= value <= self.most:
                return value
        raise UsageError(
            f"{self.label} must be a whole number between {self.least:,} and {self.most:,}",
            f"“{text.strip()}” was given.",
        )


class Number(Integer):
    """A decimal number."""

    __slots__ = ()
    example = "2.5"
    sql = "DOUBLE PRECISION"

    def _value(self, text: str, store: "Store") -> Any:  # noqa: ARG002
        try:
            value = float(text.strip())
        except ValueError:
            value = float("nan")
        if not self.least <= value <= self.most:  # false for NaN as well
            raise UsageError(f"{self.label} must be a number", "Write it like 2.5.")
        return value


class Quantity(Integer):
    """A quantity, stored in whole thousandths."""

    __slots__ = ()
    example = "2"

    def _value(self, text: str, store: "Store") -> Any:  # noqa: ARG002
        from cardcrm.money import parse_quantity

        return parse_quantity(text)

    def read(self, row: Row, store: "Store") -> Any:  # noqa: ARG002
        """Return the quantity as a number."""
        value = row[self.column]
        if value is None or value % 1000 == 0:
            return value if value is None else value // 1000
        return value / 1000

    def format(self, value: Any, store: "Store") -> str:  # noqa: ARG002
        """Return the quantity without needless decimals."""
        return "" if value is None else f"{value:g}" if abs(value) < 10**6 else str(value)


class MoneyAmount(Integer):
    """Money, stored as whole minor units with its currency in a column beside it.

    Amounts that share a currency column must be in one currency.
    """

    __slots__ = ("currency", "is_inherited")
    example = "12.50"
    metavar = "AMOUNT"

    def __init__(
        self, column: str, *, currency: str = "currency", inherited: bool = False, **options: Any
    ) -> None:
        super().__init__(column, **options)
        self.currency = currency
        self.is_inherited = inherited  # from the row that this one is a part of

    @property
    def columns(self) -> tuple[str, ...]:
        """The amount and its currency."""
        return (self.column,) if self.is_inherited else (self.column, self.currency)

    def parse(self, text: str, store: "Store") -> Columns:
        """Return the minor units and the currency of an amount."""
        from cardcrm.money import parse_money

        if not text.strip():
            return {self.column: None}
        money = parse_money(text, store.locale.currency, negative=self.least < 0)
        return {self.column: money.minor, self.currency: money.currency}

    def read(self, row: Row, store: "Store") -> Any:  # noqa: ARG002
        """Return the money, or None."""
        from cardcrm.money import Money

        minor = row[self.column]
        return None if minor is None else Money(minor, row[self.currency])

    def format(self, value: Any, store: "Store") -> str:  # noqa: ARG002
        """Return the figures and the currency."""
        from cardcrm.money import format_money

        return "" if value is None else format_money(value)

    def to_text(self, value: Any, store: "Store") -> str:
        """Return the figures without separators, so that every parser reads them."""
        return self.format(value, store).replace(",", "")

    def definition(self) -> list[tuple[str, str]]:
        """Return the column of minor units and that of the currency."""
        own = [] if self.is_inherited else [(self.currency, "{key} NOT NULL DEFAULT ''")]
        return [*super().definition(), *own]


class Currency(Key):
    """A currency that stands in a column of its own, beside the amounts that use it."""

    __slots__ = ()
    metavar = "CODE"

    def _value(self, text: str, store: "Store") -> Any:  # noqa: ARG002
        from cardcrm.money import exponent

        code = text.strip().upper()
        exponent(code)
        return code


class Day(Field):
    """A local day. ``looks`` is ``back`` for what happened and ``ahead`` for what is planned.

    A field with an ``instant`` column keeps a time of day there, as the UTC instant it falls on.
    """

    __slots__ = ("instant", "looks")
    example = "fri"
    sql = "{key}"
    metavar = "WHEN"
    empty = None

    def __init__(
        self, column: str, *, looks: str = "ahead", instant: str = "", **options: Any
    ) -> None:
        super().__init__(column, **options)
        self.looks = looks
        self.instant = instant

    @property
    def columns(self) -> tuple[str, ...]:
        """The day, and the instant where there is one."""
        return (self.column, self.instant) if self.instant else (self.column,)

    @property
    def is_past(self) -> bool:
        """Whether the field is about the past."""
        return self.looks == "back"

    def parse(self, text: str, store: "Store") -> Columns:
        """Return the day that words stand for, and its instant where a time was named."""
        from cardcrm import dates

        if not text.strip():
            return dict.fromkeys(self.columns)
        zone = store.locale.zone
        when = dates.parse_when(text, dates.now(zone), past=self.is_past)
        found: Columns = {self.column: when.day.isoformat()}
        if self.instant:
            at = dates.to_instant(when.day, when.time, zone) if when.time else None
            found[self.instant] = at
        return found

    def read(self, row: Row, store: "Store") -> Any:
        """Return the day, or the local moment where a time is known."""
        if self.instant and row[self.instant]:
            return _local(row[self.instant], store)
        value = row[self.column]
        return dt.date.fromisoformat(value) if value else None

    def format(self, value: Any, store: "Store") -> str:
        """Return the day as ``Fri 27 Nov``, with its time where it has one."""
        from cardcrm import dates

        if value is None:
            return ""
        if not isinstance(value, dt.datetime):
            return dates.show_day(value, dates.today(store.locale.zone))
        return f"{dates.show_day(value.date(), dates.today(store.locale.zone))} {value:%H:%M}"

    def to_text(self, value: Any, store: "Store") -> str:  # noqa: ARG002
        """Return the ISO day, with its local time where it has one."""
        if value is None:
            return ""
        return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, dt.datetime) else value.isoformat()

    def to_json(self, value: Any) -> Any:
        """Return the ISO day or the instant."""
        return _as_json_moment(value)

    def definition(self) -> list[tuple[str, str]]:
        """Return the column of the day, and that of the instant where there is one."""
        more = [(self.instant, "{key}")] if self.instant else []
        return [(self.column, "{key}" + (" NOT NULL" if self.is_required else "")), *more]

    def sort_sql(self, alias: str) -> str:
        """Return SQL for the day."""
        return f"{alias}.{self.column}"


class Instant(Field):
    """A moment, stored as UTC text."""

    __slots__ = ("looks",)
    example = "2026-11-27"
    sql = "{key}"
    metavar = "WHEN"
    empty = None

    def __init__(self, column: str, *, looks: str = "back", **options: Any) -> None:
        super().__init__(column, **options)
        self.looks = looks

    @property
    def is_past(self) -> bool:
        """Whether the field is about the past."""
        return self.looks == "back"

    def initial(self, store: "Store") -> Any:  # noqa: ARG002
        """Return this moment."""
        from cardcrm import dates

        return dates.stamp()

    def _value(self, text: str, store: "Store") -> Any:
        from cardcrm import dates

        zone = store.locale.zone
        when = dates.parse_when(text, dates.now(zone), past=self.is_past)
        return dates.to_instant(when.day, when.time or dt.time(), zone)

    def read(self, row: Row, store: "Store") -> Any:
        """Return the local moment, or None."""
        value = row[self.column]
        return _local(value, store) if value else None

    def format(self, value: Any, store: "Store") -> str:
        """Return the local day and time."""
        from cardcrm import dates

        if value is None:
            return ""
        return f"{dates.show_day(value.date(), dates.today(store.locale.zone))} {value:%H:%M}"

    def to_text(self, value: Any, store: "Store") -> str:  # noqa: ARG002
        """Return the moment in ISO form with its offset."""
        return "" if value is None else value.isoformat()

    def to_json(self, value: Any) -> Any:
        """Return the instant in ISO form."""
        return _as_json_moment(value)


class User(Field):
    """A user's name; ``me`` is the user who runs the command."""

    __slots__ = ()
    example = "ann"
    metavar = "USER"

    def initial(self, store: "Store") -> Any:
        """Return the user who runs the command."""
        return store.author.name

    def _value(self, text: str, store: "Store") -> Any:
        from cardcrm.text import tidy

        return store.author.name if text.strip().lower() == "me" else tidy(text)


class Reference(Field):
    """A reference to a row of another noun; a contact is named as WHO names it.

    ``shows`` is the column of the other row that names it.
    ``on_delete`` says what becomes of this row when that one goes, ``on_merge`` what becomes of it
    when that one is merged into another.
    """

    __slots__ = ("on_delete", "on_merge", "shows", "to")
    example = "jane"
    sql = "BIGINT"
    metavar = "WHO"
    is_wide = True

    def __init__(
        self,
        column: str,
        *,
        to: str = "contact",
        shows: str = "name",
        on_delete: str = CASCADE,
        on_merge: str = REPARENT,
        **options: Any,
    ) -> None:
        options.setdefault("filter", "who" if to == "contact" else column.removesuffix("_id"))
        super().__init__(column, **options)
        self.to, self.shows = to, shows
        self.on_delete, self.on_merge = on_delete, on_merge

    @property
    def name_column(self) -> str:
        """The column of a listed row that holds the name of what is referred to."""
        return f"{self.column}_name"

    def _value(self, text: str, store: "Store") -> Any:  # noqa: ARG002
        """Return the id that a text is; `records.parse_texts` looks names up."""
        return int(text.strip().removeprefix("#"))

    def read(self, row: Row, store: "Store") -> Any:  # noqa: ARG002
        """Return the name of what is referred to."""
        return row[self.name_column]

    def definition(self) -> list[tuple[str, str]]:
        """Return the column with its reference."""
        needed = " NOT NULL" if self.is_required else ""
        return [(self.column, f"BIGINT{needed} REFERENCES {self.to} (id)")]

    def value_sql(self, alias: str) -> str:
        """Return SQL for the name of what is referred to."""
        return f"(SELECT n.{self.shows} FROM {self.to} n WHERE n.id = {alias}.{self.column})"

    def sort_sql(self, alias: str) -> str:
        """Return SQL that sorts by the name of what is referred to."""
        return self.value_sql(alias)


class References(Field):
    """Rows of another noun that a table in between ties to this one, such as participants."""

    __slots__ = ("shows", "to", "to_column", "via", "via_column")
    is_wide = True

    def __init__(
        self,
        key: str,
        *,
        via: str,
        via_column: str,
        to_column: str,
        to: str,
        shows: str = "name",
        **options: Any,
    ) -> None:
        super().__init__(key, key=key, sortable=False, **options)
        self.via, self.via_column, self.to_column = via, via_column, to_column
        self.to, self.shows = to, shows

    @property
    def columns(self) -> tuple[str, ...]:
        """No column of the noun's own table."""
        return ()

    def definition(self) -> list[tuple[str, str]]:
        """Return nothing: the table in between holds the references."""
        return []

    def value_sql(self, alias: str) -> str:
        """Return SQL that joins the names; ``{join}`` stands for the engine's function."""
        return (
            f"(SELECT {{join}}(names.name, ', ') FROM (SELECT n.{self.shows} AS name "
            f"FROM {self.via} v JOIN {self.to} n ON n.id = v.{self.to_column} "
            f"WHERE v.{self.via_column} = {alias}.id ORDER BY v.id) names)"
        )


def yes_or_no(label: str, text: str) -> bool:
    """Return whether a text says yes. Raises UsageError for any other word than yes or no."""
    word = text.strip().lower()
    if word in ("yes", "y", "true", "1", "any"):
        return True
    if word in ("no", "n", "false", "0", "none"):
        return False
    raise UsageError(f"{label} must be yes or no", f"“{text.strip()}” was given.")


def _listed(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _local(instant: str, store: "Store") -> dt.datetime:
    from cardcrm import dates

    return dates.from_instant(instant, store.locale.zone)


def _as_json_moment(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return None if value is None else value.isoformat()
