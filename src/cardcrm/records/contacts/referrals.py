"""Referrals: the relation ``referred by`` says who brought a contact, and is never a circle."""

from cardcrm.errors import UsageError
from cardcrm.records.contacts.contact_queries import REFERRED_BY
from cardcrm.store import Store

# UNION removes duplicates, so circles in older data end.
_ABOVE = (
    "WITH RECURSIVE above(id) AS (SELECT r.other_id FROM relation r WHERE r.contact_id = :id "
    "AND r.kind = :kind UNION SELECT r.other_id FROM above a JOIN relation r "
    "ON r.contact_id = a.id AND r.kind = :kind) SELECT id FROM above"
)


def refuse_circle(store: Store, contact_id: int, other_id: int) -> None:
    """Raise UsageError where a contact would have been referred by one whom it brought."""
    above = {row[0] for row in store.rows(_ABOVE, id=other_id, kind=REFERRED_BY)}
    if contact_id not in above:
        return
    sql = "SELECT name FROM contact WHERE id = :id"
    name, other = (store.value(sql, id=each) for each in (contact_id, other_id))
    sql = "SELECT other_id FROM relation WHERE contact_id = :id AND kind = :kind ORDER BY id"
    first = store.value(sql, id=other_id, kind=REFERRED_BY)
    raise UsageError(
        f"{name} brought {other}, so {other} did not bring {name}",
        f'To turn it round, first: cardcrm edit {other_id} --remove "{REFERRED_BY}={first}"',
    )
