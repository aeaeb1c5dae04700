"""The words of cases: statuses, types and priorities."""

from types import MappingProxyType
from typing import Final

NEW, ASSIGNED = "new", "assigned"
WAITING_CUSTOMER, WAITING_US = "waiting-customer", "waiting-us"
SOLVED, CLOSED = "solved", "closed"
STATUSES: Final = (NEW, ASSIGNED, WAITING_CUSTOMER, WAITING_US, SOLVED, CLOSED)
OPEN: Final = "open"  # in a query: any status that is not done
DONE: Final = (SOLVED, CLOSED)
OPEN_STATUSES: Final = tuple(each for each in STATUSES if each not in DONE)
STATUS_WORDS: Final = MappingProxyType(
    {WAITING_CUSTOMER: "waiting on customer", WAITING_US: "waiting on us"}
)
ALIASES: Final = MappingProxyType(
    {"waiting": WAITING_CUSTOMER} | {words: status for status, words in STATUS_WORDS.items()}
)

TYPES: Final = ("question", "incident", "complaint", "request")
PRIORITIES: Final = ("low", "normal", "high", "urgent")
