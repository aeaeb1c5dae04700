"""An alert as a scan of the sales finds it, before it has a number."""

from typing import NamedTuple


class NewAlert(NamedTuple):
    """An alert about a contact, a product or both; ``amount`` is its value in minor units."""

    kind: str
    contact_id: int | None
    product_id: int | None
    amount: int
    confidence: float | None
    reason: str
