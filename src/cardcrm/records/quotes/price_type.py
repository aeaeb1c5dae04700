"""The declaration of prices: the price lists and discounts of contacts and segments."""

from typing import Any

from cardcrm.records.fields import (
    ChangeDay,
    Day,
    Percent,
    Quantity,
    Reference,
    Text,
    Uid,
    UnitPriceAmount,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


def _adjust(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.quotes.price_rules import check_rule

    return check_rule(store, columns, row_id)


PRICE = declare(
    RecordType(
        "price",
        "prices",
        (
            Uid(),
            Reference("product_id", to="product", listed=True, example="Vase",
                      help="Product (default: all of the category)."),
            Text("category", non_ascii_key="category_key", listed=True,
                 help="Category of products (default: all).", example="Bouquets"),
            Reference("contact_id", filter="contact", option="contact", listed=True,
                      help="Contact or organization that it is for (default: all)."),
            Reference("segment_id", to="segment", option="segment", listed=True, example="vips",
                      help="Segment that it is for (default: all)."),
            UnitPriceAmount("price", least=0, listed=True, help="Unit price of the product."),
            Percent("discount", listed=True, help="Discount on the price of the catalog."),
            Quantity("quantity", listed=True, label="from quantity", option="quantity",
                     help="Least quantity of a line."),
            Text("reason", non_ascii_key="reason_key", listed=True, searchable=True,
                 help="Reason, which quotes name.", example="framework contract"),
            Day("from_on", key="from", option="from", help="First day (default: always)."),
            Day("until_on", key="until", option="until", help="Last day (default: always)."),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{reason}",
        summary="Price lists and discount rules for contacts and segments.",
        adjust=_adjust,
    )
)  # fmt: skip
