"""The declaration of sales and their lines."""

from typing import Any

from cardcrm.errors import UsageError
from cardcrm.records.fields import (
    REFUSE,
    ChangeDay,
    Computed,
    Day,
    Key,
    MoneyAmount,
    Percent,
    Reference,
    References,
    Text,
    Uid,
    User,
)
from cardcrm.records.record_type import Effect, RecordType
from cardcrm.records.registry import declare
from cardcrm.records.sales.line_fields import TITLE, line_fields
from cardcrm.records.sales.sale_sums import SUMS, WITH_ORGANIZATIONS


class Net(Computed, MoneyAmount):
    """The amount without its tax; computed."""

    __slots__ = ()

    def value_sql(self, alias: str) -> str:
        """Return SQL for the amount minus the tax, NULL where the tax is unknown."""
        return f"({alias}.amount - {alias}.tax)"


def _adjust(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Keep a sale, its tax and its lines consistent; a lead who buys becomes a customer."""
    from cardcrm.records.sales.sale_tax import complete_tax

    if row_id:
        from cardcrm.records.promotions.redemption import check_redemption

        _check_change(store, columns, row_id)
        check_redemption(store, columns, row_id)
    else:
        from cardcrm.records.sales.sales import promote

        promote(store, columns["contact_id"], columns["amount"])
    return complete_tax(store, columns, row_id)


def _check_change(store: Any, columns: dict[str, Any], row_id: int) -> None:
    """Raise UsageError for an amount that contradicts the lines or the deal of a sale."""
    from cardcrm.records.sales.sold_deals import refuse_other_values

    refuse_other_values(store, row_id, columns)
    if not columns.keys() & {"amount", "cost"}:
        return
    lines = store.rows("SELECT id FROM sale_line WHERE sale_id = :id", id=row_id)
    if lines and "amount" in columns:
        raise UsageError(
            f"the lines of sale {row_id} add up to its amount",
            f"Change both: cardcrm sale edit {row_id} AMOUNT",
        )
    if columns.get("cost", 0) is None:
        for line in lines:
            store.update("sale_line", line["id"], cost=None)


SALE_LINE = RecordType(
    "sale_line",
    "sale lines",
    (
        Reference("sale_id", to="sale", shows="text", required=True),
        *line_fields(),
    ),
    title=TITLE,
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
            Percent("tax_rate", option="tax",
                    help="Rate of the tax that the amount contains, such as 20%."),
            MoneyAmount("tax", option="tax-amount", help="Tax that the amount contains."),
            Net("net", filter=None, help="Amount without tax."),
            Text("channel", non_ascii_key="channel_key",
                 help="Where it was sold, such as web, shop, phone or market.", example="web"),
            Text("text", non_ascii_key="text_key", label="for", listed=True, searchable=True,
                 help="Purpose.",
                 example="flowers"),
            Reference("promotion_id", to="promotion", shows="code", key="promotion", option="code",
                      filter="promotion", on_delete=REFUSE, example="SPRING10",
                      if_refused="End it instead: cardcrm promotion edit {id} --until today",
                      help="Code of the promotion that it redeems."),
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
