"""Keep each contact of a campaign in one of its two groups."""

from cardcrm.store import Store


def drop_reached(store: Store, contact_id: int) -> None:
    """Count a merged contact among those reached, and no longer among those held out."""
    reached = " UNION ALL ".join(
        f"SELECT 1 FROM {table} r "
        "WHERE r.contact_id = h.contact_id AND r.campaign_id = h.campaign_id"
        for table in ("message", "campaign_contact")
    )
    sql = f"SELECT h.id FROM holdout h WHERE h.contact_id = :contact AND EXISTS ({reached})"
    for (row_id,) in list(store.rows(sql, contact=contact_id)):
        store.delete("holdout", row_id)
