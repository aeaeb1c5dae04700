"""The kinds of reports that mail brings about addresses."""

from typing import Final

BOUNCE: Final = "bounce"
COMPLAINT: Final = "complaint"
UNSUBSCRIBE: Final = "unsubscribe"
ABSENCE: Final = "absence"
REQUEST: Final = "request"  # to unsubscribe an address that is not one of the sender
