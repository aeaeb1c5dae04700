"""Return whether the suppression list has any entry, without loading what reads it."""

from cardcrm.store import Store


def has_suppressed(store: Store) -> bool:
    """Return whether the suppression list has any entry."""
    return bool(store.rows("SELECT 1 FROM suppressed LIMIT 1"))
