"""The statuses of leads."""

from typing import Final

NEW, ASSIGNED, IN_PROCESS = "new", "assigned", "in process"
CONVERTED, RECYCLED, DEAD = "converted", "recycled", "dead"
STATUSES: Final = (NEW, ASSIGNED, IN_PROCESS, CONVERTED, RECYCLED, DEAD)
ACTIVE: Final = (NEW, ASSIGNED, IN_PROCESS)  # the statuses of open leads
CLOSED: Final = (CONVERTED, DEAD)
