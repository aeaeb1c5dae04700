"""Read the open leads, and whether they were answered."""

from typing import Final, NamedTuple

from cardcrm.records.leads.statuses import ACTIVE
from cardcrm.reports.leads.first_response import response_sql
from cardcrm.store import Query
from cardcrm.text import shorten

_MAX_TEXT: Final = 100  # characters of a request on a line
STATUSES: Final = ", ".join(f"'{each}'" for each in ACTIVE)
COLUMNS: Final = (
    "l.id, l.contact_id, l.text, l.status, l.source, l.owner, l.received_on, l.received_at"
)


class ActiveLead(NamedTuple):
    """An open lead; ``answered`` is the moment of the first response, if any."""

    id: int
    contact_id: int
    text: str
    status: str
    source: str
    owner: str
    received_on: str
    received_at: str | None
    answered: str | None


def contact_query(contact_id: int) -> Query[list[ActiveLead]]:
    """Build the query for the active leads of a contact, the newest first."""
    return Query(
        f"SELECT {COLUMNS}, {response_sql('l')} AS answered FROM lead l WHERE l.contact_id = :id "
        f"AND l.status IN ({STATUSES}) ORDER BY l.received_on DESC, l.id DESC",
        {"id": contact_id},
        lambda rows: [ActiveLead(*row) for row in rows],
    )


def describe_request(text: str) -> str:
    """Return a request on one line."""
    return shorten(" ".join(text.split()), _MAX_TEXT)
