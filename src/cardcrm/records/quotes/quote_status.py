"""The states of a quote."""

DRAFT = "draft"
SENT = "sent"
VIEWED = "viewed"
ACCEPTED = "accepted"
REFUSED = "refused"
REPLACED = "replaced"
CANCELED = "canceled"  # its deal was won otherwise, or lost
STATUSES = (DRAFT, SENT, VIEWED, ACCEPTED, REFUSED, REPLACED, CANCELED)
OPEN = "open"  # in a query: any of the next
OPEN_STATUSES = (DRAFT, SENT, VIEWED)
