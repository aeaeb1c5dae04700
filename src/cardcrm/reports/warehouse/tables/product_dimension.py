"""`dim_product`: the catalog of products."""

from typing import Final

from cardcrm.records.sales.product_type import PRODUCT
from cardcrm.reports.warehouse.star_sql import UNIT_PRICE
from cardcrm.reports.warehouse.star_table import StarColumn, StarTable, source

NO_PRODUCT: Final = 0  # the product of what no line of a sale accounts for

_STORED: Final = (
    "id", "name", "sku", "category", "price", "price_rest", "cost", "cost_rest", "currency",
    "retired",
)  # fmt: skip

DIM_PRODUCT: Final = StarTable(
    "dim_product",
    "One row for each product, and product 0 for what no line of a sale accounts for.",
    (
        StarColumn("product_id", "BIGINT", "product, by its id", "id"),
        StarColumn("name", "VARCHAR", "name; (unknown) for product 0", "name"),
        StarColumn("sku", "VARCHAR", "article number", "sku"),
        StarColumn("category", "VARCHAR", "category", "category"),
        StarColumn(
            "price", UNIT_PRICE, "unit price", "unit_price(price * 10000 + price_rest, currency)"
        ),
        StarColumn(
            "cost", UNIT_PRICE, "unit cost", "unit_price(cost * 10000 + cost_rest, currency)"
        ),
        StarColumn("currency", "VARCHAR", "currency of price and cost", "currency"),
        StarColumn("retired", "BOOLEAN", "true if it is no longer sold", "retired <> 0"),
    ),
    f"FROM (FROM product UNION ALL BY NAME SELECT {NO_PRODUCT} AS id, '(unknown)' AS name, "
    "'' AS sku, '' AS category, '' AS currency, 0 AS retired) ORDER BY id",
    (source("product", "p", PRODUCT, _STORED, "FROM product p"),),
    keys=("product_id",),
)
