"""The function that fills in the text of a reminder, which a campaign or a sequence makes."""

from collections.abc import Callable

# Returns a text with its fields filled in for a contact, and perhaps a deal.
FillIn = Callable[[str, int, int | None], str]


def keep_text(text: str, contact_id: int, deal_id: int | None) -> str:
    """Return a text as it is, without filling in its fields."""
    del contact_id, deal_id
    return text
