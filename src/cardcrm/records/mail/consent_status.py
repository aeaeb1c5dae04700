"""The states of a consent."""

GIVEN, PENDING, WITHDRAWN = "given", "pending", "withdrawn"
STATUSES = (GIVEN, PENDING, WITHDRAWN)
