"""The fields of a line of products, which sales and deals share."""

from typing import Any

from cardcrm.records.fields import (
    REFUSE,
    Context,
    Field,
    MoneyAmount,
    Percent,
    Quantity,
    Reference,
    UnitPriceAmount,
)

TITLE = "{quantity} x {product_id} @ {price} {discount}"


class Discount(Percent):
    """A discount in thousandths of a percent; 0 without one."""

    __slots__ = ()

    def format(self, value: Any, store: Context) -> str:
        """Return the discount as ``-10%``."""
        return f"-{super().format(value, store)}" if value else ""

    def cell(self, value: Any) -> Any:
        """Return the discount in percent, or None without one."""
        return super().cell(value) if value else None

    def to_json(self, value: Any) -> Any:
        """Return the discount in percent."""
        return (value or 0) / 1000


def line_fields() -> tuple[Field, ...]:
    """Return the fields of a line, without the reference to what it is a part of."""
    return (
        Reference("product_id", to="product", required=True, on_delete=REFUSE,
                  if_refused="Retire it instead: cardcrm product edit {id} --retired"),
        Quantity("quantity", required=True),
        UnitPriceAmount("price", inherited=True, required=True),
        UnitPriceAmount("cost", inherited=True),
        Discount("discount", empty=0),
        MoneyAmount("amount", inherited=True, required=True),
        Percent("tax_rate"),
        MoneyAmount("tax", inherited=True),
    )  # fmt: skip
