"""Hold back the steps of sequences for contacts who are away."""

from cardcrm.domains import email_key
from cardcrm.store import Store


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
