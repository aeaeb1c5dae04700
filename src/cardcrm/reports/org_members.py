"""Select contacts with those who belong to them, at any depth of an organization."""

from cardcrm.store import Store


def with_members_sql(contacts: str) -> str:
    """Return SQL for the ids of some contacts, and of those who belong to them at any depth.

    ``contacts`` is SQL that selects one column of ids.
    """
    return (
        f"WITH RECURSIVE below(id) AS ({contacts} "
        "UNION SELECT m.id FROM below b JOIN contact m ON m.org_id = b.id) SELECT id FROM below"
    )


ONE_WITH_MEMBERS = with_members_sql("SELECT o.id FROM contact o WHERE o.id = :contact")


def list_members(store: Store, contact_id: int) -> list[int]:
    """Return a contact and those who belong to it, by rising id."""
    return sorted(row[0] for row in store.rows(ONE_WITH_MEMBERS, contact=contact_id))
