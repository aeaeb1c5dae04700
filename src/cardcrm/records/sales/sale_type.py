"""The declaration of sales and their lines."""

from typing import Any

from cardcrm.records.fields import (
    REFUSE,
    Context,
    Day,
    Instant,
    Integer,
    Key,
    MoneyAmount,
    Quantity,
    Reference,
    References,
    Text,
    Uid,
    User,
)
from cardcrm.records.record_type import Effect, RecordType
from cardcrm.records.registry import declare
from cardcrm.store.derived import DerivedTable


class Discount(Integer):
    """A discount in thousandths of a percent."""

    __slots__ = ()

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the discount as ``-10%``."""
        from cardcrm.money import format_quantity

        return f"-{format_quantity(value)}%" if value else ""

    def cell(self, value: Any) -> Any:
        """Return the discount in percent."""
        return f"{value / 1000:g}%" if value else None

    def to_json(self, value: Any) -> Any:
        """Return the discount in percent."""
        return (value or 0) / 1000


SALE_LINE = RecordType(
    "sale_line",
    "sale lines",
    (
        Reference("sale_id", to="sale", shows="text", required=True),
        Reference("product_id", to="product", required=True, on_delete=REFUSE),
        Quantity("quantity", required=True),
        MoneyAmount("price", inherited=True, required=True),
        MoneyAmount("cost", inherited=True, access="margin"),
        Discount("discount"),
        MoneyAmount("amount", inherited=True, required=True),
    ),
    title="{quantity} x {product_id} @ {price} {discount}",
    parent="sale_id",
    is_line=True,
    line_label="bought",
    heading=lambda _row: "sale",
)

# Refunds lower the revenue and do not count as orders. The first and last sale are those of money
# paid, or refunds where there are no others. The margin is known only if every sale has a cost; a
# refund without a cost returned no goods, so it lowers the margin by its whole amount.
SUMS = DerivedTable(
    "with wrong sums of sales",
    "contact_value",
    "contact_id, currency, revenue, margin, orders, first_on, last_on",
    "SELECT contact_id, currency, sum(amount), "
    "CASE WHEN sum(CASE WHEN cost IS NULL AND amount >= 0 THEN 1 ELSE 0 END) = 0 "
    "THEN sum(amount) - coalesce(sum(cost), 0) END, "
    "sum(CASE WHEN amount > 0 THEN 1 ELSE 0 END), "
    "coalesce(min(CASE WHEN amount > 0 THEN on_date END), min(on_date)), "
    "coalesce(max(CASE WHEN amount > 0 THEN on_date END), max(on_date)) "
    "FROM sale WHERE contact_id IN ({marks}) GROUP BY contact_id, currency",
)

SALE = declare(
    RecordType(
        "sale",
        "sales",
        (
            Uid(),
            Day("on_date", key="on", looks="back", default="today", required=True, listed=True),
            Reference("contact_id", required=True, listed=True),
            MoneyAmount("amount", required=True, listed=True),
            MoneyAmount("cost", listed=True, access="margin"),
            Text("text", label="for", listed=True, searchable=True),
            References("product", via="sale_line", via_column="sale_id", to_column="product_id",
                       to="product"),
            Key("ref", label="reference", unique=True),
            User("author", label="by", automatic=True),
            Instant("created_at", key="created", automatic=True),
        ),
        title="{amount} {text}",
        sort="-on",
        parts=(SALE_LINE,),
        effects=(Effect(SUMS, "contact_id"),),
        heading=lambda row: "refund" if (row.get("amount") or 0) < 0 else "sale",
        summary="Sales: list, show, edit and remove them.",
    )
)  # fmt: skip
