"""Read the claims of a contact that are in force."""

import datetime as dt
from typing import NamedTuple

from cardcrm.store import Query


class Claim(NamedTuple):
    """A claim that is in force."""

    id: int
    owner: str
    until_on: str
    text: str


def claims_query(contact_id: int, today: dt.date) -> Query[tuple[Claim, ...]]:
    """Build the query for the claims of a contact that are in force, the last to end first."""
    return Query(
        "SELECT id, owner, until_on, text FROM claim "
        "WHERE contact_id = :contact AND until_on >= :today ORDER BY until_on DESC, id DESC",
        {"contact": contact_id, "today": today.isoformat()},
        lambda rows: tuple(Claim(*row) for row in rows),
    )
