"""Fill in the deadlines of cases that were read."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from cardcrm import dates
from cardcrm.records.service.service_levels import ServiceLevels, ServiceState
from cardcrm.store import Store

_AT_ONCE: Final = 500  # rows


def complete_rows(store: Store, rows: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield rows of cases with the columns of their service levels."""
    levels: ServiceLevels | None = None
    while part := list(islice(rows, _AT_ONCE)):
        levels = levels or ServiceLevels(store)
        states = levels.load([row["id"] for row in part])
        for row in part:
            yield dict(row) | columns_of(states.get(row["id"], ServiceState()))


def columns_of(state: ServiceState) -> dict[str, Any]:
    """Return the columns that a state fills."""
    return {
        "sla": state.rule,
        "due": dates.from_timestamp(state.due),
        "breached": int(bool(state.breaches)),
        "first_response_due": dates.from_timestamp(state.first_due),
        "first_response_at": dates.from_timestamp(state.first_at),
        "next_response_due": dates.from_timestamp(state.next_due),
        "solution_due": dates.from_timestamp(state.solution_due),
    }
