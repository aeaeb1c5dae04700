"""The states of a message."""

from typing import Final

QUEUED, SENDING, SENT, UNCERTAIN = "queued", "sending", "sent", "uncertain"
FAILED, GIVEN_UP, CANCELED, BOUNCED = "failed", "given up", "canceled", "bounced"
STATUSES = (QUEUED, SENDING, SENT, UNCERTAIN, FAILED, GIVEN_UP, CANCELED, BOUNCED)
TROUBLED: Final = (FAILED, GIVEN_UP, UNCERTAIN)  # they need a decision
