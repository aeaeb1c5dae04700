"""`fact_sale_line`: one row for each line of a sale, and one for what its lines leave out.

The amounts, costs and taxes of the rows of a sale add up to those of the sale exactly. A row whose
product is unknown has all of a sale without lines, and the remainder of one whose cost or tax was
given for the whole.
"""

from typing import Final

from cardcrm.records.sales.margin import build_known_cost
from cardcrm.records.sales.sale_type import SALE, SALE_LINE
from cardcrm.reports.warehouse.star_sql import MONEY, PERCENT, QUANTITY, UNIT_PRICE
from cardcrm.reports.warehouse.star_table import BY_MONTH, StarColumn, StarTable, source
from cardcrm.reports.warehouse.tables.product_dimension import NO_PRODUCT

_SALE: Final = (
    "id", "contact_id", "on_date", "currency", "amount", "cost", "tax", "tax_rate", "fee",
    "channel", "author", "promotion_id",
)  # fmt: skip
_LINE: Final = (
    "id", "sale_id", "product_id", "quantity", "price", "price_rest", "cost", "cost_rest",
    "discount", "amount", "tax", "tax_rate",
)  # fmt: skip

_EXPRESSIONS: Final = f"""WITH line AS (
  SELECT sale_id, id, product_id, quantity, price * 10000 + price_rest AS parts, discount, amount,
    coalesce(tax, 0) AS tax, tax_rate,
    coalesce(times(quantity, cost * 10000 + cost_rest), 0) AS cost,
    row_number() OVER (PARTITION BY sale_id ORDER BY id) = 1 AS is_first
  FROM sale_line
), total AS (
  SELECT sale_id, sum(amount) AS amount, sum(cost) AS cost, sum(tax) AS tax
  FROM line GROUP BY sale_id
), piece AS (
  SELECT sale_id, id, product_id, quantity, parts, discount, amount, cost, tax,
    tax_rate, is_first
  FROM line
  UNION ALL
  SELECT s.id, NULL, {NO_PRODUCT}, NULL, NULL, 0, s.amount - coalesce(t.amount, 0),
    s.cost - coalesce(t.cost, 0), s.tax - coalesce(t.tax, 0), s.tax_rate, t.sale_id IS NULL
  FROM sale s LEFT JOIN total t ON t.sale_id = s.id
  WHERE t.sale_id IS NULL OR s.amount <> t.amount OR s.cost <> t.cost OR s.tax <> t.tax
)
"""


def _column(name: str, type_: str, sql: str, meaning: str) -> StarColumn:
    return StarColumn(name, type_, meaning, sql)


_TAX: Final = "CASE WHEN s.tax IS NOT NULL THEN p.tax END"
_DISCOUNT: Final = "CASE WHEN p.discount <> 0 THEN times(p.quantity, p.parts) - p.amount ELSE 0 END"
_COST: Final = build_known_cost("s.amount", "CASE WHEN s.cost IS NOT NULL THEN p.cost END")

FACT_SALE_LINE: Final = StarTable(
    "fact_sale_line",
    "One row for each line of a sale; what no line accounts for has product 0.",
    (
        _column("sale_id", "BIGINT", "s.id", "sale; count(DISTINCT sale_id) counts sales"),
        _column("sale_line_id", "BIGINT", "p.id", "line; empty for what no line accounts for"),
        _column("customer_id", "BIGINT", "s.contact_id", "customer, in `dim_customer`"),
        _column("product_id", "BIGINT", "p.product_id", "product, in `dim_product`; 0 is unknown"),
        _column("on_date", "DATE", "TRY_CAST(s.on_date AS DATE)", "local day, in `dim_date`"),
        _column("author", "VARCHAR", "s.author", "who recorded it, in `dim_user`"),
        _column("channel", "VARCHAR", "s.channel", "channel of the sale"),
        _column(
            "promotion_id", "BIGINT", "s.promotion_id", "promotion redeemed, in `dim_promotion`"
        ),
        _column("is_refund", "BOOLEAN", "s.amount < 0", "true for the lines of a refund"),
        _column("quantity", QUANTITY, "thousandths(p.quantity)", "quantity; below 0 in a refund"),
        _column("currency", "VARCHAR", "s.currency", "currency of the amounts of this row"),
        _column(
            "unit_price",
            UNIT_PRICE,
            "unit_price(p.parts, s.currency)",
            "price of one, undiscounted",
        ),
        _column(
            "discount_percent", PERCENT, "thousandths(p.discount)", "discount on the unit price"
        ),
        _column(
            "discount",
            MONEY,
            f"major({_DISCOUNT}, s.currency)",
            "what the discount is worth",
        ),
        _column("amount", MONEY, "major(p.amount, s.currency)", "amount paid; below 0 in a refund"),
        _column(
            "cost",
            MONEY,
            f"major({_COST}, s.currency)",
            "cost; empty if that of the sale is unknown, 0 in a refund without one",
        ),
        _column("margin", MONEY, f"major(p.amount - ({_COST}), s.currency)", "amount less cost"),
        _column(
            "tax_rate", PERCENT, "thousandths(p.tax_rate)", "rate of the tax; empty if unknown"
        ),
        _column("tax", MONEY, f"major({_TAX}, s.currency)", "tax in the amount; empty if unknown"),
        _column("net", MONEY, f"major(p.amount - ({_TAX}), s.currency)", "amount less tax"),
        _column(
            "fee",
            MONEY,
            "major(CASE WHEN p.is_first THEN s.fee END, s.currency)",
            "fee of the payment service, in the first row of the sale",
        ),
    ),
    "FROM piece p JOIN sale s ON s.id = p.sale_id ORDER BY s.on_date, s.id, p.id",
    (
        source("sale", "s", SALE, _SALE, f"FROM sale s WHERE {BY_MONTH.format(day='s.on_date')}"),
        source(
            "sale_line",
            "l",
            SALE_LINE,
            _LINE,
            "FROM sale s JOIN sale_line l ON l.sale_id = s.id "
            f"WHERE {BY_MONTH.format(day='s.on_date')}",
        ),
    ),
    day="on_date",
    month="substr(s.on_date, 1, 7)",
    tables={"sale": "", "sale_line": "sale_id"},
    expressions=_EXPRESSIONS,
)
