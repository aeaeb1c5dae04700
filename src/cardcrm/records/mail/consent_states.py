"""Read the newest states of the consents of a contact."""

from typing import NamedTuple

from cardcrm.records.mail.consent_status import NEWEST
from cardcrm.store import Query


class State(NamedTuple):
    """The newest state of an address for a purpose."""

    consent_id: int
    address: str
    purpose: str
    status: str
    source: str
    at: str


def states_query(contact_id: int) -> Query[tuple[State, ...]]:
    """Build the query for the newest state of each address of a contact for each purpose."""
    return Query(
        "SELECT id, address, purpose, status, source, at FROM consent x "
        "WHERE x.address IN (SELECT p.value_key FROM point p WHERE p.contact_id = :id "
        f"AND p.kind = 'email') AND {NEWEST.format('x')} ORDER BY purpose, id",
        {"id": contact_id},
        lambda rows: tuple(State(*row) for row in rows),
    )
