"""The statuses of sequences and enrollments, and the results of a step."""

ACTIVE, PAUSED = "active", "paused"
SEQUENCE_STATUSES = (ACTIVE, PAUSED)

DONE, STOPPED = "done", "stopped"
ENROLLMENT_STATUSES = (ACTIVE, DONE, STOPPED)

SKIPPED = "skipped"
STEP_RESULTS = (DONE, SKIPPED)
