"""Declare the answers about promotions."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "discount_percent": Key("number", "discount of the promotion in percent"),
    "redeemed": Key("integer", "sales that redeem the promotion"),
    "discount_given": Key("money", "what its discount took off the sales"),
    "promotions": Key("[promotion_result]", "what the promotions of the campaign brought"),
}

OBJECTS = {
    "promotion_result": (
        "id code text campaign discount_percent redeemed customers:integer new_customers revenue "
        "discount_given cost margin unknown_cost_revenue unknown_cost_count"
    ),
}

ANSWERS = {
    "promotion results": Answer(("[promotion_result]",)),
}
