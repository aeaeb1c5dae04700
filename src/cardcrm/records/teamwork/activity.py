"""Activity of colleagues: what a colleague did, plans or claimed."""

from typing import NamedTuple

CLAIM, PLAN, SALE, DEAL, QUOTE = "claim", "plan", "sale", "deal", "quote"


class Activity(NamedTuple):
    """A thing that a colleague did, plans or claimed.

    The ``kind`` is that of an interaction, or one of those above; the ``day`` of a claim is its
    last one, and that of a plan its due date. The text of a ``claim`` may be empty.
    """

    kind: str
    user: str
    day: str
    text: str
    contact: str
    direction: str = ""
    no_answer: int = 0
