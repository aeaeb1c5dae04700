"""The statuses of a campaign."""

DRAFT, SCHEDULED, SENDING, PAUSED = "draft", "scheduled", "sending", "paused"
STOPPED, DONE = "stopped", "done"
STATUSES = (DRAFT, SCHEDULED, SENDING, PAUSED, STOPPED, DONE)
