"""The states of a quote."""

DRAFT = "draft"
SENT = "sent"
VIEWED = "viewed"
ACCEPTED = "accepted"
REFUSED = "refused"
REPLACED = "replaced"
STATUSES = (DRAFT, SENT, VIEWED, ACCEPTED, REFUSED, REPLACED)
