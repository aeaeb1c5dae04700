"""The first response to a lead: the first outgoing touch of its contact after it came in.

A touch went out unless it is incoming; a note or an attempt without an answer is not a touch.
One of the same day counts where either time is unknown.
"""

import datetime as dt
from typing import NamedTuple

from cardcrm import dates
from cardcrm.store import Store


def response_sql(alias: str) -> str:
    """Return SQL for the moment of the first response to a lead: its instant, else its day.

    ``alias`` is that of the row of ``lead``. The value is NULL without a response.
    """
    later = (
        f"(i.on_date > {alias}.received_on OR (i.on_date = {alias}.received_on AND (i.at IS NULL "
        f"OR {alias}.received_at IS NULL OR i.at >= {alias}.received_at)))"
    )
    return (
        "(SELECT min(coalesce(i.at, i.on_date)) FROM participant p "
        f"JOIN interaction i ON i.id = p.interaction_id WHERE p.contact_id = {alias}.contact_id "
        f"AND i.kind <> 'note' AND i.no_answer = 0 AND i.direction <> 'in' AND {later})"
    )


class FirstResponse(NamedTuple):
    """The local day of the first response, and the seconds to it; None where a time is unknown."""

    day: dt.date
    seconds: int | None


def find_first_response(store: Store, lead_id: int) -> FirstResponse | None:
    """Return the first response to a lead; None if there was none."""
    row = store.row(
        f"SELECT l.received_at, {response_sql('l')} AS answered FROM lead l WHERE l.id = :id",
        id=lead_id,
    )
    if row is None or row["answered"] is None:
        return None
    answered, received = row["answered"], row["received_at"]
    if "T" not in answered:
        return FirstResponse(dt.date.fromisoformat(answered), None)
    at = dates.from_instant(answered, store.locale.zone)
    if not received:
        return FirstResponse(at.date(), None)
    start = dates.from_instant(received, store.locale.zone)
    return FirstResponse(at.date(), max(0, int((at - start).total_seconds())))
