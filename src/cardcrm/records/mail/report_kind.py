"""The kinds of reports that mail brings about addresses."""

from typing import Final

BOUNCE: Final = "bounce"
COMPLAINT: Final = "complaint"
UNSUBSCRIBE: Final = "unsubscribe"
ABSENCE: Final = "absence"
REQUEST: Final = "request"  # by someone else, to unsubscribe an address
