"""Contacts who are away: hold back the steps of their sequences, and read until when it is."""

import datetime as dt

from cardcrm.domains import email_key
from cardcrm.records.mail.report_kind import ABSENCE
from cardcrm.store import Query, Store


def hold_back(store: Store, address: str, until: str) -> int:
    """Let the active enrollments of an address wait until a day is over; return their number.

    An earlier absence does not shorten a later one.
    """
    sql = (
        "SELECT e.id FROM enrollment e WHERE e.status = 'active' "
        "AND (e.away_until IS NULL OR e.away_until < :until) AND e.contact_id IN "
        "(SELECT p.contact_id FROM point p WHERE p.kind = 'email' AND p.value_key = :key)"
    )
    held = [row[0] for row in store.rows(sql, key=email_key(address.strip()), until=until)]
    for each in held:
        store.update("enrollment", each, away_until=until)
    return len(held)


def absence_query(contact_id: int, today: dt.date) -> Query[dt.date | None]:
    """Build the query for the last day on which a contact is away; None if it is not."""
    return Query(
        "SELECT max(r.until) FROM mail_report r JOIN point p ON p.value_key = r.address "
        "WHERE p.contact_id = :id AND p.kind = 'email' AND r.kind = :kind AND r.until >= :today",
        {"id": contact_id, "kind": ABSENCE, "today": today.isoformat()},
        lambda rows: dt.date.fromisoformat(rows[0][0]) if rows[0][0] else None,
    )
