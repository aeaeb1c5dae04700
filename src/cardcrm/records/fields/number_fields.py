"""Fields of numbers: whole and decimal ones, quantities, money and currencies."""

from typing import TYPE_CHECKING, Any

from cardcrm.errors import UsageError
from cardcrm.records.fields.field import Columns, Context, Field, Row

if TYPE_CHECKING:
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
    def empty(self) -> int | None:
        """The content of the column if no number is given."""
        return self.blank

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        number = text.strip().replace(",", "")
        digits = number.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 17):
            raise UsageError(
                f"{self.label} must be a whole number, not “{text.strip()}”",
                f"Write it like {self.example}.",
            )
        return self.normalize(int(number))

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

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
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
    sample = "2"

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        from cardcrm.money import parse_quantity

        return parse_quantity(text)

    def read(self, row: Row, store: Context) -> Any:  # noqa: ARG002
        """Return the quantity as a number."""
        value = row[self.column]
        if value is None or value % 1000 == 0:
            return value if value is None else value // 1000
        return value / 1000

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the quantity without needless decimals."""
        return "" if value is None else f"{value:g}" if abs(value) < 10**6 else str(value)


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

    def checks(self) -> "dict[str, Check]":
        """Return the test for the bounds, and that for the currency."""
        from cardcrm.store.stored_values import is_currency

        own = {} if self.is_inherited else {self.currency: is_currency}
        return super().checks() | own

    def definition(self) -> list[tuple[str, str]]:
        """Return the column of minor units and that of the currency."""
        own = [] if self.is_inherited else [(self.currency, "{key} NOT NULL DEFAULT ''")]
        return [*super().definition(), *own]
