"""Fields of numbers: whole and decimal ones, quantities, money, unit prices and currencies."""

import re
from typing import TYPE_CHECKING, Any

from cardcrm.errors import UsageError
from cardcrm.records.fields.field import Columns, Context, Field, Row

if TYPE_CHECKING:
    from cardcrm.money import UnitPrice
    from cardcrm.store.table_registry import Check


class Integer(Field):
    """A whole number between two bounds; ``empty`` is stored where none is given."""

    __slots__ = ("blank", "least", "most")
    sample = "3"
    sql = "BIGINT"
    metavar = "N"
    is_number = True

    def __init__(
        self,
        column: str,
        *,
        least: int = -(10**15),
        most: int = 10**15,
        empty: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(column, **options)
        self.least, self.most = least, most
        self.blank = empty

    @property
    def json_type(self) -> str:
        """The type of the value in JSON."""
        return "integer"

    @property
    def empty(self) -> int | None:
        """The content of the column if no number is given."""
        return self.blank

    def cell(self, value: Any) -> Any:
        """Return the number; one that stands for none given is a code without words."""
        if value is None or value != self.blank:
            return value
        from cardcrm.sheet import Coded

        return Coded(str(value), "")

    def format(self, value: Any, store: Context) -> str:
        """Return the number in words; "" for the one that stands for none given."""
        return "" if value == self.blank else super().format(value, store)

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        from cardcrm.money import parse_whole_number

        try:
            return self.normalize(parse_whole_number(text, self.label))
        except UsageError as error:
            error.hint = error.hint or f"Write it like {self.example}."
            raise

    def normalize(self, value: int) -> int:
        """Return a number that is within the bounds. Raises UsageError for another."""
        if not self.least <= value <= self.most:
            raise UsageError(f"{self.label} must be between {self.least:,} and {self.most:,}")
        return value

    def checks(self) -> "dict[str, Check]":
        """Return the test for the bounds."""
        return {self.column: lambda value: self.least <= value <= self.most}


class Number(Integer):
    """A decimal number."""

    __slots__ = ()
    sample = "2.5"
    sql = "DOUBLE PRECISION"

    @property
    def json_type(self) -> str:
        """The type of the value in JSON."""
        return "number"

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        return self.parse_decimal(text)

    def parse_decimal(self, text: str) -> float:
        """Return a number as typed; below 1,000 a point never groups digits. Raises UsageError."""
        from cardcrm.money import parse_number

        plain = text.strip()
        is_plain = self.most < 1000 and re.fullmatch(r"[+-]?[0-9]{0,3}\.[0-9]+", plain)
        value = float(plain if is_plain else parse_number(text, self.label))
        if not self.least <= value <= self.most:
            raise UsageError(f"{self.label} must be between {self.least:,} and {self.most:,}")
        return value

    def to_text(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the number so that it is not ambiguous."""
        from cardcrm.money import to_unambiguous

        return "" if value is None else to_unambiguous(f"{value}")


class Quantity(Integer):
    """A quantity, stored in whole thousandths."""

    __slots__ = ()
    sample = "2"

    @property
    def json_type(self) -> str:
        """The type of the value in JSON."""
        return "number"

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        from cardcrm.money import parse_quantity

        return parse_quantity(text)

    def read(self, row: Row, store: Context) -> Any:  # noqa: ARG002
        """Return the quantity as a number."""
        value = row[self.column]
        return None if value is None else from_thousandths(value)

    def pack(self, data: Columns) -> None:
        """Replace thousandths by a number."""
        if self.column in data:
            data[self.column] = from_thousandths(data[self.column])

    def unpack(self, data: Columns) -> None:
        """Replace a number by thousandths. Raises UsageError."""
        if self.column in data:
            data[self.column] = to_thousandths(self.column, data[self.column])

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the quantity without needless decimals."""
        return "" if value is None else f"{value:g}" if abs(value) < 10**6 else str(value)

    def to_text(self, value: Any, store: Context) -> str:
        """Return the quantity so that it is not ambiguous."""
        from cardcrm.money import to_unambiguous

        return to_unambiguous(self.format(value, store))


class Percent(Integer):
    """A percentage from 0 to 100, stored in thousandths of a percent; an unknown one is NULL."""

    __slots__ = ()
    sample = "20%"
    metavar = "PERCENT"

    def __init__(self, column: str, **options: Any) -> None:
        super().__init__(column, least=0, most=100_000, **options)

    @property
    def json_type(self) -> str:
        """The type of the value in JSON."""
        return "number"

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        from cardcrm.money import parse_percent

        return parse_percent(text)

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the percentage as ``20%``."""
        from cardcrm.money import format_quantity

        return "" if value is None else f"{format_quantity(value)}%"

    def cell(self, value: Any) -> Any:
        """Return the percentage, or None."""
        return None if value is None else f"{from_thousandths(value)}%"

    def to_json(self, value: Any) -> Any:
        """Return the number of percent, or None."""
        return None if value is None else from_thousandths(value)

    def pack(self, data: Columns) -> None:
        """Replace thousandths of a percent by percent."""
        if self.column in data:
            data[self.column] = from_thousandths(data[self.column])

    def unpack(self, data: Columns) -> None:
        """Replace percent by thousandths of a percent. Raises UsageError."""
        if self.column in data:
            data[self.column] = to_thousandths(self.column, data[self.column])


class MoneyAmount(Integer):
    """Money, stored as whole minor units with its currency in a column beside it.

    Amounts that share a currency column must be in one currency.
    """

    __slots__ = ("currency", "is_inherited")
    sample = "12.50"
    metavar = "AMOUNT"

    def __init__(
        self, column: str, *, currency: str = "currency", inherited: bool = False, **options: Any
    ) -> None:
        super().__init__(column, **options)
        self.currency = currency
        self.is_inherited = inherited  # from the row that this one is a part of

    @property
    def json_type(self) -> str:
        """The type of the value in JSON."""
        return "money"

    @property
    def columns(self) -> tuple[str, ...]:
        """The amount and its currency."""
        return (self.column,) if self.is_inherited else (self.column, self.currency)

    def parse(self, text: str, store: Context) -> Columns:
        """Return the minor units and the currency of an amount."""
        from cardcrm.money import parse_money

        if not text.strip():
            return {self.column: None}
        money = parse_money(text, store.locale.currency, negative=self.least < 0)
        if self.is_inherited:
            return {self.column: money.minor}
        return {self.column: money.minor, self.currency: money.currency}

    def read(self, row: Row, store: Context) -> Any:  # noqa: ARG002
        """Return the money, or None."""
        from cardcrm.money import Money

        minor = row[self.column]
        return None if minor is None else Money(minor, row[self.currency])

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the figures and the currency."""
        from cardcrm.money import format_money

        return "" if value is None else format_money(value)

    def to_text(self, value: Any, store: Context) -> str:
        """Return the figures without separators, so that every parser reads them."""
        return self.format(value, store).replace(",", "")

    def pack(self, data: Columns) -> None:
        """Replace minor units by a decimal."""
        from cardcrm.money import Money, format_decimal

        if self.column in data:
            data[self.column] = format_decimal(Money(data[self.column], data[self.currency]))

    def unpack(self, data: Columns) -> None:
        """Replace a decimal by minor units. Raises UsageError."""
        if self.column in data:
            data[self.column] = parse_decimal(self.column, data, self.currency, 0)

    def checks(self) -> "dict[str, Check]":
        """Return the test for the bounds, and that for the currency."""
        from cardcrm.store.stored_values import is_currency

        own = {} if self.is_inherited else {self.currency: is_currency}
        return super().checks() | own

    def definition(self) -> list[tuple[str, str]]:
        """Return the column of minor units and that of the currency."""
        own = [] if self.is_inherited else [(self.currency, "{key} NOT NULL DEFAULT ''")]
        return [*super().definition(), *own]


class UnitPriceAmount(MoneyAmount):
    """The price of one, which may be finer than the minor unit.

    Whole minor units are in the column, further ten-thousandths of a minor unit in ``…_rest``.
    """

    __slots__ = ()
    sample = "0.045"

    @property
    def rest(self) -> str:
        """The column of the ten-thousandths of a minor unit."""
        return f"{self.column}_rest"

    @property
    def columns(self) -> tuple[str, ...]:
        """The minor units, their ten-thousandths, and the currency."""
        return (self.column, self.rest, *super().columns[1:])

    def parse(self, text: str, store: Context) -> Columns:
        """Return the minor units, their ten-thousandths and the currency of a price."""
        from cardcrm.money import parse_unit_price

        if not text.strip():
            return {self.column: None, self.rest: 0}
        price = parse_unit_price(text, store.locale.currency)
        columns = split_price(self.column, price)
        return columns if self.is_inherited else {**columns, self.currency: price.currency}

    def read(self, row: Row, store: Context) -> Any:  # noqa: ARG002
        """Return the price, or None."""
        return read_price(row, self.column, self.currency)

    def to_text(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the price so that it is not ambiguous."""
        from cardcrm.money import format_decimal, to_unambiguous

        return "" if value is None else f"{to_unambiguous(format_decimal(value))} {value.currency}"

    def pack(self, data: Columns) -> None:
        """Replace both columns of the price by a decimal."""
        from cardcrm.money import UNIT_SCALE, UnitPrice, format_decimal

        if self.column in data or self.rest in data:
            whole, rest = data.get(self.column, 0), data.pop(self.rest, 0)
            price = UnitPrice(whole * UNIT_SCALE + rest, data[self.currency])
            data[self.column] = format_decimal(price)

    def unpack(self, data: Columns) -> None:
        """Replace a decimal by the columns of a price. Raises UsageError."""
        from cardcrm.money import UNIT_SCALE

        if self.column in data:
            parts = parse_decimal(self.column, data, self.currency, 4)
            data[self.column], data[self.rest] = divmod(parts, UNIT_SCALE)

    def sort_sql(self, alias: str) -> str:
        """Return SQL for the price in ten-thousandths of a minor unit."""
        return f"({alias}.{self.column} * 10000 + {alias}.{self.rest})"

    def definition(self) -> list[tuple[str, str]]:
        """Return the columns of the price and that of the currency."""
        price, *currency = super().definition()
        return [price, (self.rest, "INTEGER NOT NULL DEFAULT 0"), *currency]


def split_price(column: str, price: "UnitPrice | None") -> Columns:
    """Return the two columns of a unit price."""
    from cardcrm.money import UNIT_SCALE

    whole, rest = divmod(price.parts, UNIT_SCALE) if price else (None, 0)
    return {column: whole, f"{column}_rest": rest}


def read_price(row: Row, column: str, currency: str = "currency") -> "UnitPrice | None":
    """Return the unit price in two columns of a row, or None."""
    from cardcrm.money import UNIT_SCALE, UnitPrice

    whole = row[column]
    if whole is None:
        return None
    return UnitPrice(whole * UNIT_SCALE + (row[f"{column}_rest"] or 0), row[currency])


def from_thousandths(value: int) -> int | float:
    """Return a number of thousandths as a number: an integer where it is one."""
    return value // 1000 if value % 1000 == 0 else value / 1000


def to_thousandths(name: str, value: Any) -> int:
    """Return the thousandths of a number in JSON. Raises UsageError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{name} must be a number")
    return round(value * 1000)


def parse_decimal(name: str, data: Columns, currency: str, further: int) -> int:
    """Return the units of an amount in JSON that has ``further`` decimals than the minor unit.

    Raises UsageError.
    """
    from decimal import Decimal, InvalidOperation

    from cardcrm.money import count_decimals

    places = count_decimals(str(data.get(currency, ""))) + further
    try:
        units = Decimal(data[name] if isinstance(data[name], str) else "?").scaleb(places)
        if units == int(units):
            return int(units)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise UsageError(f"{name} must be a decimal in quotes, such as “12.50”")
