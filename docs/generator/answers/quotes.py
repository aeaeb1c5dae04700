"""Declare the answers about quotes."""

from docs.generator.answers.declaration import Answer, Key

_QUOTE = "quote taxes past_prices"

KEYS = {
    "taxes": Key("[tax_group]", "sums of the lines that are not optional, by tax rate"),
    "gross": Key("money", "amount with its tax"),
    "past_prices": Key("[past_price]", "what the customer was offered and paid before"),
    "offered": Key("money", "unit price that was offered last, before its discount"),
    "offered_discount": Key("number", "discount on it in percent"),
    "offered_on": Key("day", "day of that quote"),
    "offered_in": Key("text", "number, version and status of that quote"),
    "paid": Key("money", "unit price that was paid last, before its discount"),
    "paid_discount": Key("number", "discount on it in percent"),
    "paid_on": Key("day", "day on which it was paid"),
    "catalog": Key("money", "unit price in the catalog"),
    "quote_id": Key("integer", "number of the quote"),
}

OBJECTS = {
    "tax_group": "tax_rate net tax gross",
    "past_price": (
        "product offered offered_discount offered_on offered_in paid paid_discount paid_on catalog"
    ),
}

ANSWERS = {
    **{
        f"quote {verb}": Answer((_QUOTE,))
        for verb in ("add", "revise", "send", "view", "accept", "refuse")
    },
    "quote show": Answer((_QUOTE, "[quote]")),
    "quote write": Answer(("{path quote_id}",)),
}
