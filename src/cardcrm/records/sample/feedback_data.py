"""The wishes and complaints of the sample shop about its products, and its steps of dunning."""

from typing import NamedTuple


class SampleFeedback(NamedTuple):
    """A wish or complaint that came in some days ago, with the customers who have it."""

    product: str
    text: str
    back: int
    who: tuple[str, ...]
    kind: str = "wish"
    status: str = "open"


FEEDBACK = (
    SampleFeedback("Lobby arrangement", "flowers that last a whole week", 5,
        ("The Aire Grand Hotel", "Calder & Finch Solicitors")),
    SampleFeedback("Table flowers", "come an hour late on busy days", 1,
        ("Lantern Coffee",), "complaint"),
    SampleFeedback("Potted orchid", "a leaflet on how to care for it", 12,
        ("Margaret Sykes", "Chloe Barraclough"), status="planned"),
    SampleFeedback("Bridal bouquet", "a dried version to keep", 60,
        ("Chloe Barraclough",), status="declined"),
)  # fmt: skip

# Days after the due day, and what the reminder says.
DUNNING = (("friendly", 7, "ask kindly"), ("call", 21, "call them"), ("letter", 35, "write"))
