"""Declare the answers about the page of a month."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "month_before": Key("month_figures", "the month before, or as many days of it"),
    "year_before": Key("month_figures", "the same month a year before, or as many days of it"),
    "revenue_by_month": Key("[month_revenue]", "24 months, the latest first"),
    "best_customers": Key("[best_customer]", "customers with the highest revenue of the month"),
    "customers_at_risk": Key(
        "[customer_at_risk]", "customers who are most likely lost at the end of the month"
    ),
    "customers_won": Key("[customer_won]", "customers with their first purchase in the month"),
    "cohorts": Key("[cohort_shares]", "customers by the month of their first purchase"),
    **{
        f"after_{age}": Key("number", f"part who bought {age} months later, from 0 to 1")
        for age in (1, 3, 6, 11)
    },
    "best_products": Key("[best_product]", "products with the highest revenue of the month"),
    "product_pairs": Key("[product_pair]", "products bought together within a year"),
    "to_do": Key("[to_do]", "what is to be done after the month, and is not done yet"),
    "missing": Key("[missing_section]", "parts without enough data"),
}

OBJECTS = {
    "page_written": "path",
    "month_figures": "since until revenue orders customers growth",
    "month_revenue": "month revenue revenue_before",
    "best_customer": "id name revenue share orders",
    "customer_at_risk": "id name value_at_risk last_sale reason",
    "customer_won": "id name first_sale revenue",
    "cohort_shares": "cohort cohort_size after_1 after_3 after_6 after_11",
    "best_product": "id product revenue units customers",
    "product_pair": "product other_product count confidence lift",
    "to_do": "text command contact_id",
    "missing_section": "section reason",
}

ANSWERS = {
    "report month": Answer(
        (
            "{month since until is_over currency revenue orders customers month_before "
            "year_before revenue_by_month best_customers customers_at_risk customers_won cohorts "
            "best_products product_pairs forecast to_do missing}",
            "page_written",
        ),
        "with `--html`, as of every report, the path of the page",
    ),
}
