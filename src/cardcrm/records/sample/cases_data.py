"""The cases of the sample shop: what customers asked and complained about."""

from typing import NamedTuple


class SampleCase(NamedTuple):
    """A case that was opened some days ago at an hour, with its way through the statuses.

    The ``path`` has days back, hours and statuses. ``cause`` is the place of another case.
    """

    who: str
    text: str
    type: str
    back: int
    hour: int
    path: tuple[tuple[int, int, str], ...] = ()
    priority: str = "normal"
    product: str = ""
    channel: str = "phone"
    owner: str = ""
    cause: int | None = None
    rating: int | None = None
    opinion: str = ""


CASES = (
    SampleCase("The Aire Grand Hotel", "The lobby arrangement wilted after two days", "complaint",
        6, 9, ((6, 10, "assigned"), (6, 11, "waiting-customer"), (4, 9, "waiting-us"),
               (4, 15, "solved")),
        priority="high", product="Lobby arrangement", rating=5, opinion="new flowers the same day"),
    SampleCase("Chloe Barraclough", "The web shop charged me twice", "incident", 3, 18,
        ((2, 9, "assigned"), (2, 10, "waiting-us")), channel="web", owner="milo"),
    SampleCase("Fatima Rahmani", "Paid twice for one bouquet", "incident", 2, 20,
        ((1, 9, "assigned"),), channel="web", owner="milo", cause=1),
    SampleCase("Margaret Sykes", "How often does the orchid need water?", "question", 12, 11,
        ((12, 12, "assigned"), (12, 12, "solved")), product="Potted orchid", rating=4),
    SampleCase("Lantern Coffee", "Table flowers came an hour late", "complaint", 1, 8,
        ((1, 9, "assigned"), (1, 9, "waiting-customer")), product="Table flowers",
        channel="mail"),
    SampleCase("Calder & Finch Solicitors", "Please deliver on Thursdays from now on", "request",
        1, 16, product="Reception arrangement", channel="mail"),
)  # fmt: skip
