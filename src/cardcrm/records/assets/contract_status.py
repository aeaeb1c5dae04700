"""The words of contracts: statuses, and what their prices are for."""

from typing import Final

ACTIVE, CANCELED, ENDED = "active", "canceled", "ended"
STATUSES: Final = (ACTIVE, CANCELED, ENDED)
PERIODS: Final = ("month", "quarter", "year", "term", "visit")
