"""Leads without a first response in the digest of what is due."""

import datetime as dt
from typing import NamedTuple

from cardcrm import dates
from cardcrm.reports.due_contacts import DueContact, LastInteraction
from cardcrm.reports.due_queries import Scope, Source
from cardcrm.reports.leads.active_leads import COLUMNS, STATUSES, describe_request
from cardcrm.reports.leads.first_response import response_sql
from cardcrm.store import Query
from cardcrm.store.engine import Row


class DueLead(NamedTuple):
    """A lead that no one answered yet; ``time`` is the local time at which it came in, if known.

    ``text`` is the request on one line.
    """

    id: int
    text: str
    status: str
    source: str
    received_on: dt.date
    received_at: str | None
    time: dt.time | None
    owner: str
    contact: DueContact
    last: LastInteraction | None


def lead_query(scope: Scope, limit: int) -> Query[list[Row]]:
    """Build the query for the first leads, the newest first: they lose most by waiting."""
    source, params = lead_source(scope)
    given = {**dict(scope.params), **params, "limit": limit}
    order = "l.received_on DESC, l.received_at DESC NULLS LAST, l.id DESC"
    return Query(f"SELECT {COLUMNS} {source} ORDER BY {order} LIMIT :limit", given, list)


def lead_source(scope: Scope) -> Source:
    """Return the source of leads without a first response."""
    join = " JOIN contact c ON c.id = l.contact_id" if scope.lead else ""
    also = f" AND {scope.lead}" if scope.lead else ""
    return (
        f"FROM lead l{join} WHERE l.status IN ({STATUSES}) AND {response_sql('l')} IS NULL{also}",
        {},
    )


def build_lead(row: Row, contact: DueContact, last: LastInteraction | None, zone: str) -> DueLead:
    """Return a row as a lead of the digest."""
    received = dates.parse_stored(row["received_on"], row["received_at"], zone)
    return DueLead(
        row["id"],
        describe_request(row["text"]),
        row["status"],
        row["source"],
        received.day,
        row["received_at"],
        received.time,
        row["owner"],
        contact,
        last,
    )
