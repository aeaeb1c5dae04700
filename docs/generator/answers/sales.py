"""Declare the answers about sales, and the revenue and orders that they add up to."""

from docs.generator.answers.declaration import Answer, Key

# The keys that name a row of `report revenue`.
_GROUPS = (
    "period? product? category? customer? channel? segment? weekday? city? owner? source? country? "
    "organization? stage? tag? group?"
)
_REVENUE = "revenue net tax tax_unknown sale_count refunds margin revenue_before growth"

KEYS = {
    "lines": Key("[sale_line]", "lines of the sale, deal or quote"),
    "is_new": Key("boolean", "false where a sale with this `--ref` existed already"),
    "refunds": Key("money", "sum of refunds"),
    "net": Key("money", "revenue, or amount of a sale, without tax, where that is known"),
    "tax": Key("money", "tax that the revenue or amount contains, where that is known"),
    "tax_unknown": Key("money", "revenue whose tax is unknown"),
    "weekday": Key("text", "day of the week"),
    "customer": Key("text", "name of the customer"),
    "segment": Key("text", "name of a segment"),
    "tag": Key("text", "tag"),
    "organization": Key("text", "organization"),
    "orders_per_customer": Key("number", "mean number of orders"),
    "purchases_per_customer": Key("number", "mean number of days with an order"),
    "currency_code": Key("text", "currency"),
    "converted": Key("money", "revenue at the stated rates, if they are known"),
    "rates_used": Key("text", "rates in words"),
}

OBJECTS = {
    "contact_sale": "on id uid amount cost tax channel text ref lines",
    "sale_line": (
        "product_id? product quantity price cost discount amount tax_rate? tax? optional? "
        "was_optional? reason?"
    ),
}

ANSWERS = {
    "sell": Answer(("sale is_new",)),
    "sale add": Answer(("sale is_new",), "as `sell`"),
    "report repeat": Answer(
        (
            "{customers repeat_customers repeat_rate orders purchases orders_per_customer "
            "purchases_per_customer median_days reason}",
        )
    ),
    "report next-orders": Answer(
        ("[{id name state expected_on days_late usual_days last_sale purchases}]",)
    ),
    "report revenue": Answer(
        (
            f"[{{{_GROUPS} product_id? contact_id? {_REVENUE} share is_over?}}]",
            f"[{{currency_code {_REVENUE} converted:money rates_used}}]",
        ),
        "each row has the key of its grouping; the second form by currency",
    ),
}
