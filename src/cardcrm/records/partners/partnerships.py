"""Read what ties a contact to partners: its own agreement, and who has registered it."""

import datetime as dt
from typing import NamedTuple

from cardcrm.store import Query

REGISTERED = "registered"


class Partnership(NamedTuple):
    """An agreement of a contact, or a registration of it, that is in force.

    The ``role`` is the type of the partner, or `REGISTERED` for a lead of the ``partner``. The
    commission of an agreement is in thousandths of a percent.
    """

    id: int
    role: str
    partner_id: int
    partner: str
    until_on: str | None
    commission: int | None


def partnerships_query(contact_id: int, today: dt.date) -> Query[tuple[Partnership, ...]]:
    """Build the query for what is in force of a contact on a day, its agreement first."""
    return Query(
        "SELECT * FROM (SELECT a.id, a.type AS role, a.contact_id AS partner_id, '' AS partner, "
        "a.until_on, a.commission FROM partner a WHERE a.contact_id = :contact "
        "AND a.from_on <= :today AND (a.until_on IS NULL OR a.until_on >= :today) "
        f"UNION ALL SELECT r.id, '{REGISTERED}', r.partner_id, p.name, r.until_on, NULL "
        "FROM registration r JOIN contact p ON p.id = r.partner_id "
        "WHERE r.contact_id = :contact AND r.until_on >= :today) f "
        "ORDER BY f.commission IS NULL, f.id",
        {"contact": contact_id, "today": today.isoformat()},
        lambda rows: tuple(Partnership(*row) for row in rows),
    )
