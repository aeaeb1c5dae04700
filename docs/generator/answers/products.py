"""Declare the answers about products, prices and what to offer."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "group_id": Key("integer", "number of the product or customer; null for other groups"),
    "other_product_id": Key("integer", "number of that product"),
    "support": Key("number", "share of baskets with both products, from 0 to 1"),
    "confidence_back": Key("number", "share of baskets with the other product that have this one"),
    "unknown_cost_revenue": Key("money", "revenue whose cost is unknown; not in the margin"),
    "unknown_cost_count": Key("integer", "sales, or lines of sales, whose cost is unknown"),
    "trend": Key(
        "number",
        "change of the revenue against the period before, 0.1 is 10% more; in a forecast what the "
        "sales of the past make likely",
    ),
    "average_paid": Key("money", "average price of one that was paid"),
    "average_list": Key("money", "average price of one before discounts"),
    "discount_share": Key("number", "part of the list price that discounts took, from 0 to 1"),
    "change_on": Key("day", "day from which sales are compared with those before"),
    "change_found": Key("boolean", "true where that day was found in the sales"),
    "before": Key("span_figures", "sales before that day"),
    "after": Key("span_figures", "sales from that day on, or during the promotion"),
    "day_count": Key("integer", "number of days"),
    "units_a_day": Key("number", "units sold on a day"),
    "revenue_a_day": Key("money", "revenue of a day"),
    "units_ratio": Key("number", "units a day after / before"),
    "units_ratio_low": Key("number", "lower end of its 95% interval"),
    "units_ratio_high": Key("number", "upper end of its 95% interval"),
    "revenue_change": Key("number", "change of the revenue a day: 0.1 is 10% more"),
    "others_change": Key("number", "change of the revenue a day of all other products"),
    "price_changes": Key("[price_change]", "changes of the unit price, the oldest first"),
    "price_before": Key("money", "unit price before"),
    "price_after": Key("money", "unit price after"),
    "months": Key("[product_month]", "each month from the first to the last sale"),
    "raised_on": Key("day", "day on which it was first found"),
    "alert_count": Key("integer", "number of alerts"),
    "removed_count": Key("integer", "number of alerts that are gone"),
}

OBJECTS = {
    "alert": (
        "id kind contact_id contact product_id product reason expected_value confidence raised_on"
    ),
    "span_figures": (
        "since until day_count units revenue units_a_day revenue_a_day average_list average_paid "
        "discount_share"
    ),
    "price_change": "on price_before price_after",
    "product_month": "period units revenue average_list average_paid discount_share share",
    "price_report": (
        "product_id product currency change_on change_found before after "
        "units_ratio "
        "units_ratio_low units_ratio_high method revenue_change others_change reason "
        "price_changes months"
    ),
}

ANSWERS = {
    "suggest": Answer(("[{kind product_id product reason expected_value confidence}]",)),
    "alert list": Answer(("[alert]",)),
    "alert refresh": Answer(("[{alert_count added removed_count}]",)),
    "alert dismiss": Answer(("[alert]",)),
    "report baskets": Answer(
        (
            "[{product_id product other_product_id other_product count support confidence "
            "confidence_back lift}]",
        ),
    ),
    "report margins": Answer(
        (
            "[{group_id name revenue cost margin margin_rate unknown_cost_revenue "
            "unknown_cost_count}]",
        ),
    ),
    "report products": Answer(
        (
            "[{product_id product category retired units revenue share trend customers "
            "repeat_customers repeat_rate first_sale last_sale average_paid average_list "
            "discount_share}]",
        ),
    ),
    "report pricing": Answer(("price_report",)),
    "report promotion": Answer(("price_report",)),
}
