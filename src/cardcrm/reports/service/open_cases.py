"""Count the open cases that have a service level, and those of which a deadline was missed."""

from typing import NamedTuple

from cardcrm.records.service.service_levels import ServiceLevels
from cardcrm.store import Store


class OpenCases(NamedTuple):
    """The number of open cases, of those with a service level, and of the late ones."""

    open: int
    ruled: int
    late: int


def count_open_cases(store: Store) -> OpenCases:
    """Return how many cases are open, have a service level, and missed a deadline."""
    rows = store.rows("SELECT id FROM service_case WHERE solved_at IS NULL")
    states = ServiceLevels(store).load([row[0] for row in rows]).values()
    ruled = [each for each in states if each.rule]
    return OpenCases(len(states), len(ruled), sum(bool(each.breaches) for each in ruled))
