"""The declaration of sales and their lines."""

from typing import Any

from cardcrm.errors import UsageError
from cardcrm.records.fields import (
    REFUSE,
    ChangeDay,
    Columns,
    Context,
    Day,
    Integer,
    Key,
    MoneyAmount,
    Quantity,
    Reference,
    References,
    Text,
    Uid,
    UnitPriceAmount,
    User,
)
from cardcrm.records.fields.number_fields import from_thousandths, to_thousandths
from cardcrm.records.record_type import Effect, RecordType
from cardcrm.records.registry import declare
from cardcrm.records.sales.sale_sums import SUMS, WITH_ORGANIZATIONS


class Discount(Integer):
    """A discount in thousandths of a percent."""

    __slots__ = ()

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        from cardcrm.money import parse_percent

        return parse_percent(text)

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the discount as ``-10%``."""
        from cardcrm.money import format_quantity

        return f"-{format_quantity(value)}%" if value else ""

    def cell(self, value: Any) -> Any:
        """Return the discount in percent."""
        return f"{value / 1000:g}%" if value else None

    def pack(self, data: Columns) -> None:
        """Replace thousandths of a percent by percent."""
        if self.column in data:
            data[self.column] = from_thousandths(data[self.column])

    def unpack(self, data: Columns) -> None:
        """Replace percent by thousandths of a percent. Raises UsageError."""
        if self.column in data:
            data[self.column] = to_thousandths(self.column, data[self.column])

    @property
    def json_type(self) -> str:
        """The type of the value in JSON."""
        return "number"

    def to_json(self, value: Any) -> Any:
        """Return the discount in percent."""
        return (value or 0) / 1000


def _adjust(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Keep an edited sale and its lines consistent; a lead who buys becomes a customer."""
    if not row_id:
        from cardcrm.records.sales.sales import promote

        promote(store, columns["contact_id"], columns["amount"])
    elif columns.keys() & {"amount", "cost"}:
        lines = store.rows("SELECT id FROM sale_line WHERE sale_id = :id", id=row_id)
        if lines and "amount" in columns:
            raise UsageError(
                f"the lines of sale {row_id} add up to its amount",
                f"Change both: cardcrm sale edit {row_id} AMOUNT",
            )
        if columns.get("cost", 0) is None:
            for line in lines:
                store.update("sale_line", line["id"], cost=None)
    return columns


SALE_LINE = RecordType(
    "sale_line",
    "sale lines",
    (
        Reference("sale_id", to="sale", shows="text", required=True),
        Reference("product_id", to="product", required=True, on_delete=REFUSE,
                  if_refused="Retire it instead: cardcrm product edit {id} --retired"),
        Quantity("quantity", required=True),
        UnitPriceAmount("price", inherited=True, required=True),
        UnitPriceAmount("cost", inherited=True),
        Discount("discount", empty=0),
        MoneyAmount("amount", inherited=True, required=True),
    ),
    title="{quantity} x {product_id} @ {price} {discount}",
    parent="sale_id",
    is_line=True,
    line_label="bought",
    heading=lambda _row: "sale",
)  # fmt: skip

SALE = declare(
    RecordType(
        "sale",
        "sales",
        (
            Uid(),
            Day("on_date", key="on", looks="back", default="today", required=True, listed=True,
                phrase="date", help="Date.", no_future="A sale is money that was paid."),
            Reference("contact_id", required=True, listed=True, help="Customer."),
            MoneyAmount("amount", required=True, listed=True, help="Amount that was paid."),
            MoneyAmount("cost", listed=True, help="Cost to the firm."),
            MoneyAmount("fee", help="Fee of the payment service."),
            Text("text", non_ascii_key="text_key", label="for", listed=True, searchable=True,
                 help="Purpose.",
                 example="flowers"),
            References("product", via="sale_line", via_column="sale_id", to_column="product_id",
                       to="product"),
            Key("ref", non_ascii_key="ref_key", label="reference", unique=True,
                help="External reference.", example="R12"),
            Key("payment_ref", key="payment", option="payment", filter="payment",
                help="Reference of the payment.", example="ch_3N"),
            User("author", non_ascii_key="author_key", label="by", automatic=True),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{amount} {text}",
        words="text",
        sort="-on",
        adjust=_adjust,
        parts=(SALE_LINE,),
        effects=(
            Effect(SUMS, "contact_id"),
            Effect(SUMS, "contact_id", via=WITH_ORGANIZATIONS),
        ),
        outlives_contact=True,
        heading=lambda row: "refund" if (row.get("amount") or 0) < 0 else "sale",
        summary="Sales: list, show, edit and remove them.",
    )
)  # fmt: skip
